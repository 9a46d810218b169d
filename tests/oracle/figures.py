"""The client's own figures: a day's stand for the day, a month's for the month; without one nothing is known."""

import pandas as pd

from tests.oracle import cells
from tests.oracle.published import Published, only


def given(published: Published) -> pd.DataFrame:
    """network, measure, by_day, by_month: what figures were ever given of, and how."""
    rows = published["figure"]
    grains = pd.DataFrame(
        {
            "network": rows["network"],
            "measure": rows["measure"],
            "by_day": rows["grain"] == "day",
            "by_month": rows["grain"] == "month",
        }
    )
    return grains.groupby(["network", "measure"]).any().reset_index()


def measured(published: Published) -> pd.DataFrame:
    """Flows and people; stocks are in followers.py."""
    found = [cells.frame([], cells.CELL)]
    for network, measure, by_day, by_month in given(published).itertuples(index=False):
        kind = published.catalogue.measures[measure].kind
        if kind == "stock":
            continue
        rows = only(published["figure"], network=network, measure=measure)
        own = only(rows, grain="month").set_index("period")["value"]
        months = [
            {"network": network, "measure": measure, "grain": "month", "period": period}
            | ({"value": own[period], "completeness": 1.0} if period in own.index else _UNKNOWN)
            for period in cells.touched(published.days, "month")
        ]
        month = cells.frame(months, cells.CELL)
        if by_day:
            parts = _days(published, network, measure, only(rows, grain="day"))
            found.append(cells.of_days(parts))
            if kind == "flow":
                found.append(cells.rolled(parts, "week"))
                added = cells.rolled(parts, "month")
                month = pd.concat([month[month["value"].notna()], added[~added["period"].isin(own.index)]])
        if kind == "flow" or by_month:
            found.append(month)
    return pd.concat(found)


_UNKNOWN = {"reason": "source_missing", "completeness": 0.0}


def _days(published: Published, network: str, measure: str, rows: pd.DataFrame) -> pd.DataFrame:
    numbers = rows.set_index("period")["value"].reindex(published.days)
    parts = pd.DataFrame({"network": network, "measure": measure, "day": published.days, "is_kept": True})
    parts["value"] = cells.none(pd.Series(numbers.to_numpy(), dtype=object))
    parts["reason"] = pd.Series(None, index=parts.index, dtype=object).where(parts["value"].notna(), "source_missing")
    return parts.assign(is_derived=False, is_late=False, is_flagged=False)[cells.PART]
