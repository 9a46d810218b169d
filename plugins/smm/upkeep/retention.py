"""What is kept, and for how long. The ledger and the findings of the audit stay for ever; of the rest:

- **staging**: rows of a load that was rejected or failed are evidence for 7 days;
- **archive**: a load that never became whole goes after 7 days, one that was never published after 30. Published loads
  are what the warehouse can be rebuilt from, and stay. Only of a service that can repeat its answers, those that later
  loads have overtaken with all their days go after 30 days (a daily run loads the last days again): a rebuild comes to
  the same rows without them. What others counted, and what a client's file said on a day, cannot be asked again;
- **Data Docs** of the audit: 30 days;
- **pictures of posts** in letters: a year. The letters stay.
- **links to readers' own pages** until they expire, and when these were opened for a year.

Only what the ledger knows is judged overtaken, so a warehouse that was lost takes nothing of its archive with it. No
locks: what a daily run may still use is younger, and a rebuild that comes too late says that a load is gone.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from psycopg import sql

from smm.loading import archive, data_docs, ledger
from smm.sources import NAMES, every
from smm.warehouse import Connection, run

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

OVER = timedelta(hours=24)  # a run that has not begun all of its plan by then was ended, or marked so by hand
UNBEGUN = "never began: its run was ended, or marked as failed, before its turn came"
EVIDENCE = timedelta(days=7)
UNPUBLISHED = timedelta(days=30)
DATA_DOCS = timedelta(days=30)
PICTURES = timedelta(days=365)
OPENINGS = timedelta(days=366)


def settle(warehouse: Connection, as_of: datetime) -> list[str]:
    """Tell loads as failed whose run is long over, also those that it had only planned; a line for each."""
    rows = run(warehouse, "housekeeping/settle.sql", {"as_of": as_of})
    for run_id in ledger.planned(warehouse, as_of - OVER):
        rows += ledger.give_up(warehouse, run_id, lambda _batch: UNBEGUN)
    return [f"{row['client']}: {row['network']} of load {row['load_id']}: {row['reason']}" for row in rows]


def clear_staging(warehouse: Connection, as_of: datetime) -> dict[str, int]:
    """Delete staged rows that are no longer needed to explain a load; how many, by table."""
    query = sql.SQL(
        "delete from staging.{} as staged where not exists ("
        " select from core.load as load where load.client = staged.client and load.load_id = staged.load_id"
        " and (load.finished_at is null or load.finished_at >= %s))"
    )
    tables = warehouse.execute("select tablename from pg_tables where schemaname = 'staging' order by 1").fetchall()
    deleted = {}
    for table in (row["tablename"] for row in tables):
        if count := warehouse.execute(query.format(sql.Identifier(table)), [as_of - EVIDENCE]).rowcount:
            deleted[table] = count
    return deleted


def clear_archive(warehouse: Connection, as_of: datetime) -> list[str]:
    """Remove the archived loads that are not kept; their folders."""
    known = {
        (row["client"], row["load_id"])
        for row in warehouse.execute("select client, load_id from core.load where state = 'published'")
    }
    overtaken = _overtaken(warehouse, as_of)
    warehouse.commit()  # an archive may take its time
    removed = []
    for folder in _loads():
        owner = (folder.parent.name, folder.name)
        if owner in overtaken or (owner not in known and _is_leftover(folder, as_of)):
            remove(folder)
            removed.append(str(folder))
    return removed


def clear_data_docs(warehouse: Connection, as_of: datetime) -> list[str]:
    """Remove the Data Docs of old runs; what was removed."""
    query = "select run_id from core.load group by run_id having max(started_at) < %s"
    removed = data_docs.kept(row["run_id"] for row in warehouse.execute(query, [as_of - DATA_DOCS]))
    for path in removed:
        data_docs.remove(path)
    return [str(path) for path in removed]


def clear_pictures(warehouse: Connection, as_of: datetime) -> int:
    """Delete the pictures of posts from old letters; from how many."""
    query = (
        "update marts.letter set content = content - 'pictures'"
        " where created_at < %s and content ->> 'pictures' != '[]'"
    )
    return warehouse.execute(query, [as_of - PICTURES]).rowcount


def clear_pages(warehouse: Connection, as_of: datetime) -> dict[str, int]:
    """Delete links to readers' pages that have expired and openings of long ago; how many of each."""
    (deleted,) = run(warehouse, "housekeeping/pages.sql", {"as_of": as_of, "kept_from": as_of - OPENINGS})
    return deleted


def remove(folder: "ObjectStoragePath") -> None:
    """Remove an archived load; if this is interrupted, the rest is not taken for a published load."""
    (folder / "published").unlink(missing_ok=True)
    folder.rmdir(recursive=True)


def _overtaken(warehouse: Connection, as_of: datetime) -> set[tuple[str, str]]:
    warehouse.execute("create temporary table held (client text, load_id text) on commit drop")
    tables = warehouse.execute(
        "select table_name from information_schema.columns where table_schema = 'core' and column_name = 'load_id'"
        " and table_name not in ('load', 'change', 'identity')"  # who the first load was is no fact of its days
    )
    for row in tables.fetchall():
        query = sql.SQL("insert into held select distinct client, load_id from core.{}")
        warehouse.execute(query.format(sql.Identifier(row["table_name"])))
    repeatable = [source.name for source in every() if source.can_repeat]
    rows = run(warehouse, "housekeeping/overtaken.sql", {"as_of": as_of, "sources": repeatable})
    return {(row["client"], row["load_id"]) for row in rows}


def _loads() -> Iterator["ObjectStoragePath"]:
    for source in NAMES:
        place = archive.root() / source
        for client in place.iterdir() if place.exists() else ():
            yield from client.iterdir()


def _is_leftover(folder: "ObjectStoragePath", as_of: datetime) -> bool:
    # the ledger may be of another warehouse than the archive, but a load's name tells when it began
    named = re.fullmatch(r"(\d{8}T\d{6})-[0-9a-f]+", folder.name)
    if not named:
        return False
    begun = datetime.strptime(named[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    if begun >= as_of - EVIDENCE or (folder / "published").exists():
        return False
    return begun < as_of - UNPUBLISHED or not (folder / "manifest.json").exists()
