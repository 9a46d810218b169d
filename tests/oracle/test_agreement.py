"""What the SQL makes of real days is what the oracle makes of them: every KPI, network and grain of every client."""

from pathlib import Path

import pytest

from local.postgres import Cluster
from smm import catalogue
from smm.warehouse import connect
from tests.conftest import BUILT
from tests.oracle import oracle
from tests.oracle.comparison import differences


@pytest.fixture
def of_the_world(loaded: tuple[str, Path]) -> tuple[str, list[str]]:
    name, _ = loaded
    return name, ["nordlys", "pekarnya", "yarko"]


@pytest.fixture
def of_the_recordings(replayed: str) -> tuple[str, list[str]]:
    return replayed, BUILT


@pytest.mark.parametrize("origin", ["of_the_world", "of_the_recordings"])
def test_every_kpi_is_the_oracles(origin: str, request: pytest.FixtureRequest, postgres: Cluster) -> None:
    name, clients = request.getfixturevalue(origin)
    with connect(postgres.dsn(name)) as warehouse:
        for client in clients:
            expected = oracle.expected(warehouse, catalogue.read(), client)

            assert differences(warehouse, client, expected) == []
            assert len(expected.kpis) > 1000
