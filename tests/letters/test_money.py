"""What a month cost, in a line or two."""

from typing import Any

import pytest

from smm.letters.compose import compose
from smm.letters.content import Content
from smm.letters.money import money
from smm.letters.phrases import phrase
from smm.letters.render import render
from smm.letters.words import words
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER, content
from tests.letters.test_render import plain

YARKO = {"client": "yarko"}


def cost(measure: str, value: Any, network: str = "vk_ads", **keys: Any) -> dict[str, Any]:
    reason = "source_missing" if value is None else None
    return {**YARKO, "measure": measure, "network": network, "value": value, "reason": reason} | keys


def letter(*costs: dict[str, Any], before: tuple[dict[str, Any], ...] = (), **parts: Any) -> Content:
    return content(costs=costs, costs_before=before, **parts)


ADS, FEE, BUDGET = cost("spend", 45000), cost("fee", 30000), cost("budget", 80000)
SEPTEMBER = (cost("spend", 40000), cost("fee", 30000))
LEAD: dict[str, Any] = {"lead_cost": {**YARKO, "value": 1098}, "lead_cost_before": {**YARKO, "value": 1220}}


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            [
                "Ads RUB 45,000 + fee RUB 30,000 = RUB 75,000, 94% of the budget of RUB 80,000; up 7% on September.",
                "Over all leads, one cost RUB 1,098 in ads; down 10% on September.",
            ],
        ),
        (
            "ru",
            [
                "Реклама 45 000 ₽ + работа агентства 30 000 ₽ = 75 000 ₽, 94 % бюджета (80 000 ₽);"
                " на 7 % больше, чем за сентябрь.",
                "Расход на рекламу на одно обращение, считая все обращения: 1 098 ₽; на 10 % меньше, чем за сентябрь.",
            ],
        ),
        (
            "sv",
            [
                "Annonser 45 000 RUB + arvode 30 000 RUB = 75 000 RUB, 94 % av budgeten på 80 000 RUB;"
                " upp 7 % mot september.",
                "Räknat på alla leads kostade ett lead 1 098 RUB i annonser; ner 10 % mot september.",
            ],
        ),
    ],
)
def test_ads_and_fee_are_one_line_beside_the_budget_and_the_month_before(language: str, told: list[str]) -> None:
    found = money(letter(ADS, FEE, BUDGET, before=SEPTEMBER, **LEAD), words(language))
    assert list(map(plain, found)) == told


INCOMPLETE = {"is_incomplete": True, "known_days": 20, "days": 31}
LINES: dict[str, tuple[Content, str, dict[str, str]]] = {
    "no budget, no month before": (letter(ADS, FEE), "Ads RUB 45,000 + fee RUB 30,000 = RUB 75,000.", {}),
    "cents": (
        letter(cost("spend", "45000.5"), FEE),
        "Ads RUB 45,000.50 + fee RUB 30,000.00 = RUB 75,000.50.",
        {},
    ),
    "ads in two networks": (
        letter(ADS, cost("spend", 5000, "facebook"), FEE),
        "Ads RUB 50,000 + fee RUB 30,000 = RUB 80,000.",
        {"Ads": "RUB 50,000 (VK ads: RUB 45,000; Facebook: RUB 5,000)"},
    ),
    "the site's are not added": (
        letter(ADS, cost("spend", 45000, "site"), FEE),
        "Ads RUB 45,000 + fee RUB 30,000 = RUB 75,000.",
        {"Ads, the whole site": "RUB 45,000"},
    ),
    "some days are missing": (
        letter(cost("spend", 45000, marks=INCOMPLETE), FEE, BUDGET, before=SEPTEMBER),
        "Ads RUB 45,000 + fee RUB 30,000 = RUB 75,000, known so far.",
        {"Ads": "RUB 45,000 (20 of 31 days)"},
    ),
    "a part of September is missing": (
        letter(ADS, FEE, before=(cost("spend", 40000, marks=INCOMPLETE), FEE)),
        "Ads RUB 45,000 + fee RUB 30,000 = RUB 75,000.",
        {},
    ),
    "the fee is not known": (letter(ADS, cost("fee", None)), "", {"Ads": "RUB 45,000", "Fee": "no data"}),
    "ads alone": (letter(ADS), "", {"Ads": "RUB 45,000"}),
    "the budget is exceeded": (
        letter(ADS, FEE, cost("budget", 60000)),
        "Ads RUB 45,000 + fee RUB 30,000 = RUB 75,000, 125% of the budget of RUB 60,000.",
        {},
    ),
    "no leads": (
        letter(lead_cost={**YARKO, "value": None, "reason": "zero_denominator", "spent": 45000, "result": "leads"}),
        "RUB 45,000 spent, no leads.",
        {},
    ),
    "the cost of a lead is not known": (letter(lead_cost={**YARKO, "value": None, "reason": "no_access"}), "", {}),
}


@pytest.mark.parametrize(("built", "told", "costs"), LINES.values(), ids=LINES)
def test_what_is_not_known_is_not_added(built: Content, told: str, costs: dict[str, str]) -> None:
    found = phrase(built, "en")
    assert plain(" ".join(found.money)) == told
    assert {name: plain(amount) for name, amount in found.costs} == costs


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
def test_the_line_stands_in_html_and_text(language: str) -> None:
    rendered = render(letter(ADS, FEE, BUDGET, **LEAD), language)
    for sentence in money(letter(ADS, FEE, BUDGET, **LEAD), words(language)):
        assert sentence in rendered.html
        assert sentence in rendered.text


def test_the_warehouse_gives_the_budget_the_lead_and_the_month_before(case: Case) -> None:
    case.missed()
    for month, numbers in ((9, (40000, 30000, None)), (10, (45000, 30000, 80000))):
        for name, value in zip(("spend", "fee", "budget"), numbers, strict=True):
            if value is not None:
                case.warehouse.execute(
                    "insert into marts.measure_periods (client, network, measure, grain, period, value, completeness)"
                    " values ('yarko', 'vk_ads', %s, 'month', %s, %s, 1)",
                    [name, OCTOBER.replace(month=month), value],
                )
    case.kpi("all.cost_per_lead", 1098)
    built = compose(case.warehouse, "yarko", OCTOBER, "missed", DAY_4)
    assert built is not None
    assert [plain(sentence) for sentence in money(built, words("en"))] == [
        "Ads RUB 45,000 + fee RUB 30,000 = RUB 75,000, 94% of the budget of RUB 80,000; up 7% on September.",
        "Over all leads, one cost RUB 1,098 in ads.",
    ]


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
def test_that_no_cost_was_entered_is_said(language: str) -> None:
    rendered = render(letter(), language)
    told = words(language).say("money.none")
    assert told in rendered.text
    assert told in rendered.html


@pytest.mark.parametrize(("fee", "share"), [(35300, "100.4%"), (34700, "99.6%"), (35000, "100%")])
def test_an_overrun_is_never_told_as_exactly_the_budget(fee: int, share: str) -> None:
    found = money(letter(ADS, cost("fee", fee), BUDGET), words("en"))[0]
    assert f", {share} of the budget of" in plain(found)
