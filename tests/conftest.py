"""What every test may ask for: a Postgres of its own, a migrated warehouse, Airflow with a database of its own."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from cryptography.fernet import Fernet

from local import ports
from local.interrupts import Interrupts
from local.postgres import Cluster
from local.processes import Runner
from tests import clock, database, garbage

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

    from sandbox.replay import Replay
    from sandbox.world import World
    from smm.warehouse import Connection

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(tempfile.mkdtemp(prefix="smm-tests-"))
MEMORY = database.in_memory(FOLDER.name)
CLUSTER = Cluster(FOLDER / "postgres", ports.free(), secrets.token_urlsafe(12))
MIGRATED = "warehouse"  # the template of every warehouse, named as its owner
PASSWORD = secrets.token_urlsafe(12)  # of the owners of both databases
RECORDINGS = ROOT.parent / "shared" / "recordings"  # real answers; they are not part of the project
BUILT = ["blog", "club67297564", "vienakostamus"]  # of these recordings the measures are computed, of all the posts

# Whatever way pytest ends, by SIGKILL too, its end of this pipe closes: then nothing of it goes on.
AFTERWARDS = """
import shutil, sys
from pathlib import Path
from local import sessions
sys.stdin.read()
folder, *others = map(Path, sys.argv[1:])
sessions.sweep(folder / "sessions", folder)
for place in (*others, folder):
    shutil.rmtree(place)
"""

# What two processes begin with: tests that share a fixture which takes long to make, and the longest ones alone, so
# that nothing is made twice and nobody is left with a long test at the end.
BEGINNINGS = (
    ("replayed", "weeks", "test_secrets", "daily"),
    ("loaded", "undisturbed", "meeting"),
)

clock.stand()

# Airflow reads its settings when it is imported, which this file's import precedes.
for name in [name for name in os.environ if name.startswith(("AIRFLOW", "SMM_"))]:
    del os.environ[name]
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # for the processes that tests start
sys.dont_write_bytecode = False
os.environ |= {
    "AIRFLOW_HOME": str(FOLDER / "airflow"),
    "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__FERNET_KEY": Fernet.generate_key().decode(),
    "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(64),
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": CLUSTER.dsn("airflow", "airflow", PASSWORD).replace("://", "+psycopg2://"),
    "SMM_ARCHIVE": (FOLDER / "archive").as_uri(),
}


watcher = subprocess.Popen(
    [sys.executable, "-c", AFTERWARDS, FOLDER, *([MEMORY] if MEMORY else [])],
    cwd=ROOT,
    stdin=subprocess.PIPE,
    start_new_session=True,
)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    garbage.keep()
    watcher.communicate()


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Put each process' beginning where its half of the tests begins; `--dist worksteal` divides them so.

    Not by `--dist loadgroup`: xdist 3.8 writes the groups where pytest 9.2 does not read them.
    """
    begun = [
        [item for name in names for item in items if name in (item.path.stem, *item.fixturenames)]
        for names in BEGINNINGS
    ]
    others = [item for item in items if not any(item in beginning for beginning in begun)]
    half = max(len(items) // 2 - len(begun[0]), 0)
    items[:] = [*begun[0], *others[:half], *begun[1], *others[half:]]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running cluster; its superuser's address is `postgres.dsn()`."""
    with Runner(FOLDER, FOLDER, Interrupts()) as runner:
        CLUSTER.start(runner, durable=False)
        with psycopg.connect(CLUSTER.dsn("template1"), autocommit=True) as template:
            clock.stand_in(template)
            if MEMORY:
                database.keep_temporary_tables(template, MEMORY)
        yield CLUSTER


@pytest.fixture(scope="session")
def migrated(postgres: Cluster) -> str:
    """The name of a database with the warehouse's schema and no rows: a template."""
    from smm import warehouse

    postgres.add_database(MIGRATED, PASSWORD)
    with warehouse.connect(postgres.dsn(MIGRATED, "warehouse", PASSWORD)) as connection:
        warehouse.migrate(connection)
    return MIGRATED


@pytest.fixture
def warehouse(postgres: Cluster, migrated: str, monkeypatch: pytest.MonkeyPatch) -> Iterator["Connection"]:
    """A migrated, empty warehouse of this test alone; Airflow's connection `warehouse` is the same database."""
    from smm.warehouse import connect

    with database.lent(postgres, migrated) as name:
        place = {"conn_type": "postgres", "host": ports.HOST, "port": postgres.port, "schema": name}
        monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps(place | {"login": "warehouse", "password": PASSWORD}))
        with connect(postgres.dsn(name, "warehouse", PASSWORD)) as connection:
            yield connection


@pytest.fixture(scope="session")
def airflow_database(postgres: Cluster) -> None:
    """Airflow's metadata, so that a DAG can be run with `dag.test()`."""
    from airflow.utils.db import initdb

    postgres.add_database("airflow", PASSWORD)
    initdb()


@pytest.fixture
def dagbag(airflow_database: None, monkeypatch: pytest.MonkeyPatch) -> "DagBag":
    """The project's DAGs, read anew: `dag.test()` leaves its params in the DAG object."""
    from airflow.dag_processing.dagbag import DagBag

    from tests.hurry import hurry

    hurry(monkeypatch)
    return DagBag(ROOT / "dags", bundle_path=ROOT / "dags", bundle_name="dags-folder")


@pytest.fixture(scope="session")
def world() -> "World":
    """The demo's clients, whose truth is known, as of today."""
    from sandbox.world import World

    return World(datetime.now(UTC).date())


@pytest.fixture(scope="session")
def loaded(
    postgres: Cluster, migrated: str, airflow_database: None, world: "World", tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """The database and folder after a backfill of the judged month up to now, and a build: a template."""
    from tests.way import started

    folder = tmp_path_factory.mktemp("loaded")
    world.write(folder)
    with started(postgres, migrated, world, folder, into="loaded") as way:
        months = {"first_month": f"{world.judged_month:%Y-%m}", "last_month": f"{world.last_month:%Y-%m}"}
        done = way.run("backfill_client", clients=None, sources=None, from_archive=False, **months)
        assert done["run"] == "success", done
        done = way.build()
        assert done["run"] == "success", done
        return way.warehouse.info.dbname, folder


@pytest.fixture(scope="session")
def replay() -> "Replay":
    """The recordings as clients."""
    if not RECORDINGS.is_dir():
        pytest.skip(f"no recordings in {RECORDINGS}")
    from sandbox.replay import Replay

    return Replay(RECORDINGS)


@pytest.fixture(scope="session")
def replayed(
    postgres: Cluster, migrated: str, airflow_database: None, replay: "Replay", tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The database with all recordings loaded, and the measures of some clients built: a template."""
    from tests.way import started

    folder = tmp_path_factory.mktemp("replay")
    replay.write(folder)
    with started(postgres, migrated, replay, folder, into="replayed") as way:
        blog = {"clients": ["blog"], "first_month": "2023-12", "last_month": "2024-02"}
        history = {
            "clients": [client for client in replay.first_months if client != "blog"],
            "first_month": f"{replay.first_month:%Y-%m}",
            "last_month": f"{replay.last_month:%Y-%m}",
        }
        for months in (blog, history):
            done = way.run("backfill_client", sources=None, from_archive=False, **months)
            assert done["run"] == "success", done
        assert way.build(clients=BUILT)["run"] == "success"
        return way.warehouse.info.dbname
