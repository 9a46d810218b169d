"""One world for all tests of the sandbox, GA4 served over real gRPC, and a small VK over HTTP."""

import socket
from collections.abc import Callable, Iterator
from datetime import date

import grpc
import pytest
import requests
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.services.beta_analytics_data.transports import BetaAnalyticsDataGrpcTransport

from sandbox import vk
from sandbox.data import FarEnds
from sandbox.ga4 import serve
from sandbox.loopback import Server
from sandbox.world import World
from tests.sandbox import vk_sample
from tests.sandbox.vk_sample import Ask

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def world() -> World:
    return World(TODAY)


@pytest.fixture(scope="session")
def tomorrow() -> World:
    return World(date(2026, 11, 23))


@pytest.fixture
def ga4_client() -> Iterator[Callable[[FarEnds], BetaAnalyticsDataClient]]:
    """Serves far ends as GA4 until the test is over, and gives Google's own client of it."""
    started: list[tuple[grpc.Server, grpc.Channel]] = []

    def connect(far_ends: FarEnds) -> BetaAnalyticsDataClient:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        server = serve(far_ends, port)
        channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.max_receive_message_length", -1)])
        started.append((server, channel))
        return BetaAnalyticsDataClient(transport=BetaAnalyticsDataGrpcTransport(channel=channel))

    yield connect
    for server, channel in started:
        channel.close()
        server.stop(grace=None).wait()


@pytest.fixture(scope="module")
def served() -> FarEnds:
    return vk_sample.far_ends()


@pytest.fixture(scope="module")
def vk_server(served: FarEnds) -> Iterator[Server]:
    with vk.serve(served, 0) as server:
        yield server


@pytest.fixture(scope="module")
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def vk_far_ends(served: FarEnds) -> FarEnds:
    """What the server serves, as new."""
    vars(served).update(vars(vk_sample.far_ends()))
    return served


@pytest.fixture
def ask(vk_server: Server, http: requests.Session, vk_far_ends: FarEnds) -> Ask:
    return vk_sample.asking(vk_server.url, http)
