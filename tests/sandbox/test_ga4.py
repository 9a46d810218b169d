"""GA4 as Google's own client sees it: real gRPC, the seeded world behind it."""

import socket
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.types import (
    BatchRunReportsRequest,
    CheckCompatibilityRequest,
    DateRange,
    Dimension,
    Filter,
    FilterExpression,
    FilterExpressionList,
    Metric,
    MetricType,
    OrderBy,
    RunReportRequest,
    RunReportResponse,
)
from google.api_core import exceptions as errors

from sandbox.data import FarEnds
from sandbox.ga4 import serve
from sandbox.world import World
from sandbox.world.property import property_of

YARKO = "properties/310123456"
TRAFFIC = ("date", "sessionSource", "sessionMedium", "sessionCampaignName")
Match = Filter.StringFilter.MatchType


class Ga4:
    """Reports of yarko's property as frames."""

    def __init__(self, client: BetaAnalyticsDataClient, far_ends: FarEnds) -> None:
        self.client, self.far_ends = client, far_ends

    def run(self, dimensions: tuple[str, ...], metrics: tuple[str, ...], **asked: Any) -> RunReportResponse:
        return self.client.run_report(request(dimensions, metrics, **asked))

    def frame(self, dimensions: tuple[str, ...], metrics: tuple[str, ...], **asked: Any) -> pd.DataFrame:
        response = self.run(dimensions, metrics, **asked)
        cells = [
            [v.value for v in row.dimension_values] + [v.value for v in row.metric_values] for row in response.rows
        ]
        table = pd.DataFrame(cells, columns=[*dimensions, *metrics])
        return table.astype(dict.fromkeys(metrics, float))


def request(
    dimensions: tuple[str, ...],
    metrics: tuple[str, ...],
    first: str = "2026-10-01",
    last: str = "2026-10-31",
    **asked: Any,
) -> RunReportRequest:
    return RunReportRequest(
        {
            "property": YARKO,
            "dimensions": [Dimension(name=name) for name in dimensions],
            "metrics": [Metric(name=name) for name in metrics],
            "date_ranges": [DateRange(start_date=first, end_date=last)],
            **asked,
        }
    )


def string(field: str, value: str, match: Any = Match.EXACT, case_sensitive: bool = False) -> FilterExpression:
    text = Filter.StringFilter(value=value, match_type=match, case_sensitive=case_sensitive)
    return FilterExpression(filter=Filter(field_name=field, string_filter=text))


def in_list(field: str, *values: str, case_sensitive: bool = False) -> FilterExpression:
    wanted = Filter.InListFilter(values=values, case_sensitive=case_sensitive)
    return FilterExpression(filter=Filter(field_name=field, in_list_filter=wanted))


@pytest.fixture
def ga4(world: World, ga4_client: Callable[[FarEnds], BetaAnalyticsDataClient]) -> Ga4:
    far_ends = world.far_ends()
    return Ga4(ga4_client(far_ends), far_ends)


def test_a_report_reads_like_googles(ga4: Ga4, world: World) -> None:
    metrics = ("sessions", "userEngagementDuration", "keyEvents", "purchaseRevenue")
    response = ga4.run(("date", "sessionSource"), metrics, return_property_quota=True)
    assert [header.name for header in response.dimension_headers] == ["date", "sessionSource"]
    assert [header.type_ for header in response.metric_headers] == [
        MetricType.TYPE_INTEGER,
        MetricType.TYPE_SECONDS,
        MetricType.TYPE_FLOAT,
        MetricType.TYPE_CURRENCY,
    ]
    assert response.rows[0].dimension_values[0].value == "20261001"
    assert (response.metadata.currency_code, response.metadata.time_zone) == ("RUB", "Europe/Moscow")
    assert response.property_quota.tokens_per_project_per_hour.remaining == 14_000
    sessions = world.chronicles["yarko"].sessions
    cents = sessions.loc[sessions["day"].between("2026-10-01", "2026-10-31"), "revenue_cents"].sum()
    assert sum(Decimal(row.metric_values[3].value) for row in response.rows) == Decimal(int(cents)) / 100


def test_pages_make_up_the_report_and_row_count_ignores_them(ga4: Ga4) -> None:
    whole = ga4.run(TRAFFIC, ("sessions",))
    assert whole.row_count == len(whole.rows) > 200
    pages = [ga4.run(TRAFFIC, ("sessions",), limit=150, offset=offset) for offset in range(0, whole.row_count, 150)]
    assert {page.row_count for page in pages} == {whole.row_count}
    assert [row for page in pages for row in page.rows] == list(whole.rows)


def test_a_report_without_a_limit_ends_after_10000_rows(ga4: Ga4) -> None:
    response = ga4.run(TRAFFIC, ("sessions",), first="2024-09-01", last="2026-11-21")
    assert (len(response.rows), response.row_count > 10_000) == (10_000, True)


def test_flows_add_up_and_people_do_not(ga4: Ga4) -> None:
    metrics = ("sessions", "newUsers", "transactions", "activeUsers", "totalUsers")
    month = ga4.frame(("yearMonth",), metrics).sum(numeric_only=True)
    days = ga4.frame(("date",), metrics).sum(numeric_only=True)
    sources = ga4.frame(("sessionSource", "sessionMedium"), metrics).sum(numeric_only=True)
    for flow in ("sessions", "newUsers", "transactions"):
        assert days[flow] == sources[flow] == month[flow]
    for unique in ("activeUsers", "totalUsers"):
        assert days[unique] > month[unique] < sources[unique]
    assert month["activeUsers"] < month["totalUsers"] < month["sessions"]


def test_one_person_may_be_new_and_returning(ga4: Ga4, world: World) -> None:
    kinds = ga4.frame(("newVsReturning",), ("activeUsers", "newUsers")).set_index("newVsReturning")
    everybody = ga4.frame((), ("activeUsers", "newUsers"))
    assert kinds["activeUsers"].sum() > everybody["activeUsers"][0] > kinds["activeUsers"].max()
    assert kinds["newUsers"].to_dict() == {"new": everybody["newUsers"][0], "returning": 0}


def test_buyers_are_people_and_first_time_buyers_are_some_of_them(ga4: Ga4, world: World) -> None:
    year = {"first": "2025-11-01", "last": "2026-10-31"}
    buyers = ga4.frame((), ("totalPurchasers", "firstTimePurchasers", "transactions"), **year).iloc[0]
    sessions = world.chronicles["yarko"].sessions
    bought = sessions[(sessions["purchases"] > 0) & sessions["day"].between("2025-11-01", "2026-10-31")]
    assert buyers["totalPurchasers"] == bought["visitor"].nunique()
    assert buyers["firstTimePurchasers"] <= buyers["totalPurchasers"] < buyers["transactions"]


def test_a_rate_is_of_the_sessions_of_its_row(ga4: Ga4, world: World) -> None:
    rate = ga4.frame(("yearMonth",), ("sessions", "sessionKeyEventRate")).iloc[0]
    key_sessions = rate["sessions"] * rate["sessionKeyEventRate"]
    assert key_sessions == pytest.approx(round(key_sessions), abs=1e-9)
    assert 0 < key_sessions <= ga4.frame((), ("keyEvents",)).iloc[0, 0]


def test_events_are_counted_by_name(ga4: Ga4, world: World) -> None:
    events = ga4.frame(("eventName",), ("eventCount", "keyEvents", "sessions")).set_index("eventName")
    whole = ga4.frame((), ("eventCount", "keyEvents", "sessions", "screenPageViews", "newUsers")).iloc[0]
    assert events["eventCount"].sum() == whole["eventCount"]
    assert events["keyEvents"].sum() == whole["keyEvents"]
    assert events.loc["page_view", "eventCount"] == whole["screenPageViews"]
    assert events.loc["first_visit", "eventCount"] == whole["newUsers"]
    assert events.loc["session_start", "sessions"] == whole["sessions"]
    assert set(events.index[events["keyEvents"] > 0]) == {"generate_lead", "click_phone", "purchase"}
    leads = ga4.frame(("date",), ("eventCount",), dimension_filter=in_list("eventName", "generate_lead"))
    assert leads["eventCount"].sum() == events.loc["generate_lead", "eventCount"]


def test_an_iso_week_is_one_row(ga4: Ga4) -> None:
    weeks = ga4.frame(("isoYearIsoWeek",), ("sessions",), first="2025-12-22", last="2026-01-11")
    assert list(weeks["isoYearIsoWeek"]) == ["202552", "202601", "202602"]
    days = ga4.frame(("date",), ("sessions",), first="2025-12-29", last="2026-01-04")
    assert weeks["sessions"][1] == days["sessions"].sum()


VK = in_list("sessionSource", "vk", "vk.com", "m.vk.com", "away.vk.com")
PAID = in_list("sessionMedium", "cpc", "target")


@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        (VK, {"vk", "VK", "vk.com", "m.vk.com", "away.vk.com"}),
        (in_list("sessionSource", "VK", case_sensitive=True), {"VK"}),
        (string("sessionSource", "vk.com", Match.ENDS_WITH), {"vk.com", "m.vk.com", "away.vk.com"}),
        (string("sessionSource", "VK", Match.CONTAINS, case_sensitive=True), {"VK"}),
        (string("sessionSource", r"m\.(vk|FACEBOOK)\.com", Match.FULL_REGEXP), {"m.vk.com", "m.facebook.com"}),
        (string("sessionSource", r"(vk|FACEBOOK)\.com", Match.FULL_REGEXP, case_sensitive=True), {"vk.com"}),
        (string("sessionSource", "^(new|away)", Match.PARTIAL_REGEXP), {"newsletter", "away.vk.com"}),
        (
            FilterExpression(and_group=FilterExpressionList(expressions=[VK, FilterExpression(not_expression=PAID)])),
            {"VK", "vk.com", "m.vk.com", "away.vk.com"},
        ),
        (
            FilterExpression(and_group=FilterExpressionList(expressions=[PAID, FilterExpression(not_expression=VK)])),
            {"yandex"},
        ),
        (
            FilterExpression(or_group=FilterExpressionList(expressions=[string("sessionMedium", "email"), PAID])),
            {"newsletter", "vk", "yandex"},
        ),
    ],
)
def test_filters_keep_what_they_say(ga4: Ga4, expression: FilterExpression, kept: set[str]) -> None:
    assert set(ga4.frame(("sessionSource",), ("sessions",), dimension_filter=expression)["sessionSource"]) == kept


def test_people_of_a_filtered_network_are_unique(ga4: Ga4, world: World) -> None:
    organic = FilterExpression(and_group=FilterExpressionList(expressions=[VK, FilterExpression(not_expression=PAID)]))
    users = ga4.frame(("yearMonth",), ("activeUsers",), dimension_filter=organic)["activeUsers"][0]
    by_source = ga4.frame(("sessionSource",), ("activeUsers",), dimension_filter=organic)["activeUsers"]
    truth: Any = {(network, kpi): value for network, kpi, value in world.truth("yarko", world.judged_month)}
    assert users == truth["vk", "users"] < by_source.sum()
    kinds = ga4.frame(("newVsReturning",), ("activeUsers",), dimension_filter=organic)["activeUsers"]
    assert truth["vk", "returning_share"] == kinds[1] / kinds.sum()


def test_orders_sort_before_pages_are_cut(ga4: Ga4) -> None:
    by_sessions = OrderBy(metric=OrderBy.MetricOrderBy(metric_name="sessions"), desc=True)
    by_day = OrderBy(dimension=OrderBy.DimensionOrderBy(dimension_name="date"), desc=True)
    most = ga4.frame(("date", "sessionSource"), ("sessions",), order_bys=[by_sessions, by_day], limit=300)
    assert most["sessions"].is_monotonic_decreasing
    ties = most.groupby("sessions")["date"]
    assert all(days.is_monotonic_decreasing for _, days in ties)
    newest = ga4.frame(("date",), ("sessions",), order_bys=[by_day], limit=1)
    assert list(newest["date"]) == ["20261031"]


def test_the_last_days_fill_up_as_processing_catches_up(ga4: Ga4, world: World) -> None:
    asked = {"first": "2026-11-15", "last": "2026-11-21"}
    early = ga4.frame(("date",), ("sessions",), **asked).set_index("date")["sessions"]
    past = world.chronicles["yarko"]
    for days in (1, 2):
        later = property_of("310123456", "Europe/Moscow", "RUB", past.sessions, world.today + timedelta(days=days))
        ga4.far_ends.properties["310123456"] = later
    late = ga4.frame(("date",), ("sessions",), **asked).set_index("date")["sessions"]
    assert list(early.index) == list(late.index)
    assert (late - early > 0).to_list() == [False] * 5 + [True] * 2
    whole = past.sessions.groupby("day").size()["2026-11-15":"2026-11-21"]
    assert late.to_list() == whole.to_list()


def test_what_has_no_data_has_no_row(ga4: Ga4) -> None:
    nothing = ga4.run(("date",), ("sessions",), first="2026-11-22", last="2026-12-31")
    assert (nothing.row_count, list(nothing.rows)) == (0, [])
    days = ga4.frame(("date", "sessionSource"), ("transactions",))
    assert 0 < len(days) < 31 * 12
    assert (days["transactions"] > 0).all()


def test_a_batch_answers_up_to_five_reports_in_order(ga4: Ga4) -> None:
    reports = [request((name,), ("sessions",)) for name in TRAFFIC]
    reports.append(request((), ("sessions",), property=""))
    batch = ga4.client.batch_run_reports(BatchRunReportsRequest(property=YARKO, requests=reports))
    assert [[h.name for h in report.dimension_headers] for report in batch.reports] == [[n] for n in TRAFFIC] + [[]]
    with pytest.raises(errors.InvalidArgument, match="at most 5"):
        ga4.client.batch_run_reports(BatchRunReportsRequest(property=YARKO, requests=[*reports, reports[0]]))
    with pytest.raises(errors.InvalidArgument, match="property of the batch"):
        ga4.client.batch_run_reports(BatchRunReportsRequest(property="properties/310123457", requests=[reports[0]]))


@pytest.mark.parametrize(
    ("dimensions", "metrics", "asked", "text"),
    [
        (
            ("date",),
            ("visits",),
            {},
            "Field visits is not a valid metric. For a list of valid dimensions and metrics, see "
            "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema ",
        ),
        (("day",), ("sessions",), {}, "Field day is not a valid dimension."),
        (("date",), ("sessions",), {"dimension_filter": string("day", "1")}, "Field day is not a valid dimension."),
        (tuple("abcdefghij"), ("sessions",), {}, "limited to 9 dimensions"),
        (("date",), tuple("abcdefghijk"), {}, "limited to 10 metrics"),
        (("date",), ("sessions",), {"first": "yesterday"}, "explicit dates"),
        (("date",), ("sessions",), {"first": "2026-11-01"}, "ends before"),
        (("date",), ("sessions",), {"currency_code": "EUR"}, "currency_code"),
        (("date",), ("sessions",), {"date_ranges": []}, "one date range"),
    ],
)
def test_a_wrong_request_is_refused(
    ga4: Ga4, dimensions: tuple[str, ...], metrics: tuple[str, ...], asked: dict[str, Any], text: str
) -> None:
    with pytest.raises(errors.InvalidArgument) as refusal:
        ga4.run(dimensions, metrics, **asked)
    assert text in refusal.value.message


@pytest.mark.parametrize("name", ["properties/1", "properties/310123457"])
def test_a_property_that_may_not_be_read_says_so(ga4: Ga4, name: str) -> None:
    ga4.far_ends.properties["310123457"].is_open = False
    with pytest.raises(errors.PermissionDenied) as refusal:
        ga4.run(("date",), ("sessions",), property=name)
    assert refusal.value.message == (
        "User does not have sufficient permissions for this property. To learn more about Property ID, see "
        "https://developers.google.com/analytics/devguides/reporting/data/v1/property-id."
    )


def test_without_tokens_the_quota_is_exhausted_for_that_property_only(ga4: Ga4) -> None:
    ga4.far_ends.properties["310123456"].tokens_left = 0
    with pytest.raises(errors.ResourceExhausted, match="Exhausted property tokens for a project per hour"):
        ga4.run(("date",), ("sessions",))
    assert ga4.run(("date",), ("sessions",), property="properties/310123457").row_count == 31


def test_metadata_and_compatibility_name_what_can_be_asked(ga4: Ga4) -> None:
    metadata = ga4.client.get_metadata(name=f"{YARKO}/metadata")
    assert {"date", "eventName", *TRAFFIC} <= {dimension.api_name for dimension in metadata.dimensions}
    types = {metric.api_name: metric.type_ for metric in metadata.metrics}
    assert types["purchaseRevenue"] == MetricType.TYPE_CURRENCY
    asked = CheckCompatibilityRequest(property=YARKO, metrics=[Metric(name="sessions")])
    found = ga4.client.check_compatibility(asked).metric_compatibilities
    assert {metric.metric_metadata.api_name for metric in found} == set(types)
    assert {metric.compatibility.name for metric in found} == {"COMPATIBLE"}


def test_a_taken_port_is_an_error(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="cannot listen"):
        serve(world.far_ends(), taken.getsockname()[1])
