"""The pictures of posts: drawn by the post's number, the same at every time; every seventh post has none."""

import re
from typing import Any

from sandbox.data import FarEnds, Post
from sandbox.drawing import draw

WIDTHS = {"s": 75, "m": 130, "p": 200, "x": 604}  # VK's names of sizes
BARE = 7
PATH = re.compile(r"/pictures/(\d+)/(\d+)/(\d+)\.jpg")


def attached(url: str, community: int, post: Post) -> dict[str, Any]:
    """The `attachments` of a post; empty if it has no picture."""
    if not url or not _has_one(post.id):
        return {}
    sizes = [
        {
            "type": name,
            "width": width,
            "height": width * 3 // 4,
            "url": f"{url}/pictures/{community}/{post.id}/{width}.jpg",
        }
        for name, width in WIDTHS.items()
    ]
    return {"attachments": [{"type": "photo", "photo": {"id": post.id, "owner_id": -community, "sizes": sizes}}]}


def drawn(far_ends: FarEnds, path: str) -> bytes | None:
    """The picture at this path as JPEG; None if there is none."""
    named = PATH.fullmatch(path)
    if not named or int(named[3]) not in WIDTHS.values():
        return None
    community, post, width = map(int, named.groups())
    known = far_ends.communities.get(community)
    if known is None or not _has_one(post) or all(each.id != post for each in known.posts):
        return None
    return draw(post // 3, width)


def _has_one(post: int) -> bool:
    return post // 3 % BARE != 0
