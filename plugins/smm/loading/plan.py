"""What a run has to load: slots of client x source x days, in batches, one mapped task each."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import TypedDict

from smm import catalogue, clients, roster
from smm.clients import Client, Clients
from smm.files import periods
from smm.loading import archive, ledger
from smm.loading.ledger import Slot
from smm.project import client_ids
from smm.sources import NAMES, named
from smm.warehouse import Connection

log = logging.getLogger(__name__)

MOST_BATCHES = 24  # a task instance costs 0.3 CPU seconds whatever it does: tens per run, never thousands
SETTLES = timedelta(days=14)  # after a month's end its numbers are final: until then a client that has ended is loaded


class Batch(TypedDict):
    label: str
    slots: list[Slot]


@dataclass(frozen=True)
class Days:
    first: date
    last: date


def prepare(
    warehouse: Connection, run_id: str, sources: Iterable[str], only: Sequence[str] | None
) -> dict[str, Client]:
    """Read the files, put them into the warehouse, and tell the ledger of each client that was refused.

    Raises NoArchive, before any service is asked: its answers would be stored in the wrong place.
    """
    archive.check()
    ledger.forget_refused(warehouse, run_id)  # by an earlier try: what it named may be fixed
    _, found = roster.bring(warehouse, _there(only))
    served = _told(warehouse, run_id, found, sources, only)
    warehouse.commit()
    return served


def read(warehouse: Connection, run_id: str, sources: Iterable[str], only: Sequence[str] | None) -> dict[str, Client]:
    """The clients whose files are in order, as `prepare` of this run has brought them, or as they are since."""
    found = roster.servable(warehouse, clients.read(catalogue.read(), only=_there(only)))
    return _told(warehouse, run_id, found, sources, only)


def _there(only: Sequence[str] | None) -> list[str] | None:
    there = client_ids()
    return None if only is None else [name for name in only if name in there]


def _told(
    warehouse: Connection, run_id: str, found: Clients, sources: Iterable[str], only: Sequence[str] | None
) -> dict[str, Client]:
    """The clients whose files are in order; the ledger gets a line for each that is broken, or named and gone."""
    there = client_ids()
    reasons = {name: str(mistakes) for name, mistakes in found.refused.items()}
    reasons |= {name: f"the file {name}.yml no longer exists" for name in only or () if name not in there}
    for client, reason in reasons.items():
        for source in sources:
            ledger.refuse(warehouse, run_id, source, client, reason)
    return found.by_id


def daily(
    found: Iterable[Client], source: str, run_after: datetime, first_day: date | None, last_day: date | None
) -> list[Slot]:
    """The reload window of every client's sources of this kind, ending yesterday in the client's own zone."""
    slots = []
    for client in found:
        yesterday = _yesterday(client, run_after)
        last = min(last_day or yesterday, yesterday)  # a day that is not over is not known
        first = first_day or last - timedelta(days=named(source).reload_days - 1)
        settled = _settled(client)
        if first > last or (settled is not None and settled < first):
            continue
        slots += [
            _slot(source, client, network, Days(first, last))
            for network, entry in client.sources.items()
            if entry.source == source
        ]
    return slots


def history(
    found: Iterable[Client],
    sources: Sequence[str] | None,
    run_after: datetime,
    first_month: date,
    last_month: date,
    from_archive: bool,
) -> list[Slot]:
    """All days of these months up to yesterday, newest first, in stretches as wide as the services take.

    Months before the client's work began belong to it: they are what growth is counted from.
    """
    slots = []
    for client in found:
        over = [periods.end("month", last_month), _yesterday(client, run_after)]
        if (settled := _settled(client)) is not None:
            over.append(settled)
        whole = Days(first_month, min(over))
        if whole.first > whole.last:
            continue
        for network, entry in client.sources.items():
            if sources is not None and entry.source not in sources:
                continue
            if from_archive:
                slots += _archived(entry.source, client, network, whole)
            else:
                stretches = _stretches(whole, entry.of.months_per_load)
                slots += [_slot(entry.source, client, network, days) for days in stretches]
    return slots


def batches(slots: Iterable[Slot], found: dict[str, Client]) -> list[Batch]:
    """Slots in at most about MOST_BATCHES batches; what shares a token is kept together, one after another."""
    groups: dict[tuple[str, str], list[Slot]] = {}
    for slot in slots:
        entry = found[slot["client"]].sources[slot["network"]]
        shared = entry.connection if entry.of.one_by_one else slot["client"]
        groups.setdefault((slot["source"], shared or slot["client"]), []).append(slot)
    per_batch = max(1, ceil(len(groups) / MOST_BATCHES))
    result: list[Batch] = []
    for source in NAMES:
        of_source = [group for (kind, _), group in groups.items() if kind == source]
        for start in range(0, len(of_source), per_batch):
            together = [slot for group in of_source[start : start + per_batch] for slot in group]
            result.append({"label": _label(source, together), "slots": together})
    return result


def tell(warehouse: Connection, run_id: str, batches: Sequence[Batch]) -> None:
    """Note in the ledger what is planned, and log a line for each batch: whose days, and which."""
    ledger.plan(warehouse, run_id, [batch["slots"] for batch in batches])
    for batch in batches:
        firsts, lasts = ([slot[key] for slot in batch["slots"]] for key in ("first_day", "last_day"))
        log.info("%s: %s slot(s), %s..%s", batch["label"], len(batch["slots"]), min(firsts), max(lasts))


def _label(source: str, slots: list[Slot]) -> str:
    ids = sorted({slot["client"] for slot in slots})
    shown = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
    return f"{source}: {shown}"


def _slot(source: str, client: Client, network: str, days: Days, archived: str | None = None) -> Slot:
    return {
        "source": source,
        "client": client.id,
        "network": network,
        "first_day": days.first.isoformat(),
        "last_day": days.last.isoformat(),
        "archived": archived,
    }


def _archived(source: str, client: Client, network: str, days: Days) -> list[Slot]:
    """The archived loads to read again, oldest first: those of these days, and all later ones over the days of those.

    Without the later ones, days beside the asked ones would fall back to what an earlier load said of them.
    """
    loads = [load for load in archive.published(source, client.id) if load.job.network == network]
    if named(source).is_whole and loads:  # each of those is whole, and known on the days of all of them
        known = Days(min(load.job.first_day for load in loads), max(load.job.last_day for load in loads))
        return [_slot(source, client, network, known, loads[-1].manifest["load_id"])]
    taken = []
    spans = [days]
    for load in loads:
        if any(load.job.first_day <= span.last and load.job.last_day >= span.first for span in spans):
            taken.append(load)
            spans.append(Days(load.job.first_day, load.job.last_day))
    return [
        _slot(source, client, network, Days(load.job.first_day, load.job.last_day), load.manifest["load_id"])
        for load in taken
    ]


def _yesterday(client: Client, run_after: datetime) -> date:
    return run_after.astimezone(client.zone).date() - timedelta(days=1)


def _settled(client: Client) -> date | None:
    """The day on which the last month of a client that has ended is final."""
    return periods.end("month", client.file.ended) + SETTLES if client.file.ended else None


def _stretches(whole: Days, at_once: int | None) -> list[Days]:
    """Whole months, ``at_once`` of them at a time (None = all), newest first."""
    if at_once is None:
        return [whole]
    months = list(periods.touched("month", whole.first, whole.last))
    stretches = []
    for end in range(len(months), 0, -at_once):
        part = months[max(0, end - at_once) : end]
        stretches.append(Days(max(part[0], whole.first), min(periods.end("month", part[-1]), whole.last)))
    return stretches
