"""What people write into the cells of a table: periods and numbers.

Each function raises ValueError, which says what was found and what to write.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from smm.files.periods import Grain
from smm.files.quoted import quoted

_SPACES = dict.fromkeys(
    map(ord, "\u00a0\u202f\u2007\u2009"), " "
)  # Excel and web pages group thousands by any of these
_NUMBER = re.compile(r"([+\-\u2212]?)(\d{1,3}([ .,'\u2019])\d{3}(?:\3\d{3})*|\d+)(?:([.,])(\d+))?", re.ASCII)
_LONG = 100  # characters: more of a cell says nothing more of what was meant
_ANY_NUMBER = "write a number such as 1234.50"
_ADVICE = (
    (r"[=@].*", "a formula: write its result, as pasting as values does"),
    (
        r"[+-]?\d+([.,]\d+)?E[+-]?\d+",
        "which a sheet has shortened: give the column the format of a number and save it again",
    ),
    (r"#.*", "an error of the sheet: fix it there"),
    (r"['\u2019].*", f"{_ANY_NUMBER}, without the apostrophe, with which a sheet keeps it as text"),
    (r".*%", f"a share, which this is not: {_ANY_NUMBER}"),
    (r"\(.*\d.*\)|\d.*[-\u2212]", "write what is below zero as -1234.50"),
    (r".*\d.*[^\d\s.,].*|.*[^\d\s.,].*\d.*", f"{_ANY_NUMBER}, without a currency or unit"),
    (r"", f"{_ANY_NUMBER}, or - where it is not known"),
)
_EXCEL_MONTH = re.compile(r"(?:(?P<day>\d{1,2})[ ./-])?(?P<name>[^\W\d_]{3,9})\.?(?:[ ./-](?P<year>\d{2}))?")
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
    """A number such as ``1234.50``, ``1 234,50`` or ``1.234,50``.

    What may be thousands or a fraction, as ``1,234``, is refused.
    """
    found = _NUMBER.fullmatch(text.translate(_SPACES))
    sign, whole, group, point, fraction = found.groups() if found else (None,) * 5
    if whole is None or (group and group == point):
        raise ValueError(f"found {quoted(text)}, {_advice(text)}")
    if group and group in ".," and not fraction and whole.count(group) == 1:
        whole, _, fraction = whole.partition(group)
        if whole != "0":
            raise ValueError(f"found {quoted(text)}, write {whole}{fraction} or {whole}.{fraction}0, whichever it is")
    elif group:
        whole = whole.replace(group, "")
    if len(whole.lstrip("0")) > _MOST_DIGITS:
        raise ValueError(f"found {quoted(text)}, which is more than anything counted here")
    return Decimal(("-" if sign in ("-", "\u2212") else "") + whole + (f".{fraction}" if fraction else ""))


def _advice(text: str) -> str:
    text = text[:_LONG]
    if _excel_month(text):
        return "which Excel has changed into a date: the number is lost, write it again"
    shapes = (advice for shape, advice in _ADVICE if re.fullmatch(shape, text, re.IGNORECASE | re.ASCII | re.DOTALL))
    return next(shapes, _ANY_NUMBER)


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
        raise ValueError(f"found {quoted(text)}, {_meant(text)}write {wanted}")
    is_month = not (parts and parts["d"])
    if column == "day" and is_month:
        raise ValueError(f"found the month {quoted(text)} in a column of days, write a day or call the column period")
    if column == "month" and found.day != 1:
        raise ValueError(
            f"found the day {quoted(text)} in a column of months, write {found:%Y-%m} or call the column period"
        )
    return "month" if is_month or column == "month" else "day", found


def _meant(text: str) -> str:
    """What a sheet has probably made of a period."""
    if re.fullmatch(r"\d{5}", text, re.ASCII) and int(text) in _SERIALS:
        day = _EXCEL_BEGAN + timedelta(days=int(text))
        return f"Excel's number for {day}: give the column the format of a date, or "
    if changed := _excel_month(text):
        month, year = changed
        if year is None:
            return "Excel has changed the day: "
        return f"Excel has changed the month: if {year}-{month:02} is meant, write that; else "
    return "a formula: " if text.startswith(("=", "@")) else ""


def _excel_month(text: str) -> tuple[int, int | None] | None:
    """The month of what Excel makes of months, ``мар.26``, and of days, ``26.мар``; and the year if it has one."""
    parts = _EXCEL_MONTH.fullmatch(text)
    if parts is None or bool(parts["day"]) == bool(parts["year"]):
        return None
    month = _short_months().get(parts["name"][:3].lower())
    return (month, 2000 + int(parts["year"]) if parts["year"] else None) if month else None


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
        for language in ("ru", "en", "sv", "de")
        for context in ("stand-alone", "format")  # май, мая
        for month, name in get_month_names("wide", context, language).items()
    }


@cache
def _short_months() -> dict[str, int]:
    return {name[:3]: month for name, month in _months().items()} | {"mrz": 3}  # Excel's own for March in German
