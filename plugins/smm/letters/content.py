"""What a letter says, frozen as it was known when the letter was written: every number with its client."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from smm import catalogue
from smm.warehouse import Connection, run

Kind = Literal["missed"]
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
        past = (month for target in self.targets for month in target.history)
        parts: tuple[Part, ...] = (*self.targets, *past, *self.events, *self.costs)
        foreign = sorted({part.client for part in parts} - {self.client})
        if foreign:
            raise ForeignNumberError(f"a letter to {self.client} would show what belongs to {', '.join(foreign)}")
        return self

    def said(self) -> frozenset[tuple[str, str, str]]:
        """The (network, kpi, verdict) of all targets: a letter that says the same is the same letter."""
        return frozenset((target.network, target.kpi, target.verdict) for target in self.targets)


def compose(warehouse: Connection, client: str, month: date, kind: Kind, as_of: datetime) -> Content | None:
    """The letter of this kind about a client's month, from marts.verdict; None if there is nothing to say."""
    asked = {"client": client, "month": month}
    kpis = catalogue.read().kpis
    # a KPI that the catalogue has lost since is dark: it is neither judged nor shown
    judged = [row for row in run(warehouse, "targets/letter_targets.sql", asked) if row["kpi"] in kpis]
    if all(row["verdict"] != "missed" for row in judged):
        return None
    (about,) = warehouse.execute("select * from core.client where client = %s", [client]).fetchall()
    sources: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in run(warehouse, "targets/letter_sources.sql", asked):
        key = (row["network"], row["kpi"])
        sources[key] = (*sources.get(key, ()), row["source"])
    history = _history(warehouse, asked)
    return Content(
        client=client,
        kind=kind,
        month=month,
        name=about["name"],
        language=about["language"],
        time_zone=about["time_zone"],
        currency=about["currency"],
        manager=about["report"]["manager"],
        target_version=judged[0]["target_version"],
        is_final=judged[0]["is_final"],
        as_of=as_of,
        targets=tuple(
            _judged(
                row,
                kpis[row["kpi"]],
                sources.get((row["network"], row["kpi"]), ()),
                history.get((row["network"], row["kpi"]), ()),
            )
            for row in judged
        ),
        events=tuple(Event(**row) for row in run(warehouse, "targets/letter_events.sql", asked)),
        costs=tuple(Cost(**row) for row in run(warehouse, "targets/letter_costs.sql", asked)),
    )


def _history(warehouse: Connection, asked: dict[str, Any]) -> dict[tuple[str, str], tuple[Past, ...]]:
    found: dict[tuple[str, str], tuple[Past, ...]] = {}
    for row in run(warehouse, "targets/letter_history.sql", asked):
        key = (row.pop("network"), row.pop("kpi"))
        found[key] = (*found.get(key, ()), Past(**row))
    return found


def _judged(row: dict[str, Any], kpi: catalogue.Kpi, sources: tuple[str, ...], history: tuple[Past, ...]) -> Judged:
    shown = {name: value for name, value in row.items() if name not in ("target_version", "is_final")}
    return Judged.model_validate(
        {**shown, "title": kpi.title, "meaning": kpi.meaning, "unit": kpi.unit, "sources": sources, "history": history}
    )
