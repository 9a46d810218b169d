"""What should have happened and did not. A run that never started cannot fail, so this has to be checked.

A source is late two hours after the daily runs were due, if nothing is published yet that reaches to the day before.
That holds whatever the cause: a paused DAG, a scheduler that is down, a token that is dead, a run that hangs.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from smm.clients import Client, Clients
from smm.files import periods
from smm.loading import missed, plan
from smm.loading.dags import Dag, paused
from smm.sources import NAMES
from smm.warehouse import Connection, run

DUE = time(5)  # UTC: the schedule of ingest_*
GRACE = timedelta(hours=2)
JUDGED = timedelta(hours=26)  # report_targets judges hourly; a night of maintenance is no alarm


def late(warehouse: Connection, found: Clients, as_of: datetime) -> list[str]:
    """One line for each source, client file and later step that is behind; ``as_of`` in UTC. Empty = all is well."""
    tried = {(row["client"], row["network"]): row for row in run(warehouse, "housekeeping/reached.sql")}
    lines = [f"{client}: its file has mistakes, so it is not loaded: run make check" for client in found.refused]
    active = [client for client in found.by_id.values() if is_active(client, _asked_for(client, as_of))]
    for client in active:
        for network in client.sources:
            day = _asked_for(client, as_of)
            row = tried.get((client.id, network))
            if row is None or row["first_at"] < _due(as_of):  # else no daily run has had to load it yet
                lines += [f"{client.id}: {network} {text}" for text in _behind(row, day)]
    lines += _stuck(warehouse, active, as_of)
    for row in run(warehouse, "housekeeping/unbuilt.sql", {"until": as_of - GRACE}):
        what = f"what was published of {counted(row['clients'])} since {_moment(row['since'])} is in no KPI yet"
        lines.append(f"{what}: is build_kpis switched on, and did its last run succeed?")
    judged_of = [client.id for client in active if client.targets or client.file.plans]
    (row,) = run(warehouse, "housekeeping/judged.sql", {"clients": judged_of})
    if row["judged_at"] and row["judged_at"] < as_of - JUDGED:
        what = f"no target was judged since {_moment(row['judged_at'])}"
        lines.append(f"{what}: is report_targets switched on, and did its last run succeed?")
    elif row["published_at"] and not row["is_asked"] and row["published_at"] < as_of - JUDGED:
        what = f"no target was ever judged, though there are numbers since {_moment(row['published_at'])}"
        lines.append(f"{what}: report_targets has never run; is it switched on?")
    return sorted(lines)


def _stuck(warehouse: Connection, found: Iterable[Client], as_of: datetime) -> Iterator[str]:
    """Days that are bad again and again, until their month is final: afterwards the board alone has them."""
    windows = {source: plan.daily(found, source, as_of, None, None) for source in NAMES}
    for source, of_source in windows.items():
        for slot, bad in missed.waiting(warehouse, source, of_source):
            if periods.end("month", bad.day) + plan.SETTLES >= as_of.date():
                why = (bad.reason or "").partition("\n")[0]
                text = f"{slot['network']} of {bad.day} could not be loaded in {bad.alone} tries, and is tried again on"
                yield f"{slot['client']}: {text} {bad.due}: {why}"


def switched_off(known: Iterable[Dag], found: Clients) -> list[str]:
    """One line for each DAG that is paused though these clients need it."""
    sources = {entry.source for client in found.by_id.values() for entry in client.sources.values()}
    return [f"{name} is paused, so it does not run: switch it on in Airflow" for name in paused([*known], sources)]


def is_active(client: Client, day: date) -> bool:
    """Whether work was done for this client on this day: it had not ended, and was not paused."""
    first, last = client.file.paused or (date.max, date.min)
    return not (client.file.ended and client.file.ended < day) and not first <= day <= last


def _asked_for(client: Client, as_of: datetime) -> date:
    """The day up to which the daily run has loaded that was due last: the day before it, in the client's zone."""
    return _due(as_of).astimezone(client.zone).date() - timedelta(days=1)


def _due(as_of: datetime) -> datetime:
    """When the last daily run was due that has had its time."""
    due = datetime.combine((as_of - GRACE).date(), DUE, as_of.tzinfo)
    return due if due <= as_of - GRACE else due - timedelta(days=1)


def _behind(tried: dict[str, Any] | None, day: date) -> Iterator[str]:
    if tried is None:
        yield "was never loaded: run backfill_client for it"
    elif tried["reached"] is None or tried["reached"] < day:
        since = f"is known up to {tried['reached']} only" if tried["reached"] else "was never published"
        last = f"the last attempt, {_moment(tried['tried_at'])}, "
        match tried["state"]:
            case "published":
                yield f"{since}; {last}went well: is its ingest DAG switched on, does the scheduler run?"
            case "planned":
                yield f"{since}; {last}has not begun: it waits, or its task was killed, or its run was ended"
            case "fetching" | "staged":
                yield f"{since}; {last}has not ended: look at its run"
            case state:
                yield f"{since}; {last}{state}: {(tried['reason'] or '').partition(chr(10))[0]}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def counted(clients: int) -> str:
    """1 client · 2 clients"""
    return f"{clients} client{'' if clients == 1 else 's'}"
