"""GA4's cells: numbers in whatever form are numbers, and an impossible one leaves only itself unknown."""

from datetime import date
from typing import Any

import pytest

from smm.sources import Known
from smm.sources.ga4 import SOURCE
from smm.sources.ga4.cells import number
from smm.sources.ga4.questions import SESSION_METRICS, TOTAL_METRICS
from tests.sources.ga4.scripted import (
    DATE,
    ROW,
    TOTAL,
    TRAFFIC,
    VALUES,
    FarEnd,
    by_dimensions,
    dimensions_of,
    report,
    totals,
)
from tests.sources.loading import Loaded, job, load

FIRST, NINTH, LAST = date(2024, 3, 9), date(2024, 3, 9), date(2024, 3, 11)
MONTH: tuple[str, ...] = ("yearMonth",)
EVENTS: tuple[str, ...] = ("date", "eventName", "sessionSource", "sessionMedium")


def row(**values: str) -> tuple[str, ...]:
    """A row of traffic with these cells."""
    return tuple((VALUES | values)[name] for name in (*TRAFFIC, *SESSION_METRICS))


def total(**values: str) -> tuple[str, ...]:
    return tuple((VALUES | values)[name] for name in (*DATE, *TOTAL_METRICS))


@pytest.mark.parametrize(
    ("metric", "text", "found"),
    [
        ("sessions", "100", "100"),
        ("sessions", "100.0", "100"),
        ("sessions", "1.0E7", "10000000"),
        ("sessions", "-0", "0"),
        ("sessions", "100.5", None),
        ("sessions", "-1", None),
        ("sessions", "1e30", None),
        ("sessions", "", None),
        ("sessions", "NaN", None),
        ("sessions", "Infinity", None),
        ("sessions", "(not set)", None),
        ("keyEvents", "2.5E-1", "0.25"),
        ("keyEvents", "-2.5", None),
        ("keyEvents", "1e-99999999", "0"),
        ("purchaseRevenue", "-990.50", "-990.50"),
        ("purchaseRevenue", "-Infinity", None),
        ("purchaseRevenue", "1e99999999", None),
        ("sessionKeyEventRate", "1", "1"),
        ("sessionKeyEventRate", "1.0000000001", "1"),
        ("sessionKeyEventRate", "-1e-12", "0"),
        ("sessionKeyEventRate", "1.02", None),
        ("sessionKeyEventRate", "2", None),
        ("sessionKeyEventRate", "-0.5", None),
    ],
)
def test_a_text_is_the_number_that_it_says_or_none(metric: str, text: str, found: str | None) -> None:
    assert number(metric, text) == found


def traffic(loaded: Loaded) -> list[tuple[str | None, ...]]:
    return loaded.rows["traffic"]


def test_counts_written_as_decimals_are_counts(far_end: FarEnd) -> None:
    rows = [row(sessions="100.0", screenPageViews="1.0E7", transactions="2.0")]
    loaded = load(SOURCE, job(), far_end(by_dimensions({TRAFFIC: rows})).connection)
    assert traffic(loaded) == [row(sessions="100", screenPageViews="10000000", transactions="2")]
    assert loaded.known_of("traffic") == [Known("traffic", FIRST, LAST)]


@pytest.mark.parametrize(
    ("metric", "text", "measures"),
    [
        ("sessionKeyEventRate", "1.02", ("key_event_sessions",)),
        ("sessions", "-4", ("sessions", "key_event_sessions")),
        ("keyEvents", "NaN", ("key_events",)),
        ("purchaseRevenue", "", ("revenue",)),
        ("transactions", "Infinity", ("purchases",)),
    ],
)
def test_an_impossible_cell_leaves_its_own_measure_of_that_day_unknown(
    metric: str, text: str, measures: tuple[str, ...], far_end: FarEnd
) -> None:
    sound = row(date="20240310")
    loaded = load(SOURCE, job(), far_end(by_dimensions({TRAFFIC: [row(**{metric: text}), sound]})).connection)

    place = len(TRAFFIC) + SESSION_METRICS.index(metric)
    assert traffic(loaded) == [(*ROW[:place], None, *ROW[place + 1 :]), sound]
    told = f"GA4 gave {text!r} as {metric}"
    assert loaded.known_of("traffic") == [
        Known("traffic", NINTH, NINTH, reason=told, without=measures),
        Known("traffic", FIRST, LAST),
    ]
    assert loaded.health["odd.traffic"] == [f"{told} of 20240309"]
    assert loaded.known_of("totals") == [Known("totals", FIRST, LAST)]


@pytest.mark.parametrize("day", ["(other)", "(not set)", "", "20240308", "20240312", "20241399"])
def test_a_row_of_no_day_that_was_asked_for_is_left_out_and_the_days_are_doubtful(day: str, far_end: FarEnd) -> None:
    answers = {TRAFFIC: [row(date=day), ROW], DATE: [TOTAL]}
    loaded = load(SOURCE, job(), far_end(by_dimensions(answers)).connection)

    assert traffic(loaded) == [ROW]
    told = f"GA4 put 1 row under {day!r}, outside the requested days"
    assert Known("traffic", FIRST, LAST, "flagged", told) in loaded.known_of("traffic")
    assert loaded.known_of("totals") == [Known("totals", FIRST, LAST)]


def test_what_is_odd_beyond_the_first_rows_is_found_too(far_end: FarEnd) -> None:
    rows = [row(sessionSource=f"source {n}") for n in range(500)]
    rows[450] = row(sessionSource="source 450", sessions="2.0", engagedSessions="")
    loaded = load(SOURCE, job(), far_end(by_dimensions({TRAFFIC: rows})).connection)

    assert traffic(loaded)[450][4:6] == ("2", None)
    assert [found for found in traffic(loaded) if found[1] != "source 450"] == rows[:450] + rows[451:]
    assert loaded.known_of("traffic")[0].without == ("engaged_sessions",)


def test_a_row_without_some_of_its_cells_is_unknown_there(far_end: FarEnd) -> None:
    loaded = load(SOURCE, job(), far_end(by_dimensions({DATE: [TOTAL[:-2]]})).connection)
    assert totals(loaded) == [(*TOTAL[:-2], None, None)]
    assert loaded.known_of("totals")[0].without == ("purchases", "revenue")


def test_a_row_without_its_dimensions_belongs_to_no_day(far_end: FarEnd) -> None:
    def script(request: Any) -> Any:
        found = report(request, [ROW, ROW] if dimensions_of(request) == TRAFFIC else [])
        if found.rows:
            del found.rows[1].dimension_values[:]
        return found

    loaded = load(SOURCE, job(), far_end(script).connection)
    assert traffic(loaded) == [ROW]
    assert {known.state for known in loaded.known_of("traffic")} == {"known", "flagged"}


def test_an_event_without_a_number_is_unknown(far_end: FarEnd) -> None:
    rows: list[tuple[str, ...]] = [
        ("20240309", "lead", "vk.com", "referral", "1e400"),
        ("20240310", "lead", "vk.com", "referral", "3.0"),
    ]
    loaded = load(SOURCE, job(events=("lead",)), far_end(by_dimensions({EVENTS: rows})).connection)
    assert loaded.rows["traffic_events"] == [("20240310", "lead", False, "vk.com", "referral", "3")]
    assert [known.without for known in loaded.known_of("events")] == [("forms",), (), ()]


def month_of(loaded: Loaded) -> tuple[str | None, ...]:
    """Active users, buyers and first-time buyers of the site's month."""
    (month,) = (values for key, values in loaded.counted("users").items() if key[:2] == ("site", "month"))
    return month["users"], month["buyers"], month["first_buyers"]


def test_people_of_an_odd_number_or_of_no_period_are_unknown_and_not_zero(far_end: FarEnd) -> None:
    rows: list[tuple[str, ...]] = [("202403", "40.0", "-4", "3")]
    loaded = load(SOURCE, job(), far_end(by_dimensions({MONTH: rows})).connection)
    assert month_of(loaded) == ("40", None, "3")
    assert ("buyers",) in {known.without for known in loaded.known_of("users")}

    loaded = load(SOURCE, job(), far_end(by_dimensions({MONTH: [("(other)", "40", "4", "3")]})).connection)
    assert month_of(loaded) == (None, None, None)
    assert "flagged" in {known.state for known in loaded.known_of("users")}
