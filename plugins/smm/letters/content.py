"""What a letter says, frozen as it was known when the letter was written: every number with its client."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, model_validator

Kind = Literal["missed", "monthly", "correction", "weekly", "certain_miss", "at_risk", "back_on_track"]
WARNINGS: tuple[Kind, ...] = ("certain_miss", "at_risk", "back_on_track")  # about the running month
Cause = Literal["restated", "arrived", "reworded", "settled"]
Texts = dict[str, str]  # language -> text


class ForeignNumberError(Exception):
    """A letter would show what belongs to another client."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    client: str


class Past(Part):
    """A month of a target's history: its value, else why there is none, and its plan as it was judged then, if any."""

    month: date
    value: Decimal | None
    reason: str | None
    low: Decimal | None
    high: Decimal | None
    is_provisional: bool
    is_incomplete: bool  # days are missing


class Effect(Part):
    """What one part of a KPI's formula has changed of its value, in the KPI's unit."""

    network: str
    part: str  # a measure, a factor, or `pace`: what the days to come will change
    unit: str
    was: Decimal | None
    now: Decimal | None
    effect: Decimal


class Why(Part):
    """How a value came about since the last comparable month; the largest effects first."""

    month: date
    was: Decimal
    now: Decimal  # of a running month: its forecast
    effects: tuple[Effect, ...]


class Outlook(Part):
    """How a running month will end."""

    forecast: Decimal | None
    low: Decimal | None  # eight months in ten end between these two
    high: Decimal | None
    certain_since: date | None  # from then on, not even the best days could close the gap
    per_day: Decimal | None  # needed on each day to come, where what days bring adds up


class Week(Part):
    value: Decimal | None
    reason: str | None
    before: Decimal | None  # of the week before
    before_reason: str | None


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
    sources: tuple[str, ...]  # ga4, vk, figures; client: figures that the client gave
    doubted: tuple[str, ...] = ()  # those of them whose figures the audit found unusual
    why: Why | None = None  # of one that is missed, or will be
    outlook: Outlook | None = None
    week: Week | None = None  # in a weekly letter
    history: tuple[Past, ...] = ()  # of what is drawn: up to 13 months, the letter's last; older letters have none

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


class Change(Part):
    """A target of which something else was told; None = it was none then, or is none now."""

    told: Judged | None
    now: Judged | None
    cause: Cause


class Pull(Part):
    """When a source was last asked for what is known of the month, and where its numbers can be looked up."""

    source: str
    network: str  # its name in the client's file
    pulled_at: datetime
    identity: str | None  # VK's community, GA4's property


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
    # letters that were written before there were such have none of these
    pulls: tuple[Pull, ...] = ()
    changes: tuple[Change, ...] = ()  # of a correction
    told_at: datetime | None = None  # when what it corrects was written
    week: date | None = None  # of a weekly letter, the week's Monday

    @model_validator(mode="after")
    def _own(self) -> "Content":
        foreign = sorted({part.client for part in _parts(self)} - {self.client})
        if foreign:
            raise ForeignNumberError(f"a letter to {self.client} would show what belongs to {', '.join(foreign)}")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def today(self) -> date:
        """The day on which it was written, where the client is."""
        return self.as_of.astimezone(self.zone).date()

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
