"""`all`, the social networks together, and leads, the declared parts together."""

from tests.sql.facts import GA4, VK, Cell, Core, origin_of


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
    core.rebuild("06")

    assert core.cell("budget", "06-01", "month", "all") == Cell(3000)
    assert core.cell("spend", "06-01", "month", "all") == Cell(1500)


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
