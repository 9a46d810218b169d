"""The clients' files, as rows of the warehouse: who is served, by which networks, judged by which targets."""

import hashlib
import json
from collections.abc import Collection, Iterable
from typing import Any

from psycopg import sql

from smm import catalogue as catalogues
from smm import clients, sources
from smm.catalogue import Catalogue
from smm.clients import Client, Clients
from smm.clients.file import Target
from smm.files import zones
from smm.files.checked import Mistake, Mistakes
from smm.roster import catalogued, rows
from smm.warehouse import Connection, copy, lock, run


def servable(warehouse: Connection, found: Clients) -> Clients:
    """Refuse also those clients whose zone this Postgres does not know: a query over all clients would fail."""
    wanted = {client.file.time_zone for client in found.by_id.values()}
    query = "select name from pg_timezone_names where name = any(%s)"
    unknown = wanted - {row["name"] for row in warehouse.execute(query, [list(wanted)])}
    refused = {
        client.id: Mistakes([Mistake(f"{client.id}.yml", 1, "time_zone", _unknown(client.file.time_zone))])
        for client in found.by_id.values()
        if client.file.time_zone in unknown
    }
    served = {name: client for name, client in found.by_id.items() if name not in refused}
    return Clients(served, found.refused | refused)


def _unknown(zone: str) -> str:
    return (
        f"{zone} is unknown to the warehouse's Postgres: write its newer name, or install its system's time zones"
        " (Debian has the old names in tzdata-legacy)"
    )


def bring(warehouse: Connection, only: Collection[str] | None = None) -> tuple[Catalogue, Clients]:
    """Bring the catalogue and the client files into the warehouse, in the caller's transaction; returns them as read.

    Once per run, by its first task. What is stored as it is now is not written again, and nobody waits for it.
    Raises UnknownClient, NoClientsFolder.
    """
    known = catalogues.read()
    found = servable(warehouse, clients.read(known, only=only))
    catalogued.store(warehouse, known)
    store(warehouse, known, found.by_id.values())
    return known, found


def store(warehouse: Connection, catalogue: Catalogue, clients: Iterable[Client]) -> None:
    """Make core.client and what belongs to it say what these clients' files say, in the caller's transaction.

    Clients that are not given keep their rows. A change of a client's networks, leads or audiences marks all its months
    as changed, because other cells of marts.measure are then expected; one of its zone, because days are other days.
    """
    found = {client.id: client for client in clients}
    digests = {client.id: rows.digest(catalogue, client) for client in found.values()}
    if not _changed(warehouse, digests):
        return
    lock(warehouse, "roster")
    changed = _changed(warehouse, digests)  # another run may have stored them while this one waited
    for client in changed:
        _store(warehouse, catalogue, found[client], digests[client])


def _changed(warehouse: Connection, digests: dict[str, str]) -> list[str]:
    query = "select client, digest from core.client where client = any(%s)"
    stored = {row["client"]: row["digest"] for row in warehouse.execute(query, [list(digests)])}
    return sorted(client for client, digest in digests.items() if stored.get(client) != digest)


def _store(warehouse: Connection, catalogue: Catalogue, client: Client, digest: str) -> None:
    for name in sources.NAMES:  # what is published is counted by what is stored; before any row is locked
        lock(warehouse, "publish", name, client.id)
    _move_days(warehouse, client)
    run(warehouse, "roster/store_client.sql", rows.itself(client) | {"digest": digest})
    before = _parts(warehouse, client.id)
    for table, of_table in rows.parts(catalogue, client).items():
        _replace(warehouse, client.id, table, of_table)
    if _parts(warehouse, client.id) != before:
        run(warehouse, "roster/mark_client.sql", {"client": client.id})
    _forget(warehouse, client, before)


def _replace(warehouse: Connection, client: str, table: str, of_table: Iterable[rows.Row]) -> None:
    warehouse.execute(sql.SQL("delete from {} where client = %s").format(sql.Identifier(*table.split("."))), [client])
    copy(warehouse, table, rows.COLUMNS[table], of_table)


def store_judged_by(warehouse: Connection, client: Client, targets: Collection[Target]) -> None:
    """Of a client's file, only what its months are judged by and its letters are due by, for a rehearsal.

    Nothing that other clients wait for is locked: what it keeps others from is this client's row and its targets.
    """
    run(warehouse, "roster/store_client.sql", rows.itself(client) | {"digest": None})
    _replace(warehouse, client.id, "core.annotation", rows.annotations(client))
    store_targets(warehouse, client.id, targets)


def _forget(warehouse: Connection, client: Client, before: list[dict[str, Any]]) -> None:
    """Take out what the file does not name any more and would be wrong if it stayed.

    The days known of another event would be zeros of the new one; the numbers of a list that is gone would stand in
    the way of the one that took its place.
    """
    events = {part["event"] for part in before if part["event"]}
    if events and events != {part["event"] for part in _parts(warehouse, client.id) if part["event"]}:
        query = """
            delete from core.coverage as coverage using catalogue.given as given
            where coverage.client = %s and given.source = coverage.source and given.report = coverage.report
            and given.lead_part = any(%s)
        """
        warehouse.execute(query, [client.id, [part["name"] for part in before if part["event"]]])
    lists = [name for name, entry in client.sources.items() if entry.of.is_whole]
    query = """
        delete from core.counts where client = %s and not given_by = any(%s)
        and source in (select source from catalogue.source where is_whole)
    """
    warehouse.execute("delete from core.planned where client = %s and not given_by = any(%s)", [client.id, lists])
    if warehouse.execute(query, [client.id, lists]).rowcount:
        run(warehouse, "roster/mark_client.sql", {"client": client.id})


def _move_days(warehouse: Connection, client: Client) -> None:
    """Assign what is stored by moment to the days of the client's zone, if that has changed."""
    row = warehouse.execute("select time_zone from core.client where client = %s", [client.id]).fetchone()
    if row is not None and not zones.alike(row["time_zone"], client.file.time_zone):
        run(warehouse, "roster/move_days.sql", {"client": client.id, "time_zone": client.file.time_zone})
        run(warehouse, "roster/mark_client.sql", {"client": client.id})


def _parts(warehouse: Connection, client: str) -> list[dict[str, Any]]:
    query = """
        select network as name, source, null as event, is_social from core.client_network where client = %(client)s
        union all
        select part, source, event, null from core.lead_part where client = %(client)s
        union all
        select network || ' reaches ' || value, block, null, null from core.wanted_audience where client = %(client)s
        order by 1, 2, 3
    """
    return warehouse.execute(query, {"client": client}).fetchall()


def digest(targets: Iterable[Target]) -> str:
    """A fingerprint of what is asked, whatever its order in the file."""
    # what is not asked leaves no trace, so that a rule that is added to the language makes no new version
    asked = (target.model_dump(mode="json", exclude_defaults=True) for target in targets)
    wordings = sorted(json.dumps(target, sort_keys=True) for target in asked)
    return hashlib.sha256(json.dumps(wordings).encode()).hexdigest()[:16]


def store_targets(warehouse: Connection, client: str, targets: Collection[Target]) -> None:
    """Make a new version of the client's targets if they say something else than the newest one."""
    fingerprint = digest(targets)
    if _newest(warehouse, client)[1] == fingerprint:
        return
    lock(warehouse, "targets", client)
    newest, stored = _newest(warehouse, client)  # another run may have stored it while this one waited
    if stored == fingerprint:
        return
    version = newest + 1
    warehouse.execute(
        "insert into core.target_version (client, target_version, digest) values (%s, %s, %s)",
        [client, version, fingerprint],
    )
    copy(
        warehouse,
        "core.target",
        (
            *("client", "target_version", "network", "kpi", "rule", "low", "high"),
            *("growth", "over", "over_number", "baseline_to", "by_month", "tolerance", "from_month", "is_main"),
        ),
        (_row(client, version, target) for target in targets),
    )
    copy(
        warehouse,
        "core.plan",
        ("client", "target_version", "network", "kpi", "month", "first_day", "last_day", "plan"),
        (
            (client, version, target.network, target.kpi, span.month, *((None, None) if span.is_month else span), plan)
            for target in targets
            for span, plan in (target.plan or {}).items()
        ),
    )


def _newest(warehouse: Connection, client: str) -> tuple[int, str | None]:
    """The newest version of the client's targets and its digest; 0 and None before the first one."""
    query = "select target_version, digest from core.target_version where client = %s order by 1 desc limit 1"
    row = warehouse.execute(query, [client]).fetchone()
    return (row["target_version"], row["digest"]) if row else (0, None)


def _row(client: str, version: int, target: Target) -> tuple[Any, ...]:
    low, high = target.between or (target.at_least, target.at_most)
    in_words = isinstance(target.over, str)
    return (
        *(client, version, target.network, target.kpi, target.name, low, high, target.growth),
        target.over if in_words else (None if target.over is None else "number"),
        None if in_words else target.over,
        target.from_baseline and target.from_baseline.to,
        target.from_baseline and target.from_baseline.by_month,
        target.tolerance,
        target.from_month,
        target.main,
    )
