"""How the board says numbers, months and moments: in English, as Airflow speaks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from smm.letters.numbers import Number, told
from smm.letters.words import Words, digits, words

UNKNOWN = "?"  # the one sign for what is not known; the glossary explains it


_held: ContextVar[Words | None] = ContextVar("held", default=None)


def speech() -> Words:
    return _held.get() or words("en")


@contextmanager
def held() -> Iterator[None]:
    """While a page is written, its words stay what they are: to look for changed files costs more than to say one."""
    token = _held.set(words("en"))
    try:
        yield
    finally:
        _held.reset(token)


def amount(value: Decimal | None, unit: str, currency: str, *, signed: bool = False) -> str:
    """A KPI's number as letters write it; ? for what is not known."""
    if value is None:
        return UNKNOWN
    return speech().amount(value, unit, currency, digits(unit, value), signed=signed)


def number(row: Mapping[str, Any], unit: str, currency: str, of: str = "") -> str:
    """A KPI's number with its marks, as letters write it; ? for what is not known.

    ``row`` has ``value``, ``spent``, ``result`` and ``marks`` as SQL gives them, each after the prefix ``of``.
    """
    given = {name: row[f"{of}{name}"] for name in ("value", "spent", "result", "marks")}
    found = Number.model_validate({"client": "", **given})
    return amount(None, unit, currency) if found.value is found.spent is None else told(found, unit, currency, speech())


def counted(number: int, noun: str) -> str:
    """1 target, 2 targets, 1,200 targets."""
    return f"{speech().amount(Decimal(number), 'count', '', 0)} {noun}{'' if number == 1 else 's'}"


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def when(at: datetime, time_zone: str) -> str:
    """A moment where the client is: 4 October at 11:00 (Europe/Moscow)."""
    local = at.astimezone(ZoneInfo(time_zone))
    told = format_datetime(local, "d MMMM 'at' HH:mm", locale="en")
    return f"{told} ({time_zone})"


def ago(day: date, today: date | None = None) -> str:
    """How old a day is: today, yesterday, 5 days ago."""
    days = ((today or datetime.now(UTC).date()) - day).days
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago" if days > 0 else "ahead")
