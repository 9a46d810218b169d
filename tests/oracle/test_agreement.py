"""What the SQL makes of real days is what the oracle makes of them: every KPI, network and grain of every client."""

from pathlib import Path

from local.postgres import Cluster
from smm import catalogue
from smm.warehouse import connect
from tests.conftest import BUILT
from tests.oracle import oracle
from tests.oracle.comparison import differences


def assert_every_kpi_is_the_oracles(dsn: str, clients: list[str]) -> None:
    with connect(dsn) as warehouse:
        for client in clients:
            expected = oracle.expected(warehouse, catalogue.read(), client)

            assert differences(warehouse, client, expected) == []
            assert len(expected.kpis) > 1000


def test_of_the_world(loaded: tuple[str, Path], postgres: Cluster) -> None:
    """Without yarko, who has a Page and an Instagram account: the oracle knows VK's pages only.

    His numbers are held against the world's truth, in tests/test_whole_way.py.
    """
    assert_every_kpi_is_the_oracles(postgres.dsn(loaded[0]), ["nordlys", "pekarnya"])


def test_of_the_recordings(replayed: str, postgres: Cluster) -> None:
    assert_every_kpi_is_the_oracles(postgres.dsn(replayed), BUILT)
