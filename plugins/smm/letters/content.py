"""What a letter says, frozen as it was known when the letter was written: every number with its client."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

Kind = Literal["missed", "monthly"]
Texts = dict[str, str]  # language -> text


class ForeignNumberError(Exception):
    """A letter would show what belongs to another client."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    client: str


class Judged(Part):
    """One target of the month. Shares are fractions, money is in the client's currency."""

    network: str
    kpi: str
    title: Texts
    meaning: Texts
    unit: str  # count, money, seconds, share, ratio
    verdict: str
    reason: str | None
    rule: str
    is_main: bool
    due_from: date
    low: Decimal | None
    high: Decimal | None
    target: Decimal | None  # the bound that counts
    value: Decimal | None
    base: Decimal | None
    growth: Decimal | None
    over: str | None
    # letters that were written before there were such targets have none of these
    first_day: date | None = None  # of a plan for a quarter or a campaign, its days
    last_day: date | None = None
    tolerance: Decimal | None = None  # a miss by this share of the target is none
    before: Decimal | None  # of the month before
    before_reason: str | None
    is_before_incomplete: bool
    year_ago: Decimal | None
    year_ago_reason: str | None
    is_year_ago_incomplete: bool
    sources: tuple[str, ...]  # ga4, vk, figures

    @property
    def is_below(self) -> bool:
        """Whether the value is less than what was asked; a missed one that is not is more."""
        return self.value is not None and self.low is not None and self.value < self.low


class Event(Part):
    first_day: date
    last_day: date
    network: str | None
    text: str


class Cost(Part):
    measure: Literal["spend", "fee"]
    value: Decimal


class Content(Part):
    """A letter. Raises ForeignNumberError, when built and when read again, if any part is another client's."""

    kind: Kind
    month: date
    name: str
    language: str
    time_zone: str
    currency: str
    manager: str | None
    target_version: int
    is_final: bool
    as_of: datetime
    targets: tuple[Judged, ...]
    events: tuple[Event, ...]
    costs: tuple[Cost, ...]

    @model_validator(mode="after")
    def _own(self) -> "Content":
        foreign = sorted({part.client for part in _parts(self)} - {self.client})
        if foreign:
            raise ForeignNumberError(f"a letter to {self.client} would show what belongs to {', '.join(foreign)}")
        return self

    def said(self) -> frozenset[tuple[str, str, str]]:
        """The (network, kpi, verdict) of all targets: a letter that says the same is the same letter."""
        return frozenset((target.network, target.kpi, target.verdict) for target in self.targets)


def _parts(value: Any) -> Iterator[Part]:
    """The parts that this one is made of, and theirs, and itself."""
    if isinstance(value, Part):
        yield value
        for name in type(value).model_fields:
            yield from _parts(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _parts(each)
