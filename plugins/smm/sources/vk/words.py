"""What VK says in its own words, made fit to be kept and shown: without tokens, on one line, and not too long."""

import re
from collections.abc import Iterable
from typing import Any

MOST = 200  # characters
_TOKEN = re.compile(r"vk\d\.a\.[\w.-]+|[\w-]{24,}")  # VK's tokens of today, and whatever else looks like a key
HIDDEN = "***"


def plain(text: Any, secrets: Iterable[str] = ()) -> str:
    """Empty for what is no text. Quotation marks become simple ones, so that the words can be quoted."""
    if not isinstance(text, str):
        return ""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    shown = "".join(character if character.isprintable() else " " for character in text)
    line = _TOKEN.sub(HIDDEN, " ".join(shown.split())).replace('"', "'")
    return line if len(line) <= MOST else line[: MOST - 1] + "…"
