"""VK's own words, as they may be kept."""

from typing import Any

import pytest

from smm.sources import remarks
from smm.sources.vk import words

KEY = "vk1.a.QmF1c3RlbGxl-_x.9"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Access denied: no access to call this method", "Access denied: no access to call this method"),
        ("Доступ запрещён", "Доступ запрещён"),
        (f"invalid access_token (my-own, {KEY})", "invalid access_token (***, ***)"),
        ("key 0123456789abcdef01234567 is old", "key *** is old"),
        ("API.messages.getConversations failed", "API.messages.getConversations failed"),
        ('field "id"\r\n\tis\x00 odd\ud83d\u202e', "field 'id' is odd"),
        ("x " * 200, "x " * 99 + "x…"),
        (None, ""),
        (["my-own"], ""),
        ("", ""),
    ],
)
def test_words(said: Any, kept: str) -> None:
    assert words.plain(said, {"my-own"}) == kept
    assert len(kept) <= remarks.MOST
