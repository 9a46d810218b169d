"""The targets of a client's month as the warehouse has them, each with all that a letter may tell of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from smm import catalogue, sources
from smm.files import periods
from smm.letters.content import Effect, Judged, Kind, Outlook, Past, Week, Why
from smm.letters.happenings import Happened, PostCount
from smm.letters.words import CLIENT
from smm.warehouse import Connection, run

Row = dict[str, Any]
Cell = tuple[str, str]
"""(network, kpi)."""

RUNNING = ("on_track", "at_risk", "certain_miss")
APART = ("version", "is_final", "forecast", "forecast_low", "forecast_high", "certain_since", "time_zone", "adds_up")


@dataclass(frozen=True)
class Told:
    """A target, and by which version of the targets it was judged, and whether for good."""

    target: Judged
    version: int
    is_final: bool


def targets(
    warehouse: Connection, client: str, month: date, as_of: datetime, week: date | None, kind: Kind | None = None
) -> list[Told]:
    """What was judged of the month, the main one first; with ``week`` (its Monday), what that came to beside it.

    The history is of those that a letter of this ``kind`` draws.
    """
    asked = {"client": client, "month": month, "week": week, "kind": kind, "as_of": as_of}
    known = catalogue.read()
    givers = _by_cell(run(warehouse, "letters/letter_sources.sql", asked))
    why = _by_cell(run(warehouse, "letters/letter_why.sql", asked))
    doubts = run(warehouse, "letters/letter_doubts.sql", asked)
    history = _by_cell(run(warehouse, "letters/letter_history.sql", asked))
    happened = _by_cell(run(warehouse, "letters/letter_happened.sql", asked))
    weeks = _by_cell(run(warehouse, "letters/letter_weeks.sql", asked)) if week else {}
    found = []
    for row in run(warehouse, "letters/letter_targets.sql", asked):
        kpi = known.shown(row["kpi"])
        if kpi is None:  # a KPI that the catalogue has lost since is dark: it is neither judged nor shown
            continue
        cell = (row["network"], row["kpi"])
        measured = tuple(each["source"] for each in givers.get(cell, ()))
        without = {"client": client, "value": None, "reason": row.pop("without")}
        target = {
            **{name: value for name, value in row.items() if name not in APART},
            **{name: row[name] or without for name in ("before", "year_ago")},
            "title": kpi.title,
            "meaning": kpi.meaning,
            "unit": kpi.unit,
            "sources": measured,
            "doubted": tuple(source for source in measured if is_doubted(source, row["network"], doubts)),
            "why": _why(why.get(cell, [])),
            "outlook": _outlook(row, month, as_of) if row["verdict"] in RUNNING else None,
            **_counted(row, kpi.unit),
            "history": tuple(map(_past, history.get(cell, []))),
            "week": _week(weeks.get(cell, []), client) if week else None,
            "happened": tuple(_happened(each) for each in happened.get(cell, []) if each["text"] is not None),
            "posts": next((_posts(each) for each in happened.get(cell, []) if each["text"] is None), None),
        }
        found.append(Told(Judged.model_validate(target), row["version"], row["is_final"]))
    return found


def _by_cell(rows: Iterable[Row]) -> dict[Cell, list[Row]]:
    found: dict[Cell, list[Row]] = {}
    for row in rows:
        found.setdefault((row["network"], row["kpi"]), []).append(row)
    return found


def is_doubted(source: str, network: str, doubts: Iterable[Row]) -> bool:
    """What a network gives is its own page's numbers; what other sources give may be of any network."""
    if source == CLIENT:
        return bool({doubt["source"] for doubt in doubts} & {each.name for each in sources.every() if each.is_whole})
    of_all = not sources.named(source).is_network
    return any(doubt["source"] == source and (of_all or network in ("all", doubt["network"])) for doubt in doubts)


def _why(rows: list[Row]) -> Why | None:
    """None where there is no month to compare with, or what is stored does not explain the difference."""
    if not rows or any(row["effect"] is None or row["part"] in ("no_reference", "unexplained") for row in rows):
        return None
    reference, *parts = rows
    names = ("client", "part", "unit", "was", "now", "effect")
    return Why(
        client=reference["client"],
        month=reference["reference_month"],
        was=reference["was"],
        now=reference["now"],
        effects=tuple(Effect(network=part["part_network"], **{name: part[name] for name in names}) for part in parts),
    )


def _happened(row: Row) -> Happened:
    named = {name: row[name] for name in ("client", "first_day", "last_day", "text")}
    return Happened(network=row["event_network"], posts=_posts(row), **named)


def _posts(row: Row) -> PostCount | None:
    """None where they are not known of all days, or there is no month to compare with."""
    if row["was"] is None or row["now"] is None:
        return None
    named = {name: row[name] for name in ("client", "was", "now", "is_so_far")}
    return PostCount(network=row["posts_of"], month=row["reference_month"], **named)


def _counted(row: Row, unit: str) -> Row:
    """The bounds of what is counted, as whole numbers that ask for the same: of 8.4, 8 is not enough."""
    if unit != "count" or (row["value"] is not None and row["value"] % 1):
        return {}
    low, high = row["low"], row["high"]
    whole = {
        "low": None if low is None else low.to_integral_value(ROUND_CEILING),
        "high": None if high is None else high.to_integral_value(ROUND_FLOOR),
    }
    near = {low: whole["low"], high: whole["high"]}
    return whole | {"target": near.get(row["target"], row["target"])}


def _past(row: Row) -> Past:
    return Past(**{name: row[name] for name in Past.model_fields})


def _outlook(row: Row, month: date, as_of: datetime) -> Outlook:
    end = periods.month_after(month) if row["last_day"] is None else row["last_day"] + timedelta(1)
    days = (end - as_of.astimezone(ZoneInfo(row["time_zone"])).date()).days  # today is one of them
    is_short = row["adds_up"] and row["value"] is not None and row["low"] is not None and row["value"] < row["low"]
    return Outlook(
        client=row["client"],
        forecast=row["forecast"],
        low=row["forecast_low"],
        high=row["forecast_high"],
        certain_since=row["certain_since"],
        per_day=(row["low"] - row["value"]) / Decimal(days) if is_short and days > 0 else None,
    )


def _week(rows: list[Row], client: str) -> Week:
    row = rows[0] if rows else {}
    without = {"client": client, "value": None, "reason": "source_missing"}
    return Week.model_validate({"client": client, **{name: row.get(name) or without for name in ("this", "before")}})
