# ruff: noqa: E501, a sentence is one line
"""Why a target was missed, as a baker reads it; and what in a letter is still running, doubtful, or read when."""

from datetime import UTC, date, datetime, timedelta
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
from tests.daily import put_days
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
        ("en", "Already 50 below this plan in September, then 100 fewer. Posts: 12 instead of 16 (−80). Engagement by reach of posts: 5.0% instead of 5.2% (−20)."),
        ("ru", "Уже в сентябре было на 50 меньше этого плана, затем ещё на 100 меньше. Записи: 12 вместо 16 (−80). Вовлечённость по охвату записей: 5,0 % вместо 5,2 % (−20)."),
        ("sv", "Redan i september 50 under det här målet, sedan ytterligare 100 färre. Inlägg: 12 i stället för 16 (−80). Engagemang efter inläggens räckvidd: 5,0 % i stället för 5,2 % (−20)."),
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


STOOD = {
    "below before, and less since": (("400", 300, {"low": 450}), "Already 50 below this plan in September, then 100 fewer."),
    "below before, and more since": (("100", 300, {"low": 450}), "Already 350 below this plan in September, then 200 more, which was not enough."),
    "above before": (("470", 300, {"low": 450}), "Still 20 above this plan in September, then 170 fewer."),
    "at the plan before": (("450", 300, {"low": 450}), "Exactly at this plan in September, then 150 fewer."),
    "no change": (("300", 300, {"low": 450}), "Already 150 below this plan in September, no change since then."),
    "above a limit": (("320", 350, {"high": 300}), "Already 20 above this limit in September, then 30 more."),
    "below a limit before": (("280", 350, {"high": 300}), "Still 20 below this limit in September, then 70 more."),
    "above a limit, and less since": (("420", 350, {"high": 300}), "Already 120 above this limit in September, then 70 fewer, which was not enough."),
    "outside of a band": (("16", 11, {"low": 12, "high": 20}), "Still 4 above this plan in September, then 5 fewer."),
    "whole numbers of what is counted": (("300.4", 300, {"low": 450}), "Already 150 below this plan in September, no change since then."),
}  # fmt: skip


@pytest.mark.parametrize(("numbers", "told"), STOOD.values(), ids=STOOD)
def test_where_it_stood_and_how_far_it_went(numbers: tuple[str, int, dict[str, Any]], told: str) -> None:
    was, value, asked = numbers
    target = judged(value=value, why=why(was, str(value)), **asked)
    assert because(target, Teller(words("en"), "RUB", OCTOBER)) == told


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (None, ""),
        (why("400", "300", effect("reach", "-100", 400, 300)), ""),
        (why("300", "340", effect("posts", "60", 1, 2), effect("spend", "-20", 5, 3, unit="money")), "Posts: 2 instead of 1 (+60). Spent on ads: RUB 3 instead of RUB 5 (−20)."),
        (why("0", "10", effect("calls", "4", 0, 4), effect("forms", "3", 0, 3), effect("emails", "2", 0, 2), effect("messages", "1", 0, 1)), "Calls: 4 instead of 0 (+4). Forms submitted: 3 instead of 0 (+3). E-mails: 2 instead of 0 (+2). Everything else (+1)."),
        (why("9", "5", effect("calls", "-3", 7, 4, network="ok"), effect("calls", "-1", 2, 1)), "Calls, Odnoklassniki: 4 instead of 7 (−3). Calls: 1 instead of 2 (−1)."),
        (why("9", "5", effect("followers_average", "-3", "7.8", "7.2"), effect("calls", "-1", 2, 1)), "Average number of followers: 7 instead of 8 (−3). Calls: 1 instead of 2 (−1)."),
        (why("9", "5", effect("followers_average", "-3", "7.4", "7.2"), effect("calls", "-1", 2, 1)), "Average number of followers (−3). Calls: 1 instead of 2 (−1)."),
    ],
    ids=["nobody knows", "one part", "against each other", "the rest", "another network", "counted", "alike"],
)  # fmt: skip
def test_which_parts_are_told(found: Any, told: str) -> None:
    teller = Teller(words("en"), "RUB", OCTOBER)
    paragraph = because(judged(value=300, low=450, why=found), teller).replace(NBSP, " ")
    assert paragraph.partition(". ")[2] == told if found else paragraph == ""


def test_the_same_month_of_the_year_before_is_told_with_its_year() -> None:
    found = why("400", "300") | {"month": date(2024, 10, 1)}
    told = because(judged(value=300, low=450, why=found), Teller(words("ru"), "RUB", OCTOBER)).replace(NBSP, " ")
    assert told == "Уже в октябре 2024 года было на 50 меньше этого плана, затем ещё на 100 меньше."


def test_shares_differ_in_percentage_points() -> None:
    found = why("0.0125", "0.0108", effect("post_likes", "-0.0002", 90, 80), effect("posts", "-0.0015", 12, 10))
    told = because(judged("vk.er_post", value="0.0108", low="0.012", why=found), Teller(words("en"), "RUB", OCTOBER))
    assert told == (
        "Still 0.05 percentage points above this plan in September, then 0.17 percentage points less."
        " Posts: 10 instead of 12 (−0.15 percentage points). Likes on posts: 80 instead of 90 (−0.02 percentage points)."
    )


def ahead(forecast: Any, low: Any = None, high: Any = None) -> dict[str, Any]:
    ends = {"forecast": forecast, "low": low, "high": high}
    return {"client": "yarko", "certain_since": None, "per_day": None} | ends


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "By the forecast, about 1,150 below the plan: still 570 above this plan in September, then 1,720 fewer. Posts: 12 instead of 20 on the same days (−1,900). The remaining days (+180)."),
        ("ru", "По прогнозу примерно на 1 150 меньше плана: ещё в сентябре было на 570 больше этого плана, затем на 1 720 меньше. Записи: 12 вместо 20 за те же дни (−1 900). Оставшиеся дни (+180)."),
        ("sv", "Enligt prognosen ungefär 1 150 under målet: i september fortfarande 570 över det här målet, sedan 1 720 färre. Inlägg: 12 i stället för 20 under samma dagar (−1 900). Dagarna som återstår (+180)."),
    ],
)  # fmt: skip
def test_a_warning_begins_with_the_gap_to_the_plan(language: str, told: str) -> None:
    found = why("14820", "13149", effect("posts", "-1900", 20, 12), effect("pace", "180"))
    target = judged(verdict="at_risk", value=9000, why=found, outlook=ahead(13149, 11800, 14600))
    assert because(target, Teller(words(language), "RUB", OCTOBER)).replace(NBSP, " ") == told


def test_a_warning_without_a_month_to_compare_with_has_the_gap_alone() -> None:
    target = judged(verdict="at_risk", value=9000, outlook=ahead("13149.4"))
    assert because(target, Teller(words("en"), "RUB", OCTOBER)) == "By the forecast, about 1,101 below the plan."


def test_nothing_is_said_of_days_to_come_that_nobody_can_foresee() -> None:
    found = why(
        "500",
        "450",
        effect("spend", "30", 40, 70, unit="money", network="all"),
        effect("leads", "60", 3, 2, network="all"),
        effect("pace", "-140", network="all"),
    )
    target = judged("all.cost_per_lead", "certain_miss", value=450, high=300, why=found, outlook=ahead(None))
    assert because(target, Teller(words("en"), "RUB", OCTOBER)).replace(NBSP, " ") == (
        "Leads: 2 instead of 3 on the same days (+RUB 60). Spent on ads: RUB 70 instead of RUB 40 on the same days (+RUB 30)."
    )


def posts(was: int, now: int, **keys: Any) -> dict[str, Any]:
    return {"client": "yarko", "network": "vk", "month": date(2025, 9, 1), "was": was, "now": now} | keys


def leave(network: str | None = "vk", **keys: Any) -> dict[str, Any]:
    days = {"first_day": date(2025, 10, 11), "last_day": date(2025, 10, 20)}
    return {"client": "yarko", "network": network, "text": "Specialist on leave.", "posts": posts(11, 6), **days} | keys


HAPPENED = {
    "an event with its posts": (
        {"happened": (leave(),), "posts": posts(20, 14)},
        "Oct 11 – 20: Specialist on leave — 6 posts instead of 11 on the same days in September.",
    ),
    "so far": (
        {"happened": (leave(posts=posts(11, 1, is_so_far=True)),)},
        "Oct 11 – 20: Specialist on leave — 1 post so far instead of 11 on the same days in September.",
    ),
    "of another network": (
        {"name": "all.leads", "happened": (leave(),)},
        "Oct 11 – 20, VK: Specialist on leave — 6 posts instead of 11 on the same days in September.",
    ),
    "no posts are known": ({"happened": (leave(posts=None),)}, "Oct 11 – 20: Specialist on leave."),
    "as many posts": ({"happened": (leave(posts=posts(6, 6)),)}, "Oct 11 – 20: Specialist on leave."),
    "no event": ({"posts": posts(20, 14)}, "In the whole month 14 posts instead of 20 in September."),
    "no event, and the month is not over": (
        {"posts": posts(20, 14, is_so_far=True)},
        "So far 14 posts instead of 20 on the same days in September.",
    ),
    "no event, and as many posts": ({"posts": posts(14, 14)}, ""),
}


@pytest.mark.parametrize(("parts", "told"), HAPPENED.values(), ids=HAPPENED)
def test_what_happened_stands_with_the_posts_of_its_days(parts: dict[str, Any], told: str) -> None:
    target = judged(**{"value": 300, "low": 450} | parts)
    assert because(target, Teller(words("en"), "RUB", OCTOBER)).replace("\N{THIN SPACE}", " ") == told


def test_posts_that_are_a_part_of_the_number_are_told_once() -> None:
    told = because(judged(value=300, low=450, why=LIKES, posts=posts(16, 12)), Teller(words("en"), "RUB", OCTOBER))
    assert told.count("instead of 16") == 1


@pytest.mark.parametrize("language", ["en", "ru", "sv"])
def test_no_sentence_stands_twice_in_a_letter(language: str) -> None:
    shared: dict[str, Any] = {"happened": (leave(),), "posts": posts(20, 14)}
    missed = (
        judged(value=300, low=450, why=why("400", "300"), **shared),
        judged("vk.visitors", value=7, low=9, **shared),
    )
    running = [target.model_copy(update={"verdict": "at_risk", "outlook": None}) for target in missed]
    for letter in (content(*missed), content(*running, kind="at_risk")):
        text = render(letter, language).text
        assert text.count("Specialist on leave") == 1
    outlook = ahead(13149, 11800, 14600)
    warned = judged(verdict="at_risk", value=9000, outlook=outlook)
    lines = phrase(content(warned, kind="at_risk"), language)
    (told,) = lines.ahead
    assert not [sentence for sentence in told.sentences if sentence in lines.lead]
    assert told.why


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
    assert line.why.startswith("Already 26 below this plan in September, then 2.8 less. Likes on posts: 220 instead")


def test_an_event_stands_in_the_letter_with_the_posts_of_its_days(case: Case) -> None:
    case.client(started=date(2025, 9, 1))
    september, october = date(2025, 9, 1), OCTOBER
    numbers = {september: [1] * 30, october: [1] * 12 + [0] * 5 + [1] * 14}
    for month, days in numbers.items():
        put_days(case.warehouse, "yarko", "vk.posts", {month + timedelta(n): number for n, number in enumerate(days)})
    case.kpi("vk.reach", 15000, september)
    case.missed()
    case.client(started=date(2025, 9, 1))
    letter = compose(case.warehouse, "yarko", OCTOBER, "missed", DAY_4)
    assert letter is not None
    by_kpi = {target.kpi: target for target in letter.targets}
    (event,) = by_kpi["reach"].happened
    assert (event.first_day, event.last_day, event.text) == (
        date(2025, 10, 13),
        date(2025, 10, 22),
        "Специалист в отпуске",
    )
    assert event.posts is not None
    assert (event.posts.was, event.posts.now, event.posts.month, event.posts.is_so_far) == (10, 5, september, False)
    assert by_kpi["reach"].posts is not None
    assert (by_kpi["reach"].posts.was, by_kpi["reach"].posts.now) == (30, 26)  # of whole months, whatever their lengths
    assert by_kpi["leads"].happened == ()  # met
    assert by_kpi["er_post"].happened[0].posts is None  # there is no month to compare with
    reach, er_post = phrase(letter, "en").missed
    assert "instead of 10 on the same days in September." in reach.why
    assert (er_post.title, er_post.why) == ("Engagement rate per post", "")  # it stands above


def test_an_event_to_come_has_caused_nothing(case: Case) -> None:
    events = [
        {"from": day, "to": day, "network": "vk", "text": f"On {day:%-d}"}
        for day in (date(2025, 10, 20), date(2025, 10, 21))
    ]
    case.client(annotations=events)
    case.facts(9000)
    at = datetime(2025, 10, 20, 6, tzinfo=UTC)
    case.judge(at=at)
    case.warehouse.execute("update marts.verdict set verdict = 'at_risk' where kpi = 'reach'")
    letter = compose(case.warehouse, "yarko", OCTOBER, "weekly", at + timedelta(days=7))
    assert letter is not None
    (reach,) = [target for target in letter.targets if target.kpi == "reach"]
    assert [event.text for event in reach.happened] == ["On 20", "On 21"]
    letter = compose(case.warehouse, "yarko", OCTOBER, "monthly", at)
    assert letter is not None
    (reach,) = [target for target in letter.targets if target.kpi == "reach"]
    assert [event.text for event in reach.happened] == ["On 20"]


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
        "Source: VK, read on November 4, 5:12\u202fAM; you can check this here: vk.com/stats?gid=17."
        " The days of its statistics begin at midnight UTC.",
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
