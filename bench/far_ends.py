"""`python -m bench.far_ends`: GA4 and VK in a process of their own, until a signal; prints `ready`.

An answer of GA4 is made once, and is the same for every property: what is measured is who asks, not who answers.
"""

import argparse
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import grpc
from google.analytics.data_v1beta.types import (
    BatchRunReportsRequest,
    BatchRunReportsResponse,
    RunReportRequest,
)

from bench import community, traffic
from sandbox.data import FarEnds, Property
from sandbox.ga4 import SERVICE
from sandbox.loopback import Answer, Request, Server
from sandbox.reports import report
from sandbox.vk.api import Vk


class Ga4:
    """RunReport and BatchRunReports over real gRPC, each answer after ``latency`` seconds."""

    received = 0

    def __init__(self, prop: Property, latency: float) -> None:
        self._property = prop
        self._latency = latency
        self._made: dict[bytes, Any] = {}
        self._making = threading.Lock()

    def serve(self, port: int) -> grpc.Server:
        handlers = {
            "RunReport": self._handler(self._report, RunReportRequest),
            "BatchRunReports": self._handler(self._batch, BatchRunReportsRequest),
        }
        options = [("grpc.so_reuseport", 0), ("grpc.max_send_message_length", -1)]
        server = grpc.server(ThreadPoolExecutor(32), options=options)
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
        server.add_insecure_port(f"127.0.0.1:{port}")
        server.start()
        return server

    def _handler(self, answer: Any, asked: Any) -> grpc.RpcMethodHandler:
        def handle(request: Any, _context: grpc.ServicerContext) -> bytes:
            time.sleep(self._latency)
            request.property = ""
            for part in getattr(request, "requests", ()):
                part.property = ""
            key = request.SerializeToString(deterministic=True)
            with self._making:
                self.received += 1
                if key not in self._made:
                    self._made[key] = answer(request).SerializeToString()
                return bytes(self._made[key])

        return grpc.unary_unary_rpc_method_handler(handle, asked.pb().FromString)

    def _report(self, request: Any) -> Any:
        return report(self._property, request)

    def _batch(self, request: Any) -> Any:
        return BatchRunReportsResponse.pb()(reports=[report(self._property, part) for part in request.requests])


class CountingVk:
    """VK with its real limit of 3 requests per second and token, each answer after ``latency`` seconds.

    ``/received`` tells how many requests have come so far, by far end.
    """

    def __init__(self, far_ends: FarEnds, latency: float, ga4: Ga4) -> None:
        self._vk = Vk(far_ends, requests_per_second=3)
        self._latency = latency
        self._ga4 = ga4
        self._received: list[str] = []

    def respond(self, request: Request) -> Answer:
        if request.path == "/received":
            told = {"ga4": self._ga4.received, "vk": len(self._received)}
            return Answer(200, "application/json", json.dumps(told).encode())
        self._received.append(request.path)
        time.sleep(self._latency)
        return self._vk.respond(request)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.far_ends")
    parser.add_argument("--last-day", type=date.fromisoformat, required=True)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--ga4", type=int, required=True, help="port")
    parser.add_argument("--vk", type=int, required=True, help="port")
    parser.add_argument("--days", type=int, required=True)
    parser.add_argument("--origins", type=int, required=True, help="of GA4 traffic, each day")
    parser.add_argument("--communities", type=int, required=True)
    parser.add_argument("--posts", type=int, required=True, help="of each community, over all days")
    given = parser.parse_args()
    ga4 = Ga4(traffic.property_of(given.last_day, given.days, given.origins), given.latency)
    serving = ga4.serve(given.ga4)
    communities = community.far_ends(given.communities, given.posts, given.days, given.last_day)
    Server(given.vk, CountingVk(communities, given.latency, ga4).respond)
    print("ready", flush=True)
    serving.wait_for_termination()


if __name__ == "__main__":
    main()
