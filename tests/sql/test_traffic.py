"""GA4's traffic: from sessions by source to cells of networks, the site and `all`."""

from tests.sql.core import GA4, Cell, Core


def test_smoke(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "06-30")
    core.sessions("06-03", "vk", 5)
    core.change("06")
    core.rebuild()
    assert core.cell("sessions", "06-03") == Cell(5)
    assert core.cell("sessions", "06-04") == Cell(0)
    assert core.cell("sessions", "06-01", "month") == Cell(5)
    assert core.cell("sessions", "06-01", "month", "all") == Cell(5)
    assert core.kpi("sessions", "06-01", "month", "all") == Cell(5)
