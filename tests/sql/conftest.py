"""A warehouse with the real catalogue, to put rows of core in and to see rows of marts come out."""

import pytest

from smm import catalogue
from smm.warehouse import Connection
from tests.sql.core import Core


@pytest.fixture
def core(warehouse: Connection) -> Core:
    catalogue.store(warehouse, catalogue.read())
    warehouse.commit()
    return Core(warehouse)
