"""A warehouse with the real catalogue, to put rows of core in and to see rows of marts come out."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from local.postgres import Cluster
from smm import catalogue
from smm.warehouse import Connection, connect
from tests.sql.facts import Core


@pytest.fixture(scope="session")
def one_warehouse(postgres: Cluster, migrated: str) -> Iterator[Connection]:
    """One for all of these tests: to empty it takes a tenth of the time of making another."""
    name = sql.Identifier("sql_tests")
    with psycopg.connect(postgres.dsn(), autocommit=True) as superuser:
        superuser.execute(sql.SQL("create database {} template {}").format(name, sql.Identifier(migrated)))
        with connect(postgres.dsn("sql_tests")) as connection:
            yield connection
        superuser.execute(sql.SQL("drop database {} with (force)").format(name))


@pytest.fixture
def core(one_warehouse: Connection) -> Core:
    one_warehouse.rollback()
    tables = one_warehouse.execute(
        "select schemaname, tablename from pg_tables"
        " where schemaname in ('catalogue', 'core', 'marts') and tablename != 'migration'"
    )
    names = sql.SQL(", ").join(sql.Identifier(*row.values()) for row in tables)
    one_warehouse.execute(sql.SQL("truncate {}").format(names))
    catalogue.store(one_warehouse, catalogue.read())
    one_warehouse.commit()
    return Core(one_warehouse)
