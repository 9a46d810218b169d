"""The three clients of the seeded world: a jewellery brand with contests, an English-speaking shop, a small bakery."""

from dataclasses import dataclass

from sandbox.world.seasons import Calendar


@dataclass(frozen=True)
class Channel:
    """One way to the site: GA4's session source, medium and campaign, and the visits it brings on an average day."""

    source: str
    medium: str
    campaign: str
    visits: float
    new_share: float = 0.6
    is_social: bool = False  # contests bring more of them


@dataclass(frozen=True)
class Shop:
    """What a visit does on the site: chances per visit, and the usual order in cents."""

    engaged: float
    form: float
    call_click: float
    purchase: float
    order_cents: int


@dataclass(frozen=True)
class Wall:
    """A community: its size at the epoch, its daily joins and leaves, its posts, and what a follower does with one."""

    id: int
    name: str
    members: int
    joins: float  # a day
    leaves: float  # share of the members, a day
    posts: float  # a week
    posts_planned: int  # a month
    silent_weeks: float  # share of weeks without a post
    reposts: float  # share of the posts taken from elsewhere
    reach: float  # of a day, per member
    likes: float  # per post and member
    comments: float
    shares: float
    views_since: str = "2000-01-01"  # older posts show no views


@dataclass(frozen=True)
class Ads:
    """What is paid: hundredths of the currency per click of the VK ads, clicks per impression, amounts per month."""

    click_cents: int
    click_rate: float
    fee: int
    budget: int
    margin: float  # share of the social networks' revenue


@dataclass(frozen=True)
class Place:
    """A Facebook Page or an Instagram account: its size at the epoch, joins a day, leaves, posts, what followers do."""

    id: int
    name: str
    followers: int
    joins: float  # a day
    leaves: float  # share of the followers, a day
    posts: float  # a week
    reach: float  # of a day, per follower
    likes: float  # per post and follower


@dataclass(frozen=True)
class Brand:
    """A client of the world: who it is, and everything its numbers are made from."""

    id: str
    name: str
    language: str
    time_zone: str
    currency: str
    property: str
    months: int  # of work, full ones before the current month
    calendar: Calendar
    channels: tuple[Channel, ...]
    shop: Shop
    wall: Wall
    ads: Ads | None
    calls: tuple[tuple[str, float], ...]  # network, calls a day
    forms: str | None  # GA4's event that is a lead
    messages: float = 0  # threads a day that people begin with the community
    audience: tuple[str, tuple[str, ...]] | None = (
        None  # whom it wants to reach: sex and ages, as a client's file has it
    )
    page: Place | None = None  # on Facebook
    account: Place | None = None  # on Instagram
    counter: int | None = None  # of Yandex Metrica, which then measures the site in place of the GA4 property


_SEARCH = "(organic)"
_LINK = "(referral)"

YARKO = Brand(
    id="yarko",
    name="Ярко",
    language="ru",
    time_zone="Europe/Moscow",
    currency="RUB",
    property="310123456",
    months=26,
    calendar=Calendar(
        by_month=(0.85, 1.1, 1.15, 0.95, 0.95, 1.05, 1.0, 0.9, 0.95, 1.0, 1.1, 1.35),
        by_weekday=(1.0, 1.02, 1.05, 1.04, 1.0, 0.92, 0.97),
        yearly_growth=0.12,
        has_contests=True,
    ),
    channels=(
        Channel("google", "organic", _SEARCH, 34, 0.72),
        Channel("yandex", "organic", _SEARCH, 38, 0.74),
        Channel("(direct)", "(none)", "(direct)", 26, 0.35),
        Channel("vk.com", "referral", _LINK, 17, 0.5, is_social=True),
        Channel("m.vk.com", "referral", _LINK, 12, 0.5, is_social=True),
        Channel("away.vk.com", "referral", _LINK, 7, 0.5, is_social=True),
        Channel("VK", "social", "posts", 6, 0.4, is_social=True),
        Channel("vk", "cpc", "golden_rings", 9, 0.8, is_social=True),
        Channel("vk", "target", "retargeting", 3, 0.1, is_social=True),
        Channel("l.instagram.com", "referral", _LINK, 6, 0.6, is_social=True),
        Channel("m.facebook.com", "referral", _LINK, 2, 0.6, is_social=True),
        Channel("yandex", "cpc", "brand", 8, 0.6),
        Channel("newsletter", "email", "monthly", 3, 0.05),
        Channel("brides.example", "referral", _LINK, 2.5, 0.8),
        Channel("(not set)", "(not set)", "(not set)", 0.7, 0.5),
    ),
    shop=Shop(engaged=0.58, form=0.018, call_click=0.012, purchase=0.013, order_cents=640_000),
    wall=Wall(
        id=174905001,
        name="Ярко | украшения",
        members=50,
        joins=0.7,
        leaves=0.00005,
        posts=4.2,
        posts_planned=18,
        silent_weeks=0,
        reposts=0.22,
        reach=0.1,
        likes=0.018,
        comments=0.0018,
        shares=0.0015,
        views_since="2025-01-01",
    ),
    ads=Ads(click_cents=2_400, click_rate=0.011, fee=45_000, budget=75_000, margin=0.45),
    calls=(("vk", 1.1), ("vk_ads", 0.5), ("instagram", 0.2), ("facebook", 0.05)),
    forms="generate_lead",
    messages=0.8,
    audience=("female", ("24-27", "27-30", "30-35")),
    page=Place(
        id=104905001000001,
        name="Ярко",
        followers=120,
        joins=2.4,
        leaves=0.0004,
        posts=2.2,
        reach=0.14,
        likes=0.02,
    ),
    account=Place(
        id=17841404905001001,
        name="yarko.jewelry",
        followers=210,
        joins=5.6,
        leaves=0.0004,
        posts=3.1,
        reach=0.22,
        likes=0.045,
    ),
)

NORDLYS = Brand(
    id="nordlys",
    name="Nordlys Outdoor",
    language="en",
    time_zone="Europe/Stockholm",
    currency="SEK",
    property="310123457",
    months=26,
    calendar=Calendar(
        by_month=(0.95, 0.9, 0.95, 1.0, 1.1, 1.1, 0.95, 1.0, 1.05, 1.05, 1.15, 1.2),
        by_weekday=(0.95, 0.95, 0.97, 1.0, 1.03, 1.06, 1.08),
        yearly_growth=0.2,
    ),
    channels=(
        Channel("google", "organic", _SEARCH, 48, 0.7),
        Channel("bing", "organic", _SEARCH, 6, 0.7),
        Channel("(direct)", "(none)", "(direct)", 24, 0.35),
        Channel("vk.com", "referral", _LINK, 11, 0.5),
        Channel("m.vk.com", "referral", _LINK, 7, 0.5),
        Channel("vk", "paid_social", "winter", 7, 0.8),
        Channel("facebook.com", "referral", _LINK, 5, 0.55),
        Channel("m.facebook.com", "referral", _LINK, 9, 0.55),
        Channel("fb", "paid", "winter", 4, 0.8),
        Channel("ig", "social", "stories", 8, 0.6),
        Channel("youtube.com", "referral", _LINK, 3, 0.7),
        Channel("google", "cpc", "tents", 7, 0.7),
        Channel("mail", "email", "news", 4, 0.05),
        Channel("hikers.example", "referral", _LINK, 3, 0.8),
    ),
    shop=Shop(engaged=0.62, form=0.02, call_click=0.0, purchase=0.016, order_cents=118_000),
    wall=Wall(
        id=174905003,
        name="Nordlys Outdoor",
        members=3_400,
        joins=3.4,
        leaves=0.0003,
        posts=3.4,
        posts_planned=15,
        silent_weeks=0,
        reposts=0.15,
        reach=0.09,
        likes=0.012,
        comments=0.0012,
        shares=0.0008,
    ),
    ads=Ads(click_cents=450, click_rate=0.014, fee=12_000, budget=16_000, margin=0.4),
    calls=(),
    forms="generate_lead",
)

PEKARNYA = Brand(
    id="pekarnya",
    name="Пекарня на углу",
    language="ru",
    time_zone="Europe/Moscow",
    currency="RUB",
    property="310123458",
    months=4,
    calendar=Calendar(by_month=(1.0,) * 12, by_weekday=(0.8, 0.8, 0.9, 0.9, 1.1, 1.4, 1.1), yearly_growth=0.05),
    channels=(
        Channel("yandex", "organic", _SEARCH, 1.6, 0.8),
        Channel("(direct)", "(none)", "(direct)", 0.9, 0.4),
        Channel("vk.com", "referral", _LINK, 0.5, 0.6),
        Channel("m.vk.com", "referral", _LINK, 0.5, 0.6),
        Channel("t.me", "referral", _LINK, 0.08, 0.6),
    ),
    shop=Shop(engaged=0.5, form=0.04, call_click=0.02, purchase=0.0, order_cents=0),
    wall=Wall(
        id=174905004,
        name="Пекарня на углу",
        members=40,
        joins=0.12,
        leaves=0.0003,
        posts=1.6,
        posts_planned=6,
        silent_weeks=0.25,
        reposts=0.1,
        reach=0.12,
        likes=0.05,
        comments=0.006,
        shares=0.002,
    ),
    ads=None,
    calls=(),
    forms="generate_lead",
    counter=44147844,
)

BRANDS = (YARKO, NORDLYS, PEKARNYA)
