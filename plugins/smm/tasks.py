"""The tasks that every loading DAG is made of: fetch, audit, publish, announce, outcome.

Between them nothing travels but the plan; what became of each load stands in core.load. Imports stand inside the
tasks: the DAG processor reads this module again and again, and Great Expectations alone costs six seconds.

Which failure is tried again: a cut connection, a service's or the warehouse's fault, a killed worker; twice. Not what
is as wrong the next time: a form, a file, a missing right, a dead token. A spent quota is waited for by a backfill, and
left to the next run by a daily one.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import (
    Asset,
    AssetAny,
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
    TriggerRule,
    get_current_context,
    task,
)
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowRescheduleException,
    AirflowSkipException,
)

from smm.sources import NAMES

log = logging.getLogger(__name__)

PUBLISHED = {name: Asset(f"{name}_published") for name in (*NAMES, "history")}
ANY_PUBLISHED = AssetAny(*PUBLISHED.values())
# What was asked for wrongly, in a form or in a file, is as wrong the next time.
MISTAKE = ExceptionRetryPolicy(rules=[RetryRule(exception=ValueError, action=RetryAction.FAIL)])
MOST_WAITS = 30  # for one batch: a day of hours, and a few for those who share its quota
DEFAULTS = {
    "retries": 2,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2,
    "retry_policy": MISTAKE,
}


def run_id() -> str:
    """This run, as the ledger names it."""
    context = get_current_context()
    return f"{context['dag'].dag_id}/{context['run_id']}"


@task(map_index_template="{{ task.op_kwargs['batch']['label'] }}")
def fetch(batch: dict[str, Any], waits_for_quota: bool = False) -> None:
    """Ask the source for each client of the batch, archive the answers, stage the rows.

    A client fails alone: the others are staged, and the task then fails naming those that are not. It is tried again
    if that may help, and skips what an earlier try has staged. If it is cleared, it loads what this run has not
    published; if all of it is, all of it again.

    With `waits_for_quota`, it comes back when the service gives more, as often as needed within reason, and keeps no
    worker waiting meanwhile. The run's audit and publishing begin when the last of its batches is through.
    """
    from smm import warehouse
    from smm.loading import ledger
    from smm.loading.fetch import fetch as fetch_slots

    with warehouse.connection() as connection:
        slots = ledger.unpublished(connection, run_id(), batch["slots"]) or batch["slots"]
    failed = fetch_slots(run_id(), slots)
    waits = [load["wait"] for load in failed if load["wait"] is not None]
    if waits and waits_for_quota and get_current_context()["task_reschedule_count"] < MOST_WAITS:
        back_at = datetime.now(UTC) + min(waits)
        log.warning(
            "continuing at %s UTC, when there is more quota:\n%s", f"{back_at:%Y-%m-%d %H:%M}", ledger.told(failed)
        )
        raise AirflowRescheduleException(back_at)  # type: ignore[no-untyped-call]
    if any(load["is_transient"] for load in failed):
        raise AirflowException(ledger.told(failed))
    if failed:
        raise AirflowFailException(ledger.told(failed))


@task(trigger_rule=TriggerRule.ALL_DONE)
def audit() -> None:
    """Judge what was staged with Great Expectations; what breaks a critical rule is rejected, the rest goes on."""
    from smm.loading.audit import audit as audit_run

    audit_run(run_id())


@task
def publish() -> None:
    """Replace each load's slice of core in one transaction of its own, and note the months to rebuild."""
    from smm.loading import ledger
    from smm.loading.publish import publish as publish_run

    unpublished = publish_run(run_id())
    if unpublished:
        raise AirflowException(ledger.told(unpublished))


@task(trigger_rule=TriggerRule.ALL_DONE)
def announce() -> None:
    """Tell Airflow that the warehouse has something new, so that build_kpis starts; skipped if it has not.

    Which asset that is stands in the DAG file: `announce.override(outlets=[...])`.
    """
    from smm import warehouse
    from smm.loading import ledger

    with warehouse.connection() as connection:
        if not ledger.of_run(connection, run_id(), "published"):
            raise AirflowSkipException("nothing was published")


@task(trigger_rule=TriggerRule.ALL_DONE)
def outcome() -> None:
    """Fail if any client was not published, naming each with its reason: also what no task has begun to load."""
    from smm import warehouse
    from smm.loading import ledger

    with warehouse.connection() as connection:
        states = task_states()
        ledger.give_up(connection, run_id(), lambda batch: unbegun(batch, states))
        missing = [load for load in ledger.of_run(connection, run_id()) if load["state"] != "published"]
    if missing:
        raise AirflowFailException(f"not published:\n{ledger.told(missing)}")
    if broken := failed_tasks():
        raise AirflowFailException(f"{', '.join(broken)} failed: see its log")


def unbegun(batch: int, states: Mapping[str, str | None]) -> str:
    """Why the last slots of a batch were never begun, by how its task has ended."""
    how = {
        "failed": "failed, or was killed, before its turn came",
        "upstream_failed": "did not run, because a task before it failed",
        "removed": "was removed from the run",
        "skipped": "was skipped",
        "success": "was marked as a success before its turn came",
    }
    state = states.get(f"fetch_{batch}", states.get("fetch"))  # unmapped, if it was never expanded
    return f"never began: its task fetch [{batch}] {how.get(state or '', 'never ran')}; clear that task to load it"


def failed_tasks() -> list[str]:
    """The tasks of this run that have failed; without any, those that could not be run."""
    states = task_states()
    by_state = {
        wanted: sorted(name for name, state in states.items() if state == wanted)
        for wanted in ("failed", "upstream_failed")
    }
    return by_state["failed"] or by_state["upstream_failed"]


def task_states() -> dict[str, str | None]:
    """How each task of this run stands; of a mapped one, ``fetch_3`` for ``fetch [3]``."""
    context = get_current_context()
    states = context["ti"].get_task_states(dag_id=context["dag"].dag_id, run_ids=[context["run_id"]])
    return dict(states[context["run_id"]])
