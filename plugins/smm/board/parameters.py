"""What a table may be asked for, in the address: each parameter checked, and refused with what to write instead."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from smm import catalogue
from smm.board.kpi_page import counters, grains, over_all
from smm.files import periods

MOST_ROWS = 10_000  # of one page


def _id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", text):
        raise ValueError("write an id, made of letters, digits and _, such as yarko")
    return text


def _first(text: object) -> date:
    return _day(f"{text}-01" if re.fullmatch(r"\d{4}-\d\d", str(text)) else text)


def _last(text: object) -> date:
    """Of a month, its last day."""
    if re.fullmatch(r"\d{4}-\d\d", str(text)):
        return periods.end("month", _day(f"{text}-01"))
    return _day(text)


def _day(text: object) -> date:
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        day = date.min
    if not 1900 <= day.year <= 9000:
        raise ValueError("write a month such as 2026-03, or a day such as 2026-03-15")
    return day


def _cursor(text: object) -> list[str]:
    try:
        key = json.loads(urlsafe_b64decode(str(text)))
    except (NoBase64, ValueError):
        key = None
    if not isinstance(key, list) or not all(isinstance(part, str) and "\0" not in part for part in key):
        raise ValueError("write what `next` was in the page before, or leave it out")
    return key


def cursor(key: Iterable[str]) -> str:
    """The place after the row with this key, as ``after`` takes it."""
    return urlsafe_b64encode(json.dumps(list(key)).encode()).decode()


def _in_words(name: str, sample: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "title": name, "examples": [sample]})


Id = Annotated[str, AfterValidator(_id)]
First = Annotated[date, BeforeValidator(_first), _in_words("From", "2026-01")]
Last = Annotated[date, BeforeValidator(_last), _in_words("To", "2026-03")]
After = Annotated[list[str], BeforeValidator(_cursor), _in_words("After", cursor(["yarko"]))]
Grain = Literal["day", "week", "month"]


class Parameters(BaseModel):
    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def known(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Without the empty ones, as forms send them; an unknown one is refused, lest it be taken for obeyed."""
        there_are = [field.alias or name for name, field in cls.model_fields.items()]
        if unknown := sorted(set(given) - set(there_are)):
            raise ValueError(f"there is no parameter {unknown[0]!r} here; there are {', '.join(there_are) or 'none'}")
        return {name: value for name, value in given.items() if value != ""}

    def values(self) -> dict[str, Any]:
        """What the table's SQL is given."""
        return self.model_dump()


class Paging(Parameters):
    limit: int = Field(1000, ge=1, le=MOST_ROWS, description="rows of one page")
    after: After | None = Field(None, description="`next` of the page before; nothing = the first page")


class Span(Parameters):
    first_day: First | None = Field(None, alias="from", description="a month, or a day; nothing = from the beginning")
    last_day: Last | None = Field(None, alias="to", description="a month, or a day, included; nothing = to the end")

    @model_validator(mode="after")
    def ordered(self) -> "Span":
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise ValueError("from lies after to: change them round")
        return self


class OfClients(Span):
    client: Id | None = Field(None, description="one client; nothing = all")


class OfClient(Span):
    client: Id = Field(description="the client: the name of its file, without .yml")


class OfKpis(OfClient):
    network: Id | None = Field(None, description="one network; nothing = all of them")
    kpi: Id | None = Field(None, description="one KPI; nothing = all")
    grain: Grain = Field("month", description="of which periods")


class OfMeasures(OfClient):
    network: Id | None = Field(None, description="one network; nothing = all of them")
    measure: Id | None = Field(None, description="one measure; nothing = all")
    grain: Grain = Field("month", description="of which periods")


class OfCatalogue(Parameters):
    def values(self) -> dict[str, Any]:
        known = catalogue.read()
        return {"kpis": json.dumps([_entry(known, name) for name in known.kpis])}


def _entry(known: catalogue.Catalogue, name: str) -> dict[str, Any]:
    kpi, found = known.kpis[name], known.terms[name]
    return {
        "kpi": name,
        "title": kpi.title["en"],
        "meaning": kpi.meaning["en"],
        "goal": kpi.goal,
        "formula": kpi.formula,
        "unit": kpi.unit,
        "direction": kpi.direction,
        "due_month": kpi.due_month,
        "default_network": kpi.default,
        "measured_by": counters(known, (term.measure for term in found)),
        "grains": grains(known, (term.measure for term in found)),
        "over_all": over_all(known, found),
    }
