"""A warehouse that each story begins with empty."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from local.postgres import Cluster
from smm.warehouse import Connection, connect


@pytest.fixture(scope="session")
def stage(postgres: Cluster, migrated: str) -> Iterator[Connection]:
    name = sql.Identifier("stories")
    with psycopg.connect(postgres.dsn(), autocommit=True) as superuser:
        superuser.execute(sql.SQL("create database {} template {}").format(name, sql.Identifier(migrated)))
        with connect(postgres.dsn("stories")) as connection:
            yield connection
        superuser.execute(sql.SQL("drop database {} with (force)").format(name))
