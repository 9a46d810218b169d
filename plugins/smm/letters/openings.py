"""How a letter of each kind begins: its subject, what it counts, and the sentences that tell it."""

from dataclasses import dataclass
from datetime import timedelta

from smm.files import periods
from smm.letters import first_sentences
from smm.letters.content import Content
from smm.letters.lines import Teller
from smm.letters.outlooks import month_opening, warning_opening, week_opening


@dataclass(frozen=True)
class Opening:
    subject: str
    period: str
    count: str
    lead: str
    also: str


def opening(content: Content, teller: Teller) -> Opening:
    month = _month(content, teller)
    period = teller.words.month(content.month)
    match content.kind:
        case "missed" | "monthly":
            count = first_sentences.count(content.targets, teller)
            subject = teller.words.say("subject", name=content.name, month=month, count=count)
            return Opening(subject, period, count, *first_sentences.lead(content.targets, teller))
        case "correction":
            return _correction(content, teller, month, period)
        case "weekly":
            return _weekly(content, teller)
        case "certain_miss" | "at_risk" | "back_on_track":
            count = teller.words.count(f"warning.{content.kind}", len(content.targets))
            subject = teller.words.say("warning.subject", name=content.name, month=month, count=count)
            first, *others = content.targets
            also = teller.words.say("warning.also", others=first_sentences.some(others, teller)) if others else ""
            return Opening(subject, period, count, warning_opening(first, teller), also)


def _month(content: Content, teller: Teller) -> str:
    """The year is said only of a month that is neither the running one nor the last."""
    running = content.today.replace(day=1)
    return teller.words.month(content.month, year=running not in (content.month, periods.month_after(content.month)))


def _correction(content: Content, teller: Teller, month: str, period: str) -> Opening:
    speech, changed = teller.words, len(content.changes)
    count = speech.count("correction.changes", changed)
    told_at = content.told_at or content.as_of
    day = speech.day(told_at.astimezone(content.zone).date())
    return Opening(
        subject=speech.say("correction.subject", name=content.name, month=month, changes=count),
        period=period,
        count=count,
        lead=speech.count("correction.lead", changed, day=day, month=speech.month(content.month)),
        also=speech.say("correction.now", count=first_sentences.count(content.targets, teller)),
    )


def _weekly(content: Content, teller: Teller) -> Opening:
    speech, monday = teller.words, content.week or content.month
    week = f"{monday:%-V}"
    judged = [target for target in content.targets if target.verdict != "not_due"]
    fine = sum(target.verdict in ("on_track", "met") for target in judged)
    count = speech.say("weekly.on_track", n=str(fine), of=speech.count("weekly.of", len(judged)))
    main = next((target for target in content.targets if target.is_main), content.targets[0])
    return Opening(
        subject=speech.say("weekly.subject", name=content.name, week=week, count=count),
        period=speech.say("weekly.title", week=week, days=speech.days(monday, monday + timedelta(6))),
        count=count,
        lead=week_opening(main, teller),
        also=month_opening(main, teller) if main.outlook else "",
    )
