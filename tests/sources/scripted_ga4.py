"""A GA4 far end on real gRPC that answers each call as the test's script says, and remembers what it was asked."""

from collections.abc import Callable, Iterator
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

from tests.sources.loading import Connection

SERVICE = "google.analytics.data.v1beta.BetaAnalyticsData"


class Failure(Exception):
    def __init__(self, status: grpc.StatusCode, text: str) -> None:
        super().__init__(text)
        self.status = status


Script = Callable[[Any], Any]
"""RunReportRequest -> RunReportResponse, both plain protobuf. Raises Failure."""


@dataclass
class ScriptedGa4:
    connection: Connection
    calls: list[Any] = field(default_factory=list)  # requests as they came, batches as one


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

        return grpc.unary_unary_rpc_method_handler(handle, asked.pb().FromString, told.pb().SerializeToString)

    def batch(request: Any) -> Any:
        return BatchRunReportsResponse.pb()(reports=[script(part) for part in request.requests])

    handlers = {
        "RunReport": handler(script, RunReportRequest, RunReportResponse),
        "BatchRunReports": handler(batch, BatchRunReportsRequest, BatchRunReportsResponse),
    }
    server = grpc.server(ThreadPoolExecutor(2))
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
