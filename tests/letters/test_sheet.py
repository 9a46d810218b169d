"""The workbook, as a program that reads workbooks finds it."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from smm.letters.sheet import workbook
from tests.letters import kinds
from tests.letters.examples import content, judged
from tests.letters.test_render import full, plain


def opened(data: bytes) -> Worksheet:
    sheet, _ = load_workbook(BytesIO(data)).worksheets
    return sheet


SAID = ["Measured by VK", None]


def rows(data: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in opened(data).rows]


def test_numbers_are_numbers_and_the_unknown_is_empty() -> None:
    attached = workbook(full(), "en")
    assert attached.name == "yarko-2025-10.xlsx"
    header, *found = rows(attached.data)
    assert header == [
        *("Network", "KPI", "Condition", "Plan", "Result", "Difference", "Previous month", "Year earlier", "Verdict"),
        *("Reason", "Source", "Notes"),
    ]
    assert found == [
        ["VK", "Reach", "at least", 14250, 11873, -2377, 14820, 9120, "missed", None, *SAID],
        [
            "VK",
            "Engagement rate per post",
            "at least",
            0.012,
            0.0108,
            pytest.approx(-0.0012),
            None,
            None,
            "missed",
            None,
            *SAID,
        ],
        ["all networks", "Followers", "at least", 1700, 1712, None, None, None, "met", None, *SAID],
        [
            "all networks",
            "Leads",
            "at least",
            40,
            None,
            None,
            None,
            None,
            "not known",
            "we have no access to this number",
            *SAID,
        ],
        [
            "all networks",
            "Return on marketing (ROMI)",
            "at least",
            0,
            -0.12,
            -0.12,
            None,
            None,
            "not judged yet",
            None,
            *SAID,
        ],
    ]
    sheet = opened(attached.data)
    assert [sheet.cell(row, 5).number_format for row in (2, 3, 6)] == ["#,##0", "#,##0.00%", "#,##0%"]
    assert sheet.freeze_panes == "A2"
    assert sheet.title == "October 2025"


def test_it_speaks_the_readers_language() -> None:
    header, first, *_ = rows(workbook(full(), "ru").data)
    assert header[:3] == ["Сеть", "Показатель", "Условие"]
    assert first[:2] == ["ВКонтакте", "Охват"]
    assert plain(opened(workbook(full(), "sv").data).title) == "oktober 2025"


def test_a_band_is_told_and_money_has_its_currency() -> None:
    target = judged("all.cost_per_lead", value="412.5", low=100, high=300)
    data = workbook(content(target), "en").data
    assert plain(rows(data)[1][3]) == "RUB 100 to RUB 300"
    assert opened(data)["E2"].number_format == '#,##0.00 "RUB"'


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["at least", "at most", "between", "between"]),
        ("ru", ["не меньше", "не больше", "в пределах", "в пределах"]),
        ("sv", ["minst", "högst", "mellan", "mellan"]),
    ],
)
def test_the_condition_is_said_and_what_is_met_has_no_difference(language: str, told: list[str]) -> None:
    cost = judged("all.cost_per_lead", "met", 250, high=300)
    band = judged("vk.posts", value=22, low=12, high=20)
    data = workbook(content(judged(verdict="met", value=15000), cost, band, judged(low=1, high=2)), language).data
    found = [row[2:6] for row in rows(data)[1:]]
    assert [row[0] for row in found] == told
    assert [(row[2], row[3]) for row in found] == [(15000, None), (250, None), (22, 2), (11873, 11871)]


def test_a_plan_is_shown_with_all_its_digits_and_no_difference_as_none() -> None:
    asked = judged("vk.er_post", value="0.1423", low="0.125", verdict="met")
    close = judged("vk.er_post", value="0.1196", low="0.12")
    sheet = opened(workbook(content(asked, close), "en").data)
    assert [sheet[cell].number_format for cell in ("D2", "F3")] == ["#,##0.0%", "#,##0.00%"]


def test_months_in_which_money_came_to_nothing_are_told_in_words() -> None:
    nothing = {"client": "yarko", "value": None, "reason": "zero_denominator", "spent": 900, "result": "leads"}
    target = judged("all.cost_per_lead", value=50, high=300, before=nothing, year_ago=nothing)
    cells = rows(workbook(content(target), "en").data)[1]
    assert [plain(cell) for cell in cells[6:8]] == ["RUB 900 spent, no leads"] * 2


def test_a_text_from_outside_is_never_a_formula() -> None:
    evil = '=HYPERLINK("https://evil.example")'
    title = dict.fromkeys(("en", "ru", "sv"), evil)
    sheet = opened(workbook(content(judged(network=evil, title=title), name=evil), "en").data)
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in sheet[2][:2]] == [(evil, "s", None)] * 2


def test_the_same_content_gives_the_same_bytes() -> None:
    assert workbook(full(), "ru") == workbook(full(), "ru")
    book = load_workbook(BytesIO(workbook(full(), "ru").data))
    assert book.properties.created.date() == date(2025, 11, 4)


def test_the_second_sheet_explains_the_numbers_in_each_letter() -> None:
    _, about = load_workbook(BytesIO(workbook(kinds.missed(), "en").data)).worksheets
    assert about.title == "About the numbers"
    found = [tuple(cell.value for cell in row) for row in about.rows]
    assert found[:2] == [
        ("What the numbers mean", None),
        ("Reach", "people who saw something from the community; each person is counted once"),
    ]
    sources = found.index(("Where the numbers come from", None))
    assert found[sources + 1][0] == "Measured by VK"
    assert str(found[sources + 2][1]).startswith("Source: VK, read on October 20")


def test_what_the_second_sheet_says_is_no_formula() -> None:
    evil = '=HYPERLINK("http://evil.example")'
    target = judged(title={"en": evil}, meaning={"en": evil})
    _, about = load_workbook(BytesIO(workbook(content(target), "en").data)).worksheets
    assert {cell.data_type for row in about.rows for cell in row if cell.value} == {"s"}
