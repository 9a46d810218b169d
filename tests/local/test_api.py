"""The API client against Airflow's own API server; there is no scheduler, so runs stay as they were made."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn

from local import airflow, ports
from local.api import AirflowApi
from local.keys import Keys
from local.postgres import Cluster
from local.trouble import TroubleError

BROKEN = "raise RuntimeError('no such airflow dag')"
GOOD = """
from datetime import datetime
from airflow.sdk import Asset, dag, task

BREAD = Asset("bread")

@dag(schedule="0 5 * * *", start_date=datetime(2024, 1, 1), params={"loaves": 1})
def bake():
    @task(outlets=[BREAD])
    def knead(): ...
    knead()

@dag(schedule=BREAD)
def sell():
    @task
    def count(): ...
    count()

bake()
sell()
"""


@pytest.fixture(scope="module")
def api(airflow_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirflowApi]:
    folder = tmp_path_factory.mktemp("api")
    keys = Keys()
    settings = airflow.configured(folder, folder, ports.free(), Cluster(folder, 1, ""), keys, {}, {})
    with pytest.MonkeyPatch.context() as environment:
        for name, value in settings.environment.items():
            if "SIMPLE_AUTH_MANAGER" in name:
                environment.setenv(name, value)
        read(folder)
        with served(settings.port):
            yield AirflowApi(settings.address, airflow.LOGIN, keys.login)


def read(folder: Path) -> None:
    """Do the dag-processor's work once."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db

    (folder / "good.py").write_text(GOOD)
    (folder / "broken.py").write_text(BROKEN)
    DagBundlesManager().sync_bundles_to_db()  # type: ignore[no-untyped-call]
    sync_bag_to_db(DagBag(folder, bundle_path=folder, bundle_name="dags-folder"), "dags-folder", None)


@contextmanager
def served(port: int) -> Iterator[None]:
    from airflow.api_fastapi.app import create_app

    server = uvicorn.Server(uvicorn.Config(create_app(), port=port, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.05)
        assert thread.is_alive()
    yield
    server.should_exit = True
    thread.join()


def test_nobody_is_alive_without_a_scheduler(api: AirflowApi) -> None:
    assert not api.alive(datetime.now(UTC))


def test_dags_and_what_cannot_be_read(api: AirflowApi) -> None:
    assert {"bake", "sell"} <= api.dags()
    assert any("broken.py: RuntimeError: no such airflow dag" in error for error in api.import_errors())


def test_a_run_takes_the_place_of_the_scheduled_one_that_is_due(api: AirflowApi) -> None:
    moment = datetime(2024, 2, 1, 6, tzinfo=UTC)
    run = api.trigger("bake", {"loaves": 3}, moment)
    made = api._call("GET", f"dags/bake/dagRuns/{run}")
    assert datetime.fromisoformat(made["run_after"]) == moment
    assert made["conf"] == {"loaves": 3}
    assert made["logical_date"] == api._call("GET", "dags/bake")["next_dagrun_logical_date"]
    assert api.state("bake", run) == "queued"
    assert api.runs("bake") == {run: "queued"}
    assert [task["task_id"] for task in api.tasks("bake", run)] == ["knead"]
    assert api.failed_tasks("bake", run) == []


def test_a_dag_without_a_schedule_has_no_run_to_take_the_place_of(api: AirflowApi) -> None:
    run = api.trigger("sell", {})
    assert api._call("GET", f"dags/sell/dagRuns/{run}")["logical_date"] is None


def test_queued_events(api: AirflowApi) -> None:
    assert api.queued_events("sell") == 0


def test_unpausing(api: AirflowApi) -> None:
    api.unpause("sell")
    assert api._call("GET", "dags/sell")["is_paused"] is False


def test_a_refusal_says_what_airflow_said(api: AirflowApi) -> None:
    with pytest.raises(TroubleError, match="refused GET dags/nothing: 404 .*not found"):
        api._call("GET", "dags/nothing")


def test_an_airflow_that_is_not_there() -> None:
    api = AirflowApi(f"http://{ports.HOST}:{ports.free()}", "admin", "admin")
    assert not api.alive(datetime.now(UTC))
    with pytest.raises(TroubleError, match="does not answer"):
        api.dags()
