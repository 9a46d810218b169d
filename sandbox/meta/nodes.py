"""Pages, accounts and the lists of what they have published."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sandbox.data import Account, Page, Publication
from sandbox.meta import pictures

Json = dict[str, Any]
MOST = 100  # of a list at once


def page(one: Page, fields: Mapping[str, str], token: str | None) -> Json:
    """`token`: the Page's own; None: whoever asks has no role there."""
    followers = int(one.by_day["followers"].iloc[-1])
    known: Json = {"name": one.name, "followers_count": followers, "fan_count": followers, "is_published": True}
    known |= {"access_token": token} if token else {}
    return _shown(known, fields) | {"id": str(one.id)}


def account(one: Account, fields: Mapping[str, str]) -> Json:
    """It counts fewer media than it lists."""
    followers = int(one.by_day["followers"].iloc[-1])
    counts = {"followers_count": followers, "follows_count": 0, "media_count": max(len(one.media) - 3, 0)}
    return _shown({"username": one.name} | counts, fields) | {"id": str(one.id)}


def posts(one: Page, fields: Mapping[str, str], url: str) -> Json:
    return listed(one.posts, fields, lambda post: _post(one.id, post, url))


def media(one: Account, fields: Mapping[str, str], url: str) -> Json:
    return listed(one.media, fields, lambda medium: _medium(medium, url))


def publication(name: str, one: Publication, fields: Mapping[str, str], url: str) -> Json:
    """A post <page>_<post>, or a medium."""
    page, is_post, _ = name.partition("_")
    told = _post(int(page), one, url) if is_post else _medium(one, url)
    return _shown(told, fields) | {"id": name}


def listed(found: Sequence[Any], fields: Mapping[str, str], told: Callable[[Any], Json], most: int = MOST) -> Json:
    """A page of it. The last one has a cursor too, and no link."""
    limit = min(int(fields.get("limit", "25")), most)
    after = fields.get("after", "")
    begin = int(after.removeprefix("after-")) if after else 0
    some = found[begin : begin + limit]
    if not some:
        return {"data": []}
    cursors = {"before": f"before-{begin}", "after": f"after-{begin + len(some)}"}
    is_last = begin + limit >= len(found)
    link = {} if is_last else {"next": "https://graph.facebook.com/v26.0/next?access_token=EAA"}
    data = [{"id": (whole := told(one))["id"]} | _shown(whole, fields) for one in some]
    return {"data": data, "paging": {"cursors": cursors} | link}


def _post(page: int, one: Publication, url: str) -> Json:
    picture = pictures.address(url, one)
    return {
        "id": f"{page}_{one.id}",
        "created_time": moment(one.published_at),
        "status_type": one.kind,
        "permalink_url": f"https://www.facebook.com/{page}/posts/{one.id}",
        "reactions": {"data": [], "summary": {"total_count": one.likes}},
        "comments": {"data": [], "summary": {"total_count": one.comments}},
        **({"shares": {"count": one.shares}} if one.shares else {}),
        **({"message": one.text} if one.text else {}),
        **({"full_picture": picture} if picture else {}),
    }


def _medium(one: Publication, url: str) -> Json:
    """What lies at the `media_url` of a reel is the film."""
    picture, is_film = pictures.address(url, one), one.kind == "REELS"
    return {
        "id": str(one.id),
        "timestamp": moment(one.published_at),
        "media_product_type": one.kind,
        "media_type": "VIDEO" if is_film else "IMAGE",
        "permalink": f"https://www.instagram.com/{'reel' if is_film else 'p'}/{_shortcode(one.id)}/",
        "like_count": one.likes,
        "comments_count": one.comments,
        **({"caption": one.text} if one.text else {}),
        **({"thumbnail_url" if is_film else "media_url": picture} if picture else {}),
        **({"media_url": f"{url}/films/{one.id}.mp4"} if is_film else {}),
    }


def _shortcode(number: int) -> str:
    """Another name than the number, by which people find it."""
    return base64.urlsafe_b64encode(number.to_bytes(8)).decode().rstrip("=")


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}+0000"


def _shown(known: Json, fields: Mapping[str, str]) -> Json:
    """What was asked for, such as `comments.summary(total_count).limit(0)` and `from{id}`."""
    names = re.findall(r"(\w+)(?:\.[^{,]*)?(?:\{.*?\})?(?:,|$)", fields.get("fields", ""))
    return {name: known[name] for name in names if name in known}
