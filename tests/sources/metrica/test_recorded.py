"""Metrica's real answers, replayed over HTTP, give the recorded numbers. Skipped where the recordings are not there."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sandbox.loopback import Answer as HttpAnswer
from sandbox.loopback import Request
from smm.sources import Answer, Rows, metrica
from smm.sources.metrica import cells, origin
from smm.sources.metrica.errors import MetricsRefused, Refusal, TooHeavy, failure
from smm.sources.metrica.people import People
from smm.sources.metrica.questions import USERS, Question
from tests.conftest import RECORDINGS
from tests.sources.loading import load
from tests.sources.metrica.far_end import COUNTER, Serve, answer, name_of, nothing, scripted, work

RECORDED = RECORDINGS / "metrica"
NOON = datetime(2024, 3, 12, 12, tzinfo=UTC)
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recordings in {RECORDED}")


def recorded(name: str) -> Any:
    return json.loads((RECORDED / name).read_text("utf-8"), parse_float=Decimal)


def body(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def replaying(name: str, file: str) -> Any:
    """The report of this name is the recorded one, byte by byte."""

    def script(request: Request) -> Any:
        return HttpAnswer(200, "application/json", body(file)) if name_of(request) == name else nothing(request)

    return scripted(script)


def test_visits_of_days(metrica_far_end: Serve) -> None:
    """Asked for with one metric: what the answer does not carry is unknown."""
    file = "data/2020-10_visits_by_day.json"
    job = work(first_day=date(2020, 10, 1), last_day=date(2020, 10, 5))
    loaded = load(metrica.SOURCE, job, metrica_far_end(replaying("totals", file)).connection)
    expected = {row["dimensions"][0]["name"]: row["metrics"][0] for row in recorded(file)["data"]}
    assert {row[0]: row[1] for row in loaded.rows["traffic_totals"]} == expected
    assert len(expected) == 5
    assert sum(expected.values()) == 68274
    assert {cell for row in loaded.rows["traffic_totals"] for cell in row[2:]} == {None}
    assert loaded.health["data_lag.totals"] == 4242
    whole = [known for known in loaded.known_of("totals") if known.first_day != known.last_day]
    assert [known.state for known in whole] == ["known"]
    for known in loaded.known_of("totals"):
        if known.first_day == known.last_day:
            assert "users" in known.without
            assert "sessions" not in known.without


def test_a_sampled_answer_says_of_how_many(metrica_far_end: Serve) -> None:
    job = work(first_day=date(2018, 7, 1), last_day=date(2018, 7, 1))
    loaded = load(
        metrica.SOURCE, job, metrica_far_end(replaying("totals", "data/2018-07_sampled_tenth.json")).connection
    )
    assert loaded.health["sampled_share.totals"] == 0.1
    reasons = [str(known.reason) for known in loaded.known_of("totals") if known.state == "flagged"]
    assert reasons == [
        "Metrica counted a sample of 10% of the visits;"
        " Metrica put 1 row under '7', outside the requested days"  # a month's number
    ]


def test_people_of_31_days_are_not_their_sum(metrica_far_end: Serve) -> None:
    file = "bytime/2020-08_users_day.json"
    said = recorded(file)
    question = Question("users", (), (USERS,), date(2020, 7, 19), date(2020, 8, 18), "day")
    job = work(first_day=question.first_day, last_day=question.last_day)
    archived = Answer("users", question.asked(COUNTER), body(file), NOON, context=question.context())
    (rows,) = [[*part.rows] for part in People(job, archived).parts() if isinstance(part, Rows)]
    assert [row[5] for row in rows] == said["data"][0]["metrics"][0]
    assert [str(row[4]) for row in rows] == [first for first, _ in said["time_intervals"]]
    assert sum(row[5] for row in rows) == 41
    assert said["totals"] == [[23]]
    assert said["meta"]["metrics"][0]["additive"] is True


def test_bounces_and_seconds_of_recorded_ratios_are_whole() -> None:
    """Of all 38 rows: pages and depth give the visits, these the bounces and the seconds, without a rest."""
    rows = recorded("data/2017-10_utm_source_path_day.json")["data"]
    for row in rows:
        pages, depth, average, percent = row["metrics"]
        visits = round(pages / depth)
        found = cells.numbers({"ym:s:visits": visits, cells.BOUNCES: percent, cells.DURATION: average})
        assert None not in found.values()
        assert abs(average * visits - found[cells.DURATION]) < Decimal("0.001")
    assert len(rows) == 38
    geo = recorded("drilldown/2020-08_geo.json")
    for metrics in [*(row["metrics"] for row in geo["data"]), geo["totals"]]:
        visits, _, percent, _, average = metrics
        found = cells.numbers({"ym:s:visits": visits, cells.BOUNCES: percent, cells.DURATION: average})
        assert abs(average * visits - found[cells.DURATION]) < Decimal("0.001")
    assert found == {"ym:s:visits": 60, cells.BOUNCES: 36, cells.DURATION: 17105}


def test_every_recorded_kind_of_source_has_a_medium() -> None:
    kinds = [row["dimensions"][0] for row in recorded("bytime/2020-08_traffic_source_all.json")["data"]]
    kinds += [row["dimension"] for row in recorded("drilldown/doc_traffic_source.json")["data"]]
    mediums = {kind["id"]: origin.of([kind, {"name": None, "id": None}])[1] for kind in kinds}
    assert mediums == {
        **{kind: kind for kind in ("referral", "saved", "organic", "social", "internal", "email", "messenger")},
        "recommend": "recommend",
        "direct": "(none)",
    }


def test_recorded_tags_are_sources_as_they_stand() -> None:
    rows = recorded("data/2017-10_utm_source_path_day.json")["data"]
    tags = {origin.of([{"name": None, "id": None}] * 2 + [row["dimensions"][0]])[0] for row in rows}
    assert tags == {row["dimensions"][0]["name"] for row in rows}
    assert "fb" in tags


def test_recorded_refusals() -> None:
    def raised(name: str) -> Exception:
        said = recorded(f"errors/{name}.json")
        refusal = Refusal.of(said["code"], said, "SECRET")
        return failure(refusal, COUNTER, ("ym:s:visits",), NOON)

    assert isinstance(raised("400_query_too_complicated"), TooHeavy)
    many = raised("400_too_many_metrics")
    assert isinstance(many, MetricsRefused)
    assert many.metrics == ()


def test_every_documented_kind_of_error_has_a_meaning() -> None:
    found = {}
    for told in recorded("errors/error_types.json"):
        refusal = Refusal(told["http"], told["error_type"], "")
        error = failure(refusal, COUNTER, (), NOON)
        found[told["error_type"]] = type(error).__name__
    assert found.pop("backend_error") == "Transient"
    assert {kind for kind, name in found.items() if name == "TooHeavy"} == {"query_error", "too_much_rows", "timeout"}
    assert {kind for kind, name in found.items() if name == "Refused"} == {
        *("access_denied", "counter_in_connect", "invalid_token", "unauthorized")
    }
    assert {kind for kind, name in found.items() if name == "QuotaSpent"} == {
        *("quota_requests_by_uid", "quota_requests_by_counter_id"),
        *("quota_delegate_requests", "quota_grants_requests"),  # of requests that are never sent
    }
    assert {kind for kind, name in found.items() if name == "Transient"} == {
        *("quota_requests_by_ip", "quota_parallel_requests")
    }


def test_the_recorded_settings_of_a_counter_tell_its_zone(metrica_far_end: Serve) -> None:
    (settings, _) = recorded("management/counters.json")["counters"]

    def respond(request: Request) -> HttpAnswer:
        if request.path.startswith("/management/"):
            return answer({"counter": settings})
        return answer(nothing(request))

    loaded = load(metrica.SOURCE, work(), metrica_far_end(respond).connection)
    assert loaded.identity == {"counter": str(COUNTER), "currency": "RUB", "time_zone": "Europe/London"}
    assert "zone_mismatch" in loaded.health
    assert "owner-a" not in repr(loaded.answers)
