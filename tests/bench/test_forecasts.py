"""The bench of the forecasts: what it counts as an error, and which targets are met."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from bench import forecast

APRIL = date(2026, 4, 1)
KEY = {"client": "wall", "network": "vk"}


def compared(value: float, low: float, high: float, day: int = 7, posts: int = 60) -> dict[str, float]:
    """A month whose posts are all published in its second half, two thirds of them after the 21st."""
    values = [0] * 15 + [posts // 3] + [0] * 9 + [posts - posts // 3] + [0] * 4
    days = [APRIL + timedelta(days=n) for n in range(30)]
    cells = pd.DataFrame({**KEY, "measure": "posts", "day": days, "value": values, "group": "walls"})
    row = {"kpi": "posts", "month": APRIL, "day": APRIL.replace(day=day), "value": value, "low": low, "high": high}
    return forecast.compared(cells, pd.DataFrame([KEY | row]))["walls"][str(day)]


def test_errors_are_parts_of_the_months_end() -> None:
    first = {"linear": 1.0, "forecast": 0.25, "inside": 1.0, "months": 1.0, "large": 1.0}
    assert compared(75, 60, 80) == first
    assert compared(45, 30, 59.9, day=21) == first | {"linear": round(1 - 20 * 30 / 21 / 60, 4), "inside": 0.0}


def test_a_small_month_counts_for_the_interval_alone() -> None:
    found = compared(3, 0, 9, posts=9)
    assert (found["inside"], found["months"], found["large"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("forecasts", "inside", "expected"),
    [((0.1, 0.2), 0.8, [True, True]), ((0.1, 0.3), 0.8, [False, True]), ((0.1, 0.2), 0.69, [True, False])],
)
def test_the_targets(forecasts: tuple[float, float], inside: float, expected: list[bool]) -> None:
    rows: dict[str, Any] = {
        str(day): {"linear": 0.2, "forecast": value, "inside": inside} for day, value in enumerate(forecasts)
    }
    assert [is_met for _, _, is_met in forecast.targets({"groups": {"walls": rows}})] == expected
