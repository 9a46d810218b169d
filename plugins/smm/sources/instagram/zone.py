"""Whose days an account's totals are: Meta does not say, so it is asked.

A total of a window has no date. People are given both as a series, whose values have a day in California, and as the
total of a window from one midnight in UTC to the next. Where the total is the value of the day that ends within the
window, windows are days of California; where it is that of no day, they are days of UTC.

An account is asked once: what its numbers have shown is kept with its identity.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, get_args

from smm.files.periods import ONE_DAY
from smm.sources.graph import insights
from smm.sources.graph.errors import Json

Zone = Literal["America/Los_Angeles", "UTC"]
ENOUGH = 3  # days that show it: on fewer the numbers may agree by chance, and it is not asked again
UNPROVEN = (
    "Meta does not say whether the days of these totals are those of California or of UTC, and the account's numbers"
    " did not show it: they may belong to the day before"
)


def known(identity: Mapping[str, str]) -> Zone | None:
    """As an earlier load has found it."""
    return next((one for one in get_args(Zone) if one == identity.get("zone")), None)


def proven(series: Json, totals: Sequence[tuple[date, Json]]) -> Zone | None:
    """``totals``: by the day of the window. None if the numbers do not show it."""
    people = {point.day: point.value for point in insights.series(series)}
    seen = []
    for day, body in totals:
        total = insights.totals(body).get("reach", {}).get("value")
        before, on_day = people.get(day - ONE_DAY), people.get(day)
        if total is not None and before is not None and before != on_day:
            seen.append(total == before)
    if len(seen) < ENOUGH or len(set(seen)) != 1:
        return None
    return "America/Los_Angeles" if seen[0] else "UTC"


def shift(zone: Zone | None) -> int:
    """By how many days the dates of a window are later than its day. Unproven: as in California, where series end."""
    return 0 if zone == "UTC" else 1
