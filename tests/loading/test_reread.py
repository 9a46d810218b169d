"""Loads that are read again from the archive: they are as old as their answers, and what was said since then stays."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from local.postgres import Cluster
from sandbox.world import World
from smm import catalogue, clients
from smm import warehouse as warehouses
from smm.loading import plan
from smm.loading.audit import audit
from smm.loading.fetch import fetch
from smm.loading.ledger import Load, Slot
from smm.loading.publish import publish
from tests import workers
from tests.way import Way, started

CLIENT = "yarko"
DAY = timedelta(days=1)
TODAY = datetime.now(UTC).date()
MONTH = (TODAY.replace(day=1) - DAY).replace(day=1)  # the last one that is over
DAYS = (TODAY - 10 * DAY, TODAY - DAY)


@pytest.fixture(scope="module")
def world() -> World:
    return World(TODAY)


@pytest.fixture
def way(
    postgres: Cluster,
    migrated: str,
    airflow_database: None,
    world: World,
    tmp_path: Path,
) -> Iterator[Way]:
    world.write(tmp_path)
    with started(postgres, migrated, world, tmp_path) as way:
        yield way


def load(run: str, slots: Sequence[Slot]) -> list[Load]:
    """One run of these slots, but for its DAG; returns the loads that failed."""
    with warehouses.connection() as connection:
        plan.prepare(connection, run, {slot["source"] for slot in slots}, None)
    failed = fetch(run, slots)
    audit(run)
    assert publish(run) == []
    return failed


def asked(source: str, first: date, last: date) -> list[Slot]:
    return workers.slots([source], CLIENT, first, last)


def archived(source: str, first_month: date, last_month: date) -> list[Slot]:
    found = clients.read(catalogue.read(), only=[CLIENT]).by_id
    return plan.history(found.values(), [source], datetime.now(UTC), first_month, last_month, from_archive=True)


def accept(way: Way, network: str) -> None:
    way.warehouse.execute("delete from core.identity where client = %s and network = %s", [CLIENT, network])
    way.warehouse.commit()


def test_what_was_loaded_since_the_plan_stays(way: Way) -> None:
    way.far_ends.properties, today = World(TODAY - DAY).far_ends().properties, way.far_ends.properties
    assert load("old", asked("ga4", *DAYS)) == []
    planned = archived("ga4", DAYS[0].replace(day=1), DAYS[1].replace(day=1))
    old = way.contents()
    way.far_ends.properties = today
    assert load("daily", asked("ga4", *DAYS)) == []
    before = way.contents()
    assert before["core.traffic_totals"] != old["core.traffic_totals"]

    assert load("again", planned) == []

    assert way.contents() == before
    assert way.rows("select count(*) from core.load where reread_of is not null and state = 'published'") == [(1,)]


def test_a_load_read_again_is_as_old_as_its_answers_and_changes_nothing(way: Way) -> None:
    assert load("once", asked("ga4", *DAYS)) == []
    before = way.contents()

    assert load("again", archived("ga4", DAYS[0].replace(day=1), DAYS[1].replace(day=1))) == []

    assert way.contents() == before
    aged = "select reread_of is null as is_first, as_of = min(started_at) over () as is_old from core.load"
    assert way.rows(f"{aged} order by started_at") == [(True, True), (False, True)]


def test_a_week_across_two_months_stays_with_the_load_that_was_asked_for_later(way: Way, world: World) -> None:
    second = MONTH
    while second.weekday() == 0:  # its first week has days of the month before
        second = (second - DAY).replace(day=1)
    first = (second - DAY).replace(day=1)
    community = way.far_ends.communities[world.chronicles[CLIENT].brand.wall.id]
    sound = community.stats
    assert sound is not None
    assert load("first", asked("vk", first, second - DAY)) == []
    community.stats = lambda *asked: [replace(period, reach=period.reach + 1000) for period in sound(*asked)]
    assert load("second", asked("vk", second, second + 27 * DAY)) == []
    week = (
        "select period, value from core.counts"
        " where measure = 'reach' and grain = 'week' and period < %s and through_day >= %s"
    )
    before = way.rows(week, second, second)
    assert before[0][1] > 1000

    planned = archived("vk", first, first)
    assert [slot["first_day"] for slot in planned] == [first.isoformat()]
    assert load("again", planned) == []

    assert way.rows(week, second, second) == before


def test_who_a_source_was_does_not_come_back(way: Way, world: World) -> None:
    prop = way.far_ends.properties[world.chronicles[CLIENT].brand.property]
    assert load("old", asked("ga4", MONTH, MONTH + 5 * DAY)) == []
    prop.time_zone = "UTC"
    accept(way, "ga4")
    assert load("daily", asked("ga4", TODAY - DAY, TODAY - DAY)) == []

    assert load("again", [slot for slot in archived("ga4", MONTH, MONTH) if slot["first_day"] == f"{MONTH}"]) == []

    assert way.rows("select facts ->> 'time_zone' from core.identity") == [("UTC",)]
    assert load("next", asked("ga4", TODAY - DAY, TODAY - DAY)) == []


def test_answers_in_an_old_currency_can_be_read_again(way: Way, world: World) -> None:
    assert load("old", asked("ga4", MONTH, MONTH + 5 * DAY)) == []
    way.far_ends.properties[world.chronicles[CLIENT].brand.property].currency = "USD"
    file = way.folder / "clients" / f"{CLIENT}.yml"
    text = file.read_text("utf-8")
    assert "currency: RUB" in text
    file.write_text(text.replace("currency: RUB", "currency: USD"), "utf-8")
    before = way.contents()["core.traffic"]
    way.warehouse.execute("truncate core.load, core.coverage, core.traffic, core.identity")
    way.warehouse.commit()

    assert load("again", archived("ga4", MONTH, MONTH)) == []

    assert way.contents()["core.traffic"] == before


@pytest.mark.parametrize("gone", ["manifest.json", "*.gz"])
def test_a_load_that_housekeeping_has_removed_since_the_plan_is_told(way: Way, gone: str) -> None:
    assert load("once", asked("figures", *DAYS)) == []
    (planned,) = archived("figures", MONTH, MONTH)
    for path in (way.folder / "archive" / "figures" / CLIENT / str(planned["archived"])).glob(gone):
        path.unlink()

    (failed,) = load("again", [planned])

    assert failed["reason"] == "the archive no longer has this load: start backfill_client again"


def test_a_source_taken_out_of_the_file_during_the_run_is_told(way: Way) -> None:
    (slot,) = asked("vk", *DAYS)

    (failed,) = load("run", [Slot(**{**slot, "network": "vk_spb"})])

    assert failed["reason"] == "the client's file was changed during the run and no longer names vk_spb"
