"""A GA4 property of exactly known size: every day, the same sources, each with traffic."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from sandbox.data import Property, Question

TIME_ZONE, CURRENCY = "Europe/Moscow", "RUB"
EVENT = "generate_lead"
_MEDIUMS = ("social", "organic", "cpc", "referral", "email")
_SOURCES = ("vk.com", "yandex", "google", "t.me", "ok.ru", "instagram.com", "dzen.ru", "facebook.com")
_SUMS = {  # metric -> how many come of 100 sessions
    "sessions": 100,
    "engagedSessions": 60,
    "screenPageViews": 320,
    "newUsers": 40,
    "userEngagementDuration": 9_000,
    "keyEvents": 3,
    "transactions": 2,
    "activeUsers": 80,
    "totalPurchasers": 2,
    "firstTimePurchasers": 1,
    "eventCount": 3,
}
_DAYS = {"date": "%Y%m%d", "yearMonth": "%Y%m", "isoYearIsoWeek": "%G%V"}
_ORIGIN = ("sessionSource", "sessionMedium", "sessionCampaignName", "newVsReturning", "eventName")


def property_of(last_day: date, days: int, origins: int) -> Property:
    """The days up to ``last_day``, each with ``origins`` combinations of source, medium and campaign."""
    facts = _facts(last_day, days, origins)

    def answer(question: Question) -> pd.DataFrame:
        asked = facts[facts["day"].between(pd.Timestamp(question.first), pd.Timestamp(question.last))]
        if question.where is not None:
            asked = asked[question.where(lambda name: pd.Categorical(asked[name]))]
        groups = asked.groupby(list(question.dimensions), as_index=False, observed=True)
        counted = groups[[*_SUMS, "purchaseRevenue"]].sum()
        counted["sessionKeyEventRate"] = (counted["keyEvents"] / counted["sessions"].clip(lower=1)).round(6)
        return counted[[*question.dimensions, *question.metrics]]

    metrics = frozenset({*_SUMS, "purchaseRevenue", "sessionKeyEventRate"})
    return Property("1", TIME_ZONE, CURRENCY, frozenset({*_DAYS, *_ORIGIN}), metrics, answer)


def _facts(last_day: date, days: int, origins: int) -> pd.DataFrame:
    numbers = np.arange(origins)
    origin = pd.DataFrame(
        {
            "sessionSource": [_SOURCES[n % len(_SOURCES)] for n in numbers],
            "sessionMedium": [_MEDIUMS[n // len(_SOURCES) % len(_MEDIUMS)] for n in numbers],
            "sessionCampaignName": [f"campaign {n // len(_SOURCES) // len(_MEDIUMS):03d}" for n in numbers],
            "newVsReturning": np.where(numbers % 3, "new", "returning"),
            "eventName": EVENT,
        }
    )
    calendar = pd.DataFrame({"day": pd.date_range(last_day - timedelta(days=days - 1), last_day)})
    for name, form in _DAYS.items():
        calendar[name] = calendar["day"].dt.strftime(form)
    facts = calendar.merge(origin, how="cross")
    sessions = np.random.default_rng(26).integers(20, 400, len(facts))
    for name, share in _SUMS.items():
        facts[name] = sessions * share // 100
    facts["purchaseRevenue"] = facts["transactions"] * 1499.5
    return facts
