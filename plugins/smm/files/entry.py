"""What entries of the files people write have in common: no key that nobody knows, plain lines, days and numbers.

A field's ``examples`` are what `smm.files.advice` proposes for it.
"""

import re
from calendar import monthrange
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from smm.files.addresses import BadAddressError, mailbox
from smm.files.quoted import quoted
from smm.files.tables import notation

DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ Tt]0?0:00(?::00)?)?", re.ASCII)  # a sheet's date is a moment


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def address(value: Any) -> str:
    """A mail address as it is written. Raises ValueError."""
    told = f"must be a mail address such as owner@yarko.example, found {quoted(value)}"
    if not isinstance(value, str) or not re.fullmatch(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]+", value):
        raise ValueError(told + _meant_address(value))
    try:
        mailbox(value)
    except BadAddressError:
        raise ValueError(told) from None
    return value


def _meant_address(value: Any) -> str:
    found = re.findall(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+", value) if isinstance(value, str) else []
    if len(found) > 1:
        return ": write a comma between two addresses"
    return f": write the address alone, {found[0]}" if found and found[0] != value else ""


def day(value: Any) -> date:
    """A day such as ``2024-09-01``. Raises ValueError, which says what to write."""
    if isinstance(value, date):
        return value
    told = f"must be a day, found {quoted(value)}"
    found = DAY.fullmatch(str(value).strip())
    if not found:
        raise ValueError(f"{told}: write {_meant_day(str(value).strip())}")
    year, month, number = map(int, found.groups())
    if not 1 <= month <= 12 or not year:
        raise ValueError(f"{told}: write year-month-day, such as 2024-09-01")
    last = monthrange(year, month)[1]
    if not 1 <= number <= last:
        raise ValueError(f"{told}: {year}-{month:02} has the days 01 to {last}")
    return date(year, month, number)


def _meant_day(written: str) -> str:
    """The day, if it can be only one."""
    shapes = (r"(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})", r"(\d{4})(\d{2})(\d{2})", r"(\d{4}-\d{2}-\d{2})[ T].*")
    for shape in shapes:
        if found := re.fullmatch(shape, written, re.ASCII):
            written = "-".join(f"{part:0>2}" for part in found.groups())
    try:
        grain, first_day = notation.period(written, "period")
    except ValueError:
        return "a day such as 2024-09-01"
    return f"{first_day}" if grain == "day" else f"a day of that month, such as {first_day}"


def _line(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty: write what it is")
    if re.search(r"[\r\n\x00]", value):
        raise ValueError(f"must be one line of text, without line breaks, found {quoted(value)}")
    return value


def _no_word(value: Any) -> Any:
    if isinstance(value, bool):  # to Python a number
        raise PydanticCustomError("int_type", "is not a number")
    return value


def _connection(value: str) -> str:
    if not re.fullmatch(r"[\w#!().:/\\-]{1,250}", value):  # Airflow finds no other
        told = "must be the id of an Airflow connection, such as vk_yarko: letters, digits and _"
        raise ValueError(f"{told}, found {quoted(value)}")
    return value


Address = Annotated[str, BeforeValidator(address)]
ConnectionId = Annotated[str, AfterValidator(_connection)]
Day = Annotated[date, BeforeValidator(day)]
Line = Annotated[str, Field(max_length=200), AfterValidator(_line)]
Whole = Annotated[int, BeforeValidator(_no_word)]
