"""One item of a VK wall: a post, or what is none.

VK leaves the shell of a deleted post, with or without its date, shows strangers a teaser of what is for paying readers,
and may list what is not published. Such items change nothing: a post that was read before keeps what is known of it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from smm.sources.vk import values
from smm.sources.vk.errors import Json

COUNTERS = ("likes", "comments", "reposts", "views")
OF_DELETED = ("deleted_reason", "deleted_details")  # of is_deleted each may be absent
UNPUBLISHED = ("postpone", "suggest", "post_ads", "reply")  # types of items that stand on no wall


@dataclass(frozen=True)
class Item:
    """A post as a page has it. ``is_own`` None: VK does not say who wrote it."""

    id: int
    published_at: datetime
    day: date
    is_own: bool | None
    is_repost: bool
    is_ad: bool
    is_pinned: bool
    counters: dict[str, int | None]
    odd: list[str]  # counters that are no numbers, in words


def read(told: Json, owner: int, zone: ZoneInfo) -> Item | None:
    """None for what is no post."""
    number, at = values.count(told.get("id")), values.moment(told.get("date"))
    is_teaser = bool(values.block(told.get("donut")).get("placeholder"))
    is_deleted = values.flag(told.get("is_deleted")) or any(told.get(word) for word in OF_DELETED)
    is_post = not (is_deleted or is_teaser or told.get("post_type") in UNPUBLISHED)
    if not is_post or not number or not at:
        return None
    author = values.whole(told.get("from_id"))
    numbers = {name: values.block(told.get(name)).get("count") for name in COUNTERS}
    counters = {name: values.count(count) for name, count in numbers.items()}
    return Item(
        id=number,
        published_at=at,
        day=at.astimezone(zone).date(),
        is_own=None if author is None else author == (values.whole(told.get("owner_id")) or owner),
        is_repost=bool(told.get("copy_history")),
        is_ad=values.flag(told.get("marked_as_ads")),
        is_pinned=values.flag(told.get("is_pinned")),
        counters=counters,
        odd=[
            values.odd(name, numbers[name]) for name in COUNTERS if numbers[name] is not None and counters[name] is None
        ],
    )
