"""`all`, the social networks together, and leads, the declared parts together."""

import pytest

from tests.sql.facts import GA4, VK, Cell, Core, days, origin_of


def test_all_is_the_social_networks_their_ads_and_further_communities(core: Core) -> None:
    core.network("vk", "vk")
    core.network("vk_spb", "vk")
    core.cover(GA4, "06-01", "06-30")
    core.cover(VK, "06-01", "06-30", network="vk")
    core.cover(VK, "06-01", "06-30", network="vk_spb")
    for number, network in enumerate(("vk", "vk_ads", "telegram", "search")):
        core.sessions("06-01", network, 10**number)
    core.stats("06-01", likes=5)
    core.stats("06-01", likes=7, network="vk_spb")
    core.rebuild("06")

    assert core.cell("sessions", "06-01", network="all") == Cell(111)
    assert core.cell("sessions", "06-01", "month", "all") == Cell(111)
    assert core.cell("likes", "06-01", network="all") == Cell(12)


def test_all_is_unknown_as_soon_as_one_network_is(core: Core) -> None:
    core.network("vk", "vk")
    core.network("vk_spb", "vk")
    core.cover(VK, "06-01", "06-30", network="vk")
    core.cover(VK, "06-01", "06-29", network="vk_spb")
    core.cover(("stats",), "06-29", "06-29", network="vk_spb", state="no_access")
    core.stats("06-01", likes=5)
    core.rebuild("06")

    assert core.cell("likes", "06-01", network="all") == Cell(5)
    assert core.cell("likes", "06-30", network="all") == Cell(None, "source_missing", 0)
    assert core.cell("likes", "06-29", network="all") == Cell(None, "no_access", 0)
    assert core.cell("likes", "06-01", "month", "all") == Cell(None, "no_access", 0.9333)
    assert core.cell("posts", "06-01", "month", "all") == Cell(0, None, 0.9667), "as incomplete as its least known part"


def test_figures_of_all_itself_stand_where_no_social_network_gives_them(core: Core) -> None:
    core.cover(("figures",), "06-01", "06-30")
    core.figure("all", "budget", "06-01", 3000, "month")
    core.figure("all", "spend", "06-01", 2000, "month")
    core.figure("vk_ads", "spend", "06-01", 1500, "month")
    core.figure("search", "spend", "06-01", 99, "month")
    core.figure("all", "reach", "06-01", 700, "month")
    core.figure("vk", "reach", "06-01", 600, "month")
    core.rebuild("06")

    assert core.cell("budget", "06-01", "month", "all") == Cell(3000)
    assert core.cell("spend", "06-01", "month", "all") == Cell(1500)
    assert core.cell("reach", "06-01", "month", "all") == Cell(700), "people, whom nothing adds up"


@pytest.fixture
def uneven(core: Core) -> Core:
    """VK counts reactions of every kind by day, Facebook likes alone; both count followers and posts."""
    for network, reports in (("vk", VK), ("facebook", ("insights", "posts"))):
        core.network(network, network)
        core.cover(reports, "06-01", "06-30", network=network, source=network)
    for day in days("06-01", "06-30"):
        core.members(day, 1000)
        core.count("facebook", "facebook", "insights", "day", day, day, followers=1000)
    core.stats("06-03", likes=20, comments=6, reposts=4)
    core.count("facebook", "facebook", "insights", "day", "06-03", "06-03", likes=7)
    for number, network in enumerate(("vk", "facebook")):
        core.post(number, "06-03", network)
        core.snapshot(number, "06-05", network, likes=5, comments=4, reposts=1, own_comments=None if number else 2)
    core.rebuild("06")
    return core


@pytest.mark.parametrize(("grain", "first_day"), [("day", "06-03"), ("week", "06-01"), ("month", "06-01")])
def test_a_kpi_of_all_is_unknown_where_one_network_counts_only_a_part_of_it(
    uneven: Core, grain: str, first_day: str
) -> None:
    """Its followers would be below the line, and its comments not above it."""
    for kpi in ("er_day", "reach_rate"):
        together = uneven.kpi(kpi, first_day, grain, "all")
        assert together is not None
        assert (together.value, together.reason) == (None, "not_applicable")
        assert uneven.kpi(kpi, first_day, grain, "facebook") is None
    followed = {"day": 1, "week": 7, "month": 30}[grain] * 1000
    assert uneven.kpi("er_day", first_day, grain) == Cell(round(30 / followed, 6))
    assert uneven.kpi("comments_per_post", first_day, grain, "all") == Cell(4)
    assert uneven.cell("likes", first_day, grain, "all") == Cell(27)


def test_no_sum_of_it_is_told_either(uneven: Core) -> None:
    query = "select numerator, denominator from marts.kpi where kpi = 'er_day' and network = 'all'"
    assert {tuple(row.values()) for row in uneven.warehouse.execute(query)} == {(None, None)}


def test_what_ads_cost_is_divided_by_what_all_networks_gained(core: Core) -> None:
    """No page counts money: the lists of the client do, for the networks in which there are ads."""
    for network in ("vk", "vk_spb"):
        core.network(network, "vk")
        core.cover(VK, "06-01", "06-30", network=network)
        core.stats("06-01", followers_gained=5, network=network)
    core.cover(("figures",), "06-01", "06-30")
    core.figure("vk_ads", "spend", "06-01", 3000, "month")
    core.rebuild("06")

    assert core.kpi("cost_per_follower", "06-01", "month", "all") == Cell(300)


def test_posts_are_held_against_a_plan_only_if_each_page_has_one(uneven: Core) -> None:
    uneven.cover(("figures",), "06-01", "06-30")
    uneven.figure("vk", "posts_planned", "06-01", 4, "month")
    uneven.rebuild("06")
    assert uneven.kpi("posts_done", "06-01", "month") == Cell(0.25)
    assert uneven.kpi("posts_done", "06-01", "month", "all") == Cell(None, "not_applicable")

    uneven.figure("facebook", "posts_planned", "06-01", 4, "month")
    uneven.rebuild("06")
    assert uneven.kpi("posts_done", "06-01", "month", "all") == Cell(0.25)


def test_a_plan_of_all_pages_together_stands(uneven: Core) -> None:
    uneven.cover(("figures",), "06-01", "06-30")
    uneven.figure("all", "posts_planned", "06-01", 4, "month")
    uneven.rebuild("06")

    assert uneven.kpi("posts_done", "06-01", "month", "all") == Cell(0.5)


def test_it_is_known_again_from_the_month_on_in_which_that_network_is_no_more(uneven: Core) -> None:
    uneven.leave("facebook")
    uneven.cover(VK, "07-01", "07-31")
    uneven.members("07-31", 1000)
    uneven.rebuild("06", "07")

    assert uneven.kpi("er_day", "06-01", "month", "all") == Cell(None, "not_applicable")
    assert uneven.kpi("comments_per_post", "07-01", "month", "all") == Cell(None, "zero_denominator")
    known = uneven.kpi("er_day", "07-31", "day", "all")
    assert known == uneven.kpi("er_day", "07-31") == Cell(0)


def leads(core: Core) -> None:
    core.network("vk", "vk")
    core.cover((*GA4, "figures"), "06-01", "06-30")
    core.put("lead_part", part="forms", source="ga4", event="generate_lead")
    core.put("lead_part", part="calls", source="figures")
    for network, is_total, events in (("vk", False, 2), ("site", True, 9)):
        row = {"day": "2026-06-03", "event": "generate_lead"} | origin_of(network)
        core.put("traffic_events", is_total=is_total, events=events, **row)


def test_leads_are_the_declared_parts_wherever_each_has_a_cell(core: Core) -> None:
    leads(core)
    core.figure("vk", "calls", "06-01", 5, "month")
    core.rebuild("06")

    assert core.cell("leads", "06-01", "month") == Cell(7)
    assert core.cell("leads", "06-01", "month", "all") == Cell(7)
    assert core.cell("leads", "06-03") is None, "calls have months only"
    assert core.cell("leads", "06-01", "month", "site") is None, "calls are of vk"
    assert core.kpi("leads", "06-01", "month", "all") == Cell(7)


def test_leads_are_unknown_without_one_of_their_parts(core: Core) -> None:
    leads(core)
    core.cover(GA4, "05-01", "05-31")
    core.figure("vk", "calls", "06-01", 5, "month")
    core.rebuild("05", "06")

    assert core.cell("forms", "05-01", "month") == Cell(0)
    assert core.cell("leads", "05-01", "month") == Cell(None, "source_missing", 0)
    assert core.kpi("leads", "05-01", "month", "all") == Cell(None, "source_missing", 0)


def test_a_part_that_nobody_has_given_yet_is_awaited(core: Core) -> None:
    leads(core)
    core.rebuild("06")

    assert core.cell("calls", "06-01", "month", "all") == Cell(None, "source_missing", 0)
    assert core.cell("leads", "06-01", "month", "all") == Cell(None, "source_missing", 0)
    assert core.cell("forms", "06-01", "month", "all") == Cell(2)


def test_parts_that_are_not_declared_are_not_awaited(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(("figures",), "06-01", "06-30")
    core.put("lead_part", part="calls", source="figures")
    core.figure("site", "calls", "06-01", 5, "month")
    core.figure("site", "emails", "06-01", 3, "month")
    core.rebuild("06")

    assert core.cell("leads", "06-01", "month", "site") == Cell(5)
    assert core.cell("leads", "06-01", "month", "all") is None
