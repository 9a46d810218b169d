import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local import state

MAKEFILE = Path(__file__).resolve().parents[2] / "Makefile"


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`make` in a folder that has the Makefile and its inputs only."""
    for name in ("Makefile", "requirements-local.txt", "requirements-dev.txt"):
        shutil.copy(MAKEFILE.with_name(name), folder)
    # not as a part of the `make test` that runs this
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *words], cwd=folder, env=outside, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "a folder"
    made.mkdir()
    return made


def python(folder: Path, version: str) -> Path:
    """A python of another version, as far as the Makefile asks it."""
    stand_in = folder / "python-other"
    stand_in.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "Python {version}" && exit 0\nexit 1\n')
    stand_in.chmod(0o755)
    return stand_in


def test_help_is_the_default_and_lists_every_target(folder: Path) -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE.read_text(), re.MULTILINE)
    assert phony
    listed = re.findall(r"^  (\w+): ", make(folder).stdout, re.MULTILINE)
    assert sorted(listed) == sorted(phony[1].split())


@pytest.mark.parametrize("target", ["demo", "up", "test", "check", "lint", "lock"])
def test_an_unsupported_python_is_one_clear_line(folder: Path, target: str) -> None:
    done = make(folder, target, f"PYTHON={python(folder, '3.9.2')}")
    assert done.returncode
    said, makes_own = done.stderr.splitlines()
    assert said == "Python 3.9.2 is not supported: name a Python 3.11, 3.12 or 3.13: make PYTHON=python3.12"
    assert makes_own.startswith("make: ")
    assert not (folder / ".smm").exists()


def test_a_missing_python_is_one_clear_line(folder: Path) -> None:
    assert make(folder, "demo", "PYTHON=nopython").stderr.startswith("there is no nopython here: install Python 3.11")


def test_a_folder_that_cannot_be_written_to_is_one_clear_line(folder: Path) -> None:
    (folder / ".smm").touch()
    assert make(folder, "demo").stderr.startswith("this folder cannot be written to")


def test_clean_keeps_the_data_of_up(folder: Path) -> None:
    for path in (".smm/venv/bin", ".smm/up/postgres", "plugins/smm/__pycache__", ".pytest_cache"):
        (folder / path).mkdir(parents=True)
    assert make(folder, "clean").returncode == 0
    left = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_dir()}
    assert left == {".smm", ".smm/up", ".smm/up/postgres", "plugins", "plugins/smm"}


def test_clean_refuses_while_up_runs(folder: Path) -> None:
    """From any terminal: else it would delete the Python and the Postgres that run there."""
    shutil.copytree(MAKEFILE.with_name("local"), folder / "local", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("sandbox", "plugins", "include"):
        (folder / name).symlink_to(MAKEFILE.with_name(name))
    (folder / ".smm" / "venv" / "bin").mkdir(parents=True)
    (folder / ".smm" / "venv" / "installed").touch()
    (folder / ".smm" / "venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (folder / ".smm" / "venv" / "bin" / "python").chmod(0o755)
    with state.opened("up", afresh=False, root=folder):
        done = make(folder, "clean")
    assert done.returncode
    assert done.stderr.startswith(f"`make up` runs in this folder already, process {os.getpid()}: stop it first, with")
    assert (folder / ".smm" / "venv" / "installed").exists()

    assert make(folder, "clean").returncode == 0
    assert not (folder / ".smm" / "venv").exists()
    assert (folder / ".smm" / "up").exists()


HOSTILE = 'a\' b $x `id` "$(id)"; exit 7'
WAYS = {
    "rehearse": (("CLIENT", "MONTHS", "FILE"), ["rehearse", HOSTILE, "--months", HOSTILE, "--file", HOSTILE]),
    "letter": (("CLIENT", "MONTH", "LANGUAGE"), ["preview", HOSTILE, HOSTILE, "--language", HOSTILE]),
}


@pytest.mark.parametrize(("target", "ways"), WAYS.items(), ids=WAYS)
def test_any_text_reaches_the_command_as_it_is(folder: Path, target: str, ways: tuple[Any, list[str]]) -> None:
    names, words = ways
    stand_in = folder / ".smm" / "venv" / "bin" / "python"
    stand_in.parent.mkdir(parents=True)
    stand_in.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    stand_in.chmod(0o755)
    for name in ("bin/uv", "installed"):  # younger than what it is made from
        (folder / ".smm" / "venv" / name).touch()

    done = make(folder, "--assume-old=requirements-local.txt", target, *(f"{name}={HOSTILE}" for name in names))

    assert done.stdout.splitlines() == ["-m", "local", "smm", "--port", "8080", "--", *words], done.stderr
