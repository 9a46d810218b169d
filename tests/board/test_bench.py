"""What the bench asks of the board: every page answers, of clients as the bench makes them up."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bench import board
from smm import catalogue
from smm.roster import catalogued
from smm.warehouse import Connection

if TYPE_CHECKING:
    from starlette.testclient import TestClient

TODAY = date(2025, 11, 22)


def test_every_page_that_is_measured_answers(
    warehouse: Connection, visitor: Callable[[str | None], "TestClient"]
) -> None:
    catalogued.store(warehouse, catalogue.read())
    board.fill(warehouse, 2, TODAY)
    warehouse.commit()
    browser = visitor("viewer")
    paths = board.PAGES.values()
    assert [browser.get(board.address(path, 2, TODAY)).status_code for path in paths] == [200] * len(paths)


@pytest.mark.parametrize(("slowest", "is_met"), [(0.299, True), (0.3, False)])
def test_the_target_is_the_slowest_pages(slowest: float, is_met: bool) -> None:
    pages = {"quick": {"p50": 0.1, "p95": 0.1}, "slow": {"p50": 0.1, "p95": slowest}}
    assert [met for _, _, met in board.targets({"pages": pages})] == [is_met]
