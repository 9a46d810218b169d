"""A letter in words: what of its content is said where, in which language. Templates only place what stands here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from smm.files import periods
from smm.letters.causes import because, occurrence
from smm.letters.content import Content, Judged, Pull
from smm.letters.corrected import Corrected, corrected
from smm.letters.costs import costs
from smm.letters.done import NOTHING, Done, done
from smm.letters.lines import UNKNOWN, Line, Teller
from smm.letters.money import money
from smm.letters.openings import opening
from smm.letters.outlooks import Ahead, ahead
from smm.letters.upcoming import upcoming
from smm.letters.words import Words, words

AHEAD = ("weekly", "certain_miss", "at_risk", "back_on_track")
RUNNING = ("on_track", "at_risk", "certain_miss")

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Phrases:
    """A letter in one language, in the order in which it is read; what its kind has none of is empty."""

    language: str
    subject: str
    rehearsal: str  # empty, or that this is one
    name: str
    month: str  # or week
    count: str
    lead: str
    also: str
    changes: tuple[Corrected, ...]
    ahead: tuple[Ahead, ...]  # the targets of a warning or a weekly letter
    missed: tuple[Line, ...]
    met: tuple[Line, ...]
    unknown: tuple[Line, ...]
    running: tuple[Line, ...]  # plans for a quarter or a campaign that go on
    not_due: tuple[Line, ...]
    events: Pairs  # when and where, what
    costs: Pairs  # for what, how much
    sources: Pairs  # who, the KPIs
    pulls: tuple[str, ...]  # when each source was read, and where to check
    meanings: Pairs  # KPI, its meaning
    closing: tuple[str, ...]
    greeting: str = ""  # empty for a reader whose name is not known
    folded: Pairs = ()  # of what, where it is: in place of sources, pulls and meanings for a reader who has had them
    signature: tuple[str, ...] = ()  # lines
    page: str = ""  # the address of the reader's own page
    money: tuple[str, ...] = ()  # what it cost, in a line or two; `costs` has what these leave out
    next_month: str = ""  # the heading of what is asked then
    upcoming: Pairs = ()  # target, what is asked of it
    done: Done = NOTHING  # what was done in the month


def phrase(content: Content, language: str, *, is_rehearsal: bool = False) -> Phrases:
    """The letter in this language; a rehearsal says that it is one."""
    speech = words(language)
    teller = Teller(speech, content.currency, content.month)
    begins = opening(content, teller)
    told: set[str] = set()
    is_month = content.kind in ("missed", "monthly", "correction")

    def lines(*verdicts: str) -> tuple[Line, ...]:
        return tuple(teller.line(target) for target in content.targets if is_month and target.verdict in verdicts)

    missed = tuple(
        replace(teller.line(target), why=because(target, teller, told))
        for target in content.targets
        if is_month and target.verdict == "missed"
    )
    next_month, asked_then = upcoming(content, teller)
    return Phrases(
        language=language,
        subject=speech.say("rehearsal_subject", subject=begins.subject) if is_rehearsal else begins.subject,
        rehearsal=speech.say("rehearsal") if is_rehearsal else "",
        name=content.name,
        month=begins.period,
        count=begins.count[:1].upper() + begins.count[1:],
        lead=begins.lead,
        also=begins.also,
        changes=tuple(corrected(change, teller) for change in content.changes),
        ahead=tuple(
            ahead(target, teller, f"{begins.lead} {begins.also}", told)
            for target in content.targets
            if content.kind in AHEAD
        ),
        missed=missed,
        met=lines("met"),
        unknown=lines(*UNKNOWN),
        running=lines(*RUNNING),
        not_due=lines("not_due"),
        events=_events(content, speech),
        costs=costs(content, speech),
        sources=_sources(content.targets, teller),
        pulls=tuple(_pull(pull, content, speech) for pull in content.pulls),
        meanings=tuple(dict.fromkeys((teller.title(t), teller.meaning(t)) for t in content.targets)),
        closing=_closing(content, speech),
        next_month=next_month,
        upcoming=asked_then,
        money=money(content, speech) if content.kind in ("missed", "monthly") else (),
        done=done(content, _events(content, speech, told), teller),
    )


def _events(content: Content, speech: Words, told: Collection[str] = ()) -> Pairs:
    """What happened; without what was ``told`` as a cause."""
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
        if occurrence(event) not in told
    )


def _sources(targets: Iterable[Judged], teller: Teller) -> Pairs:
    titles: dict[str, dict[str, None]] = {}
    for target in targets:
        for source in target.sources if target.value is not None else ():
            titles.setdefault(source, {})[teller.title(target)] = None
    return tuple((teller.words.measured(source), ", ".join(found)) for source, found in titles.items())


def _pull(pull: Pull, content: Content, speech: Words) -> str:
    filled = {"source": speech.giver(pull.source), "moment": speech.moment(pull.pulled_at.astimezone(content.zone))}
    place = speech.check(pull.source, pull.identity)
    read = speech.say("read_checked", place=place, **filled) if place else speech.say("read", **filled)
    return " ".join(filter(None, (read, speech.own_days(pull.source))))


def _closing(content: Content, speech: Words) -> tuple[str, ...]:
    found = [
        _standing(content, speech),
        speech.say("zone", zone=content.time_zone),
        speech.say("version", version=str(content.target_version)),
        speech.say("stop"),
    ]
    return tuple([*found, speech.say("answer", manager=content.manager)] if content.manager else found)


def _standing(content: Content, speech: Words) -> str:
    """How far the numbers may still move."""
    if content.kind in AHEAD:
        return speech.say("running_month")
    settled = periods.month_after(content.month).replace(day=14)
    return speech.say("final") if content.is_final else speech.say("provisional", day=speech.day(settled))
