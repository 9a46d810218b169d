"""Values of VK's answers, as they come: an empty object as ``[]``, numbers as texts or floats, -1 for "not known".

Whatever is not what it should be is None here, which the warehouse has as unknown, and never an error: one odd value
is no reason to lose the others.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from smm.sources.vk import words
from smm.sources.vk.errors import Json

MOST = 10**12  # more than VK has of anything; and what is beyond 2**63 does not fit into the warehouse
FOUNDED = datetime(2006, 10, 10, tzinfo=UTC)  # VK; nothing of it is older


def whole(value: Any) -> int | None:
    """An integer, also as ``"7"``, ``7.0`` or ``"1.0E3"``; None for what is none, or is beyond `MOST`."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    is_whole = number.is_finite() and -MOST <= number <= MOST and number == number.to_integral_value()
    return int(number) if is_whole else None


def count(value: Any) -> int | None:
    """How many; None for a negative number too: VK writes -1 for one that it does not have."""
    number = whole(value)
    return None if number is None or number < 0 else number


def flag(value: Any) -> bool:
    """A yes of VK's: true, 1 or "1"."""
    return value in (1, "1")


def moment(value: Any) -> datetime | None:
    """The moment (aware, UTC) of a Unix time in seconds; None for one before VK was founded, or far in the future."""
    seconds = count(value)
    try:
        at = datetime.fromtimestamp(seconds or 0, UTC)
    except (ValueError, OverflowError, OSError):  # milliseconds, for one
        return None
    return at if at >= FOUNDED else None


def block(value: Any) -> Json:
    """An object; empty for anything else."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Json]:
    """The objects of a list; none for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def odd(name: str, value: Any) -> str:
    """In words, for a reason: what VK gave as a number that cannot be one."""
    return f"{words.plain(json.dumps(value))[:40]} as {name}"
