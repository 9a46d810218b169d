"""A Page's published posts, and the comments below them. Meta's number of those is that of comments without answers."""

from smm.sources import Job
from smm.sources.graph.errors import Json
from smm.sources.graph.fields import plain
from smm.sources.graph.insights import count, inner
from smm.sources.graph.listing import Form
from smm.sources.graph.posts import List, Post, moment, stored_id

FIELDS = (
    *("id", "created_time", "status_type", "shares"),
    *("reactions.summary(total_count).limit(0)", "comments.summary(total_count).limit(0)"),
)
KEPT = plain("id", "created_time", "status_type") | {
    "shares": plain("count"),
    "reactions": {"summary": plain("total_count")},
    "comments": {"summary": plain("total_count")},
}
COLUMNS = {"post_media_view": "views", "post_total_media_view_unique": "reach"}  # `post_clicks` are not those on links

COMMENTS = Form(
    "id,created_time,from{id},parent{id}",
    written_at="created_time",
    page=100,
    permission="pages_read_user_content",
    # answers among the others; without an order they would be in any
    params=(("filter", "stream"), ("order", "reverse_chronological")),
)


def of_job(job: Job) -> List:
    return List(f"{job.options['page']}/published_posts", FIELDS, KEPT, read, COLUMNS, "created_time")


def writer(post: Post) -> str:
    """The number of the Page in a post's name, such as 61 of 61_7; empty where there is none."""
    return post.name.rpartition("_")[0]


def read(one: Json) -> Post | None:
    """A post as it is listed; None for what has no number or moment."""
    name, published_at = str(one.get("id")), moment(one.get("created_time"))
    own = stored_id(name.rpartition("_")[2])
    if published_at is None or own is None:
        return None
    counters = {
        "likes": count(inner(one, "reactions", "summary", "total_count")),
        "comments": count(inner(one, "comments", "summary", "total_count")),
        "reposts": count(inner(one, "shares", "count")) if "shares" in one else 0,  # Meta leaves out what is zero
    }
    return Post(own, name, published_at, one.get("status_type") == "shared_story", counters, tuple(COLUMNS))
