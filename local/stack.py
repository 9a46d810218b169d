"""What demo and up have in common: Postgres with two databases, and Airflow on them."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local import airflow, ports, state
from local.airflow import Airflow
from local.api import AirflowApi
from local.interrupts import Interrupts
from local.keys import Keys
from local.postgres import Cluster
from local.processes import Process, Runner
from local.progress import Progress
from smm import links

MIGRATION_SECONDS = 300


@dataclass(frozen=True)
class Stack:
    folder: Path  # its state
    ports: Mapping[str, int]
    keys: Keys
    cluster: Cluster
    ground: Runner  # of Postgres, which ends last
    runner: Runner  # of all the others
    progress: Progress

    @property
    def address(self) -> str:
        """Where people open Airflow, and in it the board."""
        return f"http://{ports.HOST}:{self.ports['ui']}"

    @property
    def board(self) -> str:
        return self.address + links.link(below="")

    @property
    def warehouse(self) -> str:
        return self.cluster.dsn("warehouse", "warehouse", self.keys.warehouse)

    def start_postgres(self, *, durable: bool) -> None:
        with self.progress.step("Postgres"):
            self.cluster.start(self.ground, durable=durable)
            self.cluster.add_database("airflow", self.keys.airflow)
            self.cluster.add_database("warehouse", self.keys.warehouse)
            self.cluster.let_make_roles("warehouse")

    def start_airflow(
        self, environment: Mapping[str, str], connections: Mapping[str, Mapping[str, object]]
    ) -> AirflowApi:
        """Both databases brought up to date, then Airflow; ready to be asked."""
        flow = airflow.configured(
            self.folder, state.ROOT, self.ports["ui"], self.cluster, self.keys, connections, environment
        )
        with self.progress.step("tables of Airflow and of the warehouse"):
            for migration in (flow.migrate(self.runner), self._migrate_warehouse(flow)):
                self.runner.finish(migration, MIGRATION_SECONDS)
        with self.progress.step("Airflow: api-server, scheduler, dag-processor, triggerer"):
            begun = datetime.now(UTC)
            flow.start(self.runner)
            return flow.healthy(self.runner, begun)

    def _migrate_warehouse(self, flow: Airflow) -> Process:
        server = {"PGHOST": ports.HOST, "PGPORT": str(self.cluster.port)}
        login = {"PGDATABASE": "warehouse", "PGUSER": "warehouse", "PGPASSWORD": self.keys.warehouse}
        command = [sys.executable, "-m", "smm", "migrate"]
        return self.runner.start("warehouse-migrate", command, {**flow.environment, **server, **login})


@contextmanager
def assembled(name: str, first_port: int, port_names: tuple[str, ...], *, afresh: bool) -> Iterator[Stack]:
    """A stack with nothing started yet; all that is started in it has ended when the context has."""
    progress = Progress()
    with (
        Interrupts() as interrupts,
        state.opened(name, afresh=afresh) as folder,
        Runner(folder, state.ROOT, interrupts) as ground,
        Runner(folder, state.ROOT, interrupts, ground) as runner,
    ):
        claimed = ports.claim(first_port, port_names)
        keys = Keys.kept(folder / "keys.json")
        cluster = Cluster(folder / "postgres", claimed["postgres"], keys.postgres)
        yield Stack(folder, claimed, keys, cluster, ground, runner, progress)
