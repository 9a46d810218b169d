"""The pictures of posts: drawn by the post's number, the same at every time; every seventh post has none."""

import re
from io import BytesIO
from typing import Any

from sandbox.data import FarEnds, Post

WIDTHS = {"s": 75, "m": 130, "p": 200, "x": 604}  # VK's names of sizes
BARE = 7
COLOURS = ((0xE07A5F, 0xF2CC8F), (0x3D5A80, 0x98C1D9), (0x6A994E, 0xF2E8CF), (0x9D4EDD, 0xFFD6FF), (0x264653, 0xE9C46A))
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
    return draw(post, width)


def _has_one(post: int) -> bool:
    return post // 3 % BARE != 0


def draw(post: int, width: int) -> bytes:
    """A round thing on a table, of two colours."""
    from PIL import Image, ImageDraw  # few need it: 0.1 s of imports

    height = width * 3 // 4
    dark, light = (tuple(colour.to_bytes(3)) for colour in COLOURS[post // 3 % len(COLOURS)])
    picture = Image.linear_gradient("L").resize((width, height))
    picture = Image.composite(Image.new("RGB", picture.size, dark), Image.new("RGB", picture.size, light), picture)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, height * 0.72, width, height), fill=dark)
    size, at = height * (0.35 + post % 4 * 0.08), width * (0.3 + post % 5 * 0.1)
    pen.ellipse((at - size / 2, height * 0.78 - size, at + size / 2, height * 0.78), fill="white", outline=dark)
    made = BytesIO()
    picture.save(made, "JPEG", quality=85)
    return made.getvalue()
