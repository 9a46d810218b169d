"""KPIs: a sum of terms over a sum of terms, of the cells of one period."""

from fractions import Fraction

import pandas as pd

from smm.catalogue import Catalogue, Term
from tests.oracle import cells

AT = ["network", "grain", "period"]
KPI = ["network", "kpi", "grain", "period", "value", "numerator", "denominator", "completeness", "reason", *cells.MARKS]


def computed(catalogue: Catalogue, known: pd.DataFrame) -> pd.DataFrame:
    by_measure = dict(iter(known.groupby("measure")))
    found = [pd.DataFrame(columns=KPI)]
    found += [_kpi(catalogue, kpi, terms, by_measure) for kpi, terms in catalogue.terms.items()]
    return pd.concat([rows for rows in found if len(rows)] or found)


def _kpi(
    catalogue: Catalogue, kpi: str, terms: tuple[Term, ...], by_measure: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    placed = [_cells_of(catalogue.kpis[kpi].default, term, terms, by_measure) for term in terms]
    if any(cells_of is None for cells_of in placed):
        return pd.DataFrame(columns=KPI)
    rows = pd.concat(
        [part.assign(side=term.side, coefficient=term.coefficient) for part, term in zip(placed, terms, strict=True)]
    )
    own = [part for part, term in zip(placed, terms, strict=True) if term.network_pin is None] or placed
    where = own[0][AT]
    for part, term in zip(placed, terms, strict=True):
        on = AT if term.network_pin is None or own is placed else ["grain", "period"]
        where = where.merge(part[on].drop_duplicates(), on=on)
    found = []
    pinned = rows[rows["network"].isna()]
    by_place = {key: group.to_dict("records") for key, group in rows[rows["network"].notna()].groupby(AT)}
    by_period = {key: group.to_dict("records") for key, group in pinned.groupby(["grain", "period"])}
    for place in where.itertuples(index=False):
        parts = by_place.get(tuple(place), []) + by_period.get((place.grain, place.period), [])
        found.append({"kpi": kpi, **place._asdict()} | _value(parts, any(t.side == "denominator" for t in terms)))
    return pd.DataFrame(found, columns=KPI, dtype=object)


def _cells_of(
    default: str | None, term: Term, terms: tuple[Term, ...], by_measure: dict[str, pd.DataFrame]
) -> pd.DataFrame | None:
    """The cells of a term, under the network of the KPI's row; a pinned one's under none: it is the same for all."""
    found = by_measure.get(term.measure)
    if found is None or term.network_pin is None:
        return found
    found = found[found["network"] == term.network_pin]
    is_pinned_only = all(term.network_pin is not None for term in terms)
    return found.assign(network=default if is_pinned_only else None)


def _value(parts: list[dict[str, object]], is_ratio: bool) -> dict[str, object]:
    sides = {side: [part for part in parts if part["side"] == side] for side in ("numerator", "denominator")}
    numerator = _sum(sides["numerator"])
    denominator = _sum(sides["denominator"]) if is_ratio else None
    reasons = sorted(part["reason"] for part in parts if part["value"] is None)
    value, reason = None, None
    if reasons:
        reason = reasons[0]
    elif not is_ratio:
        value = numerator
    elif denominator == 0:
        reason = "zero_denominator"
    else:
        value = numerator / denominator
    marks = {mark: any(part[mark] for part in parts) for mark in cells.MARKS}
    completeness = min(part["completeness"] for part in parts)
    sides = {"numerator": numerator, "denominator": denominator}
    return {"value": value, "reason": reason, "completeness": completeness, **sides, **marks}


def _sum(parts: list[dict[str, object]]) -> Fraction | None:
    if any(part["value"] is None for part in parts):
        return None
    return sum((Fraction(part["coefficient"]) * Fraction(part["value"]) for part in parts), Fraction(0))
