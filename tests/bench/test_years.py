"""Part l of the bench: the cost of a month of a client, and when the target is met."""

import pytest

from bench import years


@pytest.mark.parametrize(("cpu", "is_met"), [(1100.0, True), (1101.0, False)])
def test_the_target(cpu: float, is_met: bool) -> None:
    small = {"clients": 50, "months": 20, "seconds": 60.0, "cpu": 100.0}
    found = {"full": [small, {"clients": 500, "months": 20, "seconds": 600.0, "cpu": cpu}]}
    assert [met for _, _, met in years.targets(found)] == [is_met]
    assert "| 50 | 20 | 60 | 100 | 100.0 |" in list(years.lines(found))
