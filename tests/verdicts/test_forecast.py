"""The forecast of a running month: cells of measures in, rows of marts.forecast out.

October 2025 is forecast: 31 days, the first a Wednesday. The 13 weeks before it begin on 2 July.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import sqrt
from statistics import variance
from typing import Any

import pytest

from smm.verdicts.judging import FORECAST
from smm.warehouse import Connection, run
from tests.daily import put_days
from tests.verdicts.lines import put, put_client, put_target

OCTOBER = date(2025, 10, 1)
HISTORY = 91  # days
BEFORE = OCTOBER - timedelta(days=HISTORY)


class Books:
    """One client's cells, and what is forecast from them."""

    def __init__(self, warehouse: Connection, client: str = "c01", time_zone: str = "Europe/Moscow") -> None:
        self.warehouse, self.client = warehouse, client
        put_client(warehouse, client, started="2020-01-01", time_zone=time_zone)

    def target(self, name: str) -> None:
        put_target(self.warehouse, self.client, f"{name} at_least 1")

    def cells(
        self, name: str, values: Iterable[float | None], first: date = BEFORE, grain: str = "day", whole: bool = True
    ) -> None:
        """``vk.posts`` of these days or weeks, one after another; None = not known."""
        step = {"day": 1, "week": 7, "month": 31}[grain]
        periods = {first + timedelta(days=n * step): value for n, value in enumerate(values)}
        if grain == "day":
            put_days(self.warehouse, self.client, name, periods)
            return
        network, _, measure = name.rpartition(".")
        self.warehouse.cursor().executemany(
            "insert into marts.measure_periods (client, network, measure, grain, period, value, reason, completeness)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    *(self.client, network, measure, grain, period, value),
                    *("source_missing" if value is None else None, int(whole and value is not None)),
                )
                for period, value in periods.items()
            ],
        )

    def weeks(self, name: str, values: Iterable[float]) -> None:
        """As the last whole ISO weeks before October."""
        told = list(values)
        self.cells(name, told, date(2025, 9, 22) - timedelta(weeks=len(told) - 1), "week")

    def event(self, first: date, days: int, **row: Any) -> None:
        row = {"network": None, "text": "Contest", "compare": False} | row
        last = first + timedelta(days=days - 1)
        put(self.warehouse, "core.annotation", client=self.client, first_day=first, last_day=last, **row)

    def foresee(self, at: str = "2025-10-31 12:00", month: date = OCTOBER, clients: Sequence[str] = ()) -> None:
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        for path in FORECAST:
            run(self.warehouse, path, {"clients": [*clients] or [self.client], "month": month, "as_of": moment})

    def rows(self) -> dict[int, dict[str, Any]]:
        """Day of the month -> the row of the client's one target."""
        found = self.warehouse.execute("select * from marts.forecast where client = %s order by day", [self.client])
        return {row["day"].day: row for row in found}

    def values(self, at: str = "2025-10-31 12:00", **asked: Any) -> dict[int, float | None]:
        self.foresee(at, **asked)
        return {day: plain(row["value"]) for day, row in self.rows().items()}


def plain(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 9)


@pytest.fixture
def books(marts: Connection) -> Books:
    return Books(marts)


def by_weekday(first: date, days: int, of: Callable[[int], float]) -> list[float]:
    return [of((first + timedelta(days=n)).weekday()) for n in range(days)]


def test_a_month_like_the_weeks_before_ends_like_them(books: Books) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", [10] * (HISTORY + 12))
    assert books.values() == dict.fromkeys(range(1, 13), 310)
    assert {(row["low"], row["high"]) for row in books.rows().values()} == {(310, 310)}


def test_this_months_days_move_those_to_come_as_if_a_week_more_had_been_usual(books: Books) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", [10] * HISTORY + [17] * 14)
    found = books.values()
    assert (found[7], found[14]) == (7 * 17 + 24 * (10 + 7 * 7 / 14), round(14 * 17 + 17 * (10 + 14 * 7 / 21), 9))


def test_a_flow_that_stopped_is_not_expected_to_fall(books: Books) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", by_weekday(BEFORE, HISTORY, lambda weekday: 70 * (weekday == 0)) + [0] * 30)
    assert books.values()[30] == 0  # of a Friday, on which there is never anything


@pytest.mark.parametrize("known", [1, 3, 10, 30, 31])
def test_each_weekday_is_expected_as_it_usually_is(books: Books, known: int) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", by_weekday(BEFORE, HISTORY + known, lambda weekday: 3 if weekday > 4 else 10))
    assert books.values()[known] == 23 * 10 + 8 * 3


def test_eight_of_ten_months_by_how_far_weeks_lie_apart(books: Books) -> None:
    books.target("vk.posts")
    weeks = [2, 5, 3, 1, 9, 4, 4, 2, 8, 5, 3, 7, 1]
    books.cells("vk.posts", [value for value in weeks for _ in range(7)] + [4] * 20)
    books.foresee()
    error = 1.36 * sqrt(variance([7 * value for value in weeks]) * 11 / 7 * (1 + 11 / (20 + 7)))
    row = books.rows()[20]
    assert float(row["high"] - row["value"]) == pytest.approx(error)
    assert float(row["value"] - row["low"]) == pytest.approx(error)


def test_no_less_than_what_is_known(books: Books) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", [value for value in [0, 30] * 6 + [15] for _ in range(7)] + [4] * 2)
    books.foresee()
    assert {day: row["low"] for day, row in books.rows().items()} == {1: 4, 2: 8}


def test_a_month_has_its_own_days(books: Books) -> None:
    books.target("vk.posts")
    february = date(2024, 2, 1)
    books.cells("vk.posts", [10] * (HISTORY + 29), february - timedelta(days=HISTORY))
    assert books.values("2024-03-01 12:00", month=february) == dict.fromkeys(range(1, 30), 290)


def test_the_days_of_the_next_month_are_not_counted(books: Books) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", [10] * (HISTORY + 33))
    found = books.values("2025-11-03 12:00")
    assert (len(found), found[31]) == (31, 310)


@pytest.mark.parametrize(
    ("time_zone", "at", "is_forecast"),
    [
        ("Europe/Moscow", "2025-09-30 20:59", False),
        ("Europe/Moscow", "2025-09-30 21:00", True),
        ("Europe/Moscow", "2025-11-03 20:59", True),
        ("Europe/Moscow", "2025-11-03 21:00", False),
        ("America/Los_Angeles", "2025-11-04 07:59", True),
        ("America/Los_Angeles", "2025-11-04 08:00", False),
    ],
)
def test_a_month_is_forecast_until_it_is_judged(marts: Connection, time_zone: str, at: str, is_forecast: bool) -> None:
    books = Books(marts, time_zone=time_zone)
    books.target("vk.posts")
    books.cells("vk.posts", [10] * (HISTORY + 1))
    assert bool(books.values(at)) == is_forecast


def test_a_month_that_is_over_keeps_its_rows_and_a_running_one_gets_new_ones(books: Books) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", [10] * (HISTORY + 2))
    books.foresee()
    marts = books.warehouse
    books.cells("vk.posts", [20], date(2025, 10, 2))
    assert books.values("2025-11-20 12:00") == {1: 310, 2: 310}
    assert books.values("2025-10-20 12:00") == {1: 310, 2: round(30 + 29 * (10 + 10 / 9), 9)}
    marts.execute("update marts.daily set numbers = numbers[:1] where month = %s", [OCTOBER])
    assert books.values("2025-10-20 12:00") == {1: 310}


def test_a_day_that_is_not_known_is_expected_like_one_to_come(books: Books) -> None:
    books.target("vk.posts")
    weeks = [value for value in [9, 11] * 6 + [10] for _ in range(7)]
    books.cells("vk.posts", [*weeks, 10, 10, None, 10, 10, None])
    found = books.values()
    assert list(found) == [1, 2, 3, 4, 5], "to the last known day"
    assert set(found.values()) == {310}
    error = {day: row["high"] - row["value"] for day, row in books.rows().items()}
    assert error[3] == error[2] > error[4], "the third day told nothing"


def test_what_is_refused_will_not_be_known(books: Books) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", [10] * (HISTORY + 4))
    put_days(books.warehouse, books.client, "vk.posts", {date(2025, 10, 3): "no_access"})
    assert books.values() == {1: 310, 2: 310, 3: None, 4: None}


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([10] * 28, 310),
        ([10] * 27, None),
        ([None, *[10] * 34], 310),
        ([*[10] * 34, None], 310),
        ([*[10] * 13, None, *[10] * 20], None),
    ],
)
def test_four_whole_weeks_are_needed(books: Books, history: list[float | None], expected: float | None) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", [*history, *[10] * 5], OCTOBER - timedelta(days=len(history)))
    assert books.values() == dict.fromkeys(range(1, 6), expected)


def test_what_lies_before_the_13_weeks_is_no_pattern(books: Books) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", [500] * 70 + [10] * (HISTORY + 1), BEFORE - timedelta(days=70))
    assert books.values() == {1: 310}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, 310),
        ({"network": "vk"}, 310),
        ({"network": "ok"}, 10 + 30 * (10 + 90 / 13 - 90 / 13 / 8)),
        ({"compare": True}, 10 + 30 * (10 + 90 / 13 - 90 / 13 / 8)),
    ],
)
def test_days_set_apart_are_no_pattern(books: Books, row: dict[str, Any], expected: float) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", [10] * 28 + [100] * 7 + [10] * (HISTORY - 35 + 1))
    books.event(BEFORE + timedelta(days=28), 7, **row)
    assert books.values()[1] == pytest.approx(expected)


def test_days_of_this_month_set_apart_count_but_are_no_level(books: Books) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", [10] * HISTORY + [100] * 7 + [10] * 2)
    books.event(OCTOBER, 7)
    found = books.values()
    assert (found[7], found[9]) == (700 + 24 * 10, 700 + 24 * 10)


def test_an_event_of_a_network_touches_the_total_too(books: Books) -> None:
    books.target("all.posts")
    books.cells("all.posts", [10] * HISTORY + [100] * 7)
    books.event(OCTOBER, 7, network="vk")
    assert books.values()[7] == 700 + 24 * 10


def test_a_ratio_is_that_of_its_sides(books: Books) -> None:
    books.target("all.engaged_share")
    books.cells("all.sessions", [10] * (HISTORY + 7))
    books.cells("all.engaged_sessions", [5] * HISTORY + [8] * 7)
    for measure in ("sessions", "engaged_sessions"):
        books.weeks(f"all.{measure}", [70] * 52)
    found = books.values()
    assert found[7] == round((7 * 8 + 24 * (5 + 3 * 7 / 14)) / 310, 9)
    assert (books.rows()[7]["least"], books.rows()[7]["most"]) == (None, None), "of a ratio no bound is known"


def test_a_ratio_whose_sides_move_together_is_sure(books: Books) -> None:
    books.target("all.engaged_share")
    sessions = [value for value in [10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30, 10] for _ in range(7)] + [20] * 5
    books.cells("all.sessions", sessions)
    books.cells("all.engaged_sessions", [value / 2 for value in sessions])
    books.foresee()
    assert [plain(books.rows()[5][name]) for name in ("value", "low", "high")] == [0.5, 0.5, 0.5]


def test_what_one_network_counts_only_in_part_is_not_forecast_for_all(books: Books) -> None:
    """Its followers would be below the line, and its comments not above it."""
    books.target("all.engagement_per_post")
    for measure in ("post_likes", "post_comments", "post_reposts", "posts"):
        books.cells(f"all.{measure}", [10] * (HISTORY + 7))
    assert books.values()[7] == 3
    put(books.warehouse, "marts.not_everywhere", client="c01", month=OCTOBER, kpi="engagement_per_post")
    assert books.values() == {}


def test_nothing_divided_by_nothing_is_not_known(books: Books) -> None:
    books.target("all.engaged_share")
    for measure in ("sessions", "engaged_sessions"):
        books.cells(f"all.{measure}", [0] * (HISTORY + 2))
    assert books.values() == {1: None, 2: None}


def test_a_figure_of_the_month_is_taken_as_it_is(books: Books) -> None:
    books.target("vk.posts_done")
    books.cells("vk.posts", [1] * (HISTORY + 3))
    books.weeks("vk.posts", [7] * 51 + [14])
    books.cells("vk.posts_planned", [62], OCTOBER, "month")
    assert books.values() == {1: 0.5, 2: 0.5, 3: 0.5}
    assert [plain(books.rows()[3][name]) for name in ("least", "most")] == [0.5, round((3 + 4 * 14) / 62, 9)]


def test_a_figure_of_the_month_stands_over_those_of_its_days(books: Books) -> None:
    books.target("vk_ads.cost_per_click")
    books.cells("vk_ads.clicks", [10] * (HISTORY + 3))
    books.cells("vk_ads.spend", [5] * (HISTORY + 2))
    books.cells("vk_ads.spend", [620], OCTOBER, "month")
    assert books.values() == {1: 2, 2: 2, 3: 2}


def test_a_figure_that_is_not_there_yet_is_not_guessed(books: Books) -> None:
    books.target("vk.posts_done")
    books.cells("vk.posts", [1] * (HISTORY + 3))
    books.cells("vk.posts_planned", [None], OCTOBER, "month")
    assert books.values() == {1: None, 2: None, 3: None}


def test_a_stock_goes_on_from_its_last_count(books: Books) -> None:
    books.target("vk.followers")
    books.cells("vk.followers", [1000 + 2 * n for n in range(-1, HISTORY + 10)], BEFORE - timedelta(days=1))
    at_end = 1000 + 2 * (HISTORY + 30)
    assert books.values() == dict.fromkeys(range(1, 11), at_end)


def test_a_stock_may_fall_below_what_it_was(books: Books) -> None:
    books.target("vk.followers")
    books.cells("vk.followers", [5000 - 3 * n for n in range(-1, HISTORY + 10)], BEFORE - timedelta(days=1))
    books.foresee()
    assert [plain(books.rows()[10][name]) for name in ("value", "low")] == [5000 - 3 * (HISTORY + 30)] * 2


def test_without_a_count_of_the_day_a_stock_is_not_forecast(books: Books) -> None:
    books.target("vk.followers")
    counts: list[float | None] = [1000 + 2 * n for n in range(-1, HISTORY + 10)]
    counts[1 + HISTORY + 3] = None
    books.cells("vk.followers", counts, BEFORE - timedelta(days=1))
    found = books.values()
    assert (found[3], found[4], found[5]) == (1242, None, 1242)


def test_growth_is_counted_from_the_opening(books: Books) -> None:
    books.target("vk.growth_rate")
    books.cells("vk.followers", [1000 + 2 * n for n in range(-1, HISTORY + 10)], BEFORE - timedelta(days=1))
    opening = 1000 + 2 * (HISTORY - 1)
    books.cells("vk.followers_opening", [opening], OCTOBER, "month")
    books.weeks("vk.followers", [100 + 14 * n for n in range(1, 53)])
    books.weeks("vk.followers_opening", [100 + 14 * n for n in range(52)])
    assert books.values()[10] == round(62 / opening, 9)
    assert [plain(books.rows()[10][name]) for name in ("least", "most")] == [round((20 + 3 * 14) / opening, 9)] * 2


def test_people_are_not_forecast(books: Books) -> None:
    for target in ("vk.reach", "vk.er_account", "site.users"):
        books.target(target)
    for measure in ("vk.reach", "vk.likes", "vk.comments", "vk.reposts", "site.users"):
        books.cells(measure, [10] * (HISTORY + 10))
    assert books.values() == {}


def test_the_best_and_the_worst_weeks_are_the_bounds(books: Books) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", [10] * (HISTORY + 11))
    books.weeks("vk.posts", [70] * 24 + [100, 30])
    books.foresee()
    bounds = {day: (row["least"], row["most"]) for day, row in books.rows().items()}
    assert bounds[10] == (100 + 3 * 30, 100 + 3 * 100)
    assert bounds[11] == (110 + 2 * 30, 110 + 3 * 100), "of the week that is not whole: nothing, or as much as a week"


@pytest.mark.parametrize("weeks", [25, 0])
def test_half_a_year_of_weeks_is_needed_for_a_bound(books: Books, weeks: int) -> None:
    books.target("vk.posts")
    books.cells("vk.posts", [10] * (HISTORY + 1))
    books.weeks("vk.posts", [70] * weeks)
    assert books.values() == {1: 310}
    assert (books.rows()[1]["least"], books.rows()[1]["most"]) == (None, None)


def test_what_is_subtracted_is_at_its_best_when_it_is_least(books: Books) -> None:
    books.target("vk.natural_growth")
    books.cells("vk.followers_gained", [10] * (HISTORY + 3))
    books.cells("vk.joins_paid", [2] * (HISTORY + 3))
    books.weeks("vk.followers_gained", [60] * 26 + [80] * 26)
    books.weeks("vk.joins_paid", [10] * 26 + [20] * 26)
    assert books.values()[3] == 310 - 62
    row = books.rows()[3]
    assert (row["least"], row["most"]) == (24 + 4 * 60 - 4 * 20, 24 + 4 * 80 - 4 * 10)


def test_the_last_day_is_the_last_that_all_parts_know(books: Books) -> None:
    books.target("vk.natural_growth")
    books.cells("vk.followers_gained", [10] * (HISTORY + 10))
    books.cells("vk.joins_paid", [2] * (HISTORY + 8))
    assert list(books.values()) == list(range(1, 9))


def test_each_client_by_its_newest_wording_and_no_client_that_was_not_asked_for(books: Books) -> None:
    other = Books(books.warehouse, "c02")
    for each in (books, other):
        each.target("vk.posts")
        each.cells("vk.posts", [10] * (HISTORY + 1))
        each.cells("vk.likes", [2] * (HISTORY + 1))
    put(books.warehouse, "core.target_version", client="c01", target_version=2, digest="")
    row = {"network": "vk", "kpi": "sessions", "rule": "at_least", "low": 1}
    put(books.warehouse, "core.target", client="c01", target_version=2, **row)
    books.cells("vk.sessions", [1] * (HISTORY + 1))
    assert books.values() == {1: 31}
    assert other.rows() == {}
    books.foresee(clients=["c01", "c02"])
    assert (plain(books.rows()[1]["value"]), plain(other.rows()[1]["value"])) == (31, 310)
