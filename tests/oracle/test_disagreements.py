"""Where the SQL is not what the reference asks for: each case fails, and tells when it no longer does."""

from smm.warehouse import Connection
from tests.oracle.telling import emptied
from tests.sql.facts import VK, Cell


def test_all_is_unknown_while_a_community_of_the_file_has_never_answered(stage: Connection) -> None:
    """Its token is dead from the first day: 700 followers are not all there are, and no plan of 1,000 is missed."""
    core = emptied(stage)
    core.network("vk", "vk")
    core.network("vk_spb", "vk")
    core.cover(VK, "06-01", "06-30")
    core.members("06-30", 700)
    core.rebuild("06")

    assert core.kpi("followers", "06-01", "month", "all") == Cell(None, "source_missing", 0)


def test_all_of_a_day_is_not_the_sum_of_those_networks_that_have_days(stage: Connection) -> None:
    """June cost 500; that its days and weeks cost 100 together would be a part of it that looks whole."""
    core = emptied(stage)
    core.cover(("figures",), "06-01", "06-30")
    core.figure("instagram_ads", "spend", "06-01", 400, "month")
    for number in range(1, 31):
        core.figure("vk_ads", "spend", f"06-{number:02}", 100 / 30)
    core.rebuild("06")

    assert core.kpi("spend", "06-01", "day", "all") is None
    assert core.kpi("spend", "06-01", "week", "all") is None
