from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smm.files import periods
from smm.files.loopback import is_loopback
from smm.files.periods import Grain

DAYS = st.dates(date(2000, 1, 1), date(2040, 1, 1))
GRAINS = st.sampled_from(["day", "week", "month"])


@given(GRAINS, DAYS, st.integers(0, 400))
def test_periods_touch_every_day_once(grain: Grain, first_day: date, length: int) -> None:
    last_day = first_day + timedelta(days=length)
    found = list(periods.touched(grain, first_day, last_day))
    assert found[0] <= first_day <= periods.end(grain, found[0])
    assert found[-1] <= last_day <= periods.end(grain, found[-1])
    ends = [periods.end(grain, period) + periods.ONE_DAY for period in found]
    assert found[1:] == ends[:-1]
    assert all(periods.begin(grain, period) == period for period in found)


@given(st.sets(DAYS, max_size=12))
def test_stretches_hold_the_days_and_no_others(days: set[date]) -> None:
    stretches = list(periods.stretches(days))
    held = [day for first, last in stretches for day in periods.touched("day", first, last)]
    assert held == sorted(days)
    assert all(b[0] - a[1] > periods.ONE_DAY for a, b in pairwise(stretches))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *[("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("[::1]", True), ("LOCALHOST", True)],
        *[
            ("0.0.0.0", False),
            ("10.0.0.1", False),
            ("localhost.example", False),
            ("", False),
            ("127.0.0.1.example", False),
        ],
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
