"""GA4 over real gRPC: what is asked, and what comes of the answers."""

import json
from datetime import date

import pandas as pd
import pytest

from local import ports
from sandbox.filters import condition
from sandbox.ga4 import serve
from sandbox.replay import Replay
from smm.sources.ga4 import SOURCE
from smm.sources.ga4 import questions as ga4_questions
from tests.sources.ga4.scripted import DATE, ROW, TOTAL, TRAFFIC, FarEnd, by_dimensions, dimensions_of, nothing, totals
from tests.sources.loading import RECORDINGS, Connection, job, load

FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)
MONTH: tuple[str, ...] = ("yearMonth",)
WEEK: tuple[str, ...] = ("isoYearIsoWeek",)
SPLIT = "newVsReturning"


def test_rows_of_a_report_arrive_as_they_were_sent(far_end: FarEnd) -> None:
    loaded = load(SOURCE, job(), far_end(by_dimensions({TRAFFIC: [ROW], DATE: [TOTAL]})).connection)
    assert loaded.rows["traffic"] == [ROW]
    assert totals(loaded) == [TOTAL]
    visits = {"sessions": "12", "engaged_sessions": "7", "page_views": "30", "new_users": "3"}
    visits |= {"engagement_seconds": "456", "key_events": "2.5", "key_event_rate": "0.125"}
    visits |= {"purchases": "1", "revenue": "990.50"}
    origin = {"session_source": "vk.com", "session_medium": "referral", "session_campaign": "(not set)"}
    assert loaded.named["traffic"] == [{"day": "20240309"} | origin | visits]
    assert loaded.named["traffic_totals"] == [{"day": "20240309"} | visits]
    assert loaded.counted("totals") == {("site", "day", "20240309", "20240309"): {"users": "9"}}


def test_a_healthy_answer_knows_its_days_without_a_row(far_end: FarEnd) -> None:
    loaded = load(SOURCE, job(events=("generate_lead",)), far_end(nothing).connection)
    assert {known.report for known in loaded.known} == {"traffic", "totals", "events", "users"}
    assert {(known.first_day, known.last_day, known.state, known.without) for known in loaded.known} == {
        (FIRST, LAST, "known", ())
    }
    assert loaded.rows["traffic"] == []


def test_events_come_by_origin_and_for_the_whole_site(far_end: FarEnd) -> None:
    answers: dict[tuple[str, ...], list[tuple[str, ...]]] = {
        ("date", "eventName", "sessionSource", "sessionMedium"): [("20240310", "generate_lead", "vk.com", "cpc", "2")],
        ("date", "eventName"): [("20240310", "generate_lead", "3")],
    }
    server = far_end(by_dimensions(answers))
    loaded = load(SOURCE, job(events=("generate_lead",)), server.connection)
    assert loaded.rows["traffic_events"] == [
        ("20240310", "generate_lead", False, "vk.com", "cpc", "2"),
        ("20240310", "generate_lead", True, "", "", "3"),
    ]
    asked = [part for call in server.calls for part in call.requests if "eventName" in dimensions_of(part)]
    assert [list(part.dimension_filter.filter.in_list_filter.values) for part in asked] == [["generate_lead"]] * 2


def test_what_is_asked(far_end: FarEnd) -> None:
    server = far_end(nothing)
    load(SOURCE, job(networks=("vk", "vk_ads")), server.connection)
    questions = [part for call in server.calls for part in call.requests]
    assert [dimensions_of(part) for part in questions[:4]] == [DATE, TRAFFIC, MONTH, WEEK], "people of networks last"
    assert [len(call.requests) for call in server.calls] == [5, 5, 4]
    assert {part.limit for part in questions} == {250_000}
    assert all(part.return_property_quota for part in questions)
    for part in questions:  # pages of an unordered report may overlap
        assert tuple(order.dimension.dimension_name for order in part.order_bys) == dimensions_of(part)
        assert len(part.metrics) <= 10  # GA4 takes no more
    asked = {
        (dimensions_of(part)[0], part.date_ranges[0].start_date, part.date_ranges[0].end_date) for part in questions
    }
    assert asked == {
        ("date", "2024-03-09", "2024-03-11"),
        ("yearMonth", "2024-03-01", "2024-03-11"),  # people are counted over whole periods
        ("isoYearIsoWeek", "2024-03-04", "2024-03-11"),
    }


@pytest.mark.parametrize(
    ("network", "counted"),
    [
        ("vk", [("m.vk.com", "referral"), ("VK", "social"), ("vk.com", "(none)")]),
        ("vk_ads", [("vk.com", "CPC"), ("vk", "paid_social")]),
        ("instagram", [("ig", "social")]),
    ],
)
def test_people_of_a_network_come_from_its_sources(network: str, counted: list[tuple[str, str]]) -> None:
    visits = pd.DataFrame(
        [
            *[("m.vk.com", "referral"), ("VK", "social"), ("vk.com", "(none)"), ("vk.com", "CPC")],
            *[("vk", "paid_social"), ("ig", "social"), ("google", "cpc"), ("(direct)", "(none)"), ("vk.example", "x")],
        ],
        columns=["sessionSource", "sessionMedium"],
    )
    question = next(q for q in ga4_questions.of_job(job(networks=(network,))) if q.scope == network)
    where = question.request("properties/1").dimension_filter
    kept = condition(type(where).pb(where))(lambda dimension: pd.Categorical(visits[dimension]))
    assert list(visits[kept].itertuples(index=False, name=None)) == counted


def test_people_by_month_and_week(far_end: FarEnd) -> None:
    answers: dict[tuple[str, ...], list[tuple[str, ...]]] = {
        MONTH: [("202403", "40", "4", "3")],
        (*MONTH, SPLIT): [("202403", "(not set)", "1"), ("202403", "new", "30"), ("202403", "returning", "12")],
        WEEK: [("202410", "22", "2", "1")],
    }
    loaded = load(SOURCE, job(), far_end(by_dimensions(answers)).connection)
    march, week, next_week = date(2024, 3, 1), date(2024, 3, 4), date(2024, 3, 11)
    sunday = date(2024, 3, 10)
    nobody = {"new_visitors": "0", "returning_users": "0"}  # GA4 leaves out what is zero
    split = {"new_visitors": "30", "returning_users": "12"}
    assert loaded.counted("users") == {
        ("site", "month", march, LAST): {"users": "40", "buyers": "4", "first_buyers": "3"} | split,
        ("site", "week", week, sunday): {"users": "22", "buyers": "2", "first_buyers": "1"} | nobody,
        ("site", "week", next_week, LAST): {"users": "0", "buyers": "0", "first_buyers": "0"} | nobody,
    }


def test_people_at_the_turn_of_an_iso_year(far_end: FarEnd) -> None:
    script = by_dimensions({WEEK: [("202501", "5", "0", "0")], MONTH: [("202412", "6", "0", "0")]})
    work = job(first_day=date(2024, 12, 30), last_day=date(2024, 12, 31))
    loaded = load(SOURCE, work, far_end(script).connection)
    nobody = dict.fromkeys(("buyers", "first_buyers", "new_visitors", "returning_users"), "0")
    assert loaded.counted("users") == {
        ("site", "week", date(2024, 12, 30), date(2024, 12, 31)): {"users": "5"} | nobody,
        ("site", "month", date(2024, 12, 1), date(2024, 12, 31)): {"users": "6"} | nobody,
    }


def test_buyers_are_asked_of_the_site_only(far_end: FarEnd) -> None:
    loaded = load(
        SOURCE, job(networks=("vk",)), far_end(by_dimensions({MONTH: [("202403", "7", "1", "1")]})).connection
    )
    march = {key[0]: values for key, values in loaded.counted("users").items() if key[1] == "month"}
    nobody = {"new_visitors": "0", "returning_users": "0"}
    assert march == {"site": {"users": "7", "buyers": "1", "first_buyers": "1"} | nobody, "vk": {"users": "7"} | nobody}


def test_whose_numbers_they_are_and_how_many_requests_they_took(far_end: FarEnd) -> None:
    server = far_end(nothing)
    loaded = load(SOURCE, job(networks=("vk", "vk_ads")), server.connection)
    assert loaded.identity == {"property": "310123456", "time_zone": "Europe/Moscow", "currency": "RUB"}
    assert [answer.requests for answer in loaded.answers] == [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0]
    assert len(server.calls) == 3


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
def test_the_recorded_blog_arrives_row_by_row() -> None:
    def recorded(name: str, dimensions: tuple[str, ...]) -> pd.DataFrame:
        (answer,) = json.loads((RECORDINGS / "ga4/reports" / name).read_text())["reports"]
        names = [header["name"] for header in answer["dimensionHeaders"] + answer["metricHeaders"]]
        rows = [[cell["value"] for cell in row["dimensionValues"] + row["metricValues"]] for row in answer["rows"]]
        table = pd.DataFrame(rows, columns=names)
        counted = table[["sessions", "screenPageViews", "userEngagementDuration"]].astype(int)
        summed = counted.groupby([table[name] for name in dimensions]).sum()
        return summed[(summed != 0).any(axis=1)].sort_index()

    replay = Replay(RECORDINGS)
    server = serve(replay.far_ends(), port := ports.free())
    work = job(
        options={"property": 400000001},
        time_zone="Europe/Warsaw",
        currency=replay.far_ends().properties["400000001"].currency,
        first_day=date(2024, 1, 1),
        last_day=date(2024, 1, 31),
        networks=("facebook",),
    )
    try:
        loaded = load(SOURCE, work, Connection(host="127.0.0.1", port=port))
    finally:
        server.stop(None).wait()
    for relation, name, dimensions in (
        ("traffic", "sources.json", TRAFFIC),
        ("traffic_totals", "visitors.json", ("date",)),
    ):
        table = pd.DataFrame(loaded.named[relation])
        found = table[["sessions", "page_views", "engagement_seconds"]].astype(int)
        expected = recorded(name, dimensions)
        assert table[list(table.columns[: len(dimensions)])].apply(tuple, axis=1).is_unique
        assert sorted(found.itertuples(index=False, name=None)) == sorted(expected.itertuples(index=False, name=None))
    assert {measure for known in loaded.known for measure in known.without} == {
        *("new_users", "users", "new_visitors", "returning_users", "buyers", "first_buyers")
    }
