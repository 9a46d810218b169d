"""Posts of a Page and of an account over real HTTP: what one of them costs the others, and lists that are cut."""

from datetime import date, timedelta
from typing import Any

import pytest

from smm.sources import Transient
from smm.sources.graph import cursors
from smm.sources.graph import posts as posts_of_meta
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import NO_TIME, Asked, error
from tests.sources.graph.test_comments import FIRST, LAST, NOON, SINCE, Service, comment, service
from tests.sources.loading import Loaded

__all__ = ["service"]
BUSY = error(2, "Please retry", status=500)


@pytest.mark.parametrize("count", [1, 2, 52, 60])
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("busy", [BUSY, error(1, "An unknown error", status=500), NO_TIME], ids=["2", "1", "null"])
def test_a_post_that_meta_is_always_busy_for_is_unknown_alone(
    graph_far_end: Serve, service: Service, count: int, busy: Any, last: bool
) -> None:
    numbers = range(7, 7 + count)
    one = numbers[-1 if last else 0]
    script = service.posts(
        {service.name(at): [] for at in numbers},
        lambda asked: busy if asked.path == f"{service.name(one)}/insights" else None,
    )
    found = service.loaded(graph_far_end(script))
    assert {row["post_id"]: row["views"] is None for row in found.named["posts"]} == {at: at == one for at in numbers}
    _, lacking = found.known_of("post_reach")
    assert str(lacking.reason).startswith(f"post {one}: Meta did not answer in 3 tries: ")
    assert "post_reach" in lacking.without


def test_where_meta_is_busy_for_all_posts_the_load_is_tried_again(graph_far_end: Serve, service: Service) -> None:
    script = service.posts(
        {service.name(at): [] for at in range(60)}, lambda asked: BUSY if asked.path.endswith("/insights") else None
    )
    with pytest.raises(Transient):
        service.loaded(graph_far_end(script))


LINK = "https://graph.facebook.com/v26.0/next"
LISTS = ("/published_posts", "/media")


def paged(service: Service, pages: dict[str | None, dict[str, Any]]) -> Any:
    """A script whose list has these pages, by the cursor with which each is asked for."""

    def says(asked: Asked) -> Any:
        return pages[asked.fields.get("after")] if asked.path.endswith(LISTS) else None

    return service.of([service.listed(7, NOON)], {service.name(7): [comment("1", 10)]}, says)


def unanswered(found: Loaded, report: str) -> list[tuple[date, date, str | None]]:
    return [(one.first_day, one.last_day, one.reason) for one in found.known_of(report) if one.state == "unanswered"]


def goes_on(after: str | None) -> dict[str, Any]:
    return {"next": LINK} | ({"cursors": {"after": after}} if after else {})


@pytest.mark.parametrize(
    ("cursors_by_page", "why"),
    [
        ({None: "A", "A": "A"}, cursors.ROUND),
        ({None: "A", "A": "B", "B": "A"}, cursors.ROUND),
        ({None: None}, cursors.NOWHERE),
    ],
)
def test_a_list_that_is_cut_leaves_the_days_before_it_unanswered(
    graph_far_end: Serve, service: Service, cursors_by_page: dict[str | None, str | None], why: str
) -> None:
    """They keep what was known, and the comments below the posts that were not read are missing, too."""
    post = service.listed(7, NOON)
    pages = {cursor: {"data": [post], "paging": goes_on(after)} for cursor, after in cursors_by_page.items()}
    far_end = graph_far_end(paged(service, pages))
    found = service.loaded(far_end)
    assert len([one for one in far_end.asked if one.path.endswith(LISTS)]) == len(pages)
    assert [row["post_id"] for row in found.named["posts"]] == [7]
    for report in ("posts", "post_reach", "own_comments"):
        assert unanswered(found, report) == [(SINCE, NOON.date(), why)]
    assert unanswered(found, "comments") == [(FIRST, LAST, why)]


def test_an_answer_without_a_list_is_no_empty_list(graph_far_end: Serve, service: Service) -> None:
    found = service.loaded(graph_far_end(paged(service, {None: {"success": True}})))
    assert unanswered(found, "posts") == [(SINCE, LAST, cursors.NO_LIST)]
    assert unanswered(found, "comments") == [(FIRST, LAST, cursors.NO_LIST)]


def test_of_a_list_that_is_cut_after_what_is_read_nothing_is_missing(graph_far_end: Serve, service: Service) -> None:
    posts = [service.listed(7, NOON), service.listed(6, NOON - timedelta(days=90))]
    posts += [service.listed(at, NOON - timedelta(days=90)) for at in range(1, 6)]
    found = service.loaded(graph_far_end(paged(service, {None: {"data": posts, "paging": goes_on(None)}})))
    assert unanswered(found, "posts") == []


@pytest.mark.parametrize("at", [None, "soon", "2024-03-10T12:00:00", "0001-01-01T00:00:00+0000"])
def test_a_post_without_a_moment_leaves_the_days_of_its_neighbours_unanswered(
    graph_far_end: Serve, service: Service, at: str | None
) -> None:
    days = [NOON + timedelta(days=1), NOON, NOON - timedelta(days=1), NOON - timedelta(days=9)]
    posts = [service.listed(9 - nth, day) for nth, day in enumerate(days)]
    posts[2] |= {"created_time": at, "timestamp": at}
    found = service.loaded(graph_far_end(service.of(posts, {})))
    assert len(found.named["posts"]) == 3
    assert unanswered(found, "posts") == [(days[3].date(), days[1].date(), posts_of_meta.UNREADABLE)]


def test_a_number_that_is_too_long_leaves_the_day_of_its_post_unanswered(
    graph_far_end: Serve, service: Service
) -> None:
    found = service.loaded(graph_far_end(service.of([service.listed(2**63, NOON)], {})))
    assert found.rows["posts"] == []
    assert unanswered(found, "posts") == [(NOON.date(), NOON.date(), posts_of_meta.UNREADABLE)]
