"""VK communities, by its API 5.199: members, statistics, posts of the wall, and their reach.

Members, counters and reach are those of the moment they are asked for; ``fetched_at`` says which. Statistics come by
day, ISO week and month, because people are counted once within each; VK's days are UTC days. Posts are read back to
POST_DAYS before the job's first day, so that a daily run sees every post grow until that age.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from smm.sources import Answer, BadInput, Health, Job, Known, Rows, periods, vk_session
from smm.sources.periods import ONE_DAY, Grain
from smm.sources.vk_session import Call, Json

RELATIONS = {
    "vk_stats": (
        *("network", "grain", "period", "through_day", "reach", "reach_subscribers", "visitors", "page_views"),
        *("likes", "comments", "reposts", "joined", "left_community"),
    ),
    "vk_members": ("network", "members", "fetched_at"),
    "vk_posts": (
        *("network", "post_id", "published_at", "is_repost", "is_ad", "is_own"),
        *("likes", "comments", "reposts", "views", "fetched_at"),
    ),
    "vk_post_reach": ("network", "post_id", "reach", "reach_subscribers", "link_clicks", "joins"),
}
