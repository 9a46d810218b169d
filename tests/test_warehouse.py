"""COPY into the real Postgres: what goes in comes out, in whichever way a block of rows is sent."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from local.postgres import Cluster
from smm.warehouse import BLOCK, SQL, Connection, connect, copy

Row = tuple[Any, ...]

PLAIN = ("plain", "text")
ODD_TEXTS = ("\\", "a\\b", "\\\\", "\\.", "\\N", "\\t", "a\tb", "\t", "a\nb", "\n", "a\rb", "a\r\nb")
TEXTS = ("", " ", "null", '"a","b"', "Ярко — 🙂\u2028")

among_both = pytest.mark.parametrize("others", [PLAIN, ("plain", None)], ids=["among texts", "among others"])


@pytest.fixture
def connection(postgres: Cluster) -> Iterator[Connection]:
    with connect(postgres.dsn()) as connection:
        yield connection


def ordered(rows: Iterable[Row]) -> list[Row]:
    """A table has no order."""
    return sorted(rows, key=repr)


def sent(connection: Connection, rows: Sequence[Row], types: Sequence[str] = ("text", "text")) -> list[Row]:
    """What stands in a new table of these columns after the rows were sent."""
    columns = [f"column_{number}" for number in range(len(types))]
    typed = ", ".join(f"{column} {of_type}" for column, of_type in zip(columns, types, strict=True))
    connection.execute(f"create temporary table sent ({typed})".encode())
    assert copy(connection, "sent", columns, iter(rows)) == len(rows)
    return ordered(tuple(row.values()) for row in connection.execute("select * from sent"))


@pytest.mark.parametrize("text", [*TEXTS, *ODD_TEXTS])
@among_both
def test_texts_come_out_as_they_went_in(text: str, others: Row, connection: Connection) -> None:
    rows = [others, (text, "plain"), ("plain", text), (text, text), others]
    assert sent(connection, rows) == ordered(rows)


@among_both
def test_a_nul_which_postgres_would_refuse_is_replaced(others: Row, connection: Connection) -> None:
    assert sent(connection, [others, ("new\0s", "\0")]) == ordered([others, ("new\ufffds", "\ufffd")])


def test_no_text_is_not_the_empty_text(connection: Connection) -> None:
    rows = [("", None), (None, ""), ("", ""), (None, None)]
    assert sent(connection, rows) == ordered(rows)


def test_nothing_but_empty_texts(connection: Connection) -> None:
    assert sent(connection, [("",), ("",)], ["text"]) == [("",), ("",)]


def test_no_rows(connection: Connection) -> None:
    assert sent(connection, []) == []


def test_what_is_no_text(connection: Connection) -> None:
    types = ["bigint", "numeric", "double precision", "boolean", "date", "timestamptz", "text[]"]
    moment = datetime(2026, 3, 1, 12, 30, 0, 500_000, UTC)
    row = (-7, Decimal("1234.50"), 0.1, False, date(2026, 3, 1), moment, ["a\tb", "", "\\N"])
    rows = [row, (None,) * len(types), row]
    assert sent(connection, rows, types) == ordered(rows)


def test_texts_are_typed_by_postgres(connection: Connection) -> None:
    rows = [("-7", "1e3", "2026-03-02"), ("7", "0.10", "2026-03-01")]
    typed = [(-7, Decimal(1000), date(2026, 3, 2)), (7, Decimal("0.10"), date(2026, 3, 1))]
    assert sent(connection, rows, ["bigint", "numeric", "date"]) == ordered(typed)


@pytest.mark.parametrize("count", [BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_as_many_rows_as_there_are(count: int, connection: Connection) -> None:
    rows = [(f"{number}", "text") for number in range(count)]
    assert sent(connection, rows) == ordered(rows)


@pytest.mark.parametrize("owner", ["yarko", "a\tb", "a\\b", "a\nb"])
@among_both
def test_every_row_begins_with_its_owner(owner: str, others: Row, connection: Connection) -> None:
    connection.execute("create temporary table owned (client text, load_id text, one text, two text)")
    rows: list[Row] = [(f"{number}", "text") for number in range(BLOCK)] + [others]
    assert copy(connection, "owned", ("client", "load_id", "one", "two"), rows, (owner, "1")) == len(rows)
    found = [tuple(row.values()) for row in connection.execute("select * from owned")]
    assert ordered(found) == ordered((owner, "1", *row) for row in rows)


@pytest.mark.parametrize("odd", [("odd", None), ("odd\t", "\\"), (None, "odd\nrow")])
@pytest.mark.parametrize("place", [0, BLOCK - 1, BLOCK, BLOCK + BLOCK // 2, 3 * BLOCK - 1])
def test_an_odd_row_in_the_midst_of_plain_ones(odd: Row, place: int, connection: Connection) -> None:
    rows: list[Row] = [(f"{number}", "text") for number in range(3 * BLOCK)]
    rows[place] = odd
    assert sent(connection, rows) == ordered(rows)


@pytest.mark.parametrize(
    "rows",
    [
        [PLAIN, ("alone",), PLAIN],
        [PLAIN, (), PLAIN],
        [PLAIN, ("one", "too", "many"), PLAIN],
        [PLAIN, ("alone",), ("one", "too", "many")],  # together, they have as many values as they should
        [PLAIN, ("tab\there",), PLAIN],  # nor does a tab make two values of one
        [(None, "text"), ("alone",), PLAIN],
    ],
)
def test_rows_of_too_few_or_too_many_columns_are_refused(rows: list[Row], connection: Connection) -> None:
    with pytest.raises(psycopg.errors.BadCopyFileFormat):
        sent(connection, rows)


@pytest.mark.parametrize("first", ["7", 7], ids=["among texts", "among others"])
def test_what_does_not_fit_is_refused(first: object, connection: Connection) -> None:
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        sent(connection, [(first,), ("seven",)], ["bigint"])


# --- SQL files


def test_no_comment_holds_a_parameter() -> None:
    """The client puts the values in: one with a line break would end the comment, and its rest would be SQL."""
    lines = [(path.name, line) for path in SQL.rglob("*.sql") for line in path.read_text("utf-8").splitlines()]
    assert [(name, line) for name, line in lines if re.search(r"--.*%\(", line)] == []
