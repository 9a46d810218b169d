"""The bench of letters: what it renders, and which targets are met."""

import json
import subprocess
import sys
from typing import Any

import pytest

from bench import letters
from smm.project import ROOT


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, [True, True]),
        ({"seconds": 60.0}, [False, True]),
        ({"peak_mb": 221.0}, [True, False]),
        ({"with_pdf": {"seconds": 76.7}}, [True, True, True]),
        ({"with_pdf": {"seconds": 76.8}}, [True, True, False]),
    ],
)
def test_the_targets(changed: dict[str, Any], expected: list[bool]) -> None:
    found = {"letters": 200, "first": 50, "charts": 4, "seconds": 59.0, "peak_mb": 220.0, "first_mb": 200.0} | changed
    assert [is_met for _, _, is_met in letters.targets(found)] == expected


def test_a_letter_is_rendered_with_its_charts_and_the_table_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.ways.letters", "1", "1"],
        cwd=ROOT,
        env={"PYTHONPATH": "plugins", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert (found["letters"], found["charts"]) == (1, 4)
    assert 50_000 < found["largest"] < 500_000
    assert list(letters.lines(found))[-1].startswith("| 1 | ")
    assert list(letters.lines(found | {"with_pdf": found}))[-1].startswith("| 1 with PDFs | ")
