"""A brand's VK community: its members, what VK counts per UTC day, and what it answers for a day, week or month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from sandbox.data import Period
from sandbox.world.brands import Brand
from sandbox.world.noise import Ints, Noise
from sandbox.world.seasons import EPOCH, days, month_end, month_of, months, ordinals

_UNIQUES = ("reach", "reach_subscribers", "visitors")
_FLOWS = ("views", "likes", "comments", "copies", "subscribed", "unsubscribed")


@dataclass(frozen=True)
class Holiday:
    """Days, both included, on which the specialist is away and nobody answers: fewer people are reached."""

    first: date
    last: date


def members(brand: Brand, noise: Noise, last: date) -> pd.DataFrame:
    """One row per UTC day since the epoch: day, subscribed, unsubscribed, members at its end.

    A contest wins as many as the group had before it; almost nobody of them leaves.
    """
    wall, calendar = brand.wall, days(EPOCH, last)
    keys = (ordinals(calendar),)
    joins = noise.count("joins", wall.joins * brand.calendar.level(calendar) * noise.around("join", 0.6, *keys), *keys)
    is_contest = brand.calendar.is_contest(calendar)
    rush = noise.around("rush", 0.5, *keys) / 20
    loss, spare = noise.around("leave", 0.5, *keys), noise.uniform("leaves", *keys)
    subscribed, unsubscribed, total = (np.zeros(len(calendar), np.int64) for _ in range(3))
    now = before_contest = wall.members
    for i in range(len(calendar)):
        if not is_contest[i]:
            before_contest = now
        subscribed[i] = joins[i] + is_contest[i] * int(before_contest * rush[i])
        unsubscribed[i] = min(int(now * wall.leaves * loss[i] + spare[i]), now)
        now += int(subscribed[i] - unsubscribed[i])
        total[i] = now
    return pd.DataFrame({"day": calendar, "subscribed": subscribed, "unsubscribed": unsubscribed, "members": total})


def statistics(
    brand: Brand, noise: Noise, followers: pd.DataFrame, received: pd.DataFrame, holidays: Sequence[Holiday]
) -> pd.DataFrame:
    """`followers` with what else VK counts on each day: reach, reach_subscribers, visitors, views, audience, and the
    likes, comments and copies `received`. audience = how many different people the community can reach at all.
    """
    calendar, size = followers["day"].to_numpy().astype("datetime64[D]"), followers["members"].to_numpy()
    keys = (ordinals(calendar),)
    mood = np.array(brand.calendar.by_month)[months(calendar) - 1]
    mood = mood * (1 + 0.9 * brand.calendar.is_contest(calendar))
    for holiday in holidays:
        mood[(calendar >= np.datetime64(holiday.first)) & (calendar <= np.datetime64(holiday.last))] *= 0.35
    audience = 3 * size
    reach = _people(size * brand.wall.reach * mood * noise.around("reach", 0.3, *keys), 2 * size)
    own = _people(reach * (0.7 + 0.2 * noise.uniform("own", *keys)), size)
    visitors = _people(size * 0.03 * mood * noise.around("visitors", 0.4, *keys), reach)
    return followers.assign(
        reach=reach,
        reach_subscribers=np.minimum(own, reach),
        visitors=visitors,
        views=(visitors * (1.4 + noise.uniform("views", *keys))).astype(np.int64),
        audience=audience,
        **{name: received[name].to_numpy() for name in ("likes", "comments", "copies")},
    )


def periods(by_day: pd.DataFrame, interval: str, first: date, last: date) -> list[Period]:
    """The periods that touch the days asked for, newest first; a running one counts what there is so far.

    People of a period are unique in it: more than on its best day, fewer than its days together.
    """
    start_of = {"day": lambda day: day, "week": _monday, "month": month_of}[interval]
    columns = {name: by_day[name].to_numpy() for name in by_day.columns}
    known_first, known_last = by_day["day"].iloc[0].date(), by_day["day"].iloc[-1].date()
    found = []
    start = start_of(min(last, known_last))
    while (end := _end(interval, start)) >= max(first, known_first):
        rows = slice(max((start - known_first).days, 0), (end - known_first).days + 1)
        audience = max(int(columns["audience"][rows].max()), 1)
        people = {name: _unique(columns[name][rows], audience) for name in _UNIQUES}
        found.append(Period(start, end, **people, **{name: int(columns[name][rows].sum()) for name in _FLOWS}))
        start = start_of(start - timedelta(days=1))
    return found


def _people(expected: np.ndarray, most: np.ndarray) -> Ints:
    people: Ints = np.minimum(np.floor(expected), most).astype(np.int64)
    return people


def _unique(by_day: Ints, audience: int) -> int:
    """People reached at least once, when every day reaches some of the audience independently of the other days."""
    return round(audience * (1 - float(np.prod(1 - by_day / audience))))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _end(interval: str, start: date) -> date:
    if interval == "day":
        return start
    return start + timedelta(days=6) if interval == "week" else month_end(start)
