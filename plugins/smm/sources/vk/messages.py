"""Who writes to a VK community, and how soon a human answers: incoming threads, read with the community's token.

A thread begins with somebody's message after a day of silence on both sides. VK tells what people wrote and who they
are; that is nobody's business here, so it is taken out before anything is kept, in the archive too. What stays of a
message is its moment, its side, and a fingerprint of the peer.
"""

import hmac
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from smm.sources import Answer, Job, Known, Refused, Rows
from smm.sources.periods import ONE_DAY
from smm.sources.vk.errors import Json
from smm.sources.vk.execute import Call
from smm.sources.vk.session import Session

COLUMNS = ("network", "peer", "started_at", "answered_at", "fetched_at")

DAY = 86_400  # seconds: of silence before a thread, and of patience for an answer to it
ROBOT = 3  # seconds within which nobody can have read and answered
PAGE = 200  # conversations, or messages of one; the most that VK gives
OVERLAP = 5  # of a page with the one before: what is deleted meanwhile moves the others up
PEERS = 10  # in one request: 2,000 messages are some 2 MB, and VK refuses to send more than 5

LISTING = Call("messages.getConversations", {"count": PAGE})
HISTORY = Call("messages.getHistory", {"count": PAGE})


def ask(job: Job, vk: Session) -> Iterator[tuple[str, Call, Json]]:
    """Each answer's name, what was called, and what is kept of it.

    A community's token that is missing or refused is told as ``refused``: it is no reason not to load the rest.
    """
    try:
        peers = _peers(job, vk)
    except Refused as error:
        yield "conversations", LISTING, {"refused": str(error)}
        return
    yield "conversations", LISTING, {"response": {"count": len(peers)}}
    for start in range(0, len(peers), PEERS):
        yield "messages", HISTORY, _histories(job, vk, peers[start : start + PEERS])


def _peers(job: Job, vk: Session) -> list[int]:
    """The people who wrote or were written to since the job's first day. Raises Refused without a right to know."""
    if not vk.has_community:
        raise Refused(
            "leads count VK's messages: put a token of the community, with the right to messages, into the VK"
            " connection's extra.community_token"
        )
    since = _moment(job, job.first_day)
    found: dict[int, None] = {}
    offset = 0
    while True:
        (said,) = vk.as_community([Call(LISTING.method, LISTING.params | {"offset": offset})])
        if "error" in said:
            code = said["error"]["error_code"]
            raise Refused(
                f"VK refuses {LISTING.method} with error {code}: extra.community_token needs the right to messages"
            )
        talks = [talk for talk in said["response"]["items"] if "last_message" in talk]
        recent = [talk["conversation"]["peer"] for talk in talks if talk["last_message"]["date"] >= since]
        found |= {peer["id"]: None for peer in recent if peer["type"] == "user"}
        is_last = offset + PAGE >= said["response"]["count"]
        # the newest come first, but for those that were pinned
        if is_last or not talks or talks[-1]["last_message"]["date"] < since:
            return list(found)
        offset += PAGE - OVERLAP


def _histories(job: Job, vk: Session, peers: Sequence[int]) -> Json:
    """By fingerprint of the peer: the moment (Unix), side (1 = the community's) and author (1 = told) of each message
    from a day before the job's first day to a day after its last; and how many peers' messages VK refuses.
    """
    since, until = _moment(job, job.first_day) - DAY, _moment(job, job.last_day + ONE_DAY) + DAY
    found: dict[int, dict[int, Json]] = {peer: {} for peer in peers}
    refused = 0
    offset, unread = 0, list(peers)
    while unread:
        calls = [Call(HISTORY.method, HISTORY.params | {"peer_id": peer, "offset": offset}) for peer in unread]
        older = []
        for peer, said in zip(unread, vk.as_community(calls), strict=True):
            if "error" in said:
                refused += 1
                continue
            page = said["response"]["items"]
            found[peer] |= {message["id"]: message for message in page}  # a new one meanwhile moves the others on
            if offset + PAGE < said["response"]["count"] and page and page[-1]["date"] >= since:
                older.append(peer)
        offset, unread = offset + PAGE - OVERLAP, older
    kept = {
        _fingerprint(job.client, peer): [
            [message["date"], message["out"], int("admin_author_id" in message)]
            for _, message in sorted(messages.items())
            if since <= message["date"] < until
        ]
        for peer, messages in found.items()
    }
    return {"response": kept, "refused": refused}


def _moment(job: Job, day: date) -> int:
    return int(datetime.combine(day, time(), ZoneInfo(job.time_zone)).timestamp())


def _fingerprint(client: str, peer: int) -> str:
    """The same person is another one to another client."""
    return hmac.digest(client.encode(), str(peer).encode(), "sha256").hex()[:32]


def read_listing(job: Job, said: Json) -> Known:
    """With the list of conversations, the messages of the job's days are known, or known to be out of reach."""
    if "refused" in said:
        return Known("messages", job.first_day, job.last_day, "no_access", said["refused"])
    return Known("messages", job.first_day, job.last_day)


def read_histories(job: Job, answer: Answer, said: Json) -> Iterator[Rows | Known]:
    """The threads that began on the job's days."""
    since, until = _moment(job, job.first_day), _moment(job, job.last_day + ONE_DAY)
    yield Rows(
        "vk_threads",
        (
            [job.network, peer, _time(began), _time(answered), answer.fetched_at]
            for peer, messages in said["response"].items()
            for began, answered in _threads(messages)
            if since <= began < until
        ),
    )
    if said["refused"]:
        reason = f"VK refuses the messages of {said['refused']} conversations"
        yield Known("messages", job.first_day, job.last_day, "flagged", reason)


def _time(moment: int | None) -> datetime | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC)


def _threads(messages: Sequence[Any]) -> Iterator[tuple[int, int | None]]:
    """When each thread began and was answered, of one peer's messages in their order."""
    before = None
    for at, (moment, out, _) in enumerate(messages):
        if not out and (before is None or moment - before >= DAY):
            yield moment, _answered(messages[at:])
        before = moment


def _answered(messages: Sequence[Any]) -> int | None:
    """When a human answered the first of these messages, if within a day.

    VK names who wrote for the community, unless a program did: the robot that greets at once, or the inbox of another
    firm through which people write. So the first answer with a name counts, else the first that was not at once.
    """
    began, _, _ = last_incoming, _, _ = messages[0]
    unnamed = None
    for moment, out, is_named in messages[1:]:
        if moment - began > DAY:
            break
        if not out:
            last_incoming = moment
        elif moment - last_incoming > ROBOT:
            if is_named:
                return int(moment)
            unnamed = unnamed or moment
    return unnamed
