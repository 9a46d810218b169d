"""What Meta says in its own words, made fit to be kept and shown."""

import re
from collections.abc import Iterable
from typing import Any

from smm.sources import remarks

_TOKEN = re.compile(r"EAA[A-Za-z0-9]+|[\w-]{32,}")  # Meta's tokens, and whatever else looks like a key


def plain(text: Any, secrets: Iterable[str] = ()) -> str:
    """Empty for what is no text; see `smm.sources.remarks`."""
    return remarks.plain(text, secrets, _TOKEN)
