"""How a running month will end: with as many digits as say something, and what is reached already."""

from decimal import Decimal
from typing import Any

import pytest

from smm.board.speech import speech
from smm.letters.content import Judged
from smm.letters.foreseen import Foreseen, foreseen
from smm.letters.lines import Teller
from smm.letters.openings import opening
from smm.letters.outlooks import forecast
from smm.letters.words import words
from tests.letters.examples import OCTOBER, content, judged

TELLER = Teller(speech(), "SEK", OCTOBER)
COST, SHARE, REACH = "all.cost_per_lead", "all.romi", "vk.reach"


def running(name: str, value: Any, ends: tuple[Any, Any] | None = None, middle: Any = None, **asked: Any) -> Judged:
    low, high = ends or (None, None)
    outlook = {"client": "yarko", "forecast": middle, "low": low, "high": high, "certain_since": None, "per_day": None}
    return judged(name, asked.pop("verdict", "on_track"), value, outlook=outlook, **asked)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("name", "ends", "asked", "shown"),
    [
        (COST, ("4.46", "4.52"), {"high": 3}, ("SEK 4.46", "SEK 4.52")),
        (COST, ("4460.5", "5210.2"), {"high": 3000}, ("SEK 4,500", "SEK 5,200")),
        (COST, ("4.4611", "4.4619"), {"high": 3}, ("SEK 4.461", "SEK 4.462")),
        (SHARE, ("0.8734", "1.1071"), {"low": 2}, ("87%", "111%")),
        (SHARE, ("0.8734", "1.1071"), {"low": "0.874"}, ("87%", "111%")),
        (SHARE, ("0.8734", "1.1071"), {"low": "0.8701"}, ("87.3%", "110.7%")),
        (SHARE, ("0.0085", "0.0095"), {"low": "0.012"}, ("0.85%", "0.95%")),
        (SHARE, ("-0.204", "-0.1"), {"low": "0.1"}, ("−20%", "−10%")),
        (REACH, (12912, 13489), {"low": 14250}, ("12,900", "13,500")),
        (REACH, (12912, 14230), {"low": 14200}, ("12,910", "14,230")),
        (REACH, ("11.6", "13.4"), {"low": 13}, ("12", "13")),
        (REACH, ("11.6", "12.4"), {"low": 13}, ("", "")),
    ],
)
def test_an_interval_keeps_its_ends_and_the_plan_apart(
    name: str, ends: tuple[Any, Any], asked: dict[str, Any], shown: tuple[str, str]
) -> None:
    found = foreseen(running(name, 1, ends, sum(map(Decimal, ends)) / 2, **asked), TELLER)
    assert (plain(found.low), plain(found.high)) == shown


@pytest.mark.parametrize(
    ("name", "middle", "shown"), [(COST, "4.463", "SEK 4.46"), (REACH, "13100.4", "13,100"), (SHARE, "0.2", "20%")]
)
def test_a_forecast_without_an_interval_has_the_digits_of_its_unit(name: str, middle: str, shown: str) -> None:
    target = running(name, 1, None, middle, high=3)
    assert plain(foreseen(target, TELLER).value) == shown
    assert plain(forecast(target, TELLER)) == f"By the end of the month we expect about {shown}."


def test_the_forecast_has_the_digits_of_its_interval() -> None:
    assert foreseen(running(REACH, 9000, (12912, 13489), 13149), TELLER) == Foreseen("13,100", "12,900", "13,500")


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "The target has already been met."), ("ru", "План уже выполнен."), ("sv", "Målet är redan nått.")],
)
def test_what_is_reached_already_is_said_to_be(language: str, said: str) -> None:
    target = running(REACH, 15000, is_main=True)
    teller = Teller(words(language), "SEK", OCTOBER)
    assert forecast(target, teller) == said
    assert opening(content(target, kind="weekly", week=OCTOBER), teller).also.endswith(said)


@pytest.mark.parametrize(
    "asked",
    [{"value": 14249}, {"high": 20000, "low": 14250}, {"high": 20000}, {"value": None}, {"verdict": "at_risk"}],
)
def test_of_anything_else_without_a_forecast_nobody_can_tell(asked: dict[str, Any]) -> None:
    target = running(REACH, **{"value": 15000, **asked})
    assert forecast(target, TELLER) == "It is too early for a forecast."
