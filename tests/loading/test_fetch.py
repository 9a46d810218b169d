"""A batch of clients: what is wrong with one of them is its own, and what was never begun is named."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smm import catalogue, clients
from smm.loading import fetch as fetching
from smm.loading import ledger, plan
from smm.loading.late import late
from smm.loading.ledger import Slot
from smm.sources import QuotaSpent, Rows
from smm.sources.figures import reading
from smm.upkeep import retention
from smm.warehouse import Connection

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

FILE = """\
name: One
language: en
time_zone: UTC
currency: EUR
started: 2025-06-01
sources:
  figures: {{path: {folder}/figures.csv}}
report: {{to: [owner@x.example]}}
"""
RUN_AFTER = datetime(2026, 3, 10, 5, tzinfo=UTC)
CLIENTS = ("anna", "berta", "carl")
SLOTS = [
    Slot(
        source="figures",
        client=client,
        network="figures",
        first_day="2026-03-09",
        last_day="2026-03-09",
        archived=None,
    )
    for client in CLIENTS
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of three clients with a file of figures each."""
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    (tmp_path / "figures.csv").write_text("month,network,measure,value,note\n2026-02,vk,calls,4,\n")
    for client in CLIENTS:
        (tmp_path / f"{client}.yml").write_text(FILE.format(folder=tmp_path))
    return tmp_path


def removed(file: Path) -> None:
    file.unlink()


def broken(file: Path) -> None:
    file.write_text(file.read_text().replace("currency", "curency"))


def without_its_source(file: Path) -> None:
    file.write_text(file.read_text().replace("  figures:", "  calls: {source: figures, path: x.csv}\n  reviews:"))


WRONG = {
    removed: "berta.yml was removed from {folder} after the run was planned: put it back",
    broken: "berta.yml:4: curency: is not a key of this file; did you mean `currency`?",
    without_its_source: "berta.yml:8: sources.reviews: has no source",
}


@pytest.mark.parametrize(("happens", "reason"), WRONG.items())
def test_a_file_that_is_changed_after_the_plan_fails_its_client_alone(
    warehouse: Connection, folder: Path, happens: Callable[[Path], None], reason: str
) -> None:
    ledger.plan(warehouse, "run", [SLOTS])
    warehouse.commit()
    happens(folder / "berta.yml")

    failed = fetching.fetch("run", SLOTS)

    assert [load["client"] for load in failed] == ["berta"]
    states = warehouse.execute("select client, state, reason from ledger.attempt order by client").fetchall()
    assert [(row["client"], row["state"]) for row in states] == [
        ("anna", "staged"),
        ("berta", "failed"),
        ("carl", "staged"),
    ]
    assert reason.format(folder=folder) in states[1]["reason"]


def test_a_catalogue_that_is_broken_after_the_plan_is_told_of_every_client(
    warehouse: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smm.files.checked import Mistake, Mistakes

    def read() -> None:
        raise Mistakes([Mistake("measures.yml", 3, "vk", "is not YAML")])

    monkeypatch.setattr(catalogue, "read", read)

    assert [load["reason"] for load in fetching.fetch("run", SLOTS)] == ["measures.yml:3: vk: is not YAML"] * 3


def of_no_relation(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(reading, "Rows", lambda _, *rest: Rows("count", *rest))
    return "smm/sources/figures/reading.py gives rows of no relation 'count'; there are counts"


def failing_below(monkeypatch: pytest.MonkeyPatch) -> str:
    def fail(*_: object) -> None:
        raise KeyError("a secret")

    monkeypatch.setattr(reading, "Table", fail)
    code = reading.read.__code__
    line = next(
        number for number, text in enumerate(Path(code.co_filename).read_text().splitlines(), 1) if "= Table(" in text
    )
    return f"unexpected KeyError in read ({code.co_filename}:{line})"


@pytest.mark.parametrize("trouble", [of_no_relation, failing_below])
def test_a_fault_of_a_source_is_told_with_its_place(
    warehouse: Connection, monkeypatch: pytest.MonkeyPatch, trouble: Callable[[pytest.MonkeyPatch], str]
) -> None:
    reason = trouble(monkeypatch)
    failed = fetching.fetch("run", SLOTS[:1])
    assert [(load["reason"], load["is_transient"]) for load in failed] == [(reason, False)]


def attempts(warehouse: Connection) -> list[tuple[str, str]]:
    """(client, state) of the newest attempt of each, with what is only planned."""
    query = "select distinct on (client) client, state from ledger.attempt order by client, started_at desc"
    found = [(row["client"], row["state"]) for row in warehouse.execute(query)]
    warehouse.commit()
    return found


def test_what_a_spent_quota_has_ended_waits(warehouse: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise QuotaSpent("80 % is used", timedelta(minutes=19))

    monkeypatch.setattr(reading, "Table", fail)
    (failed,) = fetching.fetch("run", SLOTS[:1])
    assert (failed["state"], failed["wait"]) == ("failed", timedelta(minutes=19))
    assert attempts(warehouse) == [("anna", "waiting")]


def test_what_is_planned_stands_in_the_ledger_until_it_begins(warehouse: Connection) -> None:
    ledger.plan(warehouse, "run", [SLOTS[:1], SLOTS[1:]])
    assert attempts(warehouse) == [("anna", "planned"), ("berta", "planned"), ("carl", "planned")]

    ledger.begin(warehouse, "run", SLOTS[1])
    ledger.begin(warehouse, "another run", SLOTS[2])

    assert attempts(warehouse) == [("anna", "planned"), ("berta", "fetching"), ("carl", "fetching")]
    given_up = ledger.give_up(warehouse, "run", lambda batch: f"batch {batch} was killed")
    assert sorted(load["client"] for load in given_up) == ["anna", "carl"]
    query = "select client, reason from core.load where state = 'failed' order by client"
    assert [tuple(row.values()) for row in warehouse.execute(query)] == [
        ("anna", "batch 0 was killed"),
        ("carl", "batch 1 was killed"),
    ]
    assert ledger.give_up(warehouse, "run", str) == [], "they are told once"


def test_another_plan_takes_the_place_of_the_first(warehouse: Connection) -> None:
    """Of a run that is cleared: what it has staged or published is not begun again, and not planned."""
    ledger.plan(warehouse, "run", [SLOTS])
    for slot, state in zip(SLOTS, ("staged", "published", "failed"), strict=True):
        load = ledger.begin(warehouse, "run", slot)
        assert load is not None
        ledger.end(warehouse, load, state)
    later = Slot(**{**SLOTS[0], "first_day": "2026-03-08"})

    ledger.plan(warehouse, "run", [[*SLOTS, later]])

    query = "select client, first_day::text from ledger.slot order by client"
    assert [tuple(row.values()) for row in warehouse.execute(query)] == [("anna", "2026-03-08"), ("carl", "2026-03-09")]


def test_a_slot_that_kills_its_worker_keeps_no_other_waiting(warehouse: Connection) -> None:
    ledger.begin(warehouse, "run", SLOTS[0])

    assert [slot["client"] for slot in ledger.unpublished(warehouse, "run", SLOTS)] == ["berta", "carl", "anna"]


def test_what_a_run_ended_by_hand_has_planned_is_told_later(warehouse: Connection) -> None:
    """A later run's load of the same source stays the newest."""
    ledger.plan(warehouse, "run", [SLOTS])
    warehouse.execute("update ledger.slot set planned_at = '2026-03-10 05:00+00'")
    load = ledger.begin(warehouse, "the next run", SLOTS[2])
    assert load is not None
    ledger.end(warehouse, load, "published")
    warehouse.execute("update core.load set started_at = '2026-03-10 06:00+00'")
    warehouse.commit()

    assert retention.settle(warehouse, RUN_AFTER + timedelta(hours=23)) == []
    lines = late(warehouse, clients.read(catalogue.read()), RUN_AFTER + timedelta(hours=27))
    assert lines[0] == (
        "anna: figures was never published; the last attempt, 2026-03-10 05:00 UTC, has not begun:"
        " it waits, or its task was killed, or its run was ended"
    )

    told = retention.settle(warehouse, RUN_AFTER + timedelta(hours=25))

    assert len(told) == 3
    assert "never began: its run was ended, or marked as failed, before its turn came" in told[0]
    assert attempts(warehouse) == [("anna", "failed"), ("berta", "failed"), ("carl", "published")]


@pytest.fixture
def without_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    from smm import tasks

    monkeypatch.setitem(tasks.DEFAULTS, "retries", 0)


def test_what_no_task_has_begun_is_named_at_the_end_of_the_run(
    warehouse: Connection,
    without_retries: None,
    dagbag: "DagBag",
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Each client is a batch of its own here. Of two, the worker dies before it begins."""
    whole = fetching.fetch

    def dying(run_id: str, slots: list[Slot]) -> list[ledger.Load]:
        if slots[0]["client"] != "berta":
            raise MemoryError
        return whole(run_id, slots)

    monkeypatch.setattr(fetching, "fetch", dying)
    days = {"clients": None, "first_day": None, "last_day": None}

    done = dagbag.dags["ingest_figures"].test(run_after=RUN_AFTER, logical_date=None, run_conf=days)

    assert str(done.state) == "failed"
    assert attempts(warehouse) == [("anna", "failed"), ("berta", "published"), ("carl", "failed")]
    _, _, told = capfd.readouterr().out.rpartition("AirflowFailException: not published:\n")
    why = "failed: never began: its task fetch [{}] failed, or was killed, before its turn came; clear that task to"
    assert f"anna: figures 2026-03-09..2026-03-09 {why.format(0)} load it" in told
    assert f"carl: figures 2026-03-09..2026-03-09 {why.format(2)} load it" in told
    assert "berta" not in told.partition("\n\n")[0]


@pytest.mark.parametrize("happens", [removed, broken])
def test_a_file_that_goes_between_preflight_and_plan_leaves_the_others_in_the_backfill(
    warehouse: Connection,
    without_retries: None,
    folder: Path,
    dagbag: "DagBag",
    monkeypatch: pytest.MonkeyPatch,
    happens: Callable[[Path], None],
) -> None:
    from smm.loading import backfill

    whole = backfill.batches

    def overtaken(*given: object) -> list[plan.Batch]:
        happens(folder / "berta.yml")
        return whole(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(backfill, "batches", overtaken)
    months = {"first_month": "2026-02", "last_month": "2026-02", "sources": None, "from_archive": False}

    done = dagbag.dags["backfill_client"].test(
        run_after=RUN_AFTER, logical_date=None, run_conf={"clients": list(CLIENTS), **months}
    )

    assert str(done.state) == "failed"
    by_client = dict(attempts(warehouse))
    assert by_client == {"anna": "published", "berta": "failed", "carl": "published"}
