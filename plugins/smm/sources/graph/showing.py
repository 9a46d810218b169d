"""How posts look: one batch for all of them, and the picture of each, for people who read of them.

Nobody waits for it: some seconds, nothing is asked twice, and what Meta does not give by then is missing. A picture's
address has its own key in it and ends after some days, so it is asked for anew; Meta's token does not go there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from smm.sources import Access, Shown, SourceError, Transient
from smm.sources.graph import api, insights
from smm.sources.graph.api import Call, Graph, Said
from smm.sources.graph.errors import GONE, failure
from smm.sources.hurried import Hurried, Missing

SECONDS = 8  # for the calls and all pictures
HOSTS = ("fbcdn.net", "cdninstagram.com")  # where Meta keeps pictures


@dataclass(frozen=True)
class Look:
    """Which fields of a post say how it looks. ``site``: where people see it, such as instagram.com."""

    text: str
    pictures: tuple[str, ...]
    link: str
    site: str

    @property
    def fields(self) -> str:
        return ",".join((self.text, *self.pictures, self.link))


def show(access: Access, posts: Sequence[str], look: Look, page: str | None = None) -> list[Shown]:
    """The posts that are still there. ``page``: whose posts they are, if they are a Page's.

    Raises SourceError where Meta says nothing of any of them.
    """
    address, token = api.reached(access)
    with Hurried(SECONDS, HOSTS, is_here=address != api.ADDRESS) as hurried:
        graph = Graph(access, hurried, address, token, {token}, pauses=())
        try:
            said = _of_page(graph.of_page(page), page, posts, look) if page else _asked(graph, posts, look)
        except Missing as error:
            raise Transient(f"Meta did not say how posts look: {error}") from None
        refusals = [one.refusal for one in said if one.refusal]
        if refusals and len(refusals) == len(said):  # all of them gone: rather a right that is missing
            raise failure(refusals[0])
        found = zip(posts, said, strict=True)
        return [_shown(post, one, look, hurried) for post, one in found if not _is_gone(one)]


def _asked(graph: Graph, names: Sequence[str], look: Look) -> list[Said]:
    """``names``: Meta's own."""
    return graph.get_all([Call(name, {"fields": look.fields}) for name in names])


def _of_page(graph: Graph, page: str, posts: Sequence[str], look: Look) -> list[Said]:
    """A post's name begins with the number of its Page, which may be another one than that of the client's file."""
    said = _asked(graph, [f"{page}_{post}" for post in posts], look)
    writer = _writer(graph, page) if all(map(_is_gone, said)) else page
    return said if writer == page else _asked(graph, [f"{writer}_{post}" for post in posts], look)


def _writer(graph: Graph, page: str) -> str:
    """The number with which the Page's newest post begins; the Page's own where none can be read."""
    try:
        newest = graph.get(Call(f"{page}/published_posts", {"fields": "id", "limit": "1"}))
    except SourceError:  # the refusals of the posts tell more
        return page
    names = [insights.name(one.get("id")) or "" for one in insights.objects(newest.body.get("data"))]
    return next((name.rpartition("_")[0] for name in names if "_" in name), page)


def _is_gone(said: Said) -> bool:
    return said.refusal is not None and said.refusal.meaning == GONE


def _shown(post: str, said: Said, look: Look, hurried: Hurried) -> Shown:
    link = said.body.get(look.link)
    return Shown(
        post,
        _text(said.body.get(look.text)),
        hurried.picture([address for name in look.pictures if (address := _text(said.body.get(name)))]),
        link if isinstance(link, str) and _leads_to(link, look.site) else None,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _leads_to(link: str, site: str) -> bool:
    if not link.startswith("https://") or " " in link or not link.isprintable():  # urlsplit is more tolerant
        return False
    try:
        parts = urlsplit(link)
        is_plain = parts.username is None and parts.password is None and parts.port in (None, 443)
    except ValueError:
        return False
    return is_plain and parts.hostname in (site, f"www.{site}")
