"""A broken KPI on the way: it and the targets that name it are told, its client is served all the same."""

from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import pytest

from smm import catalogue, project
from smm.__main__ import check
from smm.project import INCLUDE
from smm.warehouse import Connection

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

YARKO = """\
name: Yarko
language: ru
time_zone: Europe/Moscow
currency: RUB
started: 2025-08-01
sources: {vk: {connection: vk_yarko, community: 1}}
targets:
  vk.posts: {at_least: 12}
  vk_ads.cost_per_lead: {at_most: 300}
report: {to: [owner@yarko.example]}
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One client, and a catalogue with a KPI that is broken; what is to be told of it."""
    include = Path(copytree(INCLUDE, tmp_path / "include", ignore=lambda _, names: {"sql", "clients"} & set(names)))
    ads = include / "kpis" / "ads.yml"
    text = ads.read_text("utf-8")
    ads.write_text(text.replace("formula: spend / leads", "formula: spend / leeds"), "utf-8")
    line = 1 + text[: text.index("formula: spend / leads")].count("\n")
    known = catalogue.read(include)
    monkeypatch.setattr(catalogue, "read", lambda: known)  # the project's own files are elsewhere
    (tmp_path / "clients").mkdir()
    (tmp_path / "clients" / "yarko.yml").write_text(YARKO, "utf-8")
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path / "clients"))
    where = f"ads.yml:{line}: cost_per_lead.formula"
    broken = f"{where}: names 'leeds', which is not a measure in include/measures.yml; write leads"
    return [broken, f"yarko.yml:9: targets.vk_ads.cost_per_lead: is not judged until its KPI is fixed: {broken}"]


def test_check_tells_the_kpi_and_the_target(told: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert check() == 1
    *mistakes, summary = capsys.readouterr().out.splitlines()
    assert mistakes == told
    assert summary.startswith(f"In order: 78 KPIs, 1 client in {project.clients_folder()}, ")


def test_the_other_targets_are_judged_and_the_run_is_red(
    told: list[str], warehouse: Connection, dagbag: "DagBag", capsys: pytest.CaptureFixture[str]
) -> None:
    conf = {"clients": None, "month": "2026-03", "send": False, "rehearse_to": None}
    done = dagbag.dags["report_targets"].test(
        run_after=datetime(2026, 4, 5, tzinfo=UTC), logical_date=None, run_conf=conf
    )

    states = {task.task_id: str(task.state) for task in done.get_task_instances()}
    assert (states["read_files"], states["judge"], states["outcome"]) == ("success", "success", "failed")
    judged = warehouse.execute("select network, kpi, verdict, reason from marts.verdict").fetchall()
    assert [tuple(row.values()) for row in judged] == [("vk", "posts", "not_measured", "source_missing")]
    assert "\n".join(told) in "".join(capsys.readouterr())
