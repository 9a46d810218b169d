"""The project's commands on the data of `make up`, or of a demo."""

import json
import subprocess
import sys
from dataclasses import asdict
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


def stack(checkout: Path, name: str, postgres: Cluster | None) -> Keys:
    """The state of `make up` or of a demo, which runs if there is a Postgres with its data."""
    folder = checkout / ".smm" / name
    folder.mkdir(parents=True)
    keys = Keys(postgres=postgres.password) if postgres else Keys()
    (folder / "keys.json").write_text(json.dumps(asdict(keys)))
    if postgres:
        (folder / "postgres").symlink_to(postgres.folder)
    return keys


def test_without_a_running_stack_it_says_so(checkout: Path, postgres: Cluster) -> None:
    stack(checkout, "up", None)
    for port in (ports.free(), postgres.port - 1):  # nobody's, another stack's
        with pytest.raises(TroubleError, match="no `make up` or `make demo` answers on ports"):
            errand.run(port, ["late"])


@pytest.mark.parametrize(("running", "clients"), [("up", "include/clients"), ("demo", ".smm/demo/sandbox/clients")])
def test_a_command_gets_the_stacks_warehouse_archive_and_clients(
    checkout: Path, postgres: Cluster, running: str, clients: str
) -> None:
    keys = {name: stack(checkout, name, postgres if name == running else None) for name in ("up", "demo")}

    assert errand.run(postgres.port - 1, ["forget", "yarko", "--yes"]) == 3

    words, warehouse, archive, found = json.loads((checkout / "given.json").read_text())
    assert words == ["forget", "yarko", "--yes"]
    place = json.loads(warehouse)
    assert (place["port"], place["password"]) == (postgres.port, keys[running].warehouse)
    assert archive == f"file://{checkout / '.smm' / running / 'archive'}"
    assert found == str(checkout / clients)


def test_the_words_of_a_command_pass_unread() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local", "smm", "--port", str(ports.free()), "--", "forget", "yarko", "--yes"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("no `make up` or `make demo` answers on ports")
