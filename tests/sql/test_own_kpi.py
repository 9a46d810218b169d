"""An agency's own KPI is one entry of a file of its own; the page's promises about measures hold of a rebuild."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from smm import catalogue, clients
from smm.project import INCLUDE, ROOT
from smm.roster import catalogued
from smm.sources import givers
from tests.sql.facts import GA4, MESSAGES, VK, Cell, Core


@pytest.fixture
def include(tmp_path: Path, core: Core) -> Iterator[Path]:
    """A copy of include/ with the page's example in a file of its own, and the page's own measure."""
    include = Path(copytree(INCLUDE, tmp_path / "include", ignore=lambda _, names: {"sql", "clients"} & set(names)))
    example = re.search(r"```yaml\n(.*?)```", (ROOT / "docs" / "kpis.md").read_text("utf-8"), re.DOTALL)
    assert example is not None
    (include / "kpis" / "agency.yml").write_text(example[1], "utf-8")
    yield include
    core.warehouse.rollback()


def test_an_agencys_own_kpi_is_computed_for_the_whole_history(core: Core, include: Path, tmp_path: Path) -> None:
    core.network("vk", "vk")
    core.cover((*GA4, "figures"), "05-01", "06-30")
    for month in ("05", "06"):
        core.sessions(f"{month}-02", "vk_ads", 40)
        core.sessions(f"{month}-03", "vk_ads", 10)
        core.figure("vk_ads", "spend", f"{month}-01", 1500, "month")
    core.rebuild("05", "06")
    assert core.kpi("cost_per_visit", "06-01", "month", "vk_ads") is None

    known = catalogue.read(include)
    catalogued.store(core.warehouse, known)
    core.change("06")
    core.rebuild()

    assert core.kpi("cost_per_visit", "06-01", "month", "vk_ads") == Cell(30)
    assert core.kpi("cost_per_visit", "05-01", "month", "vk_ads") == Cell(30), "the months that did not change too"
    assert core.kpi("cost_per_visit", "06-01", "month", "all") == Cell(30)
    assert core.kpi("cost_per_visit", "06-02", "day", "vk_ads") is None, "the spend is told by the month"
    assert "cost_per_visit" in known.kpis
    assert known.broken == {}


def test_a_client_can_have_a_target_for_it_at_once(include: Path, tmp_path: Path) -> None:
    (tmp_path / "yarko.yml").write_text(
        "{name: Yarko, language: ru, time_zone: Europe/Moscow, currency: RUB, started: 2025-06-01,\n"
        " sources: {ga4: {connection: ga4_yarko, property: 310123456}}, report: {to: [owner@yarko.example]},\n"
        " targets: {vk_ads.cost_per_visit: {at_most: 25}}}\n",
        "utf-8",
    )
    client = clients.read_file(tmp_path / "yarko.yml", catalogue.read(include))
    assert [(target.network, target.kpi) for target in client.targets] == [("vk_ads", "cost_per_visit")]


def test_an_agencys_own_measure_is_one_line(core: Core, include: Path) -> None:
    path = include / "measures.yml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("calls: {kind: flow}", "calls: {kind: flow}\nflyers: {kind: flow}"), "utf-8")
    agency = include / "kpis" / "agency.yml"
    entry = agency.read_text("utf-8").replace("spend / sessions", "spend / flyers")
    agency.write_text(entry.replace("cost_per_visit", "cost_per_flyer"), "utf-8")
    catalogued.store(core.warehouse, catalogue.read(include))
    core.cover(("figures",), "06-01", "06-30")
    core.figure("all", "spend", "06-01", 900, "month")
    core.figure("all", "flyers", "06-01", 300, "month")
    core.rebuild("06")

    assert core.kpi("cost_per_flyer", "06-01", "month", "all") == Cell(3)


def test_uniques_have_the_grains_that_their_sources_give(core: Core) -> None:
    core.network("vk", "vk")
    core.put("wanted_audience", network="vk", block="sex", value="f")
    core.put("lead_part", part="messages", source="vk", event=None)
    core.cover((*GA4, *VK, *MESSAGES), "06-01", "06-30")
    core.rebuild("06")

    rows = core.warehouse.execute(
        "select measure, array_agg(distinct grain order by grain) as grains from marts.measure"
        " inner join catalogue.measure using (measure) where kind = 'unique' group by measure"
    )
    measures = catalogue.read().measures
    loaded = [name for name in measures if {"ga4", "vk"} & {source.name for source in givers.of(name)}]
    assert {row["measure"]: row["grains"] for row in rows} == {
        name: sorted(givers.grains(measures, name)) for name in loaded if measures[name].kind == "unique"
    }
