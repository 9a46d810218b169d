"""Asking for a table of plans."""

from collections.abc import Iterator
from datetime import UTC, datetime

from smm.sources import Access, Answer, Job, file


def ask(job: Job, access: Access) -> Iterator[Answer]:  # noqa: ARG001  (a file is reached by its path alone)
    """The file as it is. Raises SourceError."""
    path = job.options["path"]
    yield Answer("table", {"path": file.shown(path)}, file.fetched(path), datetime.now(UTC))
