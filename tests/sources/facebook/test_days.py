"""A Page's days over real HTTP: midnights of California, an excluded `until`, weeks, 28 days, and what is left out."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from smm.sources import Known, Refused
from smm.sources.graph.days import NOT_OVER
from smm.sources.graph.insights import EMPTY
from tests.sources.facebook.page import (
    FIRST,
    LAST,
    MEASURES,
    ONE_DAY,
    PAGE,
    PEOPLE,
    Page,
    loaded,
    nothing,
    number,
    of,
    of_days,
)
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import Asked, error

SUNDAY = date(2024, 3, 10)
ALL = (*MEASURES.values(), "views_ads", "reach_28")
RIGHT = error(10, "(#10) This endpoint requires the 'read_insights' permission", status=403)


def known(found: Any) -> list[Known]:
    return found.known_of("insights")


@pytest.mark.parametrize(("metric", "measure"), MEASURES.items())
def test_each_metric_is_a_measure_of_its_days(graph_far_end: Serve, metric: str, measure: str) -> None:
    found = loaded(graph_far_end(Page()))
    days = [FIRST, SUNDAY, LAST]
    told = [number(metric, "day", day) for day in days]
    sums = [sum(value.values()) if isinstance(value, dict) else value for value in told]
    assert of_days(found, measure) == dict(zip(days, sums, strict=True))


def test_a_page_is_asked_until_the_day_after_its_last_one(graph_far_end: Serve) -> None:
    far_end = graph_far_end(Page())
    found = loaded(far_end)
    windows = {(asked.fields["since"], asked.fields["until"]) for asked in far_end.asked if "since" in asked.fields}
    assert windows == {("2024-03-09", "2024-03-12")}
    assert known(found) == [Known("insights", FIRST, LAST)]
    assert found.identity == {"page": str(PAGE)}
    assert found.health["version"] == "v26.0"


@pytest.mark.parametrize(
    ("first_day", "last_day", "end_times"),
    [
        (  # a day of 23 hours
            date(2026, 3, 6),
            date(2026, 3, 9),
            ["2026-03-07T08:00", "2026-03-08T08:00", "2026-03-09T07:00", "2026-03-10T07:00"],
        ),
        (  # a day of 25 hours
            date(2025, 10, 31),
            date(2025, 11, 3),
            ["2025-11-01T07:00", "2025-11-02T07:00", "2025-11-03T08:00", "2025-11-04T08:00"],
        ),
    ],
)
def test_days_keep_their_dates_when_clocks_change(
    graph_far_end: Serve, first_day: date, last_day: date, end_times: list[str]
) -> None:
    values = [{"value": at, "end_time": f"{end}:00+0000"} for at, end in enumerate(end_times)]

    def says(asked: Asked) -> Any:
        if asked.fields.get("period") != "day" or "breakdown" in asked.fields:
            return None
        assert (asked.fields["since"], asked.fields["until"]) == (f"{first_day}", f"{last_day + ONE_DAY}")
        return {"data": [{"name": "page_follows", "period": "day", "values": values}]}

    found = loaded(graph_far_end(Page(says=says)), first_day=first_day, last_day=last_day)
    days = [first_day + at * ONE_DAY for at in range(4)]
    assert of_days(found, "followers") == {day: at for at, day in enumerate(days)}


@pytest.mark.parametrize("at", [datetime(2024, 3, 12, 6, 59, tzinfo=UTC), datetime(2024, 3, 12, 7, 0, tzinfo=UTC)])
def test_a_day_that_is_not_over_in_california_is_left_for_the_next_run(graph_far_end: Serve, at: datetime) -> None:
    """In Moscow the 11th has been over for ten hours."""
    with time_machine.travel(at):
        found = loaded(graph_far_end(Page()))
    is_over = at.hour == 7
    assert list(of_days(found, "views")) == [FIRST, SUNDAY, LAST][: 3 if is_over else 2]
    assert covered(found) == [FIRST, SUNDAY, LAST], "what is not known has its reason"
    assert [one for one in known(found) if one.state != "known"] == (
        [] if is_over else [Known("insights", LAST, LAST, "unanswered", NOT_OVER)]
    )


def covered(found: Any) -> list[date]:
    """Days of which something is said."""
    days = [
        one.first_day + at * ONE_DAY for one in known(found) for at in range((one.last_day - one.first_day).days + 1)
    ]
    assert len(days) == len(set(days))
    return sorted(days)


def test_every_day_of_a_year_is_known_once(graph_far_end: Serve) -> None:
    first_day, last_day = date(2025, 1, 1), date(2025, 12, 31)
    found = loaded(graph_far_end(Page()), first_day=first_day, last_day=last_day)
    days = [first_day + at * ONE_DAY for at in range(365)]
    assert covered(found) == days
    for measure in ALL:
        assert sorted(of_days(found, measure)) == days
    assert {(one.state, one.reason, one.without) for one in known(found)} == {("known", None, ())}


def test_views_of_ads_are_the_flagged_part_of_all_views(graph_far_end: Serve) -> None:
    """Two values for each day: the flag is a text, and says which one it is."""
    found = loaded(graph_far_end(Page(ads=lambda day: 0 if day == SUNDAY else 17)))
    assert of_days(found, "views_ads") == {FIRST: 17, SUNDAY: 0, LAST: 17}
    assert of_days(found, "views") == {day: number("page_media_view", "day", day) for day in (FIRST, SUNDAY, LAST)}


def test_people_of_seven_days_are_those_of_a_week_only_on_a_sunday(graph_far_end: Serve) -> None:
    found = loaded(graph_far_end(Page()), last_day=date(2024, 3, 20))
    assert of(found, "reach", "week") == {
        date(2024, 3, 4): number(PEOPLE, "week", SUNDAY),
        date(2024, 3, 11): number(PEOPLE, "week", date(2024, 3, 17)),
    }
    assert [
        row["through_day"] for row in found.named["counts"] if (row["measure"], row["grain"]) == ("reach", "week")
    ] == [
        SUNDAY,
        date(2024, 3, 17),
    ]


def test_a_week_that_has_not_ended_has_no_people(graph_far_end: Serve) -> None:
    """Those of seven days that end on a Saturday are of no ISO week."""
    found = loaded(graph_far_end(Page()), last_day=FIRST)
    assert FIRST.isoweekday() == 6
    assert of(found, "reach", "week") == of(found, "reach_28", "week") == {}


@pytest.mark.parametrize("month", [2, 3])
def test_people_of_28_days_are_a_measure_of_their_own_and_never_the_month(graph_far_end: Serve, month: int) -> None:
    """Not even in a February of 28 days, of which they are the people."""
    first_day, end = date(2025, month, 1), date(2025, month + 1, 1) - ONE_DAY
    found = loaded(graph_far_end(Page()), first_day=first_day, last_day=end)
    assert of(found, "reach", "month") == {}
    assert of(found, "reach_28", "month") == {first_day: number(PEOPLE, "days_28", end)}
    assert of(found, "reach_28", "day")[first_day] == number(PEOPLE, "days_28", first_day)
    assert of(found, "reach_28", "week") == {
        sunday - 6 * ONE_DAY: number(PEOPLE, "days_28", sunday)
        for sunday in of_days(found, "reach_28")
        if sunday.isoweekday() == 7
    }


def test_reactions_that_did_not_happen_are_zero(graph_far_end: Serve) -> None:
    """Only kinds that happened are named."""

    def said(metric: str, period: str, day: date) -> Any:
        told: dict[date, Any] = {FIRST: {}, SUNDAY: {"like": 12, "love": 1}, LAST: {"like": "many"}}
        return told[day] if metric == "page_actions_post_reactions_total" else number(metric, period, day)

    found = loaded(graph_far_end(Page(number=said)))
    assert of_days(found, "likes") == {FIRST: 0, SUNDAY: 13}
    assert [(one.first_day, one.without) for one in known(found) if one.without] == [(LAST, ("likes",))]


@pytest.mark.parametrize("odd", [None, -1, "7", 1.5, True, []])
def test_what_is_no_number_is_unknown_and_never_zero(graph_far_end: Serve, odd: Any) -> None:
    def says(asked: Asked) -> Any:
        values = [{"value": odd, "end_time": "2024-03-10T08:00:00+0000"}]
        entry = {"name": "page_views_total", "period": "day", "values": values}
        return {"data": [entry]} if asked.fields.get("metric", "").count(",") else None

    found = loaded(graph_far_end(Page(says=says)))
    assert of_days(found, "page_visits") == {}
    assert all("page_visits" in one.without or one.state == "unanswered" for one in known(found))


def test_a_day_and_a_metric_that_meta_leaves_out_are_unknown(graph_far_end: Serve) -> None:
    def said(metric: str, period: str, day: date) -> Any:
        is_missing = day == SUNDAY or (day == LAST and metric == "page_total_actions")
        return None if is_missing else number(metric, period, day)

    found = loaded(graph_far_end(Page(number=said)))
    assert list(of_days(found, "button_clicks")) == [FIRST]
    assert list(of_days(found, "views")) == [FIRST, LAST]
    assert sorted(known(found), key=lambda one: one.first_day) == [
        Known("insights", FIRST, FIRST),
        Known("insights", SUNDAY, SUNDAY, "unanswered", f"{', '.join(ALL)}: {EMPTY}"),
        Known("insights", LAST, LAST, reason=f"button_clicks: {EMPTY}", without=("button_clicks",)),
    ]


def test_numbers_of_days_that_nobody_asked_for_are_left_out(graph_far_end: Serve) -> None:
    def says(asked: Asked) -> Any:
        days = (FIRST - ONE_DAY, FIRST, LAST + ONE_DAY)
        values = [
            {"value": day.day, "end_time": f"{day + ONE_DAY}T0{8 if day < SUNDAY else 7}:00:00+0000"} for day in days
        ]
        entry = {"name": "page_follows", "period": "day", "values": values}
        return {"data": [entry]} if asked.fields.get("period") == "day" else None

    assert of_days(loaded(graph_far_end(Page(says=says))), "followers") == {FIRST: 9}


@pytest.mark.parametrize("dead", ["page_total_actions", "page_media_view", PEOPLE])
def test_a_removed_metric_is_unknown_on_every_day_and_the_others_are_loaded(graph_far_end: Serve, dead: str) -> None:
    """Meta does not say which one it is. A year is several windows."""
    first_day, last_day = date(2025, 1, 1), date(2025, 12, 31)
    found = loaded(graph_far_end(Page(dead={dead})), first_day=first_day, last_day=last_day)
    lost = {"page_media_view": {"views", "views_ads"}, PEOPLE: {"reach", "reach_28"}}.get(dead, {MEASURES[dead]})
    for metric, measure in MEASURES.items():
        assert len(of_days(found, measure)) == (0 if measure in lost else 365), metric
    assert len(covered(found)) == 365
    for one in known(found):
        assert (one.state, set(one.without)) == ("known", lost)
        assert "error 100: Meta no longer has one of these metrics" in str(one.reason)
        assert EMPTY not in str(one.reason)


def test_without_a_permission_meta_says_nothing_and_nothing_is_zero(graph_far_end: Serve) -> None:
    far_end = graph_far_end(Page(number=nothing))
    with pytest.raises(Refused, match="Meta answered with nothing, which may be a missing permission") as raised:
        loaded(far_end)
    assert "SECRET" not in str(raised.value)


def test_a_permission_that_is_refused_in_words_ends_the_load_with_them(graph_far_end: Serve) -> None:
    far_end = graph_far_end(Page(says=lambda asked: RIGHT if "since" in asked.fields else None))
    with pytest.raises(Refused, match="the token lacks a permission: read_insights .*requires the 'read_insights'"):
        loaded(far_end)


def test_a_metric_that_the_token_may_not_see_leaves_the_others(graph_far_end: Serve) -> None:
    def says(asked: Asked) -> Any:
        return RIGHT if "page_total_actions" in asked.fields.get("metric", "") else None

    found = loaded(graph_far_end(Page(says=says)))
    assert set(known(found)[0].without) == {"button_clicks"}
    assert "the token lacks a permission" in str(known(found)[0].reason)
    assert len(of_days(found, "views")) == 3


def test_links_of_insights_are_never_followed(graph_far_end: Serve) -> None:
    far_end = graph_far_end(Page())
    loaded(far_end)
    assert len([asked for asked in far_end.asked if "since" in asked.fields]) == 4
