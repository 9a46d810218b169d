"""Publishing: what was staged and passed the audit replaces its slice of core, one transaction per load.

Per day the load whose answers were asked for later stays, in whatever order loads are published. One that is read again
from the archive is as old as its answers, and takes the place of the load that it is read from.
"""

import logging
from collections.abc import Iterable

import psycopg
from psycopg import sql

from smm import catalogue, facts, warehouse
from smm.loading import archive, ledger
from smm.loading.ledger import Load
from smm.roster import catalogued
from smm.sources import named
from smm.warehouse import SQL, Connection

log = logging.getLogger(__name__)


class RowsLost(Exception):
    """Staging does not hold what was staged: its rows are unlogged, and gone after a crash of Postgres."""


class GivenTwice(Exception):
    """The load gives what another source of its client gives: a retry cannot help, only a change of a file."""


class NotNamed(Exception):
    """The load is of a source that the client's file names no more."""


def publish(run_id: str) -> list[Load]:
    """Publish every staged load of this run, the oldest answers first; returns those that another try may publish."""
    with warehouse.connection() as connection:
        catalogued.store(connection, catalogue.read())  # no plan has done so since the warehouse was migrated
        staged = sorted(ledger.of_run(connection, run_id, "staged"), key=lambda load: (load["as_of"], load["load_id"]))
        published = ledger.of_run(connection, run_id, "published")
    for load in published:  # an earlier try may have been killed between the commit and the mark
        _mark(load)
    unpublished = []
    for position, load in enumerate(staged, 1):
        where = f"{position}/{len(staged)} {load['client']}: {load['network']} {load['first_day']}..{load['last_day']}"
        try:
            with warehouse.connection() as connection:
                _publish(connection, load)
        except (GivenTwice, NotNamed) as error:
            log.error("%s rejected: %s", where, error)  # noqa: TRY400  (nothing of ours is in the traceback)
            with warehouse.connection() as connection:
                ledger.end(connection, load, "rejected", reason=str(error))
        except (psycopg.Error, RowsLost) as error:
            reason = (
                str(error)
                if isinstance(error, RowsLost)
                else f"the warehouse: {error.diag.message_primary or type(error).__name__}"
            )
            log.error("%s failed: %s", where, reason)  # noqa: TRY400  (nothing of ours is in the traceback)
            unpublished.append(load | {"reason": reason})
            with warehouse.connection() as connection:
                # after a loss of rows the slot must be fetched again; else another try may publish it
                state = "failed" if isinstance(error, RowsLost) else "staged"
                if state == "failed":
                    discard(connection, load, facts.relations(named(load["source"]).kinds))
                ledger.end(connection, load, state, reason=reason, is_transient=True)
        else:
            _mark(load)
            log.info("%s published %s rows", where, load["rows"])
    return unpublished


def _mark(load: Load) -> None:
    """Say in the archive that a load is published; one that was read from there is marked under its own id."""
    if load["reread_of"] is None:
        archive.mark_published(load["source"], load["client"], load["load_id"])


def steps(kinds: Iterable[str]) -> list[str]:
    """The files that publish facts of these kinds, in order."""
    own = [path for kind in kinds for path in sorted((SQL / "facts" / kind).glob("publish*.sql"))]
    replaced = [path.relative_to(SQL).as_posix() for path in own]
    return ["publish/coverage.sql", "publish/take_over.sql", *replaced, "publish/identity.sql", "publish/change.sql"]


def _publish(connection: Connection, load: Load) -> None:
    warehouse.lock(connection, "publish", load["source"], load["client"])
    if ledger.state(connection, load) == "published":
        return  # another worker of this run, given up for dead, has published it while this one waited
    _check_named(connection, load)
    kinds = named(load["source"]).kinds
    tables = facts.relations(kinds)
    staged = sum(_count(connection, table, load) for table in tables)
    if staged != load["rows"]:
        raise RowsLost(f"{load['rows']} rows were staged and {staged} are there: run the fetch task again")
    warehouse.run(connection, "publish/begin.sql")
    for refusal in warehouse.run(connection, "publish/refuse.sql", load):
        raise GivenTwice(refusal["reason"])
    for step in steps(kinds):
        warehouse.run(connection, step, load)
    discard(connection, load, tables)
    ledger.end(connection, load, "published")


def _check_named(connection: Connection, load: Load) -> None:
    """Raises NotNamed for a source that is gone: it would take days from the one in its place. `roster.store` waits."""
    query = """
        select from core.client as client
        where client = %(client)s and digest is not null and not exists (
            select from core.client_source as named
            where named.client = client.client and named.network = %(network)s
        )
    """
    if connection.execute(query, load).fetchone() is not None:
        raise NotNamed(f"the client's file was changed during the run and no longer names {load['network']}")


def _count(connection: Connection, table: str, load: Load) -> int:
    query = sql.SQL("select count(*) as n from staging.{} where client = %(client)s and load_id = %(load_id)s")
    row = connection.execute(query.format(sql.Identifier(table)), load).fetchone()
    return int(row["n"]) if row else 0


def discard(connection: Connection, load: Load, tables: list[str]) -> None:
    """Take the load out of staging."""
    query = sql.SQL("delete from staging.{} where client = %(client)s and load_id = %(load_id)s")
    for table in (*tables, "coverage"):
        connection.execute(query.format(sql.Identifier(table)), load)
