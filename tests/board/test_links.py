"""From a task in Airflow to the board."""

import runpy
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from smm.links import below, link
from smm.project import ROOT

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag
    from starlette.testclient import TestClient

NAME = "On the board"


@pytest.mark.parametrize(
    ("path", "query", "address"),
    [
        ((), {}, "/plugin/smm/board/"),
        (("clients", "a/b c"), {}, "/plugin/smm/board/clients/a%2Fb%20c"),
        (("data",), {"run": "x/y+00:00"}, "/plugin/smm/board/data?run=x%2Fy%2B00%3A00"),
    ],
)
def test_a_page_of_the_board_has_its_address_within_airflow(
    path: tuple[str, ...], query: dict[str, str], address: str
) -> None:
    assert link(*path, below="", **query) == address


def test_below_a_path_of_airflow_s_every_address_begins_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://tools.example/airflow/")
    path = below()
    assert link("data", below=path, run="x") == "/airflow/plugin/smm/airflow/board/data?run=x"
    (view,) = runpy.run_path(str(ROOT / "plugins" / "smm_plugin.py"))["Smm"].external_views
    assert (view["href"], view["icon"]) == ("/airflow/board/", "/airflow/board/assets/icon.svg")


@pytest.fixture
def links(
    visitor: Callable[[str | None], "TestClient"], dagbag: "DagBag"
) -> Iterator[Callable[[str, str], dict[str, str | None]]]:
    """What Airflow links a task of a run of this DAG to; the run is called ``by-hand+1``."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import sync_bag_to_db

    DagBundlesManager().sync_bundles_to_db()  # type: ignore[no-untyped-call]
    sync_bag_to_db(dagbag, "dags-folder", None)
    admin, runs = visitor("admin"), []

    def shown(dag: str, task: str) -> dict[str, str | None]:
        run = f"/api/v2/dags/{dag}/dagRuns/by-hand+1"
        if run not in runs:
            made = admin.post(f"/api/v2/dags/{dag}/dagRuns", json={"dag_run_id": "by-hand+1", "logical_date": None})
            assert made.status_code == 200, made.text
            runs.append(run)
        answer = admin.get(f"{run.replace('+', '%2B')}/taskInstances/{task}/links")
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["extra_links"])

    yield shown
    for run in runs:
        assert admin.delete(run.replace("+", "%2B")).status_code == 204


@pytest.mark.parametrize("dag", ["ingest_vk", "backfill_client"])
@pytest.mark.parametrize("task", ["plan", "fetch", "outcome"])  # fetch is mapped
def test_a_task_that_loads_leads_to_the_loads_of_its_run(
    links: Callable[[str, str], dict[str, str | None]], dag: str, task: str
) -> None:
    address = links(dag, task)[NAME]
    assert address
    place = urlsplit(address)
    assert (place.path, parse_qs(place.query)) == ("/plugin/smm/board/data", {"run": [f"{dag}/by-hand+1"]})


def test_other_tasks_lead_to_what_they_make(links: Callable[[str, str], dict[str, str | None]]) -> None:
    assert links("report_targets", "judge")[NAME] == "/plugin/smm/board/letters"
    assert links("build_kpis", "rebuild")[NAME] == "/plugin/smm/board/"


def test_a_task_of_another_dag_leads_nowhere(links: Callable[[str, str], dict[str, str | None]]) -> None:
    assert links("housekeep", "settle")[NAME] is None
