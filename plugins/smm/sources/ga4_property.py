"""One GA4 property over gRPC: questions in, protobuf answers out, errors as `SourceError`."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import grpc
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.services.beta_analytics_data.transports import BetaAnalyticsDataGrpcTransport
from google.analytics.data_v1beta.types import BatchRunReportsRequest, BatchRunReportsResponse, RunReportResponse
from google.api_core import exceptions as api
from google.api_core.retry import Retry
from google.auth.exceptions import GoogleAuthError, TransportError
from google.oauth2.service_account import Credentials

from smm.sources import BadInput, QuotaSpent, Refused, SourceError, Transient
from smm.sources.ga4_questions import Question
from smm.sources.loopback import is_loopback

SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
BATCH = 5  # reports; the most that GA4 takes at once
TIMEOUT = 120  # seconds for a call, its further tries included
TRIES = 3  # of a call that a server failed; GA4 bars a project from a property after 10 server errors in an hour
RESTARTS = 3  # of a report whose row count changes while its pages are read
TRANSIENT = (api.ServiceUnavailable, api.InternalServerError, api.GatewayTimeout, api.Aborted, api.Unknown)


@dataclass(frozen=True)
class Page:
    """One page of a report as it was received: kept as bytes, for a message takes ten times their memory."""

    offset: int
    body: bytes
    rows: int
    row_count: int  # of the whole report

    @classmethod
    def of(cls, offset: int, report: Any) -> "Page":
        return cls(offset, report.SerializeToString(), len(report.rows), report.row_count)


@contextmanager
def opened(connection: Any, number: int) -> Iterator["Property"]:
    """The property ``number``, asked by the account of an Airflow connection; the channel is closed at the end.

    ``extra.keyfile_dict`` or ``extra.key_path`` hold a service account's key. ``host`` and ``port`` lead to a far end
    on this machine instead, without encryption and without the key.
    """
    if connection.host:
        client, account = BetaAnalyticsDataClient(transport=_plain(connection.host, connection.port)), "nobody"
    else:
        credentials = _credentials(connection.extra_dejson)
        client, account = BetaAnalyticsDataClient(credentials=credentials), credentials.service_account_email
    with client:
        yield Property(client, number, account)


def _plain(host: str, port: int | None) -> BetaAnalyticsDataGrpcTransport:
    if not is_loopback(host) or not port:
        raise BadInput(
            f"the GA4 connection leads to {host}:{port or '(no port)'}; only a far end on this machine may be named,"
            " such as 127.0.0.1 with its port. Clear host and port to ask Google"
        )
    options = [("grpc.max_receive_message_length", -1), ("grpc.enable_http_proxy", 0)]
    return BetaAnalyticsDataGrpcTransport(channel=grpc.insecure_channel(f"{host}:{port}", options=options))


def _credentials(extra: dict[str, Any]) -> Credentials:
    """Raises BadInput without a word of what the key holds."""
    key, place = extra.get("keyfile_dict"), "extra.keyfile_dict"
    if not key and extra.get("key_path"):
        place = f"extra.key_path {extra['key_path']}"
        try:
            key = Path(extra["key_path"]).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{place} cannot be read here: {type(error).__name__}") from None
    if not key:
        raise BadInput("the GA4 connection has no key: put a service account's JSON key into extra.keyfile_dict")
    try:
        info = json.loads(key) if isinstance(key, str) else key
        return Credentials.from_service_account_info(info, scopes=[SCOPE])  # type: ignore[no-untyped-call, no-any-return]
    except (ValueError, TypeError, AttributeError, GoogleAuthError):
        raise BadInput(
            f"{place} of the GA4 connection is no service account's key: make a new JSON key and put it there"
        ) from None


class Property:
    def __init__(self, client: BetaAnalyticsDataClient, number: int, account: str) -> None:
        self._client = client
        self._number = number
        self._account = account
        self._gone: set[str] = set()  # metrics that GA4 said it does not have

    def ask(self, questions: Sequence[Question]) -> Iterator[tuple[Question, Page]]:
        """The questions as they were asked in the end, in order, with their pages. A report comes when it is whole."""
        for start in range(0, len(questions), BATCH):
            for question, first in self._firsts(questions[start : start + BATCH]):
                for page in self._pages(question, first):
                    yield question, page

    def _firsts(self, questions: Sequence[Question]) -> list[tuple[Question, Page]]:
        """The first page of each. Metrics that GA4 no longer has are left out; with none left, a report is empty."""
        while True:
            asked = [question.leaving_out(self._gone) for question in questions]
            requests = [question.request(self._path) for question in asked if question.metrics]
            batch = BatchRunReportsRequest(property=self._path, requests=requests)
            try:
                answer = self._call(self._client.batch_run_reports, batch) if requests else BatchRunReportsResponse()
            except _UnknownMetric as unknown:
                if not any(unknown.name in question.metrics for question in asked):
                    raise
                self._gone.add(unknown.name)
            else:
                reports = iter(BatchRunReportsResponse.pb(answer).reports)
                empty = RunReportResponse.pb()()
                return [(question, Page.of(0, next(reports) if question.metrics else empty)) for question in asked]

    def _pages(self, question: Question, first: Page) -> list[Page]:
        """All pages of a report, from one state of it: if it grows meanwhile, it is read again."""
        for _ in range(RESTARTS):
            pages, read = [first], first.rows
            while read < first.row_count:
                page = self._page(question, read)
                if page.row_count != first.row_count:
                    break
                pages.append(page)
                read += page.rows
                if not page.rows or read > first.row_count:
                    raise Transient(
                        f"GA4 says that {question.name} of {self._whose} has {first.row_count} rows, and gave {read}"
                    )
            else:
                return pages
            first = self._page(question, 0)
        raise Transient(f"{question.name} of {self._whose} changed in GA4 while it was read, {RESTARTS} times")

    def _page(self, question: Question, offset: int) -> Page:
        answer = self._call(self._client.run_report, question.request(self._path, offset))
        return Page.of(offset, RunReportResponse.pb(answer))

    def _call(self, method: Any, request: Any) -> Any:
        tries = count(1)
        retry = Retry(
            predicate=lambda error: isinstance(error, TRANSIENT) and next(tries) < TRIES,
            initial=0.5,
            maximum=10,
            timeout=TIMEOUT,
        )
        try:
            return method(request, retry=retry, timeout=TIMEOUT)
        except (api.GoogleAPICallError, api.RetryError, GoogleAuthError) as error:
            raise self._failure(error) from None

    def _failure(self, error: Exception) -> SourceError:
        """An error of Google's libraries as one of ours, which says what to do."""
        said = getattr(error, "message", "")
        match error:
            case api.BadRequest():
                unknown = re.search(r"Field (\w+) is not a valid metric", said)
                if unknown:
                    return _UnknownMetric(unknown[1], f"GA4 has no metric {unknown[1]}")
                return BadInput(f"GA4 cannot answer what {self._whose} was asked: {said}")
            case api.Forbidden() if "it is disabled" in said:
                return Refused(
                    f"{self._whose} cannot be asked by {self._account}, whose project has the API off: {said}"
                )
            case api.Forbidden():
                return Refused(
                    f"{self._account} may not read {self._whose}: in its Admin, under Property access management,"
                    f" add {self._account} as a Viewer ({said})"
                )
            case api.Unauthorized():
                return self._bad_key()
            case api.NotFound():
                return Refused(
                    f"{self._whose} is not there for {self._account}: check the number in the client's file, or add"
                    f" {self._account} as a Viewer in the property's Admin"
                )
            case api.TooManyRequests():
                return QuotaSpent(f"the quota of {self._whose} is spent, the next run will go on: {said}")
            case api.RetryError() | api.Cancelled() | TransportError():
                return Transient(f"Google was not reached for {self._whose} ({type(error).__name__})")
            case api.GoogleAPICallError() if isinstance(error, TRANSIENT):
                return Transient(f"Google did not answer for {self._whose} ({type(error).__name__}: {said})")
            case GoogleAuthError():
                return self._bad_key()
        return BadInput(f"GA4 answered {type(error).__name__} for {self._whose}: {said}")

    def _bad_key(self) -> Refused:
        return Refused(
            f"Google does not accept the key of {self._account}, which asks for {self._whose}: make a new JSON key and"
            " put it into the connection"
        )

    @property
    def _path(self) -> str:
        return f"properties/{self._number}"

    @property
    def _whose(self) -> str:
        return f"GA4 property {self._number}"


class _UnknownMetric(BadInput):
    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name
