"""The ledger core.load: what every attempt to load came to. It is the channel between tasks.

A planned load is a row of ledger.slot until its turn comes, so that loads that never begin are named as well.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypedDict

from smm.sources import Transient
from smm.warehouse import Connection, lock, run

Load = dict[str, Any]  # a row of core.load


class Slot(TypedDict):
    """One client's source and the days to load; JSON, for it travels to the mapped task."""

    source: str
    client: str
    network: str  # the source's name in the client's file
    first_day: str
    last_day: str  # included
    archived: str | None  # the archived load to read instead of asking


def plan(warehouse: Connection, run_id: str, batches: Sequence[Iterable[Slot]]) -> None:
    """Note what this run is to load, by the task that will: in place of what an earlier try has planned."""
    slots = [{**slot, "batch": batch} for batch, of_batch in enumerate(batches) for slot in of_batch]
    run(warehouse, "ledger/plan.sql", {"run_id": run_id, "slots": json.dumps(slots)})


def planned(warehouse: Connection, before: datetime) -> list[str]:
    """The runs that have planned before this moment what has not begun."""
    query = "select distinct run_id from ledger.slot where planned_at < %s order by run_id"
    return [row["run_id"] for row in warehouse.execute(query, [before])]


def give_up(warehouse: Connection, run_id: str, why: Callable[[int], str]) -> list[Load]:
    """Tell as failed what this run, which is over, has planned and never begun; ``why`` by batch."""
    query = "select distinct batch from ledger.slot where run_id = %s"
    reasons = {row["batch"]: why(row["batch"]) for row in warehouse.execute(query, [run_id])}
    facts = {"run_id": run_id, "batches": list(reasons), "reasons": list(reasons.values())}
    return run(warehouse, "ledger/give_up.sql", facts)


def begin(warehouse: Connection, run_id: str, slot: Slot) -> Load | None:
    """A new row, state ``fetching``, committed; None if this run has staged this slot already.

    A load that an earlier try of the same run left in ``fetching`` was interrupted, and is marked as failed.
    """
    # the id sorts by time, in the ledger and in the archive
    load_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    rows = run(warehouse, "ledger/begin.sql", {**slot, "run_id": run_id, "load_id": load_id})
    warehouse.commit()
    return rows[0] if rows else None


def end(
    warehouse: Connection,
    load: Load,
    state: str,
    *,
    rows: int | None = None,
    requests: int | None = None,
    health: Mapping[str, Any] | None = None,
    reason: str | None = None,
    code: str | None = None,
    is_transient: bool = False,
    as_of: datetime | None = None,
) -> None:
    """Write the load's state; the counts, the health and the age that are not given stay as they were.

    Raises Transient if it is to be staged, and another try of its run has taken it for dead and started again.
    """
    facts = {
        "state": state,
        "rows": rows,
        "requests": requests,
        "health": None if health is None else json.dumps(health, default=str),
        "reason": reason,
        "code": code,
        "is_transient": is_transient,
        "as_of": as_of,
    }
    ended = run(warehouse, "ledger/end.sql", {"client": load["client"], "load_id": load["load_id"], **facts})
    if state == "staged" and not ended:
        raise Transient("another try of this run has started to load these days again")


def confirm(warehouse: Connection, load: Load, digest: str) -> bool:
    """Take back a load whose answers are published already: the load that published them covers its days too.

    False if they are not, or another load of the same source is under way; then nothing is changed.
    """
    lock(warehouse, "publish", load["source"], load["client"])  # what is being published now is not published yet
    return bool(run(warehouse, "ledger/confirm.sql", {**load, "digest": digest}))


def state(warehouse: Connection, load: Load) -> str:
    """The load's state now."""
    query = "select state from core.load where client = %(client)s and load_id = %(load_id)s"
    row = warehouse.execute(query, load).fetchone()
    return str(row["state"]) if row else "gone"


def refuse(
    warehouse: Connection, run_id: str, source: str, client: str, reason: str, network: str | None = None
) -> None:
    """A client that could not even be planned, or one of its networks, recorded once per run."""
    load_id = f"refused-{secrets.token_hex(6)}"
    facts = {"client": client, "load_id": load_id, "run_id": run_id, "source": source, "reason": reason}
    run(warehouse, "ledger/refuse.sql", facts | {"network": network or source})


def forget_refused(warehouse: Connection, run_id: str) -> None:
    """Another try of this run plans again."""
    run(warehouse, "ledger/forget_refused.sql", {"run_id": run_id})


def refused(warehouse: Connection, run_id: str) -> list[Load]:
    """What this run could not even plan."""
    return [load for load in of_run(warehouse, run_id, "failed") if load["first_day"] is None]


def unpublished(warehouse: Connection, run_id: str, slots: Iterable[Slot]) -> list[Slot]:
    """Those of the slots that this run has not published; last those in which an earlier try was killed.

    What kills its worker, because it needs too much memory, say, would else keep the others from ever being loaded.
    """
    states = {_key(load): load["state"] for load in of_run(warehouse, run_id)}
    left = [slot for slot in slots if states.get(_key(slot)) != "published"]
    return sorted(left, key=lambda slot: states.get(_key(slot)) == "fetching")


def _key(slot: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a slot and its loads have in common within a run."""
    archived = slot["archived"] if "archived" in slot else slot["reread_of"]
    return slot["client"], slot["network"], str(slot["first_day"]), str(slot["last_day"]), archived


def is_questioned(warehouse: Connection, client: str, network: str) -> bool:
    """Whether the newest load of this network was refused because its source is not what it was."""
    query = (
        "select code from core.load where client = %s and network = %s order by started_at desc, load_id desc limit 1"
    )
    row = warehouse.execute(query, (client, network)).fetchone()
    return row is not None and row["code"] == "identity_changed"


def of_run(warehouse: Connection, run_id: str, *states: str) -> list[Load]:
    """The newest load of each slot of this run, in these states (all of them if none is given)."""
    rows = run(warehouse, "ledger/of_run.sql", {"run_id": run_id})
    return [row for row in rows if not states or row["state"] in states]


def told(loads: Iterable[Load]) -> str:
    """Loads in words for a log or an error: one line each, with the reason; loads with the same reason share a line."""
    networks: dict[tuple[str, str], list[str]] = {}
    for load in loads:
        days = f" {load['first_day']}..{load['last_day']}" if load["first_day"] else ""
        said = f"{load['state']}: {load['reason'] or 'no reason was written; see the log of the task'}"
        networks.setdefault((load["client"], said), []).append(f"{load['network']}{days}")
    return "\n".join(f"{client}: {', '.join(names)} {said}" for (client, said), names in networks.items())
