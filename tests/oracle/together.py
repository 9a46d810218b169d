"""`all`, the social networks together, and leads, the parts that a client counts together."""

from typing import Any

import pandas as pd

from smm import sources
from tests.oracle import cells, figures
from tests.oracle.published import Published

AT = ["network", "measure", "grain", "period"]
NOT_WHOLE = "not_applicable"


def added(parts: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """One cell per group: the sum, unknown as soon as one part is, with the most telling reason."""
    groups = parts.astype({"completeness": float}).groupby(by)
    cell = groups[cells.MARKS].any()
    cell["completeness"] = groups["completeness"].min()
    cell["reason"] = cells.most_telling(parts[parts["reason"].notna()], by).reindex(cell.index)
    total = parts[parts["value"].notna()].groupby(by)["value"].sum().astype(object).reindex(cell.index)
    cell["value"] = cells.none(total.where(cell["reason"].isna()))
    return cell.reset_index()


def all_networks(published: Published, known: pd.DataFrame) -> pd.DataFrame:
    """Flows and stocks of the social networks, wherever each that gives the measure has a cell. People never."""
    kinds = {name: measure.kind for name, measure in published.catalogue.measures.items()}
    social = known[known["network"].isin(published.social)]
    social = social[social["measure"].map(kinds) != "unique"]
    by_month = figures.given(published).query("not by_day")
    # what one of them has by the month only is no number of `all` on a day
    has_months_only = {row.measure for row in by_month.itertuples() if row.network in published.social}
    if "followers" in has_months_only:
        has_months_only.add("followers_opening")
    is_whole = (social["grain"] == "month") | ~social["measure"].isin(has_months_only)
    return added(social[is_whole], ["measure", "grain", "period"]).assign(network="all")[cells.CELL]


def of_whole_networks(published: Published, known: pd.DataFrame, kpis: pd.DataFrame) -> pd.DataFrame:
    """The KPIs, but for those of `all` of which a network counts some of the pages' numbers and not the others.

    Those are unknown in every day, week and month that reaches into a month of that network.
    """
    months = known[(known["grain"] == "month") & known["network"].isin(published.social)]
    counted: dict[tuple[str, pd.Timestamp], set[str]] = {}
    cell: Any
    for cell in months.itertuples():
        counted.setdefault((cell.network, cell.period), set()).add(cell.measure)
    partial: set[tuple[str, pd.Timestamp]] = set()
    for kpi, terms in published.catalogue.terms.items():
        needed = {term.measure for term in terms if term.network_pin is None and _is_of_pages(published, term.measure)}
        partial |= {(kpi, month) for (_, month), there in counted.items() if needed & there and needed - there}
    told = kpis.copy()
    is_partial = pd.Series([_touches(row, partial) for row in told.itertuples()], index=told.index, dtype=bool)
    told.loc[is_partial, ["value", "numerator", "denominator"]] = None
    told.loc[is_partial, "reason"] = [min(why or NOT_WHOLE, NOT_WHOLE) for why in told.loc[is_partial, "reason"]]
    return told


def _touches(row: Any, partial: set[tuple[str, pd.Timestamp]]) -> bool:
    """Whether a KPI's period of `all` has a day in one of its months."""
    ends = (row.period, cells.end(row.period, row.grain))
    return row.network == "all" and any((row.kpi, day.replace(day=1)) in partial for day in ends)


def _is_of_pages(published: Published, measure: str) -> bool:
    """Whether networks count it of their own pages, or it is counted from such numbers only."""
    parts = published.catalogue.measures[measure].counted_from
    if parts:
        return all(_is_of_pages(published, part) for part in parts)
    givers = [gives for source in sources.every() for gives in source.gives if measure in gives.measures]
    is_own = bool(givers) and all(gives.of == "own" for gives in givers)
    return is_own or published.catalogue.measures[measure].of_pages


def without_figures_of_all(published: Published, known: pd.DataFrame) -> pd.DataFrame:
    """What figures say of `all` itself stands only where no social network gives that measure. Of people it stands."""
    given = {
        row.measure
        for row in known[["network", "measure"]].drop_duplicates().itertuples()
        if row.network != "all"
        and row.network in published.social
        and published.catalogue.measures[str(row.measure)].kind != "unique"
    }
    return known[(known["network"] != "all") | ~known["measure"].isin(given)]


def awaited(published: Published, known: pd.DataFrame) -> pd.DataFrame:
    """A part of the leads that no source gives at all."""
    missing = [part for part in published["lead_part"]["part"] if part not in set(known["measure"])]
    return cells.frame(
        [
            {"network": "all", "measure": part, "grain": "month", "period": month}
            | {"reason": "source_missing", "completeness": 0.0}
            for part in missing
            for month in cells.touched(published.days, "month")
        ],
        cells.CELL,
    )


def leads(published: Published, known: pd.DataFrame) -> pd.DataFrame:
    """The declared parts together, wherever each of them has a cell.

    What is written to a community of VK counts at that network and in `all`, and no other network waits for it.
    """
    declared: dict[str, Any] = dict(published["lead_part"][["part", "source"]].itertuples(index=False))
    community = declared.get("messages") if declared.get("messages") in published.communities else None
    parts = known[known["measure"].isin(declared)]
    is_elsewhere = ~parts["network"].isin([community, "all"])
    if community is not None:
        parts = parts[~((parts["measure"] == "messages") & is_elsewhere)]
    by = ["network", "grain", "period"]
    found = added(parts, by).merge(parts.groupby(by).size().rename("parts").reset_index(), on=by)
    waits_for = len(declared) - (~found["network"].isin([community, "all"])) * (community is not None)
    return found[found["parts"] == waits_for].assign(measure="leads")[cells.CELL]
