"""What the tests of rehearsals start from."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from smm import catalogue, clients, roster
from smm.letters import outbox
from smm.roster import catalogued
from smm.verdicts import judging as targets
from smm.warehouse import Connection
from tests.rehearsal.case import FACTS, THEN, Case, put


@pytest.fixture
def case(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    case = Case(warehouse, tmp_path / "yarko.yml")
    known = catalogue.read()
    catalogued.store(warehouse, known)
    client = clients.read_file(case.write(THEN), known)
    roster.store(warehouse, known, [client])
    roster.store_targets(warehouse, "yarko", client.targets)
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in FACTS.strip("\n").splitlines()]
    for of_month, *facts in rows:
        for name, fact in zip(head[1:], facts, strict=True):
            network, _, kpi = name.partition(".")
            put(warehouse, network, kpi, date.fromisoformat(f"{of_month}-01"), fact)
    for month in (9, 10, 11):
        at = datetime(2025, month + 1, 5, 12, tzinfo=UTC)
        targets.judge(warehouse, ["yarko"], date(2025, month, 1), at)
    outbox.write(
        warehouse, "yarko", date(2025, 10, 1), datetime(2025, 11, 4, 6, tzinfo=UTC), "agency.example", "missed"
    )
    warehouse.commit()
    return case
