"""How a running month will end, in words, and how its week was."""

from dataclasses import dataclass
from decimal import ROUND_CEILING

from smm.letters.causes import because
from smm.letters.content import Judged
from smm.letters.first_sentences import label
from smm.letters.foreseen import foreseen
from smm.letters.lines import Teller, is_reached


@dataclass(frozen=True)
class Ahead:
    """A target of the running month as a warning or a weekly letter shows it; what does not apply is empty."""

    title: str
    network: str
    asked: str
    so_far: str
    forecast: str  # a sentence
    certain: str  # that it can no longer be met, and since when
    per_day: str  # what would be needed
    why: str
    verdict: str
    week: str
    before: str
    apart: str  # that these two cannot be compared
    doubt: str  # that the audit found something unusual in what it is made of
    moved: str = ""  # how far its week moved since the one before

    @property
    def sentences(self) -> list[str]:
        return [
            each
            for each in (self.apart, self.moved, self.forecast, self.certain, self.per_day, self.why, self.doubt)
            if each
        ]


def ahead(target: Judged, teller: Teller, opening: str = "", told: set[str] | None = None) -> Ahead:
    """What the letter's ``opening`` says is not said again; ``told`` are the events that it has told already."""

    def unsaid(sentence: str) -> str:
        return "" if sentence in opening else sentence

    week, before = _week(target, teller)
    return Ahead(
        title=teller.title(target),
        network=teller.words.network(target.network),
        asked=teller.asked(target),
        so_far=teller.state(target) or teller.fact(target),
        forecast=unsaid(forecast(target, teller)),
        certain=unsaid(_certain(target, teller)),
        per_day=_per_day(target, teller),
        why=because(target, teller, told),
        verdict=teller.words.say("running.reached" if is_reached(target) else f"verdicts.{target.verdict}"),
        week=week,
        before=before,
        apart="" if target.week is None or target.week.is_comparable else teller.words.say("weekly.apart"),
        doubt=teller.doubt(target),
        moved=_moved(target, teller),
    )


def warning_opening(target: Judged, teller: Teller) -> str:
    """How far it is, and what the forecast says of it."""
    return teller.words.say("warning.lead", label=label(target, teller), **_so_far(target, teller))


def month_opening(target: Judged, teller: Teller) -> str:
    return teller.words.say("weekly.also", **_so_far(target, teller))


def _so_far(target: Judged, teller: Teller) -> dict[str, str]:
    foreseen = _certain(target, teller) or forecast(target, teller)
    return {"value": teller.fact(target), "asked": teller.asked(target), "forecast": foreseen}


def week_opening(target: Judged, teller: Teller) -> str:
    week, before = _week(target, teller)
    key = "weekly.lead" if target.week is None or target.week.is_comparable else "weekly.lead_apart"
    return teller.words.say(key, label=label(target, teller), value=week, before=before)


def forecast(target: Judged, teller: Teller) -> str:
    """About 1,300 to 1,500: as coarse as the forecast is. Empty of a month that is over."""
    if target.outlook is None:
        return ""
    say, expected = teller.words.say, foreseen(target, teller)
    told = ""
    if expected.low:
        told = say("outlook.between", low=expected.low, high=expected.high)
    elif expected.value:
        told = say("outlook.about", value=expected.value)
    if is_reached(target):
        return f"{say('outlook.reached')} {told}".strip()
    return told or say("outlook.unknown")


def _certain(target: Judged, teller: Teller) -> str:
    if target.verdict != "certain_miss" or target.outlook is None:
        return ""
    since = target.outlook.certain_since
    return (
        teller.words.say("outlook.certain", day=teller.words.day(since))
        if since
        else teller.words.say("outlook.certain_now")
    )


def _per_day(target: Judged, teller: Teller) -> str:
    if target.outlook is None or target.outlook.per_day is None or target.verdict == "certain_miss":
        return ""
    needed = target.outlook.per_day.to_integral_value(ROUND_CEILING)
    return teller.words.say("outlook.per_day", amount=teller.words.amount(needed, target.unit, teller.currency, 0))


def _moved(target: Judged, teller: Teller) -> str:
    """``Up 6% on the week before.``"""
    if target.week is None or not target.week.is_comparable:
        return ""
    week = target.week
    told = teller.compared(target, week.this, week.before, teller.words.say("compared.week_before"))
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def _week(target: Judged, teller: Teller) -> tuple[str, str]:
    """What the week came to, and the one before."""
    week = target.week
    return ("", "") if week is None else (teller.number(target, week.this), teller.number(target, week.before))
