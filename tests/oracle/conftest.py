"""A warehouse that each story begins with empty."""

from collections.abc import Iterator

import pytest

from local.postgres import Cluster
from smm.warehouse import Connection, connect
from tests import database


@pytest.fixture(scope="session")
def stage(postgres: Cluster, migrated: str) -> Iterator[Connection]:
    with database.lent(postgres, migrated) as name, connect(postgres.dsn(name)) as connection:
        yield connection
