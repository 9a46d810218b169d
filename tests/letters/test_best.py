"""Which posts of a month a letter shows: read from the warehouse, ranked by what is known of all of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from smm.letters import best
from smm.letters.compose import compose
from smm.letters.publications import Publications
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER

NOON = datetime(2025, 10, 1, 12, tzinfo=UTC)


def row(post: str, reach: int | None, *, age: int = 7, **values: Any) -> dict[str, Any]:
    plain = {"client": "yarko", "network": "vk", "day": OCTOBER, "is_repost": False, "is_late": False}
    counters = {"views": 10, "likes": 1, "comments": 1, "reposts": 1}
    of = {"source": "vk", "identity": "101", "age": timedelta(days=age)}
    return plain | counters | of | {"post": post, "reach": reach} | values


def named(found: dict[str, Any]) -> tuple[str | None, list[str], str | None]:
    return found["by"], [post.post for post in found["best"]], found["weakest"] and found["weakest"].post


@pytest.mark.parametrize(
    ("posts", "wanted"),
    [
        ([], (None, [], None)),
        ([row("1", 5)], ("reach", ["1"], None)),
        ([row("1", 5), row("2", 9), row("3", 7)], ("reach", ["2", "3", "1"], None)),
        ([row("1", 5), row("2", 9), row("3", 7), row("4", 6)], ("reach", ["2", "3", "4"], "1")),
        # one that was published lately is not called weak
        ([row("1", 1, age=2), row("2", 9), row("3", 7), row("4", 6), row("5", 5)], ("reach", ["2", "3", "4"], "5")),
        ([row("1", 1, age=2), row("2", 9), row("3", 7), row("4", 6)], ("reach", ["2", "3", "4"], None)),
        # what is not known of one post ranks none
        ([row("1", None, views=7), row("2", 9), row("3", 1, views=20)], ("views", ["3", "2", "1"], None)),
        ([row("1", None, views=None, likes=8), row("2", 9)], ("reactions", ["1", "2"], None)),
        ([row("1", None, views=None, likes=None), row("2", 9)], (None, [], None)),
        # of two that reached as many, the one that moved more people
        ([row("1", 5), row("2", 5, likes=2)], ("reach", ["2", "1"], None)),
    ],
)
def test_the_best_three_and_the_weakest(posts: list[dict[str, Any]], wanted: tuple[Any, ...]) -> None:
    assert named(best.chosen(posts)) == wanted


@pytest.fixture
def walled(case: Case) -> Case:
    """A client whose community is 101, and one load that has brought posts."""
    case.client(sources={"vk": {"connection": "vk_yarko", "community": 101}}, leads={})
    case.warehouse.execute(
        """insert into core.load (client, load_id, run_id, source, network, first_day, last_day, state, started_at)
        values ('yarko', 'l1', 'r1', 'vk', 'vk', '2025-10-01', '2025-10-31', 'published', %s)""",
        [NOON],
    )
    case.warehouse.execute(
        """insert into core.identity (client, network, facts, load_id)
        values ('yarko', 'vk', '{"community": "101"}', 'l1')"""
    )
    return case


def posted(case: Case, post: str, day: int, read: dict[int, int], **values: Any) -> None:
    """A post of a day of October, and its reach as read after so many days."""
    at = NOON + timedelta(days=day - 1)
    plain = {"is_repost": False, "is_own": True, "network": "vk", "client": "yarko"} | values
    case.warehouse.execute(
        """insert into core.posts (client, network, post_id, published_at, day, is_repost, is_ad, is_own, last_seen_at,
            load_id)
        values (%(client)s, %(network)s, %(post)s, %(at)s, %(day)s, %(is_repost)s, false, %(is_own)s, %(at)s, 'l1')""",
        plain | {"post": post, "at": at, "day": at.date()},
    )
    for age, reach in read.items():
        fetched = at + timedelta(days=age)
        case.warehouse.execute(
            """insert into core.post_snapshots (client, network, post_id, day, fetched_at, likes, comments, reposts,
                views, reach, load_id)
            values (%s, %s, %s, %s, %s, 3, 2, 1, 90, %s, 'l1')""",
            [plain["client"], plain["network"], post, fetched.date(), fetched, reach],
        )


def counted(case: Case, measure: str, month: date, value: int | None) -> None:
    case.warehouse.execute(
        """insert into marts.measure_periods (client, network, measure, grain, period, value, reason, completeness)
        values ('yarko', 'vk', %s, 'month', %s, %s, %s, 1)""",
        [measure, month, value, None if value is not None else "no_access"],
    )


def read(case: Case) -> Publications:
    (found,) = best.read(case.warehouse, "yarko", OCTOBER)
    return found


def test_posts_count_as_measures_do(walled: Case) -> None:
    posted(walled, "3", 2, {1: 50, 6: 80, 9: 95})  # as read last at an age of at most 7 days
    posted(walled, "6", 5, {12: 70, 20: 75})  # first seen later: as first read, and late
    posted(walled, "9", 9, {7: 60}, is_repost=True)
    posted(walled, "12", 20, {7: 10})
    posted(walled, "15", 21, {7: 999}, is_own=False)  # a visitor's
    posted(walled, "18", 33, {1: 999})  # of November
    counted(walled, "posts", OCTOBER, 4)
    counted(walled, "posts", date(2025, 9, 1), 6)
    counted(walled, "posts_planned", OCTOBER, 8)
    found = read(walled)
    assert [(post.post, post.reach, post.is_late, post.is_repost) for post in found.best] == [
        ("3", 80, False, False),
        ("6", 70, True, False),
        ("9", 60, False, True),
    ]
    assert found.best[0].link == "https://vk.com/wall-101_3"
    assert found.best[0].day == date(2025, 10, 2)
    assert found.weakest
    assert found.weakest.post == "12"
    assert found.planned
    assert (found.count.value, found.before.value, found.planned.value) == (4, 6, 8)
    assert (found.year_ago.value, found.year_ago.reason) == (None, "source_missing")


def test_another_clients_posts_are_no_part_of_it(walled: Case) -> None:
    walled.client("nordlys", sources={"vk": {"connection": "vk_nordlys", "community": 202}}, leads={})
    posted(walled, "3", 2, {7: 80}, client="nordlys")
    counted(walled, "posts", OCTOBER, 0)
    assert read(walled).best == ()


def test_only_a_months_letter_has_them(walled: Case) -> None:
    posted(walled, "3", 2, {7: 80})
    counted(walled, "posts", OCTOBER, 1)
    walled.client(
        sources={"vk": {"connection": "vk_yarko", "community": 101}}, leads={}, targets={"vk.reach": {"at_least": 9}}
    )
    walled.kpi("vk.reach", 8)
    walled.judge()
    letters = {
        kind: compose(walled.warehouse, "yarko", OCTOBER, kind, DAY_4) for kind in ("missed", "monthly", "weekly")
    }
    assert {kind: bool(letter and letter.publications) for kind, letter in letters.items()} == {
        "missed": True,
        "monthly": True,
        "weekly": False,
    }
