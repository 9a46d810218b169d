"""Asking Rookery: the export, as it is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from smm.sources import Access, Answer, Job


def ask(job: Job, access: Access) -> Iterator[Answer]:
    """One document. Raises OSError if there is none."""
    path = job.options["document"]
    yield Answer("export", {"document": path}, Path(path).read_bytes(), datetime.now(UTC))
