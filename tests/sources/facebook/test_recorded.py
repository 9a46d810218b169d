"""Meta's real answers about Pages, replayed over HTTP, give the recorded numbers on the right days.

Skipped where the recordings are not there.
"""

import csv
from datetime import date
from typing import Any

import pytest

from smm.sources.facebook import questions
from smm.sources.graph import insights
from smm.sources.graph.days import measured
from tests.sources.facebook.page import PEOPLE, Page, loaded, of, of_days
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import Asked
from tests.sources.graph.recorded import META, Replayed, answers, body, day

pytestmark = pytest.mark.skipif(not META.is_dir(), reason=f"no recordings in {META}")

FOUR, REACTIONS = "page_insights/2026-07_four_metrics_day.json", "page_insights/2026-07_reactions_by_type.json"
LIKES = "page_actions_post_reactions_total"
# what was asked, from one date to the other -> the days that the values are of, and the values
RECORDED: list[tuple[str, str, str, str, str, dict[str, int]]] = [
    (FOUR, "page_media_view", "views", "07-07", "07-13", {"07-07": 13122, "07-08": 11521, "07-12": 13109}),
    (FOUR, PEOPLE, "reach", "07-07", "07-13", {"07-07": 6206, "07-08": 5268, "07-12": 5788}),
    (FOUR, "page_views_total", "page_visits", "07-07", "07-13", {"07-07": 78, "07-10": 51, "07-12": 74}),
    (FOUR, "page_follows", "followers", "07-07", "07-13", {"07-07": 13736, "07-12": 13764}),
    (REACTIONS, LIKES, "likes", "07-09", "07-15", {"07-09": 15, "07-10": 13, "07-13": 34, "07-14": 29}),
]


@pytest.mark.parametrize(("file", "metric", "measure", "since", "until", "expected"), RECORDED)
def test_recorded_days(
    graph_far_end: Serve, file: str, metric: str, measure: str, since: str, until: str, expected: dict[str, int]
) -> None:
    replayed = Replayed(file)
    page = Page(says=lambda asked: replayed(asked) if "since" in asked.fields else None)
    last_day = date.fromordinal(day(until).toordinal() - 1)
    found = of_days(loaded(graph_far_end(page), first_day=day(since), last_day=last_day), measure)
    assert {key: found[day(key)] for key in expected} == expected
    assert min(found) == day(since)
    assert max(found) == last_day
    assert metric in {key[1] for key in replayed.answered}


WINDOWS = "page_insights/2026-07_windows_and_periods.csv"


def table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((META / name).read_text("utf-8").splitlines()))


def replayed_table() -> Replayed:
    """Each answer is cut to its first two and last two values."""
    replayed, series = Replayed(), dict[tuple[str, ...], list[Any]]()
    for row in table(WINDOWS):
        key = (row["metric"], row["period"], row["since"], row["until"])
        series.setdefault(key, []).append({"value": int(row["value"]), "end_time": row["end_time"]})
    for (metric, period, since, until), values in series.items():
        fields = {"metric": metric, "period": period, "since": since, "until": until}
        replayed.add("100000000000001/insights", fields, {"name": metric, "period": period, "values": values})
    return replayed


@pytest.mark.parametrize(
    ("since", "until", "measure", "grain", "expected"),
    [
        ("07-09", "07-15", "engagements", "day", {"07-09": 87, "07-10": 91, "07-13": 123, "07-14": 110}),
        ("06-16", "07-15", "engagements", "day", {"06-16": 99, "06-17": 90, "07-13": 123, "07-14": 110}),
        ("07-09", "07-15", "reach_28", "day", {"07-09": 46325, "07-10": 46199, "07-13": 45512, "07-14": 45605}),
        ("07-09", "07-15", "reach", "week", {}),  # of the recorded windows of seven days none ends on a Sunday
        ("07-09", "07-15", "reach", "month", {}),
    ],
)
def test_recorded_windows(
    graph_far_end: Serve, since: str, until: str, measure: str, grain: str, expected: dict[str, int]
) -> None:
    replayed = replayed_table()
    page = Page(says=lambda asked: replayed(asked) if "since" in asked.fields else None)
    last_day = date.fromordinal(day(until).toordinal() - 1)
    found = loaded(graph_far_end(page), first_day=day(since), last_day=last_day)
    assert of(found, measure, grain) == {day(key): value for key, value in expected.items()}


def test_no_window_is_longer_than_what_meta_answered(graph_far_end: Serve) -> None:
    windows = body("page_insights/2026-07_windows.json")["windows"]
    lengths = {status: set[int]() for status in (200, 400)}
    for one in windows:
        since, until = (date.fromisoformat(one[name]) for name in ("since", "until"))
        lengths[one["status"]].add((until - since).days)
        if one["status"] == 200:
            assert one["points"] == (until - since).days
            assert measured(one["first_end_time"]) == since
            assert measured(one["last_end_time"]) == date.fromordinal(until.toordinal() - 1)
    assert max(lengths[200]) >= questions.MOST_DAYS
    far_end = graph_far_end(Page())
    loaded(far_end, first_day=date(2025, 1, 1), last_day=date(2025, 12, 31))
    asked = [
        [date.fromisoformat(one.fields[key]) for key in ("since", "until")]
        for one in far_end.asked
        if "since" in one.fields
    ]
    assert max((until - since).days for since, until in asked) <= max(lengths[200])


def test_recorded_28_days_of_people_are_never_their_sum_nor_the_month(graph_far_end: Serve) -> None:
    """By the date in `end_time`, which is the day after the one that was measured."""
    rows = table("page_insights/2026-06-21_07-18_by_end_time.csv")
    by_metric = {("day", name): name for name in ("page_media_view", "page_views_total", "page_follows")}
    by_metric |= {(period, PEOPLE): f"{PEOPLE}_{period}" for period in ("day", "days_28")}

    def says(asked: Asked) -> Any:
        if "since" not in asked.fields:
            return None
        period, data = asked.fields["period"], []
        for metric in asked.fields["metric"].split(","):
            if column := by_metric.get((period, metric)):
                values = [
                    {"value": int(row[column]), "end_time": f"{row['end_time_date']}T07:00:00+0000"} for row in rows
                ]
                data.append({"name": metric, "period": period, "values": values})
        return {"data": data}

    found = loaded(graph_far_end(Page(says=says)), first_day=day("06-20"), last_day=day("07-17"))
    assert sum(of_days(found, "reach").values()) == 139_631
    assert of_days(found, "reach_28")[day("07-17")] == 47_141
    assert of_days(found, "views")[day("06-20")] == 10_742
    assert of_days(found, "followers")[day("07-17")] == 13_787
    assert of(found, "reach_28", "month") == {day("06-01"): 62_487}
    assert of(found, "reach_28", "week") == {
        day("06-15"): 69_886,
        day("06-22"): 65_668,
        day("06-29"): 51_198,
        day("07-06"): 45_152,
    }
    assert of(found, "reach", "month") == {}


def test_recorded_views_of_ads_of_a_day_in_winter(graph_far_end: Serve) -> None:
    values = body("page_insights/2026-03_breakdown_is_from_ads_fragment.json")["body"]["values_fragment"]
    entry = {"name": "page_media_view", "period": "day", "values": values}
    page = Page(says=lambda asked: {"data": [entry]} if "breakdown" in asked.fields else None)
    found = loaded(graph_far_end(page), first_day=date(2026, 3, 1), last_day=date(2026, 3, 2))
    assert of_days(found, "views_ads") == {date(2026, 3, 1): 0}


@pytest.mark.parametrize(
    ("name", "value", "first_day"),
    [
        ("page_follows", 64, "09-03"),
        ("page_daily_follows_unique", 0, "09-02"),
        ("page_daily_unfollows_unique", 0, "09-03"),
        ("page_post_engagements", 0, "09-03"),
        ("page_views_total", 0, "09-02"),
    ],
)
def test_recorded_days_of_small_pages(name: str, value: int, first_day: str) -> None:
    """Recorded without dates: Meta answered with the last two days but one. A Page with one follower has zeros."""
    ((_, _, said),) = answers(f"page_insights/2026-09_{name}.json")
    days = [day(first_day), date.fromordinal(day(first_day).toordinal() + 1)]
    assert [(point.day, point.value) for point in insights.series(said)] == [(one, value) for one in days]


def test_recorded_reactions_of_a_day_without_any(graph_far_end: Serve) -> None:
    ((_, _, said),) = answers("page_insights/2024-06_reactions_empty_object.json")
    page = Page(says=lambda asked: said if "," in asked.fields.get("metric", "") else None)
    found = loaded(graph_far_end(page), first_day=date(2024, 6, 26), last_day=date(2024, 6, 27))
    assert of_days(found, "likes") == {date(2024, 6, 26): 0, date(2024, 6, 27): 0}


def test_every_metric_that_is_asked_for_was_recorded_as_alive() -> None:
    alive = {row["metric"] for row in table("page_insights/2026-07_live_metrics.csv")}
    assert set(questions.BY_DAY) <= alive


def test_a_recorded_post_is_read(graph_far_end: Serve) -> None:
    """It has no shares; and its last page has a cursor."""
    (_, _, summaries), (_, _, last), (_, _, first) = (
        next(answers(f"page_posts/2026-09_{name}.json"))
        for name in ("post_summaries", "posts_last_page", "published_posts_page1")
    )
    post = summaries | {"created_time": "2026-04-06T17:50:09+0000"}
    pages = {None: first | {"data": [post]}, "QVFIVAFTER": last}

    def says(asked: Asked) -> Any:
        if asked.path.endswith("published_posts"):
            return pages[asked.fields.get("after")]
        return None

    found = loaded(graph_far_end(Page(says=says)), first_day=date(2026, 4, 1), last_day=date(2026, 4, 30))
    told = [(row["post_id"], row["likes"], row["comments"], row["reposts"]) for row in found.named["posts"]]
    assert told == [(122100000000000001, 1, 1, 0), (122100000000000002, None, None, 0)]
    assert "TOKEN" not in "".join(one.body.decode() for one in found.answers)
