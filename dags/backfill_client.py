"""
### Load the history of a client

Asks the services for past months of clients that are new or whose data have gaps, checks the answers and puts them
into the warehouse. It runs only when somebody starts it. The KPIs are then built automatically (`build_kpis`). Letters
about past months are not written: a letter is due for seven days only.

**The form.** Leave it as it is to load two years of everything of every client; for a new client, name it in `clients`.

**Owns** all rows of core of the chosen clients and sources in the chosen months, up to yesterday; newest first, some
twelve months at a time. With `from_archive` the answers of earlier loads are read again, and no service is asked.

**Before anything is loaded**, the log of *preflight* shows for each client and network whether its service may be
read, how far back it goes, and what loading costs in requests, quota and minutes. Sources that cannot be loaded are
left out and named, the others are loaded; if none can be loaded, no service is asked.

**Rerun, retry, clear:** always safe, also beside the daily runs: the slice of each client is replaced in one
transaction; for each day, the load that started later wins, and data read from the archive is as old as the load
that first asked for it. A retry, or a cleared red task, loads what is missing. If a quota is spent, *fetch* waits for
more (`up_for_reschedule`) without occupying a worker; what the other batches have loaded is published when the last of
them has finished.

**A red run**: its task `outcome` names what was not published, and why; everything else was published. Fix the cause;
then clear the red *fetch*, or *preflight* if it had left the client out, or run this again.
"""

from airflow.sdk import Param, dag, get_current_context, task

from smm import forms
from smm.sources import NAMES, every
from smm.tasks import DEFAULTS, PUBLISHED, announce, audit, fetch, outcome, publish, run_id


@task
def preflight() -> None:
    """Ask each service what it has before loading starts, and show what loading will cost."""
    from smm.loading import backfill

    context = get_current_context()
    backfill.check(run_id(), context["params"], context["dag_run"].run_after)


@task(show_return_value_in_logs=False)
def plan() -> list[dict[str, object]]:
    """Divide the months into stretches as wide as the services take; without what preflight has left out."""
    from smm.loading import backfill

    context = get_current_context()
    batches = backfill.batches(run_id(), context["params"], context["dag_run"].run_after)
    return [{**batch} for batch in batches]


@dag(
    schedule=None,
    description="Load the history of a client",
    default_args=DEFAULTS,
    tags=["ingest"],
    doc_md=__doc__,
    params={
        "clients": forms.clients("Whose history is loaded"),
        "first_month": forms.month("The month to begin with", "two years before the last one"),
        "last_month": forms.month("The month to end with", "the running month, up to yesterday"),
        "sources": Param(
            None,
            type=["null", "array"],
            items={"type": "string"},
            examples=list(NAMES),
            description_md=f"Which sources: {', '.join(f'`{source.name}` ({source.title})' for source in every())}."
            " Empty = all that the client's file names.",
        ),
        "from_archive": Param(
            False,
            type="boolean",
            description_md="Read the answers of earlier loads again, and ask no service: after the warehouse was lost,"
            " or a mistake in reading was fixed.",
        ),
    },
)
def backfill_client() -> None:
    planned = plan()
    preflight() >> planned
    fetched = fetch.partial(waits_for_quota=True).expand(batch=planned)
    announced = announce.override(outlets=[PUBLISHED["history"]])()
    fetched >> audit() >> publish() >> announced >> outcome()


backfill_client()
