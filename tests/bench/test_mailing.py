"""Part k of the bench: when its target is met, and what its page shows."""

from typing import Any

import pytest

from bench import mailing


def found(write: float = 60.0, deliver: float = 179.0) -> dict[str, Any]:
    seconds = {"judge": 9.0, "write": write, "deliver": deliver}
    return {"clients": 1000, "seconds": seconds, "in_all": 260.0, "task_mb": 300.0, "cpu": {"tasks": 400.0}}


@pytest.mark.parametrize(("changed", "is_met"), [({}, True), ({"write": 61.0}, False), ({"deliver": 180.0}, False)])
def test_the_target(changed: dict[str, float], is_met: bool) -> None:
    assert [met for _, _, met in mailing.targets(found(**changed))] == [is_met]


def test_the_page() -> None:
    text = "\n".join(mailing.lines(found()))
    assert "| deliver | 179 | 179 |" in text
    assert "| tasks | 400 | 400 | 100% |" in text
