"""KPIs: a sum of terms over a sum of terms, of the cells of one period."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pandas as pd

from smm.catalogue import Catalogue
from smm.catalogue.formula import Term
from tests.oracle import cells

KPI = ["network", "kpi", "grain", "period", "value", "numerator", "denominator", "completeness", "reason", *cells.MARKS]

Place = tuple[str, str, pd.Timestamp]
"""A network, and a grain and period."""
Cell = dict[str, Any]


def computed(catalogue: Catalogue, known: pd.DataFrame) -> pd.DataFrame:
    by_measure: dict[str, dict[Place, Cell]] = {measure: {} for measure in catalogue.measures}
    for cell in known.to_dict("records"):
        by_measure[cell["measure"]][cell["network"], cell["grain"], cell["period"]] = cell
    rows = [
        {"kpi": kpi, "network": place[0], "grain": place[1], "period": place[2]} | _value(terms, parts)
        for kpi, terms in catalogue.terms.items()
        for place, parts in _parts(terms, catalogue.kpis[kpi].default, by_measure)
    ]
    return pd.DataFrame(rows, columns=KPI, dtype=object)


def _parts(
    terms: tuple[Term, ...], default: str | None, by_measure: dict[str, dict[Place, Cell]]
) -> Iterator[tuple[Place, list[Cell]]]:
    """Where the KPI stands, with the cell of each term: wherever all of them have one.

    A pinned term has that of its own network. A KPI of pinned terms alone stands at its default network.
    """
    anchor = next((term for term in terms if term.network_pin is None), terms[0])
    for network, grain, period in by_measure[anchor.measure]:
        if anchor.network_pin not in (None, network):
            continue
        at = [(term.network_pin or network, grain, period) for term in terms]
        parts = [by_measure[term.measure].get(place) for term, place in zip(terms, at, strict=True)]
        found = [part for part in parts if part is not None]
        if len(found) == len(terms):
            yield (network if anchor.network_pin is None else str(default), grain, period), found


def _value(terms: tuple[Term, ...], parts: list[Cell]) -> Cell:
    sides = {
        side: [(term, part) for term, part in zip(terms, parts, strict=True) if term.side == side]
        for side in ("numerator", "denominator")
    }
    numerator, denominator = (_sum(side) if side else None for side in sides.values())
    reasons = sorted(part["reason"] for part in parts if part["value"] is None)
    value, reason = None, None
    if reasons:
        reason = reasons[0]  # the most telling one, which is also their alphabet
    elif not sides["denominator"]:
        value = numerator
    elif denominator:
        value = numerator / denominator
    else:
        reason = "zero_denominator"
    return {
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "reason": reason,
        "completeness": min(part["completeness"] for part in parts),
        **{mark: any(part[mark] for part in parts) for mark in cells.MARKS},
    }


def _sum(side: list[tuple[Term, Cell]]) -> Fraction | None:
    if any(part["value"] is None for _, part in side):
        return None
    return sum((Fraction(term.coefficient) * Fraction(part["value"]) for term, part in side), Fraction(0))
