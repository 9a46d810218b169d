"""What a letter says, frozen as it was known when the letter was written: every number with its client."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import model_validator

from smm.letters.happenings import Happened, PostCount
from smm.letters.numbers import Number, Part, older
from smm.letters.publications import PostPicture, Publications

Kind = Literal["missed", "monthly", "correction", "weekly", "certain_miss", "at_risk", "back_on_track"]
WARNINGS: tuple[Kind, ...] = ("certain_miss", "at_risk", "back_on_track")  # about the running month
Cause = Literal["restated", "arrived", "reworded", "settled"]
Texts = dict[str, str]  # language -> text


class ForeignNumberError(Exception):
    """A letter would show what belongs to another client."""


class Past(Number):
    """A month of a target's history, and its plan as it was judged then, if any."""

    month: date
    low: Decimal | None
    high: Decimal | None
    is_provisional: bool

    @model_validator(mode="before")
    @classmethod
    def _older(cls, given: Any) -> Any:
        """Letters of earlier versions have no other mark than that days are missing."""
        if isinstance(given, dict) and "is_incomplete" in given:
            rest = {name: value for name, value in given.items() if name != "is_incomplete"}
            return rest | older(given, "value", "is_incomplete") | {"reason": given.get("reason")}
        return given


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
    this: Number
    before: Number

    @model_validator(mode="before")
    @classmethod
    def _older(cls, given: Any) -> Any:
        if isinstance(given, dict) and "before_reason" in given:
            this = older(given, "value") | {"reason": given.get("reason")}
            return {"client": given["client"], "this": this, "before": older(given, "before")}
        return given

    @property
    def is_comparable(self) -> bool:
        """Whether the two may be held against each other; with one alone there is nothing to compare."""
        known = self.this.value is not None and self.before.value is not None
        return not known or not (self.this.marks or self.before.marks)


class Judged(Number):
    """One target of the month, and the number that it was judged by; ``reason`` is also why there is no proof."""

    network: str
    kpi: str
    title: Texts
    meaning: Texts
    unit: str  # count, money, seconds, share, ratio
    verdict: str
    rule: str
    is_main: bool
    due_from: date
    low: Decimal | None
    high: Decimal | None
    target: Decimal | None  # the bound that counts
    base: Decimal | None
    growth: Decimal | None
    over: str | None
    # letters that were written before there were such targets have none of these
    first_day: date | None = None  # of a plan for a quarter or a campaign, its days
    last_day: date | None = None
    tolerance: Decimal | None = None  # a miss by this share of the target is none
    before: Number  # of the month before
    year_ago: Number
    sources: tuple[str, ...]  # by name; `client`: numbers that the client gave
    doubted: tuple[str, ...] = ()  # those of them whose numbers the audit found unusual
    why: Why | None = None  # of one that is missed, or will be
    outlook: Outlook | None = None
    week: Week | None = None  # in a weekly letter
    history: tuple[Past, ...] = ()  # of what is drawn: up to 13 months, the letter's last; older letters have none
    happened: tuple[Happened, ...] = ()  # of one that is missed, or will be
    posts: PostCount | None = None  # of its month
    only_rises: bool | None = None  # whether more days can only add to its value; letters of earlier versions have none

    @model_validator(mode="before")
    @classmethod
    def _older(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        apart = [name for name in ("before", "year_ago") if f"{name}_reason" in given]
        gone = {key for name in apart for key in (f"{name}_reason", f"is_{name}_incomplete")}
        found = {name: older(given, name, f"is_{name}_incomplete") for name in apart}
        return {name: value for name, value in given.items() if name not in gone} | found

    @property
    def is_below(self) -> bool:
        """Whether the value is less than what was asked; a missed one that is not is more."""
        return self.value is not None and self.low is not None and self.value < self.low

    @property
    def is_by_days(self) -> bool:
        """Whether days of its month are not known: why it is missed is told by the same days of both months then."""
        return self.outlook is not None or (self.marks is not None and self.marks.is_incomplete)


class Event(Part):
    first_day: date
    last_day: date
    network: str | None
    text: str


class Cost(Number):
    measure: Literal["spend", "fee", "budget"]  # the budget is what the two may cost together
    network: str = "all"  # letters of earlier versions tell of all social networks together


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
    identity: str | None  # such as a property or a community


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
    costs_before: tuple[Cost, ...] = ()  # of the month before
    lead_cost: Number | None = None  # what ads cost per lead, in all networks; None = it is not counted
    lead_cost_before: Number | None = None
    # of a month's letter: what is asked in the month after it; None = the client is not at work then
    upcoming: tuple[Judged, ...] | None = None
    publications: tuple[Publications, ...] = ()  # of a month's letter
    pictures: tuple[PostPicture, ...] = ()  # of the posts that `publications` names; kept for a year
    has_pdf: bool = False  # as the client's file asks

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

    def foreign_words(self) -> frozenset[str]:
        """What people wrote or named in it: networks, and the texts of events, as its sentences have them too."""
        found = {getattr(part, name, None) or "" for part in _parts(self) for name in ("network", "text")}
        return frozenset(found | {text.strip().rstrip(".") for text in found} - {""})

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
