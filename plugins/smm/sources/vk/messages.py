"""The messages of a VK community, asked for with the community's token.

VK tells what people wrote and who they are; that is nobody's business here, so it is taken out before anything is kept,
in the archive too. What stays of a message is its moment, its side, and a fingerprint of the peer.
"""

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from smm.files.periods import ONE_DAY
from smm.sources import BadInput, Job, QuotaSpent, Refused
from smm.sources.threads import DAY, fingerprint, midnight
from smm.sources.vk import values
from smm.sources.vk.errors import COMMUNITY, Json, refusal
from smm.sources.vk.execute import Call
from smm.sources.vk.session import Session

PAGE = 200  # conversations, or messages of one; the most that VK gives
OVERLAP = 5  # of a page with the one before: what is deleted meanwhile moves the others up
OF_PART = (Refused, QuotaSpent, BadInput)  # errors that leave the rest to be loaded
FIRST_CHAT = 2_000_000_000  # of the numbers of peers: people have smaller ones, communities negative ones
PEERS = 10  # in one request: 2,000 messages are some 2 MB, and VK refuses to send more than 5

LISTING = Call("messages.getConversations", {"count": PAGE})
HISTORY = Call("messages.getHistory", {"count": PAGE})


def ask(job: Job, vk: Session) -> Iterator[tuple[str, Call, Json]]:
    """Each answer's name, what was called, and what is kept of it.

    A community's token that is missing or refused is told as ``refused``, as is a spent quota: it is no reason not to
    load the rest.
    """
    try:
        peers, nameless = _peers(job, vk)
    except OF_PART as error:
        yield "conversations", LISTING, {"refused": str(error)}
        return
    yield "conversations", LISTING, {"response": {"count": len(peers)}, "nameless": nameless}
    for start in range(0, len(peers), PEERS):
        some = peers[start : start + PEERS]
        try:
            kept = _histories(job, vk, some)
        except OF_PART as error:
            kept = {"response": {}, "refused": len(some), "reason": str(error)}
        yield "messages", HISTORY, kept


def _peers(job: Job, vk: Session) -> tuple[list[int], int]:
    """The people who wrote or were written to since the job's first day, and how many more VK does not name.

    Raises Refused without a right to know.
    """
    if not vk.has_community:
        raise Refused(
            "leads count VK's messages: put a token of the community, with the right to messages, into the VK"
            " connection's extra.community_token"
        )
    since = midnight(job.time_zone, job.first_day)
    found: dict[int, None] = {}
    offset = nameless = 0
    while True:
        (said,) = vk.as_community([Call(LISTING.method, LISTING.params | {"offset": offset})])
        if "error" in said:
            raise Refused(refusal(LISTING.method, said["error"], COMMUNITY))
        page, total = _page(said)
        talks = [(_seconds(talk.get("last_message")), talk) for talk in page]
        for at, talk in talks:
            peer = values.block(values.block(talk.get("conversation")).get("peer"))
            number = values.whole(peer.get("id"))
            if at is not None and at < since:
                continue
            if number is None:
                nameless += 1
            elif peer.get("type", "user") == "user" and 0 < number < FIRST_CHAT:
                found[number] = None
        # the newest come first, but for those that were pinned
        last = talks[-1][0] if talks else 0
        if offset + PAGE >= total or (last is not None and last < since):
            return list(found), nameless
        offset += PAGE - OVERLAP


def _page(said: Json) -> tuple[list[Json], int]:
    """The items of a page, and how many there are in all. Raises BadInput for an answer that is none."""
    response = values.block(said.get("response"))
    if not isinstance(response.get("items"), list):
        raise BadInput("VK answered a request for messages in an unknown form")
    total = values.count(response.get("count"))
    return values.objects(response["items"]), total if total is not None else sys.maxsize * len(response["items"])


def _seconds(message: Any) -> int | None:
    at = values.moment(values.block(message).get("date"))
    return None if at is None else int(at.timestamp())


def _message(message: Json) -> tuple[int, list[int]] | None:
    """Its number, and what is kept of it: moment, side, author; None if VK does not say when or by whom it was."""
    number, at = values.count(message.get("id")), _seconds(message)
    side, author = values.count(message.get("out")), values.whole(message.get("from_id"))
    if side is None and author is not None:
        side = int(author < 0)
    return (
        None
        if number is None or at is None or side is None
        else (number, [at, side, int("admin_author_id" in message)])
    )


def _histories(job: Job, vk: Session, peers: Sequence[int]) -> Json:
    """By fingerprint of the peer: the moment (Unix), side (1 = the community's) and author (1 = told) of each message
    from a day before the job's first day to a day after its last; and how many peers' messages VK refuses.
    """
    since, until = midnight(job.time_zone, job.first_day) - DAY, midnight(job.time_zone, job.last_day + ONE_DAY) + DAY
    found: dict[int, dict[int, list[int]]] = {peer: {} for peer in peers}
    refused, unclear = 0, set()
    offset, unread = 0, list(peers)
    while unread:
        calls = [Call(HISTORY.method, HISTORY.params | {"peer_id": peer, "offset": offset}) for peer in unread]
        older = []
        for peer, said in zip(unread, vk.as_community(calls), strict=True):
            try:
                page, total = _page(said)
            except BadInput:
                refused += 1
                continue
            messages = [_message(message) for message in page]
            if None in messages:
                unclear.add(peer)
            told = [message for message in messages if message]
            found[peer] |= dict(told)  # a new one meanwhile moves the others on
            if page and offset + PAGE < total and (not told or told[-1][1][0] >= since):
                older.append(peer)
        offset, unread = offset + PAGE - OVERLAP, older
    kept = {
        fingerprint(job.client, peer): [
            message for _, message in sorted(messages.items()) if since <= message[0] < until
        ]
        for peer, messages in found.items()
    }
    return {"response": kept, "refused": refused, "unclear": len(unclear)}
