"""Whatever happens to a client's core, the SQL and the oracle make the same of it, and so does a full rebuild."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings

from smm import catalogue
from smm.rebuild import REBUILD
from smm.warehouse import Connection, run
from tests.oracle import oracle
from tests.oracle.comparison import differences
from tests.oracle.story import Story, stories
from tests.oracle.telling import Telling, emptied

EVER = {"clients": None, "first_month": date(2000, 1, 1), "last_month": date(2100, 1, 1)}


def rebuilt(warehouse: Connection) -> dict[str, set[tuple[Any, ...]]]:
    """The rows of marts after all months were rebuilt from nothing."""
    warehouse.execute("truncate marts.daily, marts.measure_periods, marts.kpi_months, marts.basis")
    for path in REBUILD:
        run(warehouse, path, EVER)
    warehouse.commit()
    return rows(warehouse)


def rows(warehouse: Connection) -> dict[str, set[tuple[Any, ...]]]:
    return {
        table: {tuple(row.values()) for row in warehouse.execute(f"select * from marts.{table}")}
        for table in ("measure", "kpi")
    }


@settings(
    derandomize=True,
    max_examples=8,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=stories())
def test_what_changed_is_rebuilt_to_what_the_oracle_expects(stage: Connection, story: Story) -> None:
    core = emptied(stage)
    telling = Telling(core, story)
    for load in story.loads:
        telling.go_on(load)
        if load.is_built:
            core.rebuild()
    core.rebuild()

    expected = oracle.expected(stage, catalogue.read(), core.client)

    assert differences(stage, core.client, expected) == []
    changed = rows(stage)
    assert changed["kpi"]
    assert changed == rebuilt(stage)
