"""What says nothing of days, and is asked for again and again: if nothing of it has changed, it makes no load.

The ledger has no row of it and the archive no copy; the published load covers the later days as well.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from smm import catalogue, warehouse
from smm.loading import ledger
from smm.loading.ledger import Load
from smm.sources import Answer, Job


def digest(work: Job, answers: Iterable[Answer]) -> str:
    """A fingerprint of the answers and of all that their rows depend on, the days of the load aside."""
    asked = replace(work, first_day=date.min, last_day=date.min)
    said = [(answer.name, answer.request, answer.body) for answer in answers]
    return hashlib.sha256(repr((catalogue.read(), asked, said)).encode()).hexdigest()


def is_published(load: Load, fingerprint: str) -> bool:
    """Whether this is what the newest published load of the source has brought; if so, this load is none any more."""
    with warehouse.connection() as connection:
        return ledger.confirm(connection, load, fingerprint)
