"""Followers: a stock, counted back before the first count, and what is counted from each day's."""

import pytest

from tests.sql.facts import VK, Cell, Core


@pytest.fixture
def counted(core: Core) -> Core:
    """Members counted every day of June: 1001 on the 1st, 1030 on the 30th."""
    core.network("vk", "vk")
    core.cover(("stats", "posts", "post_reach"), "06-01", "06-30")
    for number in range(1, 31):
        core.members(f"06-{number:02}", 1000 + number)
    return core


def uncounted(core: Core, *numbers: int) -> None:
    for number in numbers:
        core.warehouse.execute(
            "delete from core.counts where measure = 'followers' and period = %s", [f"2026-06-{number}"]
        )


def test_a_period_has_the_followers_of_its_last_day(counted: Core) -> None:
    counted.rebuild("06")

    assert counted.cell("followers", "06-02") == Cell(1002)
    assert counted.cell("followers", "06-01", "week") == Cell(1007)
    assert counted.cell("followers", "06-01", "month") == Cell(1030)
    assert counted.cell("followers", "06-01", "month", "all") == Cell(1030)


def test_a_missing_last_day_is_stood_for_by_at_most_the_second_before(counted: Core) -> None:
    uncounted(counted, 13, 14, 28, 29, 30)
    counted.rebuild("06")

    assert counted.cell("followers", "06-14") == Cell(None, "source_missing", 0)
    assert counted.cell("followers", "06-08", "week") == Cell(1012, None, 0.7143)
    assert counted.cell("followers_opening", "06-15", "week") == Cell(1012, None, 0.7143)
    assert counted.cell("followers_opening", "06-15") == Cell(None, "source_missing", 0)
    assert counted.cell("followers", "06-01", "month") == Cell(None, "source_missing", 0)


def test_a_running_period_has_the_last_count_there_is(counted: Core) -> None:
    uncounted(counted, 27, 28, 29)
    counted.rebuild("06")

    assert counted.cell("followers", "06-29", "week") == Cell(1030, None, 0.2857)

    counted.cover(("posts",), "07-01", "07-04")
    counted.rebuild("06", "07")

    assert counted.cell("followers", "06-29", "week") == Cell(1030, None, 0.2857)
    assert counted.cell("followers", "07-01", "month") == Cell(None, "source_missing", 0)


def test_before_the_first_count_followers_are_counted_back(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(("stats",), "06-01", "06-30")
    core.members("06-20", 1000)
    core.stats("06-19", followers_gained=10, followers_lost=3)
    core.stats("06-18", followers_gained=5, followers_lost=0)
    core.rebuild("06")

    assert core.cell("followers", "06-20") == Cell(1000)
    assert core.cell("followers", "06-19") == Cell(1000, marks="derived")
    assert core.cell("followers", "06-18") == Cell(993, marks="derived")
    assert core.cell("followers", "06-17") == Cell(988, marks="derived")
    assert core.cell("followers", "06-01") == Cell(988, marks="derived")
    assert core.cell("followers_opening", "06-01") == Cell(988, marks="derived"), "the day before the first"
    assert core.cell("followers", "06-21") == Cell(None, "source_missing", 0)
    assert core.cell("followers", "06-15", "week") == Cell(1000, None, 0.8571)
    assert core.cell("followers", "06-22", "week") == Cell(None, "source_missing", 0)


def test_the_first_count_may_follow_the_last_day(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(("stats",), "06-01", "06-30")
    core.stats("06-30", followers_gained=10, followers_lost=3)
    core.members("07-01", 1000)
    core.rebuild("06")

    assert core.cell("followers", "06-30") == Cell(1000, marks="derived")
    assert core.cell("followers", "06-01", "month") == Cell(1000, marks="derived")
    assert core.cell("followers", "06-29") == Cell(993, marks="derived")


@pytest.mark.parametrize("how", ["no answer", "no access", "without"])
def test_counting_back_stops_at_a_day_of_unknown_joins(core: Core, how: str) -> None:
    core.network("vk", "vk")
    core.cover(("stats",), "06-01", "06-09")
    core.cover(("stats",), "06-11", "06-30")
    if how == "no access":
        core.cover(("stats",), "06-10", "06-10", state="no_access")
    if how == "without":
        core.cover(("stats",), "06-10", "06-10", without=("followers_lost",))
    core.stats("06-12", followers_gained=4, followers_lost=0)
    core.members("06-20", 1000)
    core.rebuild("06")

    assert core.cell("followers", "06-10") == Cell(996, marks="derived"), "at its end"
    assert core.cell("followers", "06-09") == Cell(None, "source_missing", 0)


def test_counting_back_over_a_flagged_day_is_flagged(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(("stats",), "06-01", "06-30")
    core.cover(("stats",), "06-10", "06-10", state="flagged")
    core.members("06-20", 1000)
    core.rebuild("06")

    assert core.cell("followers", "06-10") == Cell(1000, marks="derived")
    assert core.cell("followers", "06-09") == Cell(1000, marks="derived flagged")


def test_members_that_a_community_hides_are_without_access(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(("stats",), "06-01", "06-30")
    core.cover(("members",), "06-01", "06-30", state="no_access")
    core.rebuild("06")

    assert core.cell("followers", "06-10") == Cell(None, "no_access", 0)
    assert core.cell("followers", "06-01", "month") == Cell(None, "no_access", 0)


def test_the_opening_is_what_the_period_before_ended_with(counted: Core) -> None:
    counted.cover(VK, "05-20", "05-31")
    counted.members("05-31", 990)
    counted.rebuild("05", "06")

    assert counted.cell("followers_opening", "06-01", "month") == Cell(990)
    assert counted.cell("followers_opening", "06-02") == Cell(1001)
    assert counted.cell("followers_opening", "06-08", "week") == Cell(1007)
    assert counted.kpi("followers_net", "06-01", "month") == Cell(40)
    assert counted.kpi("growth_rate", "06-01", "month") == Cell(round(40 / 990, 6))
    assert counted.cell("followers_opening", "05-01", "month") == Cell(None, "source_missing", 0)


def test_average_and_follower_days_are_of_the_known_days(counted: Core) -> None:
    uncounted(counted, 10)
    counted.rebuild("06")

    assert counted.cell("follower_days", "06-02") == Cell(1002)
    assert counted.cell("follower_days", "06-10") == Cell(None, "source_missing", 0)
    assert counted.cell("follower_days", "06-01", "week") == Cell(7028)
    assert counted.cell("follower_days", "06-08", "week") == Cell(6067, None, 0.8571)
    assert counted.cell("followers_average", "06-01", "week") == Cell(1004)
    assert counted.cell("followers_average", "06-08", "week") == Cell(round(6067 / 6, 6), None, 0.8571)


def test_post_followers_are_those_of_each_posts_day(counted: Core) -> None:
    for post_id, on in ((1, "06-02"), (2, "06-02"), (3, "06-20")):
        counted.post(post_id, on)
        counted.snapshot(post_id, on, likes=10)
    uncounted(counted, 20)
    counted.rebuild("06")

    assert counted.cell("post_followers", "06-02") == Cell(2004)
    assert counted.cell("post_followers", "06-03") == Cell(0)
    assert counted.cell("post_followers", "06-20") == Cell(1019, marks="derived"), "the day before stands for it"
    assert counted.cell("post_followers", "06-01", "month") == Cell(3023, marks="derived")
    assert counted.kpi("love_rate", "06-01", "month") == Cell(round(30 / 3023, 6), marks="derived")


def test_reactions_to_all_posts_are_not_divided_by_the_followers_of_some(counted: Core) -> None:
    for post_id, on in ((1, "06-02"), (2, "06-20")):
        counted.post(post_id, on)
        counted.snapshot(post_id, on, likes=10)
    uncounted(counted, 18, 19, 20)
    counted.rebuild("06")

    assert counted.cell("post_followers", "06-19") == Cell(0), "no posts, no followers needed"
    assert counted.cell("post_followers", "06-20") == Cell(None, "not_applicable", 0)
    assert counted.kpi("love_rate", "06-01", "month") == Cell(None, "not_applicable", 0.9667)
    assert counted.kpi("love_rate", "06-01", "week") == Cell(0.009980)


def test_followers_by_the_months_figures(core: Core) -> None:
    core.cover(("figures",), "05-01", "07-15")
    core.figure("instagram", "followers", "05-01", 500, "month")
    core.figure("instagram", "followers", "06-01", 550, "month")
    core.rebuild("05", "07")

    assert core.cell("followers", "06-01", "month", "instagram") == Cell(550)
    assert core.cell("followers", "06-30", "day", "instagram") is None
    assert core.cell("followers", "06-22", "week", "instagram") is None
    assert core.kpi("growth_rate", "06-01", "month", "instagram") == Cell(0.1)
    assert core.cell("followers", "07-01", "month", "instagram") == Cell(None, "source_missing", 0)
    assert core.cell("followers_opening", "07-01", "month", "instagram") == Cell(550)


def test_followers_by_the_days_figures(core: Core) -> None:
    core.cover(("figures",), "06-01", "06-30")
    core.figure("instagram", "followers", "06-07", 500)
    core.figure("instagram", "followers", "06-29", 550)
    core.rebuild("06")

    assert core.cell("followers", "06-07", "day", "instagram") == Cell(500)
    assert core.cell("followers", "06-01", "week", "instagram") == Cell(500)
    assert core.cell("followers", "06-08", "week", "instagram") == Cell(None, "source_missing", 0)
    assert core.cell("followers", "06-01", "month", "instagram") == Cell(550, None, 0.9667)


@pytest.mark.parametrize(
    ("unanswered", "before"),
    [("06-19", Cell(90, marks="derived flagged")), ("06-10", Cell(None, "source_missing", 0))],
    ids=["a day that services tell later", "a gap"],
)
def test_a_day_whose_joins_and_leaves_are_unknown_counts_as_none_only_until_it_is_told(
    core: Core, unanswered: str, before: Cell
) -> None:
    core.network("vk", "vk")
    core.cover(VK, "06-01", "06-30")
    core.cover(("stats",), unanswered, unanswered, state="unanswered")
    core.stats("06-15", followers_gained=10, followers_lost=0)
    core.members("06-20", 100)
    core.rebuild("06")

    assert core.cell("followers", "06-05") == before
