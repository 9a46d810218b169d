"""Clients whose letters wait, on the board's side."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smm.letters import approval
from smm.loading import dags
from smm.loading.dags import Dag
from smm.warehouse import Connection
from tests.letters.case import Case
from tests.letters.examples import DAY_4

if TYPE_CHECKING:
    from starlette.testclient import TestClient

Visit = Callable[[str | None], "TestClient"]
LETTER = "2025-10-missed-1"
PAGE = f"/board/clients/yarko/letters/{LETTER}"
OWNER, PARTNER, MANAGER = "owner@yarko.example", "partner@yarko.example", "anna@agency.example"
REPORT = {"to": [OWNER, {PARTNER: "en"}], "manager": MANAGER, "letters": ["missed"]}
HERE = {"origin": "http://airflow.example", "sec-fetch-site": "same-origin"}  # as browsers send from our pages


@pytest.fixture
def drafted(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A letter of yarko's that waits for the manager until the next day; what sends it is switched on."""
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    monkeypatch.setattr(dags, "known", lambda: [Dag("report_targets", is_paused=False, has_run=True)])
    case = Case(warehouse, tmp_path)
    assert case.missed(report=REPORT) == LETTER
    assert approval.give(warehouse, "yarko", LETTER, 24, DAY_4)
    warehouse.commit()
    return case
