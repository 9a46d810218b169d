"""A GA4 far end on real gRPC that answers each call as the test's script says, and remembers what it was asked."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.analytics.data_v1beta.types import (
    BatchRunReportsRequest,
    BatchRunReportsResponse,
    RunReportRequest,
    RunReportResponse,
)

from smm.sources.ga4.questions import SESSION_METRICS
from tests.sources.loading import Connection, Loaded

SERVICE = "google.analytics.data.v1beta.BetaAnalyticsData"


class Failure(Exception):
    def __init__(self, status: grpc.StatusCode, text: str) -> None:
        super().__init__(text)
        self.status = status


class Garbage(Exception):
    """Bytes that are no answer, sent as if they were."""


Script = Callable[[Any], Any]
"""RunReportRequest -> RunReportResponse, both plain protobuf. Raises Failure, Garbage."""

DATE: tuple[str, ...] = ("date",)
TRAFFIC: tuple[str, ...] = ("date", "sessionSource", "sessionMedium", "sessionCampaignName")
ROW: tuple[str, ...] = (
    *("20240309", "vk.com", "referral", "(not set)"),
    *("12", "7", "30", "3", "456", "2.5", "0.125", "1", "990.50"),
)
TOTAL: tuple[str, ...] = ("20240309", "9", *ROW[4:])
VALUES = dict(zip((*TRAFFIC, "activeUsers", *SESSION_METRICS), (*ROW[:4], "9", *ROW[4:]), strict=True))


@dataclass
class ScriptedGa4:
    connection: Connection
    calls: list[Any] = field(default_factory=list)  # requests as they came, batches as one


FarEnd = Callable[[Script], ScriptedGa4]


@contextmanager
def scripted_ga4(script: Script) -> Iterator[ScriptedGa4]:
    far_end = ScriptedGa4(Connection(host="127.0.0.1"))

    def handler(answer: Callable[[Any], Any], asked: Any, told: Any) -> grpc.RpcMethodHandler:
        def handle(request: Any, context: grpc.ServicerContext) -> Any:
            far_end.calls.append(request)
            try:
                return answer(request)
            except Failure as failure:
                context.abort(failure.status, str(failure))
            except Garbage as garbage:
                return garbage.args[0]

        def as_bytes(message: Any) -> bytes:
            return message if isinstance(message, bytes) else bytes(told.pb().SerializeToString(message))

        return grpc.unary_unary_rpc_method_handler(handle, asked.pb().FromString, as_bytes)

    def batch(request: Any) -> Any:
        return BatchRunReportsResponse.pb()(reports=[script(part) for part in request.requests])

    handlers = {
        "RunReport": handler(script, RunReportRequest, RunReportResponse),
        "BatchRunReports": handler(batch, BatchRunReportsRequest, BatchRunReportsResponse),
    }
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    far_end.connection.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield far_end
    finally:
        server.stop(None).wait()


def dimensions_of(request: Any) -> tuple[str, ...]:
    return tuple(dimension.name for dimension in request.dimensions)


def report(request: Any, rows: list[tuple[str, ...]], **values: Any) -> Any:
    """An answer to ``request`` with these rows, dimensions first; ``values`` are other fields of it."""
    dimensions, metrics = dimensions_of(request), [metric.name for metric in request.metrics]
    cut = len(dimensions)
    plain = {
        "dimension_headers": [{"name": name} for name in dimensions],
        "metric_headers": [{"name": name} for name in metrics],
        "rows": [
            {
                "dimension_values": [{"value": value} for value in row[:cut]],
                "metric_values": [{"value": value} for value in row[cut:]],
            }
            for row in rows
        ],
        "row_count": len(rows),
        "metadata": {"currency_code": "RUB", "time_zone": "Europe/Moscow"},
    }
    return RunReportResponse.pb()(**plain | values)


def nothing(request: Any) -> Any:
    return report(request, [])


def by_dimensions(answers: Mapping[tuple[str, ...], list[tuple[str, ...]]], **values: Any) -> Script:
    """These rows to reports of these dimensions, none to the others."""
    return lambda request: report(request, answers.get(dimensions_of(request), []), **values)


def metrics_of(request: Any) -> tuple[str, ...]:
    return tuple(metric.name for metric in request.metrics)


def one_row(request: Any) -> Any:
    """To traffic and totals the values of `VALUES`, as asked for; nothing to the others."""
    names = (*dimensions_of(request), *metrics_of(request))
    is_known = dimensions_of(request) in (DATE, TRAFFIC)
    return report(request, [tuple(VALUES[name] for name in names)] if is_known else [])


def totals(loaded: Loaded) -> list[tuple[Any, ...]]:
    """Days of the whole site: active users, which are rows of `counts`, and its visits."""
    visits = loaded.rows["traffic_totals"]
    people = loaded.counted("totals")
    assert [*people] == [("site", "day", day, day) for day, *_ in visits]
    assert {measure for values in people.values() for measure in values} <= {"users"}
    return [(day, values["users"], *numbers) for (day, *numbers), values in zip(visits, people.values(), strict=True)]
