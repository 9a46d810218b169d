"""What the far ends know: the one shape that world and replay fill and that the servers serve.

`FarEnds` is mutable on purpose: a test takes a token away, empties a quota or swaps a community while it is served.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import pandas as pd

from sandbox.faults import Faults

Column = Callable[[str], "pd.Categorical[str]"]
"""The values of the dimension so named, as strings, one per row of the property's own data."""


class RefusedError(ValueError):
    """A property cannot answer a question; the text is what GA4 would say (INVALID_ARGUMENT)."""


@dataclass(frozen=True)
class Question:
    """What one GA4 report asks: `metrics` by `dimensions`, first day to last day, both included.

    `where` is asked for the rows that count; it may read dimensions that the report does not show, and
    `where_dimensions` names those it reads.
    """

    first: date
    last: date
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    where: Callable[[Column], np.ndarray] | None = None
    where_dimensions: tuple[str, ...] = ()


@dataclass
class Property:
    """A GA4 property: how it counts days and money, what it can be asked, and its answer to any such question.

    `answer` gives one row per combination of dimension values that has data: the dimensions as strings in GA4's own
    form (`date` YYYYMMDD, `yearMonth` YYYYMM, `isoYearIsoWeek` YYYYWW), the metrics as int, float or Decimal.
    It raises `RefusedError`.
    """

    id: str
    time_zone: str
    currency: str
    dimensions: frozenset[str]
    metrics: frozenset[str]
    answer: Callable[[Question], pd.DataFrame]
    is_open: bool = True  # False: the caller may not read it
    tokens_left: int = 14_000  # of the project for this property and hour; 0 = exhausted


Talk = tuple[tuple[int, ...], ...]
"""Comments: threads of authors (a community's number is negative), who began each and then who replied."""


@dataclass(frozen=True)
class Post:
    """One post of a wall; its counters as read at `FarEnds.now`. None = this far end does not give that number."""

    id: int
    published_at: datetime  # UTC
    likes: int
    comments: int | None
    reposts: int
    views: int | None
    is_repost: bool
    is_ad: bool
    is_pinned: bool
    from_id: int  # the community (negative) or the visitor who wrote it
    text: str
    reach: int | None = None
    reach_subscribers: int | None = None
    links: int | None = None
    join_group: int | None = None
    talk: Talk | None = None  # None = nobody may read its comments here


@dataclass(frozen=True)
class Period:
    """One period of `stats.get`: a UTC day, ISO week or month, both ends included; people are unique within it."""

    period_from: date
    period_to: date
    reach: int
    reach_subscribers: int
    visitors: int
    views: int  # page views
    likes: int
    comments: int
    copies: int
    subscribed: int
    unsubscribed: int


@dataclass(frozen=True)
class Message:
    """One message between a community and a person. `author`: who of the community's people wrote it, if VK knows."""

    id: int
    peer: int
    at: datetime  # aware
    is_out: bool  # the community's
    text: str
    author: int | None = None


Stats = Callable[[str, date, date], list[Period]]
"""(interval `day` | `week` | `month`, first day, last day) -> the periods that touch those days, newest first."""


@dataclass
class Community:
    """A VK community. `stats` None: the token may not see its statistics (error 15)."""

    id: int  # positive; its wall's owner is -id
    name: str
    members: int | None  # at `FarEnds.now`; None = not shown
    posts: list[Post]  # newest first
    stats: Stats | None
    messages: list[Message] = field(default_factory=list)  # oldest first


@dataclass
class Login:
    """What a VK user gave an app: an access token for `seconds`, and the refresh token that renews it, once."""

    client_id: str
    device_id: str
    access_token: str
    refresh_tokens: list[str]  # the used ones, and the one that works
    seconds: int = 3600
    ends_at: float | None = None  # of the access token, by the server's clock; None = it was not renewed here
    is_alive: bool = True

    def turn(self, now: float) -> None:
        """Renew the pair: its number is counted up, so that a test can tell the next one."""
        number = len(self.refresh_tokens)
        self.access_token = f"{self.refresh_tokens[0]}-access-{number}"
        self.refresh_tokens.append(f"{self.refresh_tokens[0]}-refresh-{number}")
        self.ends_at = now + self.seconds


@dataclass
class Counter:
    """A counter of Yandex Metrica, and what it would answer only on some days: samples, refusals.

    `visits`: one row per visit, in order of days. Columns: day; visitor; is_new; pages, seconds, purchases,
    revenue_cents; `goal<id>` = how often the visit reached the goal; and of the last significant source, categories
    whose missing values are undefined: traffic_source, source_engine (ids), utm_source, utm_medium, utm_campaign.
    """

    id: int
    time_zone: str
    currency: str
    goals: dict[int, str]  # id -> name, without the deleted ones
    visits: pd.DataFrame
    created: date = date(2009, 1, 18)  # of earlier days it knows nothing
    is_open: bool = True  # False: the caller may not read it
    requests_left: int = 5_000  # of this day, whoever asks
    whole_days: int | None = None  # of more at once every tenth visitor is counted; None = never
    bearable_days: int | None = None  # more at once are too complicated


@dataclass(frozen=True)
class Remark:
    """A comment below a publication, or an answer to one. `is_own`: the page or account itself wrote it."""

    id: int
    written_at: datetime  # UTC
    is_own: bool
    parent: int | None = None  # the comment that it is below


@dataclass(frozen=True)
class Publication:
    """A post of a Facebook Page, or a post or reel of an Instagram account, as read at `FarEnds.now`."""

    id: int
    published_at: datetime  # UTC
    kind: str  # Facebook's status_type; Instagram's media_product_type
    likes: int  # on Facebook, reactions of every kind
    comments: int  # on Facebook, without the answers to them
    shares: int
    saves: int
    views: int
    reach: int
    clicks: int
    is_before_business: bool = False  # Instagram: published while the account was a private one
    text: str = ""
    talk: tuple[Remark, ...] = ()  # oldest first


@dataclass
class Page:
    """A Facebook Page. `by_day`: one row per day of California, in order; its people are unique within a day.

    Columns: day; followers (at its end), gained, lost, likes, views, views_ads, engagements, visits, clicks, reach; and
    audience: how many different people it can reach at all.
    """

    id: int
    name: str
    by_day: pd.DataFrame
    posts: list[Publication]  # newest first
    shows_insights: bool = True  # False: the token lacks read_insights, which Meta says by saying nothing


@dataclass
class Account:
    """An Instagram account. `by_day`: one row per day of `zone`, in order.

    Columns: day; followers (at its end), gained, lost, likes, comments, shares, saves, views, interactions, visits,
    taps, clicks, reach, audience.
    """

    id: int
    name: str
    by_day: pd.DataFrame
    media: list[Publication]  # newest first
    zone: str = "America/Los_Angeles"  # whose days its totals are
    shows_insights: bool = True


@dataclass
class FarEnds:
    """Everything one sandbox process serves. A VK token that is nowhere in it is dead (error 5)."""

    now: datetime  # aware: the moment at which members and counters are read
    properties: dict[str, Property] = field(default_factory=dict)
    communities: dict[int, Community] = field(default_factory=dict)
    user_tokens: set[str] = field(default_factory=set)  # may see statistics
    service_tokens: set[str] = field(default_factory=set)  # may read walls and communities
    community_tokens: dict[str, int] = field(default_factory=dict)  # token -> its community: may read its messages
    logins: list[Login] = field(default_factory=list)  # of users whose tokens end; may do what user_tokens may
    counters: dict[int, Counter] = field(default_factory=dict)
    metrica_tokens: dict[str, int] = field(default_factory=dict)  # token -> requests left of this day
    pages: dict[int, Page] = field(default_factory=dict)
    accounts: dict[int, Account] = field(default_factory=dict)
    meta_tokens: dict[str, set[int]] = field(default_factory=dict)  # of a system user -> Pages and accounts it may see
    dead_metrics: set[str] = field(default_factory=set)  # that Meta has removed
    meta_calls_left: int = 4_800  # of this hour, of all that is asked
    meta_url: str = ""  # where Meta is served, pictures of posts among it; "" = posts have no pictures
    faults: Faults = field(default_factory=Faults)
    vk_url: str = ""  # where VK is served, pictures of posts among it; "" = posts have no pictures
