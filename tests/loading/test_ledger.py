"""The ledger: what a second try of the same run finds."""

from collections.abc import Iterator
from typing import Any

from smm.loading import ledger
from smm.loading.ledger import Slot
from smm.warehouse import Connection

SLOT = Slot(
    source="vk", client="yarko", network="vk", first_day="2026-03-01", last_day="2026-03-03", archived=None
)  # fmt: skip


def test_a_retry_skips_what_is_staged(warehouse: Connection) -> None:
    load = ledger.begin(warehouse, "run", SLOT)
    assert load is not None
    ledger.end(warehouse, load, "staged", rows=3)

    assert ledger.begin(warehouse, "run", SLOT) is None
    assert ledger.begin(warehouse, "another run", SLOT) is not None


def test_a_retry_tells_what_was_interrupted_and_begins_anew(warehouse: Connection) -> None:
    ledger.begin(warehouse, "run", SLOT)
    again = ledger.begin(warehouse, "run", SLOT)

    assert again is not None
    states = warehouse.execute("select state, reason from core.load order by started_at").fetchall()
    assert [tuple(row.values()) for row in states] == [("failed", "interrupted"), ("fetching", None)]
    assert [load["load_id"] for load in ledger.of_run(warehouse, "run")] == [again["load_id"]]


def test_a_cleared_run_loads_again_what_it_has_published(warehouse: Connection) -> None:
    load = ledger.begin(warehouse, "run", SLOT)
    assert load is not None
    ledger.end(warehouse, load, "published")

    assert ledger.begin(warehouse, "run", SLOT) is not None


def test_a_refused_client_is_told_once(warehouse: Connection) -> None:
    for _ in range(2):
        ledger.refuse(warehouse, "run", "vk", "broken", "broken.yml:4: curency: is not a key of this file")

    (load,) = ledger.of_run(warehouse, "run")
    assert ledger.told([load]) == "broken: vk failed: broken.yml:4: curency: is not a key of this file"


def test_the_newest_attempt_is_what_is_planned_or_the_newest_load(warehouse: Connection) -> None:
    def newest() -> tuple[object, ...]:
        (row,) = warehouse.execute("select state, run_id from ledger.newest('yarko', 'vk')").fetchall()
        return tuple(row.values())

    assert warehouse.execute("select from ledger.newest('yarko', 'vk')").fetchall() == []
    ledger.plan(warehouse, "run", [[SLOT]])
    assert newest() == ("planned", "run")
    ledger.begin(warehouse, "run", SLOT)
    assert newest() == ("fetching", "run")


def test_the_newest_attempt_is_found_without_reading_the_others(warehouse: Connection) -> None:
    warehouse.execute(
        """insert into core.load (client, load_id, run_id, source, network, first_day, last_day, state, started_at)
        select 'yarko', number, 'run', 'vk', 'vk', '2026-03-01', '2026-03-01', 'published',
            now() - make_interval(hours => number)
        from generate_series(1, 500) as number"""
    )
    warehouse.execute("analyze core.load")
    (plan,) = warehouse.execute("explain (analyze, format json) select * from ledger.newest('yarko', 'vk')").fetchall()
    scans = [node for node in nodes(plan["QUERY PLAN"][0]["Plan"]) if node.get("Relation Name") == "load"]
    read = [scan["Actual Rows"] * scan["Actual Loops"] + scan.get("Rows Removed by Filter", 0) for scan in scans]
    assert sum(read) <= 4, "the ids of the two newest, and the row"


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)
