"""An account before its history is loaded: what the token may see, how far back, and what loading it costs."""

import re
from datetime import date

import pytest

from smm.sources import Refused
from smm.sources.instagram.surveying import survey
from smm.sources.survey import Survey
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import error
from tests.sources.instagram.account import ACCOUNT, FOLLOWS, Account, follows, loaded, spread, total, work

# the tests run on 17 November 2026
YEAR = {"first_day": date(2025, 11, 17), "last_day": date(2026, 11, 16)}


def surveyed(serve: Serve, account: Account) -> tuple[Survey, int]:
    """With how many requests."""
    far_end = serve(account)
    return survey([work(**YEAR)], far_end.access()), len(far_end.requests)


def unknown(found: Survey) -> list[str]:
    return [advice for advice in found.advice if advice.endswith(("stays unknown", "stay unknown"))]


def test_what_there_is_and_since_when(graph_far_end: Serve) -> None:
    """Meta answers for earlier months, too, and names the metric without a number."""
    account = Account(spread(90, date(2026, 10, 18), date(2026, 11, 16)))
    account.follows = lambda day: follows(day) if day > date(2025, 10, 31) else None
    views_since = date(2025, 5, 31)
    account.total = lambda metric, first, last: (
        None if metric == "views" and first < views_since else total(metric, first, last)
    )
    found, requests = surveyed(graph_far_end, account)
    assert (found.first_month, found.last_month) == (date(2024, 11, 1), date(2026, 11, 1))
    assert found.found == "25 months of statistics, about 90 posts a month"
    assert found.advice == (
        "it is the account 'yarko'",
        "at least from 2024-11 on: likes, comments, reposts, saves, engagements, page_visits, button_clicks,"
        " website_clicks, reach, reach_28",
        "from 2025-06 on: views",
        "from 2025-12 on: followers_gained, followers_lost",
        "followers are counted from the first run on: of earlier days Meta has no number. Back to 2025-12 they are"
        " derived from joins and leaves",
        "reach of a month of 31 days stays unknown: Instagram has none of more than 30; reach_28 has people of 28 days",
        "comments reach as far back as the posts: of each post, those of its first 28 days that are still there",
        "from 80 % of Meta's allowance on nothing more is asked: a backfill then waits until there is more, which is no"
        " failure, and goes on by itself; a daily run leaves these days to the next one",
        "Meta counts each part of a request: about 3,151 calls",
    )
    assert requests == 5


@pytest.mark.parametrize("count", [0, 30, 400])
def test_loading_costs_about_what_was_expected(graph_far_end: Serve, count: int) -> None:
    media = spread(count, **YEAR)
    found, _ = surveyed(graph_far_end, Account(media))
    far_end = graph_far_end(Account(media))
    loaded(far_end, **YEAR)
    assert len(far_end.requests) <= found.requests <= len(far_end.requests) + 4
    calls = int(re.sub(r"\D", "", found.advice[-1]))
    assert len(far_end.asked) <= calls <= len(far_end.asked) + 80


def test_with_few_followers_there_are_no_joins_and_leaves(graph_far_end: Serve) -> None:
    found, _ = surveyed(graph_far_end, Account(follows=lambda _: None))
    (advice,) = unknown(found)
    assert advice.startswith(f"{FOLLOWS}: Meta answered with nothing")
    assert advice.endswith("followers_gained, followers_lost stay unknown")
    assert "followers are counted from the first run on: of earlier days Meta has no number" in found.advice


def test_a_removed_metric_is_named_with_what_stays_unknown(graph_far_end: Serve) -> None:
    found, _ = surveyed(graph_far_end, Account(dead={"profile_links_taps"}))
    (advice,) = unknown(found)
    assert advice.startswith("profile_links_taps: Meta answered with error 100: Meta no longer has")
    assert advice.endswith("button_clicks stays unknown")
    assert any("from 2024-11 on: likes, comments" in told for told in found.advice), "the others are asked without it"


def test_media_that_may_not_be_listed_are_named(graph_far_end: Serve) -> None:
    refused = error(10, "(#10) Application does not have permission for this action", status=403)
    account = Account(says=lambda asked: refused if asked.path.endswith("/media") else None)
    found, _ = surveyed(graph_far_end, account)
    (advice,) = unknown(found)
    assert advice.endswith("posts stay unknown")


def test_an_account_that_the_token_may_not_see(graph_far_end: Serve) -> None:
    gone = error(100, "Unsupported get request. Object with ID '1' does not exist", subcode=33)
    with pytest.raises(Refused, match="there is no such object, or the token may not see it"):
        surveyed(graph_far_end, Account(says=lambda asked: gone if asked.path == str(ACCOUNT) else None))


def test_comments_that_may_not_be_read_are_named(graph_far_end: Serve) -> None:
    refused = error(10, "(#10) This endpoint requires the permission", status=403)
    script = Account(spread(2, **YEAR), says=lambda asked: refused if asked.path.endswith("/comments") else None)
    (advice,) = unknown(surveyed(graph_far_end, script)[0])
    assert advice.startswith("Meta answered with error 10")
    assert advice.endswith("which comments are answered stays unknown")
