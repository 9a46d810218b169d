"""VK's values in every form in which they come, or should not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from smm.sources.vk import values

ODD: list[Any] = [None, True, "", "many", "7 8", [], {}, [7], 7.5, "7.5", float("nan"), float("inf"), "NaN", 10**13]


@pytest.mark.parametrize(
    ("value", "number"),
    [(7, 7), (0, 0), ("7", 7), (7.0, 7), ("7.0", 7), ("1.0E3", 1000), (1e7, 10_000_000), (10**12, 10**12)],
)
def test_numbers_are_read_as_numbers(value: Any, number: int) -> None:
    assert values.whole(value) == values.count(value) == number


@pytest.mark.parametrize("value", [*ODD, "1e999999999", "9" * 30], ids=str)
def test_what_is_no_number_is_unknown(value: Any) -> None:
    assert values.whole(value) is values.count(value) is None


@pytest.mark.parametrize("value", [-1, "-1", -1.0])
def test_a_negative_number_counts_nothing(value: Any) -> None:
    assert values.whole(value) == -1
    assert values.count(value) is None


@pytest.mark.parametrize("value", [1_710_072_000, "1710072000", 1_710_072_000.0])
def test_moments(value: Any) -> None:
    assert values.moment(value) == datetime(2024, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize("value", [*ODD, 0, -1, 86_400, 1_710_072_000_000], ids=str)
def test_moments_that_cannot_be(value: Any) -> None:
    """Milliseconds among them."""
    assert values.moment(value) is None


@pytest.mark.parametrize("value", [None, [], [{}], "x", 7])
def test_what_is_no_object_has_nothing_in_it(value: Any) -> None:
    assert values.block(value) == {}
    assert values.objects({}) == values.objects(None) == values.objects("x") == []
    assert values.objects([{"id": 1}, None, 7, [], {}]) == [{"id": 1}, {}]


def test_flags() -> None:
    on: list[Any] = [True, 1, 1.0, "1"]
    off: list[Any] = [False, 0, "0", None, [], {}, "no", 2]
    assert [values.flag(value) for value in on] == [True] * len(on)
    assert [values.flag(value) for value in off] == [False] * len(off)


def test_what_is_odd_is_quoted_in_short() -> None:
    assert values.odd("likes", -5) == "-5 as likes"
    assert values.odd("likes", "many\nof them") == "'many\\nof them' as likes"
    assert len(values.odd("likes", "x y" * 100)) == len(" as likes") + 40
