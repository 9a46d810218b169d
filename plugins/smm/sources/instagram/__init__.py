"""A professional Instagram account, by Meta's Graph API: followers, people reached, views, reactions, and the media.

Reports: ``followers`` (counted at the moment of asking), ``insights`` (what Meta counts by day, and people by week,
28 days and month), ``posts`` and ``post_reach``. A metric that Meta refuses stays unknown, with Meta's reason, and the
others are loaded.
"""

from typing import Annotated

from pydantic import BeforeValidator

from smm.files.entry import ConnectionId
from smm.files.identities import numbered
from smm.sources import Gives, Options, Source


class Account(Options):
    connection: ConnectionId
    account: Annotated[
        int,
        BeforeValidator(
            numbered(
                "the account's number, such as 17841404905001001",
                "Meta's answer to /{page}?fields=instagram_business_account, where {page} is the number of its Page",
            )
        ),
    ]


SOURCE = Source(
    name="instagram",
    title="Instagram",
    options=Account,
    kinds=("counts", "posts", "threads"),
    reload_days=7,  # Meta is up to two days late; likes and saves of past days may fall
    one_by_one=True,
    can_repeat=True,
    identity="account",
    may_change=False,  # media of two accounts under one name would mix
    shows_posts=True,
    gives=(
        Gives("followers", "counts", ("followers",)),
        Gives(
            "insights",
            "counts",
            (
                *("followers_gained", "followers_lost", "likes", "comments", "reposts", "saves"),
                *("views", "engagements", "page_visits", "button_clicks", "website_clicks"),
            ),
        ),
        Gives("insights", "counts", ("reach",), ("day", "week", "month"), most_days=30),
        Gives("insights", "counts", ("reach_28",), ("day", "week", "month")),
        Gives(
            "posts", "posts", ("posts", "posts_reposted", "post_likes", "post_comments", "post_reposts", "post_views")
        ),
        Gives("post_reach", "posts", ("post_reach", "post_saves")),
        Gives("own_comments", "posts", ("post_comments_own",)),
        Gives("comments", "threads", ("comments_settled", "comments_answered")),
        Gives("comments", "threads", ("comment_response_minutes",), ("day", "week", "month")),
    ),
)
