"""Part i of the bench: when rows count as the same, and when the target is met."""

from typing import Any

import pytest

from bench import on_duckdb
from local.trouble import TroubleError

FOUND: dict[str, Any] = {
    "clients": 20,
    "rows": {"day": 900.0, "week": 70.0, "month": 30.0},
    "written": 1.0,
    "read": 2.0,
}


@pytest.mark.parametrize(("duckdb", "is_met"), [(1.0, True), (0.9, False)])
def test_the_target(duckdb: float, is_met: bool) -> None:
    assert [met for _, _, met in on_duckdb.targets(FOUND | {"duckdb": duckdb})] == [is_met]


def test_the_page() -> None:
    text = "\n".join(on_duckdb.lines(FOUND | {"duckdb": 0.5}))
    assert "| DuckDB: all computed, and read | 1,000 | 0.50 | 1.0 |" in text
    assert "| Postgres: months, computed and stored in a rebuild | 30 | 1.00 | 2.0 |" in text
    assert "| **Postgres**: both | 1,000 | 3.00 | 6.0 |" in text


@pytest.mark.parametrize("theirs", [{"day": [9, 1.1]}, {"day": [8, 1.0]}, {"day": [9, 1.0], "week": [1, 1.0]}, {}])
def test_other_rows_are_an_error(theirs: dict[str, list[float]]) -> None:
    on_duckdb.compare({"day": [9, 1.0]}, {"day": [9, 1.0 + 1e-12]})
    with pytest.raises(TroubleError, match="differ"):
        on_duckdb.compare({"day": [9, 1.0]}, theirs)
