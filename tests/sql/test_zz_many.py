"""The rebuild as a whole: what it takes, what it leaves, and that its order does not matter."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.sql.core import GA4, Cell, Core, day

FIRST = day("04-20")
DAYS = 75  # to 3 July


class Life:
    """What may happen to a client's core, and the months that publishing then marks."""

    def __init__(self, core: Core, seed: int) -> None:
        self._core = core
        self._random = Random(seed)
        self._posts = 0

    def go_on(self) -> None:
        """One thing happens."""
        self._random.choice(
            [self.ga4, self.ga4, self.vk, self.vk, self.members, self.posts, self.figure, self.file, self.people]
        )()

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
        period = day(f"0{self._random.randint(4, 7)}-01")
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
        on = FIRST + timedelta(days=self._random.randint(30, DAYS))
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
        self._delete("figure", "network = %s and measure = %s and grain = %s and period = %s", network, measure, grain, period)
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
        first = FIRST + timedelta(days=self._random.randrange(DAYS - 20))
        return first, first + timedelta(days=self._random.randint(1, 20))

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


def wipe(core: Core) -> None:
    core.warehouse.execute("truncate marts.measure, marts.kpi, marts.basis")


@pytest.mark.parametrize("seed", range(100, 160))
def test_rebuilding_what_changed_ends_where_a_full_rebuild_does(core: Core, seed: int) -> None:
    life = Life(core, seed)
    life.file()
    for _ in range(10):
        for _ in range(life._random.randint(1, 3)):
            life.go_on()
        core.rebuild()
    changed = marts(core)
    wipe(core)
    core.rebuild("04", "07")

    assert changed["measure"]
    assert changed["kpi"]
    for table, rows in marts(core).items():
        assert changed[table] - rows == set(), table
        assert rows - changed[table] == set(), table
