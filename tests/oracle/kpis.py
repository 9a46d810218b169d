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
Cell = Any
"""A row of the cells' frame."""


def computed(catalogue: Catalogue, known: pd.DataFrame) -> pd.DataFrame:
    by_measure: dict[str, dict[Place, Cell]] = {measure: {} for measure in catalogue.measures}
    for cell in known.itertuples(index=False):
        by_measure[cell.measure][cell.network, cell.grain, cell.period] = cell
    rows = [
        (network, kpi, grain, period, *values)
        for kpi, terms in catalogue.terms.items()
        for (network, grain, period), values in _of_kpi(terms, catalogue.kpis[kpi].default, by_measure)
    ]
    return pd.DataFrame(rows, columns=KPI, dtype=object)


def _of_kpi(
    terms: tuple[Term, ...], default: str | None, by_measure: dict[str, dict[Place, Cell]]
) -> Iterator[tuple[Place, tuple[Any, ...]]]:
    """Where the KPI stands, with its values: wherever all of its terms have a cell.

    A pinned term has that of its own network. A KPI of pinned terms alone stands at its default network.
    """
    anchor = next((term for term in terms if term.network_pin is None), terms[0])
    sides = [term.side for term in terms]
    coefficients = [cells.exact(term.coefficient) for term in terms]
    for network, grain, period in by_measure[anchor.measure]:
        if anchor.network_pin not in (None, network):
            continue
        parts = [by_measure[term.measure].get((term.network_pin or network, grain, period)) for term in terms]
        if all(part is not None for part in parts):
            place = (network if anchor.network_pin is None else str(default), grain, period)
            yield place, _values(sides, coefficients, parts)


def _values(sides: list[str], coefficients: list[Any], parts: list[Cell]) -> tuple[Any, ...]:
    """As the columns of a KPI from its value on."""
    terms = list(zip(sides, coefficients, parts, strict=True))
    numerator = _sum([term[1:] for term in terms if term[0] == "numerator"])
    denominator = _sum([term[1:] for term in terms if term[0] == "denominator"])
    reasons = [part.reason for part in parts if part.value is None]
    value, reason = None, None
    if reasons:
        reason = min(reasons)  # the most telling one, which is also the first of their alphabet
    elif "denominator" not in sides:
        value = numerator
    elif denominator:
        value = Fraction(numerator) / denominator
    else:
        reason = "zero_denominator"
    completeness = min(part.completeness for part in parts)
    marks = (any(getattr(part, mark) for part in parts) for mark in cells.MARKS)
    return value, numerator, denominator, completeness, reason, *marks


def _sum(side: list[tuple[Any, Cell]]) -> Any:
    """None without terms, and where one of them is unknown."""
    if not side or any(part.value is None for _, part in side):
        return None
    return sum(coefficient * part.value for coefficient, part in side)
