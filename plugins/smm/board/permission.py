"""Who may see the board, and who may act: Airflow's own logins and permissions, imported in this one place.

Without ``from __future__ import annotations``: FastAPI would not find what Airflow's dependencies are annotated with.
"""

from typing import Any

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import Depends

SHOWN = "report_targets"  # the DAG whose results the board shows: who may not read it sees nothing

reads: Any = Depends(requires_access_dag("GET", param_dag_id=SHOWN))


def runs(dag_id: str) -> Any:
    """The dependency of a route that does what a run of this DAG does, or decides on what it does."""
    return Depends(requires_access_dag("POST", DagAccessEntity.RUN, dag_id))
