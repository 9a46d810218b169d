"""The wordings of a client's targets: what each asks for, and what it changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from smm import catalogue
from smm.board.series import Cell, Row
from smm.board.speech import amount, speech
from smm.board.target import asked, named

SHOWN = 12  # client_versions.sql gives one more, for the oldest of them to be compared with
WORDING = (
    *("rule", "low", "high", "growth", "over", "over_number", "baseline_to", "by_month", "from_month", "tolerance"),
    *("is_main", "months", "plans", "first_days", "last_days"),
)
OVER = {
    "previous_month": "the month before",
    "year_ago": "the same month last year",
    "baseline": "the start of our work",
}


@dataclass(frozen=True)
class Version:
    number: int
    seen_at: datetime
    judged: tuple[date, date] | None  # the first and the last month that were last judged by it
    targets: list[Row]  # each with its title and unit
    changes: list[tuple[str, str, Row]]  # new, changed or dropped; its name; the target as it is, or was


def versions(rows: Iterable[Row]) -> list[Version]:
    """The newest versions, newest first, of client_versions.sql."""
    found: list[Version] = []
    read = [(number, list(each)) for number, each in groupby(rows, lambda row: row["target_version"])]
    for place, (number, each) in enumerate(read[:SHOWN]):
        before = read[place + 1][1] if place + 1 < len(read) else []
        first, last = each[0]["first_month"], each[0]["last_month"]
        targets = named(_stated(each))
        changes = _changes(targets, named(_stated(before))) if before else []
        found.append(Version(number, each[0]["seen_at"], (first, last) if first else None, targets, changes))
    return found


def _stated(rows: Iterable[Row]) -> list[Row]:
    """A version without any target is one row without one."""
    return [row for row in rows if row["kpi"] is not None]


def _changes(targets: Iterable[Row], before: Iterable[Row]) -> list[tuple[str, str, Row]]:
    now, was = ({_cell(row): row for row in rows} for rows in (targets, before))
    found = [
        ("new" if cell not in was else "changed", row) for cell, row in now.items() if _differs(row, was.get(cell))
    ]
    found += [("dropped", row) for cell, row in was.items() if cell not in now]
    return [(what, f"{row['title']}, {speech().network(row['network'])}", row) for what, row in found]


def _differs(row: Row, before: Row | None) -> bool:
    return before is None or any(row[name] != before[name] for name in WORDING)


def _cell(row: Row) -> Cell:
    return row["network"], row["kpi"]


def wording(target: Row, currency: str, since: date) -> str:
    """What a target asks for, in words; of plans, those from the month ``since`` on."""
    told = _rule(target, currency, since)
    if target["tolerance"]:
        told += f", within {speech().part(target['tolerance'])}"
    kpi = catalogue.read().shown(target["kpi"])
    from_month = target["from_month"] or (kpi.due_month if kpi else 1)
    return told if from_month == 1 else f"{told}; counts from month {from_month} of work"


def _rule(target: Row, currency: str, since: date) -> str:
    unit = target["unit"]
    match target["rule"]:
        case "plan":
            return _plans(target, currency, since)
        case "growth":
            base = OVER.get(target["over"]) or f"the agreed {amount(target['over_number'], unit, currency)}"
            return f"{speech().part(target['growth'], signed=True)} on {base}"
        case "from_baseline":
            times = speech().amount(target["baseline_to"].normalize(), "ratio", "", 2)
            return f"{times} times the start of our work by month {target['by_month']}"
    return asked(target["low"], target["high"], unit, currency)


def _plans(target: Row, currency: str, since: date) -> str:
    columns: list[Any] = [target[name] or [] for name in ("months", "plans", "first_days", "last_days")]
    told = [
        f"{speech().days(first, last) if first else speech().short_month(month)}:"
        f" {amount(plan, target['unit'], currency)}"
        for month, plan, first, last in zip(*columns, strict=True)
        if month >= since
    ]
    return "; ".join(told) or f"no plan from {speech().month(since)} on"
