"""Rows for staging, as a fetch task would leave them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from smm import facts
from smm.loading import ledger
from smm.loading.ledger import Load, Slot
from smm.warehouse import Connection, copy

COUNTS = facts.COLUMNS["counts"]


def count(
    report: str,
    measure: str,
    period: date,
    value: int | None,
    *,
    network: str = "vk",
    grain: str = "day",
    through: date | None = None,
    at: datetime | None = None,
    note: str | None = None,
) -> tuple[Any, ...]:
    """A row for staging.counts, with its columns COUNTS; ``at``: the moment at which it was counted."""
    return network, report, measure, grain, period, value, through or period, at, note


def begun(
    warehouse: Connection,
    source: str,
    first: date,
    last: date,
    run: str = "run",
    client: str = "yarko",
    network: str | None = None,
) -> Load:
    """A load in state ``fetching``; ``network``: the source's name in the client's file, if it is another."""
    slot = Slot(
        source=source,
        client=client,
        network=network or source,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        archived=None,
    )
    load = ledger.begin(warehouse, run, slot)
    assert load is not None
    return load


def staged(
    warehouse: Connection,
    load: Load,
    relation: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
    known: Iterable[tuple[Any, ...]] = (),
) -> None:
    """Put rows into staging, and the stretches (report, first, last[, state]) that they make known."""
    owner = (load["client"], load["load_id"])
    count = copy(warehouse, f"staging.{relation}", ("client", "load_id", *columns), ((*owner, *row) for row in rows))
    copy(
        warehouse,
        "staging.coverage",
        ("client", "load_id", "report", "first_day", "last_day", "state", "without"),
        ((*owner, report, first, last, *(state or ["known"]), []) for report, first, last, *state in known),
    )
    ledger.end(warehouse, load, "staged", rows=count)
    warehouse.commit()
