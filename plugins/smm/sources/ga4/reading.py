"""Reading GA4's answers: rows, and what they make known."""

from collections.abc import Iterable, Iterator

from smm.sources import Answer, Health, Identity, Job, Known, Rows
from smm.sources.ga4.report import Report


def read(job: Job, answers: Iterable[Answer]) -> Iterator[Rows | Known | Health | Identity]:
    """Rows and what they make known. Raises BadInput for money in another currency than the client's."""
    for answer in answers:
        report = Report(job, answer)
        yield Health(report.health())
        if report.is_answered:
            yield from report.identity()
            yield from report.rows()
            yield from report.oddities()
            if report.is_last_page:
                yield from report.known()
        else:
            yield from report.failed()
