"""Insights of Pages and accounts: metrics by day, people of rolling windows, undated totals."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sandbox.data import Account, Page
from sandbox.meta import days
from sandbox.meta.refusals import GraphError, dead_metric, no_such_metric

Json = dict[str, Any]

OF_PAGES = {  # metric -> column of by_day
    "page_follows": "followers",
    "page_daily_follows_unique": "gained",
    "page_daily_unfollows_unique": "lost",
    "page_media_view": "views",
    "page_total_media_view_unique": "reach",
    "page_post_engagements": "engagements",
    "page_views_total": "visits",
    "page_total_actions": "clicks",
    "page_actions_post_reactions_total": "likes",
}
TOTALS = {
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
    "saves": "saves",
    "views": "views",
    "total_interactions": "interactions",
    "profile_views": "visits",
    "profile_links_taps": "taps",
    "website_clicks": "clicks",
    "reach": "reach",
}
FOLLOWS = "follows_and_unfollows"
OF_ACCOUNTS = ("reach", "follower_count", *TOTALS, FOLLOWS)
ROLLING = {"week": 7, "days_28": 28}
PERIODS = ("day", *ROLLING)
RECENT = "only supports querying data for the last 30 days excluding the current day"
MOST_PAGE_DAYS, MOST_ACCOUNT_DAYS = 89, 30
FEW = 100  # followers, below which Meta keeps joins and leaves to itself


def of_page(page: Page, fields: Mapping[str, str], now: datetime, dead: set[str]) -> Json:
    metrics, period = metrics_of(fields), fields.get("period", "day")
    if any(metric in dead or metric not in OF_PAGES for metric in metrics):
        raise dead_metric()
    if period not in PERIODS:
        raise GraphError(1, "An unknown error occurred", subcode=99)
    too_long = GraphError(100, "Invalid parameter", subcode=1504016)
    since, until = days.window({**_usual(now), **fields}, MOST_PAGE_DAYS, too_long)
    if not page.shows_insights:
        return {"data": []}
    told = [day for day in _days(since, until - days.ONE_DAY) if day <= days.last_over(now)]
    data = []
    for metric in metrics:
        values = [value for day in told for value in _of_page(page, metric, period, day, fields.get("breakdown"))]
        if values:
            data.append(entry(f"{page.id}", metric, period) | {"values": values})
    return {"data": data} | paging(f"{page.id}", fields)


def of_account(account: Account, fields: Mapping[str, str], now: datetime, dead: set[str]) -> Json:
    metrics, period = metrics_of(fields), fields.get("period", "day")
    all_known(metrics, OF_ACCOUNTS, dead)
    is_total = fields.get("metric_type") == "total_value"
    wrong = [metric for metric in metrics if metric != "reach" and is_total == (metric == "follower_count")]
    if wrong:
        names = ", ".join(wrong)
        dated = f"(#100) The following metric ({names}) is incompatible with the metric type (total_value)"
        undated = f"(#100) The following metrics ({names}) should be specified with parameter metric_type=total_value"
        raise GraphError(100, dated if is_total else undated)
    told = "(#100) There cannot be more than 30 days (2592000 s) between since and until."
    since, until = days.window(fields, MOST_ACCOUNT_DAYS, GraphError(100, told))
    if "follower_count" in metrics and since < days.last_over(now) - timedelta(days=MOST_ACCOUNT_DAYS):
        raise GraphError(100, f"(#100) (follower_count) metric {RECENT}")
    if not account.shows_insights:
        return {"data": []}
    data = []
    for metric in metrics:
        one = entry(f"{account.id}", metric, period)
        if is_total:
            first, last = _of_window(account, since, until)
            found = _between(account.by_day, first, min(last, days.last_over(now)))
            data.append(one | _total(account, metric, found, fields.get("breakdown")))
            continue
        told_days = [day for day in _days(since - days.ONE_DAY, until - 2 * days.ONE_DAY) if day <= days.last_over(now)]
        counted = _gained if metric == "follower_count" else _people
        values = [_dated(day, counted(account.by_day, day, ROLLING.get(period, 1))) for day in told_days]
        data.append(one | {"values": [value for value in values if value["value"] is not None]})
    return {"data": data} | paging(f"{account.id}", fields)


def all_known(metrics: list[str], known: Iterable[str], dead: set[str]) -> None:
    alive = [name for name in known if name not in dead]
    for at, metric in enumerate(metrics):
        if metric not in alive:
            raise no_such_metric(at, alive)


def _usual(now: datetime) -> dict[str, str]:
    """The dates of who names none: two days, which end a day before the last one that is over."""
    until = days.last_over(now)
    return {"since": f"{until - 2 * days.ONE_DAY}", "until": f"{until}"}


def metrics_of(fields: Mapping[str, str]) -> list[str]:
    metrics = [name for name in fields.get("metric", "").split(",") if name]
    if not metrics:
        raise GraphError(100, "(#100) The parameter metric is required", subcode=1504028)
    return metrics


def _of_page(page: Page, metric: str, period: str, day: date, breakdown: str | None) -> Iterator[Json]:
    if period in ROLLING:
        if metric == "page_total_media_view_unique":
            people = _people(page.by_day, day, ROLLING[period])
            yield from [_dated(day, people)] if people is not None else ()
        return
    row = _between(page.by_day, day, day)
    if row.empty:
        return

    def number(column: str) -> int:
        return int(row[column].iloc[0])

    if breakdown == "is_from_ads":
        yield _dated(day, number("views") - number("views_ads")) | {"is_from_ads": "0"}
        yield _dated(day, number("views_ads")) | {"is_from_ads": "1"}
    elif metric == "page_actions_post_reactions_total":
        yield _dated(day, _by_kind(number("likes")))
    else:
        yield _dated(day, number(OF_PAGES[metric]))


def _by_kind(reactions: int) -> Json:
    """Only kinds that happened are named."""
    love = reactions // 4
    return {kind: count for kind, count in (("like", reactions - love), ("love", love)) if count}


def _of_window(account: Account, since: date, until: date) -> tuple[date, date]:
    """The days whose total it is: of UTC, or those of California that end in the window."""
    shift = timedelta() if account.zone == "UTC" else days.ONE_DAY
    return since - shift, until - days.ONE_DAY - shift


def _between(by_day: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """Its days have no gaps."""
    begin = by_day["day"].iloc[0].date()
    return by_day.iloc[max((first - begin).days, 0) : max((last - begin).days + 1, 0)]


def _total(account: Account, metric: str, rows: pd.DataFrame, breakdown: str | None) -> Json:
    if rows.empty:
        return {}
    if metric == FOLLOWS:
        if breakdown != "follow_type" or int(account.by_day["followers"].iloc[-1]) < FEW:
            return {}
        parts = (("FOLLOWER", int(rows["gained"].sum())), ("NON_FOLLOWER", int(rows["lost"].sum())))
        results = [{"dimension_values": [kind], "value": count} for kind, count in parts]
        return {"total_value": {"breakdowns": [{"dimension_keys": ["follow_type"], "results": results}]}}
    if metric == "reach":
        return {"total_value": {"value": unique(rows)}}
    return {"total_value": {"value": int(rows[TOTALS[metric]].sum())}}


def _people(by_day: pd.DataFrame, last: date, n_days: int) -> int | None:
    """Different people of the days that end with this one."""
    rows = _between(by_day, last - timedelta(days=n_days - 1), last)
    return unique(rows) if len(rows) == n_days else None


def _gained(by_day: pd.DataFrame, day: date, _: int) -> int | None:
    """Who came on that day, whatever the metric is called."""
    rows = _between(by_day, day, day)
    return None if rows.empty else int(rows["gained"].iloc[0])


def unique(rows: pd.DataFrame) -> int:
    """People reached at least once, when every day reaches some of the audience independently of the other days."""
    audience = max(int(rows["audience"].max()), 1)
    return round(audience * (1 - float(np.prod(1 - rows["reach"].to_numpy() / audience))))


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += days.ONE_DAY


def _dated(day: date, value: Any) -> Json:
    return {"value": value, "end_time": days.end_time(day)}


def entry(name: str, metric: str, period: str) -> Json:
    return {
        "name": metric,
        "period": period,
        "title": None,
        "description": f"What {metric} counts.",
        "id": f"{name}/insights/{metric}/{period}",
    }


def paging(name: str, fields: Mapping[str, str]) -> Json:
    """Links without an end, which hold the token: insights always have both."""
    link = (
        f"https://graph.facebook.com/v26.0/{name}/insights?access_token=EAA&metric={fields['metric']}&since=1&until=2"
    )
    return {"paging": {"previous": link, "next": link}}
