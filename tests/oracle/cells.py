"""Cells: what is known of a number on a day, and how days become ISO weeks and months.

A frame of parts has one row per network, measure and day; a frame of cells one per network, measure, grain and period.
`value` is None where `reason` says why; unknown is not zero.
"""

import pandas as pd

MARKS = ["is_derived", "is_late", "is_flagged"]
PART = ["network", "measure", "day", "value", "reason", *MARKS, "is_kept"]
CELL = ["network", "measure", "grain", "period", "value", "reason", "completeness", *MARKS]
GRAINS = ("day", "week", "month")


def start(days: pd.Series, grain: str) -> pd.Series:
    """The first day of each day's period; ISO weeks begin on Mondays."""
    if grain == "week":
        days = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    elif grain == "month":
        days = days - pd.to_timedelta(days.dt.day - 1, unit="D")
    return days.astype("datetime64[s]")


def length(periods: pd.Series, grain: str) -> pd.Series:
    """How many days each period has."""
    if grain == "month":
        return periods.dt.days_in_month
    return pd.Series(7 if grain == "week" else 1, index=periods.index)


def end(period: pd.Timestamp, grain: str) -> pd.Timestamp:
    size = period.days_in_month if grain == "month" else 7 if grain == "week" else 1
    return period + pd.Timedelta(days=size - 1)


def touched(days: pd.DatetimeIndex, grain: str) -> list[pd.Timestamp]:
    """The periods that have one of these days."""
    return sorted(start(pd.Series(days), grain).unique())


def strictly_summed(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """network, day, value: the sum of the day's rows; None if one of them lacks the number."""
    by = ["network", "day"]
    total = rows.dropna(subset=[column]).groupby(by)[column].sum()
    is_whole = rows[column].notna().groupby([rows["network"], rows["day"]]).all()
    found = pd.DataFrame({"value": total.astype(object)}).reindex(is_whole.index)
    found["value"] = none(found["value"].where(is_whole))
    return found.reset_index()


def counted(days: pd.DataFrame, coverage: pd.DataFrame, numbers: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Parts of one measure: the day's number, or 0 where an answer that knows the day has no row of it.

    days: network, day, is_kept; coverage: (network,) day, state, without, is_hidden; numbers: network, day, value.
    """
    on = ["network", "day"] if "network" in coverage else ["day"]
    parts = days.merge(coverage, how="left", on=on).merge(numbers, how="left", on=["network", "day"], indicator="told")
    lacks = pd.Series([isinstance(names, list) and measure in names for names in parts["without"]], dtype=bool)
    is_hidden = lacks & (parts["is_hidden"] == True if "is_hidden" in parts else False)  # noqa: E712  (missing is not)
    is_told = parts["told"] == "both"
    reason = pd.Series(None, index=parts.index, dtype=object)
    reason[is_told & parts["value"].isna()] = "not_applicable"
    reason[lacks] = "not_applicable"
    reason[is_hidden] = "no_access"
    reason[parts["state"] == "no_access"] = "no_access"
    reason[parts["state"].isna()] = "source_missing"
    parts["value"] = none(parts["value"].where(is_told, 0).where(reason.isna()))
    parts["reason"] = reason
    parts["is_flagged"] = parts["state"] == "flagged"
    return parts.assign(measure=measure, is_derived=False, is_late=False)[PART]


def of_days(parts: pd.DataFrame) -> pd.DataFrame:
    """The cells of the days themselves."""
    kept = parts[parts["is_kept"]].rename(columns={"day": "period"})
    return kept.assign(grain="day", completeness=kept["value"].notna().astype(float))[CELL]


def rolled(parts: pd.DataFrame, grain: str, is_mean: bool = False) -> pd.DataFrame:
    """Days added up to the weeks, or the kept ones to the months, that they belong to.

    Days that nobody answered for leave a part of the sum. A day that was answered for without a number leaves none.
    """
    if grain == "month":
        parts = parts[parts["is_kept"]]
    parts = parts.assign(period=start(parts["day"], grain))
    by = ["network", "measure", "period"]
    groups = parts.groupby(by)
    cells = groups[MARKS].any()
    known = parts[parts["value"].notna()].groupby(by)["value"]
    cells["value"] = (known.sum() / known.count() if is_mean else known.sum()).astype(object).reindex(cells.index)
    telling = parts[parts["reason"].isin(["no_access", "not_applicable"])]
    cells["reason"] = telling.groupby(by)["reason"].min().astype(object).reindex(cells.index)
    cells["known"] = groups["value"].count()
    if grain == "week" and not parts.empty:
        cells = cells[groups["is_kept"].any()]
    cells = cells.reset_index().assign(grain=grain)
    cells.loc[cells["reason"].isna() & (cells["known"] == 0), "reason"] = "source_missing"
    cells["value"] = none(cells["value"].where(cells["reason"].isna()))
    cells["completeness"] = cells["known"] / length(cells["period"], grain)
    return cells[CELL]


def all_grains(parts: pd.DataFrame, is_mean: bool = False) -> pd.DataFrame:
    return pd.concat([of_days(parts), *(rolled(parts, grain, is_mean) for grain in ("week", "month"))])


def none(values: pd.Series) -> pd.Series:
    """Missing numbers as None, whatever pandas made of them."""
    return pd.Series([None if pd.isna(value) else value for value in values], index=values.index, dtype=object)


def frame(rows: list[dict[str, object]], columns: list[str]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=columns, dtype=object)
    for name in {"day", "period"} & {*columns}:
        found[name] = found[name].astype("datetime64[s]")
    for name in {*MARKS, "is_kept"} & {*columns}:
        found[name] = found[name].fillna(value=False).astype(bool)
    return found
