"""The client files come into the warehouse once per run: what is stored as it is now is not written again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest

from smm import catalogue, clients, roster
from smm.loading import ledger
from smm.loading.ledger import Slot
from smm.loading.publish import publish
from smm.warehouse import Connection, connect, copy, lock
from tests.database import another

FILE = """\
name: One
language: en
time_zone: Europe/London
currency: GBP
started: 2025-06-01
sources:
  vk: {connection: vk, community: 1, audience: {cities: [London]}}
  figures: {path: x.csv}
leads: {calls: figures}
targets: {vk.reach: {at_least: 1}}
report: {to: [owner@x.example]}
annotations: [{from: 2025-06-01, to: 2025-06-02, text: A fair}]
"""
STORED = (
    *("client", "client_source", "client_network", "lead_part", "wanted_audience", "annotation"),
    *("target_version", "target"),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    monkeypatch.setenv("SMM_ARCHIVE", (tmp_path / "archive").as_uri())
    for name in ("anna", "berta"):
        (tmp_path / f"{name}.yml").write_text(FILE.replace("One", name))
    return tmp_path


@pytest.fixture
def two(warehouse: Connection) -> Iterator[list[Connection]]:
    """Two tasks' connections, which wait for a lock for some seconds at most."""
    with connect(another(warehouse)) as one, connect(another(warehouse)) as other:
        for each in (one, other):
            each.execute("set lock_timeout = '20s'")
            each.commit()
        yield [one, other]


def bring(warehouse: Connection) -> None:
    _, found = roster.bring(warehouse)
    for client in found.by_id.values():
        roster.store_targets(warehouse, client.id, client.targets)
    warehouse.commit()


def written(warehouse: Connection) -> dict[str, list[tuple[object, ...]]]:
    """Of each table the rows' clients, places and the transactions that wrote them."""
    found = {
        table: [
            tuple(row.values())
            for row in warehouse.execute(f"select client, ctid::text, xmin::text from core.{table} order by 2".encode())
        ]
        for table in STORED
    }
    warehouse.commit()
    return found


def test_an_unchanged_file_writes_nothing_and_waits_for_nobody(warehouse: Connection, two: list[Connection]) -> None:
    bring(warehouse)
    before = written(warehouse)
    assert all(before.values())
    one, other = two
    for name in ("roster", "catalogue"):
        lock(one, name)
    lock(one, "targets", "anna")
    lock(one, "publish", "vk", "anna")
    other.execute("set lock_timeout = '1s'")

    bring(other)

    assert written(other) == before


def test_of_a_changed_file_its_own_client_is_written(warehouse: Connection, folder: Path) -> None:
    bring(warehouse)
    before = written(warehouse)
    (folder / "berta.yml").write_text(FILE.replace("A fair", "Another fair"))

    bring(warehouse)

    after = written(warehouse)
    of_anna = {table: [row for row in rows if row[0] == "anna"] for table, rows in before.items()}
    assert {table: [row for row in rows if row[0] == "anna"] for table, rows in after.items()} == of_anna
    assert after["annotation"] != before["annotation"]
    texts = warehouse.execute("select text from core.annotation order by client").fetchall()
    assert [row["text"] for row in texts] == ["A fair", "Another fair"]


def test_two_tasks_at_once_store_changed_files(warehouse: Connection, two: list[Connection], folder: Path) -> None:
    bring(warehouse)
    for name in ("anna", "berta"):
        (folder / f"{name}.yml").write_text(FILE.replace("London]", "Leeds]"))
    begin = Barrier(2)

    def task(own: Connection) -> None:
        begin.wait()
        bring(own)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(task, own) for own in two]:
            done.result()
    groups = warehouse.execute("select client, value from core.wanted_audience order by client").fetchall()
    assert [(row["client"], row["value"]) for row in groups] == [("anna", "Leeds"), ("berta", "Leeds")]


def test_a_list_that_is_dropped_while_it_is_loaded_is_not_published(warehouse: Connection, folder: Path) -> None:
    """The file is stored already when the load is published, and is not stored again while it stays as it is."""
    bring(warehouse)
    load = ledger.begin(
        warehouse,
        "run",
        Slot(
            source="figures",
            client="anna",
            network="figures",
            first_day="2026-03-01",
            last_day="2026-03-01",
            archived=None,
        ),
    )
    assert load is not None
    copy(
        warehouse,
        "staging.counts",
        ("client", "load_id", "network", "report", "measure", "grain", "period", "value", "through_day"),
        [("anna", load["load_id"], "vk", "figures", "calls", "day", date(2026, 3, 1), 4, date(2026, 3, 1))],
    )
    ledger.end(warehouse, load, "staged", rows=1)
    warehouse.commit()
    (folder / "anna.yml").write_text(FILE.replace("  figures: {path: x.csv}\nleads: {calls: figures}\n", ""))
    bring(warehouse)

    assert publish("run") == []

    (row,) = warehouse.execute("select state, reason from core.load").fetchall()
    told = "the client's file was changed during the run and no longer names figures"
    assert (row["state"], row["reason"]) == ("rejected", told)
    assert warehouse.execute("select * from core.counts").fetchall() == []


def test_a_client_that_a_rehearsal_had_is_stored_by_the_next_run(warehouse: Connection) -> None:
    """A rehearsal stores a part of the file, and would else leave the mark of the whole."""
    known = catalogue.read()
    client = clients.one(known, "anna")
    roster.store_judged_by(warehouse, client, client.targets)
    bring(warehouse)
    assert warehouse.execute("select network from core.client_source where client = 'anna' order by 1").fetchall() == [
        {"network": "figures"},
        {"network": "vk"},
    ]
