"""A report that GA4's servers fail at because of one day: the other days are had, with few requests."""

from datetime import date, timedelta
from typing import Any

import grpc
import pytest

from smm.sources import Known, Transient
from smm.sources.ga4 import SOURCE
from smm.sources.ga4.faults import MOST_FAULTS
from tests.sources.ga4.scripted import DATE, ROW, TOTAL, TRAFFIC, Failure, FarEnd, Script, dimensions_of, report
from tests.sources.ga4.test_inquiry import days_of
from tests.sources.loading import Loaded, job, load

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 14)
TENTH = date(2026, 9, 10)
SAID = "Google did not answer for GA4 property 310123456 (Unknown: Stream removed)"
EVENTS: tuple[str, ...] = ("date", "eventName", "sessionSource", "sessionMedium")


def failing(*days: date, of: tuple[tuple[str, ...], ...] = (TRAFFIC,), status: Any = grpc.StatusCode.UNKNOWN) -> Script:
    """A GA4 that fails whenever such a report holds one of these days, and has one row for each other day."""

    def script(request: Any) -> Any:
        first, last = days_of(request)
        dimensions = dimensions_of(request)
        if dimensions in of and any(first <= day <= last for day in days):
            raise Failure(status, "Stream removed")
        row = {DATE: TOTAL, TRAFFIC: ROW}.get(dimensions)
        length = (last - first).days + 1
        return report(request, [(f"{first + timedelta(n):%Y%m%d}", *row[1:]) for n in range(length)] if row else [])

    return script


def known_days(loaded: Loaded, name: str, *states: str) -> list[date]:
    stretches = [known for known in loaded.known_of(name) if known.state in states]
    return sorted(
        {
            known.first_day + timedelta(n)
            for known in stretches
            for n in range((known.last_day - known.first_day).days + 1)
        }
    )


FORTNIGHT = [FIRST + timedelta(n) for n in range(14)]


@pytest.mark.parametrize("status", [grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL])
@pytest.mark.parametrize("bad", [FIRST, date(2026, 9, 7), date(2026, 9, 8), TENTH, LAST])
def test_one_bad_day_stays_unknown_and_the_others_are_loaded(
    far_end: FarEnd, bad: date, status: grpc.StatusCode
) -> None:
    server = far_end(failing(bad, status=status))
    loaded = load(SOURCE, job(first_day=FIRST, last_day=LAST), server.connection)

    others = [day for day in FORTNIGHT if day != bad]
    assert known_days(loaded, "traffic", "known") == others
    assert sorted(row[0] for row in loaded.rows["traffic"]) == [f"{day:%Y%m%d}" for day in others]
    (lost,) = [known for known in loaded.known_of("traffic") if known.state != "known"]
    assert (lost.first_day, lost.last_day, lost.state) == (bad, bad, "unanswered")
    assert "Google did not answer for GA4 property 310123456" in str(lost.reason)
    assert loaded.known_of("totals") == [Known("totals", FIRST, LAST)]
    assert len(loaded.known_of("users")) == 4, "all people of the site"
    assert len(server.calls) <= 3 + 5 + 2 * 4 + 1, "a batch, its reports apart, two halves four times, and a batch"


def test_a_day_that_every_report_fails_at_is_looked_for_once(far_end: FarEnd) -> None:
    server = far_end(failing(TENTH, of=(DATE, TRAFFIC, EVENTS)))
    loaded = load(SOURCE, job(first_day=FIRST, last_day=LAST, events=("lead",)), server.connection)

    for name in ("totals", "traffic", "events"):
        assert known_days(loaded, name, "unanswered") == [TENTH]
        assert set(known_days(loaded, name, "known")) >= {*FORTNIGHT} - {TENTH}
    assert len(server.calls) <= 30


def test_days_in_both_halves_are_found_as_long_as_errors_are_few(far_end: FarEnd) -> None:
    server = far_end(failing(date(2026, 9, 3), TENTH))
    loaded = load(SOURCE, job(first_day=FIRST, last_day=LAST), server.connection)

    lost = known_days(loaded, "traffic", "unanswered")
    assert {date(2026, 9, 3), TENTH} <= {*lost}
    assert len(lost) <= 8
    assert known_days(loaded, "traffic", "known") == [day for day in FORTNIGHT if day not in lost]


def test_of_a_long_history_a_short_stretch_stays_unknown(far_end: FarEnd) -> None:
    first = date(2025, 9, 1)
    failed = 0
    inner = failing(TENTH)

    def script(request: Any) -> Any:
        nonlocal failed
        try:
            return inner(request)
        except Failure:
            failed += 1
            raise

    loaded = load(SOURCE, job(first_day=first, last_day=date(2026, 9, 30)), far_end(script).connection)
    lost = known_days(loaded, "traffic", "unanswered")
    assert TENTH in lost
    assert len(lost) <= 25
    assert len(known_days(loaded, "traffic", "known")) == 395 - len(lost)
    assert failed == MOST_FAULTS, "GA4 bars a project after 10 in an hour"


def test_a_single_day_is_not_asked_for_again_and_again(far_end: FarEnd) -> None:
    server = far_end(failing(TENTH))
    loaded = load(SOURCE, job(first_day=TENTH, last_day=TENTH), server.connection)

    assert loaded.known_of("traffic") == [Known("traffic", TENTH, TENTH, "unanswered", SAID)]
    assert loaded.known_of("totals") == [Known("totals", TENTH, TENTH)]
    assert loaded.health["unanswered.traffic"] == SAID
    assert len(server.calls) == 3 + 5 + 1


def test_a_service_that_is_down_is_not_asked_in_parts(far_end: FarEnd) -> None:
    server = far_end(failing(*FORTNIGHT, of=(DATE, TRAFFIC)))
    with pytest.raises(Transient, match="Stream removed"):
        load(SOURCE, job(first_day=FIRST, last_day=LAST), server.connection)
    assert len(server.calls) == 6, "three tries, the first report, and both its halves"


def test_a_report_that_fails_on_all_days_fails_the_load(far_end: FarEnd) -> None:
    server = far_end(failing(*FORTNIGHT))
    with pytest.raises(Transient, match="Stream removed"):
        load(SOURCE, job(first_day=FIRST, last_day=LAST), server.connection)
    assert len(server.calls) <= 20


def test_people_that_ga4_fails_at_wait_for_the_next_daily_run(far_end: FarEnd) -> None:
    months = (("yearMonth",), ("yearMonth", "newVsReturning"))
    loaded = load(SOURCE, job(), far_end(failing(date(2024, 3, 9), of=months)).connection)

    assert loaded.known_of("traffic") == [Known("traffic", date(2024, 3, 9), date(2024, 3, 11))]
    assert loaded.health["unanswered.users.site.month"] == SAID
    assert {known.state for known in loaded.known_of("users")} == {"known"}, "the weeks"


def test_people_that_ga4_fails_at_fail_a_history(far_end: FarEnd) -> None:
    """No daily run asks for its days again."""
    months = (("yearMonth",), ("yearMonth", "newVsReturning"))
    with pytest.raises(Transient, match="Stream removed"):
        load(SOURCE, job(first_day=date(2026, 8, 1), last_day=LAST), far_end(failing(TENTH, of=months)).connection)
