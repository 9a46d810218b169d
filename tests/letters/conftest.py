"""What the tests of letters start from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smm.letters import approval
from smm.warehouse import Connection
from tests.letters.case import Case
from tests.letters.examples import DAY_4
from tests.letters.mail_server import MailServer, serving


@pytest.fixture
def case(warehouse: Connection, tmp_path: Path) -> Case:
    return Case(warehouse, tmp_path)


@pytest.fixture
def drafted(case: Case) -> Case:
    """A letter that waits for the manager until the next day."""
    letter = case.missed()
    assert letter
    assert approval.give(case.warehouse, "yarko", letter, 24, DAY_4)
    case.warehouse.commit()
    return case


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with serving(MailServer()) as server:
        yield server
