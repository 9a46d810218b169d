"""A Page's posts over real HTTP: the list and its end, counters that are left out, posts that are gone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from smm.sources import Known
from smm.sources.graph.insights import EMPTY
from smm.sources.graph.posts import UNLISTED
from tests.sources.facebook.page import FIRST, GONE, LAST, ONE_DAY, PAGE, Page, listed, loaded, of_days, spread
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import Asked, GraphFarEnd, error
from tests.sources.loading import Loaded

NOON = datetime(2024, 3, 10, 12, tzinfo=UTC)
SINCE = FIRST - timedelta(days=28)
COUNTERS = ("is_repost", "is_ad", "is_own", "likes", "comments", "reposts", "views")


def rows(found: Loaded) -> dict[int, tuple[Any, ...]]:
    return {row["post_id"]: tuple(row[name] for name in COUNTERS) for row in found.named.get("posts", [])}


def pages(far_end: GraphFarEnd) -> list[str | None]:
    """The cursors that the list was asked with."""
    return [asked.fields.get("after") for asked in far_end.asked if asked.path.endswith("published_posts")]


def known(found: Loaded, report: str = "posts") -> list[Known]:
    return found.known_of(report)


def test_a_post_has_what_the_list_says_and_what_it_has_reached(graph_far_end: Serve) -> None:
    found = loaded(graph_far_end(Page([listed(7, NOON, status_type="shared_story"), listed(6, NOON)])))
    assert rows(found) == {7: (True, False, True, 5, 2, 1, 70), 6: (False, False, True, 5, 2, 1, 60)}
    (row, _) = found.named["posts"]
    assert row["published_at"] == NOON
    (answer,) = (one for one in found.answers if one.name == "posts")
    assert row["fetched_at"] == answer.fetched_at
    reach = [tuple(row.values()) for row in found.named["post_reach"]]
    assert reach == [("facebook", 7, 71, None, None, None, None), ("facebook", 6, 61, None, None, None, None)]
    assert known(found) == [Known("posts", SINCE, LAST)]
    assert known(found, "post_reach") == [Known("post_reach", SINCE, LAST)], "a Page gives no saves of its posts"


def test_shares_that_are_left_out_are_zero(graph_far_end: Serve) -> None:
    found = loaded(graph_far_end(Page([listed(7, NOON, shares=None), listed(6, NOON, shares={})])))
    assert [row[5] for row in rows(found).values()] == [0, None]
    assert [one.without for one in known(found)] == [(), ("post_reposts",)]


@pytest.mark.parametrize(
    ("other", "without"),
    [
        ({"reactions": None}, ("post_likes",)),
        ({"comments": None}, ("post_comments",)),
        ({"reactions": {"data": []}, "comments": {"summary": []}}, ("post_likes", "post_comments")),
        ({"reactions": {"summary": {"total_count": -1}}}, ("post_likes",)),
        ({"reactions": 7}, ("post_likes",)),
        ({"reactions": {"summary": {"total_count": 0}}}, ()),
    ],
)
def test_reactions_and_comments_that_are_left_out_are_unknown(
    graph_far_end: Serve, other: dict[str, Any], without: tuple[str, ...]
) -> None:
    found = loaded(graph_far_end(Page([listed(7, NOON, **other)])))
    day = NOON.date()
    lacking = [Known("posts", day, day, reason=f"post 7: {UNLISTED}", without=without)] if without else []
    assert known(found) == [Known("posts", SINCE, LAST), *lacking]


def test_a_list_is_followed_by_its_cursors_to_its_end(graph_far_end: Serve) -> None:
    """Its links hold a token, and the last page has a cursor without a link."""
    far_end = graph_far_end(Page(spread(250, FIRST, LAST)))
    found = loaded(far_end)
    assert pages(far_end) == [None, "100", "200"]
    assert len(rows(found)) == 250
    assert [one.context["is_last"] for one in found.answers if one.name == "posts"] == [False, False, True]
    assert known(found) == [Known("posts", SINCE, LAST)]


def test_a_list_that_leads_to_itself_comes_to_an_end(graph_far_end: Serve) -> None:
    page = {"data": [listed(7, NOON)], "paging": {"cursors": {"after": "QVFI"}, "next": "https://graph.facebook.com"}}
    far_end = graph_far_end(Page(says=lambda asked: page if asked.path.endswith("published_posts") else None))
    assert list(rows(loaded(far_end))) == [7]
    assert pages(far_end) == [None, "QVFI"]


def test_a_list_is_left_where_its_posts_are_older_than_what_is_read(graph_far_end: Serve) -> None:
    far_end = graph_far_end(Page(spread(400, date(2023, 3, 1), LAST)))
    found = loaded(far_end)
    assert pages(far_end) == [None]
    assert {row["published_at"].date() >= SINCE for row in found.named["posts"]} == {True}
    assert min(row["published_at"] for row in found.named["posts"]) < datetime(2024, 2, 12, tzinfo=UTC)


def test_an_old_post_among_new_ones_does_not_end_the_list(graph_far_end: Serve) -> None:
    posts = spread(150, FIRST, LAST)
    posts[99] = listed(99, NOON - timedelta(days=900))
    far_end = graph_far_end(Page(posts))
    assert len(rows(loaded(far_end))) == 149
    assert pages(far_end) == [None, "100"]


def test_a_post_that_is_listed_twice_is_one(graph_far_end: Serve) -> None:
    """A post that is published meanwhile moves the others to the next page."""
    posts = spread(101, FIRST, LAST)
    posts[100:] = [posts[99], posts[98], listed(500, NOON), listed(500, NOON)]
    far_end = graph_far_end(Page(posts))
    found = loaded(far_end)
    assert len(found.rows["posts"]) == len(rows(found)) == len(found.rows["post_reach"]) == 101
    asked = [one.path for one in far_end.asked if one.path.startswith(f"{PAGE}_") and one.path.endswith("/insights")]
    assert len(asked) == len(set(asked)) == 101


def test_a_post_that_is_no_longer_listed_keeps_its_last_numbers(graph_far_end: Serve) -> None:
    """It has no row, so that nothing is written over them; and it was no answer that was empty."""
    found = loaded(graph_far_end(Page([listed(6, NOON)])))
    assert list(rows(found)) == [6]
    assert known(found) == [Known("posts", SINCE, LAST)]


def test_a_post_that_is_deleted_while_it_is_read_has_the_counters_of_the_list(graph_far_end: Serve) -> None:
    def says(asked: Asked) -> Any:
        return GONE if asked.path == f"{PAGE}_7/insights" else None

    found = loaded(graph_far_end(Page([listed(7, NOON), listed(6, NOON - ONE_DAY)], says=says)))
    assert rows(found)[7] == (False, False, True, 5, 2, 1, None)
    assert rows(found)[6] == (False, False, True, 5, 2, 1, 60)
    (_, lacking) = known(found)
    assert (lacking.first_day, lacking.last_day, lacking.without) == (NOON.date(), NOON.date(), ("post_views",))
    assert "post 7: Meta answered with error 100/33: there is no such object" in str(lacking.reason)


def test_a_removed_metric_of_posts_is_unknown_for_each_with_its_reason(graph_far_end: Serve) -> None:
    found = loaded(graph_far_end(Page(spread(250, FIRST, LAST), dead={"post_total_media_view_unique"})))
    assert {row["reach"] for row in found.named["post_reach"]} == {None}
    _, *lacking = sorted(known(found, "post_reach"), key=lambda one: one.without)
    assert len(lacking) == 250
    assert {one.without for one in lacking} == {("post_reach",)}
    assert all("Meta no longer has one of these metrics" in str(one.reason) for one in lacking)


def test_a_post_without_values_is_unknown_and_never_zero(graph_far_end: Serve) -> None:
    found = loaded(
        graph_far_end(Page([listed(7, NOON)], says=lambda asked: {"data": []} if "_7/" in asked.path else None))
    )
    assert rows(found)[7][-1] is None
    assert [(one.reason, one.without) for one in known(found, "post_reach")] == [
        (None, ()),
        (f"post 7: {EMPTY}", ("post_reach",)),
    ]


def test_posts_that_may_not_be_listed_are_unknown_and_the_days_are_stored(graph_far_end: Serve) -> None:
    refused = error(10, "(#10) This endpoint requires the 'pages_read_engagement' permission", status=403)
    far_end = graph_far_end(Page(says=lambda asked: refused if asked.path.endswith("published_posts") else None))
    found = loaded(far_end)
    assert rows(found) == {}
    assert len(of_days(found, "views")) == 3
    for report in ("posts", "post_reach"):
        (one,) = known(found, report)
        assert (one.first_day, one.last_day, one.state) == (SINCE, LAST, "no_access")
        assert "pages_read_user_content for reactions and comments" in str(one.reason)


def test_a_post_belongs_to_the_day_of_the_client(graph_far_end: Serve) -> None:
    """Moscow's 10th begins at 21:00 UTC, and its 8th is not the job's."""
    late = datetime(2024, 3, 9, 21, 30, tzinfo=UTC)
    found = loaded(graph_far_end(Page([listed(7, late, reactions=None), listed(6, late + 2 * ONE_DAY)])))
    assert list(rows(found)) == [7]
    assert known(found)[1].first_day == date(2024, 3, 10)


@pytest.mark.parametrize(
    "odd",
    [
        {"id": None},
        {"id": f"{PAGE}_seven"},
        {"id": f"{PAGE}_७"},
        {"created_time": None},
        {"created_time": "2024-03-10T12:00:00"},
        {"created_time": "soon"},
    ],
)
def test_what_is_no_post_is_passed_over(graph_far_end: Serve, odd: dict[str, Any]) -> None:
    assert list(rows(loaded(graph_far_end(Page([listed(7, NOON, **odd), listed(6, NOON)]))))) == [6]


def test_a_page_without_posts_has_none_on_days_that_are_known(graph_far_end: Serve) -> None:
    found = loaded(graph_far_end(Page()))
    assert found.rows["posts"] == []
    assert known(found) == [Known("posts", SINCE, LAST)]
