"""A stack without its UI: far ends over their real protocols, a warehouse, the project's DAGs run for real."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.rows import tuple_row

from local import ports
from local.postgres import Cluster
from sandbox import ga4, meta, metrica, vk
from sandbox.data import FarEnds
from sandbox.loopback import Server
from sandbox.mailbox import Mailbox, SmtpServer
from sandbox.replay import Replay
from sandbox.world import World
from smm.warehouse import Connection, connect
from tests import database
from tests.conftest import FOLDER, MIGRATED, PASSWORD, ROOT
from tests.hurry import hurry
from tests.workers import without_waiting

if TYPE_CHECKING:
    from airflow.sdk import DAG

numbers = count(1)

Contents = dict[str, list[tuple[Any, ...]]]
"""Rows by table."""


def dags(folder: Path) -> dict[str, "DAG"]:
    """The DAGs of this folder, read anew: `dag.test()` leaves its params in the DAG object."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(folder, bundle_path=folder, bundle_name="dags-folder").dags


@cache
def dag_folders() -> dict[str, Path]:
    """For each DAG a folder with its file alone: `dag.test()` reads and stores every DAG that lies beside it."""
    found = {}
    for dag_id, dag in dags(ROOT / "dags").items():
        file = Path(dag.fileloc)
        found[dag_id] = FOLDER / "dags" / file.stem
        if not found[dag_id].exists():
            found[dag_id].mkdir(parents=True)
            (found[dag_id] / file.name).symlink_to(file)
    return found


@dataclass
class Way:
    """A stack without its UI: far ends that a test may change, a warehouse, the project's DAGs."""

    world: World | Replay
    far_ends: FarEnds
    folder: Path
    warehouse: Connection

    def run(self, dag_id: str, world: World | Replay | None = None, /, **conf: Any) -> dict[str, str]:
        """Run a DAG to its end; the state of each task, and of the run under ``run``."""
        from airflow import settings

        folder = dag_folders()[dag_id]
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(settings, "DAGS_FOLDER", str(folder))
            dag = dags(folder)[dag_id]
            done = dag.test(run_after=(world or self.world).run_after, logical_date=None, run_conf=conf)
        states = {task.task_id: str(task.state) for task in done.get_task_instances()}
        return {**states, "run": str(done.state)}

    def ingest(self, source: str, world: World | Replay | None = None, **conf: Any) -> dict[str, str]:
        days = {"clients": None, "first_day": None, "last_day": None}
        return self.run(f"ingest_{source}", world, **(days | conf))

    def build(self, **conf: Any) -> dict[str, str]:
        return self.run("build_kpis", **({"clients": None, "first_month": None, "last_month": None} | conf))

    def report(self, **conf: Any) -> dict[str, str]:
        month = f"{self.world.judged_month:%Y-%m}"
        return self.run(
            "report_targets", **({"clients": None, "month": month, "send": True, "rehearse_to": None} | conf)
        )

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        found = [tuple(row.values()) for row in self.warehouse.execute(query, values)]
        self.warehouse.commit()
        return found

    def assert_true(self, world: World, first: date) -> None:
        """Each flow of each day since ``first`` is the world's, to the row and the cent; none is missing."""
        for client in world.clients:
            truth = world.truth_daily(client)
            truth = truth[(truth["day"] >= first) & (truth["measure"] != "followers")]
            found = self.rows(
                "select network, measure, period, value from marts.measure"
                " where client = %s and grain = 'day' and period >= %s",
                client,
                first,
            )
            known = {(network, measure, day): value for network, measure, day, value in found}
            expected = {(row.network, row.measure, row.day): row.value for row in truth.itertuples()}
            # a network that the client's file does not name is expected in the months in which it sent somebody
            missing = {key: value for key, value in expected.items() if key not in known and value != 0}
            wrong = {key: (known[key], value) for key, value in expected.items() if known.get(key, value) != value}
            assert (client, missing, wrong) == (client, {}, {})
            assert len(expected.keys() & known.keys()) > 25 * (world.today - first).days

    def letters(self) -> list[str]:
        return sorted(path.name.partition("-")[2] for path in (self.folder / "mailbox").glob("*.eml"))

    def contents(self) -> Contents:
        """Every row of core and marts, its values as texts, but for who loaded it and when.

        Postgres puts them in order, and makes 1 and 1.00 alike: it gives the one that its plan came upon first.
        """
        tables = self.rows(
            """select
                table_schema || '.' || table_name,
                array_agg(
                    case
                        when data_type = 'numeric' then format('trim_scale(%%I)::text', column_name)
                        else format('%%I::text', column_name)
                    end
                    order by column_name
                )
            from information_schema.columns
            where table_schema in ('core', 'marts') and table_name not in ('load', 'change', 'measure_history', 'basis')
            and table_name !~ '^(daily|(measure|kpi)_(days|periods))$' -- marts.measure and marts.kpi show all of them
            and column_name not in ('load_id', 'fetched_at', 'counted_at', 'last_seen_at', 'evaluated_at', 'seen_at')
            and column_name <> 'basis_version'
            group by 1"""
        )
        found = {}
        with self.warehouse.cursor(row_factory=tuple_row) as cursor:
            for table, values in tables:
                order = ", ".join(str(number) for number in range(1, len(values) + 1))
                query = f"select {', '.join(values)} from {table} order by {order}"
                found[table] = cursor.execute(query.encode()).fetchall()
        self.warehouse.commit()
        return found


@contextmanager
def started(
    cluster: Cluster, template: str, world: World | Replay, folder: Path, *, into: str | None = None
) -> Iterator[Way]:
    """Far ends of this world, and a warehouse that begins as the template; with `into`, it stays as a database of this
    name, to be a template itself."""
    far_ends = world.far_ends()
    with ExitStack() as stack:
        if template == MIGRATED and not into:
            name = stack.enter_context(database.lent(cluster, template))
        else:
            name = into or f"way_{next(numbers)}"
            with psycopg.connect(cluster.dsn(), autocommit=True) as superuser:
                database.copy(superuser, name, template)
        # grpc.Server does not name its port: it is drawn just before, and the others get theirs when they listen
        server = ga4.serve(far_ends, ga4_port := ports.free())
        stack.callback(lambda: server.stop(grace=None).wait())
        served: dict[str, Server | SmtpServer] = {
            "metrica": metrica.serve(far_ends, 0),
            "vk": vk.serve(far_ends, 0),
            "meta": meta.serve(far_ends, 0),
            "smtp": SmtpServer(Mailbox(folder / "mailbox"), 0),
        }
        for each in served.values():
            stack.callback(each.stop)
        taken = {"ga4": ga4_port, **{name: each.port for name, each in served.items()}}
        mail = {"disable_ssl": True, "disable_tls": True, "from_email": "smm@agency.example"}
        place = {"conn_type": "postgres", "host": ports.HOST, "port": cluster.port, "schema": name}
        connections: dict[str, dict[str, object]] = {
            "warehouse": {**place, "login": "warehouse", "password": PASSWORD},
            "mail": {"conn_type": "smtp", "host": ports.HOST, "port": taken["smtp"], "extra": mail},
            **world.connections(taken),
        }
        patched = stack.enter_context(pytest.MonkeyPatch.context())
        without_waiting(patched)
        hurry(patched)
        for connection, content in connections.items():
            patched.setenv(f"AIRFLOW_CONN_{connection.upper()}", json.dumps(content))
        patched.setenv("SMM_CLIENTS", str(folder / "clients"))
        patched.setenv("SMM_ARCHIVE", (folder / "archive").as_uri())
        with connect(cluster.dsn(name, "warehouse", PASSWORD)) as warehouse:
            yield Way(world, far_ends, folder, warehouse)
