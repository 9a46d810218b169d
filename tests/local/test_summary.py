from datetime import date
from pathlib import Path

import pytest

from local.summary import Difference, Judged, Summary, are_equal, shown, table

JUDGED = Judged("yarko", "vk", "followers", "plan", 1500, 1432, "missed")
LETTER = Path("000001-owner@yarko.example.eml")


def summary(**changed: object) -> Summary:
    whole = {"month": date(2026, 6, 1), "judged": [JUDGED], "known": 1, "differences": [], "letters": [LETTER]}
    return Summary(**(whole | changed))  # type: ignore[arg-type]


def test_a_demo_is_whole_when_its_kpis_are_true_and_a_letter_came() -> None:
    assert summary().is_whole


@pytest.mark.parametrize(
    "lack",
    [
        {"judged": []},
        {"known": 0},
        {"letters": []},
        {"differences": [Difference("yarko", "vk", "reach", 10, 11)]},
    ],
    ids=lambda lack: next(iter(lack)),
)
def test_a_demo_that_lacks_something_is_not(lack: dict[str, object]) -> None:
    assert not summary(**lack).is_whole


def test_a_replay_knows_no_truth_and_owes_no_letter() -> None:
    assert summary(known=None, letters=[]).is_whole


@pytest.mark.parametrize(
    ("computed", "true", "equal"),
    [(1 / 3, 0.333333333333, True), (0.3333, 1 / 3, False), (None, None, True), (None, 0, False), (0, None, False)],
)
def test_unknown_equals_unknown_only(computed: float | None, true: float | None, equal: bool) -> None:
    assert are_equal(computed, true) is equal


@pytest.mark.parametrize(
    ("number", "text"), [(None, "-"), (0, "0"), (0.01234567, "0.01235"), (999.5, "999.5"), (123456.7, "123,457")]
)
def test_numbers_are_short(number: float | None, text: str) -> None:
    assert shown(number) == text


def test_columns_are_even() -> None:
    rows = [("client", "KPI", "target", "value", "verdict"), ("a", "er_post", "0.01", "2", "met")]
    head, row = table(rows)
    assert head == "  client  KPI      target  value  verdict"
    assert row == "  a       er_post    0.01      2  met"
