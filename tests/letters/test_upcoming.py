"""What comes next: the targets of the month after the letter's, as the client's file asks then."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from smm.letters.compose import compose
from smm.letters.content import Judged
from smm.letters.lines import Teller
from smm.letters.phrases import phrase
from smm.letters.render import render
from smm.letters.upcoming import upcoming
from smm.letters.words import words
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER, content, judged
from tests.letters.test_render import plain

TARGETS = {
    "vk.reach": {"plan": {"2025-10": 14250, "2025-11": 14500}, "main": True},
    "vk.er_post": {"at_least": 0.012},
    "leads": {"growth": "5%", "over": "previous_month"},
    "followers": {"growth": "5%", "over": "previous_month"},
    "vk.posts": {"plan": {"2025-10": 12}},
    "vk.visitors": {"between": [500, 900]},
    "romi": {"at_least": 0.1},  # of a business KPI: not before the seventh month
}


def composed(case: Case, **keys: Any) -> tuple[Judged, ...] | None:
    case.client(**({"started": date(2025, 9, 1), "targets": TARGETS} | keys))
    case.facts(11873, 0.0108, 40)
    case.judge()
    letter = compose(case.warehouse, "yarko", OCTOBER, "missed", DAY_4)
    assert letter is not None
    return letter.upcoming


def test_all_targets_of_the_next_month_are_read_with_what_they_came_to(case: Case) -> None:
    found = composed(case)
    assert found is not None
    told = {f"{t.network}.{t.kpi}": (t.low, t.high, t.base, t.before.value) for t in found}
    assert told == {
        "vk.reach": (14500, None, None, 11873),
        "vk.er_post": (Decimal("0.012"), None, None, Decimal("0.0108")),
        "all.leads": (42, None, 40, 40),
        "all.followers": (None, None, None, None),  # October is not known
        "vk.posts": (None, None, None, None),  # it has no plan for November
        "vk.visitors": (500, 900, None, None),
    }
    assert next(iter(told)) == "vk.reach"  # the main one


def test_they_are_those_of_the_newest_file(case: Case) -> None:
    composed(case)
    case.client(started=date(2025, 9, 1), targets={"vk.reach": {"plan": {"2025-10": 14250, "2025-11": 20000}}})
    letter = compose(case.warehouse, "yarko", OCTOBER, "missed", DAY_4)
    assert letter is not None
    assert [(target.kpi, target.low) for target in letter.upcoming or ()] == [("reach", 20000)]
    assert letter.targets[0].low == 14250  # October stays as it was judged


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({"ended": date(2025, 10, 31)}, None),
        ({"ended": date(2025, 11, 1)}, 1),
        ({"paused": [date(2025, 11, 1), date(2025, 11, 30)]}, None),
        ({"paused": [date(2025, 11, 1), date(2025, 11, 29)]}, 1),
    ],
    ids=["ended", "ends in it", "paused", "a day of work"],
)
def test_who_is_not_at_work_then_is_asked_nothing(case: Case, keys: dict[str, Any], found: int | None) -> None:
    known = composed(case, targets={"vk.reach": {"at_least": 14250}}, **keys)
    assert (known if known is None else len(known)) == found


def test_a_warning_and_a_weekly_letter_have_none(case: Case) -> None:
    composed(case)
    weekly = compose(case.warehouse, "yarko", OCTOBER, "weekly", DAY_4.replace(month=10, day=28))
    assert weekly is not None
    assert weekly.upcoming is None


def asked(name: str, **parts: Any) -> Judged:
    return judged(name, "not_due", None, **({"low": None} | parts))


ASKED = (
    asked("vk.reach", low=14500, rule="plan", before=11873),
    asked("vk.er_post", low="0.012", before=Decimal("0.0108")),
    asked("all.sessions", low=2583, rule="growth", growth="0.05", over="previous_month", base=2460, before=2460),
    asked("vk.posts", rule="plan", before=12),
    asked("all.cost_per_lead", rule="growth", growth="-0.05", over="previous_month"),
    asked("vk.posts", low=12, high=20, rule="between", tolerance="0.1"),
)


@pytest.mark.parametrize(
    ("language", "heading", "told"),
    [
        (
            "en",
            "What comes next: targets for November",
            [
                "14,500 (October: 11,873)",
                "at least 1.20% (October: 1.08%)",
                "at least 2,583, +5% on the month before (2,460)",
                "no plan set yet (October: 12)",
                "−5% on a month whose number is not known so far",
                "12 to 20 (within 10%)",
            ],
        ),
        (
            "ru",
            "Что дальше: цели на ноябрь",
            [
                "14 500 (октябрь: 11 873)",
                "не меньше 1,20 % (октябрь: 1,08 %)",
                "не меньше 2 583, +5 % к предыдущему месяцу (2 460)",
                "план пока не задан (октябрь: 12)",
                "−5 % к месяцу, число за который пока неизвестно",
                "от 12 до 20 (допуск 10 %)",
            ],
        ),
        (
            "sv",
            "Nästa steg: mål för november",
            [
                "14 500 (oktober: 11 873)",
                "minst 1,20 % (oktober: 1,08 %)",
                "minst 2 583, +5 % mot månaden före (2 460)",
                "inget mål satt ännu (oktober: 12)",
                "−5 % mot en månad vars siffra hittills inte är känd",
                "12 till 20 (tolerans 10 %)",
            ],
        ),
    ],
)
def test_each_is_told_in_words(language: str, heading: str, told: list[str]) -> None:
    letter = content(upcoming=ASKED)
    found = upcoming(letter, Teller(words(language), "RUB", OCTOBER))
    assert (found[0], [plain(line) for _, line in found[1]]) == (heading, told)
    rendered = render(letter, language)
    assert heading in rendered.html
    assert all(line in plain(rendered.html) and line in plain(rendered.text) for line in told)


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
def test_that_there_are_none_is_said(language: str) -> None:
    rendered = render(content(upcoming=()), language)
    assert words(language).say("upcoming.none") in rendered.text
    assert words(language).say("upcoming.none") in rendered.html
    assert phrase(content(), language).next_month == ""  # written before letters had it, or the work is over
