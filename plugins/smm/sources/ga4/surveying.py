"""A GA4 property before its history is loaded: one batch of three small reports."""

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any

from google.analytics.data_v1beta.types import RunReportResponse

from smm.files import zones
from smm.sources import Access, BadInput, Job
from smm.sources.ga4 import api
from smm.sources.ga4.api import Property
from smm.sources.ga4.errors import FieldsRefused
from smm.sources.ga4.questions import PAGE, Question, of_job
from smm.sources.ga4.quota import TOKENS
from smm.sources.survey import Survey

SINCE = date(2015, 8, 14)  # the first day that GA4 takes; properties are younger
RECENTLY = timedelta(days=90)  # in which key events are in use
SAMPLE = timedelta(days=28)  # of traffic, from which its rows are reckoned
MANY_KEY_EVENTS = 3
LEAST_TOKENS = 10  # of the quota for a report: most take less, those of many rows more
ROWS_PER_SECOND = 15_000  # from GA4's bytes to published rows, on two slow cores


def survey(jobs: Sequence[Job], access: Access) -> Survey:
    """Raises SourceError; BadInput too for a property that counts money in another currency than the client."""
    job = jobs[0]
    began = time.monotonic()
    with api.opened(access.connection, job.options["property"], access.sleep) as asked:
        reports = _reports(asked, job, datetime.now(UTC).date() - timedelta(days=1))
        left = min((asked.quota.left[name] for name in TOKENS if name in asked.quota.left), default=None)
    took = (time.monotonic() - began) / asked.requests
    history = reports["history"]
    _refuse_other_currency(job, history.metadata.currency_code)
    months = [_month(row.dimension_values[0].value) for row in history.rows]
    days = sum(max((each.last_day - max(each.first_day, months[0])).days + 1, 0) for each in jobs) if months else 0
    rows = ceil(reports["sample"].row_count / SAMPLE.days * days)
    counts = [len(list(of_job(each))) for each in jobs]
    requests = sum(ceil(count / api.BATCH) for count in counts) + rows // PAGE
    tokens = _price(reports.values()) * sum(counts)
    return Survey(
        first_month=months[0] if months else None,
        last_month=months[-1] if months else None,
        found=f"{rows:,} rows of traffic",
        requests=requests,
        seconds=requests * took + rows / ROWS_PER_SECOND,
        tokens=tokens,
        tokens_left=left,
        advice=(*_of_key_events(reports), *_of_zone(job, history), *_of_quota(tokens, left)),
    )


def _reports(asked: Property, job: Job, yesterday: date) -> dict[str, Any]:
    """By name; without key events if GA4 does not know them."""
    last_day = min(job.last_day, yesterday)
    by_origin = ("date", "sessionSource", "sessionMedium", "sessionCampaignName")
    small = [
        Question("history", ("yearMonth",), ("sessions",), SINCE, yesterday),
        Question("sample", by_origin, ("sessions",), last_day - SAMPLE + timedelta(days=1), last_day),
        Question("key_events", ("eventName",), ("keyEvents",), yesterday - RECENTLY, yesterday),
    ]
    try:
        pages = asked.firsts(small)
    except FieldsRefused:
        pages = asked.firsts(small[:2])
    return {
        question.name: RunReportResponse.pb().FromString(page.body)
        for question, page in zip(small, pages, strict=False)
    }


def _refuse_other_currency(job: Job, currency: str) -> None:
    if currency and currency != job.currency:
        raise BadInput(
            f"GA4 property {job.options['property']} counts money in {currency}, but the client's file says"
            f" {job.currency}: change one of the two"
        )


def _month(code: str) -> date:
    return date(int(code[:4]), int(code[4:]), 1)


def _price(reports: Iterable[Any]) -> int:
    """Tokens for a report: as for the dearest of these, some of which hold fewer days than those to come."""
    quotas = [each.property_quota for each in reports]
    return max(LEAST_TOKENS, *(int(getattr(quota, name).consumed) for quota in quotas for name in TOKENS))


def _of_key_events(reports: dict[str, Any]) -> Iterator[str]:
    rows = reports["key_events"].rows if "key_events" in reports else ()
    counts = {row.dimension_values[0].value: float(row.metric_values[0].value) for row in rows}
    used = sorted((name for name, count in counts.items() if count), key=lambda name: (-counts[name], name))
    if len(used) > MANY_KEY_EVENTS:
        told = ", ".join(f"{name} ({counts[name]:,.0f})" for name in used)
        yield (
            f"{len(used)} key events were in use in the last {RECENTLY.days} days: {told}. key_events counts them all"
            f" together: keep {MANY_KEY_EVENTS} at most that mean the same to the client, or judge one of them as leads"
        )


def _of_zone(job: Job, history: Any) -> Iterator[str]:
    zone = history.metadata.time_zone
    if zone and not zones.alike(zone, job.time_zone):
        yield (
            f"GA4's time zone is {zone}, but the client's file says {job.time_zone}: days are never shifted, so they"
            " differ a little from those of other sources"
        )


def _of_quota(tokens: int, left: int | None) -> Iterator[str]:
    if left is not None and tokens > left:
        yield f"some {tokens:,} tokens are needed and {left:,} are left now: it waits for more, and goes on by itself"
