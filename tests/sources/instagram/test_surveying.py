"""An account before its history is loaded: what the token may see, how far back, and what loading it costs."""

from datetime import date

import pytest

from smm.sources import Refused
from smm.sources.instagram.surveying import survey
from smm.sources.survey import Survey
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import error
from tests.sources.instagram.account import ACCOUNT, FOLLOWS, Account, follows, loaded, spread, work

# the tests run on 17 November 2026
YEAR = {"first_day": date(2025, 11, 17), "last_day": date(2026, 11, 16)}


def surveyed(serve: Serve, account: Account) -> tuple[Survey, int]:
    """With how many requests."""
    far_end = serve(account)
    return survey([work(**YEAR)], far_end.access()), len(far_end.requests)


def test_what_there_is_and_since_when(graph_far_end: Serve) -> None:
    """Meta answers for earlier months, too, and names the metric without a number."""
    account = Account(spread(90, date(2026, 10, 18), date(2026, 11, 16)))
    account.follows = lambda day: follows(day) if day > date(2025, 10, 31) else None
    found, requests = surveyed(graph_far_end, account)
    assert (found.first_month, found.last_month) == (date(2025, 12, 1), date(2026, 11, 1))
    assert found.found == "12 months of joins and leaves, about 90 posts a month"
    assert found.advice == ()
    assert requests == 4


@pytest.mark.parametrize("count", [0, 30, 400])
def test_loading_costs_about_what_was_expected(graph_far_end: Serve, count: int) -> None:
    media = spread(count, **YEAR)
    found, _ = surveyed(graph_far_end, Account(media))
    far_end = graph_far_end(Account(media))
    loaded(far_end, **YEAR)
    assert len(far_end.requests) <= found.requests <= len(far_end.requests) + 4


def test_with_few_followers_there_are_no_joins_and_leaves(graph_far_end: Serve) -> None:
    found, _ = surveyed(graph_far_end, Account(follows=lambda _: None))
    assert found.first_month is None
    (advice,) = found.advice
    assert advice.startswith(f"{FOLLOWS}: Meta answered with nothing")
    assert advice.endswith("followers_gained, followers_lost stays unknown")


def test_a_removed_metric_is_named_with_what_stays_unknown(graph_far_end: Serve) -> None:
    found, _ = surveyed(graph_far_end, Account(dead={"profile_links_taps"}))
    (advice,) = found.advice
    assert advice.startswith("profile_links_taps: Meta answered with error 100: Meta no longer has")
    assert advice.endswith("button_clicks stays unknown")


def test_media_that_may_not_be_listed_are_named(graph_far_end: Serve) -> None:
    refused = error(10, "(#10) Application does not have permission for this action", status=403)
    account = Account(says=lambda asked: refused if asked.path.endswith("/media") else None)
    found, _ = surveyed(graph_far_end, account)
    (advice,) = found.advice
    assert advice.endswith("posts stay unknown")


def test_an_account_that_the_token_may_not_see(graph_far_end: Serve) -> None:
    gone = error(100, "Unsupported get request. Object with ID '1' does not exist", subcode=33)
    with pytest.raises(Refused, match="there is no such object, or the token may not see it"):
        surveyed(graph_far_end, Account(says=lambda asked: gone if asked.path == str(ACCOUNT) else None))


def test_comments_that_may_not_be_read_are_named(graph_far_end: Serve) -> None:
    refused = error(10, "(#10) This endpoint requires the permission", status=403)
    script = Account(spread(2, **YEAR), says=lambda asked: refused if asked.path.endswith("/comments") else None)
    (advice,) = surveyed(graph_far_end, script)[0].advice
    assert advice.startswith("Meta answered with error 10")
    assert advice.endswith("which comments are answered stays unknown")
