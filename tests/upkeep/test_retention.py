"""How long things are kept: evidence, archived loads, Data Docs."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from smm import catalogue
from smm.loading import archive, data_docs, ledger
from smm.loading.ledger import Load
from smm.loading.publish import publish
from smm.roster import catalogued
from smm.sources import Answer, Job
from smm.upkeep import retention
from smm.warehouse import Connection
from tests.staging import COUNTS, begun, count, staged

NOW = datetime.now(UTC)
D1, D2, D3 = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)
COLUMNS = ("day", "sessions", "key_event_rate")


@pytest.fixture(autouse=True)
def place(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SMM_ARCHIVE", f"file://{tmp_path}/archive")
    catalogued.store(warehouse, catalogue.read())
    warehouse.execute(
        """insert into core.client (client, name, language, time_zone, currency, started, report)
        values ('yarko', 'Yarko', 'ru', 'Europe/Moscow', 'RUB', '2026-01-01', '{}')"""
    )
    warehouse.commit()
    return tmp_path / "archive"


def archived(load: Load) -> None:
    """The load's folder, whole."""
    job = Job("yarko", load["network"], {}, "UTC", "RUB", load["first_day"], load["last_day"])
    folder = archive.Folder(load["source"], job, load["load_id"], load["run_id"])
    folder.add(Answer("totals", {}, b"{}", NOW))
    folder.close(load["started_at"])


def published(warehouse: Connection, source: str, first: date, last: date, run: str) -> Load:
    """A load that knows its days, published, its folder in the archive."""
    load = begun(warehouse, source, first, last, run=run)
    archived(load)
    if source == "ga4":
        known = [("totals", first, last)]
        staged(
            warehouse,
            load,
            "traffic_totals",
            COLUMNS,
            [(day, 2, 0) for day in (first, last)][: 1 + (first < last)],
            known,
        )
    else:
        rows = [count("members", "followers", last, 1, at=NOW)]
        staged(warehouse, load, "counts", COUNTS, rows, [("members", first, last)])
    assert publish(run) == []
    return load


def aged(warehouse: Connection, load: Load, days: int, state: str | None = None) -> None:
    warehouse.execute(
        "update core.load set started_at = started_at - %(age)s, state = coalesce(%(state)s, state),"
        " finished_at = coalesce(finished_at, started_at) - %(age)s where load_id = %(load_id)s",
        {**load, "age": timedelta(days=days), "state": state},
    )
    warehouse.commit()


def left(place: Path) -> set[str]:
    return {path.name for path in place.glob("*/*/*")}


def sessions(warehouse: Connection) -> int:
    row = warehouse.execute("select count(*) as n from staging.traffic_totals").fetchone()
    assert row
    return int(row["n"])


# --- the ledger and staging


@pytest.mark.parametrize(
    ("state", "days", "reason"),
    [
        ("fetching", 0.9, None),
        ("fetching", 1.1, "interrupted"),
        ("staged", 6.9, None),
        ("staged", 7.1, "its run ended before it was published"),
        ("published", 100, None),
    ],
)
def test_a_load_whose_run_is_long_over_has_failed(
    warehouse: Connection, state: str, days: float, reason: str | None
) -> None:
    ledger.end(warehouse, begun(warehouse, "ga4", D1, D2), state)

    lines = retention.settle(warehouse, NOW + timedelta(days=days))

    row = warehouse.execute("select state, reason, finished_at is not null as is_over from core.load").fetchone()
    assert row
    if reason:
        assert (row["state"], row["reason"], row["is_over"]) == ("failed", reason, True)
        assert lines[0].endswith(reason)
    else:
        assert (row["state"], lines) == (state, [])


@pytest.mark.parametrize(
    ("state", "days", "is_kept"),
    [("rejected", 6, True), ("rejected", 8, False), ("failed", 8, False), ("staged", 8, True)],
)
def test_evidence_is_kept_for_a_week(warehouse: Connection, state: str, days: int, is_kept: bool) -> None:
    load = begun(warehouse, "ga4", D1, D2)
    staged(warehouse, load, "traffic_totals", COLUMNS, [(D1, 1, 0)], [("totals", D1, D2)])
    ledger.end(warehouse, load, state)

    deleted = retention.clear_staging(warehouse, NOW + timedelta(days=days))

    assert deleted == ({} if is_kept else {"coverage": 1, "traffic_totals": 1})
    assert sessions(warehouse) == int(is_kept)


def test_rows_that_no_load_owns_go(warehouse: Connection) -> None:
    load = begun(warehouse, "ga4", D1, D2)
    staged(warehouse, load, "traffic_totals", COLUMNS, [(D1, 1, 0)])
    warehouse.execute("delete from core.load")

    assert retention.clear_staging(warehouse, NOW) == {"traffic_totals": 1}


# --- the archive


@pytest.mark.parametrize(
    ("name", "files", "is_kept"),
    [
        ("6", [], True),
        ("8", [], False),
        ("8", ["manifest.json"], True),
        ("29", ["manifest.json"], True),
        ("31", ["manifest.json"], False),
        ("31", ["manifest.json", "published"], True),  # of a warehouse that was lost
    ],
)
def test_folders_that_the_ledger_does_not_know(
    warehouse: Connection, place: Path, name: str, files: list[str], is_kept: bool
) -> None:
    folder = place / "vk" / "yarko" / f"{NOW - timedelta(days=int(name)):%Y%m%dT%H%M%S}-00ff00ff"
    folder.mkdir(parents=True)
    for file in ["00000-wall.gz", *files]:
        (folder / file).touch()
    (place / "vk" / "yarko" / "notes").mkdir()

    removed = retention.clear_archive(warehouse, NOW)

    assert folder.exists() == is_kept
    assert len(removed) == (not is_kept)
    assert (place / "vk" / "yarko" / "notes").exists(), "whatever that is, it is not ours"


def test_a_load_of_ga4_goes_when_later_ones_know_all_its_days(warehouse: Connection, place: Path) -> None:
    overtaken = published(warehouse, "ga4", D1, D2, "one")
    held = published(warehouse, "ga4", D2, D3, "two")
    published(warehouse, "ga4", D1, D2, "three")  # D3 is still the second's
    of_vk = [published(warehouse, "vk", D1, D2, run) for run in ("four", "five")]
    everything = left(place)
    for load in (overtaken, held, *of_vk):
        aged(warehouse, load, 31)

    retention.clear_archive(warehouse, NOW)

    assert left(place) == everything - {overtaken["load_id"]}


def test_a_young_load_stays(warehouse: Connection, place: Path) -> None:
    for run in ("one", "two"):
        aged(warehouse, published(warehouse, "ga4", D1, D2, run), 29)

    assert retention.clear_archive(warehouse, NOW) == []


@pytest.mark.parametrize("lost", [[D1, D2], [D2]])
def test_a_warehouse_that_lost_days_takes_nothing_with_it(warehouse: Connection, place: Path, lost: list[date]) -> None:
    for run in ("one", "two"):
        aged(warehouse, published(warehouse, "ga4", D1, D2, run), 31)
    for table in ("coverage", "traffic_totals"):
        warehouse.execute(f"delete from core.{table} where day = any(%s)".encode(), [lost])

    assert retention.clear_archive(warehouse, NOW) == []


def test_what_was_read_again_is_not_overtaken_by_itself(warehouse: Connection, place: Path) -> None:
    load = published(warehouse, "ga4", D1, D2, "one")
    again = published(warehouse, "ga4", D1, D2, "two")
    warehouse.execute("update core.load set reread_of = %s where load_id = %s", [load["load_id"], again["load_id"]])
    for each in (load, again):
        aged(warehouse, each, 31)

    retention.clear_archive(warehouse, NOW)

    assert load["load_id"] in left(place)


def test_data_docs_are_kept_for_a_month(warehouse: Connection, place: Path, tmp_path: Path) -> None:
    for run, days in (("ingest_vk/old:1", 31), ("ingest_vk/new:1", 29)):
        aged(warehouse, begun(warehouse, "ga4", D1, D2, run=run), days)
        data_docs.keep(tmp_path / "pages", run)
        (place / "data_docs" / data_docs.name(run)).mkdir()  # as versions up to 0.5 kept them
    data_docs.keep(tmp_path / "pages", "nobody's")

    retention.clear_data_docs(warehouse, NOW)

    left = {path.name for path in (place / "data_docs").iterdir()}
    assert left == {"ingest_vk-new-1.zip", "ingest_vk-new-1", "nobody-s.zip"}


# --- readers' own pages


@pytest.mark.parametrize(("days", "left"), [(-1, (2, 2)), (0, (1, 2)), (365, (0, 2)), (367, (0, 1))])
def test_links_go_when_they_expire_and_openings_after_a_year(
    warehouse: Connection, days: int, left: tuple[int, int]
) -> None:
    for number, expires in enumerate((timedelta(0), timedelta(100))):
        warehouse.execute(
            "insert into access.page_link (client, token_hash, recipient, letter_id, expires_at)"
            " values ('yarko', %s, 'owner@yarko.example', '2026-03-missed-1', %s)",
            [str(number), NOW + expires],
        )
        warehouse.execute(
            "insert into access.page_opening (client, recipient, opened_at)"
            " values ('yarko', 'owner@yarko.example', %s)",
            [NOW + expires],
        )

    deleted = retention.clear_pages(warehouse, NOW + timedelta(days))

    row = warehouse.execute(
        "select (select count(*) from access.page_link) as links,"
        " (select count(*) from access.page_opening) as openings"
    ).fetchone()
    assert row == dict(zip(("links", "openings"), left, strict=True))
    assert deleted == {"links": 2 - left[0], "openings": 2 - left[1]}
