"""Threads with a community: how many began, how many were answered, and after how long."""

import pytest

from smm.warehouse import run
from tests.sql.facts import MESSAGES, VK, Cell, Core


@pytest.fixture
def inbox(core: Core) -> Core:
    """The client counts VK's messages as leads; all days of June are known."""
    core.network("vk", "vk")
    core.put("lead_part", part="messages", source="vk")
    core.cover((*VK, *MESSAGES), "06-01", "06-30")
    return core


def test_threads_belong_to_the_day_on_which_they_began(inbox: Core) -> None:
    inbox.thread("06-05 12:00", answered=10)
    inbox.thread("06-05 13:00")
    inbox.thread("06-06 13:00", answered=60)
    inbox.rebuild("06")

    assert inbox.cell("messages", "06-05") == Cell(2)
    assert inbox.cell("messages", "06-07") == Cell(0), "a day without any"
    assert inbox.cell("messages", "06-01", "month") == Cell(3)
    assert inbox.cell("leads", "06-01", "month") == Cell(3)
    assert inbox.cell("leads", "06-01", "month", "all") == Cell(3)
    assert inbox.kpi("messages", "06-01", "week", "all") == Cell(3)
    assert inbox.kpi("response_rate", "06-05") == Cell(0.5)
    assert inbox.kpi("response_rate", "06-01", "month", "all") == Cell(round(2 / 3, 6))
    assert inbox.kpi("response_rate", "06-07") == Cell(None, "zero_denominator")


def test_a_thread_within_its_24_hours_is_not_unanswered(inbox: Core) -> None:
    inbox.thread("06-05 12:00", answered=10, read=1)
    inbox.thread("06-05 13:00", read=23)
    inbox.thread("06-05 14:00", read=24)
    inbox.rebuild("06")

    assert inbox.cell("messages", "06-05") == Cell(3)
    assert inbox.cell("messages_settled", "06-05") == Cell(2)
    assert inbox.cell("messages_answered", "06-05") == Cell(1)
    assert inbox.kpi("response_rate", "06-01", "month") == Cell(0.5)


def test_minutes_are_the_median_of_the_periods_own_threads(inbox: Core) -> None:
    """The median of the days' medians would be 30."""
    for at, minutes in (("06-01 10:00", 10), ("06-01 11:00", 20), ("06-01 12:00", 30), ("06-02 10:00", 40)):
        inbox.thread(at, answered=minutes)
    inbox.thread("06-02 11:00")
    inbox.thread("06-15 11:00", answered=1000)
    inbox.rebuild("06")

    assert inbox.cell("response_minutes", "06-01") == Cell(20)
    assert inbox.cell("response_minutes", "06-02") == Cell(40)
    assert inbox.cell("response_minutes", "06-01", "week") == Cell(25)
    assert inbox.kpi("response_minutes", "06-01", "month") == Cell(30)
    assert inbox.cell("response_minutes", "06-03") == Cell(None, "not_applicable", 0), "nobody was answered"
    assert inbox.cell("response_minutes", "06-01", "month", "all") is None, "nothing adds medians up"


def test_weeks_have_the_threads_of_both_their_months(inbox: Core) -> None:
    inbox.cover((*VK, *MESSAGES), "05-25", "05-31")
    inbox.cover((*VK, *MESSAGES), "07-01", "07-05")
    inbox.thread("06-30 10:00", answered=10)
    inbox.thread("07-01 10:00", answered=20)
    inbox.rebuild("06", "06")

    assert inbox.cell("messages", "06-29", "week") == Cell(2)
    assert inbox.cell("response_minutes", "06-29", "week") == Cell(15)
    assert inbox.cell("response_minutes", "06-01", "month") == Cell(10)


def test_days_that_are_not_known(inbox: Core) -> None:
    inbox.warehouse.execute("delete from core.coverage where report = 'messages' and day >= '2026-06-10'")
    inbox.cover(MESSAGES, "06-22", "06-22", state="no_access")
    inbox.thread("06-09 10:00", answered=10)
    inbox.rebuild("06")

    assert inbox.cell("messages", "06-10") == Cell(None, "source_missing", 0)
    assert inbox.cell("messages", "06-08", "week") == Cell(1, None, 0.2857)
    assert inbox.cell("response_minutes", "06-08", "week") == Cell(10, None, 0.2857)
    assert inbox.cell("response_minutes", "06-15", "week") == Cell(None, "source_missing", 0)
    assert inbox.cell("messages", "06-01", "month") == Cell(None, "no_access", 0.3)
    assert inbox.cell("response_minutes", "06-01", "month") == Cell(None, "no_access", 0)
    assert inbox.cell("leads", "06-01", "month", "all") == Cell(None, "no_access", 0.3)


def test_no_other_network_waits_for_what_is_written_to_a_community(inbox: Core) -> None:
    inbox.put("lead_part", part="calls", source="figures")
    inbox.thread("06-05 12:00", answered=10)
    inbox.cover(("figures",), "06-01", "06-30")
    for network, calls in (("vk", 5), ("vk_ads", 3)):
        inbox.figure(network, "calls", "06-01", calls, "month")
    inbox.rebuild("06")

    assert inbox.cell("leads", "06-01", "month") == Cell(6)
    assert inbox.cell("leads", "06-01", "month", "vk_ads") == Cell(3)
    assert inbox.cell("leads", "06-01", "month", "all") == Cell(9)
    assert inbox.cell("leads", "06-05") is None, "calls are known by the month only"


def test_a_client_that_counts_no_messages_of_vk_is_asked_for_none(inbox: Core) -> None:
    inbox.thread("06-05 12:00", answered=10)
    inbox.warehouse.execute("update core.lead_part set source = 'figures'")
    inbox.cover(("figures",), "06-01", "06-30")
    inbox.figure("vk", "messages", "06-01", 7, "month")
    inbox.rebuild("06")

    assert inbox.cell("messages", "06-01", "month") == Cell(7), "its own figure, and VK's in nobody's way"
    assert inbox.cell("messages", "06-05") is None
    assert inbox.cell("response_minutes", "06-05") is None


@pytest.mark.parametrize(("origin", "given_twice"), [("figures", None), ("vk", "vk.messages"), ("vk_spb", None)])
def test_figures_of_messages_stand_where_vk_counts_none(core: Core, origin: str, given_twice: str | None) -> None:
    core.network("vk", "vk")
    core.put("lead_part", part="messages", source=origin)
    core.put("load", run_id="run", source="figures", network="figures", state="staged", load_id="load")
    core.warehouse.execute(
        "insert into staging.counts values"
        " ('yarko', 'load', 'vk', 'figures', 'messages', 'month', '2026-06-01', 7, '2026-06-30', null, null)"
    )

    (found,) = run(core.warehouse, "facts/counts/audit_counts.sql", {"run_id": "run", "sources": ["figures"]})
    core.warehouse.rollback()

    assert found["given_twice"] == given_twice
