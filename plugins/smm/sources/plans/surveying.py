"""A table of plans before it is loaded: it is read, and every mistake in it is reported."""

from collections.abc import Sequence
from datetime import date

from smm.files.checked import Mistakes
from smm.sources import Access, BadInput, Job, Rows
from smm.sources.plans.asking import ask
from smm.sources.plans.reading import read
from smm.sources.survey import Survey

SECONDS = 1.0  # to fetch, read and store a table


def survey(jobs: Sequence[Job], access: Access) -> Survey:
    """Raises SourceError, for a table that is wrong with all its mistakes."""
    job = jobs[0]
    try:
        rows = [row for part in read(job, ask(job, access)) if isinstance(part, Rows) for row in part.rows]
    except Mistakes as mistakes:
        raise BadInput(str(mistakes)) from None
    months: list[date] = sorted({last_day.replace(day=1) for _, _, _, last_day, _ in rows})
    return Survey(
        first_month=None,  # plans begin when they are made: no month before is empty
        last_month=None,
        found=f"{len(rows):,} plans" + (f", {months[0]:%Y-%m} to {months[-1]:%Y-%m}" if months else ""),
        requests=1,
        seconds=SECONDS,
    )
