# ruff: noqa: E501, a sentence is one line
"""What the letter says, word by word."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from smm.letters.content import Content
from smm.letters.phrases import Phrases, phrase
from tests.letters.examples import content, judged

NBSP = "\N{NO-BREAK SPACE}"


def said(letter: Content, language: str, **how: Any) -> Phrases:
    return phrase(letter, language, **how)


def counted(missed: int, total: int) -> Content:
    return content(*[judged()] * missed, *[judged(verdict="met", value=20000)] * (total - missed), name="Ярко")


@pytest.mark.parametrize(
    ("language", "missed", "total", "subject"),
    [
        ("en", 1, 1, "Ярко: October — 1 of 1 target missed"),
        ("en", 1, 6, "Ярко: October — 1 of 6 targets missed"),
        ("en", 2, 6, "Ярко: October — 2 of 6 targets missed"),
        ("en", 5, 6, "Ярко: October — 5 of 6 targets missed"),
        ("en", 21, 21, "Ярко: October — 21 of 21 targets missed"),
        ("ru", 1, 1, "Ярко: октябрь — 1 из 1 цели не выполнена"),
        ("ru", 1, 6, "Ярко: октябрь — 1 из 6 целей не выполнена"),
        ("ru", 2, 6, "Ярко: октябрь — 2 из 6 целей не выполнены"),
        ("ru", 5, 6, "Ярко: октябрь — 5 из 6 целей не выполнено"),
        ("ru", 21, 21, "Ярко: октябрь — 21 из 21 цели не выполнена"),
        ("ru", 22, 25, "Ярко: октябрь — 22 из 25 целей не выполнены"),
        ("sv", 1, 6, "Ярко: oktober — 1 av 6 mål nåddes inte"),
        ("sv", 2, 6, "Ярко: oktober — 2 av 6 mål nåddes inte"),
        ("sv", 5, 6, "Ярко: oktober — 5 av 6 mål nåddes inte"),
        ("sv", 21, 21, "Ярко: oktober — 21 av 21 mål nåddes inte"),
    ],
)
def test_subject(language: str, missed: int, total: int, subject: str) -> None:
    assert said(counted(missed, total), language).subject == subject


def test_unknown_targets_count_and_those_not_due_do_not() -> None:
    unknown = [judged(verdict=verdict, reason="incomplete") for verdict in ("not_proven", "not_measured")]
    assert said(content(judged(), *unknown, judged(verdict="not_due")), "en").count == "1 of 3 targets missed"


@pytest.mark.parametrize(
    ("as_of", "month"),
    [
        (datetime(2025, 11, 4, tzinfo=UTC), "October"),
        (datetime(2025, 11, 30, 20, 59, tzinfo=UTC), "October"),
        (datetime(2025, 11, 30, 21, 0, tzinfo=UTC), "October 2025"),  # December in Moscow
        (datetime(2026, 11, 4, tzinfo=UTC), "October 2025"),
    ],
)
def test_subject_names_the_year_of_a_month_long_gone(as_of: datetime, month: str) -> None:
    assert said(content(as_of=as_of), "en").subject == f"Yarko: {month} — 1 of 1 target missed"


def test_rehearsal_says_so() -> None:
    found = said(content(), "en", is_rehearsal=True)
    assert found.subject == "[Rehearsal] Yarko: October — 1 of 1 target missed"
    assert found.rehearsal


BELOW = judged(value=11873, low=14250)
ABOVE = judged("vk_ads.cost_per_lead", value="312.4", high=300)
SHARE = judged("vk.er_post", value="0.0108", low="0.012")


@pytest.mark.parametrize(
    ("language", "target", "lead"),
    [
        ("en", BELOW, "Reach, VK: 11,873 against a target of 14,250 — 2,377 (17%) below it."),
        ("ru", BELOW, "Охват, ВКонтакте: план 14 250, факт 11 873 — на 2 377 (17 %) меньше."),
        ("sv", BELOW, "Räckvidd, VK: 11 873 mot målet 14 250 — 2 377 (17 %) under."),
        ("en", ABOVE, "Cost per lead, VK ads: RUB 312.40 against a limit of RUB 300 — RUB 12.40 (4%) above it."),
        ("ru", ABOVE, "Цена обращения, реклама ВКонтакте: предел 300 ₽, факт 312,40 ₽ — на 12,40 ₽ (4 %) больше."),
        ("sv", ABOVE, "Kostnad per lead, annonser på VK: 312,40 RUB mot taket 300 RUB — 12,40 RUB (4 %) över."),
        ("en", SHARE, "Engagement rate per post, VK: 1.08% against a target of 1.20% — 0.12 percentage points below it."),
        ("ru", SHARE, "Вовлечённость на запись (ER), ВКонтакте: план 1,20 %, факт 1,08 % — на 0,12 процентного пункта меньше."),
        ("sv", SHARE, "Engagemang per inlägg (ER), VK: 1,08 % mot målet 1,20 % — 0,12 procentenheter under."),
    ],
)  # fmt: skip
def test_sentence(language: str, target: Any, lead: str) -> None:
    found = said(content(target), language)
    assert (found.lead.replace(NBSP, " "), found.also) == (lead, "")


def test_main_target_leads_whatever_became_of_it() -> None:
    others = (ABOVE, SHARE)
    missed = judged("all.leads", value=31, low=40, is_main=True)
    assert said(content(*others, missed), "en").lead.startswith("Leads, all networks: 31 against a target of 40")
    assert said(content(*others, missed), "en").also == "Also missed: Cost per lead and Engagement rate per post."
    met = judged("all.leads", "met", 41, low=40, is_main=True)
    lead = "Leads, all networks: target met, 41. Missed: Cost per lead and Engagement rate per post."
    assert said(content(*others, met), "en").lead == lead
    unknown = judged("all.leads", "not_measured", None, low=40, is_main=True, reason="source_missing")
    lead = (
        "Leads, all networks: not known, because no data has arrived."
        " Missed: Cost per lead and Engagement rate per post."
    )
    assert said(content(*others, unknown), "en").lead == lead
    not_due = judged("all.romi", "not_due", "-0.1", low=0, is_main=True)
    assert said(content(*others, not_due), "en").lead.startswith("Cost per lead, VK ads")


@pytest.mark.parametrize(
    ("language", "also"),
    [
        ("en", "Also missed: Visitors to the community, Reach (Instagram), Followers, and 2 more."),
        ("ru", "Также не выполнено: Посетители сообщества, Охват (Instagram), Подписчики и ещё 2."),
        ("sv", "Nåddes inte heller: Besökare på sidan, Räckvidd (Instagram), Följare och 2 till."),
    ],
)
def test_many_missed_ones_are_named_in_part(language: str, also: str) -> None:
    names = ("vk.visitors", "instagram.reach", "all.followers", "vk.reach", "all.leads")
    assert said(content(judged("all.calls"), *map(judged, names)), language).also == also


def test_line_of_a_missed_target() -> None:
    growth = judged(
        "all.sessions", value=2410, low=2583, rule="growth", growth="0.05", over="previous_month", base=2460,
        before=2460, year_ago={"client": "yarko", "value": 1900, "marks": {"is_incomplete": True}},
    )  # fmt: skip
    (line,) = said(content(growth), "en").missed
    assert line.asked == "at least 2,583"
    assert line.basis == "+5% on the month before (2,460)"
    assert (line.fact, line.difference, line.state) == ("2,410", "−173 (−7%)", "")
    assert line.earlier == (("September 2025", "2,460"), ("October 2024", "1,900 (some days missing)"))


@pytest.mark.parametrize(
    ("target", "asked", "difference"),
    [
        (judged(value=11873, low=14250, rule="plan"), "14,250", "−2,377 (−17%)"),
        (judged("vk.posts", value=22, low=12, high=20, rule="between"), "12 to\N{NO-BREAK SPACE}20", "+2 (+10%)"),
        (judged("vk.posts", value=9, low=12, high=20, rule="between"), "12 to\N{NO-BREAK SPACE}20", "−3 (−25%)"),
        (judged("all.followers_net", value=-7, low=0), "at least 0", "−7"),
        (judged("vk.repost_share", value="0.75", high="0.5"), "at most 50%", "+25 percentage points"),
        (judged("vk.repost_share", value="0.7549", high="0.5"), "at most 50%", "+25 percentage points"),
        (judged("all.romi", value="-0.0125", low=0), "at least 0%", "−1.25 percentage points"),
        (
            judged("vk.repost_share", value="0.05", low="0.1", high="0.205"),
            "10.0% to\N{NO-BREAK SPACE}20.5%",
            "−5.0 percentage points",
        ),
    ],
)
def test_what_was_asked_and_how_far_it_was_missed(target: Any, asked: str, difference: str) -> None:
    (line,) = said(content(target), "en").missed
    assert (line.asked, line.difference) == (asked, difference)


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
@pytest.mark.parametrize("reason", ["source_missing", "no_access", "zero_denominator", "not_final", "not_applicable"])
def test_what_is_not_known_is_words_and_never_a_number(language: str, reason: str) -> None:
    target = judged(verdict="not_measured", value=None, reason=reason, before=reason, year_ago=reason)
    (line,) = said(content(judged(), target), language).unknown
    shown = [line.state, *(number for _, number in line.earlier)]
    assert all(shown)
    assert not any(character.isdigit() for text in shown for character in text)
    assert (line.fact, line.difference) == ("", "")


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
@pytest.mark.parametrize(
    "reason",
    ["no_base", "base_not_proven", "incomplete", "derived", "late", "flagged", "source_missing", "within_restatement"],
)
def test_doubtful_facts_are_shown_with_their_reason(language: str, reason: str) -> None:
    verdict = "not_measured" if reason in ("no_base", "source_missing") else "not_proven"
    (line,) = said(content(judged(), judged(verdict=verdict, value=112, low=100, reason=reason)), language).unknown
    assert line.state.startswith("112")


ASKED = [
    ("en", "14,250 for Jan 1 – Mar 31 (within 2%)"),
    ("ru", "14 250 за 1 янв. – 31 мар. (допуск 2 %)"),
    ("sv", "14 250 under 1 jan.\N{THIN SPACE}\N{EN DASH}\N{THIN SPACE}31 mars (tolerans 2 %)"),
]


@pytest.mark.parametrize(("language", "asked"), ASKED)
def test_a_quarter_and_a_tolerance_are_said_with_what_was_asked(language: str, asked: str) -> None:
    quarter: dict[str, Any] = {
        "rule": "plan",
        "first_day": date(2025, 1, 1),
        "last_day": date(2025, 3, 31),
        "tolerance": "0.02",
    }
    (line,) = said(content(judged(**quarter)), language).missed
    assert line.asked.replace(NBSP, " ") == asked


def test_a_stage_is_told_from_the_start_of_the_work() -> None:
    stage = judged(rule="from_baseline", growth="0.1875", over="baseline", base=12000)
    (line,) = said(content(stage), "en").missed
    assert (line.asked, line.basis) == ("at least 14,250", "+18.8% on the start of our work (12,000)")


def test_targets_that_are_not_due_show_their_fact_and_their_first_month() -> None:
    due_from = date(2026, 4, 1)
    known = judged("all.romi", "not_due", "-0.12", low=0, due_from=due_from)
    unknown = judged("all.revenue", "not_due", None, due_from=due_from, reason="no_access")
    first, second = said(content(judged(), known, unknown), "en").not_due
    assert (first.fact, first.state, first.since) == ("−12%", "", "judged from April 2026 on")
    assert (second.fact, second.state) == ("", "not known, because we have no access to this number")


def test_who_measured_what() -> None:
    targets = (
        judged(sources=("vk",)),
        judged("vk_ads.cost_per_lead", value=312, high=300, sources=("figures", "ga4")),
        judged("all.leads", "not_measured", None, reason="source_missing", sources=("figures",)),
    )
    assert said(content(*targets), "en").sources == (
        ("Measured by VK", "Reach"),
        ("Entered by the agency", "Cost per lead"),
        ("Measured by Google Analytics", "Cost per lead"),
    )


def test_events_costs_and_fine_print() -> None:
    event = {"client": "yarko", "first_day": "2025-10-13", "last_day": "2025-10-22", "text": "Holiday"}
    letter = content(
        events=({**event, "network": "vk"}, {**event, "network": None}),
        costs=({"client": "yarko", "measure": "spend", "value": "45000"},),
    )
    found = said(letter, "ru")
    assert found.events == (("13–22 окт., ВКонтакте", "Holiday"), ("13–22 окт., все сети", "Holiday"))
    assert [(name, amount.replace(NBSP, " ")) for name, amount in found.costs] == [("Реклама", "45 000 ₽")]
    assert found.closing == (
        "Числа предварительные: до 14 ноября они могут измениться.",
        "Дни и месяцы считаются в часовом поясе Europe/Moscow.",
        "Оценка по целям версии 3.",
        "Если вы больше не хотите получать такие письма, напишите об этом в ответном письме.",
        "Ваш ответ получит anna@agency.example.",
    )
    assert said(content(is_final=True, manager=None), "en").closing == (
        "These numbers are final.",
        "Days and months are counted in the time zone Europe/Moscow.",
        "Judged by version 3 of the targets.",
        "If you no longer want to receive these letters, please say so in a reply to this one.",
    )


MET = judged(verdict="met", value=15000, rule="plan", is_main=True)
LIMIT = judged("vk_ads.cost_per_lead", "met", 290, high=300)
UNKNOWN = judged("all.leads", "not_measured", None, low=40, reason="source_missing")


def monthly(*targets: Any) -> Content:
    return content(*targets, kind="monthly")


@pytest.mark.parametrize(
    ("language", "targets", "subject"),
    [
        ("en", [MET], "1 of 1 target met"),
        ("en", [MET] * 2, "both targets met"),
        ("en", [MET] * 5, "all 5 targets met"),
        ("en", [MET] * 4 + [UNKNOWN], "4 of 5 targets met, 1 not known"),
        ("en", [judged(verdict="not_due")], "no target to judge yet"),
        ("ru", [MET], "выполнена 1 цель из 1"),
        ("ru", [MET] * 2, "выполнены обе цели"),
        ("ru", [MET] * 3, "выполнены все 3 цели"),
        ("ru", [MET] * 5, "выполнены все 5 целей"),
        ("ru", [MET] + [UNKNOWN] * 5, "1 из 6 целей выполнена, 5 неизвестно"),
        ("ru", [MET] * 4 + [UNKNOWN], "4 из 5 целей выполнены, 1 неизвестна"),
        ("sv", [MET], "1 av 1 mål nåddes"),
        ("sv", [MET] * 2, "båda målen nåddes"),
        ("sv", [MET] * 5, "alla 5 mål nåddes"),
        ("sv", [MET] * 4 + [UNKNOWN] * 2, "4 av 6 mål nåddes, 2 är okända"),
    ],
)
def test_subject_of_a_month_without_a_miss(language: str, targets: list[Any], subject: str) -> None:
    assert said(monthly(*targets), language).subject.endswith(f" — {subject}")


@pytest.mark.parametrize(
    ("language", "target", "lead"),
    [
        ("en", MET, "Reach, VK: 15,000 against a target of 14,250 — met."),
        ("ru", MET, "Охват, ВКонтакте: план 14 250, факт 15 000 — выполнено."),
        ("sv", MET, "Räckvidd, VK: 15 000 mot målet 14 250 — nåddes."),
        ("en", LIMIT, "Cost per lead, VK ads: RUB 290 against a limit of RUB 300 — not exceeded."),
        ("en", UNKNOWN, "Leads, all networks: not known, because no data has arrived."),
        ("en", judged("vk.posts", "met", 15, low=12, high=20), "Posts, VK: 15 against a target of 12 to 20 — met."),
    ],
)
def test_sentence_of_a_month_without_a_miss(language: str, target: Any, lead: str) -> None:
    found = said(monthly(target), language)
    assert (found.lead.replace(NBSP, " "), found.also) == (lead, "")


def test_others_of_a_month_without_a_miss_are_named() -> None:
    assert said(monthly(LIMIT, UNKNOWN, MET), "en").also == "Also met: Cost per lead. Not known: Leads."
    first = UNKNOWN.model_copy(update={"is_main": True})
    assert said(monthly(LIMIT, first), "en").also == "Met: Cost per lead."
