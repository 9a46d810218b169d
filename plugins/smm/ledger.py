"""The ledger core.load: what every attempt to load came to. It is the channel between tasks."""

import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypedDict

from smm.warehouse import Connection

Load = dict[str, Any]  # a row of core.load


class Slot(TypedDict):
    """One client's source and the days to load; JSON, for it travels to the mapped task."""

    source: str
    client: str
    network: str  # the source's name in the client's file
    first_day: str
    last_day: str  # included
    archived: str | None  # the archived load to read instead of asking


_SLOT = """client = %(client)s and run_id = %(run_id)s and source = %(source)s and network = %(network)s
    and first_day = %(first_day)s and last_day = %(last_day)s and reread_of is not distinct from %(archived)s"""


def begin(warehouse: Connection, run_id: str, slot: Slot) -> Load | None:
    """A new row, state ``fetching``, committed; None if this run has staged this slot already.

    What an earlier try of the same run left behind in ``fetching`` was interrupted, and is told as failed.
    """
    # the id sorts by time, in the ledger and in the archive
    load_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    values = {**slot, "run_id": run_id, "load_id": load_id}
    if warehouse.execute(f"select from core.load where {_SLOT} and state = 'staged'", values).fetchone() is not None:
        return None
    warehouse.execute(
        f"""update core.load set state = 'failed', reason = 'interrupted', is_transient = true,
        finished_at = clock_timestamp() where {_SLOT} and state = 'fetching'""",
        values,
    )
    row = warehouse.execute(
        """insert into core.load (
            client, load_id, run_id, source, network, first_day, last_day, reread_of, state
        ) values (
            %(client)s, %(load_id)s, %(run_id)s, %(source)s, %(network)s,
            %(first_day)s, %(last_day)s, %(archived)s, 'fetching'
        ) returning *""",
        values,
    ).fetchone()
    warehouse.commit()
    return row


def end(warehouse: Connection, load: Load, state: str, **facts: Any) -> None:
    """Write how the load stands now: its state, and facts such as rows, requests, health, reason."""
    if "health" in facts:
        facts["health"] = json.dumps(facts["health"], default=str)
    values = {"state": state, **facts}
    assignments = ", ".join(f"{name} = %({name})s" for name in values)
    finished = "" if state == "staged" else ", finished_at = clock_timestamp()"
    warehouse.execute(
        f"update core.load set {assignments}{finished} where client = %(client)s and load_id = %(load_id)s",
        values | {"client": load["client"], "load_id": load["load_id"]},
    )


def refuse(warehouse: Connection, run_id: str, source: str, client: str, reason: str) -> None:
    """A client that could not even be planned, told once per run."""
    told = "select from core.load where client = %s and run_id = %s and source = %s and reason = %s"
    if warehouse.execute(told, [client, run_id, source, reason]).fetchone() is not None:
        return
    warehouse.execute(
        """insert into core.load (client, load_id, run_id, source, network, state, reason, finished_at)
        values (%s, %s, %s, %s, %s, 'failed', %s, clock_timestamp())""",
        [client, f"refused-{secrets.token_hex(6)}", run_id, source, source, reason],
    )


def of_run(warehouse: Connection, run_id: str, *states: str) -> list[Load]:
    """The newest load of each slot of this run, in these states (all of them if none is given)."""
    rows = warehouse.execute(
        """select distinct on (client, source, network, first_day, last_day, reread_of) * from core.load
        where run_id = %s
        order by client, source, network, first_day, last_day, reread_of, started_at desc, load_id desc""",
        [run_id],
    ).fetchall()
    return [row for row in rows if not states or row["state"] in states]


def told(loads: Iterable[Load]) -> str:
    """Loads in words for a log or an error: one line each, with the reason."""
    return "\n".join(
        f"{load['client']}: {load['network']} {load['first_day'] or ''}..{load['last_day'] or ''} {load['state']}:"
        f" {load['reason'] or 'no reason was written; see the log of the task'}"
        for load in loads
    )
