"""What a source can tell before its history is loaded: how far back it reaches, and what loading it will cost.

Each source has a module ``survey`` with ``survey(jobs, access)``: a few requests, nothing kept. It raises SourceError
if the source cannot be loaded as things are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module

from smm.sources import Access, Job, module


@dataclass(frozen=True)
class Survey:
    """Estimates are rounded up by nature: a history may hold less than was asked for."""

    first_month: date | None  # with data; None: there is none
    last_month: date | None
    found: str  # what there is to load, in words
    requests: int
    seconds: float
    tokens: int | None = None  # of GA4's quota
    tokens_left: int | None = None  # now, of the quota that is nearest to its end
    advice: tuple[str, ...] = ()


def of(source: str) -> Callable[[Sequence[Job], Access], Survey]:
    """The source's survey, imported on first use."""
    surveyed: Callable[[Sequence[Job], Access], Survey] = import_module(f"{module(source).__name__}.survey").survey
    return surveyed
