"""A target as pages show it: its title and unit from the catalogue, its bounds, its verdict in a word and a shape."""

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from smm import catalogue
from smm.board.speech import UNKNOWN, amount, speech

SHAPES = {  # of each verdict; a colour by the class of its name
    "met": "✓",
    "missed": "✕",
    "on_track": "✓",
    "at_risk": "▲",
    "certain_miss": "✕",
    "not_proven": UNKNOWN,
    "not_measured": UNKNOWN,
    "not_due": "·",
}


def verdict(name: str) -> tuple[str, str]:
    """Its word, as letters have it, and its shape."""
    return speech().say(f"verdicts.{name}"), SHAPES[name]


def named(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with a ``kpi``, each with the KPI's English ``title`` and its ``unit``."""
    known = catalogue.read()
    found = []
    for row in rows:
        kpi = known.shown(row["kpi"])
        unit, title = (kpi.unit, kpi.title["en"]) if kpi else ("count", row["kpi"])  # what the catalogue has lost since
        found.append(row | {"title": title, "unit": unit})
    return found


def asked(low: Decimal | None, high: Decimal | None, unit: str, currency: str) -> str:
    """What a target asks for: ≥ 1,700 · ≤ 0.5% · 1%–2%; ? if that is not known."""
    if unit == "count":  # of 2,928.45, 2,928 is not enough
        low = None if low is None else low.to_integral_value(ROUND_CEILING)
        high = None if high is None else high.to_integral_value(ROUND_FLOOR)
    match low, high:
        case None, None:
            return UNKNOWN
        case _, None:
            return f"≥\N{NO-BREAK SPACE}{amount(low, unit, currency)}"
        case None, _:
            return f"≤\N{NO-BREAK SPACE}{amount(high, unit, currency)}"
    return f"{amount(low, unit, currency)}\N{EN DASH}{amount(high, unit, currency)}"
