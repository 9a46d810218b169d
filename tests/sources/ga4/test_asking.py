"""GA4 over real gRPC: what is asked, and what comes of the answers."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from local import ports
from sandbox.filters import condition
from sandbox.ga4 import serve
from sandbox.replay import Replay
from smm.sources import ga4
from smm.sources.ga4 import questions as ga4_questions
from tests.sources.loading import Connection, job, load
from tests.sources.ga4.scripted import DATE, ROW, TOTAL, TRAFFIC, FarEnd, by_dimensions, dimensions_of, nothing

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings"
FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)
MONTH: tuple[str, ...] = ("yearMonth",)
WEEK: tuple[str, ...] = ("isoYearIsoWeek",)
SPLIT = "newVsReturning"


def test_rows_of_a_report_arrive_as_they_were_sent(far_end: FarEnd) -> None:
    loaded = load(ga4, job(), far_end(by_dimensions({TRAFFIC: [ROW], DATE: [TOTAL]})).connection)
    assert loaded.rows["ga4_traffic"] == [ROW]
    assert loaded.rows["ga4_totals"] == [TOTAL]
    assert len(ROW) == len(ga4.RELATIONS["ga4_traffic"])
    assert len(TOTAL) == len(ga4.RELATIONS["ga4_totals"])


def test_a_healthy_answer_knows_its_days_without_a_row(far_end: FarEnd) -> None:
    loaded = load(ga4, job(events=("generate_lead",)), far_end(nothing).connection)
    assert {known.report for known in loaded.known} == {"traffic", "totals", "events", "users"}
    assert {(known.first_day, known.last_day, known.state, known.without) for known in loaded.known} == {
        (FIRST, LAST, "known", ())
    }
    assert loaded.rows["ga4_traffic"] == []


def test_events_come_by_origin_and_for_the_whole_site(far_end: FarEnd) -> None:
    answers: dict[tuple[str, ...], list[tuple[str, ...]]] = {
        ("date", "eventName", "sessionSource", "sessionMedium"): [("20240310", "generate_lead", "vk.com", "cpc", "2")],
        ("date", "eventName"): [("20240310", "generate_lead", "3")],
    }
    server = far_end(by_dimensions(answers))
    loaded = load(ga4, job(events=("generate_lead",)), server.connection)
    assert loaded.rows["ga4_events"] == [
        ("20240310", "generate_lead", False, "vk.com", "cpc", "2"),
        ("20240310", "generate_lead", True, "", "", "3"),
    ]
    asked = [part for call in server.calls for part in call.requests if "eventName" in dimensions_of(part)]
    assert [list(part.dimension_filter.filter.in_list_filter.values) for part in asked] == [["generate_lead"]] * 2


def test_what_is_asked(far_end: FarEnd) -> None:
    server = far_end(nothing)
    load(ga4, job(networks=("vk", "vk_ads")), server.connection)
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
    loaded = load(ga4, job(), far_end(by_dimensions(answers)).connection)
    march, week, next_week = date(2024, 3, 1), date(2024, 3, 4), date(2024, 3, 11)
    sunday = date(2024, 3, 10)
    assert loaded.rows["ga4_users"] == [
        ("month", march, "site", "all", "40", "4", "3", LAST),
        ("week", week, "site", "all", "22", "2", "1", sunday),
        ("week", next_week, "site", "all", "0", "0", "0", LAST),  # GA4 leaves out what is zero
        ("month", march, "site", "new", "30", None, None, LAST),
        ("month", march, "site", "returning", "12", None, None, LAST),
        *[("week", week, "site", visitors, "0", None, None, sunday) for visitors in ("new", "returning")],
        *[("week", next_week, "site", visitors, "0", None, None, LAST) for visitors in ("new", "returning")],
    ]


def test_people_at_the_turn_of_an_iso_year(far_end: FarEnd) -> None:
    script = by_dimensions({WEEK: [("202501", "5", "0", "0")], MONTH: [("202412", "6", "0", "0")]})
    work = job(first_day=date(2024, 12, 30), last_day=date(2024, 12, 31))
    loaded = load(ga4, work, far_end(script).connection)
    people = {row[:2]: row[4:] for row in loaded.rows["ga4_users"] if row[3] == "all"}
    assert people == {
        ("week", date(2024, 12, 30)): ("5", "0", "0", date(2024, 12, 31)),
        ("month", date(2024, 12, 1)): ("6", "0", "0", date(2024, 12, 31)),
    }


def test_buyers_are_asked_of_the_site_only(far_end: FarEnd) -> None:
    loaded = load(ga4, job(networks=("vk",)), far_end(by_dimensions({MONTH: [("202403", "7", "1", "1")]})).connection)
    march = [row for row in loaded.rows["ga4_users"] if row[0] == "month" and row[3] == "all"]
    assert [row[2:7] for row in march] == [("site", "all", "7", "1", "1"), ("vk", "all", "7", None, None)]


def test_whose_numbers_they_are_and_how_many_requests_they_took(far_end: FarEnd) -> None:
    server = far_end(nothing)
    loaded = load(ga4, job(networks=("vk", "vk_ads")), server.connection)
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
        loaded = load(ga4, work, Connection(host="127.0.0.1", port=port))
    finally:
        server.stop(None).wait()
    for relation, name, dimensions in (
        ("ga4_traffic", "sources.json", TRAFFIC),
        ("ga4_totals", "visitors.json", ("date",)),
    ):
        table = pd.DataFrame(loaded.rows[relation], columns=ga4.RELATIONS[relation])
        found = table[["sessions", "page_views", "engagement_seconds"]].astype(int)
        expected = recorded(name, dimensions)
        assert table[list(ga4.RELATIONS[relation][: len(dimensions)])].apply(tuple, axis=1).is_unique
        assert sorted(found.itertuples(index=False, name=None)) == sorted(expected.itertuples(index=False, name=None))
    assert {measure for known in loaded.known for measure in known.without} == {
        *("new_users", "users", "new_visitors", "returning_users", "buyers", "first_buyers")
    }
