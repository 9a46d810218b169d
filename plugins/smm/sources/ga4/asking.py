"""Asking GA4: each page of each report, as it comes."""

from collections.abc import Iterator
from datetime import UTC, datetime

from smm.sources import Access, Answer, Job
from smm.sources.ga4 import SOURCE, api, questions
from smm.sources.ga4.inquiry import Inquiry


def ask(job: Job, access: Access) -> Iterator[Answer]:
    """Each page of each report, as protobuf bytes; none for a report that could not be had. Raises SourceError."""
    with api.opened(access.connection, job.options["property"], access.sleep) as asked:
        told = 0
        is_daily = (job.last_day - job.first_day).days < SOURCE.reload_days
        for reply in Inquiry(asked, may_postpone=is_daily).ask(questions.of_job(job)):
            question, page = reply.question, reply.page
            # with each answer, because each is read by itself
            context = question.context() | {"quota_left": dict(asked.quota.left)}
            if reply.unanswered:
                context |= {"unanswered": reply.unanswered, "is_failed": reply.is_failed}
            yield Answer(
                question.name,
                question.asked(page.offset if page else 0),
                page.body if page else b"",
                datetime.now(UTC),
                asked.requests - told,
                context,
            )
            told = asked.requests
