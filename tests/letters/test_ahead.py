"""Letters about the running month: warnings, each once, and the week's letter."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from smm.letters import outbox
from smm.letters.content import Content
from smm.letters.phrases import phrase
from smm.letters.render import render
from tests.letters.case import Case
from tests.letters.examples import OCTOBER

DAY_20 = datetime(2025, 10, 20, 6, tzinfo=UTC)  # a Monday, 9 o'clock in Moscow
MANAGER = {"to": ["owner@yarko.example"], "manager": "anna@agency.example"}
WEEKLY = {"to": ["owner@yarko.example"], "letters": ["weekly"]}


def running(case: Case, verdict: str, forecasts: Mapping[int, float], value: float = 9000) -> None:
    """October as it runs: reach is asked to be 14250, and forecast so on these days."""
    case.warehouse.execute("delete from marts.verdict")
    case.warehouse.execute("delete from marts.forecast")
    case.warehouse.execute(
        """insert into marts.verdict (client, month, network, kpi, target_version, verdict, target, low, value,
        forecast, forecast_low, forecast_high, rule, is_main, due_from, is_final, evaluated_at, tolerance,
        certain_since)
        select 'yarko', '2025-10-01', network, kpi, target_version, %(verdict)s, 14250, 14250, %(value)s, 13100, 12912,
        13489, 'plan', true, '2025-01-01', false, %(at)s, 0,
        case %(verdict)s when 'certain_miss' then date '2025-10-17' end
        from core.target where kpi = 'reach'""",
        {"verdict": verdict, "value": value, "at": DAY_20},
    )
    for day, forecast in forecasts.items():
        case.warehouse.execute(
            "insert into marts.forecast (client, month, network, kpi, day, value)"
            " values ('yarko', '2025-10-01', 'vk', 'reach', %s, %s)",
            [date(2025, 10, day), forecast],
        )


def written(case: Case, at: datetime = DAY_20) -> list[str]:
    due = outbox.due(case.warehouse, None, at)
    letters = (outbox.write(case.warehouse, c, m, at, "agency.example", kind) for c, kind, m in due)
    return [letter for letter in letters if letter]


def content(case: Case) -> Content:
    ((stored,),) = case.rows("select content from marts.letter order by created_at desc limit 1")
    return Content.model_validate(stored)


SHORT = {17: 13000, 18: 13050, 19: 13100}
ENOUGH = {17: 14300, 18: 14400, 19: 14500}


def test_a_warning_is_told_once_and_to_the_manager(case: Case) -> None:
    case.client(report=MANAGER)
    running(case, "at_risk", SHORT)
    assert written(case, DAY_20 - timedelta(hours=1)) == []  # before the client's hour
    assert written(case) == ["2025-10-at_risk-1"]
    assert case.rows("select audience, recipient, language from marts.letter join marts.delivery using (client)") == [
        ("manager", "anna@agency.example", "ru")
    ]
    assert written(case, DAY_20 + timedelta(days=1)) == []
    running(case, "certain_miss", SHORT)
    assert written(case, DAY_20 + timedelta(days=2)) == ["2025-10-certain_miss-1"]
    assert written(case, DAY_20 + timedelta(days=3)) == []


def test_readers_get_the_warnings_that_the_file_lists_for_them(case: Case) -> None:
    case.client(report={**MANAGER, "letters": ["at_risk"]})
    running(case, "at_risk", SHORT)
    assert written(case) == ["2025-10-at_risk-1"]
    assert case.rows("select audience, recipient from marts.letter join marts.delivery using (client)") == [
        ("readers", "owner@yarko.example")
    ]


def test_without_a_manager_nobody_is_warned(case: Case) -> None:
    case.client(report={"to": ["owner@yarko.example"]})
    running(case, "at_risk", SHORT)
    assert written(case) == []


@pytest.mark.parametrize("forecasts", [{18: 13050, 19: 13100}, {17: 14300, 18: 13050, 19: 13100}])
def test_a_forecast_must_say_so_for_three_days(case: Case, forecasts: dict[int, float]) -> None:
    case.client(report=MANAGER)
    running(case, "at_risk", forecasts)
    assert written(case) == []


def test_nobody_is_told_of_a_risk_before_the_8th(case: Case) -> None:
    case.client(report=MANAGER)
    running(case, "at_risk", {4: 13000, 5: 13050, 6: 13100})
    assert written(case, datetime(2025, 10, 7, 6, tzinfo=UTC)) == []
    assert written(case, datetime(2025, 10, 8, 6, tzinfo=UTC)) == ["2025-10-at_risk-1"]


def test_only_who_was_told_of_a_risk_is_told_that_it_is_over(case: Case) -> None:
    case.client(report=MANAGER)
    running(case, "on_track", ENOUGH)
    assert written(case) == []
    running(case, "at_risk", SHORT)
    assert written(case) == ["2025-10-at_risk-1"]
    running(case, "on_track", ENOUGH)
    assert written(case) == []  # it is still on its way
    assert outbox.write(case.warehouse, "yarko", OCTOBER, DAY_20, "agency.example", "back_on_track") is None
    case.warehouse.execute("update marts.letter set state = 'sent'")
    later = DAY_20 + timedelta(days=1)
    assert written(case, later) == ["2025-10-back_on_track-1"]
    assert written(case, later) == []
    assert phrase(content(case), "en").subject == "Ярко: October — 1 target back on track"


def test_the_words_of_a_warning(case: Case) -> None:
    case.client(report=MANAGER)
    running(case, "certain_miss", SHORT)
    written(case)
    said = phrase(content(case), "en")
    assert said.subject == "Ярко: October — 1 target can no longer be met"
    certain = "Since October 17 it has been certain: even our best days could no longer close the gap."
    assert said.lead == f"Reach, VK: 9,000 so far, the plan for the month is 14,250. {certain}"
    (target,) = said.ahead
    assert (
        target.forecast.replace("\N{NO-BREAK SPACE}", " ")
        == "By the end of the month we expect about 12,900 to 13,500."
    )
    # the lead has said that it is certain; people reached do not add up
    assert (target.certain, target.per_day) == ("", "")
    assert target.why.startswith("By the forecast, about 1,150 below the plan. Oct 13")  # and what happened then


@pytest.mark.parametrize(
    ("kind", "verdict", "forecasts"),
    [("certain_miss", "certain_miss", SHORT), ("at_risk", "at_risk", SHORT), ("back_on_track", "on_track", ENOUGH)],
)
def test_a_warning_draws_each_target_with_its_forecast(
    case: Case, kind: str, verdict: str, forecasts: dict[int, float]
) -> None:
    case.client(report=MANAGER)
    case.kpi("vk.reach", 14820, date(2025, 9, 1))
    case.kpi("vk.reach", 9000, completeness=0.6)
    if kind == "back_on_track":
        running(case, "at_risk", SHORT)
        written(case)
        case.warehouse.execute("update marts.letter set state = 'sent'")
    running(case, verdict, forecasts)
    case.warehouse.execute("update marts.verdict set is_main = false")
    assert written(case, DAY_20 + timedelta(days=1)) == [f"2025-10-{kind}-1"]
    (picture,) = render(content(case), "en").pictures
    assert picture.alt.replace("\N{NO-BREAK SPACE}", " ") == (
        "Reach, VK, month by month: Sep 2025: 14,820; Oct 2025: 9,000 so far. Plan: 14,250."
        " By the end of the month we expect about 12,900 to 13,500."
    )


def test_what_is_needed_per_day_is_told_of_what_adds_up(case: Case) -> None:
    case.client(report=MANAGER, targets={"vk.posts": {"at_least": 31}})
    case.warehouse.execute(
        """insert into marts.verdict (client, month, network, kpi, target_version, verdict, target, low, value,
        rule, is_main, due_from, is_final, evaluated_at, tolerance)
        values ('yarko', '2025-10-01', 'vk', 'posts', 1, 'certain_miss', 31, 31, 6, 'at_least', false, '2025-01-01',
        false, %s, 0)""",
        [DAY_20],
    )
    assert written(case) == ["2025-10-certain_miss-1"]
    told = content(case)
    (target,) = told.targets
    assert target.outlook is not None
    assert target.outlook.per_day == Decimal(25) / 12  # from the 20th to the 31st
    assert phrase(told, "en").ahead[0].per_day == "", "nobody can do it any more"
    at_risk = told.model_copy(update={"targets": (target.model_copy(update={"verdict": "at_risk"}),)})
    assert phrase(at_risk, "en").ahead[0].per_day == "Needed on each remaining day: 3."


def test_a_weekly_letter_is_due_from_monday_for_three_days_and_once(case: Case) -> None:
    case.client(report=WEEKLY)
    running(case, "at_risk", SHORT)
    for week, value in (("2025-10-06", 2800), ("2025-10-13", 3100)):
        case.warehouse.execute(
            "insert into marts.measure_periods (client, network, measure, grain, period, value, completeness)"
            " values ('yarko', 'vk', 'reach', 'week', %s, %s, 1)",
            [week, value],
        )
    at = [DAY_20 - timedelta(hours=1), DAY_20, DAY_20 + timedelta(hours=71), DAY_20 + timedelta(hours=72)]
    due = [("yarko", "weekly", OCTOBER)]
    assert [outbox.due(case.warehouse, None, each) for each in at] == [[], due, due, []]
    assert written(case) == ["2025-W42-weekly-1"]
    assert written(case, DAY_20 + timedelta(days=1)) == []
    said = phrase(content(case), "en")
    assert said.subject == "Ярко: week 42 — 0 of 1 target on track"
    assert said.lead == "Reach, VK: 3,100 in the week (the week before: 2,800)."
    assert written(case, DAY_20 + timedelta(days=7)) == ["2025-W43-weekly-1"]
    assert case.rows("select revision from marts.letter order by 1") == [(1,), (2,)]
    assert phrase(content(case), "en").ahead[0].week == "no data"


def test_a_week_that_began_in_the_month_before_is_told_with_that_month(case: Case) -> None:
    case.client(report=WEEKLY)
    running(case, "at_risk", SHORT)
    monday = datetime(2025, 11, 3, 6, tzinfo=UTC)
    assert outbox.due(case.warehouse, None, monday) == [("yarko", "weekly", OCTOBER)]
    assert written(case, monday) == ["2025-W44-weekly-1"]


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
@pytest.mark.parametrize("verdict", ["at_risk", "certain_miss"])
def test_they_are_rendered_in_each_language(case: Case, language: str, verdict: str) -> None:
    case.client(report={**MANAGER, "letters": ["weekly", verdict]})
    running(case, verdict, SHORT)
    assert len(written(case)) == 2
    for (stored,) in case.rows("select content from marts.letter"):
        rendered = render(Content.model_validate(stored), language)
        assert "9,000" in rendered.text.replace("\N{NO-BREAK SPACE}", ",")
        assert "{" not in rendered.text
