"""A client changes the service that counts its visits: the new one's days are its own, older ones stay as they were."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from smm import catalogue, facts
from smm.files import periods
from smm.loading import ledger
from smm.loading.audit import audit
from smm.loading.publish import publish
from smm.roster import catalogued
from smm.warehouse import Connection, copy
from tests.sql.facts import Cell, Core, day
from tests.staging import COUNTS, begun, count

REPORTS = ("traffic", "totals", "users")


@pytest.fixture
def core(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Core:
    """A client of GA4."""
    monkeypatch.setenv("SMM_ARCHIVE", tmp_path.as_uri())
    catalogued.store(warehouse, catalogue.read())
    warehouse.execute(
        "insert into core.client (client, name, language, time_zone, currency, started, report, digest)"
        " values ('yarko', 'Yarko', 'ru', 'Europe/Moscow', 'RUB', '2026-01-01', '{}', 'as stored')"
    )
    found = Core(warehouse)
    found.put("client_source", network="ga4", source="ga4")
    found.network("vk", None)
    warehouse.commit()
    return found


def named(core: Core, source: str) -> None:
    """The client's file names this counter, and the other one no more."""
    core.warehouse.execute("delete from core.client_source where source in ('ga4', 'metrica')")
    core.put("client_source", network=source, source=source)
    core.warehouse.commit()


def stage(
    core: Core,
    source: str,
    first: str,
    last: str,
    visits: int,
    since: str | None = None,
    people: Iterable[tuple[Any, ...]] = (),
    before: str = "no_access",
) -> None:
    """A load with so many visits, all from VK, and users a day; before ``since`` it is in this state instead."""
    warehouse, begin, end, known = core.warehouse, day(first), day(last), day(since or first)
    load = begun(warehouse, source, begin, end, run=source + last)
    owner = (load["client"], load["load_id"])
    days = [known + timedelta(days=n) for n in range((end - known).days + 1)]
    events = (visits, 0.5) if source == "ga4" else (None, None)
    counted = (*(visits,) * 5, *events, visits, visits, None)
    tables = {
        "traffic": (facts.COLUMNS["traffic"], [(on, "vk", "referral", "x", *counted) for on in days]),
        "traffic_totals": (facts.COLUMNS["traffic_totals"], [(on, *counted) for on in days]),
        "counts": (COUNTS, [*(count("totals", "users", on, visits, network="site") for on in days), *people]),
    }
    rows = sum(
        copy(warehouse, f"staging.{relation}", ("client", "load_id", *columns), ((*owner, *row) for row in found))
        for relation, (columns, found) in tables.items()
    )
    spans = [(known, end, "known")] + ([(begin, known - timedelta(days=1), before)] if since else [])
    copy(
        warehouse,
        "staging.coverage",
        ("client", "load_id", "report", "first_day", "last_day", "state", "without"),
        ((*owner, report, *span, []) for report in REPORTS for span in spans if span[0] <= span[1]),
    )
    ledger.end(warehouse, load, "staged", rows=rows)
    warehouse.commit()


def loaded(core: Core, source: str, first: str, last: str, visits: int, **others: Any) -> None:
    stage(core, source, first, last, visits, **others)
    audit(source + last)
    assert publish(source + last) == []
    core.rebuild("05", "06")
    core.warehouse.commit()


def users(value: int, measure: str = "users", network: str = "site", of: str = "05-01") -> tuple[Any, ...]:
    """People of a whole month."""
    month = day(of)
    return count("users", measure, month, value, network=network, grain="month", through=periods.end("month", month))


@pytest.fixture
def changed(core: Core) -> Core:
    """GA4 has counted 100 visits a day to 10 June; then the file names Metrica."""
    people = [users(1800), users(900, "new_visitors"), users(70, "buyers"), users(500, network="vk")]
    loaded(core, "ga4", "05-01", "06-10", 100, people=people)
    named(core, "metrica")
    return core


@pytest.mark.parametrize("state", ["no_access", "unanswered"])
def test_days_that_the_new_one_knows_nothing_of_stay(changed: Core, state: str) -> None:
    """Days before its counter was created, and days that it fails to answer for."""
    loaded(changed, "metrica", "05-01", "06-15", 10, since="06-06", before=state)

    assert changed.cell("sessions", "06-05", network="site") == Cell(100)
    assert changed.cell("sessions", "06-06", network="site") == Cell(10)
    assert changed.cell("sessions", "05-01", "month", "site") == Cell(3100)
    assert changed.cell("users", "05-01", "month", "site") == Cell(1800)
    assert changed.cell("sessions", "06-05") == Cell(100)


def test_a_month_that_the_old_one_has_counted_is_not_two_days_of_the_new_one(changed: Core) -> None:
    loaded(changed, "metrica", "05-30", "06-15", 10, people=[users(15)])

    assert changed.cell("sessions", "05-30", network="site") == Cell(10)
    assert changed.cell("users", "05-01", "month", "site") == Cell(1800)


def test_a_month_whose_every_day_is_the_new_ones_is_its_own(changed: Core) -> None:
    loaded(changed, "metrica", "05-01", "06-15", 10, people=[users(150)])

    assert changed.cell("users", "05-01", "month", "site") == Cell(150)
    for measure, network in (("buyers", "site"), ("new_visitors", "site"), ("users", "vk")):
        cell = changed.cell(measure, "05-01", "month", network)
        assert cell is None or cell.value is None, (measure, network)


def test_a_load_of_the_old_one_that_was_staged_before_is_rejected(changed: Core) -> None:
    stage(changed, "ga4", "06-01", "06-12", 100)
    loaded(changed, "metrica", "06-01", "06-15", 10)
    assert publish("ga406-12") == []

    ((state, reason),) = [
        tuple(row.values())
        for row in changed.warehouse.execute("select state, reason from core.load where run_id = 'ga406-12'")
    ]
    assert (state, reason) == ("rejected", "the client's file was changed during the run and no longer names ga4")
    changed.rebuild("06")
    assert changed.cell("sessions", "06-05", network="site") == Cell(10)


def test_a_source_that_gives_what_it_does_not_declare_is_rejected(core: Core) -> None:
    """Its numbers would stand nowhere, and their days would be zeros."""
    loaded(core, "ga4", "06-01", "06-02", 5, people=[users(9, "guests", of="06-01")])

    (row,) = core.warehouse.execute("select state, reason from core.load").fetchall()
    assert row["state"] == "rejected"
    assert "numbers that the source does not say it gives" in row["reason"]
    assert "guests of report users" in row["reason"]
