"""A client's entry for Metrica."""

from typing import Any

import pytest
from pydantic import ValidationError

from smm.sources.metrica import Counter


@pytest.mark.parametrize("counter", [44147844, "44147844"])
def test_an_entry(counter: Any) -> None:
    assert Counter.model_validate({"connection": "metrica_yarko", "counter": counter}).counter == 44147844


@pytest.mark.parametrize(
    "counter", ["ym44147844", "", "9999999999", "G-ABC123", 0, -1, 1.0, True, None, 2**31, [44147844]]
)
def test_a_counter_is_a_number(counter: Any) -> None:
    with pytest.raises(ValidationError, match="must be the counter's number, such as 44147844, found .*: "):
        Counter.model_validate({"connection": "metrica_yarko", "counter": counter})


@pytest.mark.parametrize("entry", [{"counter": 1}, {"connection": "m"}, {"connection": "m", "counter": 1, "goal": 2}])
def test_keys_that_are_missing_or_too_many(entry: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Counter.model_validate(entry)
