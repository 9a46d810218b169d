"""Fetching: ask a source, archive each answer as it comes, read it, COPY it to staging, keep the ledger.

Each slot succeeds or fails alone. Rows of a load become visible in one transaction, together with its state
``staged``: a killed worker leaves a row in ``fetching`` and nothing else.
"""

import logging
import traceback
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from smm import access, archive, catalogue, clients, ledger, sources, warehouse
from smm.ledger import Load, Slot
from smm.sources import Answer, Health, Identity, Job, Known, Rows, SourceError

log = logging.getLogger(__name__)

UNTOLD_WAIT = timedelta(hours=1)  # for a quota, if the service does not say how long
EVENT_ANSWERS = ("events", "event_totals")  # of GA4, about the events that the client's file names


def fetch(run_id: str, slots: Iterable[Slot]) -> list[Load]:
    """Load every slot of a batch; returns the ledger's rows of those that failed."""
    slots = list(slots)
    found = clients.read(catalogue.read(), only=[slot["client"] for slot in slots]).by_id
    failed = []
    for position, slot in enumerate(slots, 1):
        where = f"{position}/{len(slots)} {slot['client']}: {slot['network']} {slot['first_day']}..{slot['last_day']}"
        with warehouse.connection() as connection:
            load = ledger.begin(connection, run_id, slot)
        if load is None:
            log.info("%s was staged by an earlier try", where)
            continue
        client = found.get(slot["client"])
        try:
            if client is None:
                raise sources.BadInput("the client's file was changed during the run and is not in order any more")
            rows, requests = _stage(job(client, slot), slot, load)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is this client's alone)
            failed.append(load | _failure(load, error))
            log.error("%s failed: %s", where, failed[-1]["reason"])  # noqa: TRY400  (the text is ours; see _failure)
        else:
            log.info("%s staged %s rows of %s requests", where, rows, requests)
    return failed


def job(client: clients.Client, slot: Slot) -> Job:
    """What the source has to know of a slot."""
    file = client.file
    events = [origin.partition(".")[2] for origin in file.leads.values() if origin.startswith(f"{slot['network']}.")]
    social = {name for name, is_social in catalogue.read().networks.names().items() if is_social}
    named = {*client.sources, *(target.network for target in client.targets)}
    return Job(
        client=client.id,
        network=slot["network"],
        options=client.sources[slot["network"]].model_dump(exclude_none=True),
        time_zone=file.time_zone,
        currency=file.currency,
        first_day=date.fromisoformat(slot["first_day"]),
        last_day=date.fromisoformat(slot["last_day"]),
        events=tuple(sorted(events)),
        networks=tuple(sorted(named if slot["source"] == "figures" else social & named)),
    )


def _stage(work: Job, slot: Slot, load: Load) -> tuple[int, int]:
    """Returns how many rows were staged, of how many requests."""
    source = sources.module(slot["source"])
    stored = archive.stored(slot["source"], slot["client"], slot["archived"]) if slot["archived"] else None
    # answers about other events than the client's file names now make nothing known of those
    is_of_other_events = stored is not None and stored.job.events != work.events
    rows, requests = 0, 0
    health: dict[str, Any] = {}
    known: list[Known] = []
    folder = archive.Folder(slot["source"], work, load["load_id"], load["run_id"])
    with warehouse.connection() as connection:
        for answer in stored.answers() if stored else _answers(source, work):
            if is_of_other_events and answer.name in EVENT_ANSWERS:
                continue
            if not slot["archived"]:  # else it is there already
                folder.add(answer)
                requests += answer.requests
            for part in source.read(work, [answer]):
                match part:
                    case Rows():
                        rows += _copy(connection, source, load, part)
                    case Known():
                        known.append(part)
                    case Health():
                        health |= part.facts
                    case Identity():
                        if not slot["archived"]:  # it was accepted when it was loaded
                            _recognise(connection, load, part.facts)
                        health["identity"] = health.get("identity", {}) | part.facts
        _copy_known(connection, load, known)
        if not slot["archived"]:
            folder.close(load["started_at"])
        ledger.end(connection, load, "staged", rows=rows, requests=requests, health=health)
    return rows, requests


def _answers(source: Any, work: Job) -> Iterator[Answer]:
    with access.opened(work.options.get("connection")) as given:
        yield from source.ask(work, given)


def _recognise(connection: warehouse.Connection, load: Load, facts: dict[str, str]) -> None:
    """Raises Refused if the source is not what it was: its days before and after would not fit together."""
    query = "select facts from core.identity where client = %(client)s and network = %(network)s"
    row = connection.execute(query, load).fetchone()
    before = row["facts"] if row else {}
    changed = [
        f"{name} {before[name]}, now {found}" for name, found in facts.items() if before.get(name, found) != found
    ]
    if changed:
        client, network = load["client"], load["network"]
        raise sources.Refused(
            f"{network} was {' and '.join(changed)}: days before and after would not fit together. If that is right,"
            f" run `python -m smm accept {client} {network}` and clear this task; else put back what was changed"
        )


def _copy(connection: warehouse.Connection, source: Any, load: Load, part: Rows) -> int:
    owner = (load["client"], load["load_id"])
    columns = ("client", "load_id", *source.RELATIONS[part.relation])
    return warehouse.copy(connection, f"staging.{part.relation}", columns, ((*owner, *row) for row in part.rows))


def _copy_known(connection: warehouse.Connection, load: Load, known: list[Known]) -> None:
    owner = (load["client"], load["load_id"])
    columns = ("client", "load_id", "report", "first_day", "last_day", "state", "reason", "without")
    rows = (
        (*owner, part.report, part.first_day, part.last_day, part.state, part.reason, list(part.without))
        for part in known
    )
    warehouse.copy(connection, "staging.coverage", columns, rows)


def _failure(load: Load, error: Exception) -> dict[str, Any]:
    """Write to the ledger why a load failed. ``wait``: after which the service's quota gives more."""
    reason, is_transient = explained(error)
    with warehouse.connection() as connection:
        ledger.end(connection, load, "failed", reason=reason, is_transient=is_transient)
    wait = (error.wait or UNTOLD_WAIT) if isinstance(error, sources.QuotaSpent) else None
    told = {"state": "failed", "reason": reason, "is_transient": is_transient, "wait": wait}
    return told | {"finished_at": datetime.now(UTC)}


def explained(error: Exception) -> tuple[str, bool]:
    """Why a source failed, in words that are known to hold no secret, and whether another try may help soon."""
    match error:
        case SourceError():
            reason, is_transient = str(error), error.is_transient
        case psycopg.OperationalError():
            reason, is_transient = "the warehouse cannot be reached", True
        case psycopg.Error():
            what = error.diag.message_primary or type(error).__name__  # psycopg itself refuses a NUL, say
            reason, is_transient = f"the warehouse refused a row: {what}", False
        case _:
            # a stranger's text may quote a request, token and all
            frame = traceback.extract_tb(error.__traceback__)[-1]
            reason = f"unexpected {type(error).__name__} in {frame.name} ({frame.filename}:{frame.lineno})"
            is_transient = False
            log.error("".join(traceback.format_tb(error.__traceback__)))
    return reason, is_transient
