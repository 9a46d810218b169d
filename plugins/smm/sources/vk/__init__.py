"""VK communities, by its API 5.199: members, statistics, the posts of the wall, their reach, and who writes.

Members, counters and reach are those of the moment at which they are asked for; ``fetched_at`` says which.
Reports: ``members``, ``stats``, ``posts``, ``post_reach``, ``own_comments``, and ``messages`` for a client that counts
them as leads. One that the token may not read is told as ``no_access``, and the others are loaded.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from smm.sources import Access, Answer, BadInput, Health, Identity, Job, Known, Refused, Rows
from smm.sources.vk import comments, messages, session, stats, wall
from smm.sources.vk.errors import Json, no_access
from smm.sources.vk.execute import Call
from smm.sources.vk.session import Session

RELATIONS = {
    "vk_stats": stats.COLUMNS,
    "vk_audience": stats.AUDIENCE_COLUMNS,
    "vk_members": ("network", "members", "fetched_at"),
    "vk_posts": wall.POST_COLUMNS,
    "vk_post_reach": wall.REACH_COLUMNS,
    "vk_own_comments": comments.COLUMNS,
    "vk_threads": messages.COLUMNS,
}


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
        yield from _packed(vk, notes, "stats", stats.calls(job, datetime.now(UTC)))
        yield from _packed(vk, notes, "post_reach", listing.reach_calls())
        if not listing.is_refused:
            yield notes.answer("own_comments", *comments.ask(job, vk, listing.talked_of()))
        if job.options.get("has_messages"):
            for name, call, kept in messages.ask(job, vk):
                yield notes.answer(name, call, kept)


class _Notes:
    """Answers, each with the requests made since the one before it."""

    def __init__(self, vk: Session) -> None:
        self._vk = vk
        self._noted = 0

    def answer(self, name: str, call: Call, said: Json, about: Json | None = None) -> Answer:
        """``about`` is what reading the answer takes beside it."""
        request = {"method": call.method, "params": call.params} | (about or {})
        requests, self._noted = self._vk.requests - self._noted, self._vk.requests
        # texts of VK may end in half an emoji
        body = json.dumps(said, ensure_ascii=False).encode(errors="surrogatepass")
        return Answer(name, request, body, datetime.now(UTC), requests)


def _wall(vk: Session, notes: _Notes, listing: wall.Listing, calls: list[Call], said: list[Json]) -> Iterator[Answer]:
    while True:
        if listing.goes_on(said[0]):
            for call, page in zip(calls, said, strict=True):
                about = listing.add(call, page)
                yield notes.answer("wall", call, page, about)
                if listing.is_complete:
                    return
        calls = listing.next_calls()
        said = vk.pack(calls)


def _packed(vk: Session, notes: _Notes, name: str, calls: Iterable[tuple[Call, Json]]) -> Iterator[Answer]:
    asked = list(calls)
    for (call, about), said in zip(asked, vk.pack([call for call, _ in asked]), strict=True):
        yield notes.answer(name, call, said, about)


def read(job: Job, answers: Iterable[Answer]) -> Iterator[Rows | Known | Health | Identity]:
    """Rows and what they make known. Raises Refused for a community that is gone, BadInput for an unknown form."""
    for answer in answers:
        said = json.loads(answer.body)
        match answer.name:
            case "community":
                yield Identity({"community": str(job.options["community"])})
                yield from _members(job, said, answer.fetched_at)
            case "wall":
                yield from wall.read_posts(job, answer, said)
            case "stats":
                yield from stats.read(job, answer, said)
            case "post_reach":
                yield from wall.read_reach(job, answer, said)
            case "own_comments":
                yield from comments.read(job, said)
            case "conversations":
                yield messages.read_listing(job, said)
            case "messages":
                yield from messages.read_histories(job, answer, said)
            case name:
                raise BadInput(f"the archive has an answer {name!r}, which no question to VK has")


def _members(job: Job, said: Json, fetched_at: datetime) -> Iterator[Rows | Known]:
    if "error" in said:
        yield no_access("members", job.first_day, job.last_day, "groups.getById", said)
        return
    response = said["response"]
    groups = response["groups"] if isinstance(response, dict) else response  # a bare list before 5.199
    if not groups:
        raise BadInput(f"VK knows no community {job.options['community']}: check the number in the client's file")
    if "deactivated" in groups[0]:
        raise Refused(f"VK community {job.options['community']} is {groups[0]['deactivated']}")
    members = groups[0].get("members_count")
    yield Rows("vk_members", iter([(job.network, members, fetched_at)]))
    if members is None:
        reason = "the community hides its number of members"
        yield Known("members", job.first_day, job.last_day, "no_access", reason)
    else:
        # where the client's zone and VK's UTC disagree: see include/sql/publish/vk_members.sql
        day = min(fetched_at.astimezone(zone).date() for zone in (ZoneInfo(job.time_zone), UTC))
        yield Known("members", day, day)
