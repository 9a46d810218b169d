"""Faults as their victims see them: through Google's client, vk_api and requests."""

import threading
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any

import grpc
import pytest
import requests
import vk_api
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.types import (
    BatchRunReportsRequest,
    DateRange,
    Dimension,
    Metric,
    OrderBy,
    RunReportRequest,
)
from google.api_core import exceptions as errors

from sandbox import faults, vk
from sandbox.data import FarEnds
from sandbox.faults import ga4 as ga4_faults
from sandbox.faults import vk as vk_faults
from sandbox.loopback import Server
from sandbox.world import World
from tests.sandbox import vk_sample
from tests.sandbox.vk_sample import SERVICE, SHOP, USER, Ask

NUMBER = "310123456"
PATH = f"properties/{NUMBER}"


def days(offset: int = 0) -> RunReportRequest:
    """Sessions of the thirty days of September 2026, a row each."""
    return RunReportRequest(
        property=PATH,
        dimensions=[Dimension(name="date")],
        metrics=[Metric(name="sessions")],
        date_ranges=[DateRange(start_date="2026-09-01", end_date="2026-09-30")],
        order_bys=[OrderBy(dimension=OrderBy.DimensionOrderBy(dimension_name="date"))],
        offset=offset,
    )


def shown(report: Any) -> list[int]:
    """The days of the month that a report shows."""
    return [int(row.dimension_values[0].value[-2:]) for row in report.rows]


@pytest.fixture
def ga4(world: World, ga4_client: Callable[[FarEnds], BetaAnalyticsDataClient]) -> tuple[FarEnds, Any]:
    far_ends = world.far_ends()
    return far_ends, ga4_client(far_ends)


def test_each_request_meets_the_next_of_its_callers_faults(ga4: tuple[FarEnds, Any]) -> None:
    far_ends, client = ga4
    unavailable = ga4_faults.status(grpc.StatusCode.UNAVAILABLE, "planned")
    far_ends.faults.plan(NUMBER, [None, unavailable])
    far_ends.faults.plan("310123457", repeat(unavailable))

    assert shown(client.run_report(days())) == [*range(1, 31)]
    with pytest.raises(errors.ServiceUnavailable, match="planned"):
        client.run_report(days())
    assert shown(client.run_report(days())) == [*range(1, 31)], "the plan is at its end"

    far_ends.faults.plan(NUMBER, repeat(unavailable))
    far_ends.faults.end()
    assert shown(client.run_report(days())) == [*range(1, 31)]


def test_an_answer_that_is_no_message_reaches_nobody(ga4: tuple[FarEnds, Any]) -> None:
    far_ends, client = ga4
    far_ends.faults.plan(NUMBER, [ga4_faults.garbled])

    with pytest.raises(errors.InternalServerError, match="deserializing"):
        client.run_report(days())


def test_a_cut_report_still_counts_all_its_rows(ga4: tuple[FarEnds, Any]) -> None:
    far_ends, client = ga4
    far_ends.faults.plan(NUMBER, [ga4_faults.cut(2)])

    (report,) = client.batch_run_reports(BatchRunReportsRequest(property=PATH, requests=[days()])).reports
    assert (shown(report), report.row_count) == ([*range(1, 29)], 30)


def test_pages_repeat_rows_and_the_report_grows(ga4: tuple[FarEnds, Any]) -> None:
    far_ends, client = ga4
    far_ends.faults.plan(NUMBER, repeat(ga4_faults.paged(20, repeated=1, growth=3)))

    first, second = client.run_report(days()), client.run_report(days(offset=20))
    assert (shown(first), first.row_count) == ([*range(1, 21)], 30)
    assert (shown(second), second.row_count) == ([*range(20, 31)], 33)


def test_doubts_are_told_in_the_metadata(ga4: tuple[FarEnds, Any]) -> None:
    far_ends, client = ga4
    far_ends.faults.plan(NUMBER, [ga4_faults.sampled(0.25), ga4_faults.withheld(2)])

    (sample,) = client.run_report(days()).metadata.sampling_metadatas
    assert (sample.samples_read_count, sample.sampling_space_size) == (2_500, 10_000)
    report = client.run_report(days())
    assert (report.metadata.subject_to_thresholding, shown(report), report.row_count) == (True, [*range(1, 29)], 28)


@pytest.fixture
def far_ends() -> FarEnds:
    return vk_sample.far_ends()


@pytest.fixture
def server(far_ends: FarEnds) -> Iterator[Server]:
    with vk.serve(far_ends, 0) as server:
        yield server


@pytest.fixture
def ask(server: Server) -> Iterator[Ask]:
    with requests.Session() as session:
        session.trust_env = False
        yield vk_sample.asking(server.url, session)


def test_one_call_of_an_execute_fails_and_the_others_are_answered(far_ends: FarEnds, ask: Ask) -> None:
    code = (
        f'return [API.groups.getById({{"group_ids": {SHOP}}}), API.wall.get({{"owner_id": -{SHOP}}}),'
        ' API.users.get({}), API.stats.get({"group_id": 1})];'
    )
    far_ends.faults.plan(USER, [None, vk_faults.inner_error(15, "wall.get", "Access denied")])

    sound, faulty = ask("execute", code=code), ask("execute", code=code)
    (group, wall, *failed), (same, *refused) = sound["response"], faulty["response"]
    assert same == group
    assert wall is not False
    assert (failed, refused) == ([False, False], [False, False, False])
    planned = {"method": "wall.get", "error_code": 15, "error_msg": "Access denied"}
    assert faulty["execute_errors"] == [planned, *sound["execute_errors"]], "in the order of the calls"


def test_vk_refuses_a_call_as_its_library_knows_it(far_ends: FarEnds, server: Server) -> None:
    far_ends.faults.plan(USER, [vk_faults.error(29, "Rate limit reached")])
    with pytest.raises(vk_api.ApiError) as caught:
        vk_sample.library(server.url).method("groups.getById", {"group_ids": SHOP})
    assert caught.value.code == 29


def test_gateways_and_connections_fail(far_ends: FarEnds, server: Server) -> None:
    def post() -> requests.Response:
        form = {"access_token": SERVICE, "v": "5.199", "group_ids": SHOP}
        with requests.Session() as session:
            session.trust_env = False
            return session.post(f"{server.url}/method/groups.getById", data=form, timeout=10)

    far_ends.faults.plan(SERVICE, [vk_faults.page(502), vk_faults.page(200), vk_faults.cut(10), vk_faults.hung_up])
    for status in (502, 200):
        answer = post()
        assert (answer.status_code, answer.text[:6]) == (status, "<html>")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="10 bytes read"):
        post()
    with pytest.raises(requests.ConnectionError):
        post()
    assert post().json()["response"]["groups"][0]["id"] == SHOP


def test_an_answer_waits_for_its_moment_and_something_happens_after_it(far_ends: FarEnds, ask: Ask) -> None:
    moment = threading.Event()
    waited: list[bool] = []
    community = far_ends.communities[SHOP]
    far_ends.faults.plan(
        USER,
        [
            faults.waiting(lambda: waited.append(moment.wait(10))),
            faults.meanwhile(community.posts.clear),
            vk_faults.altered(lambda said: said | {"response": 7}),
        ],
    )
    moment.set()
    counts = [ask("wall.get", owner_id=-SHOP)["response"] for _ in range(3)]
    assert waited == [True]
    assert counts[0]["count"] == counts[1]["count"] > 0
    assert counts[2] == 7
    assert ask("wall.get", owner_id=-SHOP)["response"]["count"] == 0
