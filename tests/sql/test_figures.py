"""The client's own figures: what is missing in them is unknown, not zero."""

from tests.sql.facts import Cell, Core, days


def test_a_months_figure_is_of_the_month_only(core: Core) -> None:
    core.cover(("figures",), "05-01", "06-30")
    core.figure("vk_ads", "spend", "06-01", 3000, "month")
    core.rebuild("05", "06")

    assert core.cell("spend", "06-01", "month", "vk_ads") == Cell(3000)
    assert core.cell("spend", "06-01", "day", "vk_ads") is None
    assert core.cell("spend", "06-01", "week", "vk_ads") is None
    assert core.cell("spend", "05-01", "month", "vk_ads") == Cell(None, "source_missing", 0)
    assert core.kpi("spend", "06-01", "month", "all") == Cell(3000)


def test_days_add_up_and_those_without_a_figure_are_missing(core: Core) -> None:
    core.cover(("figures",), "05-01", "06-30")
    for on in days("06-01", "06-24"):
        core.put("figure", network="vk_ads", measure="spend", grain="day", period=on, value=10, file="figures")
    core.rebuild("05", "06")

    assert core.cell("spend", "06-24", "day", "vk_ads") == Cell(10)
    assert core.cell("spend", "06-25", "day", "vk_ads") == Cell(None, "source_missing", 0)
    assert core.cell("spend", "06-01", "week", "vk_ads") == Cell(70)
    assert core.cell("spend", "06-22", "week", "vk_ads") == Cell(30, None, 0.4286)
    assert core.cell("spend", "06-01", "month", "vk_ads") == Cell(240, None, 0.8)
    assert core.cell("spend", "05-01", "month", "vk_ads") == Cell(None, "source_missing", 0)


def test_a_month_may_have_a_figure_of_its_own_where_others_have_days(core: Core) -> None:
    core.cover(("figures",), "05-01", "06-30")
    core.figure("vk_ads", "spend", "05-01", 700, "month")
    core.figure("vk_ads", "spend", "06-10", 10)
    core.rebuild("05", "06")

    assert core.cell("spend", "05-01", "month", "vk_ads") == Cell(700)
    assert core.cell("spend", "06-01", "month", "vk_ads") == Cell(10, None, 0.0333)


def test_people_in_figures_are_not_added_up(core: Core) -> None:
    core.cover(("figures",), "05-01", "06-30")
    core.figure("instagram", "reach", "06-10", 10)
    core.figure("instagram", "reach", "06-11", 10)
    core.figure("instagram", "reach", "05-01", 100, "month")
    core.rebuild("05", "06")

    assert core.cell("reach", "06-10", "day", "instagram") == Cell(10)
    assert core.cell("reach", "06-08", "week", "instagram") is None
    assert core.cell("reach", "05-01", "month", "instagram") == Cell(100)
    assert core.cell("reach", "06-01", "month", "instagram") == Cell(None, "source_missing", 0)


def test_a_figure_outside_the_clients_days_is_not_shown(core: Core) -> None:
    core.cover(("figures",), "06-01", "06-10")
    core.figure("vk_ads", "budget", "06-01", 3000, "month")
    core.figure("vk_ads", "budget", "07-01", 3500, "month")
    core.rebuild("06")

    assert core.cell("budget", "06-01", "month", "vk_ads") == Cell(3000)
    assert core.cell("budget", "07-01", "month", "vk_ads") is None
