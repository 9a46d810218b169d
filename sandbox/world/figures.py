"""What no API gives: calls, stories, the ads cabinet's export, fee, budget, margin and the publication plan, as typed
in."""

from datetime import date

import numpy as np
import pandas as pd

from sandbox.world.brands import Ads, Brand
from sandbox.world.noise import Noise
from sandbox.world.seasons import days, month_of, ordinals
from sandbox.world.traffic import SOCIAL

COLUMNS = ["period", "network", "measure", "value", "note"]


def figures(
    brand: Brand, noise: Noise, sessions: pd.DataFrame, followers: pd.DataFrame, first_month: date, last: date
) -> pd.DataFrame:
    """One row per figure from the first month to the last day: period (YYYY-MM-DD or YYYY-MM), network, measure,
    value (text), note. Plans and amounts agreed in advance cover the running month, the margin closed months only.
    """
    calendar = days(first_month, last)
    months = [month_of(first_month, n) for n in range(brand.months + 1)]
    months = [month for month in months if month <= last]
    parts = [_monthly(months, "vk", "posts_planned", [str(brand.wall.posts_planned)] * len(months))]
    for code, (network, a_day) in enumerate(brand.calls):
        keys = (ordinals(calendar), np.full(len(calendar), code))
        mean = a_day * brand.calendar.level(calendar) * noise.around("calls", 0.3, *keys)
        parts.append(_daily(calendar, network, "calls", noise.count("call", mean, *keys).astype(str)))
    if brand.account is not None:
        told = noise.count("stories", np.full(len(calendar), 1.3), ordinals(calendar))
        parts.append(_daily(calendar, "instagram", "stories", told.astype(str)))
    if brand.ads is not None:
        parts.append(_ads(brand.ads, noise, sessions, followers, first_month, last))
        parts.append(_monthly(months, "vk", "fee", [str(brand.ads.fee)] * len(months)))
        parts.append(_monthly(months, "vk", "budget", [str(brand.ads.budget)] * len(months)))
        closed = [month for month in months if month_of(month, 1) <= last]
        social = sessions[sessions["network"].isin(SOCIAL)]
        cents = social.groupby(social["day"].dt.strftime("%Y-%m"))["revenue_cents"].sum()
        margins = [str(int(cents.get(f"{month:%Y-%m}", 0) * brand.ads.margin) // 100) for month in closed]
        parts.append(_monthly(closed, "vk", "margin", margins))
    return pd.concat(parts, ignore_index=True)


def _ads(
    ads: Ads, noise: Noise, sessions: pd.DataFrame, followers: pd.DataFrame, first: date, last: date
) -> pd.DataFrame:
    """The export of the VK ads cabinet: a click more often than a session, as not every click loads the site."""
    calendar = days(first, last)
    keys = (ordinals(calendar),)
    visits = sessions[sessions["network"] == "vk_ads"].groupby("day").size().reindex(calendar, fill_value=0).to_numpy()
    clicks = noise.count("ad clicks", 1.1 * visits.astype(np.float64), *keys)
    impressions = (clicks / ads.click_rate * noise.around("ad rate", 0.2, *keys)).astype(np.int64)
    cents = (clicks * ads.click_cents * noise.around("ad price", 0.15, *keys)).astype(np.int64)
    joined = followers.set_index("day")["subscribed"].reindex(calendar, fill_value=0).to_numpy()
    paid = np.minimum(noise.count("joins paid", 0.3 * joined.astype(np.float64), *keys), joined)
    return pd.concat(
        [
            _daily(calendar, "vk_ads", "clicks", clicks.astype(str)),
            _daily(calendar, "vk_ads", "impressions", impressions.astype(str)),
            _daily(calendar, "vk_ads", "spend", [f"{amount // 100}.{amount % 100:02}" for amount in cents]),
            _daily(calendar, "vk_ads", "joins_paid", paid.astype(str)),
        ]
    )


def _daily(calendar: np.ndarray, network: str, measure: str, values: np.ndarray | list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"period": calendar.astype(str), "network": network, "measure": measure, "value": values, "note": ""}
    )


def _monthly(months: list[date], network: str, measure: str, values: list[str]) -> pd.DataFrame:
    periods = [f"{month:%Y-%m}" for month in months]
    return pd.DataFrame({"period": periods, "network": network, "measure": measure, "value": values, "note": ""})
