"""The demo goes the whole way of the data, and leaves every DAG to its own schedule."""

from typing import TYPE_CHECKING

from local import demo

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


def test_it_knows_every_dag(dagbag: "DagBag") -> None:
    assert set(demo.DAGS) == set(dagbag.dag_ids)
