"""Part f: the forecasts of months that are over, as they stood on three of their days, beside a linear pace."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import yaml

from bench.stand import Stand
from local.state import ROOT
from sandbox.replay import Replay
from sandbox.world import World
from smm import catalogue, warehouse
from smm.roster import catalogued
from smm.verdicts.judging import FORECAST
from smm.warehouse import Connection

TITLE = "The running month: a forecast beside a linear pace"
RECORDINGS = ROOT.parent / "shared" / "recordings"
TODAY = date(2026, 12, 1)  # of the seeded world
YEARS = 5  # of the recorded walls
DAYS = (7, 14, 21)
LEAST = 10  # a month of fewer is left out: one more or less would be a great error of its own
MEASURES = ("site.sessions", "site.forms", "site.revenue", "vk.followers_gained", "vk.posts", "vk.post_likes")
KEYS = ["client", "network", "measure"]


def measure(stand: Stand) -> dict[str, Any]:
    address, _ = stand.database()
    with warehouse.connect(address) as connection:
        with stand.stack.progress.step("forecasts of the seeded world"):
            cells = _of_world(connection)
        if RECORDINGS.exists():
            with stand.stack.progress.step("forecasts of the recorded walls"):
                cells = pd.concat([cells, _of_walls()], ignore_index=True)
        _store(connection, cells)
        months = sorted({day.replace(day=1) for day in cells["day"]})
        with stand.stack.progress.step(f"{len(months)} months"):
            clients = sorted(cells["client"].unique())
            for month in months:
                moment = datetime.combine(_end(month), datetime.min.time(), UTC)
                for path in FORECAST:
                    warehouse.run(connection, path, {"clients": clients, "month": month, "as_of": moment})
        found = connection.execute(
            "select * from marts.forecast where extract(day from day) = any(%s) and value is not null", [list(DAYS)]
        )
        return {"groups": compared(cells, pd.DataFrame(found.fetchall()))}


def _of_world(connection: Connection) -> pd.DataFrame:
    """One row per client, network, measure and day; what the clients' files set apart is noted in the warehouse."""
    world = World(TODAY)
    with tempfile.TemporaryDirectory() as folder:
        world.write(Path(folder))
        for client in world.clients:
            content = yaml.safe_load((Path(folder) / "clients" / f"{client}.yml").read_text("utf-8"))
            for event in content.get("annotations", ()):
                connection.execute(
                    "insert into core.annotation values (%s, %s, %s, %s, %s, %s)",
                    [client, event["from"], event["to"], event["network"], event["text"], event.get("compare", True)],
                )
    cells = pd.concat([world.truth_daily(client).assign(client=client) for client in world.clients])
    cells = cells[(cells["network"] + "." + cells["measure"]).isin(MEASURES)]
    return cells.assign(value=cells["value"].astype(float), group="seeded world")


def _of_walls() -> pd.DataFrame:
    """The same of the posts of the recorded walls, by the day in Moscow, and of the likes that they had in the end."""
    replay = Replay(RECORDINGS)
    last = replay.last_month - timedelta(days=1)  # the last month was not recorded to its end
    calendar = pd.date_range(last.replace(year=last.year - YEARS) + timedelta(days=1), last)
    tables = []
    for wall in replay.far_ends().communities.values():
        posts = pd.DataFrame([(post.published_at, post.likes) for post in wall.posts], columns=["at", "post_likes"])
        day = posts["at"].dt.tz_convert(ZoneInfo("Europe/Moscow")).dt.tz_localize(None).dt.normalize()
        table = posts.assign(posts=1).groupby(day)[["posts", "post_likes"]].sum()
        table = table.reindex(calendar[calendar >= table.index[0]], fill_value=0).rename_axis("day").reset_index()
        long = table.melt("day", var_name="measure").assign(client=wall.name, network="vk")
        tables.append(long.assign(group="recorded walls: " + long["measure"].str.removeprefix("post_")))
    cells = pd.concat(tables, ignore_index=True)
    return cells.assign(day=cells["day"].dt.date, value=cells["value"].astype(float))


def _store(connection: Connection, cells: pd.DataFrame) -> None:
    """The cells, each measure a target of its own."""
    catalogued.store(connection, catalogue.read())
    connection.execute("insert into catalogue.kpi values ('post_likes', 'count', 'up', 'account', false, 'vk', '')")
    connection.execute("insert into catalogue.term values ('post_likes', 'numerator', null, 'post_likes', 1)")
    months = cells.assign(month=[day.replace(day=1) for day in cells["day"]]).sort_values("day")
    rows = months.groupby([*KEYS, "month"]).agg(first_day=("day", "min"), numbers=("value", list)).reset_index()
    warehouse.copy(connection, "marts.daily", list(rows.columns), rows.itertuples(index=False))
    connection.execute(
        "insert into core.client (client, name, language, time_zone, currency, started, report)"
        " select distinct client, client, 'en', 'UTC', 'EUR', date '2000-01-01', '{}'::jsonb from marts.daily"
    )
    connection.execute("insert into core.target_version select client, 1, '' from core.client")
    connection.execute(
        "insert into core.target (client, target_version, network, kpi, rule, low)"
        " select distinct client, 1, network, measure, 'at_least', 1 from marts.daily"
    )
    connection.execute("analyze")


def compared(cells: pd.DataFrame, forecasts: pd.DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    """Group -> day of the month -> how many months, both mean errors (shares of the month), how many in the interval.

    Of months that are whole; the errors of those that have at least LEAST.
    """
    cells = cells.assign(month=[day.replace(day=1) for day in cells["day"]])
    month = cells.groupby([*KEYS, "group", "month"])["value"].agg(actual="sum", days="count").reset_index()
    month["length"] = [_end(first).day for first in month["month"]]
    month = month[month["days"] == month["length"]]
    cells = cells.assign(so_far=cells.groupby([*KEYS, "month"])["value"].cumsum())
    columns = {name: forecasts[name].astype(float) for name in ("value", "low", "high")}
    forecasts = forecasts.rename(columns={"kpi": "measure"}).assign(**columns)
    told = forecasts.merge(cells[[*KEYS, "day", "so_far"]], on=[*KEYS, "day"]).merge(month, on=[*KEYS, "month"])
    told["at"] = [day.day for day in told["day"]]
    told["linear"] = (told["so_far"] * told["length"] / told["at"] / told["actual"] - 1).abs()
    told["forecast"] = (told["value"] / told["actual"] - 1).abs()
    told["inside"] = told["actual"].between(told["low"] - 1e-9, told["high"] + 1e-9)
    by_day = ["group", "at"]
    table = told[told["actual"] >= LEAST].groupby(by_day)[["linear", "forecast"]].mean()
    table["inside"] = told.groupby(by_day)["inside"].mean()
    table["months"] = told.groupby(by_day).size()
    table["large"] = (told["actual"] >= LEAST).groupby([told[name] for name in by_day]).sum()
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in table.round(4).reset_index().to_dict("records"):
        group, at = str(row.pop("group")), str(row.pop("at"))
        found.setdefault(group, {})[at] = {str(name): float(value) for name, value in row.items()}
    return found


def _end(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The table, as Markdown."""
    yield "For each remaining day, the forecast takes the usual value of that weekday in the 13 weeks before the month,"
    yield "corrected by the mean difference of this month's days so far, and seven days without a difference. Each"
    yield "month is held back: the product's SQL forecasts it from the numbers known at the end of that day, and the"
    yield "result is compared with its end; a linear pace repeats the days so far. Errors are absolute, as shares of"
    yield f"the month's end, and their mean is that of months that ended with {LEAST} or more; the interval is that in"
    yield "which 8 months of 10 should end."
    yield ""
    yield f"| | day | months of {LEAST} or more | linear pace: error | forecast: error | all months | in the interval |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for group, days in found["groups"].items():
        for day, row in days.items():
            errors = f"{row['large']:,.0f} | {row['linear']:.1%} | {row['forecast']:.1%}"
            yield f"| {group} | {day} | {errors} | {row['months']:,.0f} | {row['inside']:.0%} |"


def targets(found: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Target, what was measured, whether it is met."""
    groups = [[*days.values()] for days in found["groups"].values()]
    shares = [sum(row["forecast"] for row in rows) / sum(row["linear"] for row in rows) for rows in groups]
    share = f"{min(shares):.2f} to {max(shares):.2f} of its error"
    yield "the running month's end forecast better than by a linear pace", share, max(shares) < 1
    inside = [row["inside"] for rows in groups for row in rows]
    is_met = min(inside) >= 0.7 and max(inside) <= 0.9
    yield "8 in 10 months end in the interval (7 to 9)", f"{min(inside):.0%} to {max(inside):.0%}", is_met
