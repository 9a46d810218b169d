"""An account's days over real HTTP: midnights of UTC, the day before, totals without a date, months, who follows."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from smm.files import periods
from smm.sources import Known, Refused
from smm.sources.graph.days import NOT_OVER
from smm.sources.graph.insights import EMPTY
from smm.sources.instagram.zone import UNPROVEN
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import Asked, error
from tests.sources.instagram.account import (
    ACCOUNT,
    ALL,
    FIRST,
    FOLLOWS,
    LAST,
    MEASURES,
    ONE_DAY,
    Account,
    follows,
    loaded,
    of,
    people,
    total,
)
from tests.sources.loading import Loaded

SUNDAY = date(2024, 3, 10)
DAYS = [FIRST, SUNDAY, LAST]
YEAR = {"first_day": date(2025, 1, 1), "last_day": date(2025, 12, 31)}
RIGHT = error(10, "(#10) Application does not have permission for this action", status=403)


def known(found: Loaded) -> list[Known]:
    return sorted(found.known_of("insights"), key=lambda one: one.first_day)


def covered(found: Loaded) -> list[date]:
    """Days of which something is said."""
    days = [
        one.first_day + at * ONE_DAY for one in known(found) for at in range(1 + (one.last_day - one.first_day).days)
    ]
    assert len(days) == len(set(days))
    return days


@pytest.mark.parametrize(("metric", "measure"), MEASURES.items())
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC"])
def test_each_total_is_a_measure_of_its_day(graph_far_end: Serve, metric: str, measure: str, zone: str) -> None:
    found = loaded(graph_far_end(Account(zone=zone)))
    assert of(found, measure) == {day: total(metric, day, day) for day in DAYS}
    assert known(found) == [Known("insights", FIRST, LAST)]
    assert found.health["zone"] == zone


def test_people_are_of_the_day_before_the_dates_that_are_asked_for(graph_far_end: Serve) -> None:
    far_end = graph_far_end(Account())
    found = loaded(far_end)
    series = [
        one.fields for one in far_end.asked if one.fields.get("metric") == "reach" and "metric_type" not in one.fields
    ]
    assert {(one["since"], one["until"]) for one in series[1:]} == {("2024-03-10", "2024-03-13")}
    assert of(found, "reach") == {day: people("day", day) for day in DAYS}


@pytest.mark.parametrize(
    ("zone", "windows"),
    [
        (
            "America/Los_Angeles",
            [("2024-03-10", "2024-03-11"), ("2024-03-11", "2024-03-12"), ("2024-03-12", "2024-03-13")],
        ),
        ("UTC", [("2024-03-09", "2024-03-10"), ("2024-03-10", "2024-03-11"), ("2024-03-11", "2024-03-12")]),
    ],
)
def test_totals_are_asked_for_in_windows_of_the_zone(
    graph_far_end: Serve, zone: str, windows: list[tuple[str, str]]
) -> None:
    far_end = graph_far_end(Account(zone=zone))
    loaded(far_end)
    asked = [one.fields for one in far_end.asked if one.fields.get("metric") == FOLLOWS]
    assert [(one["since"], one["until"]) for one in asked] == windows


@pytest.mark.parametrize(
    ("first_day", "end_times"),
    [
        (date(2026, 3, 6), ["2026-03-07T08:00", "2026-03-08T08:00", "2026-03-09T07:00", "2026-03-10T07:00"]),
        (date(2025, 10, 31), ["2025-11-01T07:00", "2025-11-02T07:00", "2025-11-03T08:00", "2025-11-04T08:00"]),
    ],
)
def test_days_keep_their_dates_when_clocks_change(graph_far_end: Serve, first_day: date, end_times: list[str]) -> None:
    last_day = first_day + 3 * ONE_DAY
    values = [{"value": at, "end_time": f"{end}:00+0000"} for at, end in enumerate(end_times)]

    def says(asked: Asked) -> Any:
        dates = (f"{first_day + ONE_DAY}", f"{last_day + 2 * ONE_DAY}")
        is_meant = (asked.fields.get("since"), asked.fields.get("until")) == dates and asked.fields["period"] == "day"
        return {"data": [{"name": "reach", "period": "day", "values": values}]} if is_meant else None

    found = loaded(graph_far_end(Account(says=says)), first_day=first_day, last_day=last_day)
    assert of(found, "reach") == {first_day + at * ONE_DAY: at for at in range(4)}


@pytest.mark.parametrize("hour", [6, 7])
def test_a_day_that_is_not_over_in_california_is_left_for_the_next_run(graph_far_end: Serve, hour: int) -> None:
    with time_machine.travel(datetime(2024, 3, 12, hour, 0, tzinfo=UTC)):
        found = loaded(graph_far_end(Account()))
    assert list(of(found, "views")) == DAYS[: hour - 4]
    assert covered(found) == DAYS, "followers are counted back over it: no history is lost because of one day"
    assert [one for one in known(found) if one.state != "known"] == (
        [] if hour == 7 else [Known("insights", LAST, LAST, "unanswered", NOT_OVER)]
    )


def test_every_day_of_a_year_is_known_once(graph_far_end: Serve) -> None:
    found = loaded(graph_far_end(Account()), **YEAR)
    days = [YEAR["first_day"] + at * ONE_DAY for at in range(365)]
    assert covered(found) == days
    for measure in ALL:
        assert sorted(of(found, measure)) == days
    assert {(one.state, one.reason, one.without) for one in known(found)} == {("known", None, ())}


def test_people_of_a_month_are_those_of_one_window_of_at_most_30_days(graph_far_end: Serve) -> None:
    """Months of 31 days are longer than Meta counts people for: they have none. Nor are they the 28 days."""
    far_end = graph_far_end(Account())
    found = loaded(far_end, **YEAR)
    months = [date(2025, month, 1) for month in (2, 4, 6, 9, 11)]
    ends = [periods.end("month", month) for month in months]
    none = dict.fromkeys(date(2025, month, 1) for month in (1, 3, 5, 7, 8, 10, 12))
    assert of(found, "reach", "month") == none | {
        month: total("reach", month, end) for month, end in zip(months, ends, strict=True)
    }
    assert len(of(found, "reach_28", "month")) == 12
    asked = [
        [date.fromisoformat(one.fields[key]) for key in ("since", "until")]
        for one in far_end.asked
        if "since" in one.fields
    ]
    assert max((until - since).days for since, until in asked) == 30
    through = {row["period"]: row["through_day"] for row in found.named["counts"] if row["grain"] == "month"}
    assert all(day == periods.end("month", month) for month, day in through.items())


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC"])
def test_a_month_is_whole_in_its_zone(graph_far_end: Serve, zone: str) -> None:
    """February 2024 has 29 days. The job holds only the last of them."""
    found = loaded(graph_far_end(Account(zone=zone)), first_day=date(2024, 2, 29), last_day=date(2024, 3, 1))
    february = date(2024, 2, 1)
    assert of(found, "reach", "month") == {february: total("reach", february, date(2024, 2, 29))}


def test_people_of_seven_days_are_those_of_a_week_only_on_a_sunday(graph_far_end: Serve) -> None:
    found = loaded(graph_far_end(Account()), last_day=date(2024, 3, 20))
    weeks = {date(2024, 3, 4): SUNDAY, date(2024, 3, 11): date(2024, 3, 17)}
    assert of(found, "reach", "week") == {week: people("week", sunday) for week, sunday in weeks.items()}
    assert of(found, "reach_28", "week") == {week: people("days_28", sunday) for week, sunday in weeks.items()}


def test_a_week_that_has_not_ended_has_no_people(graph_far_end: Serve) -> None:
    found = loaded(graph_far_end(Account()), last_day=FIRST)
    assert of(found, "reach", "week") == of(found, "reach_28", "week") == {}


@pytest.mark.parametrize(
    ("by", "gained", "lost"),
    [
        ({"FOLLOWER": 17, "NON_FOLLOWER": 20}, 17, 20),
        ({"NON_FOLLOWER": 20, "FOLLOWER": 17, "UNKNOWN": 3}, 17, 20),
        ({"FOLLOWER": 17}, 17, 0),  # what did not happen is left out
        ({"NON_FOLLOWER": 20}, 0, 20),
        ({"FOLLOWER": 0, "NON_FOLLOWER": 0}, 0, 0),
        ({"UNKNOWN": 3}, None, None),
        ({}, None, None),
        (None, None, None),  # too few followers: an answer without a total
    ],
)
def test_who_came_and_who_left(graph_far_end: Serve, by: Any, gained: int | None, lost: int | None) -> None:
    """NON_FOLLOWER is who left, and not who follows without being a follower."""
    found = loaded(graph_far_end(Account(follows=lambda day: by if day == SUNDAY else follows(day))))
    assert of(found, "followers_gained").get(SUNDAY) == gained
    assert of(found, "followers_lost").get(SUNDAY) == lost
    assert of(found, "followers_gained")[LAST] == 21
    lacking = [(one.first_day, one.last_day, one.without) for one in known(found) if one.without]
    assert lacking == ([] if gained is not None else [(SUNDAY, SUNDAY, ("followers_gained", "followers_lost"))])


@pytest.mark.parametrize("odd", [None, -1, "7", 1.5, True, []])
def test_a_total_that_is_no_number_is_unknown_and_never_zero(graph_far_end: Serve, odd: Any) -> None:
    def said(metric: str, first_day: date, last_day: date) -> Any:
        return odd if (metric, first_day) == ("saves", SUNDAY) else total(metric, first_day, last_day)

    found = loaded(graph_far_end(Account(total=said)))
    assert list(of(found, "saves")) == [FIRST, LAST]
    assert [(one.first_day, one.reason) for one in known(found) if one.without] == [(SUNDAY, f"saves: {EMPTY}")]


def test_a_total_of_zero_is_zero(graph_far_end: Serve) -> None:
    found = loaded(
        graph_far_end(Account(total=lambda metric, first, last: 0 if metric == "saves" else total(metric, first, last)))
    )
    assert of(found, "saves") == dict.fromkeys(DAYS, 0)


def test_a_day_that_meta_leaves_out_is_unknown(graph_far_end: Serve) -> None:
    found = loaded(
        graph_far_end(
            Account(
                people=lambda period, day: None if day == LAST else people(period, day),
                total=lambda metric, first, last: None if first == LAST else total(metric, first, last),
                follows=lambda day: None if day == LAST else follows(day),
            )
        )
    )
    assert list(of(found, "views")) == [FIRST, SUNDAY]
    assert [(one.first_day, one.last_day, one.state) for one in known(found)] == [
        (FIRST, SUNDAY, "known"),
        (LAST, LAST, "unanswered"),
    ]


@pytest.mark.parametrize("dead", ["saves", "likes", FOLLOWS])
def test_a_removed_metric_is_unknown_on_every_day_and_the_others_are_loaded(graph_far_end: Serve, dead: str) -> None:
    found = loaded(graph_far_end(Account(dead={dead})), **YEAR)
    lost = {"followers_gained", "followers_lost"} if dead == FOLLOWS else {MEASURES[dead]}
    assert {measure: len(of(found, measure)) for measure in ALL} == {
        measure: 0 if measure in lost else 365 for measure in ALL
    }
    assert len(covered(found)) == 365
    for one in known(found):
        assert (one.state, set(one.without)) == ("known", lost)
        assert "error 100: Meta no longer has one of these metrics" in str(one.reason)
        assert EMPTY not in str(one.reason)


def test_without_a_permission_meta_says_nothing_and_nothing_is_zero(graph_far_end: Serve) -> None:
    far_end = graph_far_end(Account(says=lambda asked: {"data": []} if "since" in asked.fields else None))
    with pytest.raises(Refused, match="Meta answered with nothing, which may be a missing permission"):
        loaded(far_end)


def test_a_permission_that_is_refused_in_words_ends_the_load_with_them(graph_far_end: Serve) -> None:
    far_end = graph_far_end(Account(says=lambda asked: RIGHT if "since" in asked.fields else None))
    with pytest.raises(Refused, match="the token lacks a permission: .*instagram_manage_insights"):
        loaded(far_end)
    assert len(far_end.requests) <= 4


# --- whose days totals are


def test_where_totals_are_those_of_no_day_in_california_they_are_of_utc(graph_far_end: Serve) -> None:
    far_end = graph_far_end(Account(zone="UTC"))
    found = loaded(far_end)
    assert {one.context["zone"] for one in found.answers if one.name == "insights"} == {"UTC"}
    asked = [one.fields for one in far_end.asked if one.fields.get("metric") == "reach"]
    tried = [(one["since"], one["until"]) for one in asked if "metric_type" in one]
    assert tried[0] == ("2024-03-09", "2024-03-10")
    assert len(tried) == 5


def undecided(name: str) -> Account:
    match name:
        case "people are the same every day":
            return Account(people=lambda *_: 9, total=lambda *_: 9)
        case "no totals":
            return Account(total=lambda metric, *_: None if metric == "reach" else 5)
        case "no people":
            return Account(people=lambda period, _: None if period == "day" else 5)
        case "two days alone":
            seen = (FIRST - ONE_DAY, FIRST - 2 * ONE_DAY)
            return Account(total=lambda *asked: None if asked[0] == "reach" and asked[1] not in seen else total(*asked))
    odd = FIRST - 2 * ONE_DAY
    return Account(total=lambda metric, first, last: 1 if first == odd else total(metric, first, last))


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC"])
def test_what_was_shown_once_is_kept_and_not_asked_again(graph_far_end: Serve, zone: str) -> None:
    """A quiet week, in which people are the same every day, proves nothing, and takes nothing back."""
    first = loaded(graph_far_end(Account(zone=zone)))
    assert first.identity == {"account": str(ACCOUNT), "zone": zone}
    quiet = Account(zone=zone, people=lambda *_: 9, total=lambda *_: 9)
    far_end = graph_far_end(quiet)
    found = loaded(far_end, identity=first.identity)
    assert found.identity == first.identity
    assert known(found) == [Known("insights", FIRST, LAST)]
    asked = [one.fields for one in far_end.asked if one.fields.get("metric") == "reach"]
    assert not [one for one in asked if "metric_type" in one], "no total of people, but for a month"
    since = [one.fields["since"] for one in far_end.asked if one.fields.get("metric") == FOLLOWS]
    assert since[0] == ("2024-03-09" if zone == "UTC" else "2024-03-10")


@pytest.mark.parametrize("kept", [{}, {"zone": "Europe/Moscow"}, {"account": str(ACCOUNT)}])
def test_what_was_never_shown_is_asked_again(graph_far_end: Serve, kept: dict[str, str]) -> None:
    assert loaded(graph_far_end(Account()), identity=kept).identity["zone"] == "America/Los_Angeles"


@pytest.mark.parametrize(
    "name", ["people are the same every day", "no totals", "no people", "two days alone", "days that contradict"]
)
def test_what_the_numbers_do_not_show_is_flagged(graph_far_end: Serve, name: str) -> None:
    far_end = graph_far_end(undecided(name))
    found = loaded(far_end)
    assert {one.context["zone"] for one in found.answers if one.name == "insights"} == {None}
    assert "zone" not in found.health | found.identity
    assert {one.state for one in known(found)} == {"flagged"}
    assert all(str(one.reason).startswith(UNPROVEN) for one in known(found))
    assert list(of(found, "views")) == DAYS, "the numbers are stored as those of California"
    asked = [one.fields["since"] for one in far_end.asked if one.fields.get("metric") == FOLLOWS]
    assert asked == ["2024-03-10", "2024-03-11", "2024-03-12"]


# --- followers


@pytest.mark.parametrize(
    ("now", "zone", "day"),
    [
        (datetime(2024, 3, 12, 5, tzinfo=UTC), "Europe/Moscow", date(2024, 3, 12)),
        (datetime(2024, 3, 12, 22, tzinfo=UTC), "Europe/Moscow", date(2024, 3, 12)),
        (datetime(2024, 3, 12, 5, tzinfo=UTC), "America/New_York", date(2024, 3, 12)),
        (datetime(2024, 3, 12, 2, tzinfo=UTC), "America/New_York", date(2024, 3, 11)),
    ],
)
def test_followers_are_counted_when_they_are_asked_for(
    graph_far_end: Serve, now: datetime, zone: str, day: date
) -> None:
    with time_machine.travel(now, tick=False):
        found = loaded(graph_far_end(Account()), time_zone=zone)
    rows = [row for row in found.named["counts"] if row["measure"] == "followers"]
    assert [(row["period"], row["value"], row["counted_at"]) for row in rows] == [(day, 16184, now)]
    assert found.known_of("followers") == [Known("followers", day, day)]
    assert found.identity["account"] == str(ACCOUNT)


def test_followers_that_are_not_given_are_unknown(graph_far_end: Serve) -> None:
    found = loaded(graph_far_end(Account(followers=None)))
    assert [row["value"] for row in found.named["counts"] if row["measure"] == "followers"] == [None]
    assert found.known_of("followers") == [
        Known("followers", FIRST, LAST, "no_access", "Meta did not give followers_count")
    ]


def test_an_account_that_the_token_may_not_see(graph_far_end: Serve) -> None:
    gone = error(100, "Unsupported get request. Object with ID '1' does not exist", subcode=33)
    with pytest.raises(Refused, match="there is no such object, or the token may not see it"):
        loaded(graph_far_end(Account(says=lambda asked: gone if asked.path == str(ACCOUNT) else None)))
