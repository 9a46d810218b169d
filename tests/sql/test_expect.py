"""Which communities are expected, and for how long."""

import pytest

from tests.sql.facts import VK, Cell, Core


@pytest.fixture
def left(core: Core) -> Core:
    """Of two communities, vk_spb was loaded until 10 June and is in the file no more; vk goes on."""
    core.network("vk", "vk")
    core.cover(VK, "05-01", "07-31")
    core.cover(VK, "05-01", "06-10", network="vk_spb")
    core.network("vk_spb", "vk")
    for network in ("vk", "vk_spb"):
        core.members("05-01", 100, network)
        core.members("06-10", 110, network)
    core.members("07-31", 120)
    for month in ("05", "06", "07"):
        core.stats(f"{month}-05", likes=10, reach=1000)
        if month != "07":
            core.stats(f"{month}-05", network="vk_spb", likes=1, reach=100)
    core.rebuild("05")
    return core


def test_while_the_file_names_it_its_days_are_awaited(left: Core) -> None:
    assert left.cell("likes", "07-01", "month", "vk_spb") == Cell(None, "source_missing", 0)
    assert left.cell("likes", "07-01", "month", "all") == Cell(None, "source_missing", 0)


def test_a_community_taken_out_of_the_file_is_history(left: Core) -> None:
    left.leave("vk_spb")
    left.change("05")
    left.rebuild()

    assert left.cell("likes", "05-01", "month", "vk_spb") == Cell(1)
    assert left.cell("likes", "06-10", "day", "vk_spb") == Cell(0)
    assert left.cell("likes", "06-01", "month", "vk_spb") == Cell(1, None, 0.3333)
    for measure in ("likes", "reach", "posts", "followers", "followers_opening", "follower_days", "post_followers"):
        assert left.cell(measure, "06-11", "day", "vk_spb") is None, measure
        assert left.cell(measure, "06-15", "week", "vk_spb") is None, measure
        assert left.cell(measure, "07-01", "month", "vk_spb") is None, measure
    assert left.cell("followers", "06-08", "week", "vk_spb") == Cell(None, "source_missing", 0)
    assert left.cell("likes", "06-20", "day", "all") == Cell(0)


def test_without_it_all_is_known_again(left: Core) -> None:
    left.leave("vk_spb")
    left.put("client_network", network="vk_spb", source=None, is_social=True)  # a target may still name it
    left.change("07")
    left.rebuild()

    assert left.cell("likes", "07-01", "month", "all") == Cell(10)
    assert left.kpi("followers", "07-01", "month", "all") == Cell(120)


def test_what_is_rebuilt_ends_where_all_does(left: Core) -> None:
    left.leave("vk_spb")
    left.change("07")
    left.rebuild()
    changed = left.cells()
    left.warehouse.execute("truncate marts.daily, marts.measure_periods, marts.kpi_months, marts.basis")
    left.rebuild("05")

    assert changed == left.cells()
