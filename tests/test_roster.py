"""The clients' files as rows: what a change of them marks."""

from pathlib import Path

import pytest

from smm import catalogue, clients, roster
from smm.warehouse import Connection
from tests.test_clients import GOOD, written


@pytest.fixture
def stored(warehouse: Connection, tmp_path: Path) -> "Store":
    return Store(warehouse, tmp_path)


class Store:
    """Puts a file's text into the warehouse, as every run does."""

    def __init__(self, warehouse: Connection, folder: Path) -> None:
        self.warehouse = warehouse
        self._folder = folder
        catalogue.store(warehouse, catalogue.read())
        warehouse.execute(
            "insert into core.coverage (client, network, report, day, load_id, state)"
            " values ('yarko', 'ga4', 'events', '2026-06-05', 'load', 'known')"
        )

    def file(self, text: str) -> None:
        known = catalogue.read()
        roster.store(self.warehouse, known, [clients.read_file(written(self._folder, text), known)])

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return [tuple(row.values()) for row in self.warehouse.execute(query.encode())]


def test_another_audience_marks_all_months(stored: Store) -> None:
    stored.file(GOOD)
    stored.rows("delete from core.change returning client")
    stored.file(GOOD)
    assert stored.rows("select month from core.change") == [], "the same file again"

    stored.file(GOOD.replace("174905001}", "174905001, audience: {sex: female, ages: [24-27, 27-30]}}"))

    assert stored.rows("select network, block, value from core.audience order by value") == [
        ("vk", "sex_age", "f;24-27"),
        ("vk", "sex_age", "f;27-30"),
    ]
    assert stored.rows("select month::text from core.change") == [("2026-06-01",)]
    assert len(stored.rows("select day from core.coverage")) == 1, "the events of forms are the same"

    stored.file(GOOD)
    assert stored.rows("select network from core.audience") == []
