"""Who may see the board, and who may act: Airflow's own logins and permissions, imported in this one place.

Without ``from __future__ import annotations``: FastAPI would not find what Airflow's dependencies are annotated with.
"""

from typing import Annotated, Any

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from fastapi import Depends, HTTPException, Request

SHOWN = "report_targets"  # the DAG whose results the board shows: who may not read it sees nothing
ACTED = (SHOWN, "backfill_client")  # the DAGs that pages of the board start, or decide for

reads: Any = Depends(requires_access_dag("GET", param_dag_id=SHOWN))


def runs(dag_id: str) -> Any:
    """The dependency of a route that does what a run of this DAG does, or decides on what it does."""
    return Depends(requires_access_dag("POST", DagAccessEntity.RUN, dag_id))


def _may_run(request: Request, user: GetUserDep) -> frozenset[str]:
    allowed = set()
    for dag_id in ACTED:
        try:
            requires_access_dag("POST", DagAccessEntity.RUN, dag_id)(request, user)
        except HTTPException:
            continue
        allowed.add(dag_id)
    return frozenset(allowed)


MayRun = Annotated[frozenset[str], Depends(_may_run)]
"""Which of the DAGs ``ACTED`` whoever asks may run: a page shows forms for these, and refuses nobody."""


def _name(user: GetUserDep) -> str:
    return user.get_name()


Name = Annotated[str, Depends(_name)]
"""Airflow's name of whoever asks."""
