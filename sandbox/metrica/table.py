"""Metrica's reports from a counter's visits, with the properties of the real ones that count wrongly for who guesses.

Rows whose first dimension is undefined are left out, and out of the totals, unless they are asked for; people are
unique within a row; ratios have 8 digits; too many days are sampled, and the numbers then scaled up.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sandbox.data import Counter
from sandbox.metrica.query import Query

SAMPLE = 10  # one of so many visitors
BOUNCE_SECONDS = 15
NAMES = {  # of traffic sources, as Metrica has them in the two languages
    "organic": ("Search engine traffic", "Переходы из поисковых систем"),
    "direct": ("Direct traffic", "Прямые заходы"),
    "referral": ("Link traffic", "Переходы по ссылкам на сайтах"),
    "ad": ("Ad traffic", "Переходы по рекламе"),
    "social": ("Social network traffic", "Переходы из социальных сетей"),
    "messenger": ("Messenger traffic", "Переходы из мессенджеров"),
    "email": ("Mailing traffic", "Переходы с почтовых рассылок"),
    "internal": ("Internal traffic", "Внутренние переходы"),
}
_RATIOS = {"ym:s:bounceRate": 100, "ym:s:avgVisitDurationSeconds": 1}
_WITH_ID = ("traffic_source", "source_engine")


def data(counter: Counter, query: Query) -> dict[str, Any]:
    """The answer of `stat/v1/data`."""
    visits, share = _counted(counter, query)
    if query.dimensions and not query.has_undefined:
        visits = visits[visits[query.dimensions[0]].notna()]
    table = _grouped(visits, query, share)
    order = [name for name, _ in query.sort]
    table = table.sort_values(order, ascending=[up for _, up in query.sort], na_position="last", kind="stable")
    page = table.iloc[query.offset - 1 : query.offset - 1 + query.limit]
    columns = [page[name].tolist() for name in query.dimensions]
    numbers = [page[name].tolist() for name in query.metrics]
    rows = [
        {
            "dimensions": [
                _value(name, column[n], query.language) for name, column in zip(query.dimensions, columns, strict=True)
            ],
            "metrics": [_number(column[n]) for column in numbers],
        }
        for n in range(len(page))
    ]
    totals = _totals(visits, query.metrics, share)
    return {
        **_head(visits, share, len(table)),
        "query": _echo(counter, query) | {"limit": query.limit, "offset": query.offset},
        "data": rows,
        "totals": totals,
    }


def by_time(counter: Counter, query: Query, group: str) -> dict[str, Any]:
    """The answer of `stat/v1/data/bytime` without dimensions: one row, a number per metric and interval."""
    visits, share = _counted(counter, query)
    intervals = _intervals(group, query.first, query.last)
    parts = [visits[visits["day"].between(pd.Timestamp(first), pd.Timestamp(last))] for first, last in intervals]
    columns = [_totals(part, query.metrics, share) for part in parts]
    metrics = [list(values) for values in zip(*columns, strict=True)]
    return {
        **_head(visits, share, int(visits["day"].nunique())),
        "query": _echo(counter, query) | {"group": group},
        "data": [{"dimensions": [], "metrics": metrics}],
        "totals": [_totals(visits, query.metrics, share)],
        "time_intervals": [[first.isoformat(), last.isoformat()] for first, last in intervals],
    }


def _counted(counter: Counter, query: Query) -> tuple[pd.DataFrame, float]:
    days = counter.visits["day"].to_numpy()
    first, last = np.searchsorted(days, [np.datetime64(query.first, "D"), np.datetime64(query.last, "D") + 1])
    visits = counter.visits.iloc[first:last]
    is_sampled = not query.is_full or (counter.whole_days is not None and query.days > counter.whole_days)
    return (visits[visits["visitor"] % SAMPLE == 0], 1 / SAMPLE) if is_sampled else (visits, 1.0)


def _grouped(visits: pd.DataFrame, query: Query, share: float) -> pd.DataFrame:
    """One row per combination of values that has visits: dimensions, then metrics. Without dimensions, one row."""
    if not query.dimensions:
        return pd.DataFrame([_totals(visits, query.metrics, share)], columns=list(query.metrics), dtype=object)
    return _measured(visits, list(query.dimensions), query.metrics, share)


def _totals(visits: pd.DataFrame, metrics: Sequence[str], share: float) -> list[float | None]:
    if visits.empty:
        return [None if metric in _RATIOS else 0.0 for metric in metrics]
    measured = _measured(visits.assign(whole=""), ["whole"], metrics, share)
    return [float(measured[metric].iloc[0]) for metric in metrics]


def _measured(visits: pd.DataFrame, keys: list[str], metrics: Sequence[str], share: float) -> pd.DataFrame:
    """Counts are scaled up from the sample, ratios are not."""
    groups = pd.DataFrame(_counts(visits)).groupby([visits[key] for key in keys], dropna=False, sort=False)
    sums = groups.sum()
    people = visits.groupby(keys, dropna=False, sort=False)["visitor"].nunique()
    found: dict[str, pd.Series] = {}
    for metric in metrics:
        name = metric.removeprefix("ym:s:")
        if metric in _RATIOS:
            found[metric] = (_RATIOS[metric] * sums[name] / sums["visits"]).round(8)
        elif name == "users":
            found[metric] = people / share
        elif name.endswith("Revenue"):
            found[metric] = (sums["revenue_cents"] / share / 100).round(6)
        else:
            found[metric] = (sums[name] / share).round(6)
    return pd.DataFrame(found).reset_index()


def _counts(visits: pd.DataFrame) -> dict[str, pd.Series]:
    """What each visit adds to a metric; for a ratio, to what is divided by the visits."""
    goals = [str(name) for name in visits.columns if str(name).startswith("goal")]
    return {
        "visits": visits["day"].notna().astype("int64"),
        "pageviews": visits["pages"],
        "bounceRate": ((visits["pages"] == 1) & (visits["seconds"] < BOUNCE_SECONDS)).astype("int64"),
        "avgVisitDurationSeconds": visits["seconds"],
        "newUsers": visits["is_new"].astype("int64"),
        "ecommercePurchases": visits["purchases"],
        "revenue_cents": visits["revenue_cents"],
        **{f"{goal}visits": (visits[goal] > 0).astype("int64") for goal in goals},
        **{f"{goal}reaches": visits[goal] for goal in goals},
    }


def _intervals(group: str, first: date, last: date) -> list[tuple[date, date]]:
    """Clipped to the days that were asked for."""
    found: list[tuple[date, date]] = []
    while first <= last:
        if group == "month":
            end = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        else:
            end = first + timedelta(days=6 - first.weekday() if group == "week" else 0)
        found.append((first, min(end, last)))
        first = end + timedelta(days=1)
    return found


def _value(dimension: str, value: Any, language: str) -> dict[str, Any]:
    """A dimension's value: it always has a name, which may be null; only those of lists have an id."""
    if value is None or value != value:
        return {"name": None} | ({"id": None} if dimension in _WITH_ID else {})
    if dimension == "day":
        return {"name": value.date().isoformat()}
    if dimension == "traffic_source":
        return {"icon_type": "traffic-source", "name": NAMES[value][language == "ru"], "id": value}
    if dimension == "source_engine":
        return {"name": value.partition(".")[2].capitalize(), "id": value, "favicon": None, "url": None}
    return {"name": value}


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def _head(visits: pd.DataFrame, share: float, rows: int) -> dict[str, Any]:
    return {
        "total_rows": rows,
        "total_rows_rounded": False,
        "sampled": share < 1,
        "contains_sensitive_data": False,
        "sample_share": share,
        "sample_size": len(visits),
        "sample_space": round(len(visits) / share),
        "data_lag": 97,
    }


def _echo(counter: Counter, query: Query) -> dict[str, Any]:
    """The query as Metrica repeats it, with the defaults of what was not said."""
    return {
        "ids": [counter.id],
        "metrics": list(query.metrics),
        "date1": query.first.isoformat(),
        "date2": query.last.isoformat(),
        "attribution": "LastSign",
        "currency": counter.currency,
        "offline_window": "21",
    }
