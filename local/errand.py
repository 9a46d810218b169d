"""`make smm`, `make rehearse`: the project's own commands, on the data of a running `make up` or `make demo`."""

import os
import subprocess
import sys

from local import airflow, demo, ports, state
from local.airflow import Airflow
from local.keys import Keys
from local.postgres import Cluster
from local.trouble import TroubleError


def run(first_port: int, words: list[str]) -> int:
    """Run `python -m smm` with these words in the environment of that stack's tasks; its exit code."""
    stack = _running(first_port)
    command = [sys.executable, "-m", "smm", *(words or ["--help"])]
    return subprocess.run(command, cwd=state.ROOT, env=dict(stack.environment), check=False).returncode


def _running(first_port: int) -> Airflow:
    """The stack of this checkout whose Postgres answers on its port of that range. Raises TroubleError."""
    claimed = {name: first_port + place for place, name in enumerate(ports.UP)}  # a demo's range begins with the same
    for name in ("up", "demo"):
        folder = state.ROOT / ".smm" / name
        if not (folder / "keys.json").exists():
            continue
        keys = Keys.kept(folder / "keys.json")
        cluster = Cluster(folder / "postgres", claimed["postgres"], keys.postgres)
        if cluster.answers():
            given = airflow.cleared(os.environ) if name == "up" else demo.surroundings(folder)
            return airflow.configured(folder, state.ROOT, claimed["ui"], cluster, keys, {}, given)
    raise TroubleError(
        f"no `make up` or `make demo` answers on ports {first_port} and following: start one, or name its PORT"
    )
