"""A letter in words: what of its content is said where, in which language. Templates only place what stands here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from smm.letters import leads
from smm.letters.content import Content, Judged
from smm.letters.lines import UNKNOWN, Line, Teller
from smm.letters.words import Words, digits, words

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Phrases:
    """A letter in one language, in the order in which it is read."""

    language: str
    subject: str
    rehearsal: str  # empty, or that this is one
    name: str
    month: str
    count: str
    lead: str
    also: str
    missed: tuple[Line, ...]
    met: tuple[Line, ...]
    unknown: tuple[Line, ...]
    not_due: tuple[Line, ...]
    events: Pairs  # when and where, what
    costs: Pairs  # for what, how much
    sources: Pairs  # who, the KPIs
    meanings: Pairs  # KPI, its meaning
    closing: tuple[str, ...]


def phrase(content: Content, language: str, *, is_rehearsal: bool = False) -> Phrases:
    """The letter in this language; a rehearsal says that it is one."""
    speech = words(language)
    teller = Teller(speech, content.currency, content.month)
    count = leads.count(content.targets, teller)
    subject = speech.say("subject", name=content.name, month=_subject_month(content, speech), count=count)
    lead, also = leads.lead(content.targets, teller)

    def lines(*verdicts: str) -> tuple[Line, ...]:
        return tuple(teller.line(target) for target in content.targets if target.verdict in verdicts)

    return Phrases(
        language=language,
        subject=speech.say("rehearsal_subject", subject=subject) if is_rehearsal else subject,
        rehearsal=speech.say("rehearsal") if is_rehearsal else "",
        name=content.name,
        month=speech.month(content.month),
        count=count,
        lead=lead,
        also=also,
        missed=lines("missed"),
        met=lines("met"),
        unknown=lines(*UNKNOWN),
        not_due=lines("not_due"),
        events=_events(content, speech),
        costs=_costs(content, speech),
        sources=_sources(content.targets, teller),
        meanings=tuple(dict.fromkeys((t.title[language], t.meaning[language]) for t in content.targets)),
        closing=_closing(content, speech),
    )


def _month_after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _subject_month(content: Content, speech: Words) -> str:
    """The year is said only of a month that is not the last one."""
    today = content.as_of.astimezone(ZoneInfo(content.time_zone)).date()
    return speech.month(content.month, year=_month_after(content.month) != today.replace(day=1))


def _events(content: Content, speech: Words) -> Pairs:
    return tuple(
        (
            speech.say(
                "event",
                days=speech.days(event.first_day, event.last_day),
                network=speech.network(event.network or "all"),
            ),
            event.text,
        )
        for event in content.events
    )


def _costs(content: Content, speech: Words) -> Pairs:
    return tuple(
        (
            speech.say(f"costs.{cost.measure}"),
            speech.amount(cost.value, "money", content.currency, digits("money", cost.value)),
        )
        for cost in content.costs
    )


def _sources(targets: Iterable[Judged], teller: Teller) -> Pairs:
    titles: dict[str, dict[str, None]] = {}
    for target in targets:
        for source in target.sources if target.value is not None else ():
            titles.setdefault(source, {})[teller.title(target)] = None
    return tuple((teller.words.say(f"sources.{source}"), ", ".join(found)) for source, found in titles.items())


def _closing(content: Content, speech: Words) -> tuple[str, ...]:
    settled = _month_after(content.month).replace(day=14)
    found = [
        speech.say("final") if content.is_final else speech.say("provisional", day=speech.day(settled)),
        speech.say("zone", zone=content.time_zone),
        speech.say("version", version=str(content.target_version)),
    ]
    return tuple([*found, speech.say("answer", manager=content.manager)] if content.manager else found)
