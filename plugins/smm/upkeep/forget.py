"""Forgetting a client, or one of its sources: every row of the warehouse, the archive, the Data Docs that name it.

Tables are found in the catalog of Postgres: a table with a column ``client`` belongs to clients. For a source,
the rows of its loads are deleted, and the client's measures and KPIs are computed again from the remaining data.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psycopg import sql

from smm import catalogue, clients, project, roster
from smm.loading import archive, data_docs
from smm.rebuild import REBUILD
from smm.sources import NAMES
from smm.upkeep import retention
from smm.warehouse import Connection, lock, run

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

COMPUTED = tuple(
    f"marts.{table}"
    for table in ("basis", "daily", "kpi_months", "measure_history", "measure_periods", "not_everywhere")
)


class StillWanted(ValueError):
    """What is to be forgotten is in use. The text says by whom, and what to do first."""


@dataclass(frozen=True)
class Trace:
    """All that is stored of a client, or of one of its sources."""

    client: str
    source: str | None  # its name in the client's file; None = everything
    rows: dict[str, int]  # by table
    loads: list["ObjectStoragePath"]
    data_docs: list["ObjectStoragePath"]
    connections: set[str] = field(default_factory=set)  # of Airflow, that no client's file names any more

    def lines(self) -> Iterator[str]:
        """For the operator, widest column first."""
        for table, count in self.rows.items():
            yield f"  {table:<28}{count:>12,} rows"
        if self.loads:
            size = sum(file.stat().st_size for load in self.loads for file in load.iterdir())
            yield f"  {'archive':<28}{len(self.loads):>12,} loads, {size / 1e6:,.1f} MB in {archive.root()}"
        if self.data_docs:
            yield f"  {'Data Docs':<28}{len(self.data_docs):>12,} runs whose findings name it"

    def __bool__(self) -> bool:
        return bool(self.rows or self.loads or self.data_docs)


def trace(warehouse: Connection, client: str, source: str | None) -> Trace:
    """What would be forgotten. Raises StillWanted."""
    _refuse_wanted(warehouse, client, source)
    loads, connections = _archived(warehouse, client, source)
    return Trace(
        client,
        source,
        {table: count for table in _tables(warehouse, source) if (count := _count(warehouse, table, client, source))},
        loads,
        _data_docs(warehouse, client, source),
        connections - _used_connections(),
    )


def forget(warehouse: Connection, found: Trace) -> None:
    """Forget it: the warehouse in one transaction, then the files. Raises StillWanted, and changes nothing then."""
    lock(warehouse, "rebuild")  # one that is under way would write the client's KPIs after us
    # before anything is deleted, in the order of a run that stores the files: else each could wait for the other
    warehouse.execute("lock table catalogue.traffic_source in share mode")
    lock(warehouse, "roster")
    for name in NAMES:
        lock(warehouse, "publish", name, found.client)
    _refuse_wanted(warehouse, found.client, found.source)
    if found.source is not None:
        run(warehouse, "roster/mark_client.sql", {"client": found.client})
    tables = _tables(warehouse, found.source)
    for table in [*tables, *(COMPUTED if found.source is not None else ())]:
        where = _where(found.source if table in tables else None)
        parameters = {"client": found.client, "network": found.source}
        warehouse.execute(sql.SQL("delete from {} where {}").format(_name(table), where), parameters)
    warehouse.execute("delete from access.renewal where connection = any(%s)", [sorted(found.connections)])
    if found.source is not None:
        # of another community under this name it would be no baseline
        query = "delete from core.baseline where client = %s and network = %s"
        warehouse.execute(query, [found.client, found.source])
        _compute_anew(warehouse, found.client)
    warehouse.commit()
    for load in found.loads:
        retention.remove(load)
    for place in _places(found.client) if found.source is None else ():
        place.rmdir(recursive=True)
    for path in found.data_docs:
        data_docs.remove(path)


def _refuse_wanted(warehouse: Connection, client: str, source: str | None) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", client):
        raise StillWanted(f"{client!r} is not a client's id: give the name of its file without .yml")
    file = project.clients_folder() / f"{client}.yml"
    if file.exists() and source is None:
        raise StillWanted(f"{file} exists: the next run would load {client} again. Remove the file first")
    if file.exists() and source in clients.read_file(file, catalogue.read()).sources:
        raise StillWanted(f"{file} names the source {source}: the next run would load it again. Remove it first")
    query = """
        select distinct run_id from ledger.attempt
        where client = %(client)s and (%(network)s::text is null or network = %(network)s)
        and state in ('planned', 'fetching', 'staged') and started_at > clock_timestamp() - interval '24 hours'
    """
    if running := warehouse.execute(query, {"client": client, "network": source}).fetchone():
        raise StillWanted(f"{running['run_id']} is loading it: wait until it ends, or stop it and wait a day")


def _tables(warehouse: Connection, source: str | None) -> list[str]:
    """Every table with a client's rows; of a source, those whose rows say which load has brought them.

    core.load comes last: the others' rows are found through it.
    """
    query = """
        select columns.table_schema || '.' || columns.table_name as name
        from information_schema.columns as columns
        inner join information_schema.tables as tables using (table_catalog, table_schema, table_name)
        where tables.table_type = 'BASE TABLE' and columns.column_name = any(%s)
        group by name having count(*) = %s
    """
    columns = ["client"] if source is None else ["client", "load_id"]
    names = [row["name"] for row in warehouse.execute(query, [columns, len(columns)])]
    return sorted(names, key=lambda name: (name == "core.load", name))


def _where(source: str | None) -> sql.Composable:
    if source is None:
        return sql.SQL("client = %(client)s")
    return sql.SQL(
        "client = %(client)s and load_id in"
        " (select load_id from core.load where client = %(client)s and network = %(network)s)"
    )


def _name(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))


def _count(warehouse: Connection, table: str, client: str, source: str | None) -> int:
    query = sql.SQL("select count(*) as n from {} where {}").format(_name(table), _where(source))
    row = warehouse.execute(query, {"client": client, "network": source}).fetchone()
    return int(row["n"]) if row else 0


def _compute_anew(warehouse: Connection, client: str) -> None:
    """The client's measures and KPIs, so that no letter is written of half of them."""
    if client in project.client_ids():
        known = catalogue.read()
        roster.store(warehouse, known, [clients.read_file(project.clients_folder() / f"{client}.yml", known)])
    for path in REBUILD:
        run(warehouse, path, {"clients": [client], "first_month": None, "last_month": None})


def _archived(warehouse: Connection, client: str, source: str | None) -> tuple[list["ObjectStoragePath"], set[str]]:
    """The folders of its loads, and the connections that they were asked through."""
    query = "select load_id from core.load where client = %s and network = %s"
    own = {row["load_id"] for row in warehouse.execute(query, [client, source])}
    loads, connections = [], set()
    for place in _places(client):
        for folder in place.iterdir():
            is_whole = (folder / "manifest.json").exists()
            job = archive.stored(place.parent.name, client, folder.name).manifest["job"] if is_whole else {}
            if source is None or folder.name in own or job.get("network") == source:
                loads.append(folder)
                connections |= {job["options"]["connection"]} if job.get("options", {}).get("connection") else set()
    return loads, connections


def _places(client: str) -> list["ObjectStoragePath"]:
    """Where the client's loads lie, by source."""
    return [place for name in NAMES if (place := archive.root() / name / client).exists()]


def _used_connections() -> set[str]:
    found = clients.read(catalogue.read()).by_id.values()
    return {entry.connection for client in found for entry in client.sources.values() if entry.connection}


def _data_docs(warehouse: Connection, client: str, source: str | None) -> list["ObjectStoragePath"]:
    query = """
        select distinct load.run_id from core.load as load
        inner join audit.finding as finding using (client, load_id)
        where client = %(client)s and (%(network)s::text is null or load.network = %(network)s)
    """
    runs = warehouse.execute(query, {"client": client, "network": source}).fetchall()
    return data_docs.kept(row["run_id"] for row in runs)
