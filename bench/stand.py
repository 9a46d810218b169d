"""The test stand: Postgres, far ends and child processes, as the parts need them."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from urllib.request import urlopen

import psutil
import psycopg
from psycopg import sql

from bench.community import FIRST_COMMUNITY, token
from local import airflow, ports
from local.stack import Stack, assembled
from local.state import ROOT
from local.trouble import TroubleError
from smm import warehouse

LAST_DAY = date(2025, 6, 30)  # of the far ends' data
PORTS = ("ui", "postgres")
START_SECONDS = 60

numbers = count(1)


@dataclass(frozen=True)
class FarEnds:
    """GA4 and VK, and what their data are like."""

    ga4: int  # port
    vk: int
    communities: int

    def connections(self) -> dict[str, dict[str, object]]:
        """Airflow's: one account for all of GA4, a user's token for each community."""
        address = f"http://{ports.HOST}:{self.vk}"
        found: dict[str, dict[str, object]] = {
            f"vk_{number}": {"conn_type": "http", "host": address, "password": token(number)}
            for number in range(FIRST_COMMUNITY, FIRST_COMMUNITY + self.communities)
        }
        return found | {"ga4_bench": {"conn_type": "google_cloud_platform", "host": ports.HOST, "port": self.ga4}}


@dataclass(frozen=True)
class Stand:
    stack: Stack

    def far_ends(self, *, days: int, origins: int, communities: int = 1, posts: int = 0, latency: float = 0) -> FarEnds:
        """Start a process that serves these until the end."""
        made = FarEnds(ports.free(), ports.free(), communities)
        given: dict[str, object] = {"ga4": made.ga4, "vk": made.vk, "days": days, "origins": origins}
        given |= {"communities": communities, "posts": posts, "latency": latency, "last-day": LAST_DAY}
        words = [word for name, value in given.items() for word in (f"--{name}", str(value))]
        command = [sys.executable, "-m", "bench.far_ends", *words]
        process = self.stack.runner.start(f"far-ends-{next(numbers)}", command, plain_environment())
        self.stack.runner.until(lambda: "ready" in process.log.read_text() or None, "the far ends", START_SECONDS)
        return made

    def received(self, far_ends: FarEnds) -> Counter[str]:
        """How many requests each far end, `ga4` and `vk`, has received so far."""
        with urlopen(f"http://{ports.HOST}:{far_ends.vk}/received", timeout=START_SECONDS) as answer:
            return Counter(json.load(answer))

    def database(self) -> tuple[str, dict[str, object]]:
        """A new warehouse without rows: its address, and Airflow's connection to it."""
        name, cluster = f"bench_{next(numbers)}", self.stack.cluster
        with psycopg.connect(cluster.dsn(), autocommit=True) as superuser:
            superuser.execute(sql.SQL("create database {} owner warehouse").format(sql.Identifier(name)))
        address = cluster.dsn(name, "warehouse", self.stack.keys.warehouse)
        with warehouse.connect(address) as connection:
            warehouse.migrate(connection)
        place = airflow.warehouse_connection(cluster, self.stack.keys)
        return address, place | {"schema": name}

    def child(self, *words: str, **environment: str) -> dict[str, Any]:
        """Run a module of the bench to its end; the JSON that it told last. Raises TroubleError."""
        command = [sys.executable, "-m", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=plain_environment() | environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise TroubleError(f"{' '.join(words)} has failed:\n{done.stderr or done.stdout}")
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told

    def settings(self, far_ends: FarEnds, place: Mapping[str, object]) -> dict[str, str]:
        """The environment of a task outside Airflow: connections, clients, archive."""
        connections = far_ends.connections() | {"warehouse": dict(place)}
        return {
            "AIRFLOW_HOME": str(self.stack.folder / "airflow"),
            "SMM_CLIENTS": str(self.stack.folder / "clients"),
            "SMM_ARCHIVE": airflow.archive(self.stack.folder),
            **{f"AIRFLOW_CONN_{name.upper()}": json.dumps(value) for name, value in connections.items()},
        }


@contextmanager
def opened(first_port: int) -> Iterator[Stand]:
    """Postgres runs, as `make up` would run it: nothing is spared that keeps data safe."""
    with assembled("bench", first_port, PORTS, afresh=True) as stack:
        stack.start_postgres(durable=True)
        (stack.folder / "clients").mkdir()
        yield Stand(stack)


def plain_environment() -> dict[str, str]:
    """Without any settings of the user's for Airflow or for this project."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SMM_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


def cpu_seconds() -> float:
    """What the processes of the stand have used so far; those that ended count with their parents."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def client_file(sources: Mapping[str, Mapping[str, object]], **others: object) -> str:
    """A client's file with these sources, and with what else it is to say (YAML takes JSON)."""
    content = {
        "name": "Bench",
        "language": "en",
        "time_zone": "Europe/Moscow",
        "currency": "RUB",
        "started": "2023-01-01",
        "sources": sources,
        "report": {"to": ["owner@bench.example"], "manager": "manager@agency.example"},
    }
    return json.dumps(content | others, indent=1)
