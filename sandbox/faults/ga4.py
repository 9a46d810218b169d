"""Faults of the GA4 Data API: statuses of gRPC, broken messages, and answers that are not quite right."""

from collections.abc import Callable, Iterable
from typing import Any

import grpc

from sandbox.faults import Answering, Asked, Fault
from sandbox.ga4 import StatusError

NO_MESSAGE = b"\xff" * 64  # bytes that no protobuf message can be


def status(code: grpc.StatusCode, text: str) -> Fault:
    """The call fails. A connection that is cut is UNAVAILABLE, one that is too slow DEADLINE_EXCEEDED."""

    def fault(_asked: Asked, _answering: Answering) -> Any:
        raise StatusError(code, text)

    return fault


def garbled(_asked: Asked, _answering: Answering) -> bytes:
    """Fault: an answer that is none."""
    return NO_MESSAGE


def sampled(share: float) -> Fault:
    """Fault: the reports count a sample of this share of the events."""

    def mark(report: Any) -> None:
        report.metadata.sampling_metadatas.add(samples_read_count=int(share * 10_000), sampling_space_size=10_000)

    return _altered(mark)


def withheld(rows: int) -> Fault:
    """Fault: rows about few people, the last of each report, are withheld, and GA4 says so."""

    def mark(report: Any) -> None:
        report.metadata.subject_to_thresholding = True
        del report.rows[-rows:]
        report.row_count = len(report.rows)

    return _altered(mark)


def cut(rows: int) -> Fault:
    """Fault: the last rows of each report are not there, though they are counted."""

    def drop(report: Any) -> None:
        del report.rows[-rows:]

    return _altered(drop)


def paged(rows: int, *, repeated: int = 0, growth: int = 0) -> Fault:
    """Fault: no page has more than `rows` rows.

    Each but the first begins with the last `repeated` of the page before, and finds `growth` rows more in the report.
    """

    def fault(asked: Asked, answering: Answering) -> Any:
        request = type(asked.request)()
        request.CopyFrom(asked.request)
        for part in request.requests if asked.method == "BatchRunReports" else [request]:
            part.limit = rows
            part.offset = max(part.offset - repeated, 0)
        answer = answering(request)
        if asked.method == "RunReport" and asked.request.offset:
            answer.row_count += growth
        return answer

    return fault


def _altered(alter: Callable[[Any], object]) -> Fault:
    def fault(asked: Asked, answering: Answering) -> Any:
        answer = answering(asked.request)
        for report in _reports(asked, answer):
            alter(report)
        return answer

    return fault


def _reports(asked: Asked, answer: Any) -> Iterable[Any]:
    match asked.method:
        case "BatchRunReports":
            return list(answer.reports)
        case "RunReport":
            return [answer]
    return []
