"""The oracle's rows beside those of marts: what differs, each difference in one line."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import pandas as pd
from psycopg import sql
from psycopg.rows import tuple_row

from smm.warehouse import Connection
from tests.oracle import cells
from tests.oracle.oracle import Expected

DIGITS = Fraction(1, 10**12)  # marts keeps at least 16 significant digits of a quotient, medians are floating point
NUMBERS = ("value", "numerator", "denominator", "completeness")


def differences(warehouse: Connection, client: str, expected: Expected) -> list[str]:
    """``measure vk.likes day 2026-06-01: value: expected 5, found 4``; an empty list if all is the same."""
    both = [("measure", expected.measures), ("kpi", expected.kpis)]
    return [line for table, rows in both for line in sorted(_of_table(warehouse, client, table, rows))]


def _of_table(warehouse: Connection, client: str, table: str, expected: pd.DataFrame) -> Iterator[str]:
    columns = ("network", table, "grain", "period", *_columns(table))
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("select {} from marts.{} where client = %s").format(names, sql.Identifier(table))
    stored = warehouse.cursor(row_factory=tuple_row).execute(query, [client]).fetchall()
    days = pd.to_datetime(expected["period"]).dt.date
    wanted = _by_key(zip(*(days if name == "period" else expected[name] for name in columns), strict=True))
    found = _by_key(stored)
    if len(wanted) != len(expected):
        yield f"{table}: the oracle has {len(expected) - len(wanted)} rows twice"
    # most are equal, of some hundred thousand: these are left out before anything is done with them
    for key in [key for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key)]:
        network, name, grain, period = key
        at = f"{table} {network}.{name} {grain} {period}"
        if key not in found:
            yield f"{at}: expected {_told(table, wanted[key])}, found no row"
        elif key not in wanted:
            yield f"{at}: expected no row, found {_told(table, found[key])}"
        elif wrong := _wrong(table, wanted[key], found[key]):
            yield f"{at}: {wrong}: expected {_told(table, wanted[key])}, found {_told(table, found[key])}"


def _by_key(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Network, name, grain and period of each row -> the rest of it."""
    return {row[:4]: row[4:] for row in rows}


def _columns(table: str) -> tuple[str, ...]:
    return (*(NUMBERS if table == "kpi" else ("value", "completeness")), "reason", *cells.MARKS)


def _wrong(table: str, wanted: tuple[Any, ...], found: tuple[Any, ...]) -> str:
    both = zip(_columns(table), wanted, found, strict=True)
    return ", ".join(column for column, *values in both if not _same(*values))


def _told(table: str, values: tuple[Any, ...]) -> str:
    row = dict(zip(_columns(table), values, strict=True))
    value = row["value"] if row["value"] is None else float(row["value"])
    marks = " ".join(mark.removeprefix("is_") for mark in cells.MARKS if row[mark])
    sides = f" = {row['numerator']} / {row['denominator']}" if "numerator" in row else ""
    return f"({value}{sides}, {row['reason']}, {round(float(row['completeness']), 4)}, {marks or 'plain'})"


def _same(wanted: Any, found: Any) -> bool:
    if wanted is None or found is None or isinstance(wanted, str):
        return (wanted is None and found is None) or wanted == found
    if isinstance(found, bool):
        return bool(wanted) == found
    wanted, found = Fraction(wanted), Fraction(found)
    return abs(wanted - found) <= DIGITS * max(abs(wanted), abs(found))
