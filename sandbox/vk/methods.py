"""The VK API methods served, in the shapes of version 5.199."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from sandbox.data import Community, FarEnds, Period, Post
from sandbox.vk import audience, comments, messages, pictures
from sandbox.vk.params import Params, VkError

Json = dict[str, Any]

INTERVALS = ("day", "week", "month")
STATS_GROUPS = ("visitors", "reach", "activity")
WALL_FILTERS = ("all", "owner", "others")
ACTIVITY = ("likes", "comments", "copies", "subscribed", "unsubscribed")
MAX_GROUPS, MAX_POSTS, MAX_REACHES = 500, 100, 30
UNAVAILABLE = -1  # how getPostReach writes a number that it does not have
FIRST_COMMUNITY = -1  # the owner of every post that was reposted


@dataclass(frozen=True)
class Method:
    kinds: frozenset[str]  # of token that may call it: user, service, group (a community's)
    answer: Callable[[FarEnds, Params], Any]


def groups_get_by_id(far_ends: FarEnds, params: Params) -> Json:
    """`members_count` only where `fields` asks for it and the community shows it."""
    names = params.words("group_ids") or [params.text("group_id")]
    if len(names) > MAX_GROUPS:
        raise VkError(100, f"group_ids should contain at most {MAX_GROUPS} elements")
    fields = params.words("fields")
    communities = [_community(far_ends, name.removeprefix("club")) for name in names]
    return {"groups": [_group(community, fields) for community in communities], "profiles": []}


def stats_get(far_ends: FarEnds, params: Params) -> list[Json]:
    """The periods that touch the UTC days of the two timestamps, newest first."""
    params.refuse("app_id", "intervals_count", "filters")
    community = _community(far_ends, params.text("group_id"))
    if community.stats is None:
        raise VkError(15, "statistics of this community are not available to you")
    interval = params.choice("interval", INTERVALS, "day")
    first, last = _utc_day(params.natural("timestamp_from")), _utc_day(params.natural("timestamp_to"))
    if first > last:
        raise VkError(150)
    groups = params.words("stats_groups") or STATS_GROUPS
    extended = params.flag("extended", default=True)
    blocks = {"period_from", "period_to", *groups}
    periods = (_period(period, extended) for period in community.stats(interval, first, last))
    return [{key: value for key, value in period.items() if key in blocks} for period in periods]


def stats_get_post_reach(far_ends: FarEnds, params: Params) -> list[Json]:
    """One row per post that exists."""
    community = _wall_of(far_ends, params)
    if community.stats is None:
        raise VkError(15, "statistics of this community are not available to you")
    wanted = params.words("post_ids") or [params.text("post_ids")]
    if len(wanted) > MAX_REACHES:
        raise VkError(100, f"post_ids should contain at most {MAX_REACHES} elements")
    posts = {str(post.id): post for post in community.posts}
    return [_post_reach(posts[post_id]) for post_id in wanted if post_id in posts]


def wall_get(far_ends: FarEnds, params: Params) -> Json:
    """A page of the wall, newest first, but for the pinned post, which comes before all others."""
    params.refuse("extended")
    community = _wall_of(far_ends, params)
    whose = params.choice("filter", WALL_FILTERS, "all")
    offset, count = params.natural("offset", 0), min(params.natural("count", 20), MAX_POSTS)
    own = {"owner": {True}, "others": {False}, "all": {True, False}}[whose]
    posts = [post for post in community.posts if (post.from_id == -community.id) in own]
    posts.sort(key=lambda post: not post.is_pinned)
    page = islice(posts, offset, offset + count)
    return {"count": len(posts), "items": [_wall_item(-community.id, post) for post in page]}


def wall_get_by_id(far_ends: FarEnds, params: Params) -> Json:
    """The posts named `-<community>_<post>` that exist, with their pictures; others are passed over."""
    params.refuse("extended")
    wanted = params.words("posts") or [params.text("posts")]
    if len(wanted) > MAX_POSTS:
        raise VkError(100, f"posts should contain at most {MAX_POSTS} elements")
    items = []
    for name in wanted:
        owner, _, number = name.partition("_")
        if not (owner.removeprefix("-").isdecimal() and number.isdecimal()):
            raise VkError(100, "posts is invalid")
        community = far_ends.communities.get(-int(owner))
        for post in community.posts if community else ():
            if post.id == int(number):
                items.append(_wall_item(int(owner), post) | pictures.attached(far_ends.vk_url, -int(owner), post))
    return {"items": items}


def wall_get_comments(far_ends: FarEnds, params: Params) -> Json:
    """Of a post that is not there, or whose comments nobody may read, an error."""
    community, post_id = _wall_of(far_ends, params), params.natural("post_id")
    for post in community.posts:
        if post.id == post_id:
            return comments.get_comments(-community.id, post, params)
    raise VkError(100, "post_id is invalid")


METHODS = {
    "messages.getConversations": Method(frozenset({"group"}), messages.get_conversations),
    "messages.getHistory": Method(frozenset({"group"}), messages.get_history),
    "groups.getById": Method(frozenset({"user", "service", "group"}), groups_get_by_id),
    "stats.get": Method(frozenset({"user"}), stats_get),
    "stats.getPostReach": Method(frozenset({"user"}), stats_get_post_reach),
    "wall.getComments": Method(frozenset({"user", "service"}), wall_get_comments),
    "wall.getById": Method(frozenset({"user", "service"}), wall_get_by_id),
    "wall.get": Method(frozenset({"user", "service"}), wall_get),
}


def _community(far_ends: FarEnds, number: str) -> Community:
    community = far_ends.communities.get(int(number)) if number.isdecimal() else None
    if community is None:
        raise VkError(125)
    return community


def _wall_of(far_ends: FarEnds, params: Params) -> Community:
    community = far_ends.communities.get(-params.integer("owner_id"))
    if community is None:
        raise VkError(100, "owner_id is invalid")
    return community


def _utc_day(timestamp: int) -> date:
    try:
        return datetime.fromtimestamp(timestamp, UTC).date()
    except (ValueError, OverflowError, OSError):  # milliseconds, for one
        raise VkError(150) from None


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _group(community: Community, fields: list[str]) -> Json:
    group: Json = {
        "id": community.id,
        "name": community.name,
        "screen_name": f"club{community.id}",
        "is_closed": 0,
        "type": "group",
    }
    if "members_count" in fields and community.members is not None:
        group["members_count"] = community.members
    return group


def _period(period: Period, extended: bool) -> Json:
    """Numbers of `activity` that are zero are left out, and the whole block when nothing happened."""
    visitors = {
        "views": period.views,
        "visitors": period.visitors,
        "mobile_views": audience.mobile(period.views),
    }
    reach = {
        "reach": period.reach,
        "reach_subscribers": period.reach_subscribers,
        "mobile_reach": audience.mobile(period.reach),
    }
    answer: Json = {
        "period_from": _midnight(period.period_from),
        "period_to": _midnight(period.period_to + timedelta(days=1)) - 1,
        "visitors": visitors | (audience.split(period.visitors) if extended else {}),
        "reach": reach | (audience.split(period.reach) if extended else {}),
    }
    if activity := {name: count for name in ACTIVITY if (count := getattr(period, name))}:
        answer["activity"] = activity
    return answer


def _post_reach(post: Post) -> Json:
    """Nobody was reached by advertisement, or hid or reported anything."""
    if post.reach is None or post.reach_subscribers is None:
        viral = ads = UNAVAILABLE
    else:
        viral, ads = post.reach - post.reach_subscribers, 0
    return {
        "post_id": post.id,
        "reach_total": _or_unavailable(post.reach),
        "reach_subscribers": _or_unavailable(post.reach_subscribers),
        "reach_viral": viral,
        "reach_ads": ads,
        "links": _or_unavailable(post.links),
        "join_group": _or_unavailable(post.join_group),
        "to_group": 0,
        "hide": 0,
        "report": 0,
        "unsubscribe": 0,
    }


def _or_unavailable(number: int | None) -> int:
    return UNAVAILABLE if number is None else number


def _wall_item(owner_id: int, post: Post) -> Json:
    """`comments` and `views` are absent where they are not known, `is_pinned` where the post is not."""
    item = _post(post.id, owner_id, post) | {
        "from_id": post.from_id,
        "marked_as_ads": int(post.is_ad),
        "likes": {"can_like": 1, "count": post.likes, "user_likes": 0},
        "reposts": {"count": post.reposts},
    }
    if post.comments is not None:
        item["comments"] = {"count": post.comments}
    if post.views is not None:
        item["views"] = {"count": post.views}
    if post.is_pinned:
        item["is_pinned"] = 1
    if post.is_repost:
        item["copy_history"] = [_post(post.id, FIRST_COMMUNITY, post)]
    return item


def _post(post_id: int, owner_id: int, post: Post) -> Json:
    return {
        "inner_type": "wall_wallpost",
        "type": "post",
        "post_type": "post",
        "id": post_id,
        "owner_id": owner_id,
        "from_id": owner_id,
        "date": int(post.published_at.timestamp()),
        "text": post.text,
    }
