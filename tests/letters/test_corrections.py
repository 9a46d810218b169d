"""Corrections: verdicts in, letters out."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from smm.letters import outbox
from smm.letters.content import Content
from smm.letters.phrases import phrase
from smm.letters.render import render
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER

DAY_14 = DAY_4 + timedelta(days=10)
TO = ["owner@yarko.example", "partner@yarko.example"]


@pytest.fixture
def told(case: Case) -> Case:
    """A client that was told that it missed two of three targets."""
    case.missed(report={"to": TO, "manager": "anna@agency.example"})
    sent(case)
    return case


def sent(case: Case) -> None:
    case.warehouse.execute("update marts.letter set state = 'sent'")
    case.warehouse.execute("update marts.delivery set state = 'sent'")


def written(case: Case, at: datetime = DAY_14, month: Any = None) -> list[str]:
    """What an hour's run judges and writes."""
    case.judge(at=at)
    due = outbox.due(case.warehouse, None, at, month)
    letters = (outbox.write(case.warehouse, c, m, at, "agency.example", kind) for c, kind, m in due)
    return [letter for letter in letters if letter]


def due(case: Case, at: datetime, month: Any = None) -> list[str]:
    return [kind for _, kind, each in outbox.due(case.warehouse, None, at, month) if each == OCTOBER]


def content(case: Case, letter: str) -> Content:
    query = f"select content from marts.letter where letter_id = '{letter}'"
    ((stored,),) = case.rows(query)
    return Content.model_validate(stored)


def test_what_has_not_changed_is_no_correction(told: Case) -> None:
    told.kpi("vk.reach", 11900)  # restated, and missed as before
    assert written(told) == []


def test_each_change_is_one_correction_in_the_thread_of_the_first_letter(told: Case) -> None:
    told.kpi("vk.reach", 14300)
    assert written(told, DAY_14 - timedelta(hours=1)) == []
    assert written(told) == ["2025-10-correction-1"]
    assert written(told) == []
    sent(told)
    assert written(told, DAY_14 + timedelta(hours=1)) == []
    told.kpi("vk.er_post", 0.02)
    assert written(told, DAY_14 + timedelta(hours=2)) == ["2025-10-correction-2"]
    sent(told)
    assert written(told, DAY_14 + timedelta(hours=3)) == []
    told.kpi("vk.reach", 11873)
    assert due(told, DAY_14 + timedelta(days=7)) == []  # it has not been judged again
    assert written(told, DAY_14 + timedelta(days=120), OCTOBER) == ["2025-10-correction-3"]
    rows = told.rows("select letter_id, message_id, thread from marts.letter order by created_at")
    ids = [identity for _, identity, _ in rows]
    assert [thread for *_, thread in rows] == [[], ids[:1], ids[:2], ids[:3]]


def test_what_is_judged_again_after_the_14th_is_corrected_for_seven_days(told: Case) -> None:
    assert written(told) == []
    told.kpi("vk.reach", 14300)
    later = DAY_14 + timedelta(days=40)
    told.judge(at=later - timedelta(hours=1))
    assert due(told, later - timedelta(hours=1)) == []  # before the client's hour
    assert due(told, later) == ["correction"]
    assert due(told, later + timedelta(days=6)) == ["correction"]
    assert due(told, later + timedelta(days=7)) == []
    assert written(told, later) == ["2025-10-correction-1"]
    sent(told)
    assert written(told, later + timedelta(hours=1)) == []
    told.kpi("vk.reach", 11873)
    assert written(told, DAY_14 + timedelta(days=90)) == []  # it is February


def test_a_month_that_nobody_was_told_of_is_not_corrected(case: Case) -> None:
    case.missed()
    assert written(case) == []
    case.kpi("vk.reach", 14300)
    assert written(case, DAY_14 + timedelta(days=40)) == []


def test_a_correction_that_waits_is_replaced_or_taken_back(told: Case) -> None:
    told.kpi("vk.reach", 14300)
    assert written(told) == ["2025-10-correction-1"]
    told.kpi("vk.er_post", 0.02)
    assert written(told) == ["2025-10-correction-2"]
    told.kpi("vk.reach", 11873)
    told.kpi("vk.er_post", 0.0108)
    assert written(told) == []
    states = "select letter_id, state from marts.letter where kind = 'correction' order by revision"
    assert told.rows(states) == [("2025-10-correction-1", "taken_back"), ("2025-10-correction-2", "taken_back")]


def test_it_goes_to_those_whom_the_letter_reached_and_to_new_readers(told: Case) -> None:
    told.warehouse.execute("update marts.delivery set state = 'refused' where recipient like 'partner%'")
    told.client(report={"to": [*TO, {"new@yarko.example": "en"}]})
    told.kpi("vk.reach", 14300)
    written(told)
    query = "select recipient, language from marts.delivery where letter_id like '%correction%' order by 1"
    assert told.rows(query) == [("new@yarko.example", "en"), ("owner@yarko.example", "ru")]


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
def test_it_says_what_was_told_what_holds_and_why(told: Case, language: str) -> None:
    told.kpi("vk.reach", 14300)
    written(told)
    letter = content(told, "2025-10-correction-1")
    rendered = render(letter, language)
    for number in ("11,873", "14,300", "14,250"):
        shown = number if language == "en" else number.replace(",", "\N{NO-BREAK SPACE}")
        assert shown in rendered.text
        assert shown in rendered.html
    assert letter.client == "yarko"
    assert [change.cause for change in letter.changes] == ["restated"]


def test_each_change_whose_months_are_known_has_a_chart(told: Case) -> None:
    told.kpi("vk.er_post", 0.013, date(2025, 9, 1))
    told.kpi("vk.er_post", 0.02)
    told.kpi("vk.reach", 14300)
    written(told)
    rendered = render(content(told, "2025-10-correction-1"), "en")
    (picture,) = rendered.pictures  # of reach, October alone is known
    assert picture.alt == (
        "Engagement rate per post, VK, month by month: Sep 2025: 1.30%; Oct 2025: 2%. Plan: at least 1.20%."
    )
    assert f"cid:{picture.cid}" in rendered.html


def test_its_words(told: Case) -> None:
    told.kpi("vk.reach", 14300)
    written(told)
    said = phrase(content(told, "2025-10-correction-1"), "en")
    assert said.subject == "Ярко: October — 1 result corrected"
    assert said.lead == "On November 4 we wrote to you about October 2025. 1 result has changed since."
    assert said.also == "The result now: 1 of 3 targets missed."
    (change,) = said.changes
    assert (change.title, change.network) == ("Reach", "VK")
    assert change.told == "missed, 11,873 (plan 14,250)"
    assert change.now == "met, 14,300 (plan 14,250)"
    assert change.cause == "The source has corrected its numbers since."


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        (
            "update marts.kpi_months set completeness = 0.9 where kpi = 'leads'",
            "completeness = 1, value = 30",
            "arrived",
        ),
        ("update marts.kpi_months set is_late = true where kpi = 'leads'", "is_late = false, value = 30", "restated"),
        ("update marts.kpi_months set is_late = true where kpi = 'leads'", "is_late = false", "settled"),
    ],
)
def test_causes(case: Case, before: str, after: str, cause: str) -> None:
    case.client(report={"to": TO})
    case.facts(reach=11873)
    case.warehouse.execute(before.encode())
    assert written(case, DAY_4) == ["2025-10-missed-1"]
    sent(case)
    case.warehouse.execute(f"update marts.kpi_months set {after} where kpi = 'leads'".encode())
    assert written(case) == ["2025-10-correction-1"]
    assert [change.cause for change in content(case, "2025-10-correction-1").changes] == [cause]


def test_a_target_that_was_taken_away_is_told(told: Case) -> None:
    told.warehouse.execute("delete from marts.verdict where kpi = 'leads'")
    assert outbox.write(told.warehouse, "yarko", OCTOBER, DAY_14, "agency.example", "correction")
    (change,) = phrase(content(told, "2025-10-correction-1"), "en").changes
    assert (change.told, change.now) == ("met, 41 (plan at least 40)", "no target")
    assert change.cause == "The target itself was changed."


def test_a_correction_that_was_taken_back_is_written_again_when_it_holds_again(told: Case) -> None:
    for hours, reach, letters in ((0, 14300, ["2025-10-correction-1"]), (1, 11873, []), (2, 14300, None)):
        told.kpi("vk.reach", reach)
        expected = ["2025-10-correction-2"] if letters is None else letters
        assert written(told, DAY_14 + timedelta(hours=hours)) == expected


def test_a_held_correction_of_what_holds_again_can_not_be_released(told: Case) -> None:
    told.kpi("vk.reach", 14300)
    written(told)
    told.warehouse.execute("update marts.letter set state = 'held' where kind = 'correction'")
    told.kpi("vk.reach", 11873)
    assert written(told, DAY_14 + timedelta(hours=1)) == []
    state = "select state, reason from marts.letter where kind = 'correction'"
    assert told.rows(state) == [("taken_back", "the verdicts have changed")]


def test_whom_no_letter_of_the_month_has_reached_is_no_new_reader_of_its_second_correction(told: Case) -> None:
    told.warehouse.execute("update marts.delivery set state = 'refused' where recipient like 'partner%'")
    for hours, kpi, value in ((0, "vk.reach", 14300), (1, "vk.er_post", 0.02)):
        told.kpi(kpi, value)
        assert len(written(told, DAY_14 + timedelta(hours=hours))) == 1
        told.warehouse.execute("update marts.letter set state = 'sent'")
        told.warehouse.execute("update marts.delivery set state = 'sent' where letter_id like '%correction%'")
    query = "select recipient from marts.delivery where letter_id = '2025-10-correction-2'"
    assert told.rows(query) == [("owner@yarko.example",)]
