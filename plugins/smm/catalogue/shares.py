"""Shares as people write them: 0.5 or 50%. A bare 50 is one of these in which something was forgotten."""

from decimal import Decimal
from typing import Any

from smm.catalogue import Kpi
from smm.files.tables import notation

WHOLE = Decimal(1)  # more of it than all there is
MANY = Decimal(5)  # of what may be more than one: five times the budget, or 5 %?


def percent(written: Any) -> Decimal | None:
    """0.125 for ``12,5 %``; None for what has no percent sign. Raises ValueError."""
    if not isinstance(written, str) or not written.rstrip().endswith("%"):
        return None
    return notation.number(written.rstrip().removesuffix("%").strip()) / 100


def check(kpi: Kpi, value: Decimal, is_percent: bool) -> None:
    """Refuse percent of what is no share, and a share that was probably meant to be percent. Raises ValueError."""
    if kpi.unit != "share":
        if is_percent:
            raise ValueError("is not a share, so write a number without a percent sign")
    elif not is_percent:
        check_bare(value, kpi.may_exceed_one)


def check_bare(value: Decimal, may_exceed_one: bool) -> None:
    """Refuse a share without a percent sign: above 1, or from 5 on where it may exceed 1. Raises ValueError."""
    if abs(value) >= MANY or (abs(value) > WHOLE and not may_exceed_one):
        hundredfold = _plain(value * 100)
        as_it_is = f", or {hundredfold}% if that is meant" if may_exceed_one else ""
        raise ValueError(f"is a share, and {_plain(value)} would be {hundredfold} %: write {meant(value)}{as_it_is}")


def meant(value: Decimal) -> str:
    """``0.5 or 50%`` for 50."""
    return f"{_plain(value / 100)} or {_plain(value)}%"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
