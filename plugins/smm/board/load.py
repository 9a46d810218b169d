"""A load as pages show it: its state in a word and a shape, and where Airflow and the audit tell more of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from smm.loading import data_docs
from smm.loading.ledger import Load

STATES = {  # word, shape, a colour
    "published": ("published", "✓", "good"),
    "planned": ("planned, not begun", "…", "open"),
    "fetching": ("being fetched", "…", "open"),
    "staged": ("waiting to be published", "…", "open"),
    "waiting": ("waiting for more of the service's quota", "◔", "open"),
    "rejected": ("rejected by the audit", "✕", "bad"),
    "failed": ("failed", "✕", "bad"),
}
OPEN = ("planned", "fetching", "staged")
RECENT = timedelta(days=1)
AUDITED = ("published", "rejected")


def shown(loads: Iterable[Load]) -> list[dict[str, Any]]:
    """Each with ``log``, below Airflow's address, and ``docs``, below the board's; None where there is none."""
    return [
        load
        | {
            "log": log(load["run_id"], load["state"], is_planned=load["first_day"] is not None),
            "docs": docs(load["run_id"]) if load["state"] in AUDITED and load["first_day"] is not None else None,
        }
        for load in loads
    ]


def begun(sources: Iterable[dict[str, Any]], now: datetime) -> dict[str, Any] | None:
    """Of a client's sources (freshness.sql), the newest load that is under way, else the newest of the last day.

    With ``is_open`` and ``log``; None if there is neither.
    """
    loads = [one | {"is_open": one["state"] in OPEN} for one in sources if one["state"] is not None]
    recent = [load for load in loads if load["is_open"] or now - load["started_at"] < RECENT]
    if not recent:
        return None
    newest = max(recent, key=lambda load: (load["is_open"], load["started_at"]))
    return newest | {"log": log(newest["run_id"], newest["state"], is_planned=newest["first_day"] is not None)}


def log(run_id: str, state: str, *, is_planned: bool) -> str | None:
    """The page of Airflow that tells why a load is as it is: the task that left it so, of the run that it was part of.

    Which of the mapped tasks fetched it, the ledger does not say; their list names the clients of each. None if no DAG
    made the load.
    """
    dag, slash, run = run_id.partition("/")
    if not slash:
        return None
    task = {"rejected": "audit", "staged": "audit", "published": "publish"}.get(state, "fetch/mapped")
    if not is_planned:
        task = "preflight" if dag == "backfill_client" else "plan"
    return f"/dags/{quote(dag, safe='')}/runs/{quote(run, safe='')}/tasks/{task}"


def docs(run_id: str) -> str:
    """The Data Docs of the run's audit, below the board's address."""
    return f"/data-docs/{quote(data_docs.name(run_id), safe='')}/index.html"
