"""The conversations of VK communities with people, for the token of the community itself."""

from collections.abc import Iterable

from sandbox.data import Community, FarEnds, Message
from sandbox.vk.params import Json, Params, VkError

MAX_ITEMS = 200


def get_conversations(far_ends: FarEnds, params: Params) -> Json:
    """A page of the conversations, the last written in first."""
    params.refuse("filter", "extended", "start_message_id")
    community = _inbox(far_ends, params)
    latest = {message.peer: message for message in community.messages}
    found = sorted(latest.values(), key=lambda message: message.id, reverse=True)
    items = [{"conversation": _conversation(last), "last_message": _message(community, last)} for last in found]
    return {"count": len(items), "items": _page(items, params)}


def get_history(far_ends: FarEnds, params: Params) -> Json:
    """A page of the messages with one person, newest first."""
    params.refuse("extended", "rev", "start_message_id")
    community, peer = _inbox(far_ends, params), params.integer("peer_id")
    items = [_message(community, message) for message in reversed(community.messages) if message.peer == peer]
    return {"count": len(items), "items": _page(items, params)}


def _inbox(far_ends: FarEnds, params: Params) -> Community:
    community = far_ends.communities.get(params.natural("group_id"))
    if community is None:
        raise VkError(125)
    return community


def _page(items: Iterable[Json], params: Params) -> list[Json]:
    offset, count = params.natural("offset", 0), min(params.natural("count", 20), MAX_ITEMS)
    return list(items)[offset : offset + count]


def _conversation(last: Message) -> Json:
    """All is read by both."""
    return {
        "peer": {"id": last.peer, "type": "user", "local_id": last.peer},
        "last_message_id": last.id,
        "in_read": last.id,
        "out_read": last.id,
    }


def _message(community: Community, message: Message) -> Json:
    """`admin_author_id` only where a person wrote for the community."""
    item: Json = {
        "id": message.id,
        "date": int(message.at.timestamp()),
        "peer_id": message.peer,
        "from_id": -community.id if message.is_out else message.peer,
        "out": int(message.is_out),
        "text": message.text,
        "attachments": [],
    }
    return item if message.author is None else item | {"admin_author_id": message.author}
