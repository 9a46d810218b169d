"""An older checkout is measured by its own bench, in a copy of its commit, and compared with this one."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import beside, page
from local.trouble import TroubleError

ITS_BENCH = """
import json, pathlib, sys
cost = {"cpu": float(pathlib.Path("cost").read_text())}
found = {"imports": {"fetch": cost, "a task of old": cost}, "dags": cost}
pathlib.Path("docs/bench.json").write_text(json.dumps({sys.argv[2]: found}))
sys.exit(1)  # it misses a target
"""


def found(fetch: float, dags: float) -> dict[str, Any]:
    """Part d as measured, in CPU seconds."""
    return {"imports": {"fetch": {"cpu": fetch}, "a task of today": {"cpu": 9.0}}, "dags": {"cpu": dags}}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Of a version whose part d has cost 2 CPU seconds each, with another number that is not committed."""
    made = tmp_path / "older"
    for name, text in {"bench/__main__.py": ITS_BENCH, "cost": "2", "docs/bench.json": '{"d": "long ago"}'}.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text, encoding="utf-8")
    author = ("-c", "user.name=A", "-c", "user.email=a@agency.example")
    for words in (("init", "--quiet"), ("add", "--all"), (*author, "commit", "--quiet", "--message", "Older")):
        subprocess.run(["git", "-C", str(made), *words], check=True)
    (made / "cost").write_text("3", encoding="utf-8")
    return made


def test_the_older_one_is_measured_as_committed_and_stays_as_it_is(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(page, "FIGURES", tmp_path / "bench.json")
    with beside.copied(checkout) as other:
        assert beside.measure("d", 8080, other, lambda: found(1.0, 4.0)) == found(1.0, 4.0)
    kept = json.loads((tmp_path / "bench.json").read_text("utf-8"))["beside"]
    rows = [line for line in beside.lines(kept) if line.startswith("| ")][1:]
    assert rows == [
        "| imports of fetch: CPU ms | 2,000 | 1,000 | 0.50 |",
        "| reading all DAGs: CPU ms | 2,000 | 4,000 | 2.00 |",
    ]
    head = subprocess.run(["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"], capture_output=True, check=True)
    assert next(beside.lines(kept)).startswith(f"Commit {head.stdout.decode().strip()} of 20")
    assert (checkout / "docs" / "bench.json").read_text("utf-8") == '{"d": "long ago"}'


def test_a_bench_that_kept_nothing_is_an_error(checkout: Path) -> None:
    (checkout / "bench" / "__main__.py").write_text("raise SystemExit('no such part')", encoding="utf-8")
    command = ["git", "-C", str(checkout), "-c", "user.name=A", "-c", "user.email=a@agency.example"]
    subprocess.run([*command, "commit", "--quiet", "--all", "--message", "Broken"], check=True)
    with beside.copied(checkout) as other, pytest.raises(TroubleError, match="no such part"):
        other.measured("d", 8080)


def test_a_folder_that_is_no_checkout_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TroubleError, match="is no checkout"), beside.copied(tmp_path / "nothing"):
        pass


def test_what_was_measured_twice_there_is_compared_by_its_mean() -> None:
    rows = beside.compared("d", found(1.0, 4.0), found(2.0, 1.0), found(4.0, 3.0))
    assert [(row["other"], row["this"]) for row in rows] == [(3000, 1000), (9000, 9000), (2000, 4000)]


def rebuilt(cpu: float, size: int) -> dict[str, Any]:
    """Part e as measured."""
    cost = {"cpu": 1.0}
    full = [{"clients": 50, "cpu": 9.0}, {"clients": 200, "cpu": cpu}]
    return {"full": full, "day": cost, "history": cost, "verdicts": {"finished": cost}, "bytes": size}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (lambda: rebuilt(35.0, 35), [True, True, False, False]),
        (lambda: rebuilt(36.0, 35), [False, True, False, False]),
        (lambda: rebuilt(35.0, 36), [True, False, False, False]),
    ],
)
def test_the_targets(changed: Callable[[], dict[str, Any]], expected: list[bool]) -> None:
    kept = {"commit": "abc", "parts": {"e": beside.compared("e", changed(), rebuilt(100.0, 100))}}
    assert [is_met for _, _, is_met in beside.targets(kept)] == expected
