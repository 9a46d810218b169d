"""A story told to core: rows as publishing leaves them, and the months that it marks."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count, cycle
from typing import Any

from psycopg import sql

from smm import catalogue
from smm.files import periods
from smm.roster import catalogued
from smm.warehouse import Connection, run
from tests import database
from tests.oracle.story import PARTS, Load, Story
from tests.sql.facts import GA4, VK, Core, days, origin_of

TRAFFIC = ("vk", "facebook_ads", "search")
FIGURES = (
    *(
        ("vk_ads", "spend", "day"),
        ("search", "followers", "month"),
        ("telegram", "followers", "day"),
        ("all", "budget", "month"),
    ),
    *(("vk_ads", "clicks", "month"), ("instagram", "reach", "day"), ("site", "calls", "month")),
    *(("vk_ads", "calls", "day"), ("all", "spend", "month"), ("instagram", "likes", "day")),
)


def emptied(warehouse: Connection) -> Core:
    """A warehouse with the catalogue and nothing else."""
    warehouse.rollback()
    database.truncate(warehouse)
    catalogued.store(warehouse, catalogue.read())
    warehouse.commit()
    return Core(warehouse)


class Telling:
    """The client's file, and then load after load."""

    def __init__(self, core: Core, story: Story) -> None:
        self._core = core
        self._story = story
        self._posts = count(1)
        self._peers = count(1)
        row = {"name": "Yarko", "language": "ru", "time_zone": story.zone, "currency": "RUB", "report": "{}"}
        self._insert("client", started=story.begin, **row)
        for network, source in (("vk", "vk"), ("vk_spb", "vk"), *((name, None) for name in sorted(story.named))):
            core.network(network, source, is_social=network != "search")
        for source in ("ga4", "figures"):
            core.put("client_source", network=source, source=source)
        for part in sorted(story.parts):
            core.put("lead_part", part=part, source=PARTS[part][0], event=PARTS[part][1])
        if story.wants:
            core.put("wanted_audience", network="vk", block="sex", value=story.wants)

    def go_on(self, load: Load) -> None:
        numbers = cycle(load.numbers)
        first, last = self._story.window(load)
        if load.source == "ga4":
            self._ga4(load, first, last, numbers)
        elif load.source == "figures":
            self._figures(load, first, last, numbers)
        else:
            self._move_days("UTC")
            self._vk(load, first, last, numbers)
            self._move_days(self._story.zone)
        for month in periods.touched("month", first, last):
            self._core.warehouse.execute(
                "insert into core.change values (%s, %s) on conflict do nothing", [self._core.client, month]
            )

    def _ga4(self, load: Load, first: date, last: date, numbers: Iterator[int | None]) -> None:
        core = self._core
        self._cover(GA4, load, first, last)
        for table in ("traffic", "traffic_totals", "traffic_events"):
            self._delete(table, "day between %s and %s", first, last)
        self._uncount("ga4", "ga4", "totals", "day", first, last)
        for day, _ in self._story.moments(load):
            for network in TRAFFIC:
                row = origin_of(network) | {"day": day}
                others = {"revenue": _money(next(numbers)), "new_users": next(numbers), "key_events": next(numbers)}
                core.put("traffic", session_campaign="", sessions=next(numbers), **row, **others)
                core.put("traffic_events", event="lead", is_total=False, events=next(numbers) or 0, **row)
            whole, users = {"sessions": next(numbers)}, next(numbers)
            core.put("traffic_totals", day=day, revenue=_money(next(numbers)), **whole)
            core.count("ga4", "site", "totals", "day", day, day, users=users)
            core.put("traffic_events", day=day, event="lead", is_total=True, events=next(numbers) or 0)
        for grain, period, through in _periods(first, last):
            for network in ("site", "vk", "telegram"):
                of_network = "network = %s and report = 'users' and grain = %s and period = %s"
                self._delete("counts", of_network, network, grain, period)
                for measure in ("users", "new_visitors", "returning_users"):
                    people, buyers = next(numbers), {"buyers": next(numbers), "first_buyers": next(numbers)}
                    told = buyers if (network, measure) == ("site", "users") else {}
                    core.count("ga4", network, "users", grain, period, through, **{measure: people}, **told)

    def _vk(self, load: Load, first: date, last: date, numbers: Iterator[int | None]) -> None:
        core, network = self._core, load.source
        self._cover((*VK, "messages"), load, first, last)
        for report in ("stats", "members"):
            self._uncount("vk", network, report, "day", first, last)
        self._delete("threads", "network = %s and day between %s and %s", network, first, last)
        for day, at in self._story.moments(load):
            counts: dict[str, Any] = {
                "likes": next(numbers) or 0,
                "followers_gained": next(numbers) or 0,
                "followers_lost": next(numbers) or 0,
            }
            core.stats(day, network=network, reach=next(numbers), visitors=next(numbers), **counts)
            self._people(network, at, next(numbers), next(numbers))
            self._post(network, at, numbers, ages=load.shifts)
        for grain, period, through in _periods(first, last):
            self._uncount("vk", network, "stats", grain, period, period)
            self._delete("audience", "network = %s and grain = %s and period = %s", network, grain, period)
            reach = next(numbers)
            core.stats(period, grain, network, through=through, reach=reach)
            if reach is not None:  # who they were stands in the same block of VK's answer
                told = {sex: people for sex in "fm" if (people := next(numbers)) is not None}
                core.reached(period, grain, "sex", network, **told)

    def _people(self, network: str, at: datetime, members: int | None, minutes: int | None) -> None:
        """Members are counted, and somebody writes; answered, if at all, within 24 hours."""
        day = at.date()
        row = {"network": network, "day": day}
        if members is not None and members % 2:
            self._uncount("vk", network, "members", "day", day, day)
            self._core.count("vk", network, "members", "day", day, day, followers=members, at=at)
        answered = None if minutes is None else at + timedelta(seconds=minutes % 86_400)
        read = at + timedelta(hours=23 if minutes else 24)
        peer = f"peer {next(self._peers)}"
        self._core.put(
            "threads", kind="messages", peer=peer, started_at=at, answered_at=answered, fetched_at=read, **row
        )

    def _post(self, network: str, at: datetime, numbers: Iterator[int | None], ages: tuple[int, ...]) -> None:
        post_id = next(self._posts)
        place = {"network": network, "post_id": post_id}
        kinds = {"is_repost": post_id % 5 == 0, "is_own": post_id % 7 != 0, "is_ad": post_id % 3 == 0}
        self._core.put("posts", published_at=at, day=at.date(), last_seen_at=at, **place, **kinds)
        for age in {0, 7, 8} if post_id % 4 else {9, 12}:
            read = at + timedelta(days=age, seconds=ages[0])
            if read < at:
                continue
            counters = (
                "likes",
                "comments",
                "views",
                "reach",
                "reach_followers",
                "link_clicks",
                "joins",
                "own_comments",
            )
            row: dict[str, Any] = {name: next(numbers) for name in counters}
            self._core.put("post_snapshots", day=read.date(), fetched_at=read, reposts=1, **place, **row)

    def _figures(self, load: Load, first: date, last: date, numbers: Iterator[int | None]) -> None:
        self._cover(("figures",), load, first, last)
        for number, (network, measure, grain) in enumerate(FIGURES):
            if (number + load.step) % 3 == 0:
                continue  # a file need not have all of them
            span = days(first, last) if grain == "day" else periods.touched("month", first, last)
            for period in span:
                place = (network, measure, grain, period)
                self._delete("counts", "network = %s and measure = %s and grain = %s and period = %s", *place)
                if (value := next(numbers)) is not None:
                    self._core.figure(network, measure, period, value / 4, grain)

    def _cover(self, reports: tuple[str, ...], load: Load, first: date, last: date) -> None:
        without = (load.lacks,) if load.lacks else ()
        self._core.cover(reports, first, last, load.source, load.state, without)
        if load.state == "flagged" and "members" in reports:  # VK has no doubts about a count
            self._core.cover(("members",), first, last, load.source)
        if load.source == "ga4":
            self._delete("coverage", "report = 'traffic.revenue' and day between %s and %s", first, last)
            if load.lacks == "revenue" and load.is_hidden:
                self._core.cover(("traffic.revenue",), first, last, "ga4", "no_access")

    def _move_days(self, zone: str) -> None:
        run(self._core.warehouse, "roster/move_days.sql", {"client": self._core.client, "time_zone": zone})

    def _insert(self, table: str, **columns: Any) -> None:
        columns = {"client": self._core.client} | columns
        self._core.warehouse.execute(
            sql.SQL("insert into core.{} ({}) values ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join(map(sql.Literal, columns.values())),
            )
        )

    def _uncount(self, source: str, given_by: str, report: str, grain: str, first: date, last: date) -> None:
        """Take out what a report has said of the periods that begin on these days."""
        which = "source = %s and given_by = %s and report = %s and grain = %s and period between %s and %s"
        self._delete("counts", which, source, given_by, report, grain, first, last)

    def _delete(self, table: str, condition: str, *values: Any) -> None:
        query = sql.SQL("delete from core.{} where client = %s and ").format(sql.Identifier(table))
        self._core.warehouse.execute(query + sql.SQL(condition), [self._core.client, *values])


def _money(number: int | None) -> float | None:
    return None if number is None else number / 100


def _periods(first: date, last: date) -> Iterator[tuple[str, date, date]]:
    """The weeks and months that are asked for with these days, and the last day of each that is."""
    for grain in ("week", "month"):
        for period in periods.touched(grain, first, last):
            yield grain, period, min(last, periods.end(grain, period))
