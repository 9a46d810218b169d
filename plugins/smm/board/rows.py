"""The columns of the tables that other tools read: their types, units and meanings, in this one place.

The answers in JSON, /board/openapi.json and docs/bi.md come from these classes; include/sql/board/table_<name>.sql
gives the columns in this order.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from smm.sources import NAMES

# A JSON number with all its digits: a program that wants more than 17 of them reads it as a decimal.
Number = Annotated[Decimal, WithJsonSchema({"type": "number"})]


def column(meaning: str, unit: str = "") -> Any:
    return Field(description=meaning, json_schema_extra={"unit": unit} if unit else None)


OF_UNIT = "as `unit` says"
OF_CURRENCY = "the client's currency"
CLIENT = "the client: the name of its file"
NETWORK = "facebook, instagram, ...; all = the social networks together; site = the whole website"
UNIT = (
    "count; money = in `currency`; seconds; share = a fraction, 0.05 is 5 %; ratio; null = no longer in the catalogue"
)
CURRENCY = "the client's currency (ISO 4217) if the unit is money; null for other units"
PERIOD = "the first day of the day, ISO week or month"
COMPLETENESS = "the share of the period's days that is known"
REASON = "why `value` is null: source_missing, no_access, zero_denominator, not_final, not_applicable"
DERIVED, LATE = "calculated from other numbers, not measured", "some posts were read more than 7 days after publication"
FLAGGED = "approximate in its source: sampled, thresholded or the like"


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: ClassVar[tuple[str, ...]]  # no two rows have the same; the order of the table

    @classmethod
    def units(cls) -> dict[str, str]:
        """By column, the unit of its numbers; "" = it has none."""
        extras = {name: field.json_schema_extra for name, field in cls.model_fields.items()}
        return {name: str(extra["unit"]) if isinstance(extra, dict) else "" for name, extra in extras.items()}


R = TypeVar("R", bound=Row)


class Page(BaseModel, Generic[R]):
    """Some rows of a table."""

    rows: list[R]
    next: str | None = Field(description="`after` of the next page; null = this is the last")


class Verdict(Row):
    """One row per target and month."""

    key = ("client", "month", "network", "kpi")

    client: str = column(CLIENT)
    month: date = column("the first day of the month")
    network: str = column(NETWORK)
    kpi: str = column("the KPI's id, as in `catalogue`")
    verdict: str = column(
        "met, missed, not_proven, not_measured, not_due; for a running month on_track, at_risk, certain_miss"
    )
    reason: str | None = column("why there is no value, no bound or no proof")
    rule: str = column("plan, at_least, at_most, between, growth, from_baseline")
    target: Number | None = column("the bound that counts", OF_UNIT)
    low: Number | None = column("the value must not be below it", OF_UNIT)
    high: Number | None = column("the value must not be above it", OF_UNIT)
    base: Number | None = column("for a growth: the value to compare with", OF_UNIT)
    value: Number | None = column("the result; null = unknown, see `reason`", OF_UNIT)
    forecast: Number | None = column("while the month is running: the expected value at its end", OF_UNIT)
    forecast_low: Number | None = column("the lower end of the range in which eight months in ten end", OF_UNIT)
    forecast_high: Number | None = column("the upper end of that range", OF_UNIT)
    unit: str | None = column(UNIT)
    currency: str | None = column(CURRENCY)
    is_main: bool = column("the client's main target")
    is_final: bool = column("false = sources may still change the month")
    due_from: date = column("the first month in which the target counts")
    evaluated_at: datetime = column("when it was judged", "UTC")
    spent: Number | None = column("for a cost without a value: the money that brought nothing", OF_CURRENCY)
    completeness: Number | None = column(f"{COMPLETENESS}; null = judged before it was stored", "fraction")
    is_derived: bool | None = column(DERIVED)
    is_late: bool | None = column(LATE)
    is_flagged: bool | None = column(FLAGGED)


class KpiFact(Row):
    """One row per KPI, network and day, week or month in which all its measures are expected."""

    key = ("client", "grain", "period", "network", "kpi")

    client: str = column(CLIENT)
    network: str = column(NETWORK)
    kpi: str = column("the KPI's id, as in `catalogue`")
    grain: str = column("day, week or month")
    period: date = column(PERIOD)
    value: Number | None = column("numerator / denominator; null = unknown, see `reason`", OF_UNIT)
    reason: str | None = column(REASON)
    numerator: Number | None = column("the sum above the line; add it up over periods, never the value of a ratio")
    denominator: Number | None = column("the sum below the line; null for a KPI without one, or unknown")
    unit: str | None = column(UNIT)
    currency: str | None = column(CURRENCY)
    completeness: Number = column(COMPLETENESS, "fraction")
    is_derived: bool = column(DERIVED)
    is_late: bool = column(LATE)
    is_flagged: bool = column(FLAGGED)


class MeasureFact(Row):
    """One row per measure, network and day, week or month in which it is expected."""

    key = ("client", "grain", "period", "network", "measure")

    client: str = column(CLIENT)
    network: str = column(NETWORK)
    measure: str = column("the measure's id, as on the page Catalogue")
    grain: str = column("day, week or month")
    period: date = column(PERIOD)
    value: Number | None = column("null = unknown, see `reason`", OF_UNIT)
    reason: str | None = column(REASON)
    kind: str | None = column("flow = may be added up; stock = the last value of the period; unique = never added up")
    unit: str | None = column("count; money = in `currency`; seconds; null = no longer in the catalogue")
    currency: str | None = column(CURRENCY)
    completeness: Number = column(COMPLETENESS, "fraction")
    is_derived: bool = column(DERIVED)
    is_late: bool = column(LATE)
    is_flagged: bool = column(FLAGGED)


class Load(Row):
    """One row per attempt to load one source of a client."""

    key = ("client", "load_id")

    client: str = column(CLIENT)
    load_id: str = column("the load, within the client")
    network: str = column("the source's name in the client's file")
    source: str = column(", ".join(NAMES))
    first_day: date | None = column("the first day asked for")
    last_day: date | None = column("the last day asked for")
    state: str = column("fetching, staged, rejected, published, failed")
    reason: str | None = column("why it was rejected or failed")
    rows: int = column("rows fetched", "count")
    requests: int = column("requests sent", "count")
    findings: int = column("findings of its audit", "count")
    run_id: str = column("Airflow's DAG and run")
    reread_of: str | None = column("the archived load whose answers were read again; null = the source was asked")
    as_of: datetime = column("when its answers were asked for", "UTC")
    started_at: datetime = column("when it began", "UTC")
    finished_at: datetime | None = column("when it ended", "UTC")


class Coverage(Row):
    """One row per network, report and day that is published; a day without a row was never loaded."""

    key = ("client", "network", "report", "day")

    client: str = column(CLIENT)
    network: str = column("the source's name in the client's file")
    report: str = column("the part of the source: traffic, totals, members, posts, ...")
    day: date = column("the day")
    state: str = column("known, flagged, no_access, unanswered")
    reason: str | None = column("why it is flagged or not known")
    without: str = column("measures that this answer did not have, separated by spaces")
    load_id: str = column("the load that gave this day, as in `loads`")


class Letter(Row):
    """One row per letter, without addresses."""

    key = ("client", "letter_id")

    client: str = column(f"{CLIENT}; _operators = the operators' digests")
    letter_id: str = column("the letter, within the client")
    month: date = column("the first day of the month it is about")
    kind: str = column("missed, monthly, weekly, ...")
    revision: int = column("1; higher for a correction")
    state: str = column("draft, due, sending, sent, held, expired, taken_back")
    audience: str = column("readers, manager, operators")
    subject: str = column("its subject line")
    reason: str | None = column("why it is held or expired")
    readers: int = column("how many people it goes to", "people")
    sent: int = column("how many of them have it", "people")
    refused: int = column("for how many the mail server refused it", "people")
    created_at: datetime = column("when it was written", "UTC")
    due_at: datetime | None = column("for a draft: when it goes out as it is", "UTC")
    decided_at: datetime | None = column("when it was last released or held", "UTC")
    sent_at: datetime | None = column("when the last reader got it", "UTC")


class KpiEntry(Row):
    """One row per KPI of the catalogue."""

    key = ("kpi",)

    kpi: str = column("its id, which never changes its meaning")
    title: str = column("its name, in English")
    meaning: str = column("what it means, in English")
    goal: str = column("reputation, account, promotion")
    formula: str = column("one sum of measures, or one such sum divided by another")
    unit: str = column("count, money, seconds, share, ratio")
    direction: str = column("up = more is better, down = less is, band = as the target says")
    due_month: int = column("the first month of work in which it is judged, unless the client's file says otherwise")
    default_network: str | None = column("the network of a target that names none; null = the target must name one")
    measured_by: str = column("the sources of its numbers")
    grains: str = column("the periods for which it exists")
    over_all: str = column("whether it exists for the social networks together: yes; no: not additive; only there")
