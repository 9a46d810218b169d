"""Asking Rookery: the export, as it is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from smm.sources import Access, Answer, BadInput, Job


def ask(job: Job, access: Access) -> Iterator[Answer]:
    """One document. Raises BadInput if it cannot be read."""
    path = job.options["document"]
    try:
        body = Path(path).read_bytes()
    except OSError:
        raise BadInput(f"{path} cannot be read: check `document` in the client's file") from None
    yield Answer("export", {"document": path}, body, datetime.now(UTC))
