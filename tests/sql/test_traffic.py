"""GA4's visits: by network, of the site; and how days become weeks and months."""

import pytest

from tests.sql.facts import GA4, Cell, Core


def test_a_day_without_rows_is_zero_and_a_day_without_an_answer_is_unknown(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "06-02")
    core.cover(GA4, "06-04", "06-30")
    core.sessions("06-01", "vk", 5)
    core.rebuild("06")

    assert core.cell("sessions", "06-01") == Cell(5)
    assert core.cell("sessions", "06-02") == Cell(0)
    assert core.cell("sessions", "06-03") == Cell(None, "source_missing", 0)
    assert core.cell("sessions", "06-01", "week") == Cell(5, None, 0.8571)
    assert core.cell("sessions", "06-01", "month") == Cell(5, None, 0.9667)
    assert core.cell("sessions", "06-08", "week") == Cell(0)


def test_sources_of_one_network_are_added(core: Core) -> None:
    core.cover(GA4, "06-01", "06-30")
    core.sessions("06-01", "vk", 5, session_source="vk.com", revenue=10)
    core.sessions("06-01", "vk", 3, session_source="m.vk.com", revenue=0.5)
    core.rebuild("06")

    assert core.cell("sessions", "06-01") == Cell(8)
    assert core.cell("revenue", "06-01", "month") == Cell(10.5)


def test_the_site_is_its_own_report_and_not_the_sum_of_the_rows(core: Core) -> None:
    core.cover(("traffic",), "06-01", "06-30")
    core.cover(("totals",), "06-01", "06-29")
    core.sessions("06-01", "vk", 5)
    core.put("traffic_totals", day="2026-06-01", sessions=4)
    core.rebuild("06")

    assert core.cell("sessions", "06-01", network="site") == Cell(4)
    assert core.cell("sessions", "06-30", network="site") == Cell(None, "source_missing", 0)
    assert core.cell("sessions", "06-30") == Cell(0)


def test_a_sampled_answer_flags_the_day_and_what_it_adds_to(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "06-30")
    core.cover(GA4, "06-09", "06-09", state="flagged")
    core.sessions("06-09", "vk", 5)
    core.rebuild("06")

    assert core.cell("sessions", "06-09") == Cell(5, marks="flagged")
    assert core.cell("sessions", "06-10") == Cell(0)
    assert core.cell("sessions", "06-08", "week") == Cell(5, marks="flagged")
    assert core.cell("sessions", "06-01", "month", "all") == Cell(5, marks="flagged")
    assert core.kpi("sessions", "06-01", "month") == Cell(5, marks="flagged")


def test_a_day_that_the_source_failed_to_answer_for_is_unknown_and_makes_the_month_incomplete(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "06-30")
    core.cover(("traffic",), "06-10", "06-10", state="unanswered")
    core.sessions("06-01", "vk", 5)
    core.rebuild("06")

    assert core.cell("sessions", "06-10") == Cell(None, "source_missing", 0)
    assert core.cell("sessions", "06-10", network="site") == Cell(0)
    assert core.kpi("sessions", "06-01", "month", "all") == Cell(5, None, 0.9667)


def test_a_number_that_cannot_be_leaves_its_measure_of_that_day_unknown_up_to_the_kpi(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "06-30")
    core.cover(("traffic",), "06-10", "06-10", without=("key_event_sessions",))
    core.sessions("06-10", "vk", 5, key_event_sessions=None, key_events=1)
    core.rebuild("06")

    assert core.cell("key_event_sessions", "06-10") == Cell(None, "not_applicable", 0)
    assert core.kpi("conversion_rate", "06-01", "month") == Cell(None, "not_applicable", 0.9667)
    assert core.kpi("key_events_per_session", "06-01", "month") == Cell(0.2)


def test_without_access_a_month_is_unknown_and_not_a_part_of_itself(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "06-29")
    core.cover(GA4, "06-30", "06-30", state="no_access")
    core.sessions("06-01", "vk", 5)
    core.rebuild("06")

    assert core.cell("sessions", "06-30") == Cell(None, "no_access", 0)
    assert core.cell("sessions", "06-01", "month") == Cell(None, "no_access", 0.9667)


def test_a_metric_that_the_answer_did_not_carry_is_not_applicable(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(("traffic",), "06-01", "06-30", without=("revenue",))
    core.sessions("06-01", "vk", 5)
    core.rebuild("06")

    assert core.cell("sessions", "06-01") == Cell(5)
    assert core.cell("revenue", "06-01") == Cell(None, "not_applicable", 0)
    assert core.cell("revenue", "06-02") == Cell(None, "not_applicable", 0)
    assert core.cell("key_events", "06-01") == Cell(None, "not_applicable", 0), "a row without the number"
    assert core.cell("key_events", "06-02") == Cell(0)


def test_revenue_that_the_account_may_not_see_is_without_access(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(("traffic", "totals"), "06-01", "06-30", without=("revenue",))
    core.cover(("traffic.revenue",), "06-01", "06-29", state="no_access", network="ga4")
    core.cover(("traffic",), "06-29", "06-29")
    core.sessions("06-01", "vk", 5)
    core.rebuild("06")

    assert core.cell("sessions", "06-01") == Cell(5)
    assert core.cell("revenue", "06-01") == Cell(None, "no_access", 0)
    assert core.cell("revenue", "06-02") == Cell(None, "no_access", 0)
    assert core.cell("revenue", "06-29") == Cell(0), "it was hidden once, and is not any more"
    assert core.cell("revenue", "06-30") == Cell(None, "not_applicable", 0)
    assert core.cell("revenue", "06-01", "month") == Cell(None, "no_access", 0.0333)
    assert core.cell("revenue", "06-01", network="site") == Cell(None, "not_applicable", 0)
    kpi = core.kpi("average_order", "06-01", "month")
    assert kpi is not None
    assert (kpi.value, kpi.reason) == (None, "no_access")


@pytest.mark.parametrize(("report", "network"), [("traffic", "vk"), ("totals", "site")])
def test_revenue_that_is_seen_again_is_known_whatever_was_refused_before(report: str, network: str, core: Core) -> None:
    """That it was hidden stands on a line of its own, which no later answer takes away."""
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "06-30")
    core.cover((report,), "06-01", "06-30", without=("revenue",))
    core.cover((f"{report}.revenue",), "06-01", "06-30", network="ga4", state="no_access")
    core.rebuild("06")
    assert core.cell("revenue", "06-01", "month", network) == Cell(None, "no_access", 0)

    core.cover((report,), "06-01", "06-30")
    core.sessions("06-01", "vk", 5, revenue=10)
    core.put("traffic_totals", day="2026-06-01", sessions=5, revenue=10)
    core.rebuild("06")

    assert core.cell("revenue", "06-01", network=network) == Cell(10)
    assert core.cell("revenue", "06-02", network=network) == Cell(0)
    assert core.cell("revenue", "06-01", "month", network) == Cell(10)


def test_networks_expected(core: Core) -> None:
    """Those the file names always, others in months with traffic of theirs, a second community never."""
    core.network("vk", "vk")
    core.network("vk_spb", "vk")
    core.network("telegram")
    core.cover(GA4, "05-01", "06-30")
    core.sessions("06-10", "facebook", 5)
    core.rebuild("05", "06")

    assert core.cell("sessions", "05-10", network="telegram") == Cell(0)
    assert core.cell("sessions", "05-10", network="vk_spb") is None
    assert core.cell("sessions", "06-09", network="facebook") == Cell(0)
    assert core.cell("sessions", "05-31", network="facebook") is None
    assert core.cell("sessions", "05-01", "month", "facebook") is None


def test_nothing_of_ga4_is_expected_of_a_client_without_it(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(("posts",), "06-01", "06-30")
    core.rebuild("06")

    assert core.cell("sessions", "06-01") is None
    assert core.cell("sessions", "06-01", network="site") is None


def test_a_week_belongs_to_both_of_its_months(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "07-31")
    core.sessions("06-30", "vk", 5)
    core.sessions("07-01", "vk", 2)
    core.sessions("07-02", "facebook", 1)
    core.rebuild("06", "07")

    assert core.cell("sessions", "06-29", "week") == Cell(7)
    assert core.cell("sessions", "06-01", "month") == Cell(5)
    assert core.cell("sessions", "07-01", "month") == Cell(2)
    assert core.cell("sessions", "06-30", network="facebook") is None
    assert core.cell("sessions", "06-29", "week", "facebook") == Cell(1), "its days of June are known zeros"


def test_days_before_the_first_and_after_the_last_are_no_cells_but_parts_of_their_periods(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-03", "06-10")
    core.sessions("06-03", "vk", 7)
    core.rebuild("06")

    assert core.cell("sessions", "06-02") is None
    assert core.cell("sessions", "06-03") == Cell(7)
    assert core.cell("sessions", "06-11") is None
    assert core.cell("sessions", "06-01", "week") == Cell(7, None, 0.7143)
    assert core.cell("sessions", "06-01", "month") == Cell(7, None, 0.2667)
    assert core.cell("sessions", "06-15", "week") is None


def test_the_range_is_that_of_all_sources(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-10", "06-20")
    core.cover(("posts",), "06-01", "06-30")
    core.rebuild("06")

    assert core.cell("sessions", "06-01") == Cell(None, "source_missing", 0)
    assert core.cell("sessions", "06-30") == Cell(None, "source_missing", 0)
    assert core.cell("sessions", "06-22", "week") == Cell(None, "source_missing", 0)


def test_forms_are_the_event_that_the_file_names(core: Core) -> None:
    core.network("vk", "vk")
    core.put("lead_part", part="forms", source="ga4", event="generate_lead")
    core.cover(GA4, "06-01", "06-30")
    row = {"day": "2026-06-01", "session_source": "vk.com", "session_medium": "referral"}
    core.put("traffic_events", **row, event="generate_lead", is_total=False, events=2)
    core.put("traffic_events", **row, event="scroll", is_total=False, events=50)
    core.put("traffic_events", day="2026-06-01", event="generate_lead", is_total=True, events=9)
    core.rebuild("06")

    assert core.cell("forms", "06-01") == Cell(2)
    assert core.cell("forms", "06-02") == Cell(0)
    assert core.cell("forms", "06-01", "month", "all") == Cell(2)
    assert core.cell("forms", "06-01", "month", "site") == Cell(9)


def test_forms_are_not_expected_of_a_client_that_does_not_count_them(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "06-30")
    core.rebuild("06")

    assert core.cell("forms", "06-01") is None


def test_a_source_that_was_renamed_is_still_one_property(core: Core) -> None:
    core.network("vk", "vk")
    core.cover(GA4, "06-01", "06-10", network="ga4")
    core.cover(GA4, "06-10", "06-30", network="shop")
    core.sessions("06-10", "vk", 5)
    core.rebuild("06")

    assert core.cell("sessions", "06-01", "month") == Cell(5)
