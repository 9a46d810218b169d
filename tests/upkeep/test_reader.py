"""`python -m smm reader`: a login role that reads the KPIs, and neither writes nor sees anybody's address."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from local.postgres import Cluster
from smm.project import ROOT
from smm.upkeep import role as reader
from smm.warehouse import Connection
from tests.conftest import PASSWORD
from tests.test_main import smm

NAME = "bi"
PROMPT = "Password of bi (leave empty to have one made and shown): "


@pytest.fixture
def makers(postgres: Cluster, warehouse: Connection) -> Iterator[Connection]:
    """A warehouse whose owner may make roles; those of the test are gone afterwards."""
    postgres.let_make_roles("warehouse")
    yield warehouse
    warehouse.rollback()
    with psycopg.connect(postgres.dsn(warehouse.info.dbname), autocommit=True) as superuser:
        superuser.execute("alter role warehouse nocreaterole")
        if superuser.execute("select from pg_roles where rolname = %s", [NAME]).fetchone() is not None:
            superuser.execute(sql.SQL("drop owned by {0}; drop role {0}").format(sql.Identifier(NAME)))


def shown(text: str) -> str:
    """The password that the command showed."""
    (line,) = [line for line in text.splitlines() if line.startswith(f"Password of {NAME}, shown only once: ")]
    return line.rpartition(" ")[2]


def entered(warehouse: Connection, password: str) -> psycopg.Connection[tuple[object, ...]]:
    info = warehouse.info
    return psycopg.connect(host=info.host, port=info.port, dbname=info.dbname, user=NAME, password=password)


def made(warehouse: Connection) -> str:
    done = smm(warehouse, "reader", NAME)
    assert done.returncode == 0, done.stderr
    return shown(done.stderr)


def test_a_reader_reads_the_kpis(makers: Connection) -> None:
    makers.execute(
        "insert into marts.kpi_months (client, network, kpi, period, value, completeness)"
        " values ('yarko', 'vk', 'posts', '2026-03-01', 12, 1)"
    )
    makers.commit()
    with entered(makers, made(makers)) as connection:
        assert connection.execute("select kpi, value from marts.kpi").fetchall() == [("posts", 12)]
        of_days = (
            "daily",
            "measure_days",
            "measure_periods",
            "not_everywhere",
            "kpi_summed",
            "kpi_computed",
            "kpi_months",
        )
        for relation in ("verdict", "measure", "forecast", "why", "step", "why_warning", "client", "mailing", *of_days):
            connection.execute(sql.SQL("select * from marts.{}").format(sql.Identifier(relation)))
        for relation in ("kpi", "term", "measure", "network"):
            connection.execute(sql.SQL("select * from catalogue.{}").format(sql.Identifier(relation)))
        for relation in reader.OF_CORE:
            connection.execute(sql.SQL("select * from core.{}").format(sql.Identifier(relation)))


FORBIDDEN = {
    "staging": "select * from staging.posts",
    "facts": "select * from core.posts",
    "loads": "select * from core.load",
    "tokens' use": "select * from access.renewal",
    "the client's people": "select report from core.client",
    "letters": "select content from marts.letter",
    "their readers": "select recipient from marts.delivery",
    "links to their pages": "select * from access.page_link",
    "when they opened these": "select * from access.page_opening",
    "troubles": "select * from marts.trouble",
    "words before a letter": "select * from core.coming_words",
    "a write": "update marts.kpi_months set value = 0",
    "a delete": "delete from core.annotation",
    "a new table": "create table marts.mine ()",
    "a table in public": "create table public.mine ()",
    "a temporary table": "create temporary table mine ()",
    "a temporary function": "create function pg_temp.mine() returns int language sql as 'select 1'",
    "a program": "copy (select 1) to program 'true'",
    "a file": "select pg_read_file('/etc/passwd')",
}


def test_a_reader_can_do_nothing_else(makers: Connection) -> None:
    with entered(makers, made(makers)) as connection:
        connection.execute("set default_transaction_read_only = off")  # whoever likes may: rights are what holds
        connection.commit()
        for statement in FORBIDDEN.values():
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
            connection.rollback()


def test_no_address_is_readable(makers: Connection) -> None:
    with entered(makers, made(makers)) as connection:
        columns = connection.execute("select table_schema, table_name, column_name from information_schema.columns")
        own = [column for column in columns if column[0] not in ("pg_catalog", "information_schema")]
    assert len(own) > 100
    addresses = [column for column in own if column[2] in ("recipient", "report", "content", "comment", "email")]
    assert sorted(addresses) == [
        ("catalogue", "given", "report"),  # of a source, what its numbers are read from
        ("core", "coverage", "report"),
    ]


def test_a_reader_is_kept_within_bounds(makers: Connection) -> None:
    with entered(makers, made(makers)) as connection:
        assert connection.execute("show default_transaction_read_only").fetchone() == ("on",)
        assert connection.execute("show statement_timeout").fetchone() == ("5min",)
        role = "select rolsuper, rolcreaterole, rolcreatedb, rolconnlimit from pg_roles where rolname = current_user"
        assert connection.execute(role).fetchone() == (False, False, False, 10)


def test_tables_of_later_versions_are_readable(makers: Connection) -> None:
    password = made(makers)
    makers.execute("create table marts.later (client text)")
    makers.execute("create table core.later (client text)")
    makers.commit()
    with entered(makers, password) as connection:
        connection.execute("select * from marts.later")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from core.later")


def test_again_is_another_password(makers: Connection) -> None:
    first, second = made(makers), made(makers)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        entered(makers, first)
    entered(makers, second).close()


def test_a_typed_password_is_shown_nowhere(makers: Connection) -> None:
    info = makers.info
    place = {"PGHOST": info.host, "PGPORT": str(info.port), "PGDATABASE": info.dbname, "PGUSER": info.user}
    main, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "smm", "reader", NAME],
        cwd=ROOT,
        env=place | {"PGPASSWORD": PASSWORD, "PYTHONPATH": str(ROOT / "plugins"), "PATH": ""},
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as command:
        assert command.stderr is not None
        asked = command.stderr.read(len(PROMPT))  # getpass throws away what was typed before
        os.write(main, b"a word of mine\n")
        said, rest = command.communicate(timeout=60)
    os.close(main)
    os.close(terminal)
    assert (command.returncode, asked) == (0, PROMPT)
    assert "a word of mine" not in said + rest
    assert "shown this once" not in said + rest
    entered(makers, "a word of mine").close()


def test_who_may_not_make_roles_gets_the_sql_for_who_may(makers: Connection, postgres: Cluster) -> None:
    with psycopg.connect(postgres.dsn(makers.info.dbname), autocommit=True) as superuser:
        superuser.execute("alter role warehouse nocreaterole")
        done = smm(makers, "reader", NAME)
        password = shown(done.stderr)
        assert done.returncode == 1
        assert done.stderr.splitlines()[0] == (
            "warehouse: permission denied to create role. Let an administrator run this SQL there."
        )
        assert superuser.execute("select from pg_roles where rolname = %s", [NAME]).fetchone() is None
        assert password not in done.stdout

        superuser.execute(done.stdout.encode())

    with entered(makers, password) as connection:
        connection.execute("select * from marts.kpi")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from marts.delivery")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("warehouse", "there is already a role warehouse, which was not made by this command: choose another name"),
        ("postgres", "there is already a role postgres, which was not made by this command: choose another name"),
        ("pg_read_all_data", "'pg_read_all_data' is not a valid name: write it with a-z, 0-9 and _, such as bi"),
        ("x; drop", "'x; drop' is not a valid name: write it with a-z, 0-9 and _, such as bi"),
    ],
)
def test_a_name_that_is_no_readers_is_refused(warehouse: Connection, name: str, said: str) -> None:
    done = smm(warehouse, "reader", name)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{said}\n")
