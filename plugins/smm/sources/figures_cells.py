"""What people write into the cells of a table: periods and numbers.

Each function raises ValueError, which says what was found and what to write.
"""

import re
import reprlib
from datetime import date
from decimal import Decimal

from smm.sources.periods import Grain

_SPACES = " \u00a0\u202f\u2009"  # Excel and web pages group thousands by any of these
_NUMBER = re.compile(rf"([+\-\u2212]?)(\d{{1,3}}(?:[{_SPACES}]\d{{3}})+|\d+)(?:[.,](\d+))?", re.ASCII)


def number(text: str) -> Decimal:
    """A number such as ``1234.50`` or ``1 234,50``. What may be thousands or a fraction, as ``1,234``, is refused."""
    found = _NUMBER.fullmatch(text)
    if not found:
        raise ValueError(f"found {reprlib.repr(text)}, write a number such as 1234.50")
    sign, whole, fraction = found.groups()
    whole = re.sub(f"[{_SPACES}]", "", whole)
    if whole == found[2] and fraction and len(fraction) == 3 and len(whole) <= 3 and whole != "0":
        raise ValueError(f"found {text!r}, write {whole}{fraction} or {whole}.{fraction}0, whichever it is")
    return Decimal(("-" if sign in ("-", "\u2212") else "") + whole + (f".{fraction}" if fraction else ""))


def period(text: str, column: str) -> tuple[Grain, date]:
    """A day (``2026-01-31``, ``31.01.2026``) or a month (``2026-01``); ``column`` is period, day or month.

    In a column of months the first day of one is that month: Excel turns 2026-01 into 01.01.2026.
    """
    shapes = (r"(?P<y>\d{4})-(?P<m>\d{2})(?:-(?P<d>\d{2}))?", r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})")
    parts = next((match for shape in shapes if (match := re.fullmatch(shape, text, re.ASCII))), None)
    try:
        found = date(int(parts["y"]), int(parts["m"]), int(parts["d"] or 1)) if parts else None
    except ValueError:  # such as 31.02.2026
        found = None
    if parts is None or found is None:
        examples = {"day": "a day such as 2026-01-31", "month": "a month such as 2026-01"}
        wanted = examples.get(column, "a day such as 2026-01-31 or a month such as 2026-01")
        raise ValueError(f"found {reprlib.repr(text)}, write {wanted}")
    if column == "day" and not parts["d"]:
        raise ValueError(f"found the month {text!r} in a column of days, write a day or call the column period")
    if column == "month" and found.day != 1:
        raise ValueError(f"found the day {text!r} in a column of months, write {found:%Y-%m} or call the column period")
    return "month" if not parts["d"] or column == "month" else "day", found
