"""What is counted has no halves: a bound of 8.4 asks for 9, and letters say so everywhere."""

from datetime import date
from typing import Any

import pytest

from smm.letters.compose import compose
from smm.letters.phrases import phrase
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER
from tests.letters.test_render import plain


@pytest.mark.parametrize(
    ("target", "value", "asked", "difference", "next_month"),
    [
        ({"growth": 0.05, "over": "previous_month"}, 8, "at least 9", "−1 (−11%)", "at least 9"),
        ({"at_least": 7.5}, 7, "at least 8", "−1 (−12%)", "at least 8"),
        ({"at_most": 7.5}, 8, "at most 7", "+1 (+14%)", "at most 7"),
        ({"between": [6.5, 9.5]}, 10, "7 to 9", "+1 (+11%)", "7 to 9"),
    ],
)
def test_a_bound_between_two_counts_is_the_next_one(
    case: Case, target: dict[str, Any], value: int, asked: str, difference: str, next_month: str
) -> None:
    case.client(started="2024-12-01", targets={"leads": target})
    case.kpi("all.leads", 8, date(2025, 9, 1))
    case.kpi("all.leads", value, OCTOBER)
    case.judge()
    letter = compose(case.warehouse, "yarko", OCTOBER, "monthly", DAY_4)
    assert letter is not None
    told = phrase(letter, "en")
    (line,) = told.missed
    assert (plain(line.asked), plain(line.difference)) == (asked, difference)
    assert all(next_month in plain(text) for _, text in told.upcoming)
    assert "xactly at this" not in line.why
