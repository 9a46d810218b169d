"""Airflow's four processes: their environment, their start, their health."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from local.api import AirflowApi
from local.keys import Keys
from local.ports import HOST
from local.postgres import Cluster
from local.processes import Process, Runner
from local.state import write_secret

LOGIN = "admin"
COMPONENTS = {
    "api-server": ["api-server"],
    # Task logs lie on this machine, where the api-server reads them itself; the servers would listen on all addresses.
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}
START_SECONDS = 180


@dataclass(frozen=True)
class Airflow:
    """Airflow of one stack: `folder` is the stack's state, `root` the checkout with dags/ and plugins/."""

    folder: Path
    root: Path
    port: int
    environment: Mapping[str, str]
    password: str  # LOGIN's

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "airflow", *words]

    def start(self, runner: Runner) -> None:
        """Start the four at once: harmless as long as nothing is triggered before all are healthy."""
        for name, words in COMPONENTS.items():
            runner.start(name, self.command(*words), self.environment)

    def migrate(self, runner: Runner) -> Process:
        return runner.start("airflow-migrate", self.command("db", "migrate"), self.environment)

    def healthy(self, runner: Runner, since: datetime) -> AirflowApi:
        """Wait until all four have shown signs of life after `since`; earlier ones may still stand in the database."""
        api = AirflowApi(self.address, LOGIN, self.password)
        runner.until(lambda: api.alive(since) or None, "the start of Airflow", START_SECONDS, every=0.3)
        return api


def configured(
    folder: Path,
    root: Path,
    port: int,
    cluster: Cluster,
    keys: Keys,
    connections: Mapping[str, Mapping[str, object]],
    given: Mapping[str, str],
) -> Airflow:
    """Airflow with its metadata and the warehouse in `cluster`.

    `connections`: id -> connection as Airflow's JSON. `given`: the environment that ours is added to.
    """
    home = folder / "airflow"
    home.mkdir(exist_ok=True)
    logins = home / "logins.json"
    write_secret(logins, json.dumps({LOGIN: keys.login}))
    address = f"http://{HOST}:{port}"
    metadata = cluster.dsn("airflow", "airflow", keys.airflow).replace("postgresql://", "postgresql+psycopg2://")
    settings = {
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "4",
        "CORE__DAGS_FOLDER": str(root / "dags"),
        "CORE__PLUGINS_FOLDER": str(root / "plugins"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__MAX_TEMPLATED_FIELD_LENGTH": "100000",  # build_kpis shows the whole of its SQL
        "CORE__FERNET_KEY": keys.fernet,
        "CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{LOGIN}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(logins),
        "DATABASE__SQL_ALCHEMY_CONN": metadata,
        "API__HOST": HOST,
        "API__PORT": str(port),
        "API__BASE_URL": address,
        "API__WORKERS": "1",
        "API__SECRET_KEY": keys.cookie,
        "API_AUTH__JWT_SECRET": keys.jwt,
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",  # seconds; docs/operators.md, "A worker dies"
        "DAG_PROCESSOR__REFRESH_INTERVAL": "5",
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "30",
    }
    environment = {**given, **{f"AIRFLOW__{name}": value for name, value in settings.items()}}
    environment |= {f"AIRFLOW_CONN_{name.upper()}": json.dumps(value) for name, value in connections.items()}
    environment |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONN_WAREHOUSE": json.dumps(warehouse_connection(cluster, keys)),
        "PYTHONPATH": os.pathsep.join([str(root / "plugins"), str(root)]),
        "SMM_ARCHIVE": given.get("SMM_ARCHIVE", archive(folder)),
        "SMM_CLIENTS": given.get("SMM_CLIENTS", str(root / "include" / "clients")),
    }
    return Airflow(folder, root, port, environment, keys.login)


def archive(folder: Path) -> str:
    """The archive of a stack. Not `as_uri()`: Airflow's paths take %20 for a name and not for a space."""
    return f"file://{folder / 'archive'}"


def cleared(environment: Mapping[str, str]) -> dict[str, str]:
    """Without the settings of another Airflow; its connections stay. And bytecode is written."""
    apart = ("AIRFLOW__", "AIRFLOW_HOME", "AIRFLOW_CONFIG", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in environment.items() if not name.startswith(apart)}


def warehouse_connection(cluster: Cluster, keys: Keys) -> dict[str, object]:
    return {
        "conn_type": "postgres",
        "host": HOST,
        "port": cluster.port,
        "schema": "warehouse",
        "login": "warehouse",
        "password": keys.warehouse,
    }
