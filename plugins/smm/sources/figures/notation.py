"""What people write into the cells of a table: periods and numbers.

Each function raises ValueError, which says what was found and what to write.
"""

import re
import reprlib
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from smm.sources.periods import Grain

_SPACES = " \u00a0\u202f\u2009"  # Excel and web pages group thousands by any of these
_NUMBER = re.compile(rf"([+\-\u2212]?)(\d{{1,3}}(?:[{_SPACES}]\d{{3}})+|\d+)(?:[.,](\d+))?", re.ASCII)
_UNKNOWN = ("-", "\u2013", "\u2014", "н/д", "нет данных", "n/a")
_SHAPES = (
    r"(?P<y>\d{4})-(?P<m>\d{2})(?:-(?P<d>\d{2}))?",
    r"(?:(?P<d>\d{1,2})\.)?(?P<m>\d{1,2})\.(?P<y>\d{4})",
)
_MIDNIGHT = r"[ T]0?0:00(?::00)?"  # Excel's date is a moment, and many exports show it
_SERIALS = range(36526, 73051)  # Excel's numbers of the days of this century
_EXCEL_BEGAN = date(1899, 12, 30)
_MOST_DIGITS = 15  # Excel keeps no more


def is_unknown(text: str) -> bool:
    """Whether people write this where they have no number: unknown is not zero."""
    return text.lower() in _UNKNOWN


def number(text: str) -> Decimal:
    """A number such as ``1234.50`` or ``1 234,50``. What may be thousands or a fraction, as ``1,234``, is refused."""
    found = _NUMBER.fullmatch(text)
    if not found:
        raise ValueError(f"found {reprlib.repr(text)}, {_advice(text)}")
    sign, whole, fraction = found.groups()
    whole = re.sub(f"[{_SPACES}]", "", whole)
    if whole == found[2] and fraction and len(fraction) == 3 and len(whole) <= 3 and whole != "0":
        raise ValueError(f"found {text!r}, write {whole}{fraction} or {whole}.{fraction}0, whichever it is")
    if len(whole.lstrip("0")) > _MOST_DIGITS:
        raise ValueError(f"found {reprlib.repr(text)}, which is more than anything counted here")
    return Decimal(("-" if sign in ("-", "\u2212") else "") + whole + (f".{fraction}" if fraction else ""))


def _advice(text: str) -> str:
    if text.startswith(("=", "@")):
        return "a formula: write its result, as pasting as values does"
    if re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?E[+-]?\d+", text, re.IGNORECASE | re.ASCII):
        return "which a sheet has shortened: give the column the format of a number and save it again"
    if text.startswith("#"):
        return "an error of the sheet: mend it there"
    return "write a number such as 1234.50" + ("" if text else ", or - where it is not known")


def period(text: str, column: str) -> tuple[Grain, date]:
    """A day (``2026-01-31``, ``31.01.2026``) or a month (``2026-01``, ``01.2026``, ``январь 2026``).

    ``column`` is period, day or month. In a column of months the first day of one is that month: Excel turns 2026-01
    into 01.01.2026.
    """
    parts = next((match for shape in _SHAPES if (match := re.fullmatch(f"{shape}(?:{_MIDNIGHT})?", text, re.A))), None)
    try:
        found = date(int(parts["y"]), int(parts["m"]), int(parts["d"] or 1)) if parts else _named_month(text)
    except ValueError:  # such as 31.02.2026
        found = None
    if found is None:
        examples = {"day": "a day such as 2026-01-31", "month": "a month such as 2026-01"}
        wanted = examples.get(column, "a day such as 2026-01-31 or a month such as 2026-01")
        raise ValueError(f"found {reprlib.repr(text)}, {_meant(text)}write {wanted}")
    is_month = not (parts and parts["d"])
    if column == "day" and is_month:
        raise ValueError(f"found the month {text!r} in a column of days, write a day or call the column period")
    if column == "month" and found.day != 1:
        raise ValueError(f"found the day {text!r} in a column of months, write {found:%Y-%m} or call the column period")
    return "month" if is_month or column == "month" else "day", found


def _meant(text: str) -> str:
    """What a sheet has probably made of a day."""
    if re.fullmatch(r"\d{5}", text, re.ASCII) and int(text) in _SERIALS:
        day = _EXCEL_BEGAN + timedelta(days=int(text))
        return f"Excel's number for {day}: give the column the format of a date, or "
    return "a formula: " if text.startswith(("=", "@")) else ""


def _named_month(text: str) -> date | None:
    """``март 2026``, as Excel shows a month."""
    name, _, year = text.removesuffix(" г.").rpartition(" ")
    month = _months().get(name.strip().lower())
    return date(int(year), month, 1) if month and re.fullmatch(r"\d{4}", year, re.ASCII) else None


@cache
def _months() -> dict[str, int]:
    from babel.dates import get_month_names  # only for who writes so

    return {
        name.lower(): month
        for language in ("ru", "en", "sv")
        for month, name in get_month_names("wide", "stand-alone", language).items()
    }
