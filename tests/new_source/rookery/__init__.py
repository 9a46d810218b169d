"""Rookery, a network that nobody has heard of: it exports its numbers and posts as one JSON document."""

from smm.files.entry import Line
from smm.sources import Gives, Options, Source


class Page(Options):
    document: Line  # where the export lies
    page: Line


SOURCE = Source(
    name="rookery",
    title="Rookery",
    options=Page,
    kinds=("counts", "posts"),
    reload_days=7,
    identity="page",
    may_change=False,
    post_address="https://rookery.example/{identity}/{post}",
    gives=(
        Gives("insights", "counts", ("likes", "followers_gained", "followers_lost")),
        Gives("insights", "counts", ("reach",), ("day", "week", "month")),
        Gives("members", "counts", ("followers",)),
        Gives("posts", "posts", ("posts", "post_likes", "post_comments", "post_reposts")),
    ),
)
