"""Each error of GA4 over the wire: the text that the operator reads, how often it was tried, and what happens next."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import grpc
import pytest

from smm.sources import Access, BadInput, QuotaSpent, Refused, SourceError, Transient
from smm.sources.ga4 import SOURCE
from smm.sources.ga4 import api as ga4_property
from smm.sources.ga4.errors import RangeFailed, until_midnight
from tests.sources.ga4.scripted import ROW, Failure, FarEnd, Garbage, one_row
from tests.sources.loading import RECORDINGS, Connection, job, load

RECORDED = RECORDINGS / "ga4" / "errors"
Status = grpc.StatusCode
HOUR = timedelta(hours=1)

PERMISSION = (
    "User does not have sufficient permissions for this property. To learn more about Property ID, see"
    " https://developers.google.com/analytics/devguides/reporting/data/v1/property-id."
)
DISABLED = (
    "Google Analytics Data API has not been used in project 75 before or it is disabled. Enable it by visiting"
    " https://console.developers.google.com/apis/api/analyticsdata.googleapis.com/overview?project=75 then retry."
)
HOURLY = "Exhausted property tokens for a project per hour. These quota tokens will return in under an hour."
DAILY = "Exhausted property tokens per day. These quota tokens will return in under 24 hours."
CROWDED = "Exhausted concurrent requests quota."
THRESHOLDED = "Exhausted potentially thresholded requests quota."
SERVER_ERRORS = "Exhausted server errors quota for this project and property."
MEANWHILE = "the quota of GA4 property 310123456 is spent, GA4 gives more"


def failing(status: grpc.StatusCode, text: str) -> Any:
    def script(request: Any) -> Any:
        raise Failure(status, text)

    return script


@pytest.mark.parametrize(
    ("status", "said", "kind", "calls", "told"),
    [
        (
            *(Status.INVALID_ARGUMENT, "Invalid property ID: G-X1. A numeric Property ID is required.", BadInput, 1),
            "GA4 cannot answer the request for GA4 property 310123456: Invalid property ID: G-X1. A numeric Property ID"
            " is required.",
        ),
        (
            *(Status.FAILED_PRECONDITION, "not now", BadInput, 1),
            "GA4 cannot answer the request for GA4 property 310123456: not now",
        ),
        (
            *(Status.UNAUTHENTICATED, "Request had invalid authentication credentials.", Refused, 1),
            "Google does not accept the key of nobody for GA4 property 310123456: make a new JSON key and"
            " put it into the connection",
        ),
        (
            *(Status.PERMISSION_DENIED, PERMISSION, Refused, 1),
            "nobody may not read GA4 property 310123456: in its Admin, under Property access management, add nobody as"
            f" a Viewer ({PERMISSION})",
        ),
        (
            *(Status.PERMISSION_DENIED, DISABLED, Refused, 1),
            f"nobody cannot read GA4 property 310123456, because its project has the API switched off: {DISABLED}",
        ),
        (
            *(Status.NOT_FOUND, "Requested entity was not found.", Refused, 1),
            "nobody finds no GA4 property 310123456: check the number in the client's file, or add nobody as a"
            " Viewer in the property's Admin",
        ),
        (
            *(Status.RESOURCE_EXHAUSTED, CROWDED, Transient, 5),
            f"too many requests for GA4 property 310123456 at the same time: {CROWDED}",
        ),
        (
            *(Status.INTERNAL, "oops", RangeFailed, 6),
            "Google did not answer for GA4 property 310123456 (InternalServerError: oops)",
        ),
        (
            *(Status.UNAVAILABLE, "down", Transient, 3),
            "Google did not answer for GA4 property 310123456 (ServiceUnavailable: down)",
        ),
        (
            *(Status.DEADLINE_EXCEEDED, "slow", Transient, 3),
            "Google did not answer for GA4 property 310123456 (DeadlineExceeded: slow)",
        ),
        (
            *(Status.UNKNOWN, "?", RangeFailed, 6),
            "Google did not answer for GA4 property 310123456 (Unknown: ?)",
        ),
        (
            *(Status.ABORTED, "again", Transient, 3),
            "Google did not answer for GA4 property 310123456 (Aborted: again)",
        ),
        (
            *(Status.CANCELLED, "gone", Transient, 3),
            "Google did not answer for GA4 property 310123456 (Cancelled: gone)",
        ),
        (
            *(Status.UNIMPLEMENTED, "no such method", BadInput, 1),
            "GA4 answered MethodNotImplemented for GA4 property 310123456: no such method",
        ),
    ],
)
def test_errors(
    far_end: FarEnd, status: grpc.StatusCode, said: str, kind: type[SourceError], calls: int, told: str
) -> None:
    server = far_end(failing(status, said))
    with pytest.raises(SourceError) as raised:
        load(SOURCE, job(), server.connection)
    assert type(raised.value) is kind
    assert str(raised.value) == told
    assert len(server.calls) == calls
    assert raised.value.__suppress_context__, "Google's own error is in no log"


@pytest.mark.parametrize(
    ("said", "when", "wait"),
    [
        (HOURLY, "within an hour", HOUR),
        (THRESHOLDED, "within an hour", HOUR),
        (SERVER_ERRORS, "within an hour", HOUR),
        ("Resource has been exhausted (e.g. check quota).", "at a time that it does not name", None),
    ],
)
def test_a_spent_quota_is_not_asked_again_and_says_when_it_is_back(
    far_end: FarEnd, said: str, when: str, wait: timedelta | None
) -> None:
    server = far_end(failing(Status.RESOURCE_EXHAUSTED, said))
    with pytest.raises(QuotaSpent) as raised:
        load(SOURCE, job(), server.connection)
    assert str(raised.value) == f"{MEANWHILE} {when}: {said}"
    assert raised.value.wait == wait
    assert not raised.value.is_transient
    assert len(server.calls) == 1


def test_the_quota_of_a_day_is_back_at_midnight_in_california(far_end: FarEnd) -> None:
    server = far_end(failing(Status.RESOURCE_EXHAUSTED, DAILY))
    before = until_midnight(datetime.now(UTC))
    with pytest.raises(QuotaSpent) as raised:
        load(SOURCE, job(), server.connection)
    after = until_midnight(datetime.now(UTC))
    assert str(raised.value) == f"{MEANWHILE} at midnight in California: {DAILY}"
    assert raised.value.wait is not None
    assert before >= raised.value.wait >= after or after > before  # midnight fell into the test
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        ("2026-01-15T07:30+00:00", 0.5),  # 23:30 of the 14th there
        ("2026-01-15T08:00+00:00", 24),
        ("2026-07-15T10:00+03:00", 24),
        ("2026-03-08T08:00+00:00", 23),  # the clocks go forward
        ("2026-11-01T07:00+00:00", 25),  # and back
    ],
)
def test_midnight_in_california(now: str, hours: float) -> None:
    assert until_midnight(datetime.fromisoformat(now)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("status", "text", "waits"),
    [
        (Status.UNAVAILABLE, "down", [2, 6]),
        (Status.RESOURCE_EXHAUSTED, CROWDED, [2, 6, 18, 30]),
    ],
)
def test_a_server_that_comes_back_is_waited_for(
    far_end: FarEnd, status: grpc.StatusCode, text: str, waits: list[int]
) -> None:
    calls = 0

    def script(request: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls <= len(waits):
            raise Failure(status, text)
        return one_row(request)

    server = far_end(script)
    waited: list[float] = []
    answers = list(SOURCE.ask(job(), Access(server.connection, sleep=waited.append)))
    assert waited == waits
    assert sum(answer.requests for answer in answers) == len(server.calls) == len(waits) + 2


def test_an_answer_that_does_not_come_in_time(far_end: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ga4_property, "TIMEOUT", 0.1)
    is_over = Event()

    def script(request: Any) -> Any:
        is_over.wait()
        raise Failure(Status.CANCELLED, "")

    waited: list[float] = []
    try:
        with pytest.raises(Transient) as raised:
            list(SOURCE.ask(job(), Access(far_end(script).connection, sleep=waited.append)))
    finally:
        is_over.set()
    assert str(raised.value).startswith("Google did not answer for GA4 property 310123456 (DeadlineExceeded: ")
    assert waited == [2, 6], "it was tried three times"


def test_bytes_that_are_no_answer(far_end: FarEnd) -> None:
    def script(request: Any) -> Any:
        raise Garbage(b"<html>Sign in to the network of the hotel</html>")

    server = far_end(script)
    with pytest.raises(Transient) as raised:
        load(SOURCE, job(), server.connection)
    assert str(raised.value) == (
        "Google did not answer for GA4 property 310123456 (InternalServerError: Exception deserializing response!)"
    )
    assert len(server.calls) == 6


@contextmanager
def hanging_up() -> Iterator[int]:
    """A port where each caller is cut off after the first bytes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    caller.recv(24)

        thread = Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_connection_that_is_cut() -> None:
    with hanging_up() as port, pytest.raises(Transient) as raised:
        load(SOURCE, job(), Connection(host="127.0.0.1", port=port))
    assert str(raised.value).startswith("Google did not answer for GA4 property 310123456 (ServiceUnavailable: ")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Transient) as raised:
        load(SOURCE, job(), Connection(host="127.0.0.1", port=port))
    assert str(raised.value).startswith("Google did not answer for GA4 property 310123456 (ServiceUnavailable: ")
    assert "refused" in str(raised.value)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("400_incompatible_remove", BadInput, "GA4 refuses the report totals of GA4 property 310123456: {}"),
        ("400_incompatible_add", BadInput, "GA4 refuses the report totals of GA4 property 310123456: {}"),
        (
            *("403_permission", Refused),
            "nobody may not read GA4 property 310123456: in its Admin, under Property access management, add nobody as"
            " a Viewer ({})",
        ),
        (
            *("403_service_disabled", Refused),
            "nobody cannot read GA4 property 310123456, because its project has the API switched off: {}",
        ),
        ("429_project_hour", QuotaSpent, f"{MEANWHILE} within an hour: {{}}"),
    ],
)
def test_recorded_errors(far_end: FarEnd, name: str, kind: type[SourceError], told: str) -> None:
    error = json.loads((RECORDED / f"{name}.json").read_text())["error"]
    server = far_end(failing(Status[error["status"]], error["message"]))
    with pytest.raises(SourceError) as raised:
        load(SOURCE, job(), server.connection)
    assert type(raised.value) is kind
    assert str(raised.value) == told.format(error["message"])


def test_an_error_between_two_batches_leaves_what_was_answered(far_end: FarEnd) -> None:
    """The fetch task drops all of a load that fails; the answers before the error are in the archive."""
    calls = 0

    def script(request: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 5:
            raise Failure(Status.PERMISSION_DENIED, PERMISSION)
        return one_row(request)

    answers = SOURCE.ask(job(networks=("vk",)), Access(far_end(script).connection))
    taken = [next(answers) for _ in range(5)]
    assert [tuple(row) for part in SOURCE.read(job(), taken[1:2]) for row in getattr(part, "rows", ())] == [ROW]
    with pytest.raises(Refused):
        next(answers)
