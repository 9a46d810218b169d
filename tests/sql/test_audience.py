"""The target audience among the people reached, as far as VK knows who they were."""

import pytest

from tests.sql.facts import VK, Cell, Core


@pytest.fixture
def reached(core: Core) -> Core:
    """Women of 24 to 30 are wanted; 1,000 people were reached in June, 200 of whom VK knows nothing."""
    core.network("vk", "vk")
    core.cover(VK, "06-01", "06-30")
    for value in ("f;24-27", "f;27-30"):
        core.put("wanted_audience", network="vk", block="sex_age", value=value)
    core.stats("06-01", "month", through="06-30", reach=1000)
    core.reached("06-01", "month", "sex_age", **{"f;24-27": 100, "f;27-30": 60, "f;30-35": 240, "m;24-27": 400})
    core.reached("06-01", "month", "sex", f=420, m=430)
    core.reached("06-01", "month", "city", Москва=500)
    return core


def test_the_share_is_of_those_of_whom_it_is_known(reached: Core) -> None:
    reached.rebuild("06")

    assert reached.cell("audience_reach", "06-01", "month") == Cell(160)
    assert reached.cell("audience_known", "06-01", "month") == Cell(800)
    assert reached.kpi("audience_share", "06-01", "month") == Cell(0.2)
    assert reached.cell("audience_reach", "06-01", "day") is None, "VK is asked for weeks and months only"
    assert reached.cell("audience_reach", "06-01", "month", "all") is None, "people are not added up"


def test_another_audience_can_be_asked_of_old_months(reached: Core) -> None:
    reached.rebuild("06")
    reached.warehouse.execute("delete from core.wanted_audience")
    reached.put("wanted_audience", network="vk", block="city", value="Москва")
    reached.put("change", month="2026-07-01")
    reached.rebuild()

    assert reached.cell("audience_reach", "06-01", "month") == Cell(500)
    assert reached.kpi("audience_share", "06-01", "month") == Cell(1)


def test_a_client_without_an_audience_has_no_share(reached: Core) -> None:
    reached.warehouse.execute("delete from core.wanted_audience")
    reached.rebuild("06")

    assert reached.cell("audience_reach", "06-01", "month") is None
    assert reached.kpi("audience_share", "06-01", "month") is None


def test_people_of_whom_nothing_is_told_are_unknown_not_zero(reached: Core) -> None:
    reached.warehouse.execute("delete from core.audience where block = 'sex_age'")
    reached.stats("06-08", "week", through="06-14", reach=0)
    reached.stats("06-15", "week", through="06-21", reach=50)
    reached.reached("06-15", "week", "sex_age", **{"m;18-21": 0})
    reached.rebuild("06")

    assert reached.cell("audience_reach", "06-01", "month") == Cell(None, "not_applicable", 0)
    assert reached.cell("audience_reach", "06-08", "week") == Cell(0), "nobody was reached"
    assert reached.cell("audience_reach", "06-15", "week") == Cell(0), "nobody of the audience was"
    assert reached.kpi("audience_share", "06-15", "week") == Cell(None, "zero_denominator")
    assert reached.cell("audience_reach", "06-22", "week") == Cell(None, "source_missing", 0)


def test_without_access_the_share_is_unknown(reached: Core) -> None:
    reached.warehouse.execute("delete from core.counts")
    reached.cover(("stats",), "06-01", "06-30", state="no_access")
    reached.rebuild("06")

    assert reached.cell("audience_reach", "06-01", "month") == Cell(None, "no_access", 0)
    assert reached.kpi("audience_share", "06-01", "month") == Cell(None, "no_access", 0)
