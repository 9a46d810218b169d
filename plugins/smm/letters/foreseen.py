"""A forecast in digits: as many as it says something with, and no more."""

from dataclasses import dataclass
from decimal import Decimal

from smm.letters.content import Judged
from smm.letters.lines import Teller
from smm.letters.words import SHOWN, digits

FINER = 2  # digits more, at most, to keep the ends apart from each other and from the plan


@dataclass(frozen=True)
class Foreseen:
    """Where a running month is expected to end; empty what nobody can tell, the ends too where they look the same."""

    value: str
    low: str
    high: str


def foreseen(target: Judged, teller: Teller) -> Foreseen:
    """All three with the same digits, which the width of the interval asks for."""
    outlook = target.outlook
    if outlook is None:
        return Foreseen("", "", "")
    if outlook.low is None or outlook.high is None or outlook.low == outlook.high:
        return Foreseen(_alone(target, teller, outlook.forecast), "", "")
    step = _step(target, outlook.low, outlook.high)
    low, high = _shown(target, teller, outlook.low, step), _shown(target, teller, outlook.high, step)
    ends = (low, high) if low != high else ("", "")
    return Foreseen(_shown(target, teller, outlook.forecast, step), *ends)


def middle(target: Judged) -> Decimal | None:
    """The forecast as it is told: rounded as its ends are, or as what the KPI counts is."""
    outlook = target.outlook
    if outlook is None or outlook.forecast is None:
        return None
    if outlook.low is None or outlook.high is None or outlook.low == outlook.high:
        return round(outlook.forecast) + Decimal(0) if target.unit == "count" else outlook.forecast
    return _rounded(outlook.forecast, _step(target, outlook.low, outlook.high))


def _step(target: Judged, low: Decimal, high: Decimal) -> Decimal:
    """What the ends are rounded to, in the KPI's unit: finer where they would reach, or cross, what was asked."""
    one = Decimal("0.01") if target.unit == "share" else Decimal(1)
    width = high - low
    if target.unit == "share" and width > one:
        step = one
    else:  # the largest by which neither end moves more than a tenth of the width
        step = max(Decimal(10) ** (width / 5).adjusted(), one.scaleb(-SHOWN[target.unit]))
    finer = (step.scaleb(-more) for more in range(FINER + 1))
    tried = [each for each in finer if each >= 1 or target.unit != "count"]
    return next((each for each in tried if _is_apart(target, low, high, each)), tried[-1])


def _is_apart(target: Judged, low: Decimal, high: Decimal, step: Decimal) -> bool:
    bounds = [bound for bound in (target.low, target.high) if bound is not None]
    rounded = {end: _rounded(end, step) for end in (low, high)}
    return rounded[low] < rounded[high] and all(
        end.compare(bound) == rounded[end].compare(bound) for end in rounded for bound in bounds
    )


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return round(value / step) * step


def _shown(target: Judged, teller: Teller, value: Decimal | None, step: Decimal) -> str:
    if value is None:
        return ""
    places = -step.adjusted() - (2 if target.unit == "share" else 0)
    return teller.words.amount(_rounded(value, step), target.unit, teller.currency, max(0, places))


def _alone(target: Judged, teller: Teller, value: Decimal | None) -> str:
    if value is None:
        return ""
    places = 0 if target.unit == "count" else digits(target.unit, value, target.target)
    return teller.words.amount(value, target.unit, teller.currency, places)
