"""The GA4 Data API v1beta over plaintext gRPC: runReport, batchRunReports, getMetadata, checkCompatibility.

Who asks is not checked: whoever reaches the loopback port may read every open property.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import grpc
from google.analytics.data_v1beta.types import (
    BatchRunReportsRequest,
    BatchRunReportsResponse,
    CheckCompatibilityRequest,
    CheckCompatibilityResponse,
    Compatibility,
    GetMetadataRequest,
    Metadata,
    RunReportRequest,
)

from sandbox.data import FarEnds, Property, Question, RefusedError
from sandbox.faults import Answering, Asked
from sandbox.reports import TYPES, names_of, report

SERVICE = "google.analytics.data.v1beta.BetaAnalyticsData"
_MOST_REPORTS = 5


def serve(far_ends: FarEnds, port: int) -> grpc.Server:
    """Serve the properties on 127.0.0.1:port; the caller stops the server. OSError: the port is taken."""
    ga4 = _Ga4(far_ends)
    methods: dict[str, tuple[Answering, Any]] = {
        "RunReport": (ga4.run_report, RunReportRequest),
        "BatchRunReports": (ga4.batch_run_reports, BatchRunReportsRequest),
        "GetMetadata": (ga4.get_metadata, GetMetadataRequest),
        "CheckCompatibility": (ga4.check_compatibility, CheckCompatibilityRequest),
    }
    handlers = {
        # the plain protobuf classes: wrapping every value of a large report takes longer than counting it
        name: grpc.unary_unary_rpc_method_handler(_answering(far_ends, name, call), asked.pb().FromString, _written)
        for name, (call, asked) in methods.items()
    }
    server = grpc.server(ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    try:
        server.add_insecure_port(f"127.0.0.1:{port}")
    except RuntimeError as error:
        raise OSError(f"The sandbox's GA4 cannot listen on 127.0.0.1:{port}: {error}") from error
    server.start()
    return server


class StatusError(RefusedError):
    """A refusal for another reason than a wrong request."""

    def __init__(self, status: grpc.StatusCode, text: str) -> None:
        super().__init__(text)
        self.status = status


def _answering(far_ends: FarEnds, method: str, call: Answering) -> Callable[[Any, grpc.ServicerContext], Any]:
    def handle(request: Any, context: grpc.ServicerContext) -> Any:
        path = request.name if method == "GetMetadata" else request.property
        number = path.removeprefix("properties/").removesuffix("/metadata")
        try:
            return far_ends.faults.answer(Asked(number, method, request), call)
        except StatusError as refusal:
            context.abort(refusal.status, str(refusal))
        except RefusedError as refusal:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(refusal))

    return handle


def _written(answer: Any) -> bytes:
    """An answer for the wire; bytes are an answer that a fault has written already."""
    return answer if isinstance(answer, bytes) else bytes(answer.SerializeToString())


class _Ga4:
    """The four methods; requests and answers are plain protobuf messages."""

    def __init__(self, far_ends: FarEnds) -> None:
        self._far_ends = far_ends

    def run_report(self, request: Any) -> Any:
        return report(self._property(request.property), request)

    def batch_run_reports(self, request: Any) -> Any:
        prop = self._property(request.property)
        if len(request.requests) > _MOST_REPORTS:
            raise RefusedError(
                f"A batch holds at most {_MOST_REPORTS} requests. This one holds {len(request.requests)}."
            )
        if any(part.property not in ("", request.property) for part in request.requests):
            raise RefusedError("All requests of a batch must be for the property of the batch.")
        reports = [report(prop, part) for part in request.requests]
        return BatchRunReportsResponse.pb()(reports=reports, kind="analyticsData#batchRunReports")

    def get_metadata(self, request: Any) -> Any:
        prop = self._property(request.name.removesuffix("/metadata"))
        return Metadata.pb()(
            name=request.name,
            dimensions=[_dimension(name) for name in sorted(prop.dimensions)],
            metrics=[_metric(name) for name in sorted(prop.metrics)],
        )

    def check_compatibility(self, request: Any) -> Any:
        prop = self._property(request.property)
        dimensions, metrics = names_of(prop, request)
        wanted = set(Compatibility) if not request.compatibility_filter else {request.compatibility_filter}

        def with_also(more_dimensions: set[str], more_metrics: set[str]) -> int:
            epoch = date(1970, 1, 1)  # no data: nothing is counted
            question = Question(epoch, epoch, (*dimensions, *more_dimensions), (*metrics, *more_metrics))
            try:
                prop.answer(question)
            except RefusedError:
                return Compatibility.INCOMPATIBLE
            return Compatibility.COMPATIBLE

        of_dimensions = {name: with_also({name} - {*dimensions}, set()) for name in sorted(prop.dimensions)}
        of_metrics = {name: with_also(set(), {name} - {*metrics}) for name in sorted(prop.metrics)}
        return CheckCompatibilityResponse.pb()(
            dimension_compatibilities=[
                {"dimension_metadata": _dimension(name), "compatibility": found}
                for name, found in of_dimensions.items()
                if found in wanted
            ],
            metric_compatibilities=[
                {"metric_metadata": _metric(name), "compatibility": found}
                for name, found in of_metrics.items()
                if found in wanted
            ],
        )

    def _property(self, name: str) -> Property:
        prop = self._far_ends.properties.get(name.removeprefix("properties/"))
        if prop is None or not prop.is_open:
            raise StatusError(
                grpc.StatusCode.PERMISSION_DENIED,
                "User does not have sufficient permissions for this property. To learn more about Property ID, see "
                "https://developers.google.com/analytics/devguides/reporting/data/v1/property-id.",
            )
        if prop.tokens_left <= 0:
            raise StatusError(
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                "Exhausted property tokens for a project per hour. These quota tokens will return in under an hour. "
                "To learn more, see https://developers.google.com/analytics/devguides/reporting/data/v1/quotas",
            )
        return prop


def _dimension(name: str) -> dict[str, Any]:
    return {"api_name": name, "ui_name": name}


def _metric(name: str) -> dict[str, Any]:
    return {"api_name": name, "ui_name": name, "type_": TYPES[name]}
