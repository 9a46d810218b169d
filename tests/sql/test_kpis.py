"""KPIs: sums over sums of the cells of one period."""

from typing import Any

from tests.sql.facts import GA4, Cell, Core


def sides(core: Core, kpi: str, period: str, grain: str = "month", network: str = "vk") -> tuple[Any, Any]:
    row = core.warehouse.execute(
        "select numerator, denominator from marts.kpi where (kpi, period, grain, network) = (%s, %s, %s, %s)",
        [kpi, f"2026-{period}", grain, network],
    ).fetchone()
    assert row is not None
    return row["numerator"], row["denominator"]


def test_a_months_ratio_is_of_its_sums_and_no_mean_of_ratios(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "06-30")
    core.sessions("06-01", "vk", 1, engaged_sessions=1)
    core.sessions("06-02", "vk", 99, engaged_sessions=0)
    core.rebuild("06")

    assert core.kpi("engaged_share", "06-01") == Cell(1)
    assert core.kpi("engaged_share", "06-01", "month") == Cell(0.01)
    assert sides(core, "engaged_share", "06-01") == (1, 100)


def test_a_zero_denominator_is_no_value_and_a_zero_numerator_is_one(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "06-30")
    core.sessions("06-01", "vk", 0, key_events=3, key_event_sessions=0)
    core.sessions("06-02", "vk", 5, key_events=0, key_event_sessions=0)
    core.rebuild("06")

    assert core.kpi("key_events_per_session", "06-01") == Cell(None, "zero_denominator")
    assert sides(core, "key_events_per_session", "06-01", "day") == (3, 0)
    assert core.kpi("key_events_per_session", "06-02") == Cell(0)
    assert core.kpi("key_events_per_session", "06-01", "month") == Cell(0.6)


def test_a_kpi_of_pinned_terms_stands_at_its_default_network_only(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "06-30")
    core.sessions("06-01", "vk", 5)
    core.put("traffic_totals", day="2026-06-01", sessions=50)
    core.rebuild("06")

    assert core.kpi("social_share", "06-01", "month", "all") == Cell(0.1)
    for network in ("vk", "site"):
        assert core.kpi("social_share", "06-01", "month", network) is None


def test_a_pinned_term_is_the_same_for_every_network(core: Core) -> None:
    core.warehouse.execute("insert into catalogue.kpi values ('share', 'share', 'up', 'account', false, null, '')")
    core.warehouse.execute(
        "insert into catalogue.term values ('share', 'numerator', null, 'sessions', 100),"
        " ('share', 'numerator', 'site', 'new_users', -1), ('share', 'denominator', 'site', 'sessions', 1)"
    )
    core.network("vk", "vk")
    core.network("telegram")
    core.cover(GA4, "06-01", "06-30")
    core.sessions("06-01", "vk", 5)
    core.put("traffic_totals", day="2026-06-01", sessions=50, new_users=20)
    core.rebuild("06")

    assert core.kpi("share", "06-01", "month") == Cell(9.6)
    assert core.kpi("share", "06-01", "month", "telegram") == Cell(-0.4)
    assert core.kpi("share", "06-01", "month", "site") == Cell(99.6)


def test_a_kpi_stands_only_where_all_its_measures_do(core: Core) -> None:
    core.cover((*GA4, "figures"), "06-01", "06-30")
    core.figure("vk_ads", "spend", "06-01", 100, "month")
    core.figure("vk_ads", "clicks", "06-01", 20, "month")
    core.rebuild("06")

    assert core.kpi("cost_per_click", "06-01", "month", "vk_ads") == Cell(5)
    assert core.kpi("cost_per_mille", "06-01", "month", "vk_ads") is None


def test_the_most_telling_reason_stands_and_the_known_side_is_kept(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(("posts",), "06-01", "06-30")
    core.cover(("post_reach",), "06-01", "06-30", state="no_access")
    core.post(1, "06-02")
    core.snapshot(1, "06-02", likes=3, reposts=1)
    core.rebuild("06")

    assert core.cell("post_comments", "06-02") == Cell(None, "not_applicable", 0)
    assert core.kpi("er_reach", "06-02") == Cell(None, "no_access", 0)
    assert core.kpi("engagement_per_post", "06-02") == Cell(None, "not_applicable", 0)
    assert sides(core, "engagement_per_post", "06-02", "day") == (None, 1)


def test_signs_and_coefficients(core: Core) -> None:
    core.cover(("figures",), "06-01", "06-30")
    for measure, value in {"margin": 500, "spend": 300, "fee": 100, "impressions": 40_000}.items():
        core.figure("vk_ads", measure, "06-01", value, "month")
    core.rebuild("06")

    assert core.kpi("romi", "06-01", "month", "vk_ads") == Cell(0.25)
    assert core.kpi("cost_per_mille", "06-01", "month", "vk_ads") == Cell(7.5)
