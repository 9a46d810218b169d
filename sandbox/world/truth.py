"""The known truth: every measure counted from the world's own rows, and the KPIs that follow from them."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pandas as pd

from sandbox.data import Account, Page
from sandbox.meta.insights import unique
from sandbox.vk.audience import split
from sandbox.world import clients, inbox
from sandbox.world.chronicle import Chronicle
from sandbox.world.community import periods
from sandbox.world.counter import is_bounce
from sandbox.world.formulas import FORMULAS, Formula
from sandbox.world.seasons import days, month_end
from sandbox.world.talks import first_answer
from sandbox.world.traffic import SOCIAL

Measures = dict[tuple[str, str], Fraction | None]
"""(network, measure) -> value; None = expected, but not known."""

_NEVER_ADDED = {
    *("users", "new_visitors", "returning_users", "buyers", "first_buyers", "reach", "visitors"),
    *("audience_reach", "audience_known", "response_minutes", "comment_response_minutes", "reach_28"),
}
_META = {  # of a Page and an account alike
    "gained": "followers_gained",
    "lost": "followers_lost",
    "likes": "likes",
    "views": "views",
    "visits": "page_visits",
}
_META_OF = {
    "facebook": {"views_ads": "views_ads", "engagements": "engagements", "clicks": "button_clicks"},
    "instagram": {
        "comments": "comments",
        "shares": "reposts",
        "saves": "saves",
        "interactions": "engagements",
        "taps": "button_clicks",
        "clicks": "website_clicks",
    },
}
_STATS = {
    "likes": "likes",
    "comments": "comments",
    "copies": "reposts",
    "subscribed": "followers_gained",
    "unsubscribed": "followers_lost",
}


def kpis(chronicle: Chronicle, month: date) -> list[tuple[str, str, float | None]]:
    """(network, kpi, value) of every KPI whose measures the client's data make known in that month."""
    known = measures(chronicle, month)
    planned = {key: value for key, value in known.items() if key[1] == "posts_planned" and key[0] in SOCIAL}
    pages = _pages(chronicle, month) | planned  # a plan of posts is of one page
    found = []
    for network in sorted({network for network, _ in known}):
        for kpi, formula in FORMULAS.items():
            if kpi == "social_share" and network != "all":  # it is pinned to networks: one row is enough
                continue
            try:
                value = _value(formula, known, network)
            except KeyError:  # one of its measures is nobody's business in this network
                continue
            found.append((network, kpi, None if network == "all" and _is_partial(formula, pages) else value))
    return found


def measures(chronicle: Chronicle, month: date) -> Measures:
    """What is known of the month, up to yesterday; `all` = the social networks added up, where adding is right."""
    last = min(month_end(month), chronicle.today - timedelta(days=1))
    known = {**_site(chronicle, month, last), **_pages(chronicle, month), **_messages(chronicle, month, last)}
    figures = chronicle.figures[chronicle.figures["period"].str[:7] == f"{month:%Y-%m}"]
    for network, measure, values in (
        figures.groupby(["network", "measure"], as_index=False)["value"].agg(list).to_numpy()
    ):
        known[network, measure] = Fraction(sum(map(Decimal, values)))
    for measure in {measure for network, measure in known if network in SOCIAL} - _NEVER_ADDED:
        known["all", measure] = _sum([v for (n, m), v in known.items() if m == measure and n in SOCIAL])
    brand = chronicle.brand
    declared = {"calls": bool(brand.calls), "forms": bool(brand.forms), "messages": bool(brand.messages)}
    for network in {network for network, _ in known}:
        # nobody writes to an ad, or to another network
        parts = [part for part in declared if declared[part] and (part != "messages" or network in ("vk", "all"))]
        if all((network, part) in known for part in parts):
            known[network, "leads"] = _sum([known[network, part] for part in parts])
    return known


def _pages(chronicle: Chronicle, month: date) -> Measures:
    """What the networks count of their own pages."""
    last = min(month_end(month), chronicle.today - timedelta(days=1))
    counted = (_community, _posts, _meta)
    return {place: value for count in counted for place, value in count(chronicle, month, last).items()}


def _is_partial(formula: Formula, pages: Measures) -> bool:
    """Whether a network counts only a part of what the KPI is made of: then nothing is known of all of them."""
    asked = set()

    def term(name: str) -> Fraction:
        asked.add(name)
        return Fraction(1)

    formula(term)
    needed = asked & {measure for _, measure in pages}
    counted = [sum((network, measure) in pages for measure in needed) for network in {network for network, _ in pages}]
    return any(0 < each < len(needed) for each in counted)


def daily(chronicle: Chronicle) -> pd.DataFrame:
    """One row per network, flow and day since the first month: network, measure, day, value (int; revenue Decimal).

    A day begins in the zone of who counts: the property's for the site, UTC for the community, the brand's for posts.
    The followers at the end of each day are there too.
    """
    calendar = pd.DatetimeIndex(days(chronicle.first_month, chronicle.today - timedelta(days=1)))
    sessions = _sessions(chronicle)
    flows = _flows(chronicle, sessions)
    tables = {"site": flows.groupby(sessions["day"]).sum()}
    for network in sessions["network"].cat.categories:
        mine = sessions["network"] == network
        tables[network] = flows[mine].groupby(sessions["day"][mine]).sum()
    stats = chronicle.by_day.set_index("day")[[*_STATS, "members"]]
    places = {"facebook": chronicle.page, "instagram": chronicle.account}
    meta = {
        network: place.by_day.set_index("day")[[*_META, *_META_OF[network]]].rename(columns=_META | _META_OF[network])
        for network, place in places.items()
        if place
    }
    comments = {
        network: _talk_flows(chronicle, place).groupby("day")[["comments_settled", "comments_answered"]].sum()
        for network, place in places.items()
        if place
    }
    posts = _post_flows(chronicle)
    threads = pd.DataFrame({"messages": 1, "messages_answered": inbox.is_answered(chronicle.threads, chronicle.now)})
    messages = threads.groupby(chronicle.threads["day"]).sum() if chronicle.brand.messages else pd.DataFrame()
    found = []
    for network, table in [
        *tables.items(),
        *meta.items(),
        *comments.items(),
        ("vk", messages),
        ("vk", stats.rename(columns={**_STATS, "members": "followers"})),
        ("vk", posts.groupby("day").sum(min_count=1).drop(columns=["post_followers", "post_views"])),
    ]:
        # of a day that is not over in California nothing is known
        over = calendar[calendar <= table.index.max()] if "followers_lost" in table and network != "vk" else calendar
        long = table.reindex(over, fill_value=0).rename_axis("day").reset_index()
        found.append(long.melt("day", var_name="measure").assign(network=network))
    truth = pd.concat(found, ignore_index=True)[["network", "measure", "day", "value"]]
    is_money = truth["measure"] == "revenue"
    values = truth["value"].astype("int64").astype(object)
    values[is_money] = values[is_money].map(lambda cents: Decimal(cents) / 100)
    return truth.assign(day=truth["day"].dt.date, value=values)


def _sessions(chronicle: Chronicle) -> pd.DataFrame:
    """The sessions that GA4's processing shows by today; Metrica shows all of them."""
    if chronicle.brand.counter is not None:
        return chronicle.sessions
    return chronicle.sessions[chronicle.sessions["visible_from"] <= pd.Timestamp(chronicle.today)]


def _flows(chronicle: Chronicle, sessions: pd.DataFrame) -> pd.DataFrame:
    """One row per session, one column per flow of the site; revenue in cents."""
    key_events = sessions["forms"] + sessions["call_clicks"] + sessions["purchases"]
    flows = pd.DataFrame(
        {
            "sessions": 1,
            "engaged_sessions": sessions["engaged"].astype(int),
            "engagement_seconds": sessions["seconds"],
            "page_views": sessions["pages"],
            "new_users": sessions["is_first_visit"].astype(int),
            "key_events": key_events,
            "key_event_sessions": (key_events > 0).astype(int),
            "purchases": sessions["purchases"],
            "revenue": sessions["revenue_cents"],
        }
    )
    if chronicle.brand.counter is not None:
        flows = flows.drop(columns=["key_events", "key_event_sessions"])
        flows["engaged_sessions"] = 1 - is_bounce(sessions).astype(int)
    return flows.assign(forms=sessions["forms"]) if chronicle.brand.forms else flows


def _site(chronicle: Chronicle, first: date, last: date) -> Measures:
    sessions = _between(_sessions(chronicle), first, last)
    known: Measures = {}
    named = clients.named_networks(chronicle)
    for network in sorted({"site", *named, *sessions["network"].unique()}):
        mine = sessions if network == "site" else sessions[sessions["network"] == network]
        flows = {str(name): Fraction(int(total)) for name, total in _flows(chronicle, mine).sum().items()}
        flows["revenue"] /= 100
        is_active = mine["engaged"] | mine["is_first_visit"] | (mine["seconds"] > 0)
        people: dict[str, pd.DataFrame] = {}  # GA4 is asked for them of the site and of the networks of the file
        if chronicle.brand.counter is not None:
            people |= {"users": mine} if network == "site" else {}
        elif network == "site" or network in SOCIAL & named:
            people["users"] = mine[is_active]
            people["new_visitors"] = mine[is_active & mine["is_first_visit"]]
            people["returning_users"] = mine[is_active & ~mine["is_first_visit"]]
        if network == "site" and chronicle.brand.counter is None:
            people["buyers"] = mine[mine["purchases"] > 0]
            people["first_buyers"] = mine[mine["is_first_purchase"]]
        known |= {(network, name): value for name, value in flows.items()}
        known |= {(network, name): Fraction(rows["visitor"].nunique()) for name, rows in people.items()}
    return known


def _community(chronicle: Chronicle, first: date, last: date) -> Measures:
    stats = chronicle.by_day
    month = _between(stats, first, last)
    opening = stats.loc[stats["day"] == pd.Timestamp(first) - pd.Timedelta(days=1), "members"].item()
    people = periods(stats, "month", first, last)[0]
    flows: Measures = {("vk", measure): Fraction(int(month[column].sum())) for column, measure in _STATS.items()}
    return (
        flows
        | _audience(chronicle, people.reach)
        | {
            ("vk", "reach"): Fraction(people.reach),
            ("vk", "visitors"): Fraction(people.visitors),
            ("vk", "followers"): Fraction(int(month["members"].iloc[-1])),
            ("vk", "followers_opening"): Fraction(int(opening)),
            ("vk", "followers_average"): Fraction(int(month["members"].sum()), len(month)),
            ("vk", "follower_days"): Fraction(int(month["members"].sum())),
        }
    )


def _audience(chronicle: Chronicle, reach: int) -> Measures:
    """Of the people reached, those whom the brand wants to reach; VK tells sex and age of all of them."""
    if chronicle.brand.audience is None:
        return {}
    sex, ages = chronicle.brand.audience
    counts = {cell["value"]: cell["count"] for cell in split(reach)["sex_age"]} if reach else {}
    wanted = sum(counts[f"{sex[0]};{age}"] for age in ages) if reach else 0
    return {("vk", "audience_reach"): Fraction(wanted), ("vk", "audience_known"): Fraction(sum(counts.values()))}


def _meta(chronicle: Chronicle, first: date, last: date) -> Measures:
    """What Meta counts of the Page and of the account; people of a month only of the account, and never of 31 days."""
    known: Measures = {}
    places = {"facebook": chronicle.page, "instagram": chronicle.account}
    for network, place in places.items():
        if place is None:
            continue
        month = _between(place.by_day, first, last)
        opening = _between(place.by_day, first - timedelta(days=1), first - timedelta(days=1))
        found: dict[str, Fraction | None] = {
            measure: Fraction(int(month[column].sum())) for column, measure in (_META | _META_OF[network]).items()
        }
        size = month["followers"]
        found |= {
            "followers": Fraction(int(size.iloc[-1])),
            "followers_opening": Fraction(int(opening["followers"].iloc[-1])),
            "followers_average": Fraction(int(size.sum()), len(size)),
            "follower_days": Fraction(int(size.sum())),
            "reach_28": Fraction(unique(_between(place.by_day, last - timedelta(days=27), last))),
        }
        if network == "instagram":
            found["reach"] = Fraction(unique(month)) if len(month) <= 30 else None
        known |= {(network, measure): value for measure, value in found.items()}
        known |= _published(chronicle, network, place, first, last)
        known |= _comments(chronicle, network, place, first, last)
    return known


def _published(chronicle: Chronicle, network: str, place: Page | Account, first: date, last: date) -> Measures:
    zone = ZoneInfo(chronicle.brand.time_zone)
    listed = place.posts if isinstance(place, Page) else place.media
    posts = [one for one in listed if first <= one.published_at.astimezone(zone).date() <= last]
    size = place.by_day.set_index("day")["followers"]
    found = {
        "posts": len(posts),
        "posts_reposted": sum(one.kind == "shared_story" for one in posts),
        "post_likes": sum(one.likes for one in posts),
        "post_comments": sum(one.comments for one in posts),
        "post_comments_own": sum(
            remark.is_own and (network == "instagram" or remark.parent is None) for one in posts for remark in one.talk
        ),
        "post_reposts": sum(one.shares for one in posts),
        "post_views": sum(one.views for one in posts),
        "post_reach": sum(one.reach for one in posts),
        **({"post_saves": sum(one.saves for one in posts)} if network == "instagram" else {}),
        "post_followers": sum(int(size[pd.Timestamp(one.published_at.astimezone(zone).date())]) for one in posts),
    }
    return {(network, measure): Fraction(value) for measure, value in found.items()}


def _comments(chronicle: Chronicle, network: str, place: Page | Account, first: date, last: date) -> Measures:
    """Comments that people wrote in these days, and after what time they were answered."""
    rows = _between(_talk_flows(chronicle, place), first, last)
    answered = rows["seconds"].dropna().sort_values().astype(int).tolist()
    middle = answered[(len(answered) - 1) // 2 : len(answered) // 2 + 1]
    return {
        (network, "comments_settled"): Fraction(int(rows["comments_settled"].sum())),
        (network, "comments_answered"): Fraction(len(answered)),
        (network, "comment_response_minutes"): Fraction(sum(middle), 60 * len(middle)) if middle else None,
    }


def _talk_flows(chronicle: Chronicle, place: Page | Account) -> pd.DataFrame:
    """One row per comment of a person: its day in the brand's zone, and the seconds until it was answered, if it was.

    Nobody comments on a post after more than 28 days, which is as long as it is read.
    """
    zone = ZoneInfo(chronicle.brand.time_zone)
    found = []
    for one in place.posts if isinstance(place, Page) else place.media:
        for remark in one.talk:
            if not remark.is_own and remark.parent is None:
                wait = first_answer(one.talk, remark)
                is_over = chronicle.now - remark.written_at >= timedelta(days=1)
                day = pd.Timestamp(remark.written_at.astimezone(zone).date())
                found.append((day, None if wait is None else wait.total_seconds(), is_over))
    rows = pd.DataFrame(found, columns=["day", "seconds", "is_over"])
    is_answered = rows["seconds"].notna()
    return rows.assign(
        comments_settled=(is_answered | rows["is_over"]).astype(int), comments_answered=is_answered.astype(int)
    )


def _messages(chronicle: Chronicle, first: date, last: date) -> Measures:
    """Threads that began in these days. Those of yesterday count as settled, whether their 24 hours are over or not."""
    if not chronicle.brand.messages:
        return {}
    threads = _between(chronicle.threads, first, last)
    answered = threads.loc[inbox.is_answered(threads, chronicle.now), "seconds"].sort_values().tolist()
    middle = answered[(len(answered) - 1) // 2 : len(answered) // 2 + 1]
    return {
        ("vk", "messages"): Fraction(len(threads)),
        ("vk", "messages_settled"): Fraction(len(threads)),
        ("vk", "messages_answered"): Fraction(len(answered)),
        ("vk", "response_minutes"): Fraction(sum(middle), 60 * len(middle)) if middle else None,
    }


def _post_flows(chronicle: Chronicle) -> pd.DataFrame:
    """One row per post of the community itself: its day and what it adds to each flow."""
    posts = chronicle.posts_by_day()
    return pd.DataFrame(
        {
            "day": posts["day"],
            "posts": 1,
            "posts_reposted": posts["is_repost"].astype(int),
            "post_likes": posts["likes"],
            "post_comments": posts["comments"],
            "post_comments_own": [
                sum(author == posted for thread in talk for author in thread)
                for talk, posted in zip(posts["talk"], posts["from_id"], strict=True)
            ],
            "post_reposts": posts["reposts"],
            "post_views": posts["views"],
            "post_reach": posts["reach"],
            "post_reach_followers": posts["reach_subscribers"],
            "post_clicks": posts["links"],
            "joins_from_posts": posts["join_group"],
            "post_followers": posts["followers"],
        }
    )


def _posts(chronicle: Chronicle, first: date, last: date) -> Measures:
    posts = _between(_post_flows(chronicle), first, last).drop(columns="day")
    return {
        ("vk", str(name)): None if values.isna().any() else Fraction(int(values.sum()))
        for name, values in posts.items()
    }


def _between(rows: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    return rows[(rows["day"] >= pd.Timestamp(first)) & (rows["day"] <= pd.Timestamp(last))]


def _sum(values: list[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) if len(known) == len(values) else None


def _value(formula: Formula, known: Measures, network: str) -> float | None:
    """The KPI's value; None: a measure is not known, or the denominator is 0. KeyError: a measure is not expected."""
    unknown = False

    def term(name: str) -> Fraction:
        nonlocal unknown
        pin, _, measure = name.rpartition(".")
        value = known[pin or network, measure]
        unknown = unknown or value is None
        return value or Fraction(0)

    try:
        value = formula(term)
    except ZeroDivisionError:
        return None
    return None if unknown else float(value)
