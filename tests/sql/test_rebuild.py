"""The rebuild as a whole: what it takes, what it leaves, and that its order does not matter."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.sql.core import GA4, Cell, Core, day

FIRST = day("01-20")
DAYS = 165  # to 3 July


class Life:
    """What may happen to a client's core, and the months that publishing then marks."""

    def __init__(self, core: Core, seed: int) -> None:
        self._core = core
        self._random = Random(seed)
        self._posts = 0

    def go_on(self) -> None:
        """One thing happens."""
        what = [self.ga4, self.vk, self.members, self.posts, self.people, self.figure, self.file]
        self._random.choices(what, weights=[3, 3, 2, 2, 1, 2, 0.5])[0]()

    def ga4(self) -> None:
        first, last = self._window()
        self._replace("ga4_traffic", first, last)
        self._replace("ga4_totals", first, last)
        self._replace("ga4_events", first, last)
        self._cover(("traffic", "totals", "events"), "ga4", first, last, ("revenue", "sessions"))
        for on in self._some(first, last):
            for network in self._random.sample(("vk", "vk_ads", "facebook", "search"), 2):
                counts = {"sessions": self._number(), "revenue": self._number(), "key_events": None}
                self._core.sessions(f"{on:%m-%d}", network, **counts)
                row = {"session_source": network, "session_medium": "", "is_total": False}
                self._core.put("ga4_events", day=on, event="lead", network=network, events=self._number(), **row)
            self._core.put("ga4_totals", day=on, sessions=self._number(), active_users=self._number())

    def people(self) -> None:
        period = day(f"0{self._random.randint(2, 6)}-01")
        network = self._random.choice(("site", "vk"))
        self._delete("ga4_users", "period = %s and network = %s", period, network)
        self._core.users(f"{period:%m-%d}", "month", network, active_users=self._number())
        self._cover(("users",), "ga4", period, period, ())
        self._mark(period)

    def vk(self) -> None:
        network = self._random.choice(("vk", "vk", "vk_spb"))
        first, last = self._window()
        self._replace("vk_stats", first, last, "period", network)
        self._cover(("stats",), network, first, last, ("followers_lost", "likes"))
        for on in self._some(first, last):
            counts = {"joined": self._number(), "left_community": self._number(), "likes": self._number()}
            self._core.stats(f"{on:%m-%d}", network=network, reach=self._number(), **counts)

    def members(self) -> None:
        on = FIRST + timedelta(days=self._random.randint(60, DAYS))
        self._delete("vk_members", "day = %s", on)
        self._core.members(f"{on:%m-%d}", 1000 + self._number())
        self._mark(on)

    def posts(self) -> None:
        first, last = self._window()
        self._cover(("posts", "post_reach"), "vk", first, last, ("post_views",))
        for on in self._some(first, last):
            self._posts += 1
            self._core.post(self._posts, f"{on:%m-%d}")
            for age in self._random.sample((0, 3, 6, 9), 2):
                self._core.snapshot(self._posts, f"{on + timedelta(days=age):%m-%d}", likes=self._number(), views=None)

    def figure(self) -> None:
        network, measure = self._random.choice(
            [("vk_ads", "spend"), ("all", "spend"), ("vk_ads", "calls"), ("all", "budget"), ("instagram", "followers")]
        )
        grain = self._random.choice(("day", "month"))
        on = FIRST + timedelta(days=self._random.randrange(DAYS))
        period = on if grain == "day" else on.replace(day=1)
        self._delete(
            "figure", "network = %s and measure = %s and grain = %s and period = %s", network, measure, grain, period
        )
        if self._random.random() < 0.8:
            self._core.figure(network, measure, f"{period:%m-%d}", self._number(), grain)
        self._cover(("figures",), "figures", on, on, ())

    def file(self) -> None:
        """The client's file changes: roster marks every month."""
        for table in ("client_network", "lead_part"):
            self._delete(table, "true")
        for network in self._random.sample(("vk", "vk_spb", "vk_ads", "telegram", "search"), 3):
            self._core.network(network, is_social=network != "search")
        for part, event in self._random.sample((("forms", "lead"), ("forms", "other"), ("calls", None)), 1):
            self._core.put("lead_part", part=part, source="x", event=event)
        self._core.warehouse.execute(
            "insert into core.change select distinct client, date_trunc('month', day) from core.coverage"
            " on conflict do nothing"
        )

    def _window(self) -> tuple[date, date]:
        first = FIRST + timedelta(days=self._random.randrange(DAYS - 25))
        return first, first + timedelta(days=self._random.randint(5, 25))

    def _some(self, first: date, last: date) -> list[date]:
        every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return sorted(self._random.sample(every, len(every) // 2))

    def _number(self) -> int:
        return self._random.randrange(20)

    def _cover(self, reports: tuple[str, ...], source: str, first: date, last: date, without: tuple[str, ...]) -> None:
        state = self._random.choice(("known", "known", "known", "flagged", "no_access"))
        lacks = (self._random.choice(without),) if without and self._random.random() < 0.2 else ()
        self._core.cover(reports, f"{first:%m-%d}", f"{last:%m-%d}", source, state, lacks)
        for on in (first, last):
            self._mark(on)

    def _mark(self, on: date) -> None:
        self._core.warehouse.execute(
            "insert into core.change values (%s, %s) on conflict do nothing", [self._core.client, on.replace(day=1)]
        )

    def _replace(self, table: str, first: date, last: date, column: str = "day", network: str | None = None) -> None:
        condition = f"{column} between %s and %s and (%s::text is null or network = %s)"
        if table == "ga4_totals":
            condition = "day between %s and %s and (%s::text is null or %s::text is null)"
        self._delete(table, condition, first, last, network, network)

    def _delete(self, table: str, condition: str, *values: Any) -> None:
        query = sql.SQL("delete from core.{} where client = %s and ").format(sql.Identifier(table))
        self._core.warehouse.execute(query + sql.SQL(condition), [self._core.client, *values])


def marts(core: Core) -> dict[str, set[tuple[Any, ...]]]:
    return {
        table: {tuple(row.values()) for row in core.warehouse.execute(f"select * from marts.{table}")}
        for table in ("measure", "kpi", "basis")
    }


def after_a_full_rebuild(core: Core) -> dict[str, set[tuple[Any, ...]]]:
    core.warehouse.execute("truncate marts.measure, marts.kpi, marts.basis")
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


def spend_more(core: Core) -> str:
    core.figure("vk_ads", "fee", "06-01", 10, "month")
    return "06"


def add_a_community(core: Core) -> str:
    core.network("vk_spb", "vk")
    core.cover(("stats",), "06-01", "06-03", network="vk_spb")
    return "06"


def go_on_into_july(core: Core) -> str:
    core.cover(GA4, "07-03", "07-04")
    return "07"


def restate_joins(core: Core) -> str:
    core.stats("06-20", joined=10, left_community=0)
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
    built.warehouse.execute("delete from core.figure where measure = 'clicks'")
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
        core.sessions("06-02", "vk", 9, session_source="new")
        core.change("06")
    built.rebuild(clients=["other"])

    assert other.cell("sessions", "06-02") == Cell(9)
    assert built.cell("sessions", "06-02") == Cell(0)
    assert left(built) == [day("06-01")]


def correct_clicks(core: Core, clicks: int) -> None:
    core.warehouse.execute("update core.figure set value = %s where measure = 'clicks' and period = '2026-06-02'", [clicks])
    core.change("06")
    core.rebuild()


def test_a_cell_that_stays_is_not_written_again(built: Core) -> None:
    versions = "select xmin::text, network, measure, grain, period from marts.measure"
    before = {tuple(row.values()) for row in built.warehouse.execute(versions)}
    correct_clicks(built, 9)
    written = {tuple(row.values()) for row in built.warehouse.execute(versions)} - before

    assert {row[1:] for row in written} == {
        (network, "clicks", grain, day(period))
        for network in ("vk_ads", "all")
        for grain, period in (("day", "06-02"), ("week", "06-01"), ("month", "06-01"))
    }


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


def test_a_new_formula_is_computed_for_all_months(built: Core) -> None:
    built.warehouse.execute("update catalogue.term set coefficient = 2 where kpi = 'sessions'")
    built.change("06")
    built.rebuild()

    assert built.kpi("sessions", "05-10") == Cell(10)


def test_the_cells_of_a_client_without_data_go(built: Core) -> None:
    for table in ("coverage", "ga4_traffic", "vk_members", "figure"):
        built.warehouse.execute(sql.SQL("delete from core.{}").format(sql.Identifier(table)))
    built.change("06")
    built.rebuild()

    assert marts(built) == {"measure": set(), "kpi": set(), "basis": set()}


def test_two_sources_of_one_number_fail_the_rebuild(built: Core) -> None:
    built.figure("vk", "sessions", "06-01", 10, "month")
    built.change("06")
    with pytest.raises(psycopg.errors.UniqueViolation):
        built.rebuild()
    built.warehouse.rollback()
    assert left(built) == []
