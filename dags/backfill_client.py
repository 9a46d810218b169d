"""
### Load the history of a new client

**Owns** all rows of core of the chosen clients and sources in the chosen months, up to yesterday; newest first, a
year at a time. With `from_archive` the answers of earlier loads are read again, and no service is asked.

**Rerun, retry, clear:** always safe, also beside the daily runs: the slice of each client is replaced in one
transaction; per day, the load that was started later stays. A retry skips what is staged already.

**A red run** names in its task `outcome` what was not published, and why; the rest was. Mend the cause, then clear the
red task, or run this again for what is missing.

The KPIs follow by themselves (`build_kpis`). Letters do not: a letter is due for seven days, so history mails nobody.
"""

from airflow.sdk import Param, dag, get_current_context, task

from smm.project import client_ids
from smm.sources import NAMES
from smm.tasks import DEFAULTS, PUBLISHED, announce, audit, fetch, outcome, publish, run_id


def month(example: str) -> Param:
    """A month of the form."""
    return Param(example, type="string", pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="YYYY-MM")


@task
def plan() -> list[dict[str, object]]:
    """Read the client files, and divide the months into stretches as wide as the services take."""
    from datetime import date

    from smm import plan, warehouse

    context = get_current_context()
    given = context["params"]
    first, last = (date.fromisoformat(f"{given[name]}-01") for name in ("first_month", "last_month"))
    if first > last:
        raise ValueError(f"first_month {given['first_month']} is after last_month {given['last_month']}")
    with warehouse.connection() as connection:
        found = plan.prepare(connection, run_id(), given["sources"] or NAMES, given["clients"])
    run_after = context["dag_run"].run_after
    slots = plan.history(found.values(), given["sources"], run_after, first, last, given["from_archive"])
    return [{**batch} for batch in plan.batches(slots, found)]


@dag(
    schedule=None,
    default_args=DEFAULTS,
    tags=["ingest"],
    doc_md=__doc__,
    params={
        "clients": Param(
            None,
            type=["null", "array"],
            items={"type": "string"},
            examples=client_ids(),
            description="null = all clients",
        ),
        "first_month": month("2025-01"),
        "last_month": month("2025-12"),
        "sources": Param(
            None,
            type=["null", "array"],
            items={"type": "string", "enum": list(NAMES)},
            examples=list(NAMES),
            description="null = all sources of each client",
        ),
        "from_archive": Param(False, type="boolean", description="read the archived answers again; ask nobody"),
    },
)
def backfill_client() -> None:
    planned = plan()
    fetched = fetch.expand(batch=planned)
    announced = announce.override(outlets=[PUBLISHED["history"]])()
    fetched >> audit() >> publish() >> announced >> outcome()


backfill_client()
