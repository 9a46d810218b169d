"""Which of the project's DAGs are paused, or have never run.

Airflow makes every DAG paused. It starts no run of a paused one, leaves in the queue what somebody triggers, and queues
no event of an asset for it; and it says none of this. Airflow's metadata knows: the api-server's process may read it,
and so may a command in the same container. Tasks may not.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass

from smm.sources import NAMES

STEPS = ("build_kpis", "report_targets", "housekeep")
BY_HAND = "backfill_client"  # it never runs by itself
METADATA = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"


@dataclass(frozen=True)
class Dag:
    """A DAG that Airflow has read, as its metadata knows it."""

    name: str
    is_paused: bool
    has_run: bool


def needed(sources: Collection[str]) -> list[str]:
    """The DAGs that clients with these sources need, in the order in which data pass them; without any, all of them."""
    return [BY_HAND, *(f"ingest_{name}" for name in NAMES if name in (sources or NAMES)), *STEPS]


def known() -> list[Dag]:
    """The DAGs that Airflow has read, other projects' too; one query. Only where its metadata may be read."""
    from airflow.models.dag import DagModel
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import exists, select

    query = select(DagModel.dag_id, DagModel.is_paused, exists().where(DagRun.dag_id == DagModel.dag_id))
    with create_session() as session:
        return [Dag(*row) for row in session.execute(query)]


def is_readable() -> bool:
    """Whether this process knows where Airflow's metadata is; otherwise Airflow would create its own."""
    return METADATA in os.environ


def paused(dags: Collection[Dag], sources: Collection[str]) -> list[str]:
    """Those that are needed and paused, in the order in which they are best switched on."""
    off = {dag.name for dag in dags if dag.is_paused}
    return [name for name in needed(sources) if name in off]


def idle(dags: Collection[Dag], sources: Collection[str]) -> list[str]:
    """Those that are needed and switched on, and have not run yet, though they run by themselves."""
    never = {dag.name for dag in dags if not dag.is_paused and not dag.has_run}
    return [name for name in needed(sources) if name in never and name != BY_HAND]
