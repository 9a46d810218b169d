"""The demo goes the whole way of the data, and leaves every DAG to its own schedule."""

from pathlib import Path
from typing import TYPE_CHECKING

from local import agency, demo, invited
from smm.files import agency as agencies

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


def test_it_knows_every_dag(dagbag: "DagBag") -> None:
    assert set(demo.DAGS) == set(dagbag.dag_ids)


def test_its_agency_is_in_order_and_no_client(tmp_path: Path) -> None:
    place = invited.place(tmp_path)
    place.mkdir(parents=True)

    def write() -> None:
        (place / "yarko.yml").write_text("name: Yarko")
        agency.write(place, "http://127.0.0.1:8080")

    assert invited.beside(tmp_path, write) == ["yarko"]
    found = agencies.read(place)
    assert (found.name, found.draft_hours, found.board) == ("Northern Lights", 24, "http://127.0.0.1:8080")
    assert invited.files(tmp_path) == set()


def test_a_users_own_agency_stays(tmp_path: Path) -> None:
    (tmp_path / agency.NAME).write_text("name: Ours")
    agency.write(tmp_path, "http://127.0.0.1:8080")
    assert agencies.read(tmp_path).name == "Ours"
