# ruff: noqa: E501, a sentence is one line
"""Why a target was missed, as a baker reads it; and what in a letter is still running, doubtful, or read when."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from smm import catalogue
from smm.letters.causes import because
from smm.letters.compose import compose
from smm.letters.lines import Teller
from smm.letters.phrases import phrase
from smm.letters.reading import is_doubted
from smm.letters.render import render
from smm.letters.words import words
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER, content, judged

NBSP = "\N{NO-BREAK SPACE}"


def effect(part: str, change: str, was: Any = None, now: Any = None, **keys: Any) -> dict[str, Any]:
    return {
        "client": "yarko",
        "network": "vk",
        "part": part,
        "unit": "count",
        "was": was,
        "now": now,
        "effect": change,
    } | keys


def why(was: str, now: str, *effects: dict[str, Any]) -> dict[str, Any]:
    return {"client": "yarko", "month": date(2025, 9, 1), "was": was, "now": now, "effects": effects}


LIKES = why("400", "300", effect("posts", "-80", 16, 12), effect("er_reach", "-20", "0.052", "0.05", unit="share"))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "100 less than in September. Posts: 12 instead of 16 (−80). Engagement by reach of posts: 5.00% instead of 5.20% (−20)."),
        ("ru", "На 100 меньше, чем за сентябрь. Записи: 12 вместо 16 (−80). Вовлечённость по охвату записей: 5,00 % вместо 5,20 % (−20)."),
        ("sv", "100 mindre än i september. Inlägg: 12 i stället för 16 (−80). Engagemang efter inläggens räckvidd: 5,00 % i stället för 5,20 % (−20)."),
    ],
)  # fmt: skip
def test_the_largest_effects_are_told_in_each_language(language: str, told: str) -> None:
    target = judged(value=300, low=450, why=LIKES)
    assert because(target, Teller(words(language), "RUB", OCTOBER)).replace(NBSP, " ") == told


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Posts: 12 instead of 16 on the same days (−80)."),
        ("ru", "Записи: 12 вместо 16 за те же дни (−80)."),
        ("sv", "Inlägg: 12 i stället för 16 under samma dagar (−80)."),
    ],
)
@pytest.mark.parametrize(
    "parts",
    [
        {"marks": {"is_incomplete": True, "known_days": 20, "days": 31}},
        {"verdict": "at_risk", "outlook": {"client": "yarko", "forecast": 340, "low": 300, "high": 360,
                                           "certain_since": None, "per_day": None}},
    ],
    ids=["days are missing", "running"],
)  # fmt: skip
def test_what_is_known_of_some_days_is_told_beside_the_same_days(
    language: str, told: str, parts: dict[str, Any]
) -> None:
    target = judged(value=300, low=450, why=LIKES, **parts)
    assert told in because(target, Teller(words(language), "RUB", OCTOBER)).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (None, ""),
        (why("400", "300", effect("reach", "-100", 400, 300)), "100 less than in September."),
        (why("300", "300"), "As much as in September."),
        (why("300", "340", effect("posts", "60", 1, 2), effect("spend", "-20", 5, 3, unit="money")), "40 more than in September. Posts: 2 instead of 1 (+60). Spent on ads: RUB 3 instead of RUB 5 (−20)."),
        (why("0", "10", effect("calls", "4", 0, 4), effect("forms", "3", 0, 3), effect("emails", "2", 0, 2), effect("messages", "1", 0, 1)), "10 more than in September. Calls: 4 instead of 0 (+4). Forms submitted: 3 instead of 0 (+3). E-mails: 2 instead of 0 (+2). Everything else (+1)."),
        (why("9", "5", effect("calls", "-3", 7, 4, network="ok"), effect("calls", "-1", 2, 1)), "4 less than in September. Calls, Odnoklassniki: 4 instead of 7 (−3). Calls: 1 instead of 2 (−1)."),
    ],
    ids=["nobody knows", "one part", "no change", "against each other", "the rest", "another network"],
)  # fmt: skip
def test_what_is_told(found: Any, told: str) -> None:
    teller = Teller(words("en"), "RUB", OCTOBER)
    assert because(judged(value=300, low=450, why=found), teller).replace(NBSP, " ") == told


def test_the_same_month_of_the_year_before_is_told_with_its_year() -> None:
    found = why("400", "300") | {"month": date(2024, 10, 1)}
    told = because(judged(why=found), Teller(words("ru"), "RUB", OCTOBER)).replace(NBSP, " ")
    assert told == "На 100 меньше, чем за октябрь 2024\u202fг."


def test_shares_differ_in_percentage_points() -> None:
    found = why("0.012", "0.0108", effect("post_likes", "-0.0002", 90, 80), effect("posts", "-0.001", 12, 10))
    told = because(judged("vk.er_post", value="0.0108", low="0.012", why=found), Teller(words("en"), "RUB", OCTOBER))
    assert told == (
        "0.12 percentage points less than in September. Posts: 10 instead of 12 (−0.10 percentage points)."
        " Likes of posts: 80 instead of 90 (−0.02 percentage points)."
    )


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
def test_every_part_of_a_formula_has_a_title(language: str) -> None:
    known = catalogue.read()
    parts = {term.measure for terms in known.terms.values() for term in terms}
    parts |= {"calls", "messages", "forms", "emails", "reach_per_post", "er_reach", "pace"}
    assert parts - words(language).entries["measures"].keys() == set()


def test_a_letter_holds_what_the_warehouse_says_of_the_miss(case: Case) -> None:
    case.client(targets={"vk.engagement_per_post": {"at_least": 40}})
    for month, numbers in ((9, (30, 320, 80, 20)), (10, (24, 220, 40, 10))):
        posts, *reactions = numbers
        for name, value in zip(("posts", "post_likes", "post_comments", "post_reposts"), numbers, strict=True):
            case.warehouse.execute(
                "insert into marts.measure_periods (client, network, measure, grain, period, value, completeness)"
                " values ('yarko', 'vk', %s, 'month', %s, %s, 1)",
                [name, date(2025, month, 1), value],
            )
        case.kpi("vk.engagement_per_post", sum(reactions) / posts, date(2025, month, 1))
    case.warehouse.execute("update marts.kpi_months set value = 14 where period = '2025-09-01'")
    case.warehouse.execute("update marts.kpi_months set value = 11.25 where period = '2025-10-01'")
    case.judge()
    letter = compose(case.warehouse, "yarko", OCTOBER, "missed", DAY_4)
    assert letter is not None
    found = letter.targets[0].why
    assert found is not None
    assert (found.month, found.was, found.now) == (date(2025, 9, 1), 14, pytest.approx(11.25))
    assert {each.part for each in found.effects} == {"posts", "post_likes", "post_comments", "post_reposts"}
    (line,) = phrase(letter, "en").missed
    assert line.why.startswith("2.75 less than in September. Likes of posts: 220 instead of 320 (−")


def test_a_plan_that_goes_on_is_shown_with_what_it_came_to_so_far(case: Case) -> None:
    case.client(targets={"leads": {"plan": {"2025-10-01..2025-12-31": 100}}, "vk.reach": {"at_least": 14250}})
    case.kpi("vk.reach", 15000)
    case.kpi("all.leads", 41)
    case.warehouse.execute("update marts.kpi_months set numerator = value")
    case.judge()
    letter = compose(case.warehouse, "yarko", OCTOBER, "monthly", DAY_4)
    assert letter is not None
    (line,) = phrase(letter, "en").running
    assert (line.title, line.until) == ("Leads", "41 so far of 100, until December 31")
    assert "Leads, all networks: 41 so far of 100, until December 31" in render(letter, "en").text


def test_doubt_is_one_sentence_where_a_number_was_missed(case: Case) -> None:
    case.warehouse.execute(
        """insert into core.load (client, load_id, run_id, source, network, state, finished_at)
        values ('yarko', 'x', 'x', 'vk', 'vk', 'published', '2025-11-04 02:12+00')"""
    )
    case.warehouse.execute(
        "insert into core.coverage (client, network, source, report, day, load_id, state)"
        " values ('yarko', 'vk', 'vk', 'stats', '2025-10-02', 'x', 'known')"
    )
    case.warehouse.execute(
        "insert into core.identity (client, network, facts, load_id) values ('yarko', 'vk', '{\"community\": 17}', 'x')"
    )
    case.warehouse.execute(
        """insert into audit.finding (client, load_id, relation, rule, severity, detail)
        values ('yarko', 'x', 'counts', 'jump', 'warning', 'a jump')"""
    )
    case.missed()
    letter = compose(case.warehouse, "yarko", OCTOBER, "missed", DAY_4)
    assert letter is not None
    reach, er_post = phrase(letter, "en").missed
    assert reach.doubt == "Our check found something unusual in the data (source: VK), so this number may be wrong."
    assert er_post.doubt == ""  # its posts were not read in this month
    assert phrase(letter, "en").pulls == (
        "Source: VK, read on November 4, 5:12\u202fAM; you can check this here: vk.com/stats?gid=17.",
    )
    assert letter.pulls[0].pulled_at == datetime(2025, 11, 4, 2, 12, tzinfo=UTC)


DOUBTED = {  # who measured, of which network, and of which load the audit warned
    "its own page": ("vk", "vk", ("vk", "vk"), True),
    "another page there": ("vk", "vk", ("vk", "vk_spb"), False),
    "all networks together": ("vk", "all", ("vk", "vk_spb"), True),
    "visits, which may be of any network": ("ga4", "vk", ("ga4", "ga4"), True),
    "another source": ("ga4", "vk", ("vk", "vk"), False),
    "a list, which may be of any network": ("figures", "vk_ads", ("figures", "calls"), True),
    "a list that the client gave": ("client", "vk_ads", ("figures", "calls"), True),
    "another source than the client": ("client", "vk", ("vk", "vk"), False),
    "a source that there is no longer": ("vk", "vk", ("tiktok", "vk"), False),
}


@pytest.mark.parametrize(("source", "network", "warned", "doubted"), DOUBTED.values(), ids=DOUBTED)
def test_what_the_audit_warned_of_is_doubted(source: str, network: str, warned: tuple[str, str], doubted: bool) -> None:
    assert is_doubted(source, network, [dict(zip(("source", "network"), warned, strict=True))]) == doubted


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
def test_the_managers_words_stand_after_the_lead_as_plain_text(language: str) -> None:
    rendered = render(content(), language, comment="We were <b>closed</b>.\n\nTwo weeks.", next_steps="More posts.")
    assert "We were <b>closed</b>." in rendered.text
    assert "We were &lt;b&gt;closed&lt;/b&gt;." in rendered.html
    order = [rendered.text.index(text) for text in ("14", "We were", "Two weeks.", "More posts.")]
    assert order == sorted(order)
    heads = words(language).entries["said"]
    assert heads["comment"].upper() in rendered.text
    assert heads["comment"].upper() not in render(content(), language).text
