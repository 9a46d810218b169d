"""An account's media over real HTTP: posts, reels, no stories, counters that are hidden, media that are gone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from smm.sources import Known
from smm.sources.graph.insights import EMPTY
from smm.sources.graph.posts import UNLISTED
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import Asked, GraphFarEnd, error
from tests.sources.instagram.account import FIRST, LAST, ONE_DAY, Account, listed, loaded, of, spread
from tests.sources.loading import Loaded

NOON = datetime(2024, 3, 10, 12, tzinfo=UTC)
DAY = NOON.date()
SINCE = FIRST - timedelta(days=28)
COUNTERS = ("is_repost", "is_ad", "is_own", "likes", "comments", "reposts", "views")
BEFORE = error(
    100,
    "The media was posted before the most recent time that the user's account was converted to a business account",
    subcode=2108006,
)
GONE = error(100, "Unsupported get request. Object with ID '7' does not exist", subcode=33)
UNSUITED = error(100, "(#100) The Media Insights API does not support the views metric for this media product type.")
FEW = error(10, "(#10) Not enough viewers for the media to show insights")


MEDIA = ("reach,views,shares,saved", "reach", "views", "shares", "saved")


def rows(found: Loaded) -> dict[int, tuple[Any, ...]]:
    return {row["post_id"]: tuple(row[name] for name in COUNTERS) for row in found.named.get("posts", [])}


def reach(found: Loaded) -> dict[int, tuple[Any, ...]]:
    return {row["post_id"]: (row["reach"], row["saves"]) for row in found.named.get("post_reach", [])}


def pages(far_end: GraphFarEnd) -> list[str | None]:
    """The cursors that the list was asked with."""
    return [asked.fields.get("after") for asked in far_end.asked if asked.path.endswith("/media")]


def known(found: Loaded, report: str = "posts") -> list[Known]:
    return found.known_of(report)


def refusing(said: Any, metric: str = "") -> Any:
    """Of medium 7, what is asked with this metric is refused."""
    return lambda asked: said if asked.path == "7/insights" and metric in asked.fields["metric"] else None


def test_posts_and_reels_have_what_the_list_says_and_what_they_have_reached(graph_far_end: Serve) -> None:
    """A reel is a video by its media_type, and a reel by its media_product_type."""
    far_end = graph_far_end(Account([listed(7, NOON, media_product_type="REELS", media_type="VIDEO"), listed(6, NOON)]))
    found = loaded(far_end)
    assert rows(found) == {7: (False, False, True, 5, 2, 72, 71), 6: (False, False, True, 5, 2, 62, 61)}
    assert reach(found) == {7: (70, 73), 6: (60, 63)}
    assert known(found) == [Known("posts", SINCE, LAST)]
    assert known(found, "post_reach") == [Known("post_reach", SINCE, LAST)], "an account gives no clicks of its media"
    asked = next(one for one in far_end.asked if one.path == "7/insights")
    assert asked.fields == {"metric": "reach,views,shares,saved"}, "neither a period nor dates"


def test_stories_are_left_out(graph_far_end: Serve) -> None:
    far_end = graph_far_end(Account([listed(7, NOON, media_product_type="STORY"), listed(6, NOON)]))
    assert list(rows(loaded(far_end))) == [6]
    assert "7/insights" not in {one.path for one in far_end.asked}


def test_likes_that_the_owner_hides_are_unknown(graph_far_end: Serve) -> None:
    found = loaded(graph_far_end(Account([listed(7, NOON, like_count=None), listed(6, NOON - ONE_DAY, like_count=0)])))
    assert [row[3] for row in rows(found).values()] == [None, 0]
    assert known(found)[1:] == [Known("posts", DAY, DAY, reason=f"post 7: {UNLISTED}", without=("post_likes",))]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (BEFORE, "error 100/2108006: it was published before the account became a business account"),
        (GONE, "error 100/33: there is no such object"),
        (FEW, "error 10: too few people for Meta to show it"),
    ],
)
def test_a_medium_without_insights_has_the_counters_of_the_list(graph_far_end: Serve, said: Any, told: str) -> None:
    """Others are not touched by it."""
    found = loaded(graph_far_end(Account([listed(7, NOON), listed(6, NOON - ONE_DAY)], says=refusing(said))))
    assert rows(found) == {7: (False, False, True, 5, 2, None, None), 6: (False, False, True, 5, 2, 62, 61)}
    assert reach(found) == {7: (None, None), 6: (60, 63)}
    for report, without in (("posts", ("post_reposts", "post_views")), ("post_reach", ("post_reach", "post_saves"))):
        (_, lacking) = known(found, report)
        assert (lacking.first_day, lacking.state, lacking.without) == (DAY, "known", without)
        assert told in str(lacking.reason)


def test_media_from_before_the_business_account_are_not_tried_metric_by_metric(graph_far_end: Serve) -> None:
    media = spread(90, FIRST - timedelta(days=20), LAST)
    far_end = graph_far_end(
        Account(
            media,
            says=lambda asked: BEFORE if "since" not in asked.fields and asked.fields.get("metric") in MEDIA else None,
        )
    )
    found = loaded(far_end)
    assert len(rows(found)) == 90
    assert (
        len([one for one in far_end.asked if "since" not in one.fields and one.fields.get("metric") in MEDIA])
        == 90 + 2 * 4
    )
    assert len(known(found)) == 1 + 90


def test_a_metric_that_a_kind_of_medium_lacks_is_asked_for_of_the_others(graph_far_end: Serve) -> None:
    media = [listed(7, NOON, media_product_type="FEED"), listed(6, NOON - ONE_DAY)]
    found = loaded(graph_far_end(Account(media, says=refusing(UNSUITED, "views"))))
    assert rows(found) == {7: (False, False, True, 5, 2, 72, None), 6: (False, False, True, 5, 2, 62, 61)}
    assert reach(found) == {7: (70, 73), 6: (60, 63)}
    (_, lacking) = known(found)
    assert (lacking.first_day, lacking.without) == (DAY, ("post_views",))
    assert "Meta does not have this metric for such an object" in str(lacking.reason)


def test_a_medium_without_values_is_unknown_and_never_zero(graph_far_end: Serve) -> None:
    """Its metrics have `values`. What has a `total_value` in place of them is of another form."""
    total = {"data": [{"name": "reach", "total_value": {"value": 0}}, {"name": "views", "values": []}]}
    found = loaded(graph_far_end(Account([listed(7, NOON)], says=refusing(total))))
    assert reach(found) == {7: (None, None)}
    assert known(found)[1].reason == f"post 7: {EMPTY}"


def test_a_list_is_followed_by_its_cursors_and_not_to_the_number_of_media(graph_far_end: Serve) -> None:
    """Meta counts 229 media and lists 250. The last page has a cursor without a link."""
    far_end = graph_far_end(Account(spread(250, FIRST, LAST)))
    found = loaded(far_end)
    assert pages(far_end) == [None, "100", "200"]
    assert len(rows(found)) == 250


def test_a_list_is_left_where_its_media_are_older_than_what_is_read(graph_far_end: Serve) -> None:
    far_end = graph_far_end(Account(spread(400, date(2023, 3, 1), LAST)))
    assert min(row["published_at"].date() for row in loaded(far_end).named["posts"]) >= SINCE
    assert pages(far_end) == [None]


def test_a_medium_that_is_listed_twice_is_one(graph_far_end: Serve) -> None:
    media = spread(101, FIRST, LAST)
    media[100:] = [media[99], media[98], listed(500, NOON), listed(500, NOON)]
    far_end = graph_far_end(Account(media))
    found = loaded(far_end)
    assert len(found.rows["posts"]) == len(found.rows["post_reach"]) == 101
    assert len([one for one in far_end.asked if one.path == "500/insights"]) == 1


def test_media_that_may_not_be_listed_are_unknown_and_the_days_are_stored(graph_far_end: Serve) -> None:
    refused = error(10, "(#10) Application does not have permission for this action", status=403)
    found = loaded(graph_far_end(Account(says=lambda asked: refused if asked.path.endswith("/media") else None)))
    assert len(of(found, "views")) == 3
    for report in ("posts", "post_reach"):
        (one,) = known(found, report)
        assert (one.first_day, one.last_day, one.state) == (SINCE, LAST, "no_access")


@pytest.mark.parametrize(
    "odd",
    [{"id": "seven"}, {"id": "7_1"}, {"timestamp": None}, {"timestamp": "2024-03-10T12:00:00"}, {"timestamp": "x"}],
)
def test_what_is_no_medium_is_passed_over(graph_far_end: Serve, odd: dict[str, Any]) -> None:
    assert list(rows(loaded(graph_far_end(Account([listed(7, NOON, **odd), listed(6, NOON)]))))) == [6]


def test_an_account_without_media_has_none_on_days_that_are_known(graph_far_end: Serve) -> None:
    found = loaded(graph_far_end(Account()))
    assert found.rows["posts"] == []
    assert known(found) == [Known("posts", SINCE, LAST)]


def test_asking_anew_shows_what_has_fallen(graph_far_end: Serve) -> None:
    """Likes and saves may be taken back: a later answer counts, whatever the one before it said."""
    falling = {"likes": 5}

    def says(asked: Asked) -> Any:
        return {"data": [listed(7, NOON, like_count=falling["likes"])]} if asked.path.endswith("/media") else None

    far_end = graph_far_end(Account(says=says))
    before, falling["likes"] = loaded(far_end), 3
    far_end.requests.clear()
    assert [rows(found)[7][3] for found in (before, loaded(far_end))] == [5, 3]
