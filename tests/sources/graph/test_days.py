"""Which day a number of Meta's belongs to, on both sides of the changes of daylight saving time."""

from datetime import UTC, date, datetime

import pytest

from smm.sources.graph import days


@pytest.mark.parametrize(
    ("end_time", "day"),
    [
        ("2026-07-08T07:00:00+0000", date(2026, 7, 7)),
        ("2026-01-01T08:00:00+0000", date(2025, 12, 31)),
        ("2026-03-08T08:00:00+0000", date(2026, 3, 7)),  # the last midnight before clocks go forward
        ("2026-03-09T07:00:00+0000", date(2026, 3, 8)),  # a day of 23 hours
        ("2026-11-01T07:00:00+0000", date(2026, 10, 31)),
        ("2026-11-02T08:00:00+0000", date(2026, 11, 1)),  # a day of 25 hours
        ("2026-03-09T08:00:00+0000", None),  # no midnight there
        ("2026-07-08", None),
        ("2026-07-08T07:00:00", None),  # of no zone
        ("0001-01-01T00:00:00+0000", None),  # in California, before all years
        ("soon", None),
        (None, None),
    ],
)
def test_a_value_belongs_to_the_day_that_ends_at_its_end_time(end_time: str | None, day: date | None) -> None:
    assert days.measured(end_time) == day


def test_a_day_is_over_when_it_is_over_in_california() -> None:
    assert days.last_over(datetime(2026, 7, 8, 6, 59, tzinfo=UTC)) == date(2026, 7, 6)
    assert days.last_over(datetime(2026, 7, 8, 7, 0, tzinfo=UTC)) == date(2026, 7, 7)


def test_windows_cover_all_days_once() -> None:
    found = list(days.windows(date(2026, 1, 1), date(2026, 3, 2), 30))
    assert found == [
        (date(2026, 1, 1), date(2026, 1, 30)),
        (date(2026, 1, 31), date(2026, 3, 1)),
        (date(2026, 3, 2), date(2026, 3, 2)),
    ]
