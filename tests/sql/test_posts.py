"""Posts, under their day of publication, with the counters of their first week."""

from tests.sql.facts import VK, Cell, Core


def test_counters_are_the_last_of_the_first_seven_days(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(VK, "06-01", "06-30")
    core.post(1, "06-05")
    core.snapshot(1, "06-06", likes=1, comments=1, reposts=1, views=10)
    core.snapshot(1, "06-12", likes=7, comments=2, reposts=1, views=70)
    core.snapshot(1, "06-13", likes=9, comments=3, reposts=2, views=90)
    core.rebuild("06")

    assert core.cell("posts", "06-05") == Cell(1)
    assert core.cell("post_likes", "06-05") == Cell(7)
    assert core.cell("post_comments", "06-01", "week") == Cell(2)
    assert core.cell("post_views", "06-01", "month") == Cell(70)
    assert core.kpi("er_views", "06-05") == Cell(round(10 / 70, 6))


def test_a_counter_that_a_reading_lacks_is_that_of_the_reading_before(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(VK, "06-01", "06-30")
    core.post(1, "06-05")
    core.snapshot(1, "06-11", likes=5, reach=40, views=None)
    core.snapshot(1, "06-12", likes=6, views=None)
    core.snapshot(1, "06-13", likes=7, reach=45, views=60)
    core.rebuild("06")

    assert core.cell("post_likes", "06-05") == Cell(6)
    assert core.cell("post_reach", "06-05") == Cell(40)
    assert core.cell("post_views", "06-05") == Cell(None, "not_applicable", 0), "it was read too late"


def test_a_post_first_seen_later_is_late(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(VK, "06-01", "06-30")
    core.post(1, "06-05")
    core.snapshot(1, "06-20", likes=8)
    core.snapshot(1, "06-13", likes=7)
    core.rebuild("06")

    assert core.cell("posts", "06-05") == Cell(1)
    assert core.cell("post_likes", "06-05") == Cell(7, marks="late")
    assert core.cell("post_likes", "06-06") == Cell(0)
    assert core.cell("post_likes", "06-01", "month", "all") == Cell(7, marks="late")
    assert core.kpi("likes_per_post", "06-01", "month") == Cell(7, marks="late")


def test_a_post_without_views_leaves_its_day_week_and_month_without(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(VK, "06-01", "06-30")
    for post_id, on in ((1, "06-05"), (2, "06-05"), (3, "06-17")):
        core.post(post_id, on)
        core.snapshot(post_id, on, likes=5)
    core.put("post_snapshots", network="vk", post_id=1, day="2026-06-06", fetched_at="2026-06-06", likes=5, views=50)
    core.put("post_snapshots", network="vk", post_id=3, day="2026-06-18", fetched_at="2026-06-18", likes=5, views=50)
    core.rebuild("06")

    assert core.cell("post_likes", "06-01", "month") == Cell(15)
    assert core.cell("post_views", "06-05") == Cell(None, "not_applicable", 0)
    assert core.cell("post_views", "06-01", "week") == Cell(None, "not_applicable", 0.8571)
    assert core.cell("post_views", "06-15", "week") == Cell(50)
    assert core.cell("post_views", "06-01", "month") == Cell(None, "not_applicable", 0.9667)
    assert core.kpi("er_views", "06-01", "week") == Cell(None, "not_applicable", 0.8571)


def test_reposts_are_told_apart_and_visitors_posts_are_nobodys(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(VK, "06-01", "06-30")
    core.post(1, "06-05")
    core.post(2, "06-05", is_repost=True)
    core.post(3, "06-05", is_own=False)
    core.rebuild("06")

    assert core.cell("posts", "06-05") == Cell(2)
    assert core.kpi("repost_share", "06-01", "month") == Cell(0.5)


def test_reach_of_posts_without_access_is_unknown_and_the_rest_is_known(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(("posts",), "06-01", "06-30")
    core.cover(("post_reach",), "06-01", "06-30", state="no_access")
    core.post(1, "06-05")
    core.snapshot(1, "06-06", likes=1)
    core.rebuild("06")

    assert core.cell("post_likes", "06-05") == Cell(1)
    assert core.cell("post_reach", "06-05") == Cell(None, "no_access", 0)
    assert core.cell("post_clicks", "06-01", "month") == Cell(None, "no_access", 0)


def test_reach_of_posts_is_read_with_their_other_counters(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(VK, "06-01", "06-30")
    core.post(1, "06-05")
    core.snapshot(1, "06-06", likes=1, reach=300, reach_followers=200, link_clicks=4, joins=2)
    core.post(2, "06-07")
    core.snapshot(2, "06-08", likes=1)
    core.rebuild("06")

    assert core.cell("post_reach", "06-05") == Cell(300)
    assert core.cell("post_reach_followers", "06-05") == Cell(200)
    assert core.cell("post_clicks", "06-05") == Cell(4)
    assert core.cell("joins_from_posts", "06-05") == Cell(2)
    assert core.cell("post_reach", "06-06") == Cell(0)
    assert core.cell("post_reach", "06-07") == Cell(None, "not_applicable", 0)


def test_the_communitys_own_comments_are_read_with_the_others(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(VK, "06-01", "06-30")
    core.post(1, "06-05")
    core.snapshot(1, "06-11", comments=4, own_comments=4)
    core.snapshot(1, "06-12", comments=9, own_comments=3)
    core.snapshot(1, "06-13", comments=20, own_comments=5)
    core.post(2, "06-05")
    core.snapshot(2, "06-06", comments=0, own_comments=0)
    core.post(3, "06-08")
    core.snapshot(3, "06-20", comments=6, own_comments=6)
    core.post(4, "06-08", is_own=False)
    core.snapshot(4, "06-20", comments=6)
    core.rebuild("06")

    assert core.cell("post_comments_own", "06-05") == Cell(3)
    assert core.cell("post_comments_own", "06-06") == Cell(0)
    assert core.cell("post_comments_own", "06-08") == Cell(6, marks="late")
    assert core.kpi("own_comments_share", "06-05") == Cell(round(3 / 9, 6))
    assert core.kpi("own_comments_share", "06-01", "month", "all") == Cell(0.6, marks="late")
    assert core.kpi("own_comments_share", "06-06") == Cell(None, "zero_denominator")


def test_own_comments_are_of_the_reading_that_had_all_comments(core: Core) -> None:
    """They are a part of them, so that a reading without a number of all has no part to tell."""
    core.network("facebook", "facebook")
    core.cover(("posts", "own_comments"), "06-01", "06-30", "facebook", source="facebook")
    core.post(1, "06-05", "facebook")
    core.snapshot(1, "06-06", "facebook", comments=4, own_comments=3)
    core.snapshot(1, "06-07", "facebook", comments=None, own_comments=9)
    core.rebuild("06")

    assert core.cell("post_comments", "06-05", network="facebook") == Cell(4)
    assert core.cell("post_comments_own", "06-05", network="facebook") == Cell(3)


def test_own_comments_that_were_not_asked_for_are_unknown_and_not_zero(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(("posts",), "06-01", "06-30")
    core.cover(("own_comments",), "06-05", "06-30")
    for post_id, on in ((1, "06-02"), (2, "06-05"), (3, "06-05"), (4, "06-06")):
        core.post(post_id, on)
        core.snapshot(post_id, on, comments=2)
    core.snapshot(2, "06-06", comments=2, own_comments=1)
    core.rebuild("06")

    assert core.cell("post_comments", "06-01", "month") == Cell(8)
    assert core.cell("post_comments_own", "06-02") == Cell(None, "source_missing", 0)
    assert core.cell("post_comments_own", "06-05") == Cell(None, "not_applicable", 0), "of one of two posts"
    assert core.cell("post_comments_own", "06-07") == Cell(0)
    assert core.kpi("own_comments_share", "06-02") == Cell(None, "source_missing", 0)
    assert core.kpi("comments_per_post", "06-02") == Cell(2)


def test_own_comments_without_access(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(("posts",), "06-01", "06-30")
    core.cover(("own_comments",), "06-01", "06-30", state="no_access")
    core.post(1, "06-05")
    core.snapshot(1, "06-06", comments=2)
    core.rebuild("06")

    assert core.cell("post_comments_own", "06-05") == Cell(None, "no_access", 0)
    assert core.kpi("own_comments_share", "06-01", "month") == Cell(None, "no_access", 0)
    assert core.kpi("comments_per_post", "06-05") == Cell(2)
