"""A client file as it is written: its parts as frozen models that refuse nonsense. docs/clients.md lists the keys."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from smm.catalogue import shares, spans
from smm.catalogue.spans import Span
from smm.clients import numbers
from smm.files import currencies, meant, zones
from smm.files.entry import Address, Entry, Line, Whole, address
from smm.files.entry import Day as AnyDay
from smm.files.languages import is_one
from smm.files.people import Name
from smm.files.quoted import quoted

LETTERS = ("missed", "monthly", "weekly", "certain_miss", "at_risk", "back_on_track")
LEAD_PARTS = ("calls", "messages", "forms", "emails")
RULES = ("plan", "at_least", "at_most", "between", "growth", "from_baseline")
OVER = ("previous_month", "baseline", "year_ago")
MOST_TIMES = 50  # the baseline: from there on percent were probably meant
MONTHS = 600  # of work: 50 years


def _first_day(value: date) -> date:
    if value.day != 1:
        raise ValueError(f"must be the first day of a month, such as {value:%Y-%m}-01")
    return value


def _tolerance(value: Decimal) -> Decimal:
    if not 0 <= value <= Decimal("0.5"):
        instead = f": write {shares.meant(value)}" if value >= 1 else ""
        raise ValueError(f"must be a share of the target from 0 to 0.5, such as 0.02 for 2 %, found {value}{instead}")
    return value


def _apart(plan: Any) -> Any:
    """Plans of the same days, or of the same month. What is no plan is told for each by itself."""
    named: dict[Span, Any] = {}
    for text in plan if isinstance(plan, dict) else ():
        try:
            found = spans.span(text)
        except ValueError:
            continue
        if found in named:
            raise ValueError(f"{named[found]} and {text} are the same days; keep one of the two")
        named[found] = text
    spans.check_apart(named)
    return plan


def _recipient(value: Any) -> tuple[str, str | None]:
    """``owner@yarko.example``, or ``{owner@yarko.example: en}`` for a language of his own."""
    if isinstance(value, dict):
        if len(value) != 1:
            raise ValueError("must be one address and its language, such as {owner@yarko.example: en}")
        ((written, language),) = value.items()
        return address(written), is_one(language)
    return address(value), None


def _span(value: list[date]) -> list[date]:
    if value[0] > value[1]:
        raise ValueError(f"must be the first day and the last one: write [{value[1]}, {value[0]}]")
    return value


def _origin(value: Any) -> str:
    """Where a part of the leads comes from: ``figures``, or with an event ``ga4.generate_lead``."""
    if not isinstance(value, str):
        raise ValueError(
            f"must be source.event, such as metrica.301, or a source, such as figures; found {quoted(value)}"
        )
    return value


def _over(value: Any) -> Any:
    """What growth is counted from: one of ``OVER``, or a number."""
    if isinstance(value, str) and value in OVER:
        return value
    try:
        return numbers.number(value)
    except ValueError:
        there_are = f"{', '.join(OVER)} or a number"
        raise ValueError(f"must be {there_are}, found {quoted(value)}{meant.question(value, OVER)}") from None


Day = Annotated[AnyDay, AfterValidator(spans.in_years)]
Number = Annotated[Decimal, BeforeValidator(numbers.number)]
Plan = Annotated[dict[Annotated[Span, BeforeValidator(spans.span)], Number], BeforeValidator(_apart)]
Recipient = Annotated[tuple[str, str | None], BeforeValidator(_recipient)]


class Stages(Entry):
    """Where a number is to be led from its baseline: to ``to`` times of it by this month of work, in equal steps."""

    to: Annotated[Decimal, BeforeValidator(numbers.plain)] = Field(examples=["2.0"])
    by_month: Whole = Field(strict=True, examples=["12"])

    @model_validator(mode="after")
    def _ahead(self) -> "Stages":
        if self.to <= 0:
            raise ValueError(f"to must be above 0: 2.0 is twice the baseline, 0.8 is a fifth less; found {self.to}")
        if self.to >= MOST_TIMES:
            raise ValueError(
                f"to is a multiple of the baseline, and {self.to} times is hardly right: write {self.to / 100} for"
                f" {self.to} % of it"
            )
        if not 1 <= self.by_month <= MONTHS:
            raise ValueError(
                f"by_month must be a month of work, counted from 1, the month of `started`, to {MONTHS};"
                f" found {self.by_month}"
            )
        return self


class Rule(Entry):
    """What one target asks: exactly one of plan, at_least, at_most, between, growth, from_baseline."""

    plan: Plan | None = Field(default=None, examples=["{2026-01: 1500, 2026-02: 1700}", "1500"])
    at_least: Number | None = None
    at_most: Number | None = None
    between: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = Field(
        default=None, examples=["[12, 20]"]
    )
    growth: Number | None = None
    over: Annotated[Decimal | Literal["previous_month", "baseline", "year_ago"], BeforeValidator(_over)] | None = None
    from_baseline: Stages | None = Field(default=None, examples=["{to: 2.0, by_month: 12}"])
    tolerance: Annotated[Number, AfterValidator(_tolerance)] = Decimal(0)
    from_month: Annotated[Whole, Field(ge=1, le=MONTHS)] | None = Field(default=None, examples=["7"])
    main: bool = Field(default=False, examples=["true"])

    @model_validator(mode="after")
    def _one_rule(self) -> "Rule":
        given = [name for name in RULES if getattr(self, name) is not None]
        if not given and (empty := [name for name in RULES if name in self.model_fields_set]):
            raise ValueError(f"{empty[0]} is empty: write its value")
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(RULES)}; it has {' and '.join(given) or 'none'}")
        if (self.over is not None) != (self.growth is not None):
            raise ValueError("growth and over go together, such as {growth: 0.05, over: previous_month}")
        if self.growth is not None and self.growth <= -1:
            instead = f": write {shares.meant(self.growth)}" if self.growth < -1 else ""
            raise ValueError(
                f"growth must be above -1: 0.05 is 5 % more, -0.1 a tenth less; found {self.growth}{instead}"
            )
        if isinstance(self.over, Decimal) and self.over <= 0:
            raise ValueError(f"over must be above 0: nothing grows from {self.over}")
        if self.between is not None and self.between[0] >= self.between[1]:
            raise ValueError("between must be the lower number and the higher one, such as [12, 20]")
        return self

    @property
    def name(self) -> str:
        return next(name for name in RULES if getattr(self, name) is not None)


class Target(Rule):
    """A rule, and the KPI and network that it is for."""

    network: str
    kpi: str


class Report(Entry):
    to: Annotated[list[Recipient], Field(min_length=1)] = Field(examples=["[owner@yarko.example]"])
    manager: Address | None = None
    letters: list[Literal[LETTERS]] = Field(  # type: ignore[valid-type]
        default=["missed", "monthly"], examples=["[missed, monthly]"]
    )
    hour: Annotated[Whole, Field(ge=0, le=23)] = Field(default=9, examples=["9"])
    names: dict[Address, Name] = {}  # of readers: address, as it stands in `to` -> name by which letters greet him
    pdf: bool = False

    def recipients(self, language: str) -> dict[str, str]:
        """Address -> language of the letter."""
        return {address: own or language for address, own in self.to}


class Annotation(Entry):
    """Something that happened: shown beside the numbers of these days."""

    first_day: Day = Field(alias="from", examples=["2026-06-01"])
    last_day: Day = Field(alias="to", examples=["2026-06-20"])
    network: str | None = Field(default=None, examples=["vk"])
    text: Line
    compare: bool = Field(default=True, examples=["false"])

    @model_validator(mode="after")
    def _in_order(self) -> "Annotation":
        if self.first_day > self.last_day:
            raise ValueError(f"from must not be after to, found {self.first_day} and {self.last_day}")
        return self


class File(Entry):
    """The whole file."""

    name: Line
    language: Annotated[str, AfterValidator(is_one)] = Field(examples=["en"])
    time_zone: Annotated[str, AfterValidator(zones.proper)] = Field(examples=["Europe/Moscow"])
    currency: Annotated[str, AfterValidator(currencies.current)] = Field(examples=["RUB"])
    started: Annotated[Day, AfterValidator(_first_day)] = Field(examples=["2025-06-01"])
    paused: Annotated[list[Day], Field(min_length=2, max_length=2), AfterValidator(_span)] | None = Field(
        default=None, examples=["[2026-07-01, 2026-07-31]"]
    )
    ended: Day | None = Field(default=None, examples=["2026-12-31"])
    sources: Annotated[dict[str, dict[str, Any]], Field(min_length=1)] = Field(
        examples=["{vk: {connection: vk_yarko, community: 174905001}}"]
    )
    leads: dict[Literal[LEAD_PARTS], Annotated[str, BeforeValidator(_origin)]] = Field(  # type: ignore[valid-type]
        default={}, examples=["{calls: figures, messages: vk}", "figures"]
    )
    targets: dict[str, dict[str, Any]] = Field(
        default={}, examples=["{followers: {plan: {2026-01: 1500}}}", "{plan: {2026-01: 1500}}"]
    )
    plans: dict[Literal["path"], Line] | None = Field(
        default=None, examples=["{path: include/plans/yarko.csv}", "include/plans/yarko.csv"]
    )
    report: Report = Field(examples=["{to: [owner@yarko.example]}"])
    annotations: list[Annotation] = Field(
        default=[],
        examples=[
            "[{from: 2026-06-01, to: 2026-06-20, text: A contest}]",
            "{from: 2026-06-01, to: 2026-06-20, text: A contest}",
        ],
    )
