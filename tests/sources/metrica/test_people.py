"""People of the whole site: of days, weeks and months, each counted once within it."""

from datetime import date
from typing import Any

import pytest

from sandbox.loopback import Request
from smm.sources import metrica
from tests.sources.loading import load
from tests.sources.metrica.far_end import FIRST, LAST, Serve, by_name, days, people, report, scripted, work

MARCH, WEEK, NEXT_WEEK, SUNDAY = date(2024, 3, 1), date(2024, 3, 4), date(2024, 3, 11), date(2024, 3, 10)


def test_people_by_month_and_week(metrica_far_end: Serve) -> None:
    far_end = metrica_far_end(
        scripted(by_name(months=lambda asked: people(asked, [23.0]), weeks=lambda asked: people(asked, [17.0, 9.0])))
    )
    loaded = load(metrica.SOURCE, work(), far_end.connection)
    assert loaded.rows["counts"] == [
        ("site", "users", "users", "month", MARCH, 23, LAST),
        ("site", "users", "users", "week", WEEK, 17, SUNDAY),
        ("site", "users", "users", "week", NEXT_WEEK, 9, LAST),
    ]
    assert [(known.first_day, known.last_day, known.state) for known in loaded.known_of("users")] == [
        (FIRST, LAST, "known")
    ] * 2


def test_people_of_days_are_never_added_up(metrica_far_end: Serve) -> None:
    """Metrica's answer says `additive: true` of them, too."""
    rows = [([f"2024-03-{day:02}"], [9, 9, 0, 10, 3, 0, 0, 9.0]) for day in (9, 10, 11)]
    meta = {"metrics": [{"dim": "ym:s:users", "additive": True}]}
    far_end = metrica_far_end(
        scripted(by_name(totals=report(rows, meta=meta), months=lambda asked: people(asked, [11.0])))
    )
    loaded = load(metrica.SOURCE, work(), far_end.connection)
    counted = {(row[3], str(row[4])): row[5] for row in loaded.rows["counts"] if row[5]}
    assert counted == {
        **{("day", f"2024-03-{day:02}"): 9 for day in (9, 10, 11)},
        ("month", "2024-03-01"): 11,
    }


def test_an_odd_number_of_people_leaves_only_itself_unknown(metrica_far_end: Serve) -> None:
    far_end = metrica_far_end(scripted(by_name(weeks=lambda asked: people(asked, ["many", 9.0]))))
    loaded = load(metrica.SOURCE, work(), far_end.connection)
    assert [row[4:6] for row in loaded.rows["counts"] if row[3] == "week"] == [(NEXT_WEEK, 9)]
    assert ("flagged", "Metrica gave no number of people for the week of 2024-03-04") in [
        (known.state, known.reason) for known in loaded.known_of("users")
    ]


@pytest.mark.parametrize(
    "intervals",
    [
        [["2024-03-03", "2024-03-09"], ["2024-03-10", "2024-03-11"]],  # weeks that begin on a Sunday
        [["2024-03-04", "2024-03-11"]],
        [["2024-03-04"], ["x", "y"]],
        [None, 7],
        [],
        None,
    ],
)
def test_periods_that_are_none_stay_unknown(intervals: Any, metrica_far_end: Serve) -> None:
    def weeks(asked: Request) -> dict[str, Any]:
        return people(asked, [17.0, 9.0]) | {"time_intervals": intervals}

    loaded = load(metrica.SOURCE, work(), metrica_far_end(scripted(by_name(weeks=weeks))).connection)
    assert [row for row in loaded.rows["counts"] if row[3] == "week"] == []
    assert {known.state for known in loaded.known_of("users")} == {"known", "flagged"}


def test_a_site_without_visitors_has_none(metrica_far_end: Serve) -> None:
    def weeks(asked: Request) -> dict[str, Any]:
        return people(asked, []) | {"data": []}

    loaded = load(metrica.SOURCE, work(), metrica_far_end(scripted(by_name(weeks=weeks))).connection)
    assert [row[4:6] for row in loaded.rows["counts"] if row[3] == "week"] == [(WEEK, 0), (NEXT_WEEK, 0)]


def test_weeks_at_the_turn_of_a_year(metrica_far_end: Serve) -> None:
    asked: list[tuple[str, str]] = []

    def weeks(request: Request) -> dict[str, Any]:
        asked.append(days(request))
        return people(request, [5.0])

    job = work(first_day=date(2024, 12, 30), last_day=date(2024, 12, 31))
    loaded = load(metrica.SOURCE, job, metrica_far_end(scripted(by_name(weeks=weeks))).connection)
    assert asked == [("2024-12-30", "2024-12-31")]
    assert [row[4:7] for row in loaded.rows["counts"] if row[3] == "week"] == [
        (date(2024, 12, 30), 5, date(2024, 12, 31))
    ]
