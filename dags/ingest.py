"""One DAG per source: ingest_<source>. MANUAL is what Airflow shows of each."""

from airflow.sdk import dag, get_current_context, task

from smm import forms
from smm.project import client_ids
from smm.sources import NAMES, named
from smm.tasks import DEFAULTS, PUBLISHED, announce, audit, fetch, outcome, publish, run_id

DAYS = (
    "Asks for the last {days} days of each client, which may still change, and for days that earlier runs have missed"
)
TABLE = "Reads each client's table as it is now"
MANUAL = """
### Load {title} of every client

{does}, checks what it gets, and puts it into the warehouse; `build_kpis` starts when that is done.

**Owns** the rows of `core` that this source fills ({kinds}) for each client and the days of its window: the last {days}
day(s) up to yesterday in the client's own time zone, counted from the moment the run was due (`run_after`), or
`first_day` to `last_day` if you name them. Days that earlier runs should have loaded and did not, because a token was
dead or nothing ran, are loaded too, each stretch of days separately; the log of *plan* names them. A load that the
audit rejected is divided in two the next time, so that one bad day does not keep out the others; loaded alone, it is
tried again after 1, 2, 4 ... days. Every answer is in the archive before it is read.

**Rerun, retry, clear:** always safe. The slice of each client is replaced in one transaction; for each day, the load
that started later wins. A retry, or a cleared red task, loads what is missing.

**A red run**: its task `outcome` names each client that was not published, with the reason; the others were published,
and their KPIs are being built. Data that was published before stays as it was.
- *"never began"*: the task that should have loaded it failed or was killed earlier, or did not run; clear that task.
- *fetch* red, "interrupted" or a fault of the service: tried twice more automatically; then the next day's run loads
  the same days again. A run does not wait for a spent quota: the next day's run asks again.
- *fetch* red, a right is missing or a token is dead: the text says who has to do what; then clear the task with its
  downstream tasks.
- *"rejected: the audit found ..."*: see `audit.finding` and the Data Docs in the archive; nothing wrong was published.
- *a client file and a line*: fix the file; `make check` shows every mistake at once.
"""


@task(show_return_value_in_logs=False)
def plan(source: str) -> list[dict[str, object]]:
    """Read the client files, and divide the clients into batches; what shares a token shares a batch."""
    from datetime import date

    from smm import warehouse
    from smm.loading import form, missed, plan

    context = get_current_context()
    given = context["params"]
    first_day, last_day = (given[name] and date.fromisoformat(given[name]) for name in ("first_day", "last_day"))
    form.refuse_strangers(given, ("clients", "first_day", "last_day"))
    named = form.named("clients", given["clients"], client_ids())
    with warehouse.connection() as connection:
        found = plan.prepare(connection, run_id(), [source], named)
        slots = plan.daily(found.values(), source, context["dag_run"].run_after, first_day, last_day)
        if not first_day and not last_day:
            slots = [*missed.apart(connection, slots), *missed.slots(connection, source, slots)]
        batches = plan.batches(slots, found)
        plan.tell(connection, run_id(), batches)
    return [{**batch} for batch in batches]


def ingest(source: str) -> None:
    """The DAG of one source."""
    of = named(source)

    @dag(
        dag_id=f"ingest_{source}",
        schedule=of.schedule,
        description=f"Load {of.title} of every client",
        max_active_runs=1,
        default_args=DEFAULTS,
        tags=["ingest"],
        doc_md=MANUAL.format(
            title=of.title,
            kinds=", ".join(of.kinds),
            days=of.reload_days,
            does=TABLE if of.is_whole else DAYS.format(days=of.reload_days),
        ),
        params={
            "clients": forms.clients("Whose data are loaded", "all clients that use the source"),
            "first_day": forms.day("The day to begin with", f"{of.reload_days} day(s) up to the last one"),
            "last_day": forms.day("The day to end with", "yesterday"),
        },
    )
    def load() -> None:
        planned = plan(source)
        fetched = fetch.expand(batch=planned)
        announced = announce.override(outlets=[PUBLISHED[source]])()
        fetched >> audit() >> publish() >> announced >> outcome()

    load()


for name in NAMES:
    ingest(name)
