"""The client's own figures: what is missing in them is unknown, not zero."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smm import catalogue
from smm.loading.publish import publish
from smm.roster import catalogued
from smm.warehouse import Connection
from tests.sql.facts import GA4, Cell, Core, days
from tests.staging import begun, staged


def test_a_months_figure_is_of_the_month_only(core: Core) -> None:
    core.cover(("figures",), "05-01", "06-30")
    core.figure("vk_ads", "spend", "06-01", 3000, "month")
    core.rebuild("05", "06")

    assert core.cell("spend", "06-01", "month", "vk_ads") == Cell(3000)
    assert core.cell("spend", "06-01", "day", "vk_ads") is None
    assert core.cell("spend", "06-01", "week", "vk_ads") is None
    assert core.cell("spend", "05-01", "month", "vk_ads") == Cell(None, "source_missing", 0)
    assert core.kpi("spend", "06-01", "month", "all") == Cell(3000)


def test_a_figure_stands_instead_of_the_visits_from_a_network_that_is_not_in_the_file(core: Core) -> None:
    core.cover(GA4, "05-01", "06-30")
    core.sessions("05-10", "vk", 4)
    core.sessions("06-10", "vk", 5)
    core.figure("vk", "sessions", "06-01", 10, "month")
    core.rebuild("05", "06")

    assert core.cell("sessions", "06-10") is None
    assert core.cell("sessions", "06-08", "week") is None
    assert core.cell("sessions", "06-01", "month") == Cell(10)
    assert core.cell("sessions", "05-01", "month") == Cell(None, "source_missing", 0)


def test_days_add_up_and_those_without_a_figure_are_missing(core: Core) -> None:
    core.cover(("figures",), "05-01", "06-30")
    for on in days("06-01", "06-24"):
        core.figure("vk_ads", "spend", on, 10)
    core.rebuild("05", "06")

    assert core.cell("spend", "06-24", "day", "vk_ads") == Cell(10)
    assert core.cell("spend", "06-25", "day", "vk_ads") == Cell(None, "source_missing", 0)
    assert core.cell("spend", "06-01", "week", "vk_ads") == Cell(70)
    assert core.cell("spend", "06-22", "week", "vk_ads") == Cell(30, None, 0.4286)
    assert core.cell("spend", "06-01", "month", "vk_ads") == Cell(240, None, 0.8)
    assert core.cell("spend", "05-01", "month", "vk_ads") == Cell(None, "source_missing", 0)


def test_a_month_may_have_a_figure_of_its_own_where_others_have_days(core: Core) -> None:
    core.cover(("figures",), "05-01", "06-30")
    core.figure("vk_ads", "spend", "05-01", 700, "month")
    core.figure("vk_ads", "spend", "06-10", 10)
    core.rebuild("05", "06")

    assert core.cell("spend", "05-01", "month", "vk_ads") == Cell(700)
    assert core.cell("spend", "06-01", "month", "vk_ads") == Cell(10, None, 0.0333)


def test_people_in_figures_are_not_added_up(core: Core) -> None:
    core.cover(("figures",), "05-01", "06-30")
    core.figure("instagram", "reach", "06-10", 10)
    core.figure("instagram", "reach", "06-11", 10)
    core.figure("instagram", "reach", "05-01", 100, "month")
    core.rebuild("05", "06")

    assert core.cell("reach", "06-10", "day", "instagram") == Cell(10)
    assert core.cell("reach", "06-08", "week", "instagram") is None
    assert core.cell("reach", "05-01", "month", "instagram") == Cell(100)
    assert core.cell("reach", "06-01", "month", "instagram") == Cell(None, "source_missing", 0)


def test_a_figure_outside_the_clients_days_is_not_shown(core: Core) -> None:
    core.cover(("figures",), "06-01", "06-10")
    core.figure("vk_ads", "budget", "06-01", 3000, "month")
    core.figure("vk_ads", "budget", "07-01", 3500, "month")
    core.rebuild("06")

    assert core.cell("budget", "06-01", "month", "vk_ads") == Cell(3000)
    assert core.cell("budget", "07-01", "month", "vk_ads") is None


D1, D2 = date(2026, 6, 1), date(2026, 6, 2)


@pytest.fixture
def ground(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connection:
    monkeypatch.setenv("SMM_ARCHIVE", f"file://{tmp_path}")
    catalogued.store(warehouse, catalogue.read())
    warehouse.commit()
    return warehouse


def uploaded(warehouse: Connection, run: str, first: date, last: date, rows: Iterable[tuple[Any, ...]]) -> None:
    """A file is loaded and published: spend of VK's ads by day."""
    load = begun(warehouse, "figures", first, last, run=run)
    columns = ("network", "report", "measure", "grain", "period", "value", "through_day", "note")
    values = [("vk_ads", "figures", "spend", "day", day, Decimal(value), day, note) for day, value, note in rows]
    staged(warehouse, load, "counts", columns, values, [("figures", first, last)])
    assert publish(run) == []


def contents(warehouse: Connection) -> list[list[dict[str, Any]]]:
    queries = ("core.counts order by period", "core.coverage order by day", "core.change")
    return [warehouse.execute(f"select * from {query}").fetchall() for query in queries]


def test_the_same_file_again_changes_nothing(ground: Connection) -> None:
    uploaded(ground, "first", D1, D2, [(D1, 10, None), (D2, 20, "as agreed")])
    ground.execute("delete from core.change")
    ground.commit()
    before = contents(ground)

    uploaded(ground, "again", D1, D2, [(D2, 20, "as agreed"), (D1, 10, None)])

    assert contents(ground) == before, "to the load that each row came with"


def test_of_a_changed_file_the_rows_that_say_something_else_change(ground: Connection) -> None:
    uploaded(ground, "first", D1, D2, [(D1, 10, None), (D2, 20, None)])
    ground.execute("delete from core.change")
    ground.commit()
    (kept, _) = ground.execute("select * from core.counts order by period").fetchall()

    uploaded(ground, "again", D1, D2, [(D1, 10, None), (D2, 25, None)])

    first, second = ground.execute("select * from core.counts order by period").fetchall()
    assert (first, second["value"]) == (kept, 25)
    assert [row["month"] for row in ground.execute("select month from core.change")] == [D1]


def test_what_a_file_says_no_more_goes(ground: Connection) -> None:
    uploaded(ground, "first", D1, D2, [(D1, 10, None), (D2, 20, None)])
    uploaded(ground, "again", D1, D2, [(D1, 10, "a note more")])

    rows = ground.execute("select period, value, note from core.counts").fetchall()
    assert [tuple(row.values()) for row in rows] == [(D1, 10, "a note more")]
