"""The client's own figures: a day's stand for the day, a month's for the month; without one nothing is known."""

import pandas as pd

from tests.oracle import cells
from tests.oracle.published import Published, only


def given(published: Published) -> pd.DataFrame:
    """network, measure, by_day: what figures were ever given of, and whether ever by the day."""
    rows = only(published["counts"], source="figures")
    grains = pd.DataFrame(
        {
            "network": rows["network"],
            "measure": rows["measure"],
            "by_day": rows["grain"] == "day",
        }
    )
    return grains.groupby(["network", "measure"]).any().reset_index()


def measured(published: Published) -> cells.Found:
    """Flows and people; stocks are in followers.py."""
    found = cells.Found()
    for network, measure, by_day in given(published).itertuples(index=False):
        kind = published.catalogue.measures[measure].kind
        if kind == "stock":
            continue
        rows = only(only(published["counts"], source="figures"), network=network, measure=measure)
        own = only(rows, grain="month").set_index("period")["value"]
        parts = _days(published, network, measure, only(rows, grain="day"))
        if by_day:
            found.cells.append(cells.of_days(parts))
        if by_day and kind == "flow":
            found.cells.append(cells.rolled(parts, "week"))
            added = cells.rolled(parts, "month")
            found.cells.append(added[~added["period"].isin(own.index)])
        months = cells.touched(published.days, "month")
        if by_day and kind == "flow":
            months = [month for month in months if month in own.index]
        found.cells.append(_months(network, measure, months, own))
    return found


def _months(network: str, measure: str, months: list[pd.Timestamp], own: pd.Series) -> pd.DataFrame:
    """Months by their own figures."""
    unknown = {"reason": "source_missing", "completeness": 0.0}
    return cells.frame(
        [
            {"network": network, "measure": measure, "grain": "month", "period": month}
            | ({"value": own[month], "completeness": 1.0} if month in own.index else unknown)
            for month in months
        ],
        cells.CELL,
    )


def _days(published: Published, network: str, measure: str, rows: pd.DataFrame) -> pd.DataFrame:
    numbers = rows.set_index("period")["value"].reindex(published.days)
    parts = pd.DataFrame({"network": network, "measure": measure, "day": published.days, "is_kept": True})
    parts["value"] = cells.none(pd.Series(numbers.to_numpy(), dtype=object))
    parts["reason"] = pd.Series(None, index=parts.index, dtype=object).where(parts["value"].notna(), "source_missing")
    return parts.assign(is_derived=False, is_late=False, is_flagged=False)[cells.PART]
