"""The DAGs as Airflow sees them: they import cheaply, read no client file, and say how they are to be operated."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable

from smm import catalogue, clients
from smm.clients.sources_section import SourceEntry
from smm.loading import plan
from smm.sources import NAMES
from smm.tasks import ANY_PUBLISHED

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

ROOT = Path(__file__).resolve().parents[1]
DAGS = sorted(path.stem for path in (ROOT / "dags").glob("*.py"))
IDS = {f"ingest_{name}" for name in NAMES} | {"backfill_client", "build_kpis", "report_targets", "housekeep"}

# Imported after airflow.sdk, in a process of its own: what is loaded, and which client files are opened
IMPORT = """
import json, sys
import airflow.sdk
opened = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)
before = set(sys.modules)
sys.path.insert(0, "dags")
for name in sys.argv[2:]:
    __import__(name)
print(json.dumps({"modules": sorted(set(sys.modules) - before),
                  "clients": [path for path in opened if path.startswith(sys.argv[1])]}))
"""
HEAVY = ("babel", "google", "great_expectations", "grpc", "mjml", "numpy", "pandas", "psycopg", "sqlglot", "vk_api")


def test_every_dag_is_there_and_imports(dagbag: "DagBag") -> None:
    assert dagbag.import_errors == {}
    assert set(dagbag.dag_ids) == IDS


def test_importing_loads_nothing_heavy_and_opens_no_client_file(tmp_path: Path) -> None:
    for number in range(1000):
        (tmp_path / f"client_{number}.yml").write_text("name: [broken")

    done = subprocess.run(
        [sys.executable, "-c", IMPORT, str(tmp_path), *DAGS],
        cwd=ROOT,
        env={"PYTHONPATH": "plugins", "SMM_CLIENTS": str(tmp_path), "AIRFLOW_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    seen = json.loads(done.stdout.splitlines()[-1])

    assert seen["clients"] == []
    assert [name for name in seen["modules"] if name.split(".")[0] in HEAVY] == []


def test_every_dag_has_a_manual_and_every_task_a_word_of_it(dagbag: "DagBag") -> None:
    for dag in dagbag.dags.values():
        for word in ("**Owns**", "**Rerun, retry, clear:**", "**A red run**"):
            assert word in (dag.doc_md or ""), f"{dag.dag_id} does not say {word}"
        assert dag.tags, dag.dag_id
        assert not dag.catchup, dag.dag_id


def test_letters_are_sent_at_each_full_hour_as_the_board_says(dagbag: "DagBag") -> None:
    assert dagbag.dags["report_targets"].schedule == "@hourly"


def test_a_manual_opens_with_what_the_dag_does(dagbag: "DagBag") -> None:
    for dag in dagbag.dags.values():
        title, does, *_ = (dag.doc_md or "").strip().split("\n\n")
        assert title.startswith("### "), dag.dag_id
        assert does[0].isupper(), f"{dag.dag_id} begins with {does}"
        assert does.rstrip().endswith("."), dag.dag_id


def test_an_empty_field_means_the_same_in_every_form(dagbag: "DagBag") -> None:
    fields = {
        f"{dag.dag_id}.{name}": str(dag.params.get_param(name).schema.get("description_md"))
        for dag in dagbag.dags.values()
        for name in dag.params
        if "null" in dag.params.get_param(name).schema["type"]
    }
    assert len(fields) > 20
    assert {name for name, text in fields.items() if " Empty = " not in text or "null" in text} == set()
    assert {text.partition(" Empty = ")[2] for name, text in fields.items() if name.endswith(".clients")} == {
        "all clients.",
        "all clients that use the source.",
    }


def test_every_task_is_tried_again(dagbag: "DagBag") -> None:
    for dag in dagbag.dags.values():
        for task in dag.tasks:
            assert task.retries == 2, f"{dag.dag_id}.{task.task_id}"


def test_a_range_arrives_as_a_range(dagbag: "DagBag") -> None:
    """Airflow keeps the value of a parameter in its Param: two that shared one would have one value."""
    for dag in dagbag.dags.values():
        params = [id(dag.params.get_param(name)) for name in dag.params]
        assert len(set(params)) == len(params), dag.dag_id


@pytest.mark.parametrize("source", NAMES)
@pytest.mark.parametrize(("number", "most"), [(3, 10), (1000, 60)])
def test_a_run_has_tens_of_tasks(dagbag: "DagBag", tmp_path: Path, source: str, number: int, most: int) -> None:
    (tmp_path / "one.yml").write_text(
        """\
name: One
language: en
time_zone: Europe/London
currency: GBP
started: 2025-06-01
sources:
  ga4: {connection: ga4, property: 1}
  vk: {connection: vk, community: 2}
  figures: {path: x.csv}
report: {to: [owner@x.example]}
"""
    )
    (one,) = clients.read(catalogue.read(), tmp_path).by_id.values()
    many = {f"c{i}": clients.Client(f"c{i}", one.file, one.sources, ()) for i in range(number)}
    if source == "vk":  # each with a token of its own, which makes the most batches
        for name, client in many.items():
            options = client.sources["vk"].options.model_copy(update={"connection": f"vk_{name}"})
            own = {"vk": SourceEntry("vk", options)}
            many[name] = clients.Client(name, client.file, client.sources | own, ())

    slots = plan.daily(many.values(), source, datetime(2026, 3, 10, 5, tzinfo=UTC), None, None)
    mapped = len(plan.batches(slots, many))
    others = len(dagbag.dags[f"ingest_{source}"].tasks) - 1

    assert mapped + others <= most


def test_kpis_are_built_hourly_as_well_as_after_each_publishing(dagbag: "DagBag") -> None:
    """Airflow keeps no event for a DAG that is paused; what waits in core.change is built all the same."""
    schedule = dagbag.dags["build_kpis"].schedule
    assert isinstance(schedule, AssetOrTimeSchedule)
    assert schedule.asset_condition is ANY_PUBLISHED
    timer = schedule.timetable
    assert isinstance(timer, CronTriggerTimetable)
    assert timer.expression == "30 * * * *"
    assert timer.run_immediately is True  # when it is switched on
