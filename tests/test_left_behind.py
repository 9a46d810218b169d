"""Whatever way the tests end, nothing of theirs goes on or stays."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import psutil

from tests import database
from tests.conftest import ROOT

PATIENCE = 120  # seconds


def test_nothing_is_left_of_two_processes_whose_pytest_is_killed(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--numprocesses",
        "2",
        "-p",
        "no:cacheprovider",
        "tests/loading/test_ledger.py",
    ]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    pytest = subprocess.Popen(command, cwd=ROOT, env=own | {"TMPDIR": str(tmp_path)}, stdout=subprocess.DEVNULL)
    awaited(lambda: clusters(tmp_path))
    postgres = [psutil.Process(pid) for pid in clusters(tmp_path)]
    folders = list(tmp_path.glob("smm-tests-*"))

    pytest.kill()
    pytest.wait()

    awaited(lambda: not any(folder.exists() for folder in folders))
    assert not any((database.MEMORY / folder.name).exists() for folder in folders)
    awaited(lambda: not any(process.is_running() for process in postgres))


def clusters(folder: Path) -> list[int]:
    """The processes of Postgres that have their data below this folder."""
    files = folder.glob("smm-tests-*/postgres/postmaster.pid")
    return [int(lines[0]) for file in files if (lines := file.read_text().split())]


def awaited(ask: Callable[[], object]) -> None:
    deadline = monotonic() + PATIENCE
    while not ask():
        assert monotonic() < deadline
        sleep(0.1)
