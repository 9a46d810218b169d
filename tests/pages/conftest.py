"""Readers who were sent a letter with the link to their own page, and a browser that has logged in nowhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smm.letters import outbox
from smm.letters.delivery import deliver
from smm.warehouse import Connection
from tests.board.conftest import airflow_app, visitor
from tests.files.test_agency import written
from tests.letters.case import Case
from tests.letters.conftest import mail_server
from tests.letters.examples import DAY_4, OCTOBER
from tests.letters.handing_over import BOTH
from tests.letters.mail_server import MailServer

if TYPE_CHECKING:
    from starlette.testclient import TestClient

__all__ = ["airflow_app", "mail_server", "visitor"]

AIRFLOW = "https://airflow.agency.example"
PLAIN = f"name: Northern Lights\nboard: {AIRFLOW}\n"
AGENCY = f"{PLAIN}pages: {{days: 90}}\n"
LINK = re.compile(rf"{AIRFLOW}(/pages/[0-9a-f]{{40}}/)")


@dataclass
class Mailed:
    """A case whose letters are handed over, and the links that stood in the mails."""

    case: Case
    server: MailServer

    def deliver(self) -> None:
        deliver(self.case.warehouse, self.server.post, None, DAY_4)

    def correct(self) -> None:
        """Send a second letter about yarko's month: a number has changed."""
        self.case.kpi("all.leads", 12)
        self.case.judge()
        assert outbox.write(self.case.warehouse, "yarko", OCTOBER, DAY_4, "agency.example", "correction")
        self.case.warehouse.commit()
        self.deliver()

    def links(self, recipient: str | None = None) -> list[str]:
        """The addresses of this reader's page, or of all readers', on Airflow's host; the newest mail's first."""
        mails = [mail for _, to, mail in self.server.kept if recipient in (None, to)]
        texts = [mail.get_body(("plain",)).get_content() for mail in reversed(mails)]
        return [found for text in texts for found in LINK.findall(text)]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        found = self.case.rows(query)
        self.case.warehouse.rollback()
        return found


@pytest.fixture
def empty(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mail_server: MailServer) -> Mailed:
    """An agency with such pages, and no letter yet."""
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    written(tmp_path, AGENCY)
    return Mailed(Case(warehouse, tmp_path), mail_server)


@pytest.fixture
def mailed(empty: Mailed) -> Mailed:
    """A letter of yarko's was sent to its owner, and to a partner in English."""
    empty.case.missed(report=BOTH)
    empty.deliver()
    return empty


@pytest.fixture
def browser(visitor: Callable[[str | None], "TestClient"]) -> "TestClient":
    """A browser of nobody whom Airflow knows."""
    return visitor(None)
