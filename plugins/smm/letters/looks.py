"""How the posts of a letter look: their network is asked when the letter is written, and what it shows stays with it.

No letter waits for it long, and none fails for it: whatever a network refuses, the letter goes without.
"""

import logging
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from smm import catalogue, clients
from smm.letters.content import Content
from smm.letters.pictures import small
from smm.letters.publications import PostPicture, Publication, Publications
from smm.loading import access
from smm.sources import Access, Shown, SourceError

log = logging.getLogger(__name__)

SECONDS = 180  # that one run spends on it, all letters together
MOST = 16  # pictures of a letter: of four networks the best three posts and the weakest one
LONGEST = 1000  # characters of a text

Look = Callable[[Content], Content]
Opened = Callable[[str | None], AbstractContextManager[Access]]


class Looks:
    """Asks the networks of one run's letters."""

    def __init__(self, opened: Opened = access.opened) -> None:
        self._opened = opened
        self._left = float(SECONDS)

    def __call__(self, content: Content) -> Content:
        """The same letter with the texts and pictures of its posts, as far as they were shown. Raises nothing."""
        for found in content.publications:
            if not found.best or self._left <= 0:
                continue
            begun = time.monotonic()
            try:
                content = _with(content, found, self._asked(content.client, found))
            except SourceError as error:
                log.warning("%s: no pictures of posts from %s: %s", content.client, found.network, error)
            except Exception as error:  # noqa: BLE001  (whatever it is, the letter goes; the text may hold a token)
                log.warning("%s: no pictures of posts from %s: %s", content.client, found.network, type(error).__name__)
            self._left -= time.monotonic() - begun
        return content

    def _asked(self, client: str, found: Publications) -> dict[str, Shown] | None:
        """The posts that are still there, by their ids; None if the network cannot be asked."""
        entry = clients.one(catalogue.read(), client).sources.get(found.network)
        if entry is None or not entry.of.shows_posts or entry.of.identity is None:
            return None
        identity = str(getattr(entry.options, entry.of.identity))
        if any(post.link != entry.of.link(identity, post.post) for post in _posts(found)):
            return None  # the file names another page now, whose posts may have the same numbers
        ids = list(dict.fromkeys(post.post for post in _posts(found)))
        with self._opened(entry.connection) as given:
            return {shown.post: shown for shown in entry.of.show(identity, ids, given)}


def unseen(content: Content) -> Content:
    """The letter as it is: nobody is asked."""
    return content


def as_in(older: Content) -> Look:
    """What an earlier letter shows of the same posts; nobody is asked."""
    known = {(post.network, post.post): post for found in older.publications for post in _posts(found)}

    def seen(post: Publication) -> Publication:
        before = known.get((post.network, post.post), post)
        return post.model_copy(update={name: getattr(before, name) for name in ("link", "text", "picture")})

    return lambda content: _seen(content, seen, older.pictures)


def _with(content: Content, found: Publications, shown: dict[str, Shown] | None) -> Content:
    if shown is None:
        return content
    pictures: dict[str, PostPicture] = {}
    for post in _posts(found):
        picture = shown[post.post].picture if post.post in shown else None
        if picture and len(content.pictures) + len(pictures) < MOST and (made := small(picture)):
            name = f"{post.network}/{post.post}"
            pictures[post.post] = PostPicture(client=post.client, name=name, jpeg=b64encode(made).decode())

    def seen(post: Publication) -> Publication:
        if post.network != found.network:
            return post
        if post.post not in shown:  # nobody sees it any more
            return post.model_copy(update={"link": None})
        look = shown[post.post]
        picture = pictures[post.post].name if post.post in pictures else None
        told = {"text": _storable(look.text[:LONGEST]), "picture": picture, "link": look.link or post.link}
        return Publication.model_validate(dict(post) | told)  # which takes no link but one to https

    return _seen(content, seen, (*content.pictures, *pictures.values()))


def _storable(text: str) -> str:
    """Without what neither Postgres nor UTF-8 can hold: a network sends a NUL, or half an emoji."""
    return text.replace("\0", "").encode(errors="ignore").decode()


def _seen(content: Content, seen: Callable[[Publication], Publication], pictures: Iterable[PostPicture]) -> Content:
    """The letter with its posts as ``seen``, and those of the pictures that they name."""
    publications = tuple(
        found.model_copy(
            update={
                "best": tuple(map(seen, found.best)),
                "weakest": found.weakest and seen(found.weakest),
            }
        )
        for found in content.publications
    )
    named = {post.picture for found in publications for post in _posts(found)}
    kept = tuple(picture for picture in pictures if picture.name in named)
    return content.model_copy(update={"publications": publications, "pictures": kept})


def _posts(found: Publications) -> Iterator[Publication]:
    yield from found.best
    if found.weakest:
        yield found.weakest
