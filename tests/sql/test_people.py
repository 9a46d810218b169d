"""People are only as their source counted them for that day, week or month: nothing adds them up."""

from tests.sql.facts import GA4, VK, Cell, Core


def test_users_are_those_of_the_period_and_not_a_sum(core: Core) -> None:
    core.cover(GA4, "06-01", "06-30")
    core.count("ga4", "site", "totals", "day", "06-01", "06-01", users=10)
    core.count("ga4", "site", "totals", "day", "06-02", "06-02", users=10)
    core.users("06-01", "week", "site", users=12)
    core.users("06-01", "month", "site", users=30)
    core.rebuild("06")

    assert core.cell("users", "06-01", network="site") == Cell(10)
    assert core.cell("users", "06-03", network="site") == Cell(0)
    assert core.cell("users", "06-01", "week", "site") == Cell(12)
    assert core.cell("users", "06-01", "month", "site") == Cell(30)


def test_users_of_a_running_period_are_as_complete_as_it_was_asked_for(core: Core) -> None:
    core.cover(GA4, "06-01", "06-12")
    core.users("06-01", "month", "site", through="06-12", users=30)
    core.users("06-08", "week", "site", through="06-12", users=9)
    core.rebuild("06")

    assert core.cell("users", "06-01", "month", "site") == Cell(30, None, 0.4)
    assert core.cell("users", "06-08", "week", "site") == Cell(9, None, 0.7143)


def test_users_of_networks_and_kinds(core: Core) -> None:
    core.network("vk", "vk")
    core.network("vk_spb", "vk")
    core.network("search", is_social=False)
    core.cover(GA4, "06-01", "06-30")
    for network in ("site", "vk"):
        core.users("06-01", "month", network, users=30, buyers=4, first_buyers=3)
        core.users("06-01", "month", network, "new_visitors", new_visitors=20)
        core.users("06-01", "month", network, "returning_users", returning_users=12)
    core.rebuild("06")

    for network in ("site", "vk"):
        assert core.cell("users", "06-01", "month", network) == Cell(30)
        assert core.cell("new_visitors", "06-01", "month", network) == Cell(20)
        assert core.cell("returning_users", "06-01", "month", network) == Cell(12)
    assert core.kpi("returning_share", "06-01", "month", "site") == Cell(0.375)
    assert core.cell("buyers", "06-01", "month", "site") == Cell(4)
    assert core.cell("first_buyers", "06-01", "month", "site") == Cell(3)
    assert core.cell("buyers", "06-01", "month") is None, "asked for of the whole site only"
    assert core.cell("users", "06-01", "month", "all") is None
    assert core.cell("users", "06-01", "month", "vk_spb") is None
    assert core.cell("users", "06-01", "month", "search") is None


def test_users_without_a_row_were_not_asked_for_or_are_withheld(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "06-30")
    core.cover(GA4, "06-08", "06-14", state="flagged")
    core.cover(GA4, "06-15", "06-21", state="no_access")
    core.users("06-22", "week", "vk", users=None)
    core.rebuild("06")

    assert core.cell("users", "06-01", "week") == Cell(None, "source_missing", 0)
    assert core.cell("users", "06-08", "week") == Cell(None, "not_applicable", 0, "flagged")
    assert core.cell("users", "06-15", "week") == Cell(None, "no_access", 0)
    assert core.cell("users", "06-22", "week") == Cell(None, "not_applicable", 0)


def test_reach_is_that_of_the_period_and_not_a_sum(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(VK, "06-01", "06-30")
    core.stats("06-01", reach=100, visitors=10)
    core.stats("06-02", reach=100, visitors=10)
    core.stats("06-01", "week", through="06-07", reach=150, visitors=15)
    core.stats("06-01", "month", through="06-30", reach=400, visitors=40)
    core.rebuild("06")

    assert core.cell("reach", "06-01") == Cell(100)
    assert core.cell("reach", "06-03") == Cell(0)
    assert core.cell("reach", "06-01", "week") == Cell(150)
    assert core.cell("visitors", "06-01", "month") == Cell(40)
    assert core.cell("reach", "06-08", "week") == Cell(None, "source_missing", 0)
    assert core.cell("reach", "06-01", "month", "all") is None


def test_reach_is_whole_only_if_every_day_is_known_and_it_was_asked_through_the_last(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(VK, "06-01", "06-03")
    core.cover(VK, "06-05", "06-30")
    core.stats("06-01", "week", through="06-07", reach=150)
    core.stats("06-08", "week", through="06-09", reach=80)
    core.rebuild("06")

    assert core.cell("reach", "06-01", "week") == Cell(150, None, 0.8571)
    assert core.cell("reach", "06-08", "week") == Cell(80, None, 0.2857)


def test_statistics_without_access(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(("stats",), "06-01", "06-30", state="no_access")
    core.rebuild("06")

    for measure in ("reach", "likes"):
        assert core.cell(measure, "06-01") == Cell(None, "no_access", 0)
        assert core.cell(measure, "06-01", "month") == Cell(None, "no_access", 0)
