"""The visits of a brand's site: one row per session, as GA4 would have measured it."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from sandbox.world.brands import Brand
from sandbox.world.noise import Floats, Ints, Noise
from sandbox.world.seasons import Days, days, ordinals

_LONGEST_ABSENCE = 60  # days after which a visitor does not come back
_RUN_UP = 100  # days of visits before the first that count, for somebody to come back from


def sessions(brand: Brand, noise: Noise, first: date, last: date) -> pd.DataFrame:
    """One row per session from first to last day, in order of days.

    Columns: day; source, medium, campaign (categories); visitor (a number that means nothing), is_first_visit, engaged,
    seconds, pages, forms, call_clicks, purchases, revenue_cents, is_first_purchase; visible_from = the first day on
    which GA4's processing shows the session.
    """
    calendar = days(first - timedelta(days=_RUN_UP), last)
    counts = _counts(brand, noise, calendar)
    channels = np.arange(counts.shape[1])
    on = np.repeat(np.arange(len(calendar)), counts.sum(axis=1))
    by = np.repeat(np.tile(channels, len(calendar)), counts.ravel())
    nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts.ravel()) - counts.ravel(), counts.ravel())
    keys = (ordinals(calendar)[on], by, nth)

    def chance(name: str) -> Floats:
        return noise.uniform(name, *keys)

    is_first_visit = chance("first visit") < np.array([c.new_share for c in brand.channels])[by]
    shop = brand.shop
    forms = chance("form") < shop.form
    call_clicks = chance("call") < shop.call_click
    visitor = _visitors(is_first_visit, on, len(calendar), chance("absence"), chance("who"))
    is_fond = (chance("fond") < 0.03)[np.flatnonzero(is_first_visit)[visitor]]  # some people come back to buy again
    purchases = chance("purchase") < shop.purchase * (0.5 + 15 * is_fond)
    engaged = (chance("engaged") < shop.engaged) | forms | call_clicks | purchases
    patience = chance("patience")
    seconds = np.where(engaged, 10 - 70 * np.log1p(-patience), np.maximum(20 * patience - 10, 0)).astype(np.int64)
    pages = np.where(engaged, 1 - 2.2 * np.log1p(-chance("pages")), 1).astype(np.int64)
    cents = shop.order_cents * noise.around("order", 0.7, *keys)
    lag = chance("processing")
    frame = pd.DataFrame(
        {
            "day": calendar[on],
            "source": _labels([c.source for c in brand.channels], by),
            "medium": _labels([c.medium for c in brand.channels], by),
            "campaign": _labels([c.campaign for c in brand.channels], by),
            "visitor": visitor,
            "is_first_visit": is_first_visit,
            "engaged": engaged,
            "seconds": seconds,
            "pages": pages,
            "forms": forms.astype(np.int64),
            "call_clicks": call_clicks.astype(np.int64),
            "purchases": purchases.astype(np.int64),
            "revenue_cents": np.where(purchases, cents, 0).astype(np.int64),
            "is_first_purchase": _first(visitor, purchases),
            "visible_from": calendar[on] + 1 + (lag > 0.85) + (lag > 0.95),
        }
    )
    return frame[frame["day"] >= pd.Timestamp(first)].reset_index(drop=True)


def _counts(brand: Brand, noise: Noise, calendar: Days) -> Ints:
    """Sessions by day (row) and channel (column)."""
    is_social = np.array([c.is_social for c in brand.channels])
    contest = 1 + 0.7 * np.outer(brand.calendar.is_contest(calendar), is_social)
    lull = 1 - 0.3 * np.outer(brand.calendar.is_lull(calendar), is_social)
    visits = np.array([c.visits for c in brand.channels])
    keys = (ordinals(calendar)[:, None], np.arange(len(visits))[None, :])
    mean = np.outer(brand.calendar.level(calendar), visits) * contest * lull * noise.around("visits", 0.25, *keys)
    return noise.count("visits whole", mean, *keys)


def _visitors(is_first_visit: np.ndarray, on: Ints, n_days: int, absence: Floats, who: Floats) -> Ints:
    """A visitor per session: a new one for a first visit, else one whose first visit was up to 60 days before."""
    born = np.bincount(on[is_first_visit], minlength=n_days)
    born_before = np.cumsum(born) - born
    gone = np.clip(1 - 12 * np.log1p(-absence), 1, _LONGEST_ABSENCE).astype(np.int64)
    back = np.maximum(on - gone, 0)
    known = np.where(born[back] > 0, (who * born[back]).astype(np.int64), -1)
    return np.where(is_first_visit, np.cumsum(is_first_visit) - 1, np.maximum(born_before[back] + known, 0))


def _first(visitor: Ints, purchases: np.ndarray) -> np.ndarray:
    """Whether a session holds its visitor's first purchase."""
    buying = np.flatnonzero(purchases)
    _, firsts = np.unique(visitor[buying], return_index=True)
    is_first = np.zeros(len(visitor), bool)
    is_first[buying[firsts]] = True
    return is_first


def _labels(values: list[str], codes: Ints) -> "pd.Categorical[str]":
    categories, which = np.unique(values, return_inverse=True)
    return pd.Categorical.from_codes(which[codes], categories=pd.Index([str(name) for name in categories]))
