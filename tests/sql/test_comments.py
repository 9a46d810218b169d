"""Comments below the posts of pages: how many were answered, and after how long. They are no messages."""

import pytest

from tests.sql.facts import MESSAGES, VK, Cell, Core

META = ("facebook", "instagram")


@pytest.fixture
def pages(core: Core) -> Core:
    """A client with a Page, an account, and a community whose messages are counted; all days of June are known."""
    core.network("vk", "vk")
    core.put("lead_part", part="messages", source="vk")
    core.cover((*VK, *MESSAGES), "06-01", "06-30")
    for network in META:
        core.network(network, network)
        core.cover(("comments",), "06-01", "06-30", network, source=network)
    return core


def test_comments_belong_to_the_day_on_which_they_were_written(pages: Core) -> None:
    pages.thread("06-05 12:00", answered=10, network="facebook", kind="comments")
    pages.thread("06-05 13:00", network="facebook", kind="comments")
    pages.thread("06-06 13:00", answered=60, network="facebook", kind="comments")
    pages.thread("06-06 14:00", read=23, network="facebook", kind="comments")
    pages.rebuild("06")

    assert pages.cell("comments_settled", "06-05", network="facebook") == Cell(2)
    assert pages.cell("comments_settled", "06-06", network="facebook") == Cell(1), "one is within its 24 hours"
    assert pages.cell("comments_settled", "06-07", network="facebook") == Cell(0), "a day without any"
    assert pages.cell("comments_answered", "06-01", "month", "facebook") == Cell(2)
    assert pages.kpi("comment_response_rate", "06-05", network="facebook") == Cell(0.5)
    assert pages.kpi("comment_response_rate", "06-01", "month", "facebook") == Cell(round(2 / 3, 6))
    assert pages.kpi("comment_response_rate", "06-07", network="facebook") == Cell(None, "zero_denominator")


def test_comments_and_messages_are_not_counted_together(pages: Core) -> None:
    pages.thread("06-05 12:00", answered=10)
    pages.thread("06-05 12:00", answered=30, kind="comments")  # of a source that may come to give both
    pages.thread("06-05 12:00", answered=50, network="facebook", kind="comments")
    pages.thread("06-05 12:00", answered=70, network="facebook")
    pages.rebuild("06")

    assert pages.cell("messages", "06-01", "month") == Cell(1)
    assert pages.cell("response_minutes", "06-01", "month") == Cell(10)
    assert pages.cell("response_minutes", "06-05") == Cell(10)
    assert pages.cell("messages", "06-01", "month", "all") == Cell(1)
    assert pages.cell("leads", "06-01", "month", "all") == Cell(1)
    assert pages.cell("comments_settled", "06-01", "month") is None, "VK gives none"
    assert pages.cell("messages", "06-01", "month", "facebook") is None
    assert pages.cell("comments_settled", "06-01", "month", "facebook") == Cell(1)
    assert pages.kpi("comment_response_minutes", "06-01", "month", "facebook") == Cell(50)
    assert pages.kpi("comment_response_minutes", "06-05", "day", "facebook") == Cell(50)


def test_shares_are_added_over_the_networks_that_count_comments(pages: Core) -> None:
    pages.thread("06-05 12:00", answered=10, network="facebook", kind="comments")
    pages.thread("06-05 12:00", network="instagram", kind="comments")
    pages.thread("06-05 13:00", network="instagram", kind="comments")
    pages.thread("06-06 13:00", answered=30, network="facebook", kind="comments")
    pages.rebuild("06")

    assert pages.kpi("comment_response_rate", "06-05", "day", "all") == Cell(round(1 / 3, 6))
    assert pages.kpi("comment_response_rate", "06-01", "month", "all") == Cell(0.5)
    assert pages.kpi("comment_response_minutes", "06-01", "month", "facebook") == Cell(20)
    assert pages.cell("comment_response_minutes", "06-01", "month", "all") is None, "nothing adds medians up"


def test_days_whose_comments_are_not_known(pages: Core) -> None:
    pages.cover(("comments",), "06-10", "06-10", "facebook", "unanswered", source="facebook")
    pages.cover(("comments",), "06-20", "06-20", "instagram", "no_access", source="instagram")
    pages.thread("06-09 10:00", answered=10, network="facebook", kind="comments")
    pages.thread("06-10 10:00", network="facebook", kind="comments")
    pages.rebuild("06")

    assert pages.cell("comments_settled", "06-10", network="facebook") == Cell(None, "source_missing", 0)
    assert pages.cell("comments_settled", "06-08", "week", "facebook") == Cell(1, None, 0.8571)
    assert pages.kpi("comment_response_rate", "06-20", "day", "instagram") == Cell(None, "no_access", 0)
    assert pages.kpi("comment_response_rate", "06-20", "day", "all") == Cell(None, "no_access", 0)
    assert pages.cell("comment_response_minutes", "06-01", "month", "instagram") == Cell(None, "no_access", 0)
