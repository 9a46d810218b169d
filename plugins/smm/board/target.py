"""A target as pages show it: its title and unit from the catalogue, its bounds, its verdict in a word and a shape."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from smm import catalogue
from smm.board.speech import amount

VERDICTS = {  # word, shape; a colour by the class of the verdict's name
    "met": ("met", "✓"),
    "missed": ("missed", "✕"),
    "on_track": ("on track", "✓"),
    "at_risk": ("at risk", "▲"),
    "certain_miss": ("certain miss", "✕"),
    "not_proven": ("not proven", "?"),
    "not_measured": ("not measured", "?"),
    "not_due": ("not due", "·"),
}


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
    """What a target asks for: ≥ 1,700 · ≤ 0.5% · 1%–2%; an en dash if that is not known."""
    match low, high:
        case None, None:
            return "\N{EN DASH}"
        case _, None:
            return f"≥\N{NO-BREAK SPACE}{amount(low, unit, currency)}"
        case None, _:
            return f"≤\N{NO-BREAK SPACE}{amount(high, unit, currency)}"
    return f"{amount(low, unit, currency)}\N{EN DASH}{amount(high, unit, currency)}"
