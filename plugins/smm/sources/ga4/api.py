"""One GA4 property over gRPC: reports in, protobuf pages out, errors as `SourceError`."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.types import BatchRunReportsRequest, BatchRunReportsResponse, Row, RunReportResponse
from google.api_core.exceptions import GoogleAPICallError
from google.auth.exceptions import GoogleAuthError

from smm.sources import Transient
from smm.sources.ga4.account import connect
from smm.sources.ga4.errors import FAULTS, OF_A_RANGE, failure, is_crowded
from smm.sources.ga4.questions import Question
from smm.sources.ga4.quota import Quota

BATCH = 5  # reports; the most that GA4 takes at once
TIMEOUT = 60  # seconds for one try; what Google's own client waits
TRIES = 3  # of a call that a server failed; GA4 bars a project from a property after 10 server errors in an hour
CROWDED_TRIES = 5  # of a call that found too many others at the property
FIRST_WAIT, LONGEST_WAIT = 2, 30  # seconds between two tries, three times as long after each
RESTARTS = 3  # of a report that changes while its pages are read


@dataclass(frozen=True)
class Page:
    """One page of a report as it was received: kept as bytes, for a message takes ten times their memory."""

    offset: int
    body: bytes
    rows: int
    row_count: int  # of the whole report
    is_sampled: bool
    first_row: bytes  # the dimensions of its first row, as they stand in the body

    @classmethod
    def of(cls, offset: int, report: Any) -> "Page":
        is_sampled = bool(report.metadata.sampling_metadatas)
        first_row = _dimensions(report.rows[0]) if report.rows else b""
        return cls(offset, report.SerializeToString(), len(report.rows), report.row_count, is_sampled, first_row)

    def repeats(self, before: "Page") -> bool:
        """Whether this page begins with a row that the page before it has already."""
        return bool(self.first_row) and self.first_row in before.body


def _dimensions(row: Any) -> bytes:
    return bytes(Row.pb()(dimension_values=row.dimension_values).SerializeToString())


@contextmanager
def opened(connection: Any, number: int, sleep: Callable[[float], None] = time.sleep) -> Iterator["Property"]:
    """The property ``number``, asked by the account of an Airflow connection; the channel is closed at the end."""
    client, account = connect(connection)
    with client:
        yield Property(client, number, account, sleep)


class Property:
    """``requests`` counts all that were sent, in vain or not, ``faults`` the server errors that may be of some days
    only; ``quota`` is what the answers say is left.
    """

    def __init__(
        self, client: BetaAnalyticsDataClient, number: int, account: str, sleep: Callable[[float], None]
    ) -> None:
        self.whose = f"GA4 property {number}"
        self.requests = 0
        self.faults = 0
        self.quota = Quota()
        self._client = client
        self._path = f"properties/{number}"
        self._account = account
        self._sleep = sleep

    def firsts(self, questions: Sequence[Question]) -> list[Page]:
        """The first page of each of up to `BATCH` questions, of one request."""
        requests = [question.request(self._path) for question in questions]
        answer = self._call(
            self._client.batch_run_reports, BatchRunReportsRequest(property=self._path, requests=requests)
        )
        return [self._read(0, report) for report in BatchRunReportsResponse.pb(answer).reports]

    def pages(self, question: Question, first: Page) -> list[Page]:
        """All pages of a report, from one state of it: if it changes meanwhile, it is read again."""
        for _ in range(RESTARTS):
            pages, read = [first], first.rows
            while read < first.row_count:
                if question.scope:
                    break  # of people, what a report leaves out is a zero: it is read whole, or again
                page = self.page(question, read)
                if page.row_count != first.row_count or page.repeats(pages[-1]):
                    break
                pages.append(page)
                read += page.rows
                if not page.rows or read > first.row_count:
                    raise Transient(
                        f"GA4 says that {question.name} of {self.whose} has {first.row_count} rows, but gave {read}"
                    )
            else:
                return pages
            first = self.page(question, 0)
        raise Transient(f"{question.name} of {self.whose} changed in GA4 while it was read, {RESTARTS} times")

    def page(self, question: Question, offset: int, rows: int | None = None) -> Page:
        """The page from the row ``offset`` on, of so many rows; None = as many as GA4 gives."""
        answer = self._call(self._client.run_report, question.request(self._path, offset, rows))
        return self._read(offset, RunReportResponse.pb(answer))

    def _read(self, offset: int, report: Any) -> Page:
        self.quota.take(report.property_quota)
        return Page.of(offset, report)

    def _call(self, method: Any, request: Any) -> Any:
        tried = 0
        tries_of_fault = 1 if self.faults else TRIES  # after the first, days are asked for apart instead
        while True:
            tried += 1
            self.requests += 1
            try:
                return method(request, retry=None, timeout=TIMEOUT)
            except (GoogleAPICallError, GoogleAuthError) as error:
                self.faults += isinstance(error, OF_A_RANGE)
                if isinstance(error, OF_A_RANGE):
                    tries = tries_of_fault
                else:
                    tries = CROWDED_TRIES if is_crowded(error) else TRIES if isinstance(error, FAULTS) else 1
                if tried >= tries:
                    raise failure(error, self.whose, self._account) from None
            self._sleep(min(FIRST_WAIT * 3 ** (tried - 1), LONGEST_WAIT))
