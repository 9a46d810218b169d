"""What is published of one client, as frames: the rows of core, each day a timestamp, each number as it is stored."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd
from psycopg import sql

from sandbox.world.traffic import network_of
from smm.catalogue import Catalogue
from smm.warehouse import Connection

TABLES = (
    *("client", "client_network", "lead_part", "wanted_audience", "load", "coverage", "counts"),
    *("traffic", "traffic_totals", "traffic_events"),
    *("audience", "posts", "post_snapshots", "threads"),
)
SITE_REPORTS = ("traffic", "totals", "events", "users")
VK_REPORTS = ("stats", "members", "posts", "post_reach", "own_comments", "messages")
DAYS = ("day", "period", "through_day", "first_day", "last_day")
MOMENTS = ("published_at", "fetched_at", "counted_at", "started_at", "answered_at")


@dataclass(frozen=True)
class Published:
    client: str
    catalogue: Catalogue
    tables: dict[str, pd.DataFrame] = field(repr=False)

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]

    def counts(self, source: str, *reports: str, **wanted: object) -> pd.DataFrame:
        """The numbers that these reports of a source give, one row each."""
        found = only(self["counts"], source=source, **wanted)
        return found[found["report"].isin(reports)]

    @cached_property
    def days(self) -> pd.DatetimeIndex:
        """The client's days: from the first that was asked for to the last of which anything is known, gaps included.

        VK's wall tells of posts of the weeks before the first day asked for; those days are nobody's.
        """
        known = self["coverage"]["day"]
        asked = self["load"]["first_day"].min()
        if not pd.isna(asked):
            known = known[known >= asked]
        return pd.DatetimeIndex([]) if known.empty else pd.date_range(known.min(), known.max(), unit="s")

    @property
    def counter(self) -> str | None:
        """The source that counts the visits of the client's site."""
        coverage = self["coverage"]
        found = coverage.loc[coverage["report"].isin(SITE_REPORTS), "source"]
        return None if found.empty else str(found.iloc[0])

    @cached_property
    def communities(self) -> dict[str, pd.Timestamp]:
        """VK's communities, and the last day of each: of one that the file names no more, the last that was loaded."""
        named, coverage = self["client_network"], self["coverage"]
        loaded = coverage[coverage["report"].isin(VK_REPORTS)].groupby("network")["day"].max()
        here = {network: self.days.max() for network in named.loc[named["source"] == "vk", "network"]}
        return {str(network): day for network, day in loaded.items()} | here

    @cached_property
    def named(self) -> set[str]:
        """The networks that the client's file names and GA4 can tell apart."""
        return set(self["client_network"]["network"]) & self.catalogue.networks.names().keys()

    @cached_property
    def social(self) -> set[str]:
        """The networks that count in `all`: a community that the file names no more does not."""
        by_catalogue = {name for name, is_social in self.catalogue.networks.names().items() if is_social}
        return by_catalogue | set(only(self["client_network"], is_social=True)["network"])

    def zoned(self, moments: pd.Series) -> pd.Series:
        """The day of each moment in the client's zone."""
        zone = self["client"]["time_zone"].squeeze() if len(self["client"]) else "UTC"
        return moments.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize().astype("datetime64[s]")

    def coverage(self, report: str, network: str | None = None) -> pd.DataFrame:
        """One row per day that this report was answered for: day, state, without, hides.

        What GA4 hides from the account stands in a line of its own, such as ``traffic.revenue``.
        """
        found = only(self["coverage"], report=report)
        found = found[found["state"] != "unanswered"]
        if network is not None:
            found = only(found, network=network)
        order = found["state"].map({"known": 0, "flagged": 1, "no_access": 2})
        found = found.assign(order=order).sort_values("order").drop_duplicates("day")  # of a source that was renamed
        refused = only(self["coverage"], state="no_access")
        hidden: dict[pd.Timestamp, list[str]] = {}
        for about, day in refused[["report", "day"]].itertuples(index=False):
            if about.startswith(f"{report}."):
                hidden.setdefault(day, []).append(about.removeprefix(f"{report}."))
        hides = [
            [name for name in hidden.get(day, []) if name in without]
            for day, without in found[["day", "without"]].itertuples(index=False)
        ]
        return found.assign(hides=pd.Series(hides, index=found.index, dtype=object))[
            ["day", "state", "without", "hides"]
        ]

    def states(self, report: str, network: str | None = None) -> dict[pd.Timestamp, str]:
        """The state of each day that this report was answered for."""
        answers = self.coverage(report, network)
        return dict(zip(answers["day"], answers["state"], strict=True))


def read(warehouse: Connection, catalogue: Catalogue, client: str) -> Published:
    return Published(client, catalogue, {table: _table(warehouse, table, client) for table in TABLES})


def _table(warehouse: Connection, table: str, client: str) -> pd.DataFrame:
    cursor = warehouse.execute(
        sql.SQL("select * from core.{} where client = %s").format(sql.Identifier(table)), [client]
    )
    names = [column.name for column in cursor.description or ()]
    rows = pd.DataFrame(cursor.fetchall(), columns=names, dtype=object)
    if "session_source" in names:
        origins = rows[["session_source", "session_medium"]].itertuples(index=False)
        rows["network"] = pd.Series([network_of(*origin) for origin in origins], index=rows.index, dtype=object)
    if "is_total" in names:
        rows.loc[rows["is_total"] == True, "network"] = "site"  # noqa: E712  (a column of objects)
    for name in set(names) & {*DAYS}:
        rows[name] = days(rows[name])
    for name in set(names) & {*MOMENTS}:
        rows[name] = pd.to_datetime(rows[name], utc=True)
    return rows


def days(values: Any) -> pd.Series:
    """Dates as timestamps, all of one unit: frames are joined by them."""
    return pd.Series(pd.to_datetime(pd.Series(values, dtype=object))).astype("datetime64[s]")


def only(rows: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    """The rows that have these values."""
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    return rows
