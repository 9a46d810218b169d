"""What a source can tell before its history is loaded: how far back it reaches, and what loading it will cost.

``survey(jobs, access)`` of a source's ``surveying.py`` makes a few requests and keeps nothing. It raises SourceError if
the source cannot be loaded as things are.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Survey:
    """Estimates are rounded up by nature: a history may hold less than was asked for."""

    first_month: date | None  # with data; None: there is none
    last_month: date | None
    found: str  # what there is to load, in words
    requests: int
    seconds: float
    tokens: int | None = None  # of the service's quota, where it has one
    tokens_left: int | None = None  # now, of the quota that is nearest to its end
    advice: tuple[str, ...] = ()
