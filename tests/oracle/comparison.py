"""The oracle's rows beside those of marts: what differs, each difference in one line."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pandas as pd
from psycopg import sql

from smm.warehouse import Connection
from tests.oracle import cells
from tests.oracle.oracle import Expected

DIGITS = Fraction(1, 10**12)  # marts keeps at least 16 significant digits of a quotient, medians are floating point
NUMBERS = ("value", "numerator", "denominator", "completeness")


def differences(warehouse: Connection, client: str, expected: Expected) -> list[str]:
    """``measure vk.likes day 2026-06-01: value: expected 5, found 4``; an empty list if all is the same."""
    both = [("measure", expected.measures), ("kpi", expected.kpis)]
    return [line for table, rows in both for line in _of_table(warehouse, client, table, rows)]


def _of_table(warehouse: Connection, client: str, table: str, expected: pd.DataFrame) -> Iterator[str]:
    query = sql.SQL("select * from marts.{} where client = %s").format(sql.Identifier(table))
    stored = warehouse.execute(query, [client]).fetchall()
    found = {(row["network"], row[table], row["grain"], row["period"]): row for row in stored}
    wanted = {
        (row["network"], row[table], row["grain"], row["period"].date()): row for row in expected.to_dict("records")
    }
    if len(wanted) != len(expected):
        yield f"{table}: the oracle has {len(expected) - len(wanted)} rows twice"
    for key in sorted(wanted.keys() | found.keys(), key=str):
        network, name, grain, period = key
        at = f"{table} {network}.{name} {grain} {period}"
        if key not in found:
            yield f"{at}: expected {_told(wanted[key])}, found no row"
        elif key not in wanted:
            yield f"{at}: expected no row, found {_told(found[key])}"
        elif wrong := [column for column in _columns(table) if not _same(wanted[key][column], found[key][column])]:
            yield f"{at}: {', '.join(wrong)}: expected {_told(wanted[key])}, found {_told(found[key])}"


def _columns(table: str) -> tuple[str, ...]:
    return (*(NUMBERS if table == "kpi" else ("value", "completeness")), "reason", *cells.MARKS)


def _told(row: dict[str, Any]) -> str:
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
