"""How a community's posts look: the text and one small picture of each, for people who read of them.

Nobody waits for it: one call for all posts, some seconds, and what VK does not give by then is missing.
"""

import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from smm.files.loopback import is_loopback
from smm.sources import Access, Shown, Transient
from smm.sources.hurried import Hurried, Missing
from smm.sources.vk import api, errors, tokens, values, words
from smm.sources.vk.caller import VERSION
from smm.sources.vk.errors import Json
from smm.sources.vk.session import GAP

METHOD = "wall.getById"
ADDRESS = "https://api.vk.ru"
SECONDS = 8  # for the call and all pictures
WIDTH = 160  # pixels that a picture has at least, if there is one so wide
HOSTS = ("userapi.com", "vkuserphoto.ru", "okcdn.ru", "mycdn.me", "vk.com", "vk.ru")  # where VK keeps pictures
LINKED = re.compile(r"\[[^\[\]|]+\|([^\[\]|]+)\]")  # [club123|a name]: how VK writes a link within a text


def show(identity: str, posts: Sequence[str], access: Access) -> list[Shown]:
    """The posts that are still there. Raises SourceError where VK says nothing of them."""
    is_here = is_loopback(urlsplit(access.connection.host or "").hostname or "")
    with Hurried(SECONDS, HOSTS, is_here=is_here) as hurried:
        said = _called(hurried, access, {"posts": ",".join(f"-{identity}_{post}" for post in posts)})
        wanted = set(posts)
        return [
            Shown(post, LINKED.sub(r"\1", _text(item)), hurried.picture(_addresses(item)))
            for item in said
            if (post := str(values.count(item.get("id")))) in wanted
        ]


def _called(hurried: Hurried, access: Access, params: Json) -> list[Json]:
    """The items of VK's answer. Raises SourceError."""
    with api.opened(access.connection.host) as http:  # it checks where the connection leads
        token = tokens.at_hand(access, http)
        if access.turns:
            access.turns.take(token.own, {METHOD}, GAP)
        address = f"{(access.connection.host or ADDRESS).rstrip('/')}/method/{METHOD}"
        try:
            body = hurried.post(address, {**params, "v": VERSION, "access_token": token.current})
            return _items(json.loads(body), http.secrets)
        except Missing as error:
            raise Transient(f"VK did not answer {METHOD}: {error}") from None
        except ValueError:
            raise Transient(f"VK did not answer {METHOD}: an answer that is not JSON") from None


def _items(said: Any, secrets: set[str]) -> list[Json]:
    """Raises SourceError for an error, and for an answer of another form.

    Before 5.199 the answer was the list itself; where none of the posts is there, it may have no `items`.
    """
    error = values.block(values.block(said).get("error"))
    if isinstance(error.get("error_code"), int):
        raise errors.failure(METHOD, error | {"error_msg": words.plain(error.get("error_msg"), secrets)})
    response = values.block(said).get("response")
    items = response.get("items", []) if isinstance(response, dict) else response
    if not isinstance(items, list):
        raise Transient(f"VK answered {METHOD} in a form that is not known")
    return values.objects(items)


def _text(item: Json) -> str:
    """Of a post that was taken from elsewhere without a word, the text stands with the post that it is."""
    return next((text for post in _both(item) if isinstance(text := post.get("text"), str) and text.strip()), "")


def _addresses(item: Json) -> list[str]:
    """Where the post's pictures lie: of each the smallest that is wide enough, else the widest there is."""
    found = []
    for post in _both(item):
        for attachment in values.objects(post.get("attachments")):
            about = values.block(attachment.get(str(attachment.get("type"))))
            photo = values.block(about.get("photo")) or about  # a link has its picture one level deeper
            sizes = values.objects(photo.get("sizes") or photo.get("image"))
            known = sorted((values.count(size.get("width")) or 0, str(size.get("url"))) for size in sizes)
            wide = [address for width, address in known if width >= WIDTH]
            found += wide[:1] or [address for _, address in known[-1:]]
    return found


def _both(item: Json) -> list[Json]:
    """The post itself, and the one that it repeats, if it does."""
    return [item, *values.objects(item.get("copy_history"))[:1]]
