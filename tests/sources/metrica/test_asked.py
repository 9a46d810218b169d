"""Metrica over real HTTP: what is asked, and in how many requests."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from sandbox.loopback import Request
from smm.sources import Answer, BadInput, Refused, Transient, metrica
from smm.sources.metrica import questions
from tests.sources.loading import Connection, load
from tests.sources.metrica.far_end import (
    COUNTER,
    TOKEN,
    Serve,
    by_name,
    days,
    listed,
    name_of,
    nothing,
    report,
    scripted,
    work,
)


def test_what_is_asked(metrica_far_end: Serve) -> None:
    far_end = metrica_far_end(scripted(nothing))
    load(metrica.SOURCE, work(events=("301",)), far_end.connection)
    assert {request.authorization for request in far_end.asked} == {f"OAuth {TOKEN}"}
    assert [name_of(request) for request in far_end.reports] == [
        *("totals", "traffic", "event_totals", "events", "months", "weeks")
    ]
    for request in far_end.reports:
        assert request.fields["ids"] == str(COUNTER), "several counters would be summed into one report"
        assert request.fields["accuracy"] == "full"
        assert request.fields["include_undefined"] == "true"
        assert len(listed(request, "metrics")) <= 20
    for request in far_end.reports[:4]:  # rows of equal numbers would change places between pages
        assert listed(request, "dimensions")[0] == "ym:s:date"
        assert listed(request, "sort") == listed(request, "dimensions")
        assert request.fields["offset"] == "1"
    assert {(name_of(request), *days(request)) for request in far_end.reports[3:]} == {
        ("events", "2024-03-09", "2024-03-11"),
        ("months", "2024-03-01", "2024-03-11"),  # people are counted over whole periods
        ("weeks", "2024-03-04", "2024-03-11"),
    }


def test_robots_are_not_filtered(metrica_far_end: Serve) -> None:
    """Metrica would take out every row about fewer than 10 visitors."""
    far_end = metrica_far_end(scripted(nothing))
    load(metrica.SOURCE, work(), far_end.connection)
    assert all("filters" not in request.fields for request in far_end.asked)


def test_visits_with_a_goal_are_asked_for_and_money_in_the_clients_currency(metrica_far_end: Serve) -> None:
    far_end = metrica_far_end(scripted(nothing))
    load(metrica.SOURCE, work(events=("301",), currency="SEK"), far_end.connection)
    asked = {metric for request in far_end.reports for metric in listed(request, "metrics")}
    assert {metric for metric in asked if "goal" in metric.lower()} == {"ym:s:goal301visits"}
    assert {metric for metric in asked if "Revenue" in metric} == {"ym:s:ecommerceSEKConvertedRevenue"}


def test_no_more_than_20_metrics_in_a_request(metrica_far_end: Serve) -> None:
    far_end = metrica_far_end(scripted(nothing))
    goals = tuple(str(goal) for goal in range(301, 331))
    load(metrica.SOURCE, work(events=goals), far_end.connection)
    asked = [listed(request, "metrics") for request in far_end.reports if name_of(request) == "events"]
    assert [len(metrics) for metrics in asked] == [20, 10]
    assert {metric for metrics in asked for metric in metrics} == {f"ym:s:goal{goal}visits" for goal in goals}


def test_each_answer_tells_its_requests_and_the_first_whose_they_are(metrica_far_end: Serve) -> None:
    loaded = load(metrica.SOURCE, work(), metrica_far_end(scripted(nothing)).connection)
    assert loaded.identity == {"counter": str(COUNTER), "currency": "RUB", "time_zone": "Europe/Moscow"}
    assert [(each.name, each.requests) for each in loaded.answers] == [
        *(("counter", 1), ("totals", 1), ("traffic", 1), ("users", 1), ("users", 1))
    ]
    assert "owner" not in repr(loaded.answers), "whose the counter is, is nobody's business here"


def test_days_of_another_zone_are_told_and_not_shifted(metrica_far_end: Serve) -> None:
    far_end = metrica_far_end(scripted(nothing, time_zone_name="Asia/Yekaterinburg"))
    loaded = load(metrica.SOURCE, work(), far_end.connection)
    assert loaded.health["zone_mismatch"] == (
        "Metrica's time zone is Asia/Yekaterinburg, but the client's file says Europe/Moscow"
    )
    assert loaded.identity["time_zone"] == "Asia/Yekaterinburg"
    assert all("timezone" not in request.fields for request in far_end.asked)


def test_a_zone_that_metrica_does_not_tell_is_no_change(metrica_far_end: Serve) -> None:
    loaded = load(metrica.SOURCE, work(), metrica_far_end(scripted(nothing, time_zone_name="")).connection)
    assert loaded.identity == {"counter": str(COUNTER), "currency": "RUB"}
    assert "zone_mismatch" not in loaded.health


@pytest.mark.parametrize(
    ("created", "known", "asked"),
    [
        ("2024-03-10T00:30:00+03:00", [("2024-03-09", "2024-03-09", "no_access")], ("2024-03-10", "2024-03-11")),
        ("2024-03-09T21:30:00+00:00", [("2024-03-09", "2024-03-09", "no_access")], ("2024-03-10", "2024-03-11")),
        ("2024-03-12T10:00:00+03:00", [("2024-03-09", "2024-03-11", "no_access")], None),
        ("2018-09-29T11:06:04+04:00", [], ("2024-03-09", "2024-03-11")),
        ("long ago", [], ("2024-03-09", "2024-03-11")),
        (7, [], ("2024-03-09", "2024-03-11")),
    ],
)
def test_days_before_there_was_a_counter_are_no_zeros(
    created: Any, known: list[Any], asked: tuple[str, str] | None, metrica_far_end: Serve
) -> None:
    far_end = metrica_far_end(scripted(nothing, create_time=created))
    loaded = load(metrica.SOURCE, work(events=("301",)), far_end.connection)
    assert {days(request) for request in far_end.reports if name_of(request) == "traffic"} == (
        {asked} if asked else set()
    )
    for report_of in ("totals", "traffic", "events", "users"):
        unknown = [each for each in loaded.known_of(report_of) if each.state == "no_access"]
        assert [(f"{each.first_day}", f"{each.last_day}", each.state) for each in unknown] == known
        assert all("counter 44147844 was created on 2024-03-1" in str(each.reason) for each in unknown)


def test_a_deleted_counter_is_refused(metrica_far_end: Serve) -> None:
    with pytest.raises(Refused, match=f"counter {COUNTER} was deleted"):
        load(metrica.SOURCE, work(), metrica_far_end(scripted(nothing, status="Deleted")).connection)


def rows_of(request: Request, rows: list[Any], **values: Any) -> dict[str, Any]:
    """The page that is asked for."""
    start = int(request.fields["offset"]) - 1
    return report(rows[start : start + int(request.fields["limit"])], total_rows=len(rows), **values)


ROWS = [(["2024-03-10", *[None] * 4, f"campaign {n}"], [1, 1, 0, 5, 0, 0, 0]) for n in range(7)]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "PAGE", 3)


def test_pages_of_a_report_come_whole(metrica_far_end: Serve, small_pages: None) -> None:
    far_end = metrica_far_end(scripted(by_name(traffic=lambda request: rows_of(request, ROWS))))
    loaded = load(metrica.SOURCE, work(), far_end.connection)
    asked = [request.fields["offset"] for request in far_end.reports if name_of(request) == "traffic"]
    assert asked == ["1", "4", "7"]
    assert sorted(row[3] for row in loaded.rows["traffic"]) == [f"campaign {n}" for n in range(7)]
    assert [each.requests for each in loaded.answers if each.name == "traffic"] == [3]


def test_a_rounded_number_of_rows_is_not_relied_on(metrica_far_end: Serve, small_pages: None) -> None:
    def traffic(request: Request) -> dict[str, Any]:
        return rows_of(request, ROWS) | {"total_rows": 3, "total_rows_rounded": True}

    loaded = load(metrica.SOURCE, work(), metrica_far_end(scripted(by_name(traffic=traffic))).connection)
    assert len(loaded.rows["traffic"]) == 7


def test_a_report_that_changes_while_it_is_read_is_read_again(metrica_far_end: Serve, small_pages: None) -> None:
    rows = [ROWS]

    def traffic(request: Request) -> dict[str, Any]:
        said = rows_of(request, rows[-1])
        rows[-1] = [*ROWS, (["2024-03-11", *[None] * 5], [1, 1, 0, 5, 0, 0, 0])]  # somebody came
        return said

    far_end = metrica_far_end(scripted(by_name(traffic=traffic)))
    loaded = load(metrica.SOURCE, work(), far_end.connection)
    assert [row[0] for row in loaded.rows["traffic"]] == ["2024-03-10"] * 7 + ["2024-03-11"]


def test_a_report_that_never_stands_still_is_tried_later(metrica_far_end: Serve, small_pages: None) -> None:
    far_end = metrica_far_end(scripted(by_name(traffic=lambda _: report(ROWS[:3], total_rows=7))))  # no offset
    with pytest.raises(Transient, match="changed while it was read, 3 times"):
        load(metrica.SOURCE, work(), far_end.connection)


@pytest.mark.parametrize(
    ("connection", "told"),
    [
        (Connection(host="http://metrica.example", password=TOKEN), "only an address on this machine"),
        (Connection(host="https://127.0.0.1:1", password=TOKEN), "only an address on this machine"),
        (Connection(host="http://127.0.0.1:1"), "has no token"),
        (Connection(host="http://127.0.0.1:1", password=f"OAuth {TOKEN}"), "and nothing else"),
        (Connection(host="http://127.0.0.1:1", password=f"{TOKEN}ы"), "and nothing else"),
    ],
)
def test_a_connection_that_cannot_work(connection: Connection, told: str) -> None:
    with pytest.raises(BadInput, match=told) as error:
        load(metrica.SOURCE, work(), connection)
    assert "SECRET" not in str(error.value)


def test_answers_of_other_names_are_refused() -> None:
    with pytest.raises(BadInput, match="'weather'"):
        list(metrica.SOURCE.read(work(), [Answer("weather", {}, b"", datetime(2024, 3, 12, tzinfo=UTC))]))


def test_halves_leave_no_day_out() -> None:
    question = next(questions.of_job(work(first_day=date(2024, 2, 27), last_day=date(2024, 3, 2))))
    assert [(half.first_day, half.last_day) for half in question.halves()] == [
        (date(2024, 2, 27), date(2024, 2, 29)),
        (date(2024, 3, 1), date(2024, 3, 2)),
    ]
