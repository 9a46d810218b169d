"""Databases for tests: copies of a template, and such as tests use one after another, each finding them empty.

To empty a database takes a tenth of the time of making another.
"""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import tuple_row

from local.postgres import Cluster, unprivileged

MEMORY = Path("/dev/shm")
ROOM = 2**30  # bytes that must be free for temporary tables

OURS = "nspname !~ '^pg_' and nspname <> 'information_schema'"

# whatever a statement other than those on rows may have changed
SHAPE = f"""
select md5(string_agg(line, ' ' order by line)) from (
    select concat_ws(' ', nspname, nspacl) from pg_namespace where {OURS}
    union all
    select concat_ws(' ', pg_class.oid, relname, relkind, relacl, relchecks, attname, atttypid, attnotnull, attacl)
    from pg_attribute
    inner join pg_class on attrelid = pg_class.oid
    inner join pg_namespace on relnamespace = pg_namespace.oid
    where {OURS}
) as shape (line)
"""

# a table has pages from its first row on until it is truncated, whatever has become of the row
WRITTEN = f"""
select nspname, relname
from pg_class
inner join pg_namespace on relnamespace = pg_namespace.oid
where {OURS} and relkind = 'r' and relname <> 'migration' and pg_relation_size(pg_class.oid) > 0
"""


def in_memory(name: str) -> Path | None:
    """A folder of this name that is in memory, for Postgres; None = this machine has no room for one there."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return None
    folder = MEMORY / name
    folder.mkdir(mode=0o700)
    if unprivileged():
        shutil.chown(folder, "nobody")
    return folder


def keep_temporary_tables(superuser: psycopg.Connection[Any], folder: Path) -> None:
    """There, in all databases: to make and remove the files of so many of them takes ext4 more time than Postgres."""
    superuser.execute(sql.SQL("create tablespace temporary location {}").format(sql.Literal(str(folder))))
    superuser.execute("grant create on tablespace temporary to public")
    superuser.execute("alter role all set temp_tablespaces = temporary")


def another(warehouse: psycopg.Connection[Any]) -> str:
    """The address of the same warehouse, for a second connection."""
    return make_conninfo(warehouse.info.dsn, password=warehouse.info.password)


def copy(superuser: psycopg.Connection[tuple[object, ...]], name: str, template: str) -> None:
    """A database as the template is; it belongs to the warehouse's owner."""
    database, origin, owner = map(sql.Identifier, (name, template, "warehouse"))
    superuser.execute(sql.SQL("create database {} template {} owner {}").format(database, origin, owner))


def drop(superuser: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    superuser.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


class Emptied:
    """A database without rows for whoever is next; it is made anew when more than its rows has changed."""

    def __init__(self, cluster: Cluster, name: str, template: str) -> None:
        self.name = name
        self._cluster = cluster
        self._template = template
        with psycopg.connect(cluster.dsn(), autocommit=True) as superuser:
            copy(superuser, name, template)
        self._shape = self._shape_now()

    def empty(self) -> None:
        """Whoever is still connected is not any more."""
        others = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        with psycopg.connect(self._cluster.dsn(self.name)) as connection:
            connection.execute(f"select pg_terminate_backend(pid, 5000) {others}".encode())
            is_ours = connection.execute(SHAPE).fetchone() == self._shape
            if is_ours:
                truncate(connection)
        if not is_ours:
            with psycopg.connect(self._cluster.dsn(), autocommit=True) as superuser:
                drop(superuser, self.name)
                copy(superuser, self.name, self._template)
            self._shape = self._shape_now()

    def _shape_now(self) -> object:
        with psycopg.connect(self._cluster.dsn(self.name)) as connection:
            return connection.execute(SHAPE).fetchone()


free: dict[tuple[Cluster, str], list[Emptied]] = defaultdict(list)
numbers = count(1)


@contextmanager
def lent(cluster: Cluster, template: str) -> Iterator[str]:
    """The name of a database as this template, which has no rows; nobody else has it until it is given back."""
    of_template = free[cluster, template]
    database = of_template.pop() if of_template else Emptied(cluster, f"{template}_{next(numbers)}", template)
    yield database.name
    database.empty()
    of_template.append(database)


def truncate(connection: psycopg.Connection[Any]) -> None:
    """Empty every table that has been written to, but for the list of migrations."""
    written = connection.cursor(row_factory=tuple_row).execute(WRITTEN).fetchall()
    if written:
        names = sql.SQL(", ").join(sql.Identifier(*row) for row in written)
        connection.execute(sql.SQL("truncate {} restart identity cascade").format(names))
