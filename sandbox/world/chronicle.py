"""Everything that happened to one brand up to yesterday, and what its far ends show of it today."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from sandbox.data import Account, Community, Counter, Page, Post, Property
from sandbox.world import community, inbox, meta, visits, wall
from sandbox.world.brands import Brand
from sandbox.world.community import Holiday
from sandbox.world.counter import counter_of
from sandbox.world.figures import figures
from sandbox.world.noise import Noise
from sandbox.world.property import property_of
from sandbox.world.seasons import EPOCH, month_of
from sandbox.world.traffic import networks


@dataclass(frozen=True)
class Chronicle:
    """One brand's past. `sessions` as `visits` makes them plus `network`; `by_day` VK's statistics per UTC day since
    the epoch plus members at its end; `posts` as read now; `threads` as `inbox` makes them; `figures` as typed in;
    `planned_by_day` the statistics that were expected when nobody is on holiday.
    """

    brand: Brand
    today: date
    now: datetime
    first_month: date
    sessions: pd.DataFrame
    by_day: pd.DataFrame
    planned_by_day: pd.DataFrame
    posts: list[Post]
    threads: pd.DataFrame
    figures: pd.DataFrame
    holidays: tuple[Holiday, ...]
    page: Page | None
    account: Account | None

    def property(self) -> Property:
        """The GA4 property, processed as far as today."""
        brand = self.brand
        return property_of(brand.property, brand.time_zone, brand.currency, self.sessions, self.today)

    def counter(self) -> Counter | None:
        """The counter of Metrica, if the brand has one."""
        brand = self.brand
        if brand.counter is None:
            return None
        return counter_of(brand.counter, brand.time_zone, brand.currency, self.sessions)

    def community(self) -> Community:
        """The VK community as it is now."""
        return Community(
            id=self.brand.wall.id,
            name=self.brand.wall.name,
            members=int(self.by_day["members"].iloc[-1]),
            posts=list(self.posts),
            stats=lambda interval, first, last: community.periods(self.by_day, interval, first, last),
            messages=inbox.messages(self.threads, self.now),
        )

    def posts_by_day(self) -> pd.DataFrame:
        """One row per post of the community itself (not its visitors'): its counters, `day` in the brand's zone and the
        `followers` at that day's end.
        """
        own = pd.DataFrame([vars(post) for post in self.posts if post.from_id < 0])
        local = own["published_at"].dt.tz_convert(ZoneInfo(self.brand.time_zone))
        own["day"] = local.dt.tz_localize(None).dt.normalize()
        followers = self.by_day.set_index("day")["members"]
        return own.assign(followers=followers.reindex(own["day"]).to_numpy())


def chronicle(brand: Brand, seed: int, today: date, now: datetime, judged_month: date) -> Chronicle:
    """The past of a brand as of today; the same seed gives the same past on any later day.

    One event moves with today: the specialist of a brand with contests was away for ten days of the judged month.
    """
    noise = Noise(seed, brand.id)
    yesterday = today - timedelta(days=1)
    first_month = month_of(today, -brand.months)
    holidays = _holidays(brand, today, judged_month)
    sessions = visits.sessions(brand, noise, first_month, yesterday)
    sessions["network"] = networks(sessions)
    followers = community.members(brand, noise, yesterday)
    posts = wall.posts(brand, noise, followers, yesterday)
    received = wall.received(posts, followers["day"].to_numpy())
    return Chronicle(
        brand=brand,
        today=today,
        now=now,
        first_month=first_month,
        sessions=sessions,
        by_day=community.statistics(brand, noise, followers, received, holidays),
        planned_by_day=community.statistics(brand, noise, followers, received, ()),
        posts=wall.as_read(brand, posts, now),
        threads=inbox.threads(brand, noise, yesterday),
        figures=figures(brand, noise, sessions, followers, first_month, yesterday),
        holidays=holidays,
        page=meta.page(brand, noise, now),
        account=meta.account(brand, noise, now),
    )


def _holidays(brand: Brand, today: date, judged_month: date) -> tuple[Holiday, ...]:
    if not brand.calendar.has_contests:
        return ()
    summers = [Holiday(date(year, 8, 22), date(year, 8, 31)) for year in range(EPOCH.year, today.year + 1)]
    return (*summers, Holiday(judged_month.replace(day=11), judged_month.replace(day=20)))
