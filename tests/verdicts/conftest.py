"""A warehouse in which tests judge, and tables of verdicts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from local.postgres import Cluster
from smm import catalogue
from smm.roster import catalogued
from smm.warehouse import Connection, connect
from tests import database
from tests.verdicts.lines import OCTOBER, judge, lines, put_client, put_fact, put_forecasts, put_target, told
from tests.verdicts.splits import Splits


@pytest.fixture(scope="session")
def one_for_all(postgres: Cluster, migrated: str) -> Iterator[Connection]:
    with database.lent(postgres, migrated) as name, connect(postgres.dsn(name)) as connection:
        catalogued.store(connection, catalogue.read())
        connection.commit()
        yield connection


@pytest.fixture
def marts(one_for_all: Connection) -> Iterator[Connection]:
    """A migrated warehouse with the real catalogue. Nothing that a test does in it is ever committed."""
    yield one_for_all
    one_for_all.rollback()


@pytest.fixture
def splits(marts: Connection) -> Splits:
    """The same, with one client, to put in what splits of gaps rest on."""
    splits = Splits(marts)
    splits.serve()
    return splits


@pytest.fixture
def judged(marts: Connection) -> Any:
    """Puts a table's lines into the warehouse and judges them; what it returns must equal what the table says."""

    def run(table: str) -> list[str]:
        for line in lines(table):
            words = dict.fromkeys(("client", "fact", "before", "foreseen"), "") | line.words
            words.setdefault("target", "followers_gained at_least 100")
            put_client(marts, line.client, **dict(pair.split("=") for pair in words["client"].split()))
            put_target(marts, line.client, words["target"])
            put_fact(marts, line.client, words["target"], OCTOBER, words["fact"])
            for earlier in filter(None, words["before"].split(";")):
                month, _, fact = earlier.strip().partition(": ")
                put_fact(marts, line.client, words["target"], date.fromisoformat(f"{month}-01"), fact)
            put_forecasts(marts, line.client, words["target"], words["foreseen"])
        moments: dict[str, list[str]] = {}
        for line in lines(table):
            moments.setdefault(line.words.get("at (UTC)", "2025-11-04 06:00"), []).append(line.client)
        for moment, clients in moments.items():
            judge(marts, clients, OCTOBER, datetime.fromisoformat(moment).replace(tzinfo=UTC))
        return told(marts, table)

    return run
