"""The numbers by which services know a page, a property or a counter, as people and their tools write them."""

import re
from collections.abc import Callable
from typing import Any

from smm.files.quoted import quoted

LARGEST = 10**18 - 1


def numbered(what: str, where: str, address: str = "(?!)", most: int = LARGEST) -> Callable[[Any], int]:
    """A validator of the number that ``what`` has and people find at ``where``.

    ``address``: what stands before the number where it is part of an address or of another spelling of it.
    """

    def number(value: Any) -> int:
        written = int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value) else value
        if isinstance(written, int) and not isinstance(written, bool) and 0 < written <= most:
            return written
        if found := re.search(rf"(?:{address})([0-9]{{1,18}})$", str(value)):
            instead = f": write {found[1]}"
        elif isinstance(value, float) or re.fullmatch(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+|[0-9]+[.,]0*", str(value)):
            # a table program takes a number for a quantity, and keeps 15 digits of it
            instead = f": a table program changed it; copy it again from {where}"
        else:
            instead = f": it stands in {where}"
        raise ValueError(f"must be {what}, found {quoted(value)}{instead}")

    return number
