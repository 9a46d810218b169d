"""Fetching: ask a source, archive each answer as it comes, read it, COPY it to staging, keep the ledger.

Each slot succeeds or fails alone. Rows of a load become visible in one transaction, together with its state
``staged``: a killed worker leaves a row in ``fetching`` and nothing else.
"""

import logging
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from smm import catalogue, clients, facts, sources, warehouse
from smm.files import zones
from smm.files.checked import Mistakes
from smm.loading import access, archive, ledger, unchanged
from smm.loading.ledger import Load, Slot
from smm.project import NoClientsFolder, clients_folder
from smm.sources import Answer, Health, Identity, Job, Known, Rows, Source, SourceError

log = logging.getLogger(__name__)

UNTOLD_WAIT = timedelta(hours=1)  # for a quota, if the service does not say how long
GONE = "the archive no longer has this load: start backfill_client again"


class Changed(sources.Refused):
    """A source is not what it was; a person may accept that."""


CODES = {Changed: "identity_changed", sources.QuotaSpent: "quota_spent"}  # of what other code asks for


def fetch(run_id: str, slots: Iterable[Slot]) -> list[Load]:
    """Load every slot of a batch; returns the ledger's rows of those that failed."""
    slots = list(slots)
    failed = []
    for position, slot in enumerate(slots, 1):
        where = f"{position}/{len(slots)} {slot['client']}: {slot['network']} {slot['first_day']}..{slot['last_day']}"
        with warehouse.connection() as connection:
            load = ledger.begin(connection, run_id, slot)
            identity = _identities(connection, slot["client"]).get(slot["network"], {})
        if load is None:
            log.info("%s was staged by an earlier try", where)
            continue
        try:
            stored = _stored(slot)
            work = replace(job(_client(slot["client"]), slot, stored), identity=identity)
            staged = _stage(work, load, stored)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is this client's alone)
            failed.append(load | _failure(load, error))
            log.error("%s failed: %s", where, failed[-1]["reason"])  # noqa: TRY400  (the text is ours; see _failure)
        else:
            if staged is None:
                log.info("%s is published as it is", where)
            else:
                log.info("%s staged %s rows of %s requests", where, *staged)
    return failed


def _client(name: str) -> clients.Client:
    """The client as its file is now: the plan may be hours old. Raises BadInput if it is gone, Mistakes."""
    try:
        return clients.one(catalogue.read(), name)
    except clients.UnknownClient:
        place = clients_folder()
        raise sources.BadInput(f"{name}.yml was removed from {place} after the run was planned: put it back") from None


def job(client: clients.Client, slot: Slot, stored: archive.Stored | None = None) -> Job:
    """What the source has to know of a slot; of answers in the archive, what they were asked for with.

    Raises BadInput if the client's file does not name the source any more.
    """
    if slot["network"] not in client.sources:
        raise sources.BadInput(f"the client's file was changed during the run and no longer names {slot['network']}")
    asked = client.job(slot["network"], date.fromisoformat(slot["first_day"]), date.fromisoformat(slot["last_day"]))
    if stored is None:
        return asked
    before = stored.job
    return replace(
        asked, options=before.options, currency=before.currency, language=before.language or client.file.language
    )


def _stored(slot: Slot) -> archive.Stored | None:
    """The archived load to read again; None if its source is to be asked. Raises BadInput if it is gone."""
    if slot["archived"] is None:
        return None
    try:
        return archive.stored(slot["source"], slot["client"], slot["archived"])
    except FileNotFoundError as error:  # housekeeping has overtaken this run
        raise sources.BadInput(GONE) from error


def _stage(work: Job, load: Load, stored: archive.Stored | None) -> tuple[int, int] | None:
    """Returns how many rows were staged, of how many requests; None if there is nothing that is not published."""
    source = sources.named(load["source"])
    answers: Iterable[Answer] = _answers(source, work, stored)
    # answers about other events than the client's file names now make nothing known of those
    is_of_other_events = stored is not None and stored.job.events != work.events
    rows, requests = 0, 0
    health: dict[str, Any] = {}
    known: list[Known] = []
    if not source.has_days:
        answers = list(answers)
        health["digest"] = unchanged.digest(work, answers)
        if not stored and unchanged.is_published(load, health["digest"]):
            return None
    folder = archive.Folder(load["source"], work, load["load_id"], load["run_id"])
    with warehouse.connection() as connection:
        for answer in answers:
            if is_of_other_events and answer.name in source.event_answers:
                continue
            if not stored:  # else it is there already
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
                        if not stored:  # else it was accepted when it was loaded
                            _recognise(connection, source, load, part.facts)
                        health["identity"] = health.get("identity", {}) | part.facts
        _copy_known(connection, source, load, known)
        if not stored:
            folder.close(load["started_at"])
        as_of = datetime.fromisoformat(stored.manifest["started_at"]) if stored else None
        ledger.end(connection, load, "staged", rows=rows, requests=requests, health=health, as_of=as_of)
    return rows, requests


def _answers(source: Source, work: Job, stored: archive.Stored | None) -> Iterator[Answer]:
    if stored is None:
        with access.opened(work.options.get("connection")) as given:
            yield from source.ask(work, given)
        return
    try:
        yield from stored.answers()
    except FileNotFoundError as error:
        raise sources.BadInput(GONE) from error


def _recognise(connection: warehouse.Connection, source: Source, load: Load, facts: dict[str, str]) -> None:
    """Raises Refused if the source is not what it was, or is known under another name of this client."""
    known = _identities(connection, load["client"])
    client, network = load["client"], load["network"]
    before = known.pop(network, {})
    changed = {
        name: f"{name} {before[name]}, now {found}"
        for name, found in facts.items()
        if before.get(name, found) != found and not (name == "time_zone" and zones.alike(before[name], found))
    }
    if source.identity in changed and not source.may_change:
        raise sources.Refused(
            f"{network} was {changed[source.identity]}: two histories would be mixed under one name. Give the new one"
            f" a name of its own, or run `python -m smm forget {client} {network}` and backfill it; else put it back"
        )
    if changed:
        raise Changed(
            f"{network} was {' and '.join(changed.values())}: days before and after would not fit together. If that is"
            f" right, run `python -m smm accept {client} {network}` and load these days again; else put back what was"
            " changed"
        )
    numbers = {(name, facts[name]) for name in [source.identity] if name in facts}
    for other, theirs in known.items():
        for name, number in numbers & theirs.items():
            raise sources.Refused(
                f"{network} is {name} {number}, whose history is stored under {other}: keep the name {other}, or run"
                f" `python -m smm forget {client} {other}` first"
            )


def _identities(connection: warehouse.Connection, client: str) -> dict[str, dict[str, str]]:
    """What the client's sources are, by network."""
    query = "select network, facts from core.identity where client = %s"
    return {row["network"]: row["facts"] for row in connection.execute(query, [client])}


def _copy(connection: warehouse.Connection, source: Source, load: Load, part: Rows) -> int:
    """Raises SourceError for rows of a kind that the source does not fill: they would never be published."""
    if part.relation not in (filled := facts.relations(source.kinds)):
        text = f"no relation {part.relation!r}; there are {', '.join(filled)}"
        raise SourceError(f"smm/sources/{source.name}/reading.py gives rows of {text}")
    owner = (load["client"], load["load_id"])
    columns = ("client", "load_id", *(part.columns or facts.COLUMNS[part.relation]))
    return warehouse.copy(connection, f"staging.{part.relation}", columns, part.rows, owner)


def _copy_known(connection: warehouse.Connection, source: Source, load: Load, known: list[Known]) -> None:
    """Raises BadInput for a report that the source does not give: its days would never be used."""
    reports = {given.report for given in source.gives}
    strange = sorted({part.report for part in known if part.report.partition(".")[0] not in reports})
    if strange and not source.is_whole:
        raise sources.BadInput(
            f"{source.title} gave days of the report {strange[0]!r}, which is not in its `gives`; there are"
            f" {', '.join(sorted(reports))}"
        )
    owner = (load["client"], load["load_id"])
    columns = ("client", "load_id", "report", "first_day", "last_day", "state", "reason", "without")
    rows = ((part.report, part.first_day, part.last_day, part.state, part.reason, list(part.without)) for part in known)
    warehouse.copy(connection, "staging.coverage", columns, rows, owner)


def _failure(load: Load, error: Exception) -> dict[str, Any]:
    """Write to the ledger why a load failed. ``wait``: after which the service's quota gives more."""
    reason, is_transient = explained(error)
    code = next((code for kind, code in CODES.items() if isinstance(error, kind)), None)
    with warehouse.connection() as connection:
        ledger.end(connection, load, "failed", reason=reason, code=code, is_transient=is_transient)
    wait = (error.wait or UNTOLD_WAIT) if isinstance(error, sources.QuotaSpent) else None
    told = {"state": "failed", "reason": reason, "is_transient": is_transient, "wait": wait}
    return told | {"finished_at": datetime.now(UTC)}


def explained(error: Exception) -> tuple[str, bool]:
    """Why a source failed, in words that are known to hold no secret, and whether another try may help soon."""
    match error:
        case SourceError():
            reason, is_transient = str(error), error.is_transient
        case Mistakes() | NoClientsFolder():
            reason, is_transient = str(error), False
        case psycopg.OperationalError():
            reason, is_transient = "the warehouse cannot be reached", True
        case psycopg.Error():
            what = error.diag.message_primary or type(error).__name__  # psycopg itself refuses a NUL, say
            reason, is_transient = f"the warehouse refused a row: {what}", False
        case _:
            # a stranger's text may quote a request, token and all
            frames = traceback.extract_tb(error.__traceback__)
            frame = next((one for one in reversed(frames) if _is_of_a_source(one)), frames[-1])
            reason = f"unexpected {type(error).__name__} in {frame.name} ({frame.filename}:{frame.lineno})"
            is_transient = False
            log.error("".join(traceback.format_tb(error.__traceback__)))
    return reason, is_transient


def _is_of_a_source(frame: traceback.FrameSummary) -> bool:
    """What a source hands to a library fails in the library; the line that handed it over is the one to look at."""
    return Path(frame.filename).is_relative_to(Path(str(sources.__file__)).parent)
