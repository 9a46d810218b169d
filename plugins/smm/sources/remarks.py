"""What a service says in its own words, made fit to be kept and shown: without secrets, on one line, not too long."""

import re
from collections.abc import Iterable
from typing import Any

MOST = 200  # characters
HIDDEN = "***"


def plain(text: Any, secrets: Iterable[str] = (), key: re.Pattern[str] | None = None) -> str:
    """Empty for what is no text. ``key``: what else looks like a secret of this service.

    Quotation marks become simple ones, so that the words can be quoted.
    """
    if not isinstance(text, str):
        return ""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    shown = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(shown.split()).replace('"', "'")
    line = key.sub(HIDDEN, line) if key else line
    return line if len(line) <= MOST else line[: MOST - 1] + "…"
