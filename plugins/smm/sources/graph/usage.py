"""How much of Meta's allowance is used, as the headers of its answers say.

An app's or a user's token is counted by app (``X-App-Usage``), a Page's or a system user's by business
(``X-Business-Use-Case-Usage``), and Instagram under two ids at once. All figures are percentages. The header of an app
does not say when there is more, and 0 minutes in the other one does not mean that it is safe to go on.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeGuard

STOP_AT = 80  # percent: at 100 Meta refuses the whole app, for all clients
WAIT = timedelta(hours=1)  # over which Meta counts

FIGURES = ("call_count", "total_cputime", "total_time")


@dataclass(frozen=True)
class Usage:
    """``percent``: of the allowance that is nearest to its end; None where Meta did not say."""

    percent: int | None = None
    wait: timedelta = WAIT

    @property
    def is_high(self) -> bool:
        return self.percent is not None and self.percent >= STOP_AT


def read(headers: Mapping[str, str]) -> Usage:
    """Headers are looked up as they come: their names are in any case."""
    told = list(_told(headers))
    if not told:
        return Usage()
    percents = [int(one[name]) for one in told for name in FIGURES if _is_number(one.get(name))]
    waits = [one.get("estimated_time_to_regain_access") for one in told]
    minutes = [wait for wait in waits if _is_number(wait) and wait]
    return Usage(max(percents, default=None), timedelta(minutes=max(minutes)) if minutes else WAIT)


def _told(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    by_name = {name.lower(): value for name, value in headers.items()}
    app = _object(by_name.get("x-app-usage"))
    if app:
        yield app
    for pools in _object(by_name.get("x-business-use-case-usage")).values():
        yield from (pool for pool in pools if isinstance(pool, dict)) if isinstance(pools, list) else ()


def _object(text: str | None) -> dict[str, Any]:
    try:
        told = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10_000
