"""The content: whose numbers it holds, and that it survives the outbox."""

import json
from datetime import date
from decimal import Decimal

import pytest

from smm.letters.compose import compose
from smm.letters.content import Content, ForeignNumberError
from smm.letters.numbers import Marks
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER, content, judged

EVENT = {"client": "yarko", "first_day": "2025-10-13", "last_day": "2025-10-22", "network": None, "text": "Holiday"}
PAST = {
    "client": "yarko",
    "month": "2025-09-01",
    "value": "9120.5",
    "reason": None,
    "low": "9000",
    "high": None,
    "is_provisional": False,
    "is_incomplete": False,
}
WHY = {"client": "nordlys", "month": "2025-09-01", "was": 2, "now": 1, "effects": ()}
EFFECT = {"client": "nordlys", "network": "vk", "part": "posts", "unit": "count", "was": 2, "now": 1, "effect": -1}
COST = {"client": "yarko", "measure": "fee", "value": "30000"}


@pytest.mark.parametrize(
    "parts",
    [
        {"targets": (judged(), judged(client="nordlys"))},
        {"targets": (judged(why=WHY),)},
        {"targets": (judged(why={**WHY, "client": "yarko", "effects": (EFFECT,)}),)},
        {"changes": ({"client": "yarko", "told": judged(client="nordlys"), "now": judged(), "cause": "restated"},)},
        {"events": ({**EVENT, "client": "nordlys"},)},
        {"costs": ({**COST, "client": "nordlys"},)},
        {"targets": (judged(history=({**PAST, "client": "nordlys"},)),)},
    ],
    ids=["target", "why", "effect", "change", "event", "cost", "past"],
)
def test_another_clients_part_is_refused_when_written_and_when_read(parts: dict[str, object]) -> None:
    with pytest.raises(ForeignNumberError, match="a letter to yarko would show what belongs to nordlys"):
        content(**parts)
    change = {"client": "yarko", "told": judged(), "now": None, "cause": "restated"}
    stored = json.loads(content(judged(), events=(EVENT,), costs=(COST,), changes=(change,)).model_dump_json())
    for name in parts:
        stored[name][0]["client"] = "nordlys"
    with pytest.raises(ForeignNumberError):
        Content.model_validate(stored)


def test_content_comes_back_from_json_as_it_was() -> None:
    letter = content(judged(value="0.012345678901234567", history=(PAST,)), events=(EVENT,), costs=(COST,))
    assert Content.model_validate(json.loads(letter.model_dump_json())) == letter


def test_a_letter_written_before_there_were_campaigns_tolerances_and_histories_can_be_read() -> None:
    stored = json.loads(content(judged()).model_dump_json())
    for name in ("first_day", "last_day", "tolerance", "history"):
        del stored["targets"][0][name]
    assert Content.model_validate(stored) == content(judged())


def test_a_campaign_is_compared_with_no_month_and_a_stage_with_the_start(case: Case) -> None:
    campaign = {"plan": {"2025-08-01..2025-10-31": 100}, "tolerance": 0.02}
    case.client(targets={"leads": campaign, "followers": {"from_baseline": {"to": 2.0, "by_month": 20}}})
    for month in (8, 9, 10):
        case.kpi("all.leads", 30, date(2025, month, 1))
    case.kpi("all.followers", 1200, date(2024, 12, 1))
    case.kpi("all.followers", 1500)
    case.warehouse.execute("update marts.kpi_months set numerator = value")
    case.judge()

    found = compose(case.warehouse, "yarko", OCTOBER, "missed", DAY_4)

    assert found is not None
    followers, leads = (target.model_dump() for target in sorted(found.targets, key=lambda target: target.kpi))
    span = {"first_day": date(2025, 8, 1), "last_day": date(2025, 10, 31), "value": 90, "tolerance": Decimal("0.02")}
    without = {"client": "yarko", "value": None, "spent": None, "result": None, "marks": None}
    assert leads == leads | span | {"before": without | {"reason": "not_applicable"}}
    stage = {"target": 1800, "base": 1200, "growth": Decimal("0.5"), "over": "baseline"}
    assert followers == followers | stage | {"before": without | {"reason": "source_missing"}}


def test_what_is_missed_and_the_main_one_have_a_history(case: Case) -> None:
    case.client(started=date(2024, 1, 1))
    case.kpi("vk.reach", 900, date(2024, 9, 1))  # older than 13 months
    case.kpi("vk.reach", 9000, date(2025, 7, 1), completeness=0.5)
    case.kpi("vk.reach", 14100, date(2025, 9, 1))
    case.kpi("vk.reach", 14300)
    case.kpi("vk.er_post", None, date(2025, 9, 1))
    case.kpi("vk.er_post", 0.01)
    case.kpi("all.leads", 50)
    case.judge(month=date(2025, 9, 1))
    case.judge()
    case.warehouse.execute("update marts.verdict set is_final = month < %s", [OCTOBER])
    case.kpi("vk.reach", 15000)  # moved since: the letter's month is told as it was judged

    found = compose(case.warehouse, "yarko", OCTOBER, "missed", DAY_4)

    assert found is not None
    history = {
        target.kpi: [
            (past.month, past.value, past.reason, past.low, past.high, past.is_provisional, past.marks)
            for past in target.history
        ]
        for target in found.targets
    }
    half = Marks(is_incomplete=True, known_days=16, days=31)
    assert history == {
        "reach": [
            (date(2025, 7, 1), 9000, None, None, None, False, half),
            (date(2025, 8, 1), None, "source_missing", None, None, False, None),
            (date(2025, 9, 1), 14100, None, 14000, None, False, None),
            (OCTOBER, 14300, None, 14250, None, True, None),
        ],
        "er_post": [(OCTOBER, Decimal("0.01"), None, Decimal("0.012"), None, True, None)],
        "leads": [],  # met, and not the main one
    }
