"""The posts of a brand's community, and how their counters grow with age."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from sandbox.data import Post, Talk
from sandbox.world.brands import Brand
from sandbox.world.noise import Floats, Ints, Noise
from sandbox.world.seasons import EPOCH, days, ordinals

_ANSWERED = 0.3  # of the comments are the community's own
_GROWN = 10.0  # days after which a post's counters stand still
TEXTS = {
    "ru": ("Новинка недели", "Как мы это делаем", "Вопрос подписчикам", "Отзыв покупателя", "Скоро в продаже"),
    "en": ("New this week", "How it is made", "A question for you", "What a customer says", "Coming soon"),
}


def posts(brand: Brand, noise: Noise, followers: pd.DataFrame, last: date) -> pd.DataFrame:
    """One row per post since the epoch, oldest first: id, published_at (naive, UTC), is_repost, is_ad, from_id and what
    its counters come to in the end: likes, comments, own_comments (of the community itself), copies, views, reach,
    reach_subscribers, links, join_group.

    `last` is the last day of publication in the brand's own time zone.
    """
    calendar, wall = days(EPOCH, last), brand.wall
    keys = (ordinals(calendar),)
    is_silent = noise.uniform("silent", (keys[0] + 3) // 7) < wall.silent_weeks
    by_weekday = np.array(brand.calendar.by_weekday)[(keys[0] + 3) % 7]
    counts = noise.count("posts", np.where(is_silent, 0, wall.posts / 7 * by_weekday), *keys)
    on = np.repeat(np.arange(len(calendar)), counts)
    nth = np.arange(len(on)) - np.repeat(np.cumsum(counts) - counts, counts)
    post_keys = (keys[0][on], nth)

    def chance(name: str) -> Floats:
        return noise.uniform(name, *post_keys)

    # most posts are published in office hours, a few around midnight: their UTC day is another one
    hours = np.where(chance("late") < 0.06, 22 + 4 * chance("hour"), 9 + 10 * chance("hour")) % 24
    minutes = np.floor(60 * hours).astype("timedelta64[m]")
    local = pd.Series(calendar[on].astype("datetime64[s]") + minutes)
    published_at = local.dt.tz_localize(brand.time_zone, nonexistent="shift_forward", ambiguous=True)
    size = followers["members"].to_numpy()[np.clip(on, 0, len(followers) - 1)]
    is_visitor = chance("visitor") < 0.03
    is_repost = ~is_visitor & (chance("repost") < wall.reposts)
    charm = noise.around("charm", 0.6, *post_keys) * np.where(is_visitor, 0.2, np.where(is_repost, 0.5, 1.0))
    talk, spread = (charm * noise.around(name, 0.5, *post_keys) for name in ("talk", "spread"))
    contest, asked = brand.calendar.is_contest(calendar)[on], brand.calendar.is_talk(calendar)[on]
    views = size * charm * (0.35 + 0.3 * chance("views")) * (1 + contest)
    frame = pd.DataFrame(
        {
            "published_at": published_at.dt.tz_convert("UTC").dt.tz_localize(None),
            "is_repost": is_repost,
            "is_ad": ~is_visitor & ~is_repost & (chance("ad") < 0.06),
            "from_id": np.where(is_visitor, 10_000_000 + (1e7 * chance("who")).astype(np.int64), -wall.id),
            "likes": noise.count("likes", size * charm * wall.likes * (1 + contest), *post_keys),
            "comments": noise.count("comments", size * talk * wall.comments * (1 + asked), *post_keys),
            "copies": noise.count("copies", size * spread * wall.shares * (1 + 9 * contest), *post_keys),
            "views": noise.count("views whole", views, *post_keys),
        }
    ).sort_values("published_at", kind="stable", ignore_index=True)
    frame["likes"] = np.minimum(frame["likes"], frame["views"])
    answered = frame["comments"] * _ANSWERED
    frame["own_comments"] = noise.count("own comments", answered.to_numpy(), frame.index.to_numpy())
    frame["reach"] = (frame["views"] * 0.85).astype(np.int64)
    frame["reach_subscribers"] = (frame["reach"] * 0.6).astype(np.int64)
    frame["links"] = (frame["reach"] * 0.012).astype(np.int64)
    frame["join_group"] = (frame["reach"] * 0.003).astype(np.int64)
    frame.insert(0, "id", np.arange(1, len(frame) + 1) * 3)  # ids are shared with photos and comments: they have gaps
    return frame


def received(wall: pd.DataFrame, calendar: np.ndarray) -> pd.DataFrame:
    """Likes, comments and copies that all posts together got on each UTC day of the calendar."""
    table = pd.DataFrame({"day": calendar})
    published = wall["published_at"].to_numpy()
    born = published.astype("datetime64[D]")
    first = calendar[0].astype("datetime64[D]")
    for name in ("likes", "comments", "copies"):
        by_day = np.zeros(len(calendar), np.int64)
        before = np.zeros(len(wall), np.int64)
        for age in range(int(_GROWN) + 2):
            end = born + np.timedelta64(age + 1, "D")
            so_far = grown(wall[name].to_numpy(), end.astype("datetime64[s]") - published)
            on = (end - 1 - first).astype(np.int64)
            counted = (on >= 0) & (on < len(calendar))
            np.add.at(by_day, on[counted], (so_far - before)[counted])
            before = so_far
        table[name] = by_day
    return table


def as_read(brand: Brand, wall: pd.DataFrame, now: datetime) -> list[Post]:
    """The wall at that moment, newest first."""
    age = np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "s") - wall["published_at"].to_numpy()
    counters = (
        *("likes", "comments", "own_comments", "copies", "views"),
        *("reach", "reach_subscribers", "links", "join_group"),
    )
    read = wall.assign(**{name: grown(wall[name].to_numpy(), age) for name in counters})
    own = wall[(wall["from_id"] < 0) & ~wall["is_repost"]]
    pinned = int(own["id"].iloc[-12]) if len(own) >= 12 else 0
    views_since = datetime.fromisoformat(brand.wall.views_since).replace(tzinfo=ZoneInfo(brand.time_zone))
    texts = TEXTS[brand.language]
    found = []
    for row in read.iloc[::-1].to_dict("records"):
        published_at = row["published_at"].to_pydatetime().replace(tzinfo=UTC)
        found.append(
            Post(
                id=row["id"],
                published_at=published_at,
                likes=row["likes"],
                comments=row["comments"],
                reposts=row["copies"],
                views=row["views"] if published_at >= views_since else None,
                is_repost=row["is_repost"],
                is_ad=row["is_ad"],
                is_pinned=row["id"] == pinned,
                from_id=row["from_id"],
                text=texts[row["id"] // 3 % len(texts)],
                reach=row["reach"],
                reach_subscribers=row["reach_subscribers"],
                links=row["links"],
                join_group=row["join_group"],
                talk=_talk(row["comments"], row["own_comments"], -brand.wall.id),
            )
        )
    return found


def _talk(comments: int, own: int, owner: int) -> Talk:
    """Every third visitor replies to the one before; the community replies to one after the other."""
    threads: list[list[int]] = []
    for number in range(comments - own):
        visitor = 20_000_000 + number
        if number % 3 == 2:
            threads[-1].append(visitor)
        else:
            threads.append([visitor])
    for number in range(own):
        if number < len(threads):
            threads[number].append(owner)
        else:
            threads.append([owner])
    return tuple(map(tuple, threads))


def age_of(share: Floats) -> Floats:
    """The age in days at which counters have come to this share of what they come to in the end."""
    ages: Floats = np.minimum(-1.8 * np.log1p(-share * (1 - np.exp(-_GROWN / 1.8))), _GROWN)
    return ages


def grown(final: Ints, age: np.ndarray) -> Ints:
    """Counters at an age: fast at first, complete after ten days."""
    in_days = np.clip(age / np.timedelta64(1, "D"), 0, _GROWN)
    share = (1 - np.exp(-in_days / 1.8)) / (1 - np.exp(-_GROWN / 1.8))
    counted: Ints = np.floor(final * share + 1e-9).astype(np.int64)
    return counted
