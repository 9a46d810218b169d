"""Months behind a target, as its history has them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.letters.examples import OCTOBER

YEAR = (9120, 9500, 8700, None, 10200, 12000, 12100, 11000, 9900, 12500, 13900, 14820, 11873)


def history(values: Sequence[Any] = YEAR, **parts: Any) -> tuple[dict[str, Any], ...]:
    """These values up to October, which is not final; each month planned as ``low`` or ``high`` says."""
    stands = {"client": "yarko", "low": None, "high": None, "is_provisional": False}
    found = []
    for back, value in enumerate(reversed(values)):
        years, month = divmod(OCTOBER.month - 1 - back, 12)
        known = {"value": value, "reason": None if value is not None else "no_access"}
        found.append(
            {**stands, **known, "month": date(OCTOBER.year + years, month + 1, 1), "is_provisional": not back, **parts}
        )
    return tuple(reversed(found))
