"""Part i: the KPIs of the same measures, by the product's SQL on Postgres and by DuckDB."""

from collections.abc import Iterator
from math import isclose
from pathlib import Path
from statistics import median
from typing import Any

from psycopg import sql

from bench import agency
from bench.kpis import ALL
from bench.stand import Stand, cpu_seconds
from local.trouble import TroubleError
from smm import warehouse
from smm.rebuild import REBUILD, slices
from smm.warehouse import Connection, run

TITLE = "The KPIs beside DuckDB's"
CLIENTS = 20
REPETITIONS = 3
MOST = 3  # times DuckDB's CPU
INPUT = (("marts", "measure"), ("catalogue", "formula"))
WRITES = "kpis/compute.sql"
SUMS = (
    "count(*)",
    "count(value)",
    "count(reason)",
    *(f"sum({name})" for name in ("value", "numerator", "denominator")),
)
QUERY = f"select grain, {', '.join(f'{each} as sum_{n}' for n, each in enumerate(SUMS))} from"


def measure(stand: Stand, clients: int = CLIENTS) -> dict[str, Any]:
    address, _ = stand.database()
    folder = stand.stack.folder
    with warehouse.connect(address) as connection:
        with stand.stack.progress.step(f"core of {clients} clients"):
            agency.enter(connection, range(1, clients + 1), folder / "clients")
            agency.fill(connection, 1, clients)
        with stand.stack.progress.step("measures and KPIs"):
            written = _rebuilt(connection)
            files = [_exported(connection, *relation, folder) for relation in INPUT]
        read, duckdb = [], []
        for repetition in range(REPETITIONS):
            with stand.stack.progress.step(f"Postgres and DuckDB, {repetition + 1}"):
                begun = cpu_seconds()
                rows = _read(connection, clients)
                read.append(cpu_seconds() - begun)
                told = stand.child("bench.ways.on_duckdb", *map(str, files))
                duckdb.append(told["cpu"])
                compare(rows, told["rows"])
    return {
        "clients": clients,
        "rows": {grain: sums[0] for grain, sums in rows.items()},
        "written": written,
        "read": median(read),
        "duckdb": median(duckdb),
    }


def _rebuilt(connection: Connection) -> float:
    """Rebuild all; the CPU of what computes and writes the KPIs of months."""
    cpu = 0.0
    for part in slices(connection, ALL):
        for path in REBUILD:
            begun = cpu_seconds()
            run(connection, path, part)
            cpu += cpu_seconds() - begun if path == WRITES else 0
        connection.commit()
    agency.settle(connection, "marts")
    return cpu


def _exported(connection: Connection, schema: str, name: str, folder: Path) -> Path:
    """A CSV file of the relation."""
    file = folder / f"{name}.csv"
    query = sql.SQL("copy (select * from {}) to stdout with (format csv, header)").format(sql.Identifier(schema, name))
    with file.open("wb") as rows, connection.cursor().copy(query) as stream:
        rows.writelines(stream)
    return file


def _read(connection: Connection, clients: int) -> dict[str, list[float]]:
    """Grain -> rows, known values, reasons, and sums of what is in marts.kpi, read client by client."""
    found: dict[str, list[float]] = {}
    for number in range(1, clients + 1):
        for row in connection.execute(
            f"{QUERY} marts.kpi where client = %s group by grain", [agency.name(number)]
        ).fetchall():
            grain, *sums = row.values()
            found[grain] = [
                have + float(more) for have, more in zip(found.get(grain, [0] * len(SUMS)), sums, strict=True)
            ]
    return found


def compare(ours: dict[str, list[float]], theirs: dict[str, list[float]]) -> None:
    """Raises TroubleError unless both are the same rows, as far as their counts and sums by grain say."""

    def alike(ours: list[float], theirs: list[float]) -> bool:
        return all(isclose(our, their, rel_tol=1e-9) for our, their in zip(ours, theirs, strict=True))

    if ours.keys() != theirs.keys() or not all(alike(sums, theirs[grain]) for grain, sums in ours.items()):
        raise TroubleError(f"the KPIs differ: {ours} in Postgres, {theirs} in DuckDB")


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The table, as Markdown."""
    rows = found["rows"]
    yield f"{found['clients']} clients as above. From the rows of `marts.measure`, DuckDB computes all KPIs in"
    yield "memory, on one thread, in floating point, and keeps them there. Postgres, in exact decimals, computes those"
    yield "of months in a rebuild and stores them, those of days and weeks each time they are read. Both then add up"
    yield "all KPIs, and get the same sums and numbers of rows."
    yield ""
    yield "| way | rows | CPU s | times DuckDB |"
    yield "|---|--:|--:|--:|"
    stored = rows["month"]
    yield f"| DuckDB: all computed, and read | {sum(rows.values()):,.0f} | {found['duckdb']:.2f} | 1.0 |"
    for way, count, cpu in (
        ("Postgres: months, computed and stored in a rebuild", stored, found["written"]),
        (
            "Postgres: all of `marts.kpi` read, client by client; days and weeks computed",
            sum(rows.values()),
            found["read"],
        ),
        ("**Postgres**: both", sum(rows.values()), found["written"] + found["read"]),
    ):
        yield f"| {way} | {count:,.0f} | {cpu:.2f} | {cpu / found['duckdb']:.1f} |"


def targets(found: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Target, what was measured, whether it is met."""
    ratio = (found["written"] + found["read"]) / found["duckdb"]
    yield f"all KPIs of the same measures in at most {MOST} times DuckDB's CPU", f"{ratio:.1f} times", ratio <= MOST
