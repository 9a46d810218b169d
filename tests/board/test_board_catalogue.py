"""The catalogue as a page: every KPI, measure and network, and what is dark."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import pytest

from smm import catalogue
from smm.project import INCLUDE

if TYPE_CHECKING:
    from starlette.testclient import TestClient

Visit = Callable[[str | None], "TestClient"]


def test_every_kpi_and_measure_has_its_place(visitor: Visit) -> None:
    page = visitor("viewer").get("/board/catalogue").text
    known = catalogue.read()
    assert [name for name in known.kpis if f'<tr id="{name}">' not in page] == []
    assert [name for name in known.measures if f'<tr id="measure-{name}">' not in page] == []
    assert [name for name in known.networks.names() if f'<span class="id">{name}</span>' not in page] == []
    assert "vkvideo.ru" in page
    assert page.index('id="group-ads"') < page.index('<tr id="ctr">') < page.index('id="group-audience"')
    assert "Not computed" not in page


def row(page: str, name: str) -> str:
    return page.partition(f'<tr id="{name}">')[2].partition("</tr>")[0]


def test_a_kpi_says_how_it_is_counted(visitor: Visit) -> None:
    page = visitor("viewer").get("/board/catalogue").text
    roas = row(page, "roas")
    assert '<a href="/board/catalogue#measure-revenue">revenue</a> / <a href="/board/catalogue#measure-spend">' in roas
    for said in (
        "ratio",
        "more",
        "month 7 of work",
        "Google Analytics, Yandex Metrica, the client&#39;s figures",
        "<td>yes</td>",
    ):
        assert said in roas, said
    assert "none: write <code>vk.reach</code>" in row(page, "reach")
    assert "no: not additive" in row(page, "reach")
    assert "only there" in row(page, "social_share")
    assert "only by week, month" in row(page, "returning_share")
    assert "counted from <a" in row(page, "measure-leads")


def test_the_search_finds_ids_words_and_formulas(visitor: Visit) -> None:
    viewer = visitor("viewer")
    for search, found, not_found in (
        ("ER_POST", "er_post", "roas"),
        ("amplification", "amplification_rate", "er_post"),
        ("post_followers", "er_post", "roas"),
    ):
        page = viewer.get("/board/catalogue", params={"search": search}).text
        assert f'<tr id="{found}">' in page
        assert f'<tr id="{not_found}">' not in page
        assert 'href="#networks"' not in page  # they are not shown then
    page = viewer.get("/board/catalogue", params={"search": "<b>nothing"}).text
    assert "No KPIs or measures match" in page
    assert "<b>nothing" not in page


def test_a_dark_kpi_says_why(visitor: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    include = Path(copytree(INCLUDE, tmp_path / "include", ignore=lambda _, names: {"sql", "clients"} & set(names)))
    ads = include / "kpis" / "ads.yml"
    ads.write_text(ads.read_text("utf-8").replace("formula: spend / leads", "formula: spend / leeds"), "utf-8")
    known = catalogue.read(include)
    monkeypatch.setattr(catalogue, "read", lambda: known)  # the project's own files are in order

    page = visitor("viewer").get("/board/catalogue").text

    assert "<code>cost_per_lead.formula</code> names &#39;leeds&#39;, which is not a measure" in page
    assert '<tr id="cost_per_lead">' not in page
    assert '<tr id="cost_per_click">' in page
