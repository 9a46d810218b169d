"""What all tasks share of a token: turns and stops in a real warehouse, a renewed pair in a real Airflow Variable."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from sandbox.data import Login
from sandbox.loopback import Server
from sandbox.vk import serve
from smm.loading.access import Turns, Vault
from smm.sources import Access, QuotaSpent, Transient
from smm.sources.vk import session as vk_session
from smm.sources.vk.errors import HOUR
from smm.sources.vk.execute import Call
from smm.warehouse import Connection, connect
from tests.conftest import CLUSTER
from tests.sandbox import vk_sample
from tests.sandbox.vk_sample import SHOP
from tests.sources.loading import holds_no_secret
from tests.sources.vk.far_end import COMMUNITY, USER, VkFarEnd, error, inner

ROOT = Path(__file__).resolve().parents[2]
GAP = timedelta(seconds=0.34)
WALL, STATS = Call("wall.get", {"owner_id": -SHOP}), Call("stats.get", {"group_id": SHOP})

# Takes turns as a task does, but without the sleep: what counts is what the warehouse grants.
TAKER = """
import sys
from datetime import timedelta
from smm.loading.access import Turns, Vault
from smm.warehouse import connect
with connect(sys.argv[1]) as warehouse:
    warehouse.autocommit = True
    turns = Turns(lambda: warehouse, sleep=lambda _: None)
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(20):
        print(turns.take(sys.argv[2], ["wall.get"], timedelta(seconds=0.34)).isoformat())
"""


@pytest.fixture
def shared(warehouse: Connection) -> Connection:
    warehouse.autocommit = True
    return warehouse


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def turns(shared: Connection, slept: list[float]) -> Turns:
    return Turns(lambda: shared, slept.append)


def test_turns_of_two_processes_are_one_row_and_evenly_spaced(shared: Connection) -> None:
    with ExitStack() as stack:
        takers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", TAKER, shared.info.dsn + f" password={shared.info.password}", USER],
                    cwd=ROOT / "plugins",
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(2)
        ]
        for taker in takers:
            assert taker.stdout is not None
            assert taker.stdout.readline() == "ready\n"
        told = [taker.communicate("go\n")[0].split() for taker in takers]
    granted = sorted(datetime.fromisoformat(moment) for moments in told for moment in moments)
    assert {later - earlier for earlier, later in pairwise(granted)} == {GAP}
    assert [len(moments) for moments in told] == [20, 20]
    rows = shared.execute("select token_hash, granted_at from access.turn").fetchall()
    assert [row["granted_at"] for row in rows] == [granted[-1]]
    assert USER not in str(rows)


def test_a_turn_is_waited_for_and_an_idle_token_saves_none_up(turns: Turns, slept: list[float]) -> None:
    first = turns.take(USER, ["wall.get"], GAP)
    second = turns.take(USER, ["wall.get"], GAP)
    assert second - first == GAP
    assert slept[0] == 0
    assert 0 < slept[1] <= GAP.total_seconds()
    turns._warehouse().execute("update access.turn set granted_at = granted_at - interval '1 hour'")
    third = turns.take(USER, ["wall.get"], GAP)
    assert third > first
    assert slept[2] == 0
    assert turns.take(USER, ["wall.get"], GAP) - third == GAP


def test_a_clock_that_was_ahead_and_was_set_back_makes_nobody_wait(
    turns: Turns, shared: Connection, slept: list[float]
) -> None:
    turns.take(USER, ["wall.get"], GAP)
    shared.execute("update access.turn set granted_at = granted_at + interval '1 day'")
    turns.take(USER, ["wall.get"], GAP)
    assert slept == [0, 0]
    shared.execute("update access.turn set granted_at = granted_at + interval '5 minutes'")
    turns.take(USER, ["wall.get"], GAP)
    assert 290 < slept[2] <= 300 + GAP.total_seconds(), "a long queue is no wrong clock"


def test_tokens_have_turns_of_their_own_and_gaps(turns: Turns, shared: Connection) -> None:
    turns.take(USER, ["execute"], GAP)
    moments = [turns.take(COMMUNITY, ["execute"], timedelta(seconds=0.05)) for _ in range(3)]
    assert moments[2] - moments[0] == timedelta(seconds=0.1)
    assert [row["count"] for row in shared.execute("select count(*) from access.turn")] == [2]


def test_a_stop_of_one_method_leaves_the_others(turns: Turns) -> None:
    turns.stop(USER, "wall.get", HOUR, "VK was asked too often")
    turns.take(USER, ["stats.get"], GAP)
    turns.take(COMMUNITY, ["wall.get"], GAP)
    with pytest.raises(QuotaSpent, match="VK was asked too often; until 20.* UTC it is not asked again") as raised:
        turns.take(USER, ["execute", "wall.get"], GAP)
    assert raised.value.wait is not None
    assert HOUR - timedelta(minutes=1) < raised.value.wait <= HOUR


def test_a_stop_of_a_token_stops_every_method_until_it_is_over(turns: Turns, shared: Connection) -> None:
    turns.stop(USER, None, HOUR, "a captcha")
    turns.stop(USER, None, timedelta(minutes=1), "a captcha again")
    with pytest.raises(QuotaSpent) as raised:
        turns.take(USER, ["stats.get"], GAP)
    assert raised.value.wait is not None
    assert raised.value.wait > timedelta(minutes=59)  # the shorter one did not end it
    shared.execute("update access.stop set until = clock_timestamp()")
    turns.take(USER, ["stats.get"], GAP)


@pytest.fixture
def far_end() -> Iterator[Callable[..., VkFarEnd]]:
    with ExitStack() as stack:

        def start(*args: Any) -> VkFarEnd:
            started = VkFarEnd(*args)
            stack.callback(started.stop)
            return started

        yield start


@pytest.mark.parametrize(
    ("code", "is_stopped"),
    [
        *((code, {"wall.get": True, "stats.get": False}) for code in (9, 29, 32, 601)),
        *((code, {"wall.get": True, "stats.get": True}) for code in (14, 3300)),
        *((code, {"wall.get": False, "stats.get": False}) for code in (1, 5, 13, 27)),
    ],
)
def test_what_vk_refuses_one_task_no_other_asks_for(
    code: int, is_stopped: dict[str, bool], turns: Turns, far_end: Callable[..., VkFarEnd]
) -> None:
    served = far_end(lambda _: inner(code))
    with opened(served, turns) as session, pytest.raises(Exception, match=f"error {code}"):
        session.pack([WALL])
    asked = len(served.asked)
    for call in (WALL, STATS):
        with opened(served, turns) as another, pytest.raises(Exception, match=f"error {code}|1 errors of") as raised:
            another.pack([call])
        holds_no_secret(raised.value)
        assert isinstance(raised.value, QuotaSpent) is (is_stopped[call.method] or is_quota(code, call))
        assert (len(served.asked) == asked) is is_stopped[call.method]
        asked = len(served.asked)


def is_quota(code: int, call: Call) -> bool:
    """The far end refuses wall.get by any code again."""
    return code in (9, 29, 32, 601, 14, 3300) and call is WALL


@contextmanager
def opened(served: VkFarEnd, turns: Turns) -> Iterator[vk_session.Session]:
    with vk_session.opened(Access(served.connection, turns, sleep=served.slept.append)) as session:
        yield session


def not_here(seconds: float) -> None:
    raise AssertionError(f"the library wants to sleep for {seconds} s")


def test_every_request_takes_a_turn_and_the_library_waits_no_more(
    turns: Turns, slept: list[float], far_end: Callable[..., VkFarEnd], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vk_api.vk_api.time", SimpleNamespace(time=time.time, sleep=not_here))
    answers = [error(6), error(6)]
    served = far_end(lambda _: answers.pop() if answers else error(15))
    with opened(served, turns) as session:
        session.pack([WALL])
        session.pack([WALL])
    assert (len(slept), len(served.asked)) == (4, 4)


# --- the vault, in a task of a real Airflow

EXTRA = {"refresh_token": "SECRET-r", "client_id": "51", "device_id": "dev-1", "community_token": COMMUNITY}


@pytest.fixture
def login() -> Login:
    return Login("51", "dev-1", USER, ["SECRET-r"], ends_at=0)


@pytest.fixture
def vk(login: Login, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """With it, Airflow has a connection `vk_shop` that leads to it."""
    far_ends = vk_sample.far_ends()
    far_ends.logins = [login]
    with serve(far_ends, 0) as server:
        connection = {"conn_type": "http", "host": server.url, "password": USER, "extra": EXTRA}
        monkeypatch.setenv("AIRFLOW_CONN_VK_SHOP", json.dumps(connection))
        yield server


@pytest.fixture
def airflow(airflow_database: None) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(CLUSTER.dsn("airflow"), autocommit=True) as database:
        database.execute("delete from variable")  # the tests that run DAGs leave some
        yield database
        database.execute("delete from variable")


def in_a_task(work: Callable[[], None]) -> str:
    """How a task that does this ends."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.sdk import DAG, task
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.serialization.serialized_objects import LazyDeserializedDAG

    with DAG("access", schedule=None, start_date=datetime(2024, 1, 1, tzinfo=UTC)) as dag:
        task(task_id="work")(work)()
    DagBundlesManager().sync_bundles_to_db()  # type: ignore[no-untyped-call]
    lazy = LazyDeserializedDAG.from_dag(dag)
    SerializedDAG.bulk_write_to_db("dags-folder", None, [lazy])
    SerializedDagModel.write_dag(lazy, bundle_name="dags-folder")
    (done,) = dag.test().get_task_instances()
    return str(done.state)


def ask() -> None:
    from smm.loading import access

    with access.opened("vk_shop") as given, vk_session.opened(given) as session:
        session.pack([WALL])


def test_a_renewed_pair_lies_encrypted_in_a_variable_and_is_hidden_from_logs(
    vk: Server, login: Login, shared: Connection, airflow: psycopg.Connection[Any]
) -> None:
    from airflow.sdk._shared.secrets_masker import redact

    assert in_a_task(ask) == "success"
    assert in_a_task(ask) == "success"
    assert login.refresh_tokens == ["SECRET-r", "SECRET-r-refresh-1"]  # renewed once
    ((key, value, is_encrypted),) = airflow.execute(
        "select key, val, is_encrypted from variable where key like 'smm%%'"
    ).fetchall()
    assert (key, is_encrypted) == ("smm_vk_token_vk_shop", True)
    assert "SECRET" not in value
    rows = [shared.execute(f"select * from access.{table}").fetchall() for table in ("turn", "stop", "renewal")]
    assert "SECRET" not in str(rows)
    assert [row["connection"] for row in rows[2]] == ["vk_shop"]
    for secret in (USER, COMMUNITY, login.access_token, *login.refresh_tokens):
        assert "SECRET" not in str(redact(f"a careless log: {secret}"))


def test_a_variable_that_cannot_be_had_does_not_spend_the_old_refresh_token_again(
    vk: Server, login: Login, shared: Connection, airflow: psycopg.Connection[Any]
) -> None:
    assert in_a_task(ask) == "success"
    airflow.execute("delete from variable")
    refusals: list[str] = []

    def ask_again() -> None:
        try:
            ask()
        except Exception as error:
            refusals.append(f"{type(error).__name__}: {error}")
            raise

    assert in_a_task(ask_again) == "failed"
    assert refusals == [
        "Transient: Airflow did not give its Variable smm_vk_token_vk_shop, which has the renewed token; try again"
        " in a minute. If it was deleted: re-authorise the VK user and put the new access and refresh tokens into the"
        " connection"
    ]
    assert login.is_alive


def test_a_connection_that_is_not_there(shared: Connection, airflow: psycopg.Connection[Any]) -> None:
    assert in_a_task(ask) == "failed"


def test_what_airflow_does_not_take_is_told_without_it(shared: Connection) -> None:
    """Outside of a task there is nobody who would take a Variable."""
    with pytest.raises(Transient, match="did not take its Variable smm_vk_token_vk_shop") as raised:
        Vault("vk_shop", lambda: shared).put("SECRET-origin", {"access_token": "SECRET-a"})
    holds_no_secret(raised.value)
    assert shared.execute("select * from access.renewal").fetchall() == []


def test_one_at_a_time_renews_the_token_of_a_connection(shared: Connection) -> None:
    query = "select pg_try_advisory_lock(hashtextextended('renew/vk_shop', 0)) as is_free"
    with connect(shared.info.dsn + f" password={shared.info.password}") as other:
        other.autocommit = True
        with Vault("vk_shop", lambda: shared).alone():
            assert other.execute(query).fetchone() == {"is_free": False}
        assert other.execute(query).fetchone() == {"is_free": True}
