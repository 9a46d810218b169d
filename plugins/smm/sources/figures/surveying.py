"""A file of figures before it is loaded: it is read, and every mistake in it is reported."""

from collections.abc import Sequence
from datetime import date

from smm.files import periods
from smm.sources import Access, Job, Rows
from smm.sources.figures.asking import ask
from smm.sources.figures.reading import read
from smm.sources.survey import Survey

SECONDS = 1.0  # to fetch, read and store a file


def survey(jobs: Sequence[Job], access: Access) -> Survey:
    """Raises SourceError, for a file that is wrong with all its mistakes."""
    job = jobs[0]
    rows = [
        dict(zip(part.columns, row, strict=True))
        for part in read(job, ask(job, access))
        if isinstance(part, Rows)
        for row in part.rows
    ]
    months: list[date] = sorted({periods.begin("month", row["period"]) for row in rows})
    return Survey(
        first_month=months[0] if months else None,
        last_month=months[-1] if months else None,
        found=f"{len(rows):,} figures",
        requests=1,
        seconds=SECONDS,
    )
