"""GA4 over real gRPC: what is asked, what comes of the answers, and what of the errors."""

import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import grpc
import pandas as pd
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.filters import condition
from sandbox.ga4 import serve
from sandbox.replay import Replay
from smm.sources import BadInput, Known, QuotaSpent, Refused, SourceError, Transient, ga4, ga4_property, ga4_questions
from tests.sources.loading import Connection, job, load
from tests.sources.scripted_ga4 import Failure, Script, ScriptedGa4, dimensions_of, report, scripted_ga4

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings"
SECRET = "SECRET-4f1d"
FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)

FarEnd = Callable[[Script], ScriptedGa4]


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(scripted_ga4(script))


def nothing(request: Any) -> Any:
    return report(request, [])


def by_dimensions(answers: Mapping[tuple[str, ...], list[tuple[str, ...]]], **values: Any) -> Script:
    """These rows to reports of these dimensions, none to the others."""
    return lambda request: report(request, answers.get(dimensions_of(request), []), **values)


DATE: tuple[str, ...] = ("date",)
TRAFFIC: tuple[str, ...] = ("date", "sessionSource", "sessionMedium", "sessionCampaignName")
ROW: tuple[str, ...] = (
    "20240309",
    "vk.com",
    "referral",
    "(not set)",
    "12",
    "7",
    "30",
    "3",
    "456",
    "2.5",
    "0.125",
    "1",
    "990.50",
)
TOTAL: tuple[str, ...] = ("20240309", "9", *ROW[4:])


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
    question = next(q for q in ga4_questions.questions(job(networks=(network,))) if q.scope == network)
    where = question.request("properties/1").dimension_filter
    kept = condition(type(where).pb(where))(lambda dimension: pd.Categorical(visits[dimension]))
    assert list(visits[kept].itertuples(index=False, name=None)) == counted


MONTH: tuple[str, ...] = ("yearMonth",)
WEEK: tuple[str, ...] = ("isoYearIsoWeek",)
SPLIT = "newVsReturning"


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
        ("month", march, "site", "new", "30", None, None, LAST),
        ("month", march, "site", "returning", "12", None, None, LAST),
        ("week", week, "site", "all", "22", "2", "1", sunday),
        ("week", next_week, "site", "all", "0", "0", "0", LAST),  # GA4 leaves out what is zero
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


# --- pages

FIVE: list[tuple[str, ...]] = [("20240309", f"source{n}", "referral", "(not set)", *ROW[4:]) for n in range(5)]


def paged(rows_by_call: Callable[[int], list[tuple[str, ...]]], cut: int | None = None) -> Script:
    """A report of traffic whose rows depend on how often it was asked; ``cut`` = GA4 stops short there."""
    asked = 0

    def script(request: Any) -> Any:
        nonlocal asked
        if dimensions_of(request) != TRAFFIC:
            return report(request, [])
        asked += 1
        rows = rows_by_call(asked)
        page = rows[: cut or len(rows)][request.offset : request.offset + request.limit]
        return report(request, page, row_count=len(rows))

    return script


@pytest.fixture
def pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ga4_questions, "PAGE", 2)


def test_pages_are_read_to_the_end(far_end: FarEnd, pages_of_two: None) -> None:
    server = far_end(paged(lambda _: FIVE))
    loaded = load(ga4, job(), server.connection)
    assert loaded.rows["ga4_traffic"] == FIVE
    assert [answer.request["offset"] for answer in loaded.answers if answer.name == "traffic"] == [0, 2, 4]
    assert loaded.known_of("traffic") == [Known("traffic", FIRST, LAST)]


def test_a_report_that_grows_while_it_is_read_is_read_again(far_end: FarEnd, pages_of_two: None) -> None:
    server = far_end(paged(lambda asked: FIVE[:3] if asked == 1 else FIVE))
    assert load(ga4, job(), server.connection).rows["ga4_traffic"] == FIVE


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (paged(lambda asked: FIVE[: 3 + asked % 2]), "changed in GA4 while it was read, 3 times"),
        (paged(lambda _: FIVE, cut=4), "has 5 rows, and gave 4"),
    ],
)
def test_a_report_that_cannot_be_had_whole_is_not_taken(
    script: Script, text: str, far_end: FarEnd, pages_of_two: None
) -> None:
    with pytest.raises(Transient, match=text):
        load(ga4, job(), far_end(script).connection)


# --- what GA4 no longer has, hides or blurs


def without(*gone: str) -> Script:
    def script(request: Any) -> Any:
        for metric in request.metrics:
            if metric.name in gone:
                text = f"Did you mean x? Field {metric.name} is not a valid metric. For a list of valid dimensions and"
                raise Failure(grpc.StatusCode.INVALID_ARGUMENT, f"{text} metrics, see https://developers.google.com/")
        if dimensions_of(request) != TRAFFIC:
            return report(request, [])
        values = dict(zip((*TRAFFIC, *ga4_questions.SESSION_METRICS), ROW, strict=True))
        return report(request, [tuple(values[name] for name in (*TRAFFIC, *(m.name for m in request.metrics)))])

    return script


def test_a_metric_that_is_gone_is_left_out_and_said_to_be(far_end: FarEnd) -> None:
    server = far_end(without("keyEvents", "sessionKeyEventRate"))
    loaded = load(ga4, job(), server.connection)
    assert loaded.rows["ga4_traffic"] == [(*ROW[:9], None, None, *ROW[11:])]
    gone = ("key_events", "key_event_sessions")
    assert {(known.report, known.without) for known in loaded.known} == {
        ("traffic", gone),
        ("totals", gone),
        ("users", ()),
    }
    assert len(server.calls) == 2 + 2  # it is asked for no more in the second batch


def test_a_report_of_nothing_but_gone_metrics_is_not_asked(far_end: FarEnd) -> None:
    loaded = load(ga4, job(), far_end(without("activeUsers", *ga4_questions.BUYER_METRICS)).connection)
    assert loaded.rows["ga4_users"] == []
    assert {measure for known in loaded.known_of("users") for measure in known.without} == {
        *("users", "new_visitors", "returning_users", "buyers", "first_buyers")
    }
    assert len(loaded.rows["ga4_traffic"]) == 1


def test_revenue_that_the_account_may_not_see_is_unknown_not_zero(far_end: FarEnd) -> None:
    hidden = {"active_metric_restrictions": [{"metric_name": "purchaseRevenue", "restricted_metric_types": [2]}]}
    metadata = {"currency_code": "RUB", "schema_restriction_response": hidden}
    loaded = load(ga4, job(), far_end(by_dimensions({TRAFFIC: [(*ROW[:-1], "0")]}, metadata=metadata)).connection)
    assert loaded.rows["ga4_traffic"] == [(*ROW[:-1], None)]
    assert loaded.known_of("traffic") == [Known("traffic", FIRST, LAST, without=("revenue",))]
    assert loaded.health["hidden_metrics"] == ["purchaseRevenue"]


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"sampling_metadatas": [{"samples_read_count": 400, "sampling_space_size": 1000}]}, "a sample of 40%"),
        ({"subject_to_thresholding": True}, "withholds rows about few people"),
        ({"data_loss_from_other_row": True}, r"\(other\)"),
        ({"data_truncation_reasons": [{"data_truncation_message": "Data before 2024-03-10"}]}, "before 2024-03-10"),
    ],
)
def test_blurred_answers_are_flagged(metadata: dict[str, Any], reason: str, far_end: FarEnd) -> None:
    loaded = load(ga4, job(), far_end(by_dimensions({}, metadata=metadata)).connection)
    (known,) = loaded.known_of("traffic")
    assert known.state == "flagged"
    assert re.search(reason, known.reason or "")
    assert loaded.health["doubts.traffic"] == [known.reason]


def test_nobody_is_no_zero_where_small_numbers_are_withheld(far_end: FarEnd) -> None:
    script = by_dimensions({MONTH: [("202403", "40", "4", "3")]}, metadata={"subject_to_thresholding": True})
    loaded = load(ga4, job(), far_end(script).connection)
    assert [row[:4] for row in loaded.rows["ga4_users"]] == [("month", date(2024, 3, 1), "site", "all")]


def test_what_google_says_beside_the_numbers_is_kept(far_end: FarEnd) -> None:
    quota = {"tokens_per_day": {"remaining": 177_780}, "tokens_per_project_per_hour": {"remaining": 0}}
    metadata = {"currency_code": "RUB", "time_zone": "Europe/Samara", "empty_reason": "NO_DATA"}
    loaded = load(ga4, job(), far_end(by_dimensions({}, metadata=metadata, property_quota=quota)).connection)
    assert loaded.health["quota_left"] == {"tokens_per_day": 177_780, "tokens_per_project_per_hour": 0}
    assert (
        loaded.health["zone_mismatch"] == "GA4's days are those of Europe/Samara, the client's file says Europe/Moscow"
    )
    assert loaded.health["empty.traffic"] == "NO_DATA"
    assert loaded.health["rows.traffic"] == 0
    assert "rows.users.site.week.newVsReturning" in loaded.health


def test_money_in_another_currency_is_refused(far_end: FarEnd) -> None:
    server = far_end(by_dimensions({}, metadata={"currency_code": "USD"}))
    with pytest.raises(BadInput, match=r"310123456 counts money in USD and the client's file says RUB"):
        load(ga4, job(), server.connection)


# --- errors

PERMISSION = "User does not have sufficient permissions for this property. To learn more about Property ID, see ..."
DISABLED = "Google Analytics Data API has not been used in project 75 before or it is disabled. Enable it by visiting"
EXHAUSTED = "Exhausted property tokens for a project per hour. These quota tokens will return in under an hour."
INCOMPATIBLE = "Please remove dateHour to make the request compatible."
Status = grpc.StatusCode


@pytest.mark.parametrize(
    ("status", "text", "kind", "calls", "told"),
    [
        (Status.INVALID_ARGUMENT, INCOMPATIBLE, BadInput, 1, "Please remove dateHour"),
        (Status.PERMISSION_DENIED, PERMISSION, Refused, 1, "add nobody as a Viewer"),
        (Status.PERMISSION_DENIED, DISABLED, Refused, 1, "Enable it by visiting"),
        (Status.UNAUTHENTICATED, "", Refused, 1, "make a new JSON key"),
        (Status.NOT_FOUND, "", Refused, 1, "check the number in the client's file"),
        (Status.RESOURCE_EXHAUSTED, EXHAUSTED, QuotaSpent, 1, "will return in under an hour"),
        (Status.UNAVAILABLE, "down", Transient, 3, "did not answer"),
        (Status.INTERNAL, "oops", Transient, 3, "did not answer"),
        (Status.DEADLINE_EXCEEDED, "slow", Transient, 3, "did not answer"),
        (Status.UNIMPLEMENTED, "", BadInput, 1, "MethodNotImplemented"),
    ],
)
def test_errors(
    status: grpc.StatusCode, text: str, kind: type[SourceError], calls: int, told: str, far_end: FarEnd
) -> None:
    def script(request: Any) -> Any:
        raise Failure(status, text)

    server = far_end(script)
    with pytest.raises(SourceError) as raised:
        load(ga4, job(), server.connection)
    assert type(raised.value) is kind
    assert told in str(raised.value)
    assert "property 310123456" in str(raised.value)
    assert len(server.calls) == calls


def test_a_server_that_comes_back_is_waited_for(far_end: FarEnd) -> None:
    calls = 0

    def script(request: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise Failure(Status.UNAVAILABLE, "down")
        return report(request, [])

    assert load(ga4, job(), far_end(script).connection).known


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Transient, match="did not answer"):
        load(ga4, job(), Connection(host="127.0.0.1", port=port))


KEY = {"type": "service_account", "client_email": "smm@x.iam", "token_uri": "https://x", "private_key": SECRET}


@pytest.mark.parametrize(
    ("connection", "told"),
    [
        (Connection(host="analytics.example", port=443), "only a far end on this machine"),
        (Connection(host="127.0.0.1"), r"\(no port\)"),
        (Connection(), "put a service account's JSON key into extra.keyfile_dict"),
        (Connection(extra_dejson={"keyfile_dict": KEY}), "no service account's key"),
        (Connection(extra_dejson={"keyfile_dict": json.dumps(KEY)}), "no service account's key"),
        (Connection(extra_dejson={"keyfile_dict": SECRET}), "no service account's key"),
        (Connection(extra_dejson={"key_path": "/nowhere/key.json"}), "/nowhere/key.json cannot be read here"),
    ],
)
def test_connections_that_lead_nowhere(connection: Connection, told: str) -> None:
    with pytest.raises(BadInput, match=told) as raised:
        load(ga4, job(), connection)
    assert SECRET not in repr(raised.value)
    assert raised.value.__context__ is None or SECRET not in repr(raised.value.__context__)


def test_a_service_accounts_key_is_taken() -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = KEY | {"private_key": pem.decode()}
    for given in (key, json.dumps(key)):
        with ga4_property.opened(Connection(extra_dejson={"keyfile_dict": given}), 310123456) as asked:
            assert list(asked.ask([])) == []


# --- recorded


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
    server = serve(replay.far_ends(), port := _free_port())
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


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
