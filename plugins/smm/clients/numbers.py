"""Numbers of a client's file, as YAML has them, and shares as percent."""

import re
from decimal import Decimal
from typing import Any

from smm.catalogue import shares
from smm.files.quoted import quoted
from smm.files.tables import notation

LARGEST = 10**15
NUMBER = re.compile(r"[^\d\s.,-]{0,5} ?(-?\d[\d .,_'\u00a0\u202f]*?) ?[^\d\s]{0,5}")  # and its unit


def plain(value: Any) -> Decimal:
    """A number without a percent sign. Raises ValueError, which says what to write."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number, found {quoted(value)}{_meant(value)}")
    if not abs(value) < LARGEST:  # .nan is not
        raise ValueError(f"must be below {LARGEST:,}, found {quoted(value)}")
    return Decimal(str(value))


def _meant(value: Any) -> str:
    """What to write in place of a number with its unit, or with its thousands apart."""
    found = NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return ""
    try:
        share = shares.percent(value)
        return f": write {notation.number(found[1].replace('_', '')) if share is None else share.normalize():f}"
    except ValueError:
        whole, _, rest = found[1].replace(",", ".").partition(".")
        return f": write {whole}{rest} or {whole}.{rest}, whichever it is" if rest.isdecimal() else ""


def number(value: Any) -> Decimal:
    """A number, or a share as percent: 0.05 for ``5%``. Raises ValueError."""
    share = shares.percent(value)
    return plain(value) if share is None else share
