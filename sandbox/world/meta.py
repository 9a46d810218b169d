"""A brand's Facebook Page and Instagram account: their followers, what Meta counts per day, and what they publish."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from sandbox.data import Account, Page, Publication
from sandbox.world.brands import Brand, Place
from sandbox.world.noise import Floats, Ints, Noise
from sandbox.world.seasons import EPOCH, days, ordinals
from sandbox.world.talks import talks
from sandbox.world.wall import TEXTS, grown

CALIFORNIA = ZoneInfo("America/Los_Angeles")
BUSINESS_SINCE = date(2023, 3, 1)  # older media have no insights
COUNTERS = ("likes", "shares", "saves", "views", "reach", "clicks")


def page(brand: Brand, noise: Noise, now: datetime) -> Page | None:
    """As it is now; None for a brand without one."""
    place = brand.page
    if place is None:
        return None
    by_day = _by_day(brand, place, noise, "page", now)
    return Page(place.id, place.name, by_day, _publications(brand, place, noise, "page", by_day, now))


def account(brand: Brand, noise: Noise, now: datetime) -> Account | None:
    """As it is now; None for a brand without one."""
    place = brand.account
    if place is None:
        return None
    by_day = _by_day(brand, place, noise, "account", now)
    return Account(place.id, place.name, by_day, _publications(brand, place, noise, "account", by_day, now))


def _by_day(brand: Brand, place: Place, noise: Noise, kind: str, now: datetime) -> pd.DataFrame:
    """One row per day of California since the epoch that is over there."""
    calendar = days(EPOCH, now.astimezone(CALIFORNIA).date() - timedelta(days=1))
    keys = (ordinals(calendar),)

    def around(name: str, spread: float) -> Floats:
        return noise.around(f"{kind} {name}", spread, *keys)

    def count(name: str, mean: Any) -> Ints:
        return noise.count(f"{kind} {name}", mean, *keys)

    gained = count("joins", place.joins * brand.calendar.level(calendar) * around("join", 0.6))
    loss, spare = around("leave", 0.5), noise.uniform(f"{kind} leaves", *keys)
    lost, size = (np.zeros(len(calendar), np.int64) for _ in range(2))
    at = place.followers
    for i in range(len(calendar)):
        lost[i] = min(int(at * place.leaves * loss[i] + spare[i]), at)
        at += int(gained[i] - lost[i])
        size[i] = at
    reach = np.minimum((size * place.reach * around("reach", 0.4)).astype(np.int64), 2 * size)
    views = (reach * (1.6 + noise.uniform(f"{kind} views", *keys))).astype(np.int64)
    likes = count("likes", reach * 0.06 * around("like", 0.5))
    comments = count("comments", reach * 0.004 * around("comment", 0.5))
    shares = count("shares", reach * 0.006 * around("share", 0.5))
    saves = count("saves", reach * 0.008 * around("save", 0.5))
    visits = count("visits", reach * 0.08 * around("visit", 0.4))
    return pd.DataFrame(
        {
            "day": pd.to_datetime(calendar),
            "followers": size,
            "gained": gained,
            "lost": lost,
            "likes": likes,
            "comments": comments,
            "shares": shares,
            "saves": saves,
            "views": views,
            "views_ads": (views * 0.2 * noise.uniform(f"{kind} ads", *keys)).astype(np.int64),
            "engagements": likes + comments + shares + count("others", 0.02 * reach),
            # as Meta counts it, which is not the sum of its parts
            "interactions": likes + comments + shares + saves + count("more", 0.01 * reach),
            "visits": visits,
            "taps": count("taps", visits * 0.05),
            "clicks": count("clicks", visits * 0.1),
            "reach": reach,
            "audience": 4 * size,
        }
    )


def _publications(
    brand: Brand, place: Place, noise: Noise, kind: str, by_day: pd.DataFrame, now: datetime
) -> list[Publication]:
    """Newest first, each as it has grown; at most one a day."""
    calendar = days(EPOCH, now.astimezone(ZoneInfo(brand.time_zone)).date() - timedelta(days=1))
    on = np.flatnonzero(noise.uniform(f"{kind} posts", ordinals(calendar)) < place.posts / 7)
    keys = (ordinals(calendar)[on],)

    def chance(name: str) -> Floats:
        return noise.uniform(f"{kind} post {name}", *keys)

    def count(name: str, mean: Any) -> Ints:
        return noise.count(f"{kind} post {name}", mean, *keys)

    minutes = np.floor(600 + 600 * chance("hour")).astype("timedelta64[m]")
    local = pd.Series(calendar[on].astype("datetime64[s]") + minutes)
    published_at = local.dt.tz_localize(brand.time_zone, nonexistent="shift_forward", ambiguous=True)
    published_at = published_at.dt.tz_convert("UTC").dt.tz_localize(None)
    size = by_day["followers"].to_numpy()[np.clip(on, 0, len(by_day) - 1)]
    charm = noise.around(f"{kind} charm", 0.6, *keys)
    reach = (size * charm * (0.3 + 0.3 * chance("reach"))).astype(np.int64)
    final = {
        "likes": count("likes", size * charm * place.likes),
        "comments": count("comments", reach * 0.006),
        "shares": count("shares", reach * 0.008),
        "saves": count("saves", reach * 0.012),
        "views": (reach * (1.2 + 0.6 * chance("views"))).astype(np.int64),
        "reach": reach,
        "clicks": count("clicks", reach * 0.03),
    }
    age = np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "s") - published_at.to_numpy()
    read = {name: grown(final[name], age) for name in COUNTERS}
    usual, other = ("added_photos", "shared_story") if kind == "page" else ("FEED", "REELS")
    is_other = chance("kind") < (0.15 if kind == "page" else 0.4)
    base = 122_100_000_000_000_000 if kind == "page" else 18_000_000_000_000_000
    texts = TEXTS[brand.language]
    numbers = base + keys[0] * 10
    said = talks(noise, kind, numbers, keys[0], published_at.to_numpy(), final["comments"], now)
    # Facebook's number is that of comments without the answers to them
    counted = [sum(kind == "account" or one.parent is None for one in talk) for talk in said]
    found = [
        Publication(
            id=int(numbers[i]),
            published_at=at.to_pydatetime().replace(tzinfo=UTC),
            kind=other if is_other[i] else usual,
            **{name: int(read[name][i]) for name in COUNTERS},
            comments=counted[i],
            talk=said[i],
            is_before_business=kind == "account" and at.date() < BUSINESS_SINCE,
            text=texts[int(keys[0][i]) % len(texts)],
        )
        for i, at in enumerate(published_at)
    ]
    return found[::-1]
