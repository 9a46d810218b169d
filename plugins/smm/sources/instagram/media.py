"""An account's media: posts and reels. Stories are gone after a day, and are no part of the list.

Meta's number of a medium's comments is that of comments and answers.
"""

from smm.sources import Job
from smm.sources.graph.errors import Json
from smm.sources.graph.fields import plain
from smm.sources.graph.insights import count
from smm.sources.graph.listing import Form
from smm.sources.graph.posts import List, Post, moment, stored_id

FIELDS = ("id", "timestamp", "media_product_type", "like_count", "comments_count")
COLUMNS = {"reach": "reach", "views": "views", "shares": "reposts", "saved": "saves"}

COMMENTS = Form(
    "id,timestamp,from{id}",
    written_at="timestamp",
    page=50,
    permission="instagram_manage_comments",
    answers="replies",
    counts_answers=True,
)


def of_job(job: Job) -> List:
    return List(f"{job.options['account']}/media", FIELDS, plain(*FIELDS), read, COLUMNS, "timestamp", is_story)


def is_story(one: Json) -> bool:
    return one.get("media_product_type") == "STORY"


def read(one: Json) -> Post | None:
    """A post or reel as it is listed; None for a story, and for what has no number or moment.

    ``like_count`` is missing where the owner hides it.
    """
    name, published_at = str(one.get("id")), moment(one.get("timestamp"))
    own = stored_id(name)
    if published_at is None or own is None or is_story(one):
        return None
    counters = {"likes": count(one.get("like_count")), "comments": count(one.get("comments_count"))}
    return Post(own, name, published_at, is_repost=False, counters=counters, metrics=tuple(COLUMNS))
