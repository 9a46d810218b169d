"""Rows in, rows out: core as publishing would leave it for one client, a rebuild, and what marts then says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import sql

from smm.files import periods
from smm.rebuild import REBUILD
from smm.warehouse import Connection, run

GA4 = ("traffic", "totals", "events", "users")
VK = ("members", "stats", "posts", "post_reach", "own_comments")
MESSAGES = ("messages",)
STATS = ("reach", "visitors", "likes", "comments", "reposts", "followers_gained", "followers_lost")


class Cell(NamedTuple):
    """One cell: its number, else why there is none; the share of its days that are known."""

    value: float | None
    reason: str | None = None
    completeness: float = 1
    marks: str = ""  # derived, late, flagged


ORIGINS = {  # a session source and medium of each network, by include/networks.yml
    **{name: (name, "referral") for name in ("vk", "facebook", "instagram", "ok", "telegram", "youtube")},
    **{f"{name}_ads": (name, "cpc") for name in ("vk", "facebook", "instagram", "ok", "telegram", "youtube")},
    "search": ("google", "organic"),
    "direct": ("(direct)", "(none)"),
    "email": ("letter", "email"),
    "referral": ("blog.example", "referral"),
    "ads": ("google", "cpc"),
    "other": ("(not set)", "(not set)"),
    "site": ("", ""),
}

Day = date | str


def day(on: Day) -> date:
    """``day("06-01")`` is 1 June 2026, a Monday."""
    return date.fromisoformat(f"2026-{on}") if isinstance(on, str) else on


def origin_of(network: str) -> dict[str, str]:
    """Columns of a row of traffic or events that comes from this network."""
    return dict(zip(("session_source", "session_medium"), ORIGINS[network], strict=True))


def days(first: Day, last: Day) -> Iterator[date]:
    begin, end = day(first), day(last)
    return (begin + timedelta(days=n) for n in range((end - begin).days + 1))


@dataclass(frozen=True)
class Core:
    warehouse: Connection
    client: str = "yarko"

    def put(self, table: str, **columns: Any) -> None:
        """One row of ``core.<table>``."""
        if table not in ("client_network", "client_source", "lead_part", "wanted_audience", "change"):
            columns["load_id"] = "load"
        columns = {"client": self.client} | columns
        names, values = map(sql.Identifier, columns), map(sql.Literal, columns.values())
        self.warehouse.execute(
            sql.SQL("insert into core.{} ({}) values ({})").format(
                sql.Identifier(table), sql.SQL(", ").join(names), sql.SQL(", ").join(values)
            )
        )

    def cover(
        self,
        reports: tuple[str, ...],
        first: Day,
        last: Day,
        network: str | None = None,
        state: str = "known",
        without: tuple[str, ...] = (),
        source: str | None = None,
    ) -> None:
        """What these days' answers made known; it takes the place of what was known of them before."""
        for report in reports:
            name = report.partition(".")[0]
            giver = source or ("ga4" if name in GA4 else "vk" if name in (*VK, *MESSAGES) else "figures")
            self.warehouse.execute(
                "insert into core.coverage (client, network, source, report, day, load_id, state, without)"
                " select %s, %s, %s, %s, day, 'load', %s, %s from generate_series(%s, %s, interval '1 day') as day"
                " on conflict (client, network, report, day) do update"
                " set state = excluded.state, without = excluded.without",
                [self.client, network or giver, giver, report, state, list(without), day(first), day(last)],
            )

    def network(self, network: str, source: str | None = None, is_social: bool = True) -> None:
        self.put("client_network", network=network, source=source, is_social=is_social)
        if source:
            self.put("client_source", network=network, source=source)

    def leave(self, network: str) -> None:
        """The client's file names it no more."""
        for table in ("client_network", "client_source"):
            query = sql.SQL("delete from core.{} where network = %s").format(sql.Identifier(table))
            self.warehouse.execute(query, [network])

    def count(
        self, source: str, network: str, report: str, grain: str, period: Day, through: Day, **counts: Any
    ) -> None:
        """One row for each of these measures; ``at``: the moment at which they were counted."""
        given = {"source": source, "given_by": source if source in ("ga4", "figures") else network, "report": report}
        at = counts.pop("at", None)
        for measure, value in counts.items():
            row = {"network": network, "measure": measure, "grain": grain, "period": day(period), "value": value}
            self.put("counts", through_day=day(through), counted_at=at, **row, **given)

    def sessions(self, on: Day, network: str, sessions: int | None, **others: Any) -> None:
        """One row of traffic that comes from this network."""
        origin = origin_of(network) | {"session_campaign": ""}
        self.put("traffic", day=day(on), sessions=sessions, **origin | others)

    def stats(
        self, on: Day, grain: str = "day", network: str = "vk", through: Day | None = None, **counts: int | None
    ) -> None:
        """What a network says of a period; what is not named, it gave no number of."""
        told = dict.fromkeys(STATS if grain == "day" else ("reach", "visitors")) | counts
        self.count("vk", network, "stats", grain, on, through or on, **told)

    def users(
        self,
        period: Day,
        grain: str,
        network: str,
        visitors: str = "users",
        through: Day | None = None,
        **people: int | None,
    ) -> None:
        """How many people visited in a week or month; ``visitors``: the measure that they are."""
        is_all = network == "site" and visitors == "users"
        told = dict.fromkeys((visitors, *(("buyers", "first_buyers") if is_all else ()))) | people
        last = periods.end("week" if grain == "week" else "month", day(period))
        self.count("ga4", network, "users", grain, period, through or last, **told)

    def members(self, on: Day, members: int, network: str = "vk") -> None:
        at = datetime.combine(day(on), datetime.min.time(), UTC)
        self.count("vk", network, "members", "day", on, on, followers=members, at=at)

    def post(self, post_id: int, on: Day, network: str = "vk", is_repost: bool = False, is_own: bool = True) -> None:
        at = datetime.combine(day(on), datetime.min.time(), UTC)
        row = {"published_at": at, "day": day(on), "last_seen_at": at, "is_ad": False}
        self.put("posts", network=network, post_id=post_id, is_repost=is_repost, is_own=is_own, **row)

    def snapshot(self, post_id: int, on: Day, network: str = "vk", **counters: int | None) -> None:
        at = datetime.combine(day(on), datetime.min.time(), UTC)
        self.put("post_snapshots", network=network, post_id=post_id, day=day(on), fetched_at=at, **counters)

    def reached(self, period: Day, grain: str, block: str, network: str = "vk", /, **people: int) -> None:
        """How many people of each group were reached."""
        for value, reach in people.items():
            row = {"period": day(period), "grain": grain, "block": block, "value": value, "reach": reach}
            self.put("audience", network=network, **row)

    def thread(
        self, at: str, answered: float | None = None, read: float = 48, network: str = "vk", kind: str = "messages"
    ) -> None:
        """A thread begun ``at``, such as ``06-01 12:00``, answered after minutes, and read after hours."""
        began = datetime.fromisoformat(f"2026-{at}").replace(tzinfo=UTC)
        row = {"started_at": began, "day": began.date(), "fetched_at": began + timedelta(hours=read)}
        answered_at = None if answered is None else began + timedelta(minutes=answered)
        self.put("threads", network=network, kind=kind, peer=kind, answered_at=answered_at, **row)

    def figure(self, network: str, measure: str, period: Day, value: float, grain: str = "day") -> None:
        last = periods.end("month", day(period)) if grain == "month" else period
        self.count("figures", network, "figures", grain, period, last, **{measure: value})

    def change(self, *months: str) -> None:
        """Mark months, ``06`` for June, as publishing does."""
        for month in months:
            self.put("change", month=day(f"{month}-01"))

    def rebuild(
        self, first_month: str | None = None, last_month: str | None = None, clients: list[str] | None = None
    ) -> None:
        """Rebuild these months, to the last if only the first is given; without any, those that are marked."""
        asked = {
            "clients": clients,
            "first_month": day(f"{first_month}-01") if first_month else None,
            "last_month": day(f"{last_month}-01") if last_month else None,
        }
        for path in REBUILD:
            run(self.warehouse, path, asked)
        self.warehouse.commit()

    def cells(self) -> set[tuple[Any, ...]]:
        """Every row of marts.measure."""
        return {tuple(row.values()) for row in self.warehouse.execute("select * from marts.measure")}

    def cell(self, measure: str, period: Day, grain: str = "day", network: str = "vk") -> Cell | None:
        return self._cell("measure", measure, period, grain, network)

    def kpi(self, kpi: str, period: Day, grain: str = "day", network: str = "vk") -> Cell | None:
        return self._cell("kpi", kpi, period, grain, network)

    def _cell(self, kind: str, name: str, period: Day, grain: str, network: str) -> Cell | None:
        row = self.warehouse.execute(
            sql.SQL(
                "select * from marts.{} where client = %s and {} = %s and grain = %s and period = %s and network = %s"
            ).format(sql.Identifier(kind), sql.Identifier(kind)),
            [self.client, name, grain, day(period), network],
        ).fetchone()
        if row is None:
            return None
        marks = [mark for mark in ("derived", "late", "flagged") if row[f"is_{mark}"]]
        return Cell(_plain(row["value"]), row["reason"], round(float(row["completeness"]), 4), " ".join(marks))


def _plain(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 6)
