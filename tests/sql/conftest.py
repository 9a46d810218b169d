"""A warehouse with the real catalogue, to put rows of core in and to see rows of marts come out."""

from collections.abc import Iterator

import pytest

from local.postgres import Cluster
from smm import catalogue
from smm.roster import catalogued
from smm.warehouse import Connection, connect
from tests import database
from tests.sql.facts import Core


@pytest.fixture(scope="session")
def one_warehouse(postgres: Cluster, migrated: str) -> Iterator[Connection]:
    """One for all of these tests."""
    with database.lent(postgres, migrated) as name, connect(postgres.dsn(name)) as connection:
        yield connection


@pytest.fixture
def core(one_warehouse: Connection) -> Core:
    one_warehouse.rollback()
    database.truncate(one_warehouse)
    catalogued.store(one_warehouse, catalogue.read())
    one_warehouse.commit()
    return Core(one_warehouse)
