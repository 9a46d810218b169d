"""An agency of many clients, each with a site, a VK community, Facebook and ads: their files and rows of core."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import psycopg
from psycopg import sql

from bench.stand import client_file
from local.trouble import TroubleError
from smm import catalogue, clients, roster
from smm.clients import plans
from smm.roster import catalogued
from smm.warehouse import Connection

FIRST_DAY, LAST_DAY = date(2023, 7, 1), date(2025, 7, 14)  # 24 months, and two weeks of the running one
SOURCES: dict[str, dict[str, object]] = {
    "ga4": {"connection": "ga4_bench", "property": 1},
    "vk": {"connection": "vk_bench", "community": 1},
    "figures": {"path": "figures.csv"},
}
LEADS = {"forms": "ga4.generate_lead", "calls": "figures"}
TARGETS = {
    "followers": {"plan": {"2025-06": 11_000, "2025-07": 11_300}, "main": True},
    "vk.er_post": {"at_least": 0.012},
    "vk.reach": {"growth": 0.05, "over": "previous_month"},
    "posts": {"between": [12, 20]},
    "leads": {"growth": 0.1, "over": "baseline"},
    "all.sessions": {"growth": 0.2, "over": "year_ago"},
    "vk_ads.cost_per_click": {"at_most": 30},
    "romi": {"at_least": 0},
}


def name(number: int) -> str:
    return f"c{number:04d}"


def enter(warehouse: Connection, numbers: Iterable[int], folder: Path, targets: Mapping[str, object] = TARGETS) -> None:
    """Write these clients' files, with such targets, into the folder and store what they say."""
    for number in numbers:
        text = client_file(SOURCES, started="2024-01-01", leads=LEADS, targets=targets)
        (folder / f"{name(number)}.yml").write_text(text, encoding="utf-8")
    known = catalogue.read()
    catalogued.store(warehouse, known)
    found = clients.read(known, folder)
    promised, refused = plans.read(known, found)
    if mistakes := [*found.refused.values(), *refused.values()]:
        raise TroubleError(str(mistakes[0]))
    roster.store(warehouse, known, found.by_id.values())
    for client, asked in promised.items():
        roster.store_targets(warehouse, client, asked)
    warehouse.commit()


def fill(warehouse: Connection, first: int, last: int, first_day: date = FIRST_DAY) -> None:
    """Fill core for the clients from number ``first`` to ``last``; nothing is left to rebuild but what is asked for."""
    _run(warehouse, "agency.sql", first_client=first, last_client=last, first_day=first_day, last_day=LAST_DAY)
    warehouse.execute("truncate core.change")
    warehouse.commit()
    settle(warehouse, "core")


def empty(warehouse: Connection) -> None:
    """Forget all that was computed."""
    warehouse.execute(sql.SQL("truncate {}").format(_tables(warehouse, "marts")))
    warehouse.commit()


def settle(warehouse: Connection, schema: str) -> None:
    """What autovacuum has long done in a warehouse at work."""
    warehouse.autocommit = True  # as vacuum wants it
    warehouse.execute(sql.SQL("vacuum analyze {}").format(_tables(warehouse, schema)))
    warehouse.autocommit = False


def _tables(warehouse: Connection, schema: str) -> sql.Composable:
    found = warehouse.execute("select tablename from pg_tables where schemaname = %s", [schema])
    return sql.SQL(", ").join(sql.Identifier(schema, table["tablename"]) for table in found)


def change(warehouse: Connection, number: int, first: date, last: date) -> None:
    """Other numbers of this client on all of these days, and its months marked as publishing does."""
    _run(warehouse, "change.sql", client=name(number), first_day=first, last_day=last)
    warehouse.commit()


def _run(warehouse: Connection, file: str, **given: object) -> None:
    psycopg.ClientCursor(warehouse).execute((Path(__file__).parent / file).read_bytes(), given)
