"""A Facebook Page, by Meta's Graph API: followers, people reached, views, and the posts with their counters.

Reports: ``insights`` (what Meta counts by day, and people by week and 28 days), ``posts`` and ``post_reach``. A metric
that Meta refuses stays unknown, with Meta's reason, and the others are loaded.
"""

from typing import Annotated

from pydantic import BeforeValidator

from smm.files.entry import ConnectionId
from smm.files.identities import numbered
from smm.sources import Gives, Options, Source


class Page(Options):
    connection: ConnectionId
    page: Annotated[
        int,
        BeforeValidator(
            numbered(
                "the Page's number, such as 104905001000001",
                "the Page's About, Page transparency, as Page ID",
                r"^(?:https://)?(?:www\.)?facebook\.com/profile\.php\?id=",
            )
        ),
    ]


SOURCE = Source(
    name="facebook",
    title="Facebook",
    options=Page,
    kinds=("counts", "posts", "threads"),
    reload_days=7,  # a day settles in three; followers of past days are rewritten by a few
    one_by_one=True,
    can_repeat=True,
    identity="page",
    may_change=False,  # posts of two Pages under one name would mix
    post_address="https://www.facebook.com/{identity}/posts/{post}",
    shows_posts=True,
    gives=(
        Gives(
            "insights",
            "counts",
            (
                *("followers", "followers_gained", "followers_lost", "likes"),
                *("views", "views_ads", "engagements", "page_visits", "button_clicks"),
            ),
        ),
        Gives("insights", "counts", ("reach",), ("day", "week")),
        Gives("insights", "counts", ("reach_28",), ("day", "week", "month")),
        Gives(
            "posts", "posts", ("posts", "posts_reposted", "post_likes", "post_comments", "post_reposts", "post_views")
        ),
        Gives("post_reach", "posts", ("post_reach",)),
        Gives("own_comments", "posts", ("post_comments_own",)),
        Gives("comments", "threads", ("comments_settled", "comments_answered")),
        Gives("comments", "threads", ("comment_response_minutes",), ("day", "week", "month")),
    ),
)
