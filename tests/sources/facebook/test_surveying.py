"""A Page before its history is loaded: what the token may see, how far back, and what loading it costs."""

from datetime import date
from typing import Any

import pytest

from smm.sources import Refused
from smm.sources.facebook.surveying import survey
from smm.sources.survey import Survey
from tests.sources.facebook.page import PAGE, Page, loaded, nothing, number, spread, work
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import error

# the tests run on 17 November 2026
YEAR = {"first_day": date(2025, 11, 17), "last_day": date(2026, 11, 16)}


def surveyed(serve: Serve, page: Page, **days: date) -> tuple[Survey, int]:
    """With how many requests."""
    far_end = serve(page)
    return survey([work(**YEAR | days)], far_end.access()), len(far_end.requests)


def test_what_there_is_and_since_when(graph_far_end: Serve) -> None:
    page = Page(spread(90, date(2026, 10, 18), date(2026, 11, 16)))
    page.number = lambda metric, period, day: number(metric, period, day) if day >= date(2025, 3, 1) else None
    found, requests = surveyed(graph_far_end, page)
    assert (found.first_month, found.last_month) == (date(2025, 3, 1), date(2026, 11, 1))
    assert found.found == "21 months of statistics, about 90 posts a month"
    assert found.advice == ()
    assert requests == 5


@pytest.mark.parametrize("count", [0, 30, 400])
def test_loading_costs_about_what_was_expected(graph_far_end: Serve, count: int) -> None:
    posts = spread(count, **YEAR)
    found, _ = surveyed(graph_far_end, Page(posts))
    far_end = graph_far_end(Page(posts))
    loaded(far_end, **YEAR)
    assert len(far_end.requests) <= found.requests <= len(far_end.requests) + 4


def test_a_removed_metric_is_named_with_what_stays_unknown(graph_far_end: Serve) -> None:
    found, _ = surveyed(graph_far_end, Page(dead={"page_total_actions"}))
    (advice,) = found.advice
    assert advice.startswith("page_total_actions: Meta answered with error 100: Meta no longer has")
    assert advice.endswith("button_clicks stays unknown")


def test_without_a_permission_there_is_nothing_and_each_metric_is_named(graph_far_end: Serve) -> None:
    found, _ = surveyed(graph_far_end, Page(number=nothing))
    assert (found.first_month, found.last_month) == (None, None)
    assert len(found.advice) == 9
    assert all("which may be a missing permission (read_insights" in one for one in found.advice)


def test_values_that_are_left_out_are_no_month(graph_far_end: Serve) -> None:
    empty: dict[str, Any] = {"data": [{"name": "page_media_view", "period": "day", "values": []}]}
    found, _ = surveyed(graph_far_end, Page(says=lambda asked: empty if "since" in asked.fields else None))
    assert found.first_month is None
    assert len(found.advice) == 9


def test_posts_that_may_not_be_listed_are_named(graph_far_end: Serve) -> None:
    refused = error(10, "(#10) requires pages_read_user_content", status=403)
    page = Page(says=lambda asked: refused if asked.path.endswith("published_posts") else None)
    found, _ = surveyed(graph_far_end, page)
    (advice,) = found.advice
    assert advice.startswith("Meta answered with error 10: the token lacks a permission")
    assert advice.endswith("posts stay unknown")


def test_a_page_that_gives_no_token(graph_far_end: Serve) -> None:
    with pytest.raises(Refused, match=f"no access to Page {PAGE}"):
        surveyed(graph_far_end, Page(says=lambda asked: {"id": asked.path}))


def test_comments_that_may_not_be_read_are_named(graph_far_end: Serve) -> None:
    refused = error(10, "(#10) This endpoint requires the permission", status=403)
    script = Page(spread(2, **YEAR), says=lambda asked: refused if asked.path.endswith("/comments") else None)
    (advice,) = surveyed(graph_far_end, script)[0].advice
    assert advice.startswith("Meta answered with error 10")
    assert advice.endswith("which comments are answered stays unknown")
