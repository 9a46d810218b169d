"""What is late: two hours after the daily runs were due, whatever kept them from publishing."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smm import catalogue, clients
from smm.loading import dags, ledger
from smm.loading.dags import Dag
from smm.loading.late import DUE, late, switched_off
from smm.sources import NAMES, named
from smm.warehouse import Connection
from tests.staging import begun

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

FILE = """\
name: Yarko
language: en
time_zone: Europe/Moscow
currency: RUB
started: 2025-06-01
sources:
  vk: {connection: vk, community: 2}
targets:
  vk.posts: {at_least: 1}
report: {to: [owner@x.example]}
"""
DAY = date(2026, 3, 9)  # asked for by the run of the 10th, 05:00 UTC
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    path = tmp_path / "yarko.yml"
    path.write_text(FILE)
    return path


attempts = count()


def tried(warehouse: Connection, last_day: date, state: str, reason: str | None = None, run: str = "run") -> None:
    """An attempt on the morning after the last day."""
    load = begun(warehouse, "vk", last_day - timedelta(days=2), last_day, run=run)
    ledger.end(warehouse, load, state, reason=reason)
    at = datetime.combine(last_day + timedelta(days=1), time(4), UTC) + timedelta(seconds=next(attempts))
    warehouse.execute("update core.load set started_at = %s where load_id = %s", [at, load["load_id"]])


def lines(warehouse: Connection, as_of: datetime = NOON) -> list[str]:
    return late(warehouse, clients.read(catalogue.read()), as_of)


def test_what_was_published_is_not_late(warehouse: Connection) -> None:
    tried(warehouse, DAY, "published")
    assert lines(warehouse) == []


@pytest.mark.parametrize(
    ("as_of", "is_late"),
    [
        (datetime(2026, 3, 11, 6, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 11, 7, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 11, 0, 30, tzinfo=UTC), False),
        (datetime(2026, 3, 12, 0, 30, tzinfo=UTC), True),
    ],
)
def test_a_run_has_two_hours(warehouse: Connection, as_of: datetime, is_late: bool) -> None:
    tried(warehouse, DAY, "published")
    assert bool(lines(warehouse, as_of)) == is_late


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Auckland", 10 - 1), ("America/Los_Angeles", 10 - 2)])
def test_a_day_is_the_clients(warehouse: Connection, file: Path, zone: str, day: int) -> None:
    """At 05:00 UTC of the 10th it is the 10th in Auckland and still the 9th in Los Angeles."""
    file.write_text(FILE.replace("Europe/Moscow", zone))
    tried(warehouse, date(2026, 3, day - 1), "published", run="before")
    assert len(lines(warehouse)) == 1
    tried(warehouse, date(2026, 3, day), "published")
    assert lines(warehouse) == []


def test_the_text_says_where_to_look(warehouse: Connection) -> None:
    assert lines(warehouse) == ["yarko: vk was never loaded: run backfill_client for it"]

    tried(warehouse, DAY - timedelta(days=3), "published", run="one")
    (line,) = lines(warehouse)
    assert line.startswith("yarko: vk is known up to 2026-03-06 only; the last attempt, ")
    assert line.endswith("UTC, went well: is its ingest DAG switched on, does the scheduler run?")

    tried(warehouse, DAY, "failed", "the token is dead: re-authorise\nand more", run="two")
    assert lines(warehouse)[0].endswith("UTC, failed: the token is dead: re-authorise")

    tried(warehouse, DAY, "fetching", run="three")
    assert lines(warehouse)[0].endswith("UTC, has not ended: look at its run")


def test_a_day_that_is_bad_again_and_again_is_named_until_its_month_is_final(warehouse: Connection) -> None:
    """Its own runs are red, and come less and less often."""
    tried(warehouse, date(2026, 3, 1), "published", run="one")
    tried(warehouse, DAY, "published", run="two")
    for _ in range(3):
        load = begun(warehouse, "vk", date(2026, 3, 3), date(2026, 3, 3), run=f"alone {next(attempts)}")
        ledger.end(warehouse, load, "rejected", reason="the audit found likes < 0\nand more")
    warehouse.execute("update core.load set started_at = '2026-03-08 05:00+00' where state = 'rejected'")
    known = "insert into core.coverage (client, network, source, report, day, load_id, state)"
    warehouse.execute(f"{known} values ('yarko', 'vk', 'vk', 'stats', '2026-03-09', 'x', 'known')")

    said = "yarko: vk of 2026-03-03 could not be loaded in 3 tries, and is tried again on {}: the audit found likes < 0"
    assert said.format("2026-03-12") in lines(warehouse)
    assert said.format("2026-03-12") not in lines(warehouse, datetime(2026, 3, 12, 12, tzinfo=UTC)), "it is tried then"
    warehouse.execute("update core.load set started_at = '2026-04-14 05:00+00' where state = 'rejected'")
    assert said.format("2026-04-18") in lines(warehouse, datetime(2026, 4, 14, 12, tzinfo=UTC))
    assert said.format("2026-04-18") not in lines(warehouse, datetime(2026, 4, 15, 12, tzinfo=UTC))


def test_who_was_first_loaded_after_the_daily_run_is_not_late(warehouse: Connection) -> None:
    tried(warehouse, DAY - timedelta(days=30), "published")
    warehouse.execute("update core.load set started_at = %s", [datetime(2026, 3, 10, 5, 1, tzinfo=UTC)])
    assert lines(warehouse) == []
    assert len(lines(warehouse, NOON + timedelta(days=1))) == 1


def test_what_never_succeeded(warehouse: Connection) -> None:
    tried(warehouse, DAY, "rejected", "the audit found ...")
    (line,) = lines(warehouse)
    assert line.startswith("yarko: vk was never published; the last attempt, ")
    assert line.endswith("rejected: the audit found ...")


@pytest.mark.parametrize(
    ("key", "is_late"),
    [
        ("ended: 2026-03-08", False),
        ("ended: 2026-03-09", True),
        ("paused: [2026-03-09, 2026-03-20]", False),
        ("paused: [2026-03-01, 2026-03-08]", True),
    ],
)
def test_who_has_ended_or_pauses_is_not_late(warehouse: Connection, file: Path, key: str, is_late: bool) -> None:
    file.write_text(f"{FILE}{key}\n")
    assert bool(lines(warehouse)) == is_late


def test_a_client_without_a_file_is_not_missed(warehouse: Connection, file: Path) -> None:
    tried(warehouse, DAY - timedelta(days=9), "published")
    file.unlink()
    assert lines(warehouse) == []


def test_a_file_with_mistakes_is_named(warehouse: Connection, file: Path) -> None:
    file.write_text(FILE.replace("currency", "curency"))
    assert lines(warehouse) == ["yarko: its file has mistakes, so it is not loaded: run make check"]


def waiting(warehouse: Connection, finished_at: datetime) -> None:
    tried(warehouse, DAY, "published")
    warehouse.execute("update core.load set finished_at = %s", [finished_at])
    warehouse.execute("insert into core.change select client, '2026-03-01', load_id from core.load")
    warehouse.execute("insert into core.change values ('yarko', '2026-03-01')")


@pytest.mark.parametrize(("minutes", "is_late"), [(119, False), (121, True)])
def test_numbers_that_are_in_no_kpi_yet(warehouse: Connection, minutes: int, is_late: bool) -> None:
    waiting(warehouse, NOON - timedelta(minutes=minutes))
    told = "what was published of 1 client since 2026-03-10 09:59 UTC is in no KPI yet: is build_kpis switched on, and"
    assert [line[: len(told)] for line in lines(warehouse)] == ([told] if is_late else [])


@pytest.mark.parametrize(("hours", "is_late"), [(25, False), (27, True)])
def test_targets_that_nobody_judges(warehouse: Connection, hours: int, is_late: bool) -> None:
    tried(warehouse, DAY, "published")
    row: dict[str, Any] = {"at": NOON - timedelta(hours=hours)}
    warehouse.execute(
        "insert into marts.verdict (client, month, network, kpi, target_version, verdict, rule, is_main, due_from,"
        " is_final, evaluated_at) values ('yarko', '2026-03-01', 'vk', 'posts', 1, 'on_track', 'at_least', false,"
        " '2026-03-01', false, %(at)s)",
        row,
    )
    told = (
        "no target was judged since 2026-03-09 09:00 UTC: is report_targets switched on, and did its last run succeed?"
    )
    assert lines(warehouse) == ([told] if is_late else [])


@pytest.mark.parametrize(("hours", "is_late"), [(25, False), (27, True)])
def test_targets_that_nobody_ever_judged(warehouse: Connection, hours: int, is_late: bool) -> None:
    """report_targets that was never switched on leaves no trace to be old."""
    tried(warehouse, DAY, "published")
    warehouse.execute("update core.load set finished_at = %s", [NOON - timedelta(hours=hours)])
    told = (
        "no target was ever judged, though there are numbers since 2026-03-09 09:00 UTC: report_targets has never run;"
        " is it switched on?"
    )
    assert lines(warehouse) == ([told] if is_late else [])


def test_targets_that_ask_nothing_yet_are_not_late(warehouse: Connection) -> None:
    """report_targets has read them: no verdict is then the right answer."""
    tried(warehouse, DAY, "published")
    warehouse.execute("update core.load set finished_at = %s", [NOON - timedelta(days=9)])
    warehouse.execute("insert into core.target_version (client, target_version, digest) values ('yarko', 1, '')")
    assert lines(warehouse) == []


def test_a_paused_dag_is_named_if_a_client_needs_it(file: Path) -> None:
    known = [Dag(name, is_paused=True, has_run=False) for name in dags.needed(())]
    known[0] = Dag("backfill_client", is_paused=False, has_run=False)
    found = clients.read(catalogue.read())
    assert switched_off(known, found) == [
        f"{name} is paused, so it does not run: switch it on in Airflow"
        for name in ("ingest_vk", "build_kpis", "report_targets", "housekeep")
    ]
    file.write_text("name: [")
    assert len(switched_off(known, clients.read(catalogue.read()))) == len(known) - 1  # nobody knows what is needed


@pytest.mark.parametrize("source", NAMES)
def test_the_moment_is_that_of_the_daily_runs(dagbag: "DagBag", source: str) -> None:
    """What has no days is loaded hourly, before the targets are judged at the full hour."""
    daily, hourly = f"{DUE.minute} {DUE.hour} * * *", "45 * * * *"
    assert dagbag.dags[f"ingest_{source}"].schedule == (daily if named(source).has_days else hourly)
