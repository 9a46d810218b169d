"""VK communities, by its API 5.199: members, statistics, the posts of the wall, their reach, and who writes.

Members, counters and reach are those of the moment at which they are asked for; ``fetched_at`` says which.
Reports: ``members``, ``stats``, ``posts``, ``post_reach``, ``own_comments``, and ``messages`` for a client that counts
them as leads. One that VK refuses is noted as ``no_access``, with VK's own words, and the others are loaded. What is
odd in an answer, a number of -1 or ``[]`` for an object, makes that one measure of that day unknown.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from smm.sources import Access, Answer, BadInput, Health, Identity, Job, Known, Refused, Rows
from smm.sources.vk import comments, errors, messages, reach, session, stats, threads, values, wall
from smm.sources.vk.errors import Json, no_access
from smm.sources.vk.execute import Call
from smm.sources.vk.session import Session

RELATIONS = {
    "vk_stats": stats.COLUMNS,
    "vk_audience": stats.AUDIENCE_COLUMNS,
    "vk_members": ("network", "members", "fetched_at"),
    "vk_posts": wall.POST_COLUMNS,
    "vk_post_reach": reach.COLUMNS,
    "vk_own_comments": comments.COLUMNS,
    "vk_threads": threads.COLUMNS,
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
        yield from _stats(vk, notes, job)
        if len(notes.refused) == notes.asked:
            raise errors.failure(*notes.refused[0])  # nothing to load
        for call, kept, days in reach.ask(job, vk, listing.newest_first()):
            yield notes.answer("post_reach", call, kept, days)
        if not listing.is_refused:
            talked_of = [post for post in listing.newest_first() if post.comments]
            yield notes.answer("own_comments", *comments.ask(job, vk, talked_of))
        if job.options.get("has_messages"):
            for name, call, kept in messages.ask(job, vk):
                yield notes.answer(name, call, kept)


class _Notes:
    """Answers, each with the requests made since the one before it; and what was refused of what was asked."""

    def __init__(self, vk: Session) -> None:
        self._vk = vk
        self._noted = 0
        self.asked = 0
        self.refused: list[tuple[str, Json]] = []  # method and error

    def answer(self, name: str, call: Call, said: Json, about: Json | None = None) -> Answer:
        """``about`` is what reading the answer takes beside it."""
        request = {"method": call.method, "params": call.params} | (about or {})
        requests, self._noted = self._vk.requests - self._noted, self._vk.requests
        self.asked += 1
        self.refused += [(call.method, said["error"])] if "error" in said else []
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


def _stats(vk: Session, notes: _Notes, job: Job) -> Iterator[Answer]:
    asked = list(stats.calls(job, datetime.now(UTC)))
    for (call, days), said in zip(asked, vk.pack([call for call, _ in asked]), strict=True):
        yield notes.answer("stats", call, said, days)


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
                yield from reach.read(job, answer, said)
            case "own_comments":
                yield from comments.read(job, said)
            case "conversations":
                yield threads.read_listing(job, said)
            case "messages":
                yield from threads.read_histories(job, answer, said)
            case name:
                raise BadInput(f"the archive has an answer {name!r}, which no question to VK has")


def _members(job: Job, said: Json, fetched_at: datetime) -> Iterator[Rows | Known]:
    response = said.get("response")
    groups = response if isinstance(response, list) else values.block(response).get("groups")  # a list before 5.199
    if not isinstance(groups, list):
        yield no_access("members", job.first_day, job.last_day, "groups.getById", said)
        return
    if not groups:
        raise BadInput(f"VK knows no community {job.options['community']}: check the number in the client's file")
    group = values.block(groups[0])
    if group.get("deactivated"):
        raise Refused(f"VK community {job.options['community']} is {group['deactivated']}")
    told = group.get("members_count")
    members = values.count(told)
    yield Rows("vk_members", iter([(job.network, members, fetched_at)]))
    if members is None:
        hidden = "the community hides its number of members"
        reason = hidden if told is None else f"VK gave {values.odd('members_count', told)}"
        yield Known("members", job.first_day, job.last_day, "no_access", reason)
    else:
        # where the client's zone and VK's UTC disagree: see include/sql/publish/vk_members.sql
        day = min(fetched_at.astimezone(zone).date() for zone in (ZoneInfo(job.time_zone), UTC))
        yield Known("members", day, day)
