"""Part j of the bench: when its targets are met, and where its page says that the CPU went."""

from typing import Any

import pytest

from bench import whole_day


def found(seconds: float = 599.0, tasks: int = 129, task_mb: float = 399.0) -> dict[str, Any]:
    return {
        "clients": 1000,
        "latency": 0.05,
        "seconds": seconds,
        "tasks": {"ingest_ga4": tasks, "build_kpis": 1},
        "task_mb": task_mb,
        "cpu": {"Postgres": 100.0, "tasks": 300.0},
    }


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, [True, True, True]),
        ({"seconds": 600.0}, [False, True, True]),
        ({"tasks": 130}, [True, False, True]),
        ({"task_mb": 400.0}, [True, True, False]),
    ],
)
def test_the_targets(changed: dict[str, Any], expected: list[bool]) -> None:
    assert [is_met for _, _, is_met in whole_day.targets(found(**changed))] == expected


def test_the_page() -> None:
    rows = [line for line in whole_day.lines(found()) if line.startswith("| ")]
    assert rows[1:3] == ["| `ingest_ga4` | 129 |", "| `build_kpis` | 1 |"]
    assert rows[-2:] == ["| tasks | 300 | 300 | 75% |", "| Postgres | 100 | 100 | 25% |"]
