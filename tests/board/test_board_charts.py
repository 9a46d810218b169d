"""The charts of the board: what they draw of months and days, in both themes, and that outside text stays text."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from smm.board import charts, drawing
from smm.board.series import series
from smm.board.series import shown as about
from smm.project import INCLUDE
from smm.warehouse import Connection
from tests.board.rows import SEPTEMBER, day, verdict
from tests.letters.case import Case
from tests.letters.examples import OCTOBER

if TYPE_CHECKING:
    from starlette.testclient import TestClient

Visit = Callable[[str | None], "TestClient"]

HOSTILE = "<script>alert(1)</script> #ffffff"
NOW = datetime(2025, 11, 20, tzinfo=UTC)
EVENT = {"from": "2025-10-13", "to": "2025-10-22", "network": "vk", "text": HOSTILE}


@pytest.fixture
def case(warehouse: Connection, tmp_path: Path) -> Case:
    case = Case(warehouse, tmp_path)
    case.client(annotations=[EVENT])
    return case


@pytest.fixture
def picture(case: Case, visitor: Visit) -> Callable[..., ElementTree.Element]:
    def fetch(kpi: str = "vk.reach", **asked: str) -> ElementTree.Element:
        case.warehouse.commit()
        answer = visitor("viewer").get(f"/board/clients/yarko/charts/{kpi}.svg", params={"month": "2025-10"} | asked)
        assert answer.headers["content-type"] == "image/svg+xml"
        return ElementTree.fromstring(answer.text)

    return fetch


def marks(svg: ElementTree.Element, kind: str) -> list[str]:
    """What the shapes of this kind say of themselves, for readers of the screen."""
    return [mark.get("aria-label", "") for mark in svg.iter() if mark.get("aria-roledescription") == kind]


def texts(svg: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}text")]


def test_months_are_bars_with_plan_forecast_and_what_happened(case: Case, picture: Any) -> None:
    case.kpi("vk.reach", 14820, date(2025, 8, 1))
    case.kpi("vk.reach", None, SEPTEMBER)
    foreseen = {"verdict": "at_risk", "forecast": 13000, "forecast_low": 12000, "forecast_high": 14000}
    verdict(case.warehouse, "vk.reach", low=14250, value=11873, **foreseen)
    svg = picture()
    assert marks(svg, "bar") == ["position: 10; value: 14820", "position: 12; value: 11873"]
    assert len(marks(svg, "point")) == 2  # the forecast, and what happened
    assert {"Plan: at least 14,250", "Forecast", "?", HOSTILE, "Oct2025"} <= set(texts(svg))
    assert (svg.get("width"), svg.get("height")) == ("600", "250")


def test_days_are_bars_and_runs_of_unknown_ones_a_question(case: Case, picture: Any) -> None:
    for number in (1, 2, 5):
        day(case, "vk.er_post", date(2025, 10, number), 0.01 * number)
    for number in range(6, 32):
        day(case, "vk.er_post", date(2025, 10, number), None)
    svg = picture("vk.er_post", span="days")
    assert len(marks(svg, "bar")) == 3
    assert texts(svg).count("?") == 2  # the days before, and two between
    assert {"September 1", "October 1", HOSTILE} <= set(texts(svg))
    assert (svg.get("width"), svg.get("height")) == ("600", "250")


@pytest.mark.parametrize("span", ["months", "days"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_outside_text_stays_text_in_both_themes(case: Case, picture: Any, span: str, theme: str) -> None:
    case.kpi("vk.reach", 11873)
    day(case, "vk.reach", OCTOBER, 300)
    svg = picture(span=span, theme=theme)
    assert not [element for element in svg.iter() if element.tag.endswith(("script", "image", "a", "foreignObject"))]
    assert HOSTILE in texts(svg)
    paper = svg.find("{http://www.w3.org/2000/svg}rect")
    assert paper is not None
    assert paper.get("fill") == ("#ffffff" if theme == "light" else "#111113")


def test_every_colour_has_a_dark_one(case: Case) -> None:
    case.kpi("vk.reach", None, SEPTEMBER)
    case.kpi("vk.reach", 11873)
    case.kpi("vk.reach", 9000, date(2025, 8, 1), completeness=0.5)
    foreseen = {"verdict": "at_risk", "forecast": 1, "forecast_low": 1, "forecast_high": 2}
    verdict(case.warehouse, "vk.reach", low=14250, value=11873, **foreseen)
    day(case, "vk.reach", OCTOBER, 300, is_derived=True)
    client = about(case.warehouse, "yarko", "2025-10", NOW)
    files = [(INCLUDE / "charts" / f"{span}.vl.json").read_text("utf-8") for span in ("months", "days")]
    light = set(re.findall("#[0-9a-f]{6}", "".join(files))) - {"#8a94a3"}  # a grey for both
    assert drawing.ACCENTS["light"] in light
    for span in ("months", "days"):
        found = series(case.warehouse, client, [("vk", "reach")], span)["vk", "reach"]
        svg = drawing.svg(found, [], client, span, "dark")
        assert [colour for colour in light if colour in svg] == []


def test_a_kpi_without_numbers_has_no_chart(case: Case, visitor: Visit) -> None:
    case.warehouse.commit()
    answer = visitor("viewer").get("/board/clients/yarko/charts/vk.reach.svg")
    assert answer.status_code == 404
    assert "There is no number of vk.reach to draw." in answer.text


def test_the_short_text_has_the_ends_and_the_last_number(case: Case) -> None:
    case.kpi("vk.reach", 14820, SEPTEMBER)
    case.kpi("vk.reach", 12000)
    verdict(case.warehouse, "vk.reach", verdict="at_risk", low=14250, value=11873, forecast=13000, is_final=False)
    day(case, "vk.reach", date(2025, 10, 30), 300)
    client = about(case.warehouse, "yarko", "2025-10", NOW)
    told = {
        span: charts.alternative(series(case.warehouse, client, [("vk", "reach")], span)["vk", "reach"], client, span)
        for span in ("months", "days")
    }
    assert told == {
        "months": "Reach, VK, 13 months: between 11,873 and 14,820; October 2025: 11,873 (provisional);"
        " plan ≥\N{NO-BREAK SPACE}14,250; forecast 13,000.",
        "days": "Reach, VK, 90 days: between 300 and 300; October 31: not known.",
    }
