"""The warehouse: connections, migrations, SQL files and fast loading.

SQL stands in include/sql/, one relation or step per file, with psycopg's named parameters ``%(client)s``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from smm.project import INCLUDE
from smm.warehouse import libpq

Connection = psycopg.Connection[dict[str, Any]]
Parameters = Mapping[str, Any]

SQL = INCLUDE / "sql"
BLOCK = 200  # rows that are sent to COPY at once


def connect(conninfo: str = "") -> Connection:
    """A connection whose rows are dicts; ``conninfo`` "" = libpq's PG* variables."""
    return psycopg.connect(conninfo, row_factory=dict_row)


@contextmanager
def connection() -> Iterator[Connection]:
    """One transaction on Airflow's connection ``warehouse``: committed at the end, rolled back on an error.

    To be used inside tasks only: it reads the connection through Airflow's task API. Raises libpq.BadConnection.
    """
    from airflow.sdk import Connection as AirflowConnection  # 3 s of imports, so not at the top

    with connect(libpq.conninfo(AirflowConnection.get("warehouse"))) as opened:
        yield opened


@cache
def statement(path: str) -> str:
    """The text of a file below include/sql/, such as ``letters/letter_why.sql``."""
    return (SQL / path).read_text("utf-8")


def run(warehouse: Connection, path: str, parameters: Parameters | None = None) -> list[dict[str, Any]]:
    """Run one file, of one or more statements; returns the rows of the last, or none."""
    # bound by the client, because the server takes parameters for one statement at a time only
    with psycopg.ClientCursor(warehouse, row_factory=dict_row) as cursor:
        cursor.execute(statement(path).encode(), parameters or {})
        while cursor.nextset():
            pass
        return cursor.fetchall() if cursor.description else []


def copy(
    warehouse: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], owner: Sequence[str] = ()
) -> int:
    """COPY rows into ``schema.table``; returns how many. Postgres types them, and refuses what does not fit.

    Every row begins with ``owner``. They arrive in no particular order. A NUL in a text becomes U+FFFD.
    """
    query = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    rows, count = iter(rows), 0
    with warehouse.cursor() as cursor, cursor.copy(query) as stream:
        while block := list(islice(rows, BLOCK)):
            count += len(block)
            if text := _plain_text(block, owner):
                stream.write(text)
            else:
                for row in block:
                    stream.write_row([_without_nul(value) for value in (*owner, *row)])
    return count


def _plain_text(block: Sequence[Sequence[Any]], owner: Sequence[str]) -> str | None:
    """The rows as COPY reads them, if all their values are texts without a sign that would have to be escaped."""
    try:
        lines = ["\t".join(row) for row in block]
    except TypeError:
        return None
    begin = "".join(f"{value}\t" for value in owner)
    text = begin + f"\n{begin}".join(lines)
    tabs, ends = sum(map(len, block)) + (len(owner) - 1) * len(block), len(block) - 1
    is_plain = text.count("\t") == tabs and text.count("\n") == ends and not any(sign in text for sign in "\\\r\0")
    return f"{text}\n" if is_plain else None


def _without_nul(value: Any) -> Any:
    """Postgres's texts hold no NUL; campaigns that people tag by hand do."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def lock(warehouse: Connection, *names: str) -> None:
    """Wait for, and hold until the end of the transaction, the lock of this name."""
    warehouse.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", ["/".join(names)])


class NewerWarehouse(Exception):
    """The warehouse was upgraded by a later version of the project."""


def migrate(warehouse: Connection) -> list[str]:
    """Apply the numbered files of include/sql/schema/ that this warehouse does not have yet; returns their names.

    All of them in one transaction, one caller at a time. Raises NewerWarehouse, and psycopg's error if one fails.
    """
    lock(warehouse, "migrate")
    warehouse.execute("create schema if not exists catalogue")
    warehouse.execute(
        "create table if not exists catalogue.migration (name text primary key, applied_at timestamptz default now())"
    )
    applied = {row["name"] for row in warehouse.execute("select name from catalogue.migration")}
    files = {path.name for path in (SQL / "schema").glob("*.sql")}
    if newer := sorted(applied - files):
        raise NewerWarehouse(
            f"this warehouse has {', '.join(newer)}, which this version lacks: run the later version that upgraded it"
        )
    missing = sorted(files - applied)
    for name in missing:
        warehouse.execute(statement(f"schema/{name}").encode())
        warehouse.execute("insert into catalogue.migration (name) values (%s)", [name])
    warehouse.commit()
    return missing
