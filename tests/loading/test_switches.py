"""Which DAGs are paused or have never run, as Airflow's own metadata has it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smm.loading import dags
from smm.loading.dags import Dag
from smm.project import ROOT
from smm.warehouse import Connection

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

Switch = Callable[[str, bool], None]


@pytest.fixture
def switch(airflow_database: None) -> Iterator[Switch]:
    """Switch a DAG in Airflow's metadata off (True) or on, as if it had been read; afterwards all is as it was."""
    from airflow.models.dag import DagModel
    from airflow.models.dagbundle import DagBundleModel
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    before: dict[str, bool | None] = {}

    def turn(name: str, is_paused: bool) -> None:
        with create_session() as session:
            session.merge(DagBundleModel(name="dags-folder"))
            session.flush()
            found = session.get(DagModel, name)
            before.setdefault(name, found and found.is_paused)
            session.merge(DagModel(dag_id=name, bundle_name="dags-folder", is_paused=is_paused))  # type: ignore[no-untyped-call]

    yield turn
    for name, was_paused in before.items():
        if was_paused is not None:
            turn(name, was_paused)
        else:
            with create_session() as session:
                session.execute(delete(DagModel).where(DagModel.dag_id == name))


@pytest.fixture
def all_on(switch: Switch) -> None:
    for name in dags.needed(()):
        switch(name, False)


def test_every_dag_of_the_project_is_asked_about(dagbag: "DagBag") -> None:
    assert set(dags.needed(())) == set(dagbag.dag_ids)
    assert dags.needed(["vk"]) == ["backfill_client", "ingest_vk", "build_kpis", "report_targets", "housekeep"]


def test_the_metadata_tells_who_is_paused_and_who_has_run(switch: Switch) -> None:
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from airflow.utils.types import DagRunType
    from sqlalchemy import delete

    for name, is_paused in (("a_paused", True), ("an_idle", False), ("a_busy", False)):
        switch(name, is_paused)
    with create_session() as session:
        at = datetime(2026, 3, 9, tzinfo=UTC)
        session.add(DagRun(dag_id="a_busy", run_id="one", run_type=DagRunType.MANUAL, run_after=at))
    found = {dag.name: (dag.is_paused, dag.has_run) for dag in dags.known()}
    with create_session() as session:
        session.execute(delete(DagRun).where(DagRun.dag_id == "a_busy"))
    assert [found[name] for name in ("a_paused", "an_idle", "a_busy")] == [(True, False), (False, False), (False, True)]


def test_what_runs_by_itself_and_never_has_is_idle() -> None:
    known = [Dag(name, is_paused=name == "build_kpis", has_run=name == "housekeep") for name in dags.needed(["vk"])]
    assert dags.paused(known, ["vk"]) == ["build_kpis"]
    assert dags.idle(known, ["vk"]) == ["ingest_vk", "report_targets"]


def test_a_source_that_no_client_has_may_be_paused() -> None:
    known = [Dag(f"ingest_{source}", is_paused=True, has_run=False) for source in ("ga4", "vk")]
    assert dags.paused(known, ["ga4"]) == ["ingest_ga4"]
    assert dags.paused(known, []) == ["ingest_ga4", "ingest_vk"]


def late(warehouse: Connection, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    place = {"SMM_CLIENTS": str(folder), "AIRFLOW_HOME": os.environ["AIRFLOW_HOME"], "PYTHONPATH": "plugins"}
    place["AIRFLOW_CONN_WAREHOUSE"] = os.environ["AIRFLOW_CONN_WAREHOUSE"]
    command = [sys.executable, "-m", "smm", "late"]
    return subprocess.run(command, cwd=ROOT, env=place | environment, capture_output=True, text=True)


def test_late_names_paused_dags_where_it_may_read_the_metadata(
    warehouse: Connection, all_on: None, switch: Switch, tmp_path: Path
) -> None:
    switch("build_kpis", True)
    name = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
    beside_the_server = late(warehouse, tmp_path, **{name: os.environ[name]})
    assert beside_the_server.stdout == "build_kpis is paused, so it does not run: switch it on in Airflow\n"
    assert beside_the_server.returncode == 1
    in_a_worker = late(warehouse, tmp_path)
    assert in_a_worker.stdout == f"nothing is late for 0 clients in {tmp_path}\n"
    assert in_a_worker.returncode == 0
