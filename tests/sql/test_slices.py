"""The rebuild in slices of clients: everybody once, the same rows as at once, and none waits for another."""

from typing import Any

import psycopg
import pytest

from local.postgres import Cluster
from smm import rebuild
from smm.rebuild import REBUILD
from smm.warehouse import connect, run
from tests.sql.facts import GA4, Core
from tests.sql.life import Life
from tests.sql.test_rebuild import marts

CHANGES: dict[str, Any] = {"clients": None, "first_month": None, "last_month": None}


def client(core: Core, name: str, seed: int) -> Core:
    other = Core(core.warehouse, name)
    life = Life(other, seed)
    life.file()
    for _ in range(6):
        life.go_on()
    return other


def test_every_client_is_in_one_slice(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        for month in ("05", "06"):
            Core(core.warehouse, f"c{number}").change(month)
    monkeypatch.setattr(rebuild, "MONTHS", 4)

    found = rebuild.slices(core.warehouse, CHANGES)
    assert [part["clients"] for part in found] == [["c0", "c1"], ["c2", "c3"], ["c4"]]
    (asked,) = rebuild.slices(core.warehouse, CHANGES | {"clients": ["c3"]})
    assert asked == CHANGES | {"clients": ["c3"]}


def test_months_that_are_named_are_those_with_data(core: Core) -> None:
    core.cover(GA4, "05-20", "06-10")
    months = {"clients": None, "first_month": "2026-06-01", "last_month": None}
    assert [part["clients"] for part in rebuild.slices(core.warehouse, months)] == [["yarko"]]
    assert rebuild.slices(core.warehouse, months | {"first_month": "2026-07-01"}) == []
    assert rebuild.slices(core.warehouse, CHANGES) == []


def test_slices_end_where_all_at_once_does(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        client(core, f"c{number}", number)
    core.warehouse.commit()
    core.rebuild("01")
    at_once = marts(core)
    core.warehouse.execute("truncate marts.daily, marts.measure_periods, marts.kpi_months, marts.basis")
    monkeypatch.setattr(rebuild, "MONTHS", 7)
    parts = rebuild.slices(core.warehouse, CHANGES | {"first_month": "2026-01-01"})
    assert len(parts) > 1
    for part in reversed(parts):
        rebuild.rebuild(core.warehouse, part)
        core.warehouse.commit()

    assert marts(core) == at_once
    assert at_once["kpi"]


def test_slices_do_not_wait_for_each_other(core: Core, postgres: Cluster) -> None:
    for name in ("c1", "c2"):
        client(core, name, 1)
    core.warehouse.commit()
    for path in REBUILD[:-1]:  # the last one keeps the others waiting until the commit, which is next
        run(core.warehouse, path, CHANGES | {"clients": ["c1"]})
    with connect(postgres.dsn(core.warehouse.info.dbname)) as beside:
        beside.execute("set lock_timeout = '100ms'")
        beside.commit()
        rebuild.rebuild(beside, CHANGES | {"clients": ["c2"]})
        beside.rollback()
        for clients in (["c2", "c1"], None):
            with pytest.raises(psycopg.errors.LockNotAvailable):
                rebuild.rebuild(beside, CHANGES | {"clients": clients})
            beside.rollback()
    core.warehouse.rollback()
