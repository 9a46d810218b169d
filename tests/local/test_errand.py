"""The project's commands on the data of `make up`."""

import subprocess
import sys
from pathlib import Path

import pytest

from local import errand, ports, state
from local.keys import Keys
from local.postgres import Cluster
from local.trouble import TroubleError


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose `python -m smm` says what it was given."""
    monkeypatch.setattr(state, "ROOT", tmp_path)
    monkeypatch.delenv("SMM_ARCHIVE")
    package = tmp_path / "plugins" / "smm"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(
        "import os, sys, json\n"
        "names = ('AIRFLOW_CONN_WAREHOUSE', 'SMM_ARCHIVE', 'SMM_CLIENTS')\n"
        "json.dump([sys.argv[1:], *(os.environ[name] for name in names)], open('given.json', 'w'))\n"
        "sys.exit(3)\n"
    )
    return tmp_path


def test_without_a_running_stack_it_says_so(checkout: Path) -> None:
    with pytest.raises(TroubleError, match="no `make up` answers on ports"):
        errand.run(ports.free(), ["late"])


def test_a_command_gets_the_stacks_warehouse_and_archive(checkout: Path, postgres: Cluster) -> None:
    folder = checkout / ".smm" / "up"
    folder.mkdir(parents=True)
    keys = Keys.kept(folder / "keys.json")

    assert errand.run(postgres.port - 1, ["forget", "yarko", "--yes"]) == 3

    given = (checkout / "given.json").read_text()
    assert '["forget", "yarko", "--yes"]' in given
    assert keys.warehouse in given
    assert str(postgres.port) in given
    assert f"file://{folder / 'archive'}" in given


def test_the_words_of_a_command_pass_unread() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local", "smm", "--port", str(ports.free()), "--", "forget", "yarko", "--yes"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("no `make up` answers on ports")
