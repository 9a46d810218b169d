"""A worker or Postgres is killed in the middle of a run, and the same run goes on: nothing is lost, nothing twice."""

import os
import secrets
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from local import ports
from local.interrupts import Interrupts
from local.postgres import Cluster
from local.processes import Runner
from sandbox.faults import waiting
from sandbox.world import World
from sandbox.world.clients import user_token
from smm.warehouse import Connection, connect, migrate
from tests import workers
from tests.conftest import PASSWORD
from tests.way import Contents, Way, started
from tests.workers import STAGES, Moment, Run

TODAY = datetime.now(UTC).date()
CLIENT = "nordlys"
KILLED = -signal.SIGKILL
DAYS = (TODAY - timedelta(days=5), TODAY - timedelta(days=1))
RUN = Run("a run", workers.slots(("ga4", "vk", "figures"), CLIENT, *DAYS))
SOUND = [("figures", "published"), ("ga4", "published"), ("vk", "published")]


@pytest.fixture(scope="module")
def world() -> World:
    return World(TODAY)


@pytest.fixture
def way(postgres: Cluster, migrated: str, world: World, tmp_path: Path) -> Iterator[Way]:
    world.write(tmp_path)
    with started(postgres, migrated, world, tmp_path) as way:
        yield way


@pytest.fixture(scope="module")
def undisturbed(postgres: Cluster, migrated: str, world: World, tmp_path_factory: pytest.TempPathFactory) -> Contents:
    folder = tmp_path_factory.mktemp("undisturbed")
    world.write(folder)
    with started(postgres, migrated, world, folder) as way:
        workers.finish(RUN, *STAGES)
        assert_whole(way)
        contents = way.contents()
    assert all(contents[table] for table in ("core.traffic", "core.post_snapshots", "core.counts", "marts.kpi"))
    return contents


def assert_whole(way: Way) -> None:
    """The newest load of each slot is published and alone so marked; nothing is left under way, staged or locked."""
    newest = "select distinct on (network) network, state from core.load order by network, started_at desc"
    assert way.rows(newest) == SOUND
    unfinished = way.rows("select network, state from core.load where state not in ('published', 'failed')")
    assert unfinished == []
    published = way.rows("select load_id from core.load where state = 'published' order by 1")
    marked = sorted((path.parent.name,) for path in way.folder.glob("archive/*/*/*/published"))
    assert marked == published
    for (table,) in way.rows("select tablename from pg_tables where schemaname = 'staging'"):
        assert (table, way.rows(f"select count(*) from staging.{table}")) == (table, [(0,)])
    locks = "select count(*) from pg_locks where locktype = 'advisory' and database ="
    assert way.rows(f"{locks} (select oid from pg_database where datname = current_database())") == [(0,)]


DEATHS = {
    "while rows are copied": ("fetch", Moment("smm.warehouse.copy", nth=2, at_row=2)),
    "staged, not committed": ("fetch", Moment("smm.loading.ledger.end")),
    "one slot staged, the next not begun": ("fetch", Moment("smm.loading.ledger.begin", nth=2)),
    "before the audit judges": ("audit", Moment("smm.loading.audit.judge")),
    "while the findings are stored": ("audit", Moment("smm.warehouse.copy")),
    "published, not committed": ("publish", Moment("smm.loading.ledger.end")),
    "committed, not marked in the archive": ("publish", Moment("smm.loading.archive.mark_published")),
    "one load published, the next not begun": ("publish", Moment("smm.loading.publish._publish", nth=2)),
    "in the middle of the rebuild": ("build", Moment("smm.warehouse.run", nth=12)),
}


@pytest.mark.parametrize(("stage", "death"), DEATHS.values(), ids=DEATHS)
def test_a_killed_worker_leaves_nothing_wrong(way: Way, undisturbed: Contents, stage: str, death: Moment) -> None:
    """What is killed is cleared: its stage is run again, and those after it."""
    at = STAGES.index(stage)
    assert workers.end_of(workers.start(RUN, *STAGES[: at + 1], at=death)) == [KILLED]

    workers.finish(RUN, *STAGES[at:])

    assert_whole(way)
    assert way.contents() == undisturbed


@pytest.mark.parametrize("source", ["ga4", "vk"])
def test_a_worker_killed_while_a_service_does_not_answer(
    way: Way, world: World, undisturbed: Contents, source: str
) -> None:
    callers = {"ga4": world.chronicles[CLIENT].brand.property, "vk": user_token(CLIENT)}
    asked, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        asked.set()
        is_over.wait(workers.PATIENCE)

    way.far_ends.faults.plan(callers[source], [waiting(hold)])
    worker = workers.start(RUN, "plan", "fetch")
    assert asked.wait(workers.PATIENCE)
    worker.kill()
    assert workers.end_of(worker) == [KILLED]
    is_over.set()
    assert way.rows("select network from core.load where state = 'fetching'") == [(source,)]

    workers.finish(RUN, *STAGES[1:])

    assert_whole(way)
    assert way.contents() == undisturbed
    interrupted = "select network, reason from core.load where state = 'failed'"
    assert way.rows(interrupted) == [(source, "interrupted")]


def test_a_publish_after_a_crash_of_postgres_sees_that_staging_is_empty(
    world: World, undisturbed: Contents, airflow_database: None, tmp_path: Path
) -> None:
    """Postgres empties unlogged tables when one of its processes is killed."""
    world.write(tmp_path)
    cluster = Cluster(tmp_path / "postgres", ports.free(), secrets.token_urlsafe(12))
    with Runner(tmp_path, tmp_path, Interrupts()) as runner:
        cluster.start(runner, durable=False)
        cluster.add_database("warehouse", PASSWORD)
        with connect(cluster.dsn("warehouse", "warehouse", PASSWORD)) as connection:
            migrate(connection)
        with started(cluster, "warehouse", world, tmp_path) as way:
            workers.finish(RUN, "plan", "fetch", "audit")
            dsn = cluster.dsn(way.warehouse.info.dbname, "warehouse", PASSWORD)
            witness = connect(dsn)  # whom Postgres puts out as soon as it has noticed, before it recovers
            os.kill(way.warehouse.info.backend_pid, signal.SIGKILL)
            runner.until(lambda: lost(witness) or None, "the crash of Postgres", workers.PATIENCE)
            with runner.until(lambda: reached(dsn), "the recovery of Postgres", workers.PATIENCE) as way.warehouse:
                assert workers.end_of(workers.start(RUN, "publish")) == [1]
                told = "select network, state, reason, is_transient from core.load order by network"
                for network, state, reason, is_transient in way.rows(told):
                    assert (network, state, is_transient) == (network, "failed", True)
                    assert reason.endswith("rows were staged and 0 are there: run the fetch task again")

                workers.finish(RUN, *STAGES[1:])

                assert_whole(way)
                assert way.contents() == undisturbed


def lost(connection: Connection) -> bool:
    try:
        connection.execute("select 1")
    except psycopg.OperationalError:
        return True
    return False


def reached(dsn: str) -> Connection | None:
    try:
        return connect(dsn)
    except psycopg.OperationalError:  # it is still recovering
        return None
