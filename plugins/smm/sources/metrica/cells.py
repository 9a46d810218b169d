"""The numbers of Metrica's answers: what no number of its kind can be is None, and makes only its own measure unknown.

Metrica has no count of bounces and no sum of seconds, only their ratios to visits, with 8 digits after the point. The
counts are whole, so they are had back from that.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from smm.sources.metrica.questions import VISITS

BOUNCES, DURATION = "ym:s:bounceRate", "ym:s:avgVisitDurationSeconds"
MOST = 10**15
ROUNDING = Decimal("1e-8")  # of a ratio
SHOWN = 40  # characters of an impossible value

Number = int | Decimal


def numbers(row: Mapping[str, Any]) -> dict[str, Number | None]:
    """Of one row, by metric: counts and money as they are, visits that are no bounces for `BOUNCES`, and seconds for
    `DURATION`.
    """
    visits = _count(row.get(VISITS))
    found: dict[str, Number | None] = {}
    for metric, value in row.items():
        if metric == BOUNCES:
            found[metric] = _engaged(visits, value)
        elif metric == DURATION:
            found[metric] = _seconds(visits, value)
        else:
            found[metric] = _number(value) if metric.endswith("Revenue") else _count(value)
    return found


def odd(row: Mapping[str, Any]) -> dict[str, str]:
    """The values of a row that are no number of their kind, by metric; without those that only lack the visits."""
    found = numbers(row)
    is_of_visits = VISITS in found and found[VISITS] is None
    return {
        metric: str(row[metric])[:SHOWN] if row[metric] is not None else "nothing"
        for metric, number in found.items()
        if number is None and not (is_of_visits and metric in (BOUNCES, DURATION))
    }


def _number(value: Any) -> Number | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return value if -MOST < value < MOST else None


def _count(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number >= 0 and number == int(number) else None


def _engaged(visits: int | None, percent: Any) -> int | None:
    """None too where the bounces are not known to be a certain whole number, as in some samples."""
    if not visits:
        return visits
    share = _number(percent)
    if share is None or not 0 <= share <= 100:
        return None
    product = Decimal(share) * visits / 100
    bounces, error = round(product), ROUNDING * visits / 100
    return visits - bounces if abs(product - bounces) <= error < Decimal("0.5") else None


def _seconds(visits: int | None, average: Any) -> int | None:
    if not visits:
        return visits
    seconds = _number(average)
    return round(Decimal(seconds) * visits) if seconds is not None and seconds >= 0 else None
