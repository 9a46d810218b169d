"""Part e: the measures, KPIs and verdicts of many clients, through the statements that the DAGs run."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

from bench import agency
from bench.agency import FIRST_DAY, LAST_DAY
from bench.stand import Stand, cpu_seconds
from local.trouble import TroubleError
from smm import warehouse
from smm.rebuild import rebuild, slices
from smm.verdicts.judging import PARTS, judge_beside

TITLE = "KPIs and verdicts: 24 months of many clients"
SIZES = (50, 100, 200)
AT_ONCE = os.cpu_count() or 1  # slices: more than that only stand in each other's way
CHANGED = (7, 77, 177)  # the numbers of the clients that change
DAY = date(2025, 5, 20)
MONTHS = {"finished": date(2025, 6, 1), "running": date(2025, 7, 1)}
AS_OF = datetime(2025, 7, 15, 9, tzinfo=UTC)
ALL = {"clients": None, "first_month": FIRST_DAY, "last_month": LAST_DAY.replace(day=1)}
CHANGES = {"clients": None, "first_month": None, "last_month": None}


def measure(stand: Stand, sizes: Sequence[int] = SIZES, changed: Sequence[int] = CHANGED) -> dict[str, Any]:
    address, _ = stand.database()
    full: list[dict[str, Any]] = []
    for before, size in zip((0, *sizes), sizes, strict=False):
        with stand.stack.progress.step(f"core of {size} clients"), warehouse.connect(address) as connection:
            agency.enter(connection, range(before + 1, size + 1), stand.stack.folder / "clients")
            agency.fill(connection, before + 1, size)
            agency.empty(connection)
        with stand.stack.progress.step(f"measures and KPIs of {size} clients"):
            cost = timed(lambda: build(address, ALL))
        full.append({"clients": size, **_rows(address), **cost})
    with stand.stack.progress.step("vacuum"), warehouse.connect(address) as connection:
        agency.settle(connection, "marts")  # all at once have been written anew only here
    with stand.stack.progress.step("what has changed of a client"):
        day = [_changed(address, number, DAY, DAY) for number in changed]
        history = [_changed(address, number, FIRST_DAY, LAST_DAY) for number in changed]
    with stand.stack.progress.step("verdicts"):
        judged = {name: [_judged(address, month, max(sizes)) for _ in changed] for name, month in MONTHS.items()}
    return {
        "full": full,
        "day": _middle(day),
        "history": _middle(history),
        "verdicts": {name: _middle(costs) for name, costs in judged.items()},
        "bytes": size_of_marts(address),
    }


def timed(work: Callable[[], None]) -> dict[str, float]:
    """Seconds, and CPU seconds of the stand."""
    begun, cpu = time.monotonic(), cpu_seconds()
    work()
    return {"seconds": time.monotonic() - begun, "cpu": cpu_seconds() - cpu}


def _middle(costs: list[dict[str, float]]) -> dict[str, float]:
    return {key: median(cost[key] for cost in costs) for key in costs[0]}


def build(address: str, asked: dict[str, Any]) -> None:
    """What `build_kpis` does."""

    def build_slice(part: dict[str, Any]) -> None:
        with warehouse.connect(address) as connection:
            rebuild(connection, part)

    with warehouse.connect(address) as connection:
        parts = slices(connection, asked)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(build_slice, parts))


def size_of_marts(address: str) -> int:
    """Bytes of all tables of the schema marts of this warehouse, with their indexes."""
    query = (
        "select sum(pg_total_relation_size(oid))::bigint as bytes from pg_class"
        " where relnamespace = 'marts'::regnamespace and relkind = 'r'"
    )
    with warehouse.connect(address) as connection:
        (found,) = connection.execute(query).fetchall()
    return int(found["bytes"])


def _rows(address: str) -> dict[str, int]:
    query = "select (select count(*) from marts.measure) as cells, (select count(*) from marts.kpi) as kpis"
    with warehouse.connect(address) as connection:
        (found,) = connection.execute(query).fetchall()
    return dict(found)


def _changed(address: str, number: int, first: date, last: date) -> dict[str, float]:
    """The cost of a change of this client on all of these days. Raises TroubleError if it is not seen."""
    with warehouse.connect(address) as connection:
        agency.change(connection, number, first, last)
    cost = timed(lambda: build(address, CHANGES))
    query = "select count(distinct period) as days from marts.measure_history where client = %s and grain = 'day'"
    with warehouse.connect(address) as connection:
        (found,) = connection.execute(query, [agency.name(number)]).fetchall()
    if found["days"] < (last - first).days:
        raise TroubleError(f"only {found['days']} days of {agency.name(number)} have changed")
    return cost


def _judged(address: str, month: date, size: int) -> dict[str, float]:
    """The cost of all clients' verdicts of this month. Raises TroubleError if one has none."""
    clients = [agency.name(number) for number in range(1, size + 1)]
    with ExitStack() as stack:
        connections = [stack.enter_context(warehouse.connect(address)) for _ in range(PARTS)]
        cost = timed(lambda: judge_beside(connections, clients, month, AS_OF))
    with warehouse.connect(address) as connection:
        query = "select count(*) as verdicts, count(distinct client) as clients from marts.verdict where month = %s"
        (found,) = connection.execute(query, [month]).fetchall()
    if found["clients"] != len(clients):
        raise TroubleError(f"only {found['clients']} of {len(clients)} clients have verdicts of {month:%Y-%m}")
    return cost | {"verdicts": found["verdicts"]}


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The tables, as Markdown."""
    yield "Each client has 745 days of a VK community with a post every two days, of a site with visitors from five"
    yield "networks and of ads, Facebook by the month, and eight targets. The statements are those of `build_kpis` and"
    yield "`report_targets`, without Airflow; each core rebuilds one slice of clients at a time. CPU is Postgres's."
    yield ""
    yield "| full rebuild of | rows of marts.measure | of marts.kpi | seconds | CPU s | CPU s per client |"
    yield "|--:|--:|--:|--:|--:|--:|"
    for run in found["full"]:
        size = run["clients"]
        yield (
            f"| {size} clients | {run['cells']:,} | {run['kpis']:,} | {run['seconds']:.0f} | {run['cpu']:.0f} |"
            f" {run['cpu'] / size:.2f} |"
        )
    size = found["full"][-1]["clients"]
    yield ""
    yield f"With {size} clients in the warehouse (the median of {len(CHANGED)}):"
    yield ""
    yield "| what | seconds | CPU s |"
    yield "|---|--:|--:|"
    yield _line("one day of one client has changed", found["day"])
    yield _line("all days of one client have changed", found["history"])
    for name, cost in found["verdicts"].items():
        yield _line(f"{cost['verdicts']:,} verdicts: all clients, a {name} month", cost)
    yield ""
    yield f"At the end, the tables of `marts` take {found['bytes'] / size / 1e6:.1f} MB per client, with their indexes."


def _line(what: str, cost: dict[str, float]) -> str:
    return f"| {what} | {cost['seconds']:.2f} | {cost['cpu']:.2f} |"


def targets(found: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Target, what was measured, whether it is met."""
    small, *_, large = found["full"]
    for what, seconds in (
        ("one changed day rebuilt in less than 5 s", found["day"]["seconds"]),
        ("one changed client's whole history in less than 5 s", found["history"]["seconds"]),
    ):
        yield what, f"{seconds:.1f} s", seconds < 5
    minutes = large["seconds"] / 60
    yield f"a full rebuild of {large['clients']} clients in less than 5 minutes", f"{minutes:.1f} minutes", minutes < 5
    growth = (large["seconds"] / large["clients"]) / (small["seconds"] / small["clients"])
    text = f"{growth:.2f} times as long per client as with {small['clients']}"
    yield "a full rebuild grows with the clients at most linearly (1.1)", text, growth <= 1.1
    seconds = max(cost["seconds"] for cost in found["verdicts"].values())
    yield "the verdicts of all clients in less than 5 s", f"{seconds:.1f} s", seconds < 5
