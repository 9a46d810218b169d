"""A client's core, changing at random."""

from datetime import date, timedelta
from random import Random
from typing import Any

from psycopg import sql

from tests.sql.facts import Core, day, days, origin_of

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
        what = [self.ga4, self.vk, self.members, self.posts, self.people, self.figure, self.file, self.threads]
        self._random.choices(what, weights=[3, 3, 2, 2, 1, 2, 0.5, 2])[0]()

    def ga4(self) -> None:
        first, last = self._window()
        for table in ("traffic", "traffic_totals", "traffic_events"):
            self._delete(table, "day between %s and %s", first, last)
        self._delete("counts", "report = 'totals' and period between %s and %s", first, last)
        self._cover(("traffic", "totals", "events"), "ga4", first, last, ("revenue", "sessions"))
        for on in self._some(first, last):
            for network in self._random.sample(("vk", "vk_ads", "facebook", "search"), 2):
                self._core.sessions(on, network, self._number(), revenue=self._number())
                row = {"day": on, "event": "lead", "is_total": False} | origin_of(network)
                self._core.put("traffic_events", events=self._number(), **row)
            self._core.put("traffic_totals", day=on, sessions=self._number())
            self._core.count("ga4", "site", "totals", "day", on, on, users=self._number())

    def people(self) -> None:
        period = day(f"0{self._random.randint(2, 6)}-01")
        network = self._random.choice(("site", "vk"))
        self._delete("counts", "report = 'users' and period = %s and network = %s", period, network)
        self._core.users(period, "month", network, users=self._number())
        self._cover(("users",), "ga4", period, period, ())
        self._mark(period)

    def vk(self) -> None:
        network = self._random.choice(("vk", "vk", "vk_spb"))
        first, last = self._window()
        self._delete("counts", "report = 'stats' and network = %s and period between %s and %s", network, first, last)
        self._cover(("stats",), network, first, last, ("followers_lost", "likes"))
        for on in self._some(first, last):
            counts: dict[str, Any] = {
                "followers_gained": self._number(),
                "followers_lost": self._number(),
                "likes": self._number(),
            }
            self._core.stats(on, network=network, reach=self._number(), **counts)
        month = last.replace(day=1)
        self._delete("audience", "network = %s and period = %s and grain = 'month'", network, month)
        of_month = "report = 'stats' and network = %s and period = %s and grain = 'month'"
        self._delete("counts", of_month, network, month)
        self._core.stats(month, "month", network, through=last, reach=self._number())
        self._core.reached(month, "month", "sex", network, f=self._number(), m=self._number())

    def members(self) -> None:
        on = FIRST + timedelta(days=self._random.randint(60, DAYS))
        self._delete("counts", "report = 'members' and period = %s", on)
        self._core.members(on, 1000 + self._number())
        self._mark(on)

    def posts(self) -> None:
        first, last = self._window()
        self._cover(("posts", "post_reach"), "vk", first, last, ("post_views",))
        for on in self._some(first, last):
            self._posts += 1
            self._core.post(self._posts, on)
            for age in self._random.sample((0, 3, 6, 9), 2):
                self._core.snapshot(self._posts, on + timedelta(days=age), likes=self._number(), views=None)

    def threads(self) -> None:
        first, last = self._window()
        self._delete("threads", "day between %s and %s", first, last)
        self._cover(("messages",), "vk", first, last, ())
        for on in self._some(first, last):
            self._core.thread(f"{on:%m-%d} 12:00", answered=self._random.choice((None, 5, 9)), read=self._number() * 2)

    def figure(self) -> None:
        network, measure = self._random.choice(
            [("vk_ads", "spend"), ("all", "spend"), ("vk_ads", "calls"), ("all", "budget"), ("instagram", "followers")]
        )
        grain = self._random.choice(("day", "month"))
        on = FIRST + timedelta(days=self._random.randrange(DAYS))
        period = on if grain == "day" else on.replace(day=1)
        self._delete(
            "counts", "network = %s and measure = %s and grain = %s and period = %s", network, measure, grain, period
        )
        if self._random.random() < 0.8:
            self._core.figure(network, measure, period, self._number(), grain)
        self._cover(("figures",), "figures", on, on, ())

    def file(self) -> None:
        """The client's file changes: roster marks every month."""
        for table in ("client_network", "client_source", "lead_part", "wanted_audience"):
            self._delete(table, "true")
        for network in self._random.sample(("vk", "vk_spb", "vk_ads", "telegram", "search"), 3):
            self._core.network(network, "vk" if network in ("vk", "vk_spb") else None, network != "search")
        parts = (("forms", "x", "lead"), ("forms", "x", "other"), ("calls", "x", None), ("messages", "vk", None))
        for part, source, event in self._random.sample(parts, 1):
            self._core.put("lead_part", part=part, source=source, event=event)
        self._core.put("wanted_audience", network="vk", block="sex", value=self._random.choice("fm"))
        self._core.warehouse.execute(
            "insert into core.change select distinct client, date_trunc('month', day) from core.coverage"
            " on conflict do nothing"
        )

    def _window(self) -> tuple[date, date]:
        first = FIRST + timedelta(days=self._random.randrange(DAYS - 25))
        return first, first + timedelta(days=self._random.randint(5, 25))

    def _some(self, first: date, last: date) -> list[date]:
        every = list(days(first, last))
        return sorted(self._random.sample(every, len(every) // 2))

    def _number(self) -> int:
        return self._random.randrange(20)

    def _cover(self, reports: tuple[str, ...], source: str, first: date, last: date, without: tuple[str, ...]) -> None:
        """What was answered for these days, well or not; the reports may lack one of the measures ``without``."""
        state = self._random.choice(("known", "known", "known", "flagged", "no_access"))
        lacks = (self._random.choice(without),) if without and self._random.random() < 0.2 else ()
        self._core.cover(reports, first, last, source, state, lacks)
        for on in (first, last):
            self._mark(on)

    def _mark(self, on: date) -> None:
        self._core.warehouse.execute(
            "insert into core.change values (%s, %s) on conflict do nothing", [self._core.client, on.replace(day=1)]
        )

    def _delete(self, table: str, condition: str, *values: Any) -> None:
        query = sql.SQL("delete from core.{} where client = %s and ").format(sql.Identifier(table))
        self._core.warehouse.execute(query + sql.SQL(condition), [self._core.client, *values])
