"""The rebuild as a whole: what it takes, what it leaves, and that its order does not matter."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from psycopg import sql

from tests.sql.facts import GA4, Cell, Core, day
from tests.sql.life import Life


def marts(core: Core) -> dict[str, set[tuple[Any, ...]]]:
    return {
        table: {
            tuple(value for name, value in row.items() if name != "version")
            for row in core.warehouse.execute(f"select * from marts.{table}")
        }
        for table in ("measure", "kpi", "basis")
    }


def after_a_full_rebuild(core: Core) -> dict[str, set[tuple[Any, ...]]]:
    core.warehouse.execute("truncate marts.daily, marts.measure_periods, marts.kpi_months, marts.basis")
    core.rebuild("01")
    return marts(core)


@pytest.mark.parametrize("seed", range(3))
def test_rebuilding_what_changed_ends_where_a_full_rebuild_does(core: Core, seed: int) -> None:
    life = Life(core, seed)
    life.file()
    for _ in range(10):
        life.go_on()
        core.rebuild()
    changed = marts(core)

    assert changed["measure"]
    assert changed["kpi"]
    for table, rows in after_a_full_rebuild(core).items():
        assert changed[table] - rows == set(), table
        assert rows - changed[table] == set(), table


@pytest.fixture
def built(core: Core) -> Core:
    """May and June of a client, all rebuilt, nothing marked."""
    core.network("vk", "vk")
    core.cover((*GA4, "stats", "posts"), "05-01", "06-28")
    core.sessions("05-10", "vk", 5)
    core.members("06-25", 1000)
    core.figure("vk_ads", "spend", "06-01", 100, "month")
    for number in range(1, 8):
        core.figure("vk_ads", "clicks", f"06-0{number}", 1)
    core.rebuild("05")
    return core


def test_only_what_was_rebuilt_says_so(built: Core) -> None:
    before = built.warehouse.execute("select max(version) as version from marts.basis").fetchone()
    built.figure("vk_ads", "clicks", "06-20", 7)
    built.change("06")
    built.rebuild()
    query = "select month from marts.basis where version > %(version)s"
    assert [row["month"] for row in built.warehouse.execute(query, before)] == [date(2026, 6, 1)]


def spend_more(core: Core) -> str:
    core.figure("vk_ads", "fee", "06-01", 10, "month")
    return "06"


def spend_by_the_day(core: Core) -> str:
    core.figure("vk_ads", "spend", "06-10", 10)
    return "06"


def add_a_community(core: Core) -> str:
    core.network("vk_spb", "vk")
    core.cover(("stats",), "06-01", "06-03", network="vk_spb")
    return "06"


def go_on_into_july(core: Core) -> str:
    core.cover(GA4, "07-03", "07-04")
    return "07"


def restate_joins(core: Core) -> str:
    core.stats("06-20", followers_gained=10, followers_lost=0)
    return "06"


def count_earlier(core: Core) -> str:
    core.members("05-31", 900)
    return "05"


def lose_a_day_of_joins(core: Core) -> str:
    core.cover(("stats",), "06-10", "06-10", state="no_access")
    return "06"


@pytest.mark.parametrize(
    ("change", "measure", "period", "grain", "network", "then"),
    [
        (spend_more, "fee", "05-01", "month", "vk_ads", Cell(None, "source_missing", 0)),
        (spend_by_the_day, "spend", "05-10", "day", "vk_ads", Cell(None, "source_missing", 0)),
        (add_a_community, "likes", "05-01", "month", "vk_spb", Cell(None, "source_missing", 0)),
        (add_a_community, "likes", "05-10", "day", "all", Cell(None, "source_missing", 0)),
        (go_on_into_july, "sessions", "06-30", "day", "vk", Cell(None, "source_missing", 0)),
        (go_on_into_july, "followers", "06-01", "month", "vk", Cell(None, "source_missing", 0)),
        (restate_joins, "followers", "05-31", "day", "vk", Cell(990, marks="derived")),
        (count_earlier, "followers", "06-10", "day", "vk", Cell(None, "source_missing", 0)),
        (count_earlier, "followers_opening", "06-01", "month", "vk", Cell(900)),
        (lose_a_day_of_joins, "followers", "05-31", "day", "vk", Cell(None, "source_missing", 0)),
    ],
)
def test_months_that_rest_on_a_change_elsewhere_are_rebuilt_too(
    built: Core, change: Callable[[Core], str], measure: str, period: str, grain: str, network: str, then: Cell
) -> None:
    before = built.cell(measure, period, grain, network)
    built.change(change(built))
    built.rebuild()

    assert built.cell(measure, period, grain, network) == then != before
    rebuilt = marts(built)
    assert rebuilt == after_a_full_rebuild(built)


def test_a_range_that_grows_fills_the_months_between(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "05-01", "05-20")
    core.rebuild("05")
    core.cover(GA4, "07-10", "07-10")
    core.change("07")
    core.rebuild()

    for period, grain in (("05-21", "day"), ("06-15", "week"), ("06-01", "month")):
        assert core.cell("sessions", period, grain) == Cell(None, "source_missing", 0)


def test_a_measure_that_is_taken_out_of_the_figures_goes(built: Core) -> None:
    assert built.kpi("clicks", "06-02", "day", "vk_ads") == Cell(1)
    built.warehouse.execute("delete from core.counts where measure = 'clicks'")
    built.change("06")
    built.rebuild()

    assert built.cell("clicks", "05-01", "month", "vk_ads") is None
    assert built.kpi("clicks", "06-02", "day", "vk_ads") is None
    assert built.kpi("clicks", "06-01", "month", "all") is None


def test_the_marks_are_taken_with_the_rebuild(built: Core) -> None:
    built.change("05", "06")
    built.put("change", client="other", month="2026-06-01")
    built.rebuild()
    assert left(built) == []


def test_marks_outside_the_months_asked_for_are_left(built: Core) -> None:
    built.change("05", "06")
    built.rebuild("06", "06")
    assert left(built) == [day("05-01")]


def left(core: Core) -> list[date]:
    return [row["month"] for row in core.warehouse.execute("select month from core.change order by 1")]


def test_only_the_clients_asked_for_are_rebuilt(built: Core) -> None:
    other = Core(built.warehouse, "other")
    other.network("vk", "vk")
    other.cover(GA4, "06-01", "06-30")
    for core in (built, other):
        core.sessions("06-02", "vk", 9, session_campaign="new")
        core.change("06")
    built.rebuild(clients=["other"])

    assert other.cell("sessions", "06-02") == Cell(9)
    assert built.cell("sessions", "06-02") == Cell(0)
    assert left(built) == [day("06-01")]


def correct_clicks(core: Core, clicks: int) -> None:
    core.warehouse.execute(
        "update core.counts set value = %s where measure = 'clicks' and period = '2026-06-02'", [clicks]
    )
    core.change("06")
    core.rebuild()


STORED = {  # of days, a month is one row; only KPIs of months are stored
    "measure": "select xmin::text, network, measure, grain, period from marts.measure_periods"
    " union all select xmin::text, network, measure, 'day', month from marts.daily",
    "kpi": "select xmin::text, network, kpi, 'month', period from marts.kpi_months",
}


def written(core: Core, kind: str, act: Callable[[], None]) -> set[tuple[Any, ...]]:
    """The rows that are not those of before: network, what, grain, period."""
    versions = STORED[kind].encode()
    before = {tuple(row.values()) for row in core.warehouse.execute(versions)}
    act()
    return {tuple(row.values())[1:] for row in core.warehouse.execute(versions) if tuple(row.values()) not in before}


def test_what_stays_is_not_written_again(built: Core) -> None:
    networks = ("vk_ads", "all")
    clicks = {(one, "clicks", grain, day("06-01")) for one in networks for grain in ("day", "week", "month")}
    kpis = {(one, kpi, "month", day("06-01")) for one in networks for kpi in ("clicks", "cost_per_click")}

    assert written(built, "measure", lambda: correct_clicks(built, 9)) == clicks
    assert written(built, "kpi", lambda: correct_clicks(built, 10)) == kpis
    assert built.kpi("clicks", "06-02", network="vk_ads") == Cell(10)


def test_the_earlier_value_of_a_whole_period_is_kept(built: Core) -> None:
    correct_clicks(built, 9)
    correct_clicks(built, 10)

    history = built.warehouse.execute(
        "select measure, grain, period, value from marts.measure_history"
        " where network = 'vk_ads' order by grain, replaced_at"
    )
    assert [tuple(row.values()) for row in history] == [
        ("clicks", "day", day("06-02"), 1),
        ("clicks", "day", day("06-02"), 9),
        ("clicks", "week", day("06-01"), 7),
        ("clicks", "week", day("06-01"), 15),
    ], "not of the month, which is not whole"


def test_a_new_formula_is_computed_for_all_months_and_nothing_else_is_written(built: Core) -> None:
    def change() -> None:
        built.warehouse.execute("update catalogue.term set coefficient = 2 where kpi = 'sessions'")
        built.change("06")
        built.rebuild()

    assert {row[1] for row in written(built, "kpi", change)} == {"sessions"}
    assert built.kpi("sessions", "05-10") == Cell(10)


def test_a_new_kpi_is_computed_for_all_months_and_nothing_else_is_written(built: Core) -> None:
    def change() -> None:
        built.warehouse.execute(
            "insert into catalogue.kpi select 'visits', unit, direction, goal, is_business, default_network, formula"
            " from catalogue.kpi where kpi = 'sessions'"
        )
        built.warehouse.execute("insert into catalogue.term values ('visits', 'numerator', null, 'sessions', 1)")
        built.change("06")
        built.rebuild()

    assert {row[1] for row in written(built, "kpi", change)} == {"visits"}
    assert built.kpi("visits", "05-10") == built.kpi("sessions", "05-10")


def test_a_kpi_that_the_catalogue_has_no_more_goes(built: Core) -> None:
    before = {row for row in marts(built)["kpi"] if "sessions" not in row}
    built.warehouse.execute("delete from catalogue.term where kpi = 'sessions'")
    built.change("06")
    built.rebuild()

    assert marts(built)["kpi"] == before


def test_the_cells_of_a_client_without_data_go(built: Core) -> None:
    for table in ("coverage", "traffic", "counts"):
        built.warehouse.execute(sql.SQL("delete from core.{}").format(sql.Identifier(table)))
    built.change("06")
    built.rebuild()

    assert marts(built) == {"measure": set(), "kpi": set(), "basis": set()}


def test_what_a_list_gives_stands_where_a_service_would_give_it_too(built: Core) -> None:
    """The service's loads are refused until it is taken out of the list; nobody's rebuild fails meanwhile."""
    built.figure("vk", "sessions", "06-01", 10, "month")
    built.change("06")
    built.rebuild()

    assert built.cell("sessions", "06-01", "month") == Cell(10)
    assert built.cell("sessions", "06-01") is None
    assert built.cell("sessions", "06-01", network="site") is not None
    assert left(built) == []
