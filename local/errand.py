"""`make smm`: the project's own commands, on the data of `make up`, which runs meanwhile."""

import os
import subprocess
import sys

from local import airflow, ports, state
from local.keys import Keys
from local.postgres import Cluster
from local.trouble import TroubleError


def run(first_port: int, words: list[str]) -> int:
    """Run `python -m smm` with these words in the environment of that stack's tasks; its exit code."""
    folder = state.ROOT / ".smm" / "up"
    claimed = {name: first_port + place for place, name in enumerate(ports.UP)}
    if not (folder / "keys.json").exists() or not ports.is_taken(claimed["postgres"]):
        raise TroubleError(f"no `make up` answers on ports {first_port} and following: start it, or name its PORT")
    keys = Keys.kept(folder / "keys.json")
    cluster = Cluster(folder / "postgres", claimed["postgres"], keys.postgres)
    given = airflow.cleared(os.environ)
    stack = airflow.configured(folder, state.ROOT, claimed["ui"], cluster, keys, {}, given)
    command = [sys.executable, "-m", "smm", *(words or ["--help"])]
    return subprocess.run(command, cwd=state.ROOT, env=dict(stack.environment), check=False).returncode
