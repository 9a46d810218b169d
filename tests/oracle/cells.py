"""Cells: what is known of a number on a day, and how days become ISO weeks and months.

A frame of parts has one row per network, measure and day; a frame of cells one per network, measure, grain and period.
`value` is None where `reason` says why; unknown is not zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pandas as pd

MARKS = ["is_derived", "is_late", "is_flagged"]
PART = ["network", "measure", "day", "value", "reason", *MARKS, "is_kept"]
CELL = ["network", "measure", "grain", "period", "value", "reason", "completeness", *MARKS]
MEANS = ("followers_average",)  # of the days that are known; everything else is their sum
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


def days_of(period: pd.Timestamp, grain: str) -> pd.DatetimeIndex:
    return pd.date_range(period, end(period, grain), unit="s")


def touched(days: pd.DatetimeIndex, grain: str) -> list[pd.Timestamp]:
    """The periods that have one of these days."""
    return sorted(start(pd.Series(days), grain).unique())


def strictly_summed(rows: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """network, day, measure, value: the sum of the day's rows; None if one of them lacks the number.

    columns: measure -> column of the rows.
    """
    named = pd.DataFrame({measure: rows[column] for measure, column in columns.items()}, dtype=object)
    long = pd.concat([rows[["network", "day"]], named], axis=1).melt(["network", "day"], var_name="measure")
    by = ["network", "day", "measure"]
    total = long[long["value"].notna()].groupby(by)["value"].sum()
    is_whole = long["value"].notna().groupby([long[name] for name in by]).all()
    found = pd.DataFrame({"value": total.astype(object)}).reindex(is_whole.index)
    found["value"] = none(found["value"].where(is_whole))
    return found.reset_index()


def counted(
    days: pd.DataFrame, answers: pd.DataFrame, numbers: pd.DataFrame, measures: Iterable[str] | None = None
) -> pd.DataFrame:
    """Parts: the day's number, or 0 where an answer that knows the day has no row of it.

    days: network, day, is_kept; answers: day, state, without, hides; numbers: network, day, measure, value.
    """
    names = pd.DataFrame({"measure": list(measures if measures is not None else numbers["measure"].unique())})
    parts = days.merge(names, how="cross").merge(answers, how="left", on="day")
    parts = parts.merge(numbers, how="left", on=["network", "day", "measure"], indicator="told")
    is_told = parts["told"] == "both"
    reason = pd.Series(None, index=parts.index, dtype=object)
    reason[is_told & parts["value"].isna()] = "not_applicable"
    for column, why in (("without", "not_applicable"), ("hides", "no_access")):
        lists = zip(parts["measure"], parts[column], strict=True)
        reason[[isinstance(names, list) and name in names for name, names in lists]] = why
    reason[parts["state"] == "no_access"] = "no_access"
    reason[parts["state"].isna()] = "source_missing"
    parts["value"] = none(parts["value"].where(is_told, 0).where(reason.isna()))
    parts["reason"] = reason
    parts["is_flagged"] = parts["state"] == "flagged"
    return parts.assign(is_derived=False, is_late=False)[PART]


def of_days(parts: pd.DataFrame) -> pd.DataFrame:
    """The cells of the days themselves."""
    kept = parts[parts["is_kept"]].rename(columns={"day": "period"})
    return kept.assign(grain="day", completeness=kept["value"].notna().astype(float))[CELL]


def rolled(parts: pd.DataFrame, grain: str) -> pd.DataFrame:
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
    cells["value"] = known.sum().astype(object).reindex(cells.index)
    telling = parts[parts["reason"].isin(["no_access", "not_applicable"])]
    cells["reason"] = most_telling(telling, by).reindex(cells.index)
    cells["known"] = groups["value"].count()
    cells = cells[groups["is_kept"].any()].reset_index().assign(grain=grain)
    is_mean = cells["measure"].isin(MEANS) & (cells["known"] > 0)
    means = zip(cells.loc[is_mean, "value"], cells.loc[is_mean, "known"], strict=True)
    cells.loc[is_mean, "value"] = pd.Series(
        [Fraction(total) / known for total, known in means], index=cells.index[is_mean], dtype=object
    )
    cells.loc[cells["reason"].isna() & (cells["known"] == 0), "reason"] = "source_missing"
    cells["value"] = none(cells["value"].where(cells["reason"].isna()))
    cells["completeness"] = cells["known"] / length(cells["period"], grain)
    return cells[CELL]


def most_telling(parts: pd.DataFrame, by: list[str]) -> pd.Series:
    """The first of each group's reasons in their alphabet, which is their order."""
    return parts.sort_values("reason").groupby(by)["reason"].first().astype(object)


@dataclass(frozen=True)
class Found:
    """What a source makes known: parts to be added up, and cells that nothing is to be added to."""

    parts: list[pd.DataFrame] = field(default_factory=list)
    cells: list[pd.DataFrame] = field(default_factory=list)

    def all(self) -> pd.DataFrame:
        parts = pd.concat([frame([], PART), *self.parts], ignore_index=True)
        found = pd.concat([of_days(parts), rolled(parts, "week"), rolled(parts, "month"), *self.cells])
        return found.assign(value=pd.Series(map(exact, found["value"]), index=found.index, dtype=object))


def exact(value: Any) -> Fraction | int | None:
    """A number to count on with: decimals and floating point do not add up."""
    if pd.isna(value):
        return None
    return value if isinstance(value, int) else Fraction(value)


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
