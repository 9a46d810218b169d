"""Part h: the board's pages, asked over HTTP of a real api-server, with many clients in the warehouse."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from math import ceil
from random import Random
from typing import Any

import psycopg

from bench.stand import Stand, plain_environment
from bench.ways.letters import content
from local.api import AirflowApi
from local.state import ROOT
from local.trouble import TroubleError
from smm import catalogue, warehouse
from smm.links import PREFIX
from smm.roster import catalogued

TITLE = "The board: 500 clients, 24 months"
CLIENTS = 500
MONTHS = 24
ASKED = 40  # times each page, of different clients
MOST_SECONDS = 0.3
PAGES = {
    "overview, worst first": "/",
    "overview, missed only, by name": "/?show=missed&sort=name&page=2",
    "a client": "/clients/{client}",
    "a client's data": "/clients/{client}/data",
    "the data of all": "/data",
    "the data of all, what fails": "/data?show=failing",
    "letters": "/letters",
    "a letter": "/clients/{client}/letters/{letter}",
    "catalogue": "/catalogue",
    "a month's verdicts of all, as JSON": "/tables/verdicts.json?from={month}&to={month}",
    "a client's KPIs by day, as JSON": "/tables/kpis.json?client={client}&grain=day",
}


def measure(stand: Stand) -> dict[str, Any]:
    api = stand.stack.start_airflow(plain_environment(), {})
    today = datetime.now(UTC).date()
    with (
        stand.stack.progress.step(f"rows of {CLIENTS} clients"),
        warehouse.connect(stand.stack.warehouse) as connection,
    ):
        catalogued.store(connection, catalogue.read())
        fill(connection, CLIENTS, today)
    random, costs = Random(1), {}  # noqa: S311
    for name, path in PAGES.items():
        with stand.stack.progress.step(name):
            costs[name] = [_asked(api, path, random.randint(1, CLIENTS), today) for _ in range(ASKED + 1)][1:]
    return {
        "clients": CLIENTS,
        "months": MONTHS,
        "asked": ASKED,
        "pages": {name: {"p50": _share(times, 0.5), "p95": _share(times, 0.95)} for name, times in costs.items()},
    }


def fill(connection: warehouse.Connection, clients: int, today: date) -> None:
    """So many clients, named c0001 and so on, as the board reads them."""
    first = date(today.year - MONTHS // 12, today.month, 1)
    asked = {"clients": clients, "first": first, "last": today, "content": content(1).model_dump_json()}
    connection.execute("set time zone 'UTC'")
    with psycopg.ClientCursor(connection) as cursor:
        cursor.execute((ROOT / "bench" / "board.sql").read_bytes(), asked)


def _asked(api: AirflowApi, path: str, number: int, today: date) -> float:
    """Seconds until the whole answer was there. Raises TroubleError if it is none."""
    begun = time.perf_counter()
    answer = api.page(address(path, number, today))
    took = time.perf_counter() - begun
    if not answer.ok:
        raise TroubleError(f"the board answered {answer.status_code} to {path}: {answer.text[:200]}")
    return took


def address(path: str, number: int, today: date) -> str:
    """Where the page of `PAGES` is, of the client with this number and of a month a year ago."""
    month = f"{today.year - 1}-{today.month:02}"
    return PREFIX + path.format(client=f"c{number:04}", month=month, letter=f"{month}-missed-1")


def _share(times: list[float], share: float) -> float:
    """The time within which so many of the answers came."""
    return sorted(times)[ceil(share * len(times)) - 1]


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The table, as Markdown."""
    yield f"{found['clients']} clients with eight targets each, {found['months']} months of daily loads, KPIs, verdicts"
    yield f"and letters; each page was requested {found['asked']} times, for different clients, while Airflow ran."
    yield ""
    yield "| page | half of the answers within, ms | 95 of 100 within, ms |"
    yield "|---|--:|--:|"
    for name, took in found["pages"].items():
        yield f"| {name} | {took['p50'] * 1000:.0f} | {took['p95'] * 1000:.0f} |"


def targets(found: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Target, what was measured, whether it is met."""
    name, slowest = max(((name, took["p95"]) for name, took in found["pages"].items()), key=lambda page: page[1])
    target = f"every page of the board within {MOST_SECONDS * 1000:.0f} ms, 95 times of 100"
    yield target, f"at most {slowest * 1000:.0f} ms ({name})", slowest < MOST_SECONDS
