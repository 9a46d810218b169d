"""A warehouse of an earlier version, with data, is brought up to date and comes to the same numbers.

tests/upgrade/0.5.0 is what version 0.5.0 (commit 3ecde47) had stored on 2026-11-18, made by its own DAGs from its own
sandbox, of a seeded world with fewer channels and visits; nobody in it is real. `warehouse.sql.xz` is all of it, by
`pg_dump --no-owner --no-privileges`: 48 days, 2026-10-01 to 2026-11-17, loaded on the 17th and again on the 18th.

- `yarko`: GA4 (one day of it sampled), VK with messages and a target audience, two files of figures by day and month
  with a stock and a unique in them, plans in its file and as a table, annotations, a letter that was delivered.
- `pekarnya`: VK, of whose posts the reach is refused, and figures; a staged plan from a baseline that is not known.
"""

import lzma
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from local.postgres import BINARIES, Cluster
from smm import catalogue, clients, rebuild, roster
from smm.roster import catalogued
from smm.verdicts import judging
from smm.warehouse import SQL, Connection, connect, migrate
from tests.conftest import PASSWORD

OLDER = Path(__file__).parent / "upgrade" / "0.5.0"
JUDGED_AT = datetime(2026, 11, 18, 6, tzinfo=UTC)
BUYERS = 10  # rows of people of the whole site, which told of buyers, too
MONTHS = (date(2026, 10, 1), date(2026, 11, 1))

TABLES = {  # and their keys
    "marts.measure": ("client", "network", "measure", "grain", "period"),
    "marts.kpi": ("client", "network", "kpi", "grain", "period"),
    "marts.verdict": ("client", "network", "kpi", "month"),
}

NOT_WHOLE = ("churn_rate", "er_day")
"""KPIs of `all` that 0.5.0 told of different networks: yarko's figures give Instagram's followers and nothing else."""

Rows = dict[tuple[Any, ...], dict[str, Any]]
"""By their keys."""


def rows(warehouse: Connection) -> dict[str, Rows]:
    """Of every table, all rows, without the moment at which they were judged."""
    found: dict[str, Rows] = {}
    for table, key in TABLES.items():
        query = sql.SQL("select * from {}").format(sql.Identifier(*table.split(".")))
        found[table] = {tuple(row[name] for name in key): row for row in warehouse.execute(query)}
        for row in found[table].values():
            row.pop("evaluated_at", None)
    return found


def differences(stored: Rows, found: Rows) -> list[str]:
    """The rows that only one of them has, and the values that are not the same; a column may be added."""
    said = [f"{key} is gone" for key in stored.keys() - found.keys()]
    said += [f"{key} is new" for key in found.keys() - stored.keys()]
    for key in stored.keys() & found.keys():
        for column, value in stored[key].items():
            if value != found[key][column]:
                said.append(f"{key}: {column} was {value}, is {found[key][column]}")
    return sorted(said)


def corrected(kpis: Rows) -> Rows:
    """What 0.5.0 should have said of NOT_WHOLE."""
    found = dict(kpis)
    for key, row in kpis.items():
        if key[:2] == ("yarko", "all") and key[2] in NOT_WHOLE:
            reason = min(row["reason"] or "not_applicable", "not_applicable")  # the most telling one
            found[key] = row | {"value": None, "numerator": None, "denominator": None, "reason": reason}
    return found


def counts(warehouse: Connection) -> dict[str, int]:
    """How many rows each table of core and marts has."""
    tables = warehouse.execute(
        "select schemaname as schema, relname as name from pg_stat_user_tables where schemaname in ('core', 'marts')"
    ).fetchall()
    found = {}
    for table in tables:
        query = sql.SQL("select count(*) as rows from {}").format(sql.Identifier(table["schema"], table["name"]))
        for row in warehouse.execute(query):
            found[f"{table['schema']}.{table['name']}"] = row["rows"]
    return found


@dataclass
class Upgrade:
    """What a warehouse held before its upgrade, and after each step of it."""

    older: dict[str, Rows]
    older_counts: dict[str, int]
    refused: str  # why it is not upgraded while a view of somebody's own reads what moves
    applied: list[str]
    counts: dict[str, int]
    migrated: dict[str, Rows]
    rebuilt: dict[str, Rows]
    judged: dict[str, Rows]


@pytest.fixture(scope="module")
def upgrade(postgres: Cluster, migrated: str) -> Iterator[Upgrade]:
    name = sql.Identifier("older")
    with psycopg.connect(postgres.dsn(), autocommit=True) as superuser:
        superuser.execute(sql.SQL("create database {} owner warehouse").format(name))
        address = postgres.dsn("older", "warehouse", PASSWORD)
        dump = lzma.decompress((OLDER / "warehouse.sql.xz").read_bytes())
        command = [str(BINARIES / "psql"), "-q", "-v", "ON_ERROR_STOP=1", address]
        subprocess.run(command, input=dump, check=True, stdout=subprocess.DEVNULL)
        with connect(address) as connection, pytest.MonkeyPatch.context() as patched:
            patched.setenv("SMM_CLIENTS", str(OLDER / "clients"))
            older, older_counts = rows(connection), counts(connection)
            refused = refused_with_a_view(connection)
            applied = migrate(connection)
            yield Upgrade(
                older,
                older_counts,
                refused,
                applied,
                counts(connection),
                migrated=rows(connection),
                rebuilt=rebuilt(connection),
                judged=judged(connection),
            )
        superuser.execute(sql.SQL("drop database {} with (force)").format(name))


def refused_with_a_view(warehouse: Connection) -> str:
    warehouse.execute("create view public.reached as select * from marts.kpi where kpi = 'reach'")
    warehouse.commit()
    with pytest.raises(psycopg.errors.RaiseException) as refused:
        migrate(warehouse)
    warehouse.rollback()
    warehouse.execute("drop view public.reached")
    warehouse.commit()
    return str(refused.value)


def rebuilt(warehouse: Connection) -> dict[str, Rows]:
    """All months again from core alone, as build_kpis does it."""
    known = catalogue.read()
    found = clients.read(known)
    assert not found.refused
    catalogued.store(warehouse, known)
    roster.store(warehouse, known, found.by_id.values())
    warehouse.execute("truncate marts.daily, marts.measure_periods, marts.kpi_months, marts.basis")
    rebuild.rebuild(warehouse, {"clients": None, "first_month": MONTHS[0], "last_month": MONTHS[-1]})
    return rows(warehouse)


def judged(warehouse: Connection) -> dict[str, Rows]:
    """All verdicts again, as of the moment at which the older version judged."""
    for month in MONTHS:
        judging.judge(warehouse, ["pekarnya", "yarko"], month, JUDGED_AT)
    return rows(warehouse)


def test_all_migrations_since_are_applied(upgrade: Upgrade) -> None:
    assert upgrade.applied == sorted(path.name for path in (SQL / "schema").glob("0*.sql") if path.name > "0021")


@pytest.mark.parametrize("step", ["migrated", "rebuilt", "judged"])
@pytest.mark.parametrize("table", TABLES)
def test_the_numbers_and_verdicts_stay_the_same(table: str, step: str, upgrade: Upgrade) -> None:
    older = upgrade.older[table]
    assert older
    if table == "marts.kpi" and step != "migrated":
        older = corrected(older)
    assert differences(older, getattr(upgrade, step)[table])[:20] == []


def test_the_days_of_a_month_become_one_row(upgrade: Upgrade) -> None:
    """What the test above compares has days without a number, and days with each mark."""
    days = [row for row in upgrade.older["marts.measure"].values() if row["grain"] == "day"]
    told = ("reason", "is_derived", "is_late", "is_flagged")
    assert {name for row in days for name in told if row[name]} == {*told}
    months = {(*(row[name] for name in ("client", "network", "measure")), row["period"].replace(day=1)) for row in days}
    assert upgrade.counts["marts.daily"] == len(months)
    others = [row for row in upgrade.older["marts.measure"].values() if row["grain"] != "day"]
    assert upgrade.counts["marts.measure_periods"] == len(others)
    of_months = [row for row in upgrade.older["marts.kpi"].values() if row["grain"] == "month"]
    assert upgrade.counts["marts.kpi_months"] == len(of_months)


def test_views_of_somebodys_own_are_named(upgrade: Upgrade) -> None:
    assert upgrade.refused.startswith("views of your own read marts.measure or marts.kpi: reached\n")
    assert "drop them, upgrade, and create them again" in upgrade.refused


def test_tables_that_stay_keep_their_rows(upgrade: Upgrade) -> None:
    stay = upgrade.older_counts.keys() & upgrade.counts.keys()
    fewer = {table for table in stay if upgrade.counts[table] < upgrade.older_counts[table]}
    assert {"core.load", "core.coverage", "marts.letter", "marts.delivery", "marts.measure_history"} <= stay
    assert fewer == set()


def test_every_fact_is_a_row_of_its_kind(upgrade: Upgrade) -> None:
    """Those, too, that no measure is counted from: page views of a network, notes of figures, the newest members."""
    older, newer = upgrade.older_counts, upgrade.counts

    assert newer["core.counts"] == (
        9 * older["core.vk_stats"]
        + older["core.vk_members"]
        + older["core.ga4_totals"]
        + older["core.ga4_users"]
        + 2 * BUYERS
        + older["core.figure"]
    )
    renamed = {
        "core.traffic": "core.ga4_traffic",
        "core.traffic_totals": "core.ga4_totals",
        "core.traffic_events": "core.ga4_events",
        "core.posts": "core.vk_post",
        "core.post_snapshots": "core.vk_post_snapshot",
        "core.threads": "core.vk_thread",
        "core.audience": "core.vk_audience",
        "core.wanted_audience": "core.audience",
    }
    assert {now: newer[now] for now in renamed} == {now: older[before] for now, before in renamed.items()}
    assert all(older[before] for before in renamed.values())
