"""A Page before its history is loaded: what the token may see, how far back, and what loading it costs."""

import re
from datetime import date
from typing import Any

import pytest

from sandbox.loopback import Answer
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


def unknown(found: Survey) -> list[str]:
    return [advice for advice in found.advice if advice.endswith(("stays unknown", "stay unknown"))]


def comments(found: Survey) -> list[str]:
    """How far back they reach."""
    return [advice for advice in found.advice if advice.startswith("comments reach")]


def test_what_there_is_and_since_when(graph_far_end: Serve) -> None:
    begun = {"page_media_view": date(2025, 3, 1), "page_total_media_view_unique": date(2025, 6, 1)}
    page = Page(spread(90, date(2026, 10, 18), date(2026, 11, 16)))
    page.number = lambda metric, period, day: (
        number(metric, period, day) if day >= begun.get(metric, date(2025, 1, 1)) else None
    )
    found, requests = surveyed(graph_far_end, page)
    assert (found.first_month, found.last_month) == (date(2025, 1, 1), date(2026, 11, 1))
    assert found.found == "23 months of statistics, about 90 posts a month"
    assert found.advice == (
        "it is the Page 'Yarko'",
        "from 2025-01 on: followers, followers_gained, followers_lost, likes, engagements, page_visits, button_clicks",
        "from 2025-03 on: views, views_ads",
        "from 2025-06 on: reach, reach_28",
        "reach of a calendar month stays unknown: Facebook has none; reach_28 has people of 28 days",
        "comments reach as far back as the posts: of each post, those of its first 28 days that are still there",
        "from 80 % of Meta's allowance on nothing more is asked: a backfill then waits until there is more, which is no"
        " failure, and goes on by itself; a daily run leaves these days to the next one",
        "Meta counts each part of a request: about 2,392 calls",
    )
    assert requests == 6


def test_before_the_oldest_month_that_was_tried_there_may_be_more(graph_far_end: Serve) -> None:
    found, _ = surveyed(graph_far_end, Page())
    assert found.first_month == date(2024, 11, 1)
    assert any(advice.startswith("at least from 2024-11 on: followers, ") for advice in found.advice)


def test_how_much_of_the_allowance_is_used_is_told(graph_far_end: Serve) -> None:
    far_end = graph_far_end(Page())
    far_end.headers |= {"x-app-usage": '{"call_count": 28}'}
    *_, allowance, _ = survey([work(**YEAR)], far_end.access()).advice
    assert allowance.startswith(
        "from 80 % of Meta's allowance on nothing more is asked, and 28 % is used now: a backfill"
    )


def test_the_name_of_a_page_is_shown_on_one_line(graph_far_end: Serve) -> None:
    told = {"name": "Yarko\n2026-11-17 INFO all is well", "id": str(PAGE)}
    far_end = graph_far_end(Page(says=lambda asked: told if asked.fields.get("fields", "").startswith("id,") else None))
    assert survey([work(**YEAR)], far_end.access()).advice[0] == "it is the Page 'Yarko 2026-11-17 INFO all is well'"


@pytest.mark.parametrize("count", [0, 30, 400])
def test_loading_costs_about_what_was_expected(graph_far_end: Serve, count: int) -> None:
    posts = spread(count, **YEAR)
    found, _ = surveyed(graph_far_end, Page(posts))
    far_end = graph_far_end(Page(posts))
    loaded(far_end, **YEAR)
    assert len(far_end.requests) <= found.requests <= len(far_end.requests) + 4
    calls = int(re.sub(r"\D", "", found.advice[-1]))
    assert len(far_end.asked) <= calls <= len(far_end.asked) + 80


def test_a_removed_metric_is_named_with_what_stays_unknown(graph_far_end: Serve) -> None:
    found, _ = surveyed(graph_far_end, Page(dead={"page_total_actions"}))
    (advice,) = unknown(found)
    assert advice.startswith("page_total_actions: Meta answered with error 100: Meta no longer has")
    assert advice.endswith("button_clicks stays unknown")
    assert found.first_month == date(2024, 11, 1), "the others are asked without it"


def test_without_a_permission_there_is_nothing_and_all_metrics_are_named(graph_far_end: Serve) -> None:
    found, _ = surveyed(graph_far_end, Page(number=nothing))
    assert (found.first_month, found.last_month) == (None, None)
    (advice,) = unknown(found)
    assert "page_total_media_view_unique: Meta answered with nothing, which may be a missing permission" in advice
    assert advice.endswith("page_visits, button_clicks, reach, reach_28 stay unknown")


def test_a_day_that_is_not_ready_is_no_missing_permission(graph_far_end: Serve) -> None:
    late = date(2026, 11, 10)
    page = Page(number=lambda metric, period, day: number(metric, period, day) if day < late else None)
    found, _ = surveyed(graph_far_end, page)
    assert unknown(found) == []


def test_values_that_are_left_out_are_no_month(graph_far_end: Serve) -> None:
    empty: dict[str, Any] = {"data": [{"name": "page_media_view", "period": "day", "values": []}]}
    found, _ = surveyed(graph_far_end, Page(says=lambda asked: empty if "since" in asked.fields else None))
    assert found.first_month is None
    assert len(unknown(found)) == 1
    assert not any(advice.startswith("reach of a calendar month") for advice in found.advice), "nor of a day"


def test_posts_that_may_not_be_listed_are_named(graph_far_end: Serve) -> None:
    refused = error(10, "(#10) requires pages_read_user_content", status=403)
    page = Page(says=lambda asked: refused if asked.path.endswith("published_posts") else None)
    found, _ = surveyed(graph_far_end, page)
    (advice,) = unknown(found)
    assert advice.startswith("Meta answered with error 10: the token lacks a permission")
    assert advice.endswith("posts stay unknown")


def test_a_page_that_gives_no_token(graph_far_end: Serve) -> None:
    with pytest.raises(Refused, match=f"no access to Page {PAGE}"):
        surveyed(graph_far_end, Page(says=lambda asked: {"id": asked.path}))


def test_comments_that_may_not_be_read_are_named(graph_far_end: Serve) -> None:
    refused = error(10, "(#10) This endpoint requires the permission", status=403)
    script = Page(spread(2, **YEAR), says=lambda asked: refused if asked.path.endswith("/comments") else None)
    found, _ = surveyed(graph_far_end, script)
    assert comments(found) == []
    (advice,) = unknown(found)
    assert advice.startswith("Meta answered with error 10")
    assert advice.endswith("which comments are answered stays unknown")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (error(4, "(#4) Application request limit reached", status=403), "Meta's allowance is used up"),
        (error(2, "Please retry", status=500), "Meta did not answer in 3 tries"),
    ],
)
def test_comments_that_meta_is_too_busy_for_leave_the_rest_told(graph_far_end: Serve, said: Answer, why: str) -> None:
    script = Page(spread(2, **YEAR), says=lambda asked: said if asked.path.endswith("/comments") else None)
    found, _ = surveyed(graph_far_end, script)
    (advice,) = (one for one in found.advice if one.startswith("whether comments can be read could not be tried: "))
    assert why in advice
    assert found.found.startswith("25 months of statistics")
