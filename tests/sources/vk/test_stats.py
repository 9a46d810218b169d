"""VK's statistics over real HTTP: days, weeks and months, what VK leaves out of them, and who was reached."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from smm.sources import Answer, BadInput
from smm.sources.vk import SOURCE
from tests.sources.loading import job, load
from tests.sources.vk.community import FIRST, LAST, NOON, RECORDINGS, Serve, answer, far_ends, known, read, statistics

LATER = datetime(2024, 5, 1, tzinfo=UTC)
MIDNIGHT = datetime(2024, 3, 10, tzinfo=UTC)
YEARS = {"first_day": "2013-01-01", "last_day": "2025-12-31"}  # of the recordings


def test_statistics_by_day_week_and_month(far_end: Serve) -> None:
    loaded = load(SOURCE, job(), far_end(far_ends()).connection)
    zeros_and_counts = (7, 9, 5, 0, 1, 3, 0)  # visitors, page views, likes, comments, reposts, joined, left
    expected = [
        ("day", date(2024, 3, 11), date(2024, 3, 11)),
        ("day", date(2024, 3, 10), date(2024, 3, 10)),
        ("day", date(2024, 3, 9), date(2024, 3, 9)),
        ("week", date(2024, 3, 11), date(2024, 3, 17)),
        ("week", date(2024, 3, 4), date(2024, 3, 10)),
        ("month", date(2024, 3, 1), date(2024, 3, 31)),
    ]
    assert statistics(loaded) == [
        ("vk", grain, period, through, people := period.toordinal() % 1000, people // 2, *zeros_and_counts)
        for grain, period, through in expected
    ]
    assert known(loaded, "stats") == [(FIRST, LAST, "known")]


def stats_answer(periods: list[dict[str, Any]], interval: str = "day", fetched_at: datetime = NOON) -> Answer:
    days = {"first_day": FIRST.isoformat(), "last_day": LAST.isoformat()}
    return answer("stats", {"response": periods}, {"interval": interval}, fetched_at, **days)


def period(since: datetime, seconds: int = 86_400, **blocks: Any) -> dict[str, Any]:
    plain = {"reach": {"reach": 4, "reach_subscribers": 3}, "visitors": {"views": 2, "visitors": 1}}
    begin = int(since.timestamp())
    return {"period_from": begin, "period_to": begin + seconds - 1, **plain, **blocks}


@pytest.mark.parametrize(
    ("blocks", "counts"),
    [
        ({}, [4, 3, 1, 2, 0, 0, 0, 0, 0]),
        ({"activity": []}, [4, 3, 1, 2, 0, 0, 0, 0, 0]),
        ({"activity": {"likes": 5, "subscribed": 2}}, [4, 3, 1, 2, 5, 0, 0, 2, 0]),
        ({"activity": {"comments": 1, "copies": 2, "unsubscribed": 3}}, [4, 3, 1, 2, 0, 1, 2, 0, 3]),
        ({"reach": {}}, [None, None, 1, 2, 0, 0, 0, 0, 0]),  # of people, nothing is said: that is no zero
        ({"visitors": {"mobile_views": 0}}, [4, 3, None, None, 0, 0, 0, 0, 0]),
    ],
)
def test_what_vk_leaves_out(blocks: dict[str, Any], counts: list[int | None]) -> None:
    loaded = read(stats_answer([period(MIDNIGHT, **blocks)], fetched_at=LATER))
    assert statistics(loaded) == [("vk", "day", MIDNIGHT.date(), MIDNIGHT.date(), *counts)]


PLAIN = [4, 3, 1, 2, 0, 0, 0, 0, 0]
COLUMNS = ("reach", "reach_subscribers", "visitors", "page_views", "likes", "comments", "reposts", "joined", "left")


def counts(**other: int | None) -> list[int | None]:
    return list((dict(zip(COLUMNS, PLAIN, strict=True)) | other).values())


NOTHING = dict.fromkeys(("likes", "comments", "reposts", "joined", "left"))
NO_REACTIONS = ("likes", "comments", "reposts", "followers_gained", "followers_lost")


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ({"reach": {"reach": "4", "reach_subscribers": 3.0}}, counts()),
        ({"activity": {"likes": "1.0E1"}}, counts(likes=10)),
        ({"reach": [], "activity": []}, counts(reach=None, reach_subscribers=None)),
        ({"reach": None, "visitors": []}, counts(reach=None, reach_subscribers=None, visitors=None, page_views=None)),
    ],
)
def test_numbers_and_blocks_in_another_form_are_read(blocks: dict[str, Any], expected: list[int | None]) -> None:
    loaded = read(stats_answer([period(MIDNIGHT, **blocks)], fetched_at=LATER))
    assert list(statistics(loaded)[0][4:]) == expected
    assert [known.reason for known in loaded.known_of("stats")] == [None]


@pytest.mark.parametrize(
    ("blocks", "expected", "without", "reason"),
    [
        ({"activity": {"likes": -5}}, counts(likes=None), ("likes",), "VK gave -5 as activity.likes"),
        ({"activity": {"likes": None}}, counts(likes=None), ("likes",), "VK gave null as activity.likes"),
        ({"activity": {"copies": 1.5}}, counts(reposts=None), ("reposts",), "VK gave 1.5 as activity.copies"),
        ({"reach": {"reach": "many", "reach_subscribers": 3}}, counts(reach=None), ("reach",), "VK gave 'many' as"),
        ({"reach": {"reach": 4, "reach_subscribers": -1}}, counts(reach_subscribers=None), (), "VK gave -1 as"),
        ({"visitors": {"visitors": True, "views": 2}}, counts(visitors=None), ("visitors",), "VK gave true as"),
        ({"activity": "none"}, counts(**NOTHING), NO_REACTIONS, "VK gave 'none' as activity.likes, 'none' as"),
        ({"activity": [1]}, counts(**NOTHING), NO_REACTIONS, "VK gave [1] as activity.likes"),
        (
            {"activity": {"subscribed": -1, "unsubscribed": -2}},
            counts(joined=None, left=None),
            ("followers_gained", "followers_lost"),
            "VK gave -1 as activity.subscribed, -2 as activity.unsubscribed",
        ),
    ],
)
def test_a_number_that_cannot_be_leaves_its_measure_of_that_day_unknown(
    blocks: dict[str, Any], expected: list[int | None], without: tuple[str, ...], reason: str
) -> None:
    days = [period(MIDNIGHT), period(MIDNIGHT - timedelta(days=1), **blocks)]
    loaded = read(stats_answer(days, fetched_at=LATER))
    assert [list(row[4:]) for row in statistics(loaded)] == [PLAIN, expected]
    whole, odd = loaded.known_of("stats")
    assert (whole.first_day, whole.last_day, whole.without) == (FIRST, MIDNIGHT.date(), ())
    assert (odd.first_day, odd.last_day, odd.state, odd.without) == (FIRST, FIRST, "known", without)
    assert str(odd.reason).startswith(reason)


def test_a_number_of_a_month_that_cannot_be_is_unknown_and_noted() -> None:
    march = datetime(2024, 3, 1, tzinfo=UTC)
    reach = {"reach": -1, "sex": [{"value": "f", "count": 3}], "age": [{"value": "12-18", "count": "x"}, {"count": 4}]}
    loaded = read(stats_answer([period(march, 31 * 86_400, reach=reach)], "month", LATER))
    assert list(statistics(loaded)[0][4:6]) == [None, None]
    assert loaded.rows["audience"] == [("vk", "month", march.date(), "sex", "f", 3)]
    assert loaded.health == {"odd_months": {"2024-03-01": "VK gave -1 as reach.reach"}}


def test_a_period_that_comes_twice_is_one_and_unknown_where_the_two_differ() -> None:
    days = [period(MIDNIGHT), period(MIDNIGHT), period(MIDNIGHT, activity={"likes": 3})]
    loaded = read(stats_answer(days, fetched_at=LATER))
    assert [list(row[4:]) for row in statistics(loaded)] == [counts(likes=None)]
    assert [(known.reason, known.without) for known in loaded.known_of("stats")] == [
        (None, ()),
        ("VK gave [0, 3] as activity.likes", ("likes",)),
    ]


@pytest.mark.parametrize("odd", [None, 7, [], {}, {"period_from": 0}, {"period_from": 1_710_072_000_000}])
def test_what_is_no_period_is_passed_over(odd: Any) -> None:
    loaded = read(stats_answer([odd, period(MIDNIGHT)], fetched_at=LATER))
    assert [row[2] for row in statistics(loaded)] == [MIDNIGHT.date()]
    assert known(loaded, "stats") == [(MIDNIGHT.date(), MIDNIGHT.date(), "known")]


def test_a_day_that_begins_at_no_midnight_is_unknown_among_others_that_do() -> None:
    moved = period(MIDNIGHT - timedelta(hours=3))  # the 9th and the 10th
    loaded = read(stats_answer([moved, period(MIDNIGHT)], fetched_at=LATER))
    assert [row[2] for row in statistics(loaded)] == [MIDNIGHT.date()]
    whole, odd = loaded.known_of("stats")
    assert (whole.first_day, whole.last_day, whole.state) == (MIDNIGHT.date(), MIDNIGHT.date(), "known")
    assert (odd.first_day, odd.last_day, odd.state) == (FIRST, FIRST, "no_access")
    assert "from 2024-03-09 21:00 to 2024-03-10 20:59 UTC, which is not a day in UTC" in str(odd.reason)


@pytest.mark.parametrize("said", [None, {}, {"items": []}, 7, "x"])
@pytest.mark.parametrize("interval", ["day", "month"])
def test_an_answer_in_another_form_leaves_the_days_unknown(interval: str, said: Any) -> None:
    loaded = read(stats_answer(said, interval, LATER))
    assert loaded.rows == {}
    states = [(FIRST, LAST, "no_access")] if interval == "day" else []
    assert known(loaded, "stats") == states


def test_days_that_vk_leaves_out_are_not_known() -> None:
    days = [MIDNIGHT + timedelta(days=n) for n in (2, 1, -1, -2)]  # the 12th, 11th, 9th and 8th
    loaded = read(stats_answer([period(day) for day in days], fetched_at=LATER))
    assert [row[2].day for row in statistics(loaded)] == [11, 9]
    assert known(loaded, "stats") == [(FIRST, FIRST, "known"), (LAST, LAST, "known")]


def test_a_utc_day_that_is_not_over_is_left_for_the_next_run() -> None:
    late_in_the_evening = datetime(2024, 3, 10, 21, 30, tzinfo=UTC)  # the 11th in Moscow
    days = [period(MIDNIGHT), period(MIDNIGHT - timedelta(days=1))]
    loaded = read(stats_answer(days, fetched_at=late_in_the_evening))
    assert known(loaded, "stats") == [(FIRST, FIRST, "known")]
    month = [period(datetime(2024, 3, 1, tzinfo=UTC), 31 * 86_400)]
    (march,) = statistics(read(stats_answer(month, "month", late_in_the_evening)))
    assert march[:4] == ("vk", "month", date(2024, 3, 1), date(2024, 3, 9))


@pytest.mark.parametrize(
    ("interval", "wrong"),
    [
        ("day", period(MIDNIGHT - timedelta(hours=3))),  # Moscow's
        ("day", period(MIDNIGHT, 2 * 86_400)),
        ("week", period(MIDNIGHT, 7 * 86_400)),  # from a Sunday
        ("month", period(MIDNIGHT, 31 * 86_400)),
    ],
)
def test_periods_that_are_no_utc_periods_are_refused(interval: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=f"statistics of a {interval} from 2024-03-"):
        read(stats_answer([wrong], interval, LATER))


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (
            "oi_2024-01-06_07_full",
            [(date(2024, 1, 7), 1, 1, 1, 8, 0, 0, 0, 0, 0), (date(2024, 1, 6), 1, 1, 1, 3, 0, 0, 0, 0, 0)],
        ),
        ("oi_2024-10-06_first_period", [(date(2024, 10, 6), 1, 1, None, None, 1, 1, 0, 0, 0)]),
        ("oi_2025-12-10_first_period", [(date(2025, 12, 10), 1, 1, 0, 0, 7, 7, 0, 0, 0)]),
        ("vknet_normal", [(date(2013, 9, 8), 458, 119, 2768, 3688, 8, 0, 0, 457, 193)]),
        ("vknet_empty_activity", [(date(2013, 9, 8), 458, 119, 2768, 3688, 0, 0, 0, 0, 0)]),
    ],
)
def test_recorded_statistics(name: str, rows: list[tuple[Any, ...]]) -> None:
    said = json.loads((RECORDINGS / "stats_get" / f"{name}.json").read_text())
    loaded = read(answer("stats", said, {"interval": "day"}, datetime(2026, 1, 1, tzinfo=UTC), **YEARS))
    assert statistics(loaded) == [("vk", "day", day, day, *counts) for day, *counts in rows]


def test_who_was_reached_is_told_of_weeks_and_months(far_end: Serve) -> None:
    loaded = load(SOURCE, job(), far_end(far_ends()).connection)
    reach = {row[1:3]: row[4] for row in statistics(loaded) if row[1] != "day"}
    told: dict[tuple[Any, ...], int] = {}
    for network, grain, period, block, _, people in loaded.rows["audience"]:
        assert network == "vk"
        told[grain, period, block] = told.get((grain, period, block), 0) + people
    assert told == {
        (grain, period, block): people
        for (grain, period), people in reach.items()
        for block in ("sex", "age", "sex_age")
    }
    assert len(loaded.rows["audience"]) == len(reach) * (2 + 8 + 16)


def test_cities_of_one_name_count_as_one() -> None:
    cities = [
        {"value": 1, "name": "Советск", "count": 3},
        {"value": 2, "name": "Советск", "count": "4"},
        {"value": 9, "count": 1},
    ]
    month = period(datetime(2024, 3, 1, tzinfo=UTC), 31 * 86_400, reach={"reach": 9, "cities": cities})
    loaded = read(stats_answer([month], "month", LATER))
    assert loaded.rows["audience"] == [
        ("vk", "month", date(2024, 3, 1), "city", "Советск", 7),
        ("vk", "month", date(2024, 3, 1), "city", "9", 1),
    ]


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("oi_2024-01-06_07_full", {("sex", "m", 1), ("age", "21-24", 1), ("sex_age", "m;21-24", 1)}),
        (
            "vknet_normal",
            {("sex", "f", 162), ("age", "12-18", 130), ("sex_age", "f;12-18", 53), ("city", "Москва", 72)},
        ),
    ],
)
def test_recorded_audiences(name: str, told: set[tuple[str, str, int]]) -> None:
    """A recorded day, read as the month that it began or the week: the same blocks are in all."""
    said = json.loads((RECORDINGS / "stats_get" / f"{name}.json").read_text())
    day = said["response"][-1]
    begin = datetime.fromtimestamp(int(day["period_from"]), UTC)
    monday = begin.date() - timedelta(days=begin.weekday())
    since = int(datetime.combine(monday, datetime.min.time(), UTC).timestamp())
    week = day | {"period_from": since, "period_to": since + 7 * 86_400 - 1}
    fetched_at = datetime(2026, 1, 1, tzinfo=UTC)
    loaded = read(answer("stats", {"response": [week]}, {"interval": "week"}, fetched_at, **YEARS))
    assert {row[3:] for row in loaded.rows["audience"] if row[5]} == told
    assert {row[:3] for row in loaded.rows["audience"]} == {("vk", "week", monday)}
