"""What VK says in its own words, made fit to be kept and shown."""

import re
from collections.abc import Iterable
from typing import Any

from smm.sources import remarks

_TOKEN = re.compile(r"vk\d\.a\.[\w.-]+|[\w-]{24,}")  # VK's tokens of today, and whatever else looks like a key


def plain(text: Any, secrets: Iterable[str] = ()) -> str:
    """Empty for what is no text; see `smm.sources.remarks`."""
    return remarks.plain(text, secrets, _TOKEN)
