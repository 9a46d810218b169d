"""How a running month will end, in words, and how its week was."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from smm.letters.causes import because
from smm.letters.content import Judged
from smm.letters.leads import label
from smm.letters.lines import Teller
from smm.letters.words import digits


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


def ahead(target: Judged, teller: Teller) -> Ahead:
    week, before = _week(target, teller)
    return Ahead(
        title=teller.title(target),
        network=teller.words.network(target.network),
        asked=teller.asked(target),
        so_far=teller.fact(target) or teller.state(target),
        forecast=forecast(target, teller),
        certain=_certain(target, teller),
        per_day=_per_day(target, teller),
        why=because(target, teller),
        verdict=teller.words.say(f"verdicts.{target.verdict}"),
        week=week,
        before=before,
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
    return teller.words.say("weekly.lead", label=label(target, teller), value=week, before=before)


def forecast(target: Judged, teller: Teller) -> str:
    """About 1,300 to 1,500: as coarse as the forecast is. Empty of a month that is over."""
    outlook, words = target.outlook, teller.words
    if outlook is None:
        return ""
    if outlook.low is not None and outlook.high is not None:
        low, high = _coarse(target, outlook.low, outlook.high)
        if low != high:
            return words.say("outlook.between", low=_amount(target, teller, low), high=_amount(target, teller, high))
    if outlook.forecast is None:
        return words.say("outlook.unknown")
    return words.say("outlook.about", value=_amount(target, teller, outlook.forecast))


def _coarse(target: Judged, low: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
    if target.unit not in ("count", "money") or high - low < 1:
        return low, high
    step = Decimal(10) ** (high - low).adjusted()
    return round(low / step) * step, round(high / step) * step


def _amount(target: Judged, teller: Teller, value: Decimal) -> str:
    shown = 0 if target.unit in ("count", "money") else digits(target.unit, value)
    return teller.words.amount(value, target.unit, teller.currency, shown)


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


def _week(target: Judged, teller: Teller) -> tuple[str, str]:
    """What the week came to, and the one before."""
    week = target.week
    if week is None:
        return "", ""
    return _of_week(target, teller, week.value, week.reason), _of_week(target, teller, week.before, week.before_reason)


def _of_week(target: Judged, teller: Teller, value: Decimal | None, reason: str | None) -> str:
    if value is None:
        return teller.words.say(f"short_reasons.{reason}")
    return teller.words.amount(value, target.unit, teller.currency, digits(target.unit, value))
