"""Google Analytics 4, by the Data API v1beta: what the visitors of a client's site did, and which networks sent them.

GA4's days are those of the property's time zone; they are never shifted. Values stay texts, without those that no
number of their kind can be: Postgres types them. Reports: ``traffic`` (day x source x medium x campaign), ``totals``
(day), ``events`` (day x event x source x medium, and day x event) and ``users`` (people per month and ISO week, of the
site and of each network).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from smm.sources import RELOAD_DAYS, Access, Answer, Health, Identity, Job, Known, Rows
from smm.sources.ga4 import api, questions
from smm.sources.ga4.inquiry import Inquiry
from smm.sources.ga4.report import Report

_OF_SESSIONS = (
    *("sessions", "engaged_sessions", "page_views", "new_users", "engagement_seconds"),
    *("key_events", "key_event_rate", "purchases", "revenue"),
)
RELATIONS = {
    "ga4_traffic": ("day", "session_source", "session_medium", "session_campaign", *_OF_SESSIONS),
    "ga4_totals": ("day", "active_users", *_OF_SESSIONS),
    "ga4_events": ("day", "event", "is_total", "session_source", "session_medium", "events"),
    "ga4_users": (
        *("grain", "period", "network", "visitors"),
        *("active_users", "buyers", "first_buyers", "through_day"),
    ),
}


def ask(job: Job, access: Access) -> Iterator[Answer]:
    """Each page of each report, as protobuf bytes; none for a report that could not be had. Raises SourceError."""
    with api.opened(access.connection, job.options["property"], access.sleep) as asked:
        told = 0
        is_daily = (job.last_day - job.first_day).days < RELOAD_DAYS["ga4"]
        for reply in Inquiry(asked, may_postpone=is_daily).ask(questions.of_job(job)):
            request = reply.question.described(reply.page.offset if reply.page else 0)
            if reply.unanswered:
                request["unanswered"] = reply.unanswered
                request["is_failed"] = reply.is_failed
            # with each answer, because each is read by itself
            request["quota_left"] = dict(asked.quota.left)
            body = reply.page.body if reply.page else b""
            yield Answer(reply.question.name, request, body, datetime.now(UTC), asked.requests - told)
            told = asked.requests


def read(job: Job, answers: Iterable[Answer]) -> Iterator[Rows | Known | Health | Identity]:
    """Rows and what they make known. Raises BadInput for money in another currency than the client's."""
    for answer in answers:
        report = Report(job, answer)
        yield Health(report.health())
        if report.is_answered:
            yield from report.identity()
            yield report.rows()
            yield from report.oddities()
            if report.is_last_page:
                yield from report.known()
        else:
            yield from report.failed()
