"""
### Compute measures and KPIs for what has changed

Counts the measures of each client by day, week and month from the loaded rows, and calculates the KPIs from the
measures with the formulas in `include/kpis/`. Boards, letters and verdicts read the result.

**Owns** `marts.measure` and `marts.kpi` of the clients and months that `core.change` holds, or that you name. Starts
when any source has published, and every hour: Airflow keeps no event for a paused DAG, so changes that were published
before this one was switched on are only in `core.change`.

**Rerun, retry, clear:** always safe. The clients are rebuilt in slices, each in one transaction that takes the changed
months and replaces their rows; until it commits, the old rows stay and the changes stay noted, so the next run does the
work of an interrupted one. A full rebuild (all clients, from the first month to the last) gives the same rows.

**A red run** changed nothing for the clients that it names. *read_files* red: a file that all clients need is wrong;
the text names the line. *rebuild* red: the clients of that slice keep their old rows, the others have the new ones; it
is one transaction of SQL, and *Rendered Template* shows every statement as it ran. *rebuild* skipped: nothing has
changed.
"""

from typing import Any

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, dag, get_current_context, task

from smm import forms
from smm.project import INCLUDE
from smm.rebuild import REBUILD
from smm.tasks import ANY_PUBLISHED, DEFAULTS


@task
def read_files() -> list[dict[str, Any]]:
    """Bring the catalogue and the clients' files into the warehouse; the parameters of the SQL, slice by slice."""
    from smm import roster, warehouse
    from smm.rebuild import slices

    given = get_current_context()["params"]
    with warehouse.connection() as connection:
        roster.bring(connection, given["clients"])
        first, last = (given[name] and f"{given[name]}-01" for name in ("first_month", "last_month"))
        return slices(connection, {"clients": given["clients"], "first_month": first, "last_month": last})


@dag(
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("30 * * * *", timezone="UTC", run_immediately=True), assets=ANY_PUBLISHED
    ),
    description="Compute measures and KPIs for what has changed",
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["kpis"],
    doc_md=__doc__,
    template_searchpath=[str(INCLUDE / "sql")],
    params={
        "clients": forms.clients("Whose KPIs are computed"),
        "first_month": forms.month(
            "The month to begin with", "the first one; both empty = the months that have changed"
        ),
        "last_month": forms.month("The month to end with", "the last one; both empty = the months that have changed"),
    },
)
def build_kpis() -> None:
    SQLExecuteQueryOperator.partial(
        task_id="rebuild",
        conn_id="warehouse",
        sql=";\n".join(f"{{% include '{path}' %}}" for path in REBUILD),
        split_statements=True,  # all of them in one transaction
        do_xcom_push=False,
        map_index_template="{{ task.parameters.clients | join(', ') | truncate(60) }}",
    ).expand(parameters=read_files())


build_kpis()
