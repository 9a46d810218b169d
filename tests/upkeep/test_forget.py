"""A source is forgotten while runs go on: whoever is first, neither waits for one that waits for it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
import yaml

from smm import catalogue, clients, roster
from smm.loading import ledger
from smm.loading.ledger import Slot
from smm.upkeep import forget
from smm.warehouse import Connection, connect
from tests.database import another
from tests.letters.case import Case

FIGURES = Slot(
    source="figures", client="yarko", network="figures", first_day="2025-10-01", last_day="2025-10-31", archived=None
)


@pytest.fixture
def case(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A client with a figure of a file that is no longer named."""
    (tmp_path / "archive").mkdir()
    monkeypatch.setenv("SMM_ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    case = Case(warehouse, tmp_path)
    case.client()
    warehouse.commit()
    load = ledger.begin(warehouse, "run", FIGURES)
    assert load is not None
    warehouse.execute(
        "insert into core.counts"
        " (client, grain, period, through_day, network, measure, value, source, given_by, report, load_id)"
        " values ('yarko', 'month', '2025-10-01', '2025-10-31', 'vk', 'calls', 4, 'figures', 'figures', 'figures', %s)",
        [load["load_id"]],
    )
    ledger.end(warehouse, load, "published")
    warehouse.commit()
    file = tmp_path / "yarko.yml"
    content = yaml.safe_load(file.read_text("utf-8"))
    del content["sources"]["figures"], content["leads"], content["targets"]["leads"]
    file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return case


def test_a_run_that_stores_the_files_meanwhile_goes_on(case: Case) -> None:
    known = catalogue.read()
    client = clients.read_file(case.folder / "yarko.yml", known)
    assert "figures" not in client.sources
    with (
        connect(another(case.warehouse)) as files,
        connect(another(case.warehouse)) as forgetting,
        ThreadPoolExecutor(1) as pool,
    ):
        roster.store(files, known, [replace(client, id="nordlys")])  # other clients' files first
        done = pool.submit(forget.forget, forgetting, forget.trace(forgetting, "yarko", "figures"))
        wait_until_waiting(case, forgetting)
        files.execute("set lock_timeout = '1s'")
        roster.store(files, known, [client])
        files.commit()
        done.result()
    assert case.rows("select count(*) from core.counts") == [(0,)]


def wait_until_waiting(case: Case, waiting: Connection) -> None:
    query = "select from pg_stat_activity where pid = %s and wait_event_type = 'Lock'"
    end = monotonic() + 60
    while not case.warehouse.execute(query, [waiting.info.backend_pid]).fetchall():
        case.warehouse.rollback()
        assert monotonic() < end
    case.warehouse.rollback()
