"""Two files of figures of one client: each figure has one of them, and may move from one to the other."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from smm import catalogue
from smm.loading import ledger
from smm.loading.audit import audit
from smm.loading.ledger import Slot
from smm.loading.publish import publish
from smm.roster import catalogued
from smm.warehouse import Connection
from tests.staging import COUNTS, count, staged

DAY = date(2026, 3, 5)
Row = tuple[Any, ...]


def spend(month: int, value: int = 100) -> Row:
    return count("figures", "spend", date(2026, month, 1), value, network="vk_ads", grain="month")


CALLS: Row = count("figures", "calls", DAY, 3)


@pytest.fixture
def ground(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connection:
    monkeypatch.setenv("SMM_ARCHIVE", f"file://{tmp_path}")
    catalogued.store(warehouse, catalogue.read())
    warehouse.commit()
    return warehouse


def fetched(warehouse: Connection, run: str, **files: Iterable[Row]) -> None:
    """Stage these files in this order."""
    for file, rows in files.items():
        day = DAY.isoformat()
        slot = Slot(source="figures", client="yarko", network=file, first_day=day, last_day=day, archived=None)
        load = ledger.begin(warehouse, run, slot)
        assert load is not None
        staged(warehouse, load, "counts", COUNTS, rows, [("figures", DAY, DAY)])


def read(warehouse: Connection, run: str, **files: Iterable[Row]) -> dict[str, tuple[str, str | None]]:
    """Stage these files in this order and publish the run; the state of each and why."""
    fetched(warehouse, run, **files)
    assert publish(run) == []
    return states_of(warehouse, run)


def states_of(warehouse: Connection, run: str) -> dict[str, tuple[str, str | None]]:
    query = "select network, state, reason, is_transient from core.load where run_id = %s"
    rows_of_run = warehouse.execute(query, [run]).fetchall()
    warehouse.commit()
    assert not any(row["is_transient"] for row in rows_of_run)
    return {row["network"]: (row["state"], row["reason"]) for row in rows_of_run}


def given(warehouse: Connection) -> set[tuple[str, str, str, int]]:
    rows = warehouse.execute(
        "select given_by, network || '.' || measure as cell, period, value from core.counts"
    ).fetchall()
    return {(row["given_by"], row["cell"], f"{row['period']:%m}", int(row["value"])) for row in rows}


SOUND = ("published", None)


def test_the_first_giver_in_a_run_stays(ground: Connection) -> None:
    states = read(ground, "run", ads=[spend(2), spend(3, 7)], budget=[CALLS, spend(3), spend(2)])

    told = "vk_ads.spend of 2026-02 stands in ads already; a number has one source: take it out of ads or out of budget"
    assert states == {"ads": SOUND, "budget": ("rejected", told)}
    assert given(ground) == {("ads", "vk_ads.spend", "02", 100), ("ads", "vk_ads.spend", "03", 7)}
    assert publish("run") == [], "another try changes nothing"


@pytest.mark.parametrize("order", [["ads", "budget"], ["budget", "ads"]])
def test_the_giver_of_yesterday_stays_whatever_the_order(order: list[str], ground: Connection) -> None:
    read(ground, "yesterday", ads=[spend(2)])
    files = {"ads": [spend(2, 5)], "budget": [spend(2), CALLS]}

    states = read(ground, "today", **{name: files[name] for name in order})

    assert (states["ads"], states["budget"][0]) == (SOUND, "rejected")
    assert given(ground) == {("ads", "vk_ads.spend", "02", 5)}


@pytest.mark.parametrize("order", [["ads", "budget"], ["budget", "ads"]])
def test_a_figure_moves_in_one_run_whatever_the_order(order: list[str], ground: Connection) -> None:
    read(ground, "yesterday", ads=[spend(1), spend(2), CALLS], budget=[])
    files: dict[str, list[Row]] = {"ads": [CALLS], "budget": [spend(1), spend(2)]}

    states = read(ground, "today", **{name: files[name] for name in order})

    assert states == {"ads": SOUND, "budget": SOUND}
    moved = {("budget", "vk_ads.spend", month, 100) for month in ("01", "02")}
    assert given(ground) == {("ads", "vk.calls", "03", 3)} | moved
    assert read(ground, "tomorrow", **files) == {"ads": SOUND, "budget": SOUND}
    assert given(ground) == {("ads", "vk.calls", "03", 3)} | moved


@pytest.mark.parametrize("order", [["ads", "budget"], ["budget", "ads"]])
def test_two_files_exchange_their_figures(order: list[str], ground: Connection) -> None:
    read(ground, "yesterday", ads=[spend(2)], budget=[CALLS])
    files: dict[str, list[Row]] = {"ads": [CALLS], "budget": [spend(2)]}

    assert set(read(ground, "today", **{name: files[name] for name in order}).values()) == {SOUND}
    assert {row[:2] for row in given(ground)} == {("ads", "vk.calls"), ("budget", "vk_ads.spend")}


def test_a_file_that_is_rejected_keeps_what_it_gave(ground: Connection) -> None:
    """Its new contents, without the figure, are not published: the figure would stand twice."""
    read(ground, "yesterday", ads=[spend(2)])
    impossible = count("figures", "leads", date(2026, 2, 1), -1, grain="month")

    fetched(ground, "today", budget=[spend(2)], ads=[impossible])
    audit("today")
    assert publish("today") == []

    states = states_of(ground, "today")
    assert {name: state for name, (state, _) in states.items()} == {"ads": "rejected", "budget": "rejected"}
    assert "vk_ads.spend of 2026-02 stands in ads already" in str(states["budget"][1])
    assert given(ground) == {("ads", "vk_ads.spend", "02", 100)}


def test_another_period_of_a_measure_has_the_same_source(ground: Connection) -> None:
    read(ground, "yesterday", ads=[spend(1)])
    states = read(ground, "today", budget=[count("figures", "spend", DAY, 9, network="vk_ads")])
    told = (
        "vk_ads.spend of 2026-03-05 stands in ads already; a number has one source: take it out of ads or out of budget"
    )
    assert states["budget"] == ("rejected", told)
