"""Part e of the bench: when its targets are met, and what its page shows."""

from typing import Any

import pytest

from bench import kpis


def found(**changed: float) -> dict[str, Any]:
    """As measured, all targets just met: full rebuilds of 50, 100 and 200 clients, changes, verdicts."""
    seconds = {"50": 68.0, "200": 299.0, "day": 4.9, "history": 4.9, "finished": 4.9, "running": 4.9} | changed
    sizes = {50: seconds["50"], 100: 140.0, 200: seconds["200"]}
    return {
        "full": [
            {"clients": size, "cells": size * 1000, "kpis": size * 2000, "seconds": took, "cpu": took}
            for size, took in sizes.items()
        ],
        **{name: {"seconds": seconds[name], "cpu": 1.0} for name in ("day", "history")},
        "verdicts": {
            name: {"seconds": seconds[name], "cpu": 1.0, "verdicts": 1600} for name in ("finished", "running")
        },
        "bytes": 2_500_000_000,
    }


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({}, []),
        ({"day": 5.0}, [0]),
        ({"history": 5.0}, [1]),
        ({"200": 300.0, "50": 75.0}, [2]),
        ({"50": 67.9}, [3]),
        ({"finished": 5.0}, [4]),
        ({"running": 5.0}, [4]),
    ],
)
def test_the_targets(changed: dict[str, float], missed: list[int]) -> None:
    judged = list(kpis.targets(found(**changed)))
    assert len(judged) == 5
    assert [number for number, (_, _, is_met) in enumerate(judged) if not is_met] == missed


def test_the_page() -> None:
    text = "\n".join(kpis.lines(found()))
    assert "| 200 clients | 200,000 | 400,000 | 299 | 299 | 1.50 |" in text
    assert "| 1,600 verdicts: all clients, a running month | 4.90 | 1.00 |" in text
    assert "take 12.5 MB per client" in text
