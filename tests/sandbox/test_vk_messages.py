"""The conversations of a community, as its own token sees them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests

from sandbox.data import Message
from sandbox.vk import serve
from tests.sandbox import vk_sample
from tests.sandbox.vk_sample import COMMUNITY, NOON, SHOP, USER, Ask

ANNA, BORIS, ADMIN = 501, 502, 77
SECOND = int(NOON.timestamp())


@pytest.fixture
def ask() -> Iterator[Ask]:
    far_ends = vk_sample.far_ends()
    said = [(ANNA, False, None), (BORIS, False, None), (ANNA, True, ADMIN), (ANNA, True, None)]
    messages = [
        Message(number, peer, NOON + timedelta(seconds=number), is_out, f"text {number}", author)
        for number, (peer, is_out, author) in enumerate(said)
    ]
    far_ends.communities[SHOP] = replace(far_ends.communities[SHOP], messages=messages)
    with serve(far_ends, 0) as server, requests.Session() as session:
        session.trust_env = False
        yield vk_sample.asking(server.url, session, COMMUNITY)


def message(number: int, peer: int, is_out: bool, **others: Any) -> dict[str, Any]:
    """What VK's own schema requires of a message, and what it may hold."""
    return {
        "id": number,
        "date": SECOND + number,
        "peer_id": peer,
        "from_id": -SHOP if is_out else peer,
        "out": int(is_out),
        "text": f"text {number}",
        "attachments": [],
        **others,
    }


def test_the_last_written_in_comes_first(ask: Ask) -> None:
    anna, boris = (
        {
            "conversation": {
                "peer": {"id": peer, "type": "user", "local_id": peer},
                "last_message_id": last,
                "in_read": last,
                "out_read": last,
            },
            "last_message": message(last, peer, is_out),
        }
        for peer, last, is_out in ((ANNA, 3, True), (BORIS, 1, False))
    )
    assert ask("messages.getConversations")["response"] == {"count": 2, "items": [anna, boris]}
    assert ask("messages.getConversations", offset=1, count=1)["response"] == {"count": 2, "items": [boris]}


def test_a_history_is_one_persons_newest_first(ask: Ask) -> None:
    written = [message(3, ANNA, True), message(2, ANNA, True, admin_author_id=ADMIN), message(0, ANNA, False)]
    assert ask("messages.getHistory", peer_id=ANNA)["response"] == {"count": 3, "items": written}
    assert ask("messages.getHistory", peer_id=ANNA, offset=1, count=1)["response"] == {
        "count": 3,
        "items": [written[1]],
    }
    assert ask("messages.getHistory", peer_id=404)["response"] == {"count": 0, "items": []}


def test_a_community_says_without_words_which_it_is(ask: Ask) -> None:
    code = 'return [API.messages.getHistory({"peer_id": 502}).count, API.groups.getById({}).groups[0].id];'
    assert ask("execute", code=code)["response"] == [1, SHOP]


def test_nobody_else_reads_its_messages(ask: Ask) -> None:
    assert ask("messages.getHistory", token=USER, peer_id=ANNA, group_id=SHOP)["error"]["error_code"] == 15
