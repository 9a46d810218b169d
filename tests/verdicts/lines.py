"""Tables of verdicts: what is asked, what is known, when it is judged -> what is said of it.

Every line of a table is a client of its own whose October 2025 is judged; all lines of a table are judged together.
A fact is written ``120``, ``120 derived late`` (how it came about), ``120 at 10/31`` (the share of the days known),
``50000/0`` (above and below the line), ``no_access`` (a reason instead of a value), or not at all: no row.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from smm.verdicts.judging import JUDGEMENT
from smm.warehouse import Connection, run

OCTOBER = date(2025, 10, 1)
NOTES = ("derived", "late", "flagged")


@dataclass(frozen=True)
class Line:
    """One line of a table: its words, and the client that it is about."""

    client: str
    words: dict[str, str]


def lines(table: str) -> list[Line]:
    head, *rows = [[cell.strip() for cell in row.split("|")] for row in table.strip().splitlines()]
    return [Line(f"c{number:02}", dict(zip(head, row, strict=True))) for number, row in enumerate(rows, 1)]


def put(warehouse: Connection, table: str, **row: Any) -> None:
    warehouse.execute(
        f"insert into {table} ({', '.join(row)}) values ({', '.join(f'%({name})s' for name in row)})".encode(), row
    )


def put_client(warehouse: Connection, client: str, **row: Any) -> None:
    stands = {"name": client, "language": "en", "time_zone": "Europe/Moscow", "currency": "RUB"}
    put(warehouse, "core.client", client=client, **stands | {"started": date(2025, 1, 1), "report": "{}"} | row)
    put(warehouse, "core.target_version", client=client, target_version=1, digest="")


def put_target(warehouse: Connection, client: str, words: str) -> None:
    """``all.leads at_least 5``, ``... between 2 4``, ``... growth 0.05 over year_ago``; ``... from 3`` at the end,
    and ``... tolerance 0.02`` at the very end.
    """
    name, rule, *numbers = words.split()
    network, _, kpi = name.rpartition(".")
    row: dict[str, Any] = {"client": client, "target_version": 1, "network": network or "vk", "kpi": kpi, "rule": rule}
    if "tolerance" in numbers:
        *numbers, _, row["tolerance"] = numbers
    if "from" in numbers:
        *numbers, _, row["from_month"] = numbers
    match rule, numbers:
        case "at_least", [low]:
            row["low"] = low
        case "at_most", [high]:
            row["high"] = high
        case "between", [low, high]:
            row |= {"low": low, "high": high}
        case "growth", [growth, "over", ("previous_month" | "year_ago" | "baseline") as over]:
            row |= {"growth": growth, "over": over}
        case "growth", [growth, "over", number]:
            row |= {"growth": growth, "over": "number", "over_number": number}
        case "from_baseline", [to, "by", month]:
            row |= {"baseline_to": to, "by_month": month}
        case "plan", [plan]:
            key = {name: row[name] for name in ("client", "target_version", "network", "kpi")}
            put(warehouse, "core.plan", **key, month=OCTOBER, plan=plan)
    put(warehouse, "core.target", **row)


def put_fact(warehouse: Connection, client: str, target: str, month: date, words: str) -> None:
    if not words:
        return
    network, _, kpi = target.split()[0].rpartition(".")
    row: dict[str, Any] = {f"is_{note}": note in words.split() for note in NOTES}
    share = re.search(r"at (\d+/\d+)", words)
    row["completeness"] = float(Fraction(share[1])) if share else 1
    first = words.split()[0]
    if "/" in first:
        row["numerator"], _, row["denominator"] = first.partition("/")
        is_zero = row["denominator"] == "0"
        row |= {"reason": "zero_denominator"} if is_zero else {"value": float(Fraction(first))}
    else:
        row["reason" if first[0].isalpha() else "value"] = first
    put(warehouse, "marts.kpi_months", client=client, network=network or "vk", kpi=kpi, period=month, **row)


def told(warehouse: Connection, table: str) -> list[str]:
    """The table's lines as judged: its ``->`` columns filled with what the warehouse says."""
    found = {row["client"]: row for row in warehouse.execute("select * from marts.verdict")}
    result = []
    for line in lines(table):
        row = found.get(line.client, {})
        cells = [line.words[name] if not name.startswith("->") else cell(row.get(name[3:])) for name in line.words]
        result.append(" | ".join(cells))
    return result


def cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def expected(table: str) -> list[str]:
    return [" | ".join(line.words.values()) for line in lines(table)]


def put_forecasts(warehouse: Connection, client: str, target: str, words: str) -> None:
    """``10: 110 in 60..200; 15: 90 in 60..``: by the 10th of October, 110, give or take 5, surely from 60 to 200."""
    network, _, kpi = target.split()[0].rpartition(".")
    for forecast in filter(None, words.split(";")):
        found = re.fullmatch(r"(\d+): (\S+)(?: in (\S*)\.\.(\S*))?", forecast.strip())
        assert found, forecast
        day, value, least, most = found.groups()
        row: dict[str, Any] = {"value": None, "low": None, "high": None}
        if value != "unknown":
            row = {"value": value, "low": Decimal(value) - 5, "high": Decimal(value) + 5}
        row |= {"least": least or None, "most": most or None, "day": OCTOBER.replace(day=int(day))}
        put(warehouse, "marts.forecast", client=client, month=OCTOBER, network=network or "vk", kpi=kpi, **row)


def judge(warehouse: Connection, clients: list[str], month: date, at: datetime) -> None:
    """`targets.judge`, by the forecasts that the test has put there."""
    for path in JUDGEMENT:
        run(warehouse, path, {"clients": clients, "month": month, "as_of": at})
