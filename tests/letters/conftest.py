"""What the tests of letters start from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smm.warehouse import Connection
from tests.letters.case import Case
from tests.letters.mail_server import MailServer, serving


@pytest.fixture
def case(warehouse: Connection, tmp_path: Path) -> Case:
    return Case(warehouse, tmp_path)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with serving(MailServer()) as server:
        yield server
