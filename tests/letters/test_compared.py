# ruff: noqa: E501, a sentence is one line
"""Numbers beside earlier ones, the digits that matter, and what is met before its time."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from smm.letters.compared import compared
from smm.letters.compose import compose
from smm.letters.content import Judged
from smm.letters.lines import Teller, is_reached
from smm.letters.numbers import Number
from smm.letters.outlooks import ahead
from smm.letters.phrases import phrase
from smm.letters.render import render
from smm.letters.words import digits, words
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER, content, judged
from tests.letters.test_render import plain

INCOMPLETE = {"is_incomplete": True, "known_days": 20, "days": 31}


def number(value: Any, **keys: Any) -> Number:
    return Number.model_validate({"client": "yarko", "value": value, "reason": None if value else "no_access"} | keys)


@pytest.mark.parametrize(
    ("unit", "now", "before", "told"),
    [
        ("count", 106, 100, "up 6% on September"),
        ("count", 94, 100, "down 6% on September"),
        ("count", 1004, 1000, "up 0.4% on September"),
        ("count", 10003, 10000, "the same as in September"),
        ("count", 100, 100, "the same as in September"),
        ("count", 1100, 100, "up 1,000 on September"),
        ("count", 5, 0, "up 5 on September"),
        ("count", 0, 5, "down 100% on September"),
        ("count", -7, 12, "down 19 on September"),
        ("money", 312, 300, "up 4% on September"),
        ("share", "0.0108", "0.0131", "down 0.23 percentage points on September"),
        ("share", "0.1053", "0.1212", "down 2 percentage points on September"),
        ("share", "0.012", "0.012", "the same as in September"),
    ],
)
def test_a_number_beside_an_earlier_one(unit: str, now: Any, before: Any, told: str) -> None:
    found = compared(Number(client="yarko", value=Decimal(now)), Number(client="yarko", value=Decimal(before)), unit,
                     "September", words("en"), "RUB")  # fmt: skip
    assert found == told


@pytest.mark.parametrize(
    ("now", "before"),
    [(number(None), number(5)), (number(5), number(None)), (number(5, marks=INCOMPLETE), number(5)),
     (number(5), number(5, marks=INCOMPLETE))],
)  # fmt: skip
def test_what_is_not_known_as_a_whole_is_compared_with_nothing(now: Number, before: Number) -> None:
    assert compared(now, before, "count", "September", words("en"), "RUB") == ""


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("up 6% on September", "down 3% on October 2024")),
        ("ru", ("на 6 % больше, чем за сентябрь", "на 3 % меньше, чем за октябрь 2024 г.")),
        ("sv", ("upp 6 % mot september", "ner 3 % mot oktober 2024")),
    ],
)
def test_every_line_has_the_month_before_and_the_year_before_where_it_is_known(
    language: str, told: tuple[str, str]
) -> None:
    known: dict[str, Any] = {"before": 14000, "year_ago": 15300}
    met = judged(verdict="met", value=14840, is_main=True, **known)
    late = judged("all.revenue", "not_due", 14840, low=1, **known)
    missed = judged("vk.visitors", value=14840, low=15000, **known)
    doubtful = judged("all.leads", "not_proven", 14840, reason="within_restatement", **known)
    found = phrase(content(met, late, missed, doubtful), language)
    for lines in (found.met, found.not_due, found.missed, found.unknown):
        assert tuple(map(plain, lines[0].moved)) == told
    rendered = render(content(met, late, missed, doubtful), language)
    for text in (plain(rendered.html), plain(rendered.text)):
        assert text.count(told[1]) == 4


def test_the_main_number_is_told_beside_the_month_before() -> None:
    met = judged(verdict="met", value=15120, before=14820, rule="plan", is_main=True)
    lead = phrase(content(met, kind="monthly"), "en").lead
    assert lead == "Reach, VK: 15,120 against a target of 14,250 — met. Up 2% on September."
    below = judged(before=14820, rule="plan", is_main=True)
    assert phrase(content(below), "en").lead.endswith("2,377 (17%) below it. Down 20% on September.")


def test_a_week_is_told_beside_the_week_before() -> None:
    week = {"client": "yarko", "this": number(3100), "before": number(2925)}
    target = judged(verdict="on_track", value=9000, week=week)
    assert ahead(target, Teller(words("en"), "RUB", OCTOBER)).moved == "Up 6% on the week before."
    week["before"] = number(2925, marks=INCOMPLETE)
    apart = judged(verdict="on_track", value=9000, week=week)
    assert ahead(apart, Teller(words("en"), "RUB", OCTOBER)).moved == ""


@pytest.mark.parametrize(
    ("unit", "numbers", "shown"),
    [
        ("share", ["0.1053"], 0),
        ("share", ["0.1053", "0.12"], 0),
        ("share", ["0.1053", "0.108"], 1),  # 10.5 % and 10.8 %: both would be 11 %
        ("share", ["0.0754"], 1),
        ("share", ["0.0108"], 2),
        ("share", ["0.5"], 0),
        ("ratio", ["812.34"], 0),
        ("ratio", ["12.34"], 1),
        ("ratio", ["2.75"], 2),
        ("money", ["312.4"], 2),
        ("money", ["1234.5"], 0),
        ("count", ["12.4"], 0),
    ],
)
def test_numbers_have_the_digits_that_matter(unit: str, numbers: list[str], shown: int) -> None:
    assert digits(unit, *map(Decimal, numbers)) == shown


@pytest.mark.parametrize(
    ("name", "value", "asked", "told"),
    [
        ("vk.er_post", "0.1053", {"low": "0.12"}, ("11%", "at least 12%", "−1 percentage point")),
        ("vk.er_post", "0.1053", {"low": "0.125"}, ("10.5%", "at least 12.5%", "−2.0 percentage points")),
        ("vk.er_post", "0.1195", {"low": "0.12"}, ("11.95%", "at least 12%", "−0.05 percentage points")),
        ("all.cost_per_lead", 5210, {"high": "312.5"}, ("RUB 5,210.00", "at most RUB 312.50", "+RUB 4,897.50 (+1,567%)")),
    ],
)  # fmt: skip
def test_what_was_agreed_on_keeps_all_its_digits(
    name: str, value: Any, asked: dict[str, Any], told: tuple[str, str, str]
) -> None:
    (line,) = phrase(content(judged(name, value=value, **asked)), "en").missed
    assert tuple(map(plain, (line.fact, line.asked, line.difference))) == told


OUTLOOK = {"client": "yarko", "forecast": 16000, "low": 15000, "high": 17000, "certain_since": None, "per_day": None}
REACHED: dict[str, tuple[Judged, bool]] = {
    "what only rises": (judged(verdict="on_track", value=14300, only_rises=True, outlook=OUTLOOK), True),
    "what may fall": (judged(verdict="on_track", value=14300, only_rises=False, outlook=OUTLOOK), False),
    "an older letter, with a forecast": (judged(verdict="on_track", value=14300, outlook=OUTLOOK), False),
    "an older letter, without one": (judged(verdict="on_track", value=14300), True),
    "not yet": (judged(verdict="on_track", value=14249, only_rises=True, outlook=OUTLOOK), False),
    "a band": (judged(verdict="on_track", value=15, low=12, high=20, only_rises=True), False),
    "a limit": (judged(verdict="on_track", value=15, high=20, only_rises=True), False),
}


@pytest.mark.parametrize(("target", "reached"), REACHED.values(), ids=REACHED)
def test_what_is_met_already_cannot_be_lost(target: Judged, reached: bool) -> None:
    assert is_reached(target) == reached


@pytest.mark.parametrize(
    ("language", "verdict", "told", "until"),
    [
        ("en", "already met", "The target has already been met. By the end of the month we expect about 15,000 to 17,000.", "105 so far of 100, until December 31: already met"),
        ("ru", "уже выполнено", "План уже выполнен. К концу месяца ожидаем примерно от 15 000 до 17 000.", "пока 105, план 100 до 31 декабря: уже выполнено"),
        ("sv", "redan nått", "Målet är redan nått. Vid månadens slut räknar vi med ungefär 15 000 till 17 000.", "105 hittills av 100, till den 31 december: redan nått"),
    ],
)  # fmt: skip
def test_it_is_said_that_it_is_met_already(language: str, verdict: str, told: str, until: str) -> None:
    teller = Teller(words(language), "RUB", OCTOBER)
    line = ahead(judged(verdict="on_track", value=14300, only_rises=True, outlook=OUTLOOK), teller)
    assert (line.verdict, plain(line.forecast)) == (verdict, told)
    days = {"first_day": date(2025, 10, 1), "last_day": date(2025, 12, 31)}
    quarter = judged("all.leads", "on_track", 105, low=100, rule="plan", only_rises=True, **days)
    assert teller.line(quarter).until == until


def test_the_warehouse_knows_what_only_rises(case: Case) -> None:
    ones = {name: {"at_least": 1} for name in ("vk.reach", "followers", "revenue", "purchases")}
    case.client(targets=ones | {"vk.er_post": {"at_least": 0.01}})
    case.facts(11873)
    for kpi in ("all.followers", "all.revenue", "all.purchases"):
        case.kpi(kpi, 5)
    case.judge()
    letter = compose(case.warehouse, "yarko", OCTOBER, "monthly", DAY_4)
    assert letter is not None
    assert {t.kpi: t.only_rises for t in letter.targets} == {
        "reach": True,
        "er_post": False,
        "followers": False,
        "revenue": False,  # refunds
        "purchases": True,
    }
