"""What is incomplete or not certain is marked wherever it stands, in the same words; what came to nothing, too."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from smm.letters.compose import compose
from smm.letters.content import Content, Kind
from smm.letters.numbers import Marks, Number, told
from smm.letters.phrases import phrase
from smm.letters.render import Rendered, render
from smm.letters.words import words
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER, content, judged
from tests.letters.months import history
from tests.letters.test_render import Page, plain

MONDAY = datetime(2025, 11, 17, 6, tzinfo=UTC)
NOVEMBER = date(2025, 11, 1)
CLIENT = {"client": "yarko"}
HALF = {"is_incomplete": True, "known_days": 3, "days": 7}


@pytest.mark.parametrize(
    ("language", "marks", "said"),
    [
        ("en", HALF, "2 (3 of 7 days)"),
        ("ru", HALF, "2 (3 из 7 дней)"),
        ("sv", HALF, "2 (3 av 7 dagar)"),
        ("en", HALF | {"known_days": 0, "days": 1}, "2 (0 of 1 day)"),
        ("ru", HALF | {"known_days": 30, "days": 31}, "2 (30 из 31 дня)"),
        ("ru", HALF | {"known_days": 20, "days": 30}, "2 (20 из 30 дней)"),
        ("en", {"is_incomplete": True}, "2 (some days missing)"),
        ("en", {"is_derived": True}, "2 (calculated from other numbers, not measured)"),
        ("en", HALF | {"is_late": True}, "2 (3 of 7 days, some posts were read late)"),
        ("ru", {"is_flagged": True}, "2 (в источнике — приблизительно)"),
        ("sv", {"is_late": True}, "2 (några inlägg lästes av sent)"),
        ("en", None, "2"),
    ],
)  # fmt: skip
def test_a_number_stands_with_its_marks(language: str, marks: dict[str, Any] | None, said: str) -> None:
    number = Number.model_validate({**CLIENT, "value": 2, "marks": marks})
    assert told(number, "count", "RUB", words(language)) == said


@pytest.mark.parametrize(
    ("language", "result", "said"),
    [
        ("en", "leads", "RUB 50,000 spent, no leads"),
        ("ru", "leads", "потрачено 50 000 ₽, обращений не было"),
        ("sv", "leads", "50 000 RUB spenderades, inga leads"),
        ("en", "invitations", "RUB 50,000 spent, no result"),
    ],
)
def test_a_cost_of_nothing_is_told_by_what_was_spent(language: str, result: str, said: str) -> None:
    number = Number(client="yarko", value=None, reason="zero_denominator", spent=Decimal(50000), result=result)
    assert plain(told(number, "money", "RUB", words(language))) == said


def week(case: Case, before: float | None, this: float, completeness: float, **marks: bool) -> Content:
    """The weekly letter of Monday, 17 November, about posts."""
    case.client(
        targets={"vk.posts": {"at_least": 12, "main": True}}, report={"to": ["a@b.example"], "letters": ["weekly"]}
    )
    weeks: tuple[tuple[Any, ...], ...] = (("2025-11-03", before, 1, {}), ("2025-11-10", this, completeness, marks))
    for period, value, share, flags in weeks:
        row = {
            "value": value,
            "completeness": share,
            "reason": None if value is not None else "source_missing",
            **flags,
        }
        case.warehouse.execute(
            f"insert into marts.measure_periods (client, network, measure, grain, period, {', '.join(row)})"
            f" values ('yarko', 'vk', 'posts', 'week', %s, {', '.join(['%s'] * len(row))})".encode(),
            [period, *row.values()],
        )
    case.kpi("vk.posts", 9, NOVEMBER, completeness=Decimal(12) / 30)
    case.judge(month=NOVEMBER, at=MONDAY)
    letter = compose(case.warehouse, "yarko", NOVEMBER, "weekly", MONDAY)
    assert letter is not None
    return letter


LEADS = {
    "en": "Posts, VK: 2 (3 of 7 days) in the week. It cannot be compared with the week before: 7.",
    "ru": "Записи, ВКонтакте: за неделю 2 (3 из 7 дней). Сравнивать с предыдущей неделей нельзя: 7.",
    "sv": "Inlägg, VK: 2 (3 av 7 dagar) under veckan. Det kan inte jämföras med veckan före: 7.",
}


@pytest.mark.parametrize("language", LEADS)
def test_a_week_of_some_days_is_no_whole_one(case: Case, language: str) -> None:
    letter = week(case, 7, 2, 3 / 7)
    said, rendered = phrase(letter, language), render(letter, language)
    assert plain(said.lead) == LEADS[language]
    (target,) = said.ahead
    assert target.sentences[0] == target.apart == words(language).say("weekly.apart")
    assert target.week in rendered.text
    assert target.apart in rendered.text
    assert target.week in Page(rendered.html).text
    assert target.apart in Page(rendered.html).text


@pytest.mark.parametrize(
    ("before", "completeness", "marks", "said"),
    [
        (7, 1, {}, "Posts, VK: 2 in the week (the week before: 7)."),
        (None, 3 / 7, {}, "Posts, VK: 2 (3 of 7 days) in the week (the week before: no data)."),
        (
            *(7, 1, {"is_flagged": True}),
            "Posts, VK: 2 (approximate in the source) in the week. It cannot be compared with the week before: 7.",
        ),
    ],
)
def test_two_weeks_are_compared_where_both_are_certain(
    case: Case, before: float | None, completeness: float, marks: dict[str, bool], said: str
) -> None:
    letter = phrase(week(case, before, 2, completeness, **marks), "en")
    assert letter.lead == said
    assert bool(letter.ahead[0].apart) == ("compared" in said)


def test_of_a_running_month_the_days_that_are_over_are_expected(case: Case) -> None:
    (target,) = phrase(week(case, 7, 7, 1), "en").ahead
    doubt = ", but not certain, because it is too early for a forecast"
    assert target.so_far == f"9 (12 of 16 days){doubt}", "the 13th to the 16th are missing"
    case.warehouse.execute("update marts.kpi_months set completeness = 16.0 / 30")
    case.judge(month=NOVEMBER, at=MONDAY)
    letter = compose(case.warehouse, "yarko", NOVEMBER, "weekly", MONDAY)
    assert letter is not None
    assert phrase(letter, "en").ahead[0].so_far == f"9{doubt}"


MARKS = HALF | {"known_days": 20, "days": 31}
DOUBT = "Our check found something unusual in the data (source: VK), so this number may be wrong."
NUMBER = {**CLIENT, "value": 9876, "marks": MARKS}


def everywhere(verdict: str, **parts: Any) -> Any:
    """A target whose every number is 9,876 and incomplete."""
    past = history((9876, 9876), marks=MARKS) if not parts.get("outlook") else ()
    return judged(
        verdict=verdict, value=9876, marks=MARKS, before=NUMBER, year_ago=NUMBER,
        doubted=("vk",), history=past, **parts,
    )  # fmt: skip


def letter(kind: Kind) -> Content:
    outlook = {**CLIENT, "forecast": 15000, "low": 14500, "high": 15500, "certain_since": None, "per_day": None}
    if kind in ("missed", "monthly"):
        span = {"first_day": "2025-09-01", "last_day": "2025-12-31"}
        verdicts: tuple[tuple[str, dict[str, Any]], ...] = (
            ("missed", {}),
            ("met", {}),
            ("not_proven", {"reason": "incomplete"}),
            ("not_due", {}),
        )
        targets = [everywhere(verdict, **parts) for verdict, parts in verdicts]
        costs = {**NUMBER, "measure": "spend", "network": "vk_ads"}
        return content(*targets, everywhere("on_track", **span), kind=kind, costs=(costs,))
    if kind == "correction":
        change = {**CLIENT, "told": everywhere("not_due"), "now": everywhere("missed"), "cause": "restated"}
        return content(everywhere("missed"), kind=kind, changes=(change,), told_at=DAY_4)
    of_week = {**CLIENT, "this": NUMBER, "before": NUMBER} if kind == "weekly" else None
    target = everywhere("on_track", outlook={**CLIENT, **outlook}, week=of_week)
    return content(target, kind=kind, as_of=MONDAY, week=date(2025, 10, 27) if kind == "weekly" else None)


def texts(rendered: Rendered) -> dict[str, str]:
    alternatives = " ".join(picture.alt for picture in rendered.pictures)
    return {"text": rendered.text, "HTML": Page(rendered.html).text, "pictures": alternatives}


@pytest.mark.parametrize(
    "kind", ["missed", "monthly", "correction", "weekly", "certain_miss", "at_risk", "back_on_track"]
)
def test_no_letter_tells_a_number_without_its_marks(kind: Kind) -> None:
    rendered = render(letter(kind), "en")
    for where, text in texts(rendered).items():
        numbers = re.findall(r"9,876(?: \([^)]*\))?", plain(text))
        assert where == "pictures" or len(numbers) > 1
        assert {*numbers} <= {"9,876 (20 of 31 days)", "RUB 9,876 (20 of 31 days)"}, where
    assert DOUBT in rendered.text
    assert DOUBT in Page(rendered.html).text
    assert rendered.sheet is not None
    sheet, _ = load_workbook(BytesIO(rendered.sheet.data)).worksheets
    notes = "Result: 20 of 31 days. Previous month: 20 of 31 days. Year earlier: 20 of 31 days. " + DOUBT
    assert {sheet.cell(row, sheet.max_column).value for row in range(2, sheet.max_row + 1)} == {notes}


@pytest.mark.parametrize(
    ("verdict", "reason", "state"),
    [
        (
            *("not_proven", "flagged"),
            "9,876 (20 of 31 days), but not certain, because the source itself calls it approximate",
        ),
        ("not_due", None, ""),
    ],
)
def test_a_state_says_each_doubt_once(verdict: str, reason: str | None, state: str) -> None:
    target = everywhere(verdict, reason=reason)
    flagged = target.model_copy(update={"marks": Marks.model_validate(MARKS | {"is_flagged": True})})
    said = phrase(content(flagged, kind="monthly"), "en")
    (line,) = said.unknown or said.not_due
    assert (line.state, line.fact) == (state, "9,876 (20 of 31 days, approximate in the source)")


NOTHING = {"value": None, "high": 300, "spent": 50000, "result": "leads", "reason": "zero_denominator"}


@pytest.mark.parametrize(
    ("language", "lead"),
    [
        ("en", "Cost per lead, VK ads: RUB 50,000 spent, no leads; the limit is RUB 300."),
        ("ru", "Цена обращения, реклама ВКонтакте: потрачено 50 000 ₽, обращений не было; предел 300 ₽."),
        ("sv", "Kostnad per lead, annonser på VK: 50 000 RUB spenderades, inga leads; taket är 300 RUB."),
    ],
)
def test_money_for_which_nothing_came_is_a_miss_in_words(language: str, lead: str) -> None:
    target = judged("vk_ads.cost_per_lead", "missed", history=history((250, 280, None)), **NOTHING)
    written = content(target, kind="missed")
    said, rendered = phrase(written, language), render(written, language)
    assert plain(said.lead) == lead
    (line,) = said.missed
    assert (line.difference, line.state, line.why) == ("", "", "")
    assert line.fact in rendered.text
    assert line.fact in Page(rendered.html).text
    assert "None" not in rendered.text
    assert rendered.sheet is not None
    sheet, _ = load_workbook(BytesIO(rendered.sheet.data)).worksheets
    assert sheet["E2"].value == line.fact


def test_it_is_told_of_a_week_an_earlier_month_a_running_one_and_in_a_correction() -> None:
    nothing = {**CLIENT, "value": None, "spent": 900, "result": "leads", "reason": "zero_denominator"}
    outlook = {**CLIENT, "forecast": None, "low": None, "high": None, "certain_since": None, "per_day": None}
    parts: dict[str, Any] = {"before": nothing, "year_ago": nothing, **NOTHING}
    running = judged(
        "vk_ads.cost_per_lead", "at_risk", outlook=outlook, week={**CLIENT, "this": nothing, "before": nothing}, **parts
    )
    (target,) = phrase(content(running, kind="weekly", week=date(2025, 10, 13)), "en").ahead
    told = [plain(text) for text in (target.so_far, target.week, target.before)]
    assert told == ["RUB 50,000 spent, no leads", *["RUB 900 spent, no leads"] * 2]
    missed = judged("vk_ads.cost_per_lead", "missed", **parts)
    (line,) = phrase(content(missed), "en").missed
    assert {plain(number) for _, number in line.earlier} == {"RUB 900 spent, no leads"}
    change = {
        **CLIENT,
        "told": judged("vk_ads.cost_per_lead", "met", 250, high=300),
        "now": missed,
        "cause": "restated",
    }
    (changed,) = phrase(content(missed, kind="correction", changes=(change,), told_at=DAY_4), "en").changes
    assert plain(changed.now) == "missed, RUB 50,000 spent, no leads (plan at most RUB 300)"


def test_it_is_written_from_the_warehouse(case: Case) -> None:
    case.client(targets={"vk_ads.cost_per_lead": {"at_most": 300}, "vk.reach": {"at_least": 14250}})
    case.kpi("vk.reach", 9000)
    case.warehouse.execute(
        "insert into marts.kpi_months (client, network, kpi, period, numerator, denominator, completeness, reason)"
        " values ('yarko', 'vk_ads', 'cost_per_lead', '2025-10-01', 50000, 0, 1, 'zero_denominator')"
    )
    case.judge()
    letter = compose(case.warehouse, "yarko", OCTOBER, "missed", DAY_4)
    assert letter is not None
    said = phrase(letter, "en")
    assert plain(said.lead).startswith("Cost per lead, VK ads: RUB 50,000 spent, no leads"), "it is farthest off"
    assert said.count == "2 of 2 targets missed"


ADS = ("vk_ads", "spend", 45000, 1), ("ads", "spend", 20000, 1)
COSTS = [
    ([*ADS, ("all", "spend", 45000, 1)], {"Ads": "RUB 65,000 (VK ads: RUB 45,000; other ads: RUB 20,000)"}),
    ([ADS[0], ("all", "spend", 45000, 1)], {"Ads": "RUB 45,000"}),
    (
        [ADS[0], ("ads", "spend", None, 0), ("all", "spend", 45000, 1)],
        {"Ads": "RUB 45,000, known so far (VK ads: RUB 45,000; other ads: no data)"},
    ),
    (
        [ADS[0], ("ads", "spend", 20000, 16 / 31)],
        {"Ads": "RUB 65,000, known so far (VK ads: RUB 45,000; other ads: RUB 20,000 (16 of 31 days))"},
    ),
    ([("ads", "spend", 20000, 16 / 31)], {"Ads": "RUB 20,000 (16 of 31 days)"}),
    ([("vk_ads", "spend", None, 0)], {"Ads": "no data"}),
    ([("vk_ads", "spend", None, 0), ("ads", "spend", None, 0)], {"Ads": "other ads: no data; VK ads: no data"}),
    (  # no social network has a number of its own: `all` is the client's own, for all of them
        [("all", "spend", 45000, 1), ("ads", "spend", 20000, 1)],
        {"Ads": "RUB 65,000 (all networks: RUB 45,000; other ads: RUB 20,000)"},
    ),
    (
        [ADS[0], ("site", "spend", 70000, 1)],
        {"Ads": "RUB 45,000", "Ads, the whole site": "RUB 70,000"},
    ),
    ([ADS[0], ("vk_ads", "spend", 0, 1)][1:], {"Ads": "RUB 0"}),
    ([("all", "fee", 30000, 1), ADS[1]], {}),  # one line has both
    ([("all", "fee", 30000, 1), *ADS], {"Ads": "RUB 65,000 (VK ads: RUB 45,000; other ads: RUB 20,000)"}),
    ([], {}),
]


@pytest.mark.parametrize(("cells", "said"), COSTS)
def test_all_that_ads_cost_is_told_by_network(case: Case, cells: list[tuple[Any, ...]], said: dict[str, str]) -> None:
    case.client()
    case.facts(reach=9000)
    for network, measure, value, completeness in cells:
        case.warehouse.execute(
            "insert into marts.measure_periods (client, network, measure, grain, period, value, reason, completeness)"
            " values ('yarko', %s, %s, 'month', '2025-10-01', %s, %s, %s)",
            [network, measure, value, None if value is not None else "source_missing", completeness],
        )
    case.judge()
    letter = compose(case.warehouse, "yarko", OCTOBER, "missed", DAY_4)
    assert letter is not None
    rendered = render(letter, "en")
    assert {name: plain(text) for name, text in phrase(letter, "en").costs} == said
    for name, text in said.items():
        assert f"- {name}: {text}" in plain(rendered.text)
        assert text in plain(Page(rendered.html).text)


def test_letters_of_earlier_versions_are_read() -> None:
    now = content(judged(before=NUMBER, year_ago=9120, history=history((1, 2)), week=None))
    stored = json.loads(now.model_dump_json())
    (target,) = stored["targets"]
    for name in ("spent", "result", "marks"):
        del target[name]
        for past in target["history"]:
            past.pop(name)
    for name in ("before", "year_ago"):
        number = target[name]
        target |= {name: number["value"], f"{name}_reason": number["reason"], f"is_{name}_incomplete": name == "before"}
    for past in target["history"]:
        past["is_incomplete"] = False
    target["history"][0]["is_incomplete"] = True
    target["week"] = {**CLIENT, "value": "3", "reason": None, "before": None, "before_reason": "no_access"}
    stored["costs"] = [{**CLIENT, "measure": "spend", "value": "45000"}]

    read = Content.model_validate(stored)

    (found,) = read.targets
    assert found.before == Number(client="yarko", value=Decimal(9876), marks=Marks(is_incomplete=True))
    assert (found.year_ago.value, found.year_ago.marks) == (9120, None)
    assert [past.marks for past in found.history] == [Marks(is_incomplete=True), None]
    assert found.week is not None
    assert (found.week.this.value, found.week.before.reason) == (3, "no_access")
    (line,) = phrase(read, "en").missed
    assert line.earlier[0][1] == "9,876 (some days missing)"
    assert {name: plain(text) for name, text in phrase(read, "en").costs} == {"Ads": "RUB 45,000"}
    assert Content.model_validate(json.loads(read.model_dump_json())) == read
