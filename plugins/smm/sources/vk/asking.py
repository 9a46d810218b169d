"""Asking VK: the community, its wall and statistics, the reach of its posts, its messages."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from smm.sources import Access, Answer, Job
from smm.sources.vk import comments, errors, messages, reach, session, stats, wall
from smm.sources.vk.errors import Json
from smm.sources.vk.execute import Call
from smm.sources.vk.session import Session


def ask(job: Job, access: Access) -> Iterator[Answer]:
    """VK's answer to each call, as JSON. Raises SourceError."""
    community = job.options["community"]
    with session.opened(access) as vk:
        notes = _Notes(vk)
        about = Call("groups.getById", {"group_ids": community, "fields": "members_count"})
        listing = wall.Listing(job)
        calls = [about, *listing.next_calls()]
        said = vk.look(calls)
        yield notes.answer("community", about, said[0])
        yield from _wall(vk, notes, listing, calls[1:], said[1:])
        yield from _stats(vk, notes, job)
        if len(notes.refused) == notes.asked:
            raise errors.failure(*notes.refused[0])  # nothing to load
        for call, kept, days in reach.ask(job, vk, listing.newest_first()):
            yield notes.answer("post_reach", call, kept, days)
        if not listing.is_refused:
            talked_of = [post for post in listing.newest_first() if post.comments]
            yield notes.answer("own_comments", *comments.ask(job, vk, talked_of))
        if "messages" in job.lead_parts:
            for name, call, kept in messages.ask(job, vk):
                yield notes.answer(name, call, kept)


class _Notes:
    """Answers, each with the requests made since the one before it; and what was refused of what was asked."""

    def __init__(self, vk: Session) -> None:
        self._vk = vk
        self._noted = 0
        self.asked = 0
        self.refused: list[tuple[str, Json]] = []  # method and error

    def answer(self, name: str, call: Call, said: Json, context: Json | None = None) -> Answer:
        request = {"method": call.method, "params": call.params}
        requests, self._noted = self._vk.requests - self._noted, self._vk.requests
        self.asked += 1
        self.refused += [(call.method, said["error"])] if "error" in said else []
        # texts of VK may end in half an emoji
        body = json.dumps(said, ensure_ascii=False).encode(errors="surrogatepass")
        return Answer(name, request, body, datetime.now(UTC), requests, context or {})


def _wall(vk: Session, notes: _Notes, listing: wall.Listing, calls: list[Call], said: list[Json]) -> Iterator[Answer]:
    while True:
        if listing.goes_on(said[0]):
            for call, page in zip(calls, said, strict=True):
                context = listing.add(call, page)
                yield notes.answer("wall", call, page, context)
                if listing.is_complete:
                    return
        calls = listing.next_calls()
        said = vk.pack(calls)


def _stats(vk: Session, notes: _Notes, job: Job) -> Iterator[Answer]:
    asked = list(stats.calls(job, datetime.now(UTC)))
    for (call, days), said in zip(asked, vk.pack([call for call, _ in asked]), strict=True):
        yield notes.answer("stats", call, said, days)
