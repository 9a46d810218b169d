"""A GA4 property that counts its own sessions: any question is a filter and a grouping, so people are really unique."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from sandbox.data import Property, Question
from sandbox.world.noise import Ints

_EVENTS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {  # GA4's event -> how often a session sent it
    "session_start": lambda s: s["day"].notna().astype("int64"),
    "first_visit": lambda s: s["is_first_visit"].astype("int64"),
    "user_engagement": lambda s: (s["seconds"] > 0).astype("int64"),
    "page_view": lambda s: s["pages"],
    "generate_lead": lambda s: s["forms"],
    "click_phone": lambda s: s["call_clicks"],
    "purchase": lambda s: s["purchases"],
}
_KEY_EVENTS = ("generate_lead", "click_phone", "purchase")
_DAYS = {"date": "%Y%m%d", "yearMonth": "%Y%m", "isoYearIsoWeek": "%G%V"}
_LABELS = {"sessionSource": "source", "sessionMedium": "medium", "sessionCampaignName": "campaign"}
_SUMS = {
    "screenPageViews": "page_views",
    "newUsers": "first_visits",
    "userEngagementDuration": "seconds",
    "transactions": "purchases",
    "eventCount": "events",
}
_PEOPLE = {  # metric -> which sessions make their visitor count
    "activeUsers": "is_active",
    "totalUsers": "is_any",
    "totalPurchasers": "is_purchase",
    "firstTimePurchasers": "is_first_purchase",
}
_SESSIONS = {"sessions": "is_any", "engagedSessions": "is_engaged"}
DIMENSIONS = frozenset({*_DAYS, *_LABELS, "eventName", "newVsReturning"})
METRICS = frozenset({*_SUMS, *_PEOPLE, *_SESSIONS, "keyEvents", "sessionKeyEventRate", "purchaseRevenue"})


def property_of(property_id: str, time_zone: str, currency: str, sessions: pd.DataFrame, today: date) -> Property:
    """The property whose processing has come as far as `today`: `sessions` as `sandbox.world.visits` makes them."""
    visible = sessions[sessions["visible_from"] <= pd.Timestamp(today)].reset_index(drop=True)

    def answer(question: Question) -> pd.DataFrame:
        return _answer(visible, question)

    return Property(property_id, time_zone, currency, DIMENSIONS, METRICS, answer)


def _answer(sessions: pd.DataFrame, question: Question) -> pd.DataFrame:
    first, last = np.searchsorted(
        sessions["day"].to_numpy(), [np.datetime64(question.first, "D"), np.datetime64(question.last, "D") + 1]
    )
    asked = sessions.iloc[first:last]
    is_by_event = "eventName" in question.dimensions or "eventName" in question.where_dimensions
    facts = _by_event(asked) if is_by_event else _by_session(asked)
    if question.where is not None:
        facts = facts[question.where(lambda dimension: _column(facts, dimension))]
    groups = [_column(facts, dimension) for dimension in question.dimensions]
    which, codes = _grouped(groups, len(facts))
    labels = {d: g.categories.take(c) for d, g, c in zip(question.dimensions, groups, codes, strict=True)}
    metrics = {metric: _metric(facts, metric, which) for metric in question.metrics}
    table = pd.DataFrame({**labels, **metrics})
    if metrics:  # GA4 leaves out the rows in which every metric is 0
        table = table.loc[np.any([values != 0 for values in metrics.values()], axis=0)]
    return table.reset_index(drop=True)


def _by_session(sessions: pd.DataFrame) -> pd.DataFrame:
    """One row per session with everything it did."""
    counts = pd.DataFrame({event: count(sessions) for event, count in _EVENTS.items()})
    return _facts(
        sessions,
        session=pd.Series(np.arange(len(sessions)), sessions.index),
        events=counts.sum(axis=1),
        key_events=counts[list(_KEY_EVENTS)].sum(axis=1),
        page_views=sessions["pages"],
        first_visits=counts["first_visit"],
        is_purchase=sessions["purchases"] > 0,
    )


def _by_event(sessions: pd.DataFrame) -> pd.DataFrame:
    """One row per session and event it sent; what a session did counts on the event that says so."""
    numbered = sessions.assign(session=np.arange(len(sessions)))
    parts = []
    for event, count in _EVENTS.items():
        events = count(numbered)
        sent, events = numbered[events > 0], events[events > 0]
        part = _facts(
            sent,
            session=sent["session"],
            events=events,
            key_events=events * (event in _KEY_EVENTS),
            page_views=events * (event == "page_view"),
            first_visits=events * (event == "first_visit"),
            is_purchase=events * (event == "purchase") > 0,
        )
        part["event"] = event
        part["seconds"] *= event == "user_engagement"
        part[["purchases", "revenue_cents", "is_first_purchase"]] *= event == "purchase"
        parts.append(part)
    facts = pd.concat(parts, ignore_index=True)
    facts["event"] = facts["event"].astype("category")
    return facts


def _facts(sessions: pd.DataFrame, **counted: pd.Series) -> pd.DataFrame:
    """The sessions' own columns, beside them what is counted per row."""
    return sessions.assign(
        is_any=True,
        is_active=sessions["engaged"] | sessions["is_first_visit"] | (sessions["seconds"] > 0),
        is_engaged=sessions["engaged"],
        **counted,
    )


def _column(facts: pd.DataFrame, dimension: str) -> "pd.Categorical[str]":
    if dimension in _DAYS:
        days, codes = np.unique(facts["day"].to_numpy(), return_inverse=True)
        periods, names = pd.factorize(pd.DatetimeIndex(days).strftime(_DAYS[dimension]))
        return pd.Categorical.from_codes(periods[codes], categories=names)
    if dimension == "newVsReturning":
        kinds = pd.Index(["new", "returning"])
        return pd.Categorical.from_codes(np.where(facts["is_first_visit"], 0, 1), categories=kinds)
    return pd.Categorical(facts["event" if dimension == "eventName" else _LABELS[dimension]])


def _grouped(columns: Sequence["pd.Categorical[str]"], n_rows: int) -> tuple[Ints, list[Ints]]:
    """The group of every row, and per column the category of every group."""
    key = np.zeros(n_rows, np.int64)
    for column in columns:
        key = key * len(column.categories) + column.codes
    keys, which = np.unique(key, return_inverse=True)
    codes: list[Ints] = []
    for column in reversed(columns):
        codes.insert(0, keys % len(column.categories))
        keys = keys // len(column.categories)
    return which, codes


def _metric(facts: pd.DataFrame, metric: str, which: Ints) -> np.ndarray:
    """The metric of every group."""
    if metric in _SUMS:
        return _sum(facts[_SUMS[metric]], which)
    if metric in _PEOPLE:
        return _distinct(facts["visitor"], facts[_PEOPLE[metric]], which)
    if metric in _SESSIONS:
        return _distinct(facts["session"], facts[_SESSIONS[metric]], which)
    if metric == "keyEvents":
        return _sum(facts["key_events"], which).astype(np.float64)
    if metric == "sessionKeyEventRate":
        sessions = _distinct(facts["session"], facts["is_any"], which)
        return _distinct(facts["session"], facts["key_events"] > 0, which) / sessions
    cents = _sum(facts["revenue_cents"], which)
    return np.array([Decimal(int(amount)) / 100 for amount in cents], object)


def _sum(values: pd.Series, which: Ints) -> Ints:
    return np.bincount(which, weights=values.to_numpy(), minlength=_size(which)).astype(np.int64)


def _distinct(ids: pd.Series, counts: pd.Series, which: Ints) -> Ints:
    """How many different `ids` every group has among the rows that count."""
    width = int(ids.max()) + 1 if len(ids) else 1
    keep = counts.to_numpy(bool)
    pairs = np.unique(which[keep] * width + ids.to_numpy()[keep])
    return np.bincount(pairs // width, minlength=_size(which)).astype(np.int64)


def _size(which: Ints) -> int:
    return int(which.max()) + 1 if len(which) else 0
