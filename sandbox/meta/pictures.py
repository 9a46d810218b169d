"""The pictures of posts and media: one size of each, as Meta has them; every seventh has none."""

import re

from sandbox.data import FarEnds, Publication
from sandbox.drawing import draw

WIDTH = 720
BARE = 7
PATH = re.compile(r"/pictures/(\d+)\.jpg")


def address(url: str, one: Publication) -> str | None:
    """Where the picture lies; None if there is none."""
    return f"{url}/pictures/{one.id}.jpg" if url and _has_one(one.id) else None


def drawn(far_ends: FarEnds, path: str) -> bytes | None:
    """The picture at this path as JPEG; None if there is none. Whoever knows its address may see it."""
    named = PATH.fullmatch(path)
    if not named or not _has_one(number := int(named[1])):
        return None
    lists = [page.posts for page in far_ends.pages.values()] + [one.media for one in far_ends.accounts.values()]
    is_there = any(each.id == number for found in lists for each in found)
    return draw(number // 10, WIDTH) if is_there else None


def _has_one(number: int) -> bool:
    return number // 10 % BARE != 0
