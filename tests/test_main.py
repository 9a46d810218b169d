"""The project's own commands, as an operator runs them."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from local.postgres import Cluster
from smm import warehouse as warehouses
from smm.loading import ledger
from smm.project import ROOT
from smm.verdicts import judging as targets
from smm.warehouse import SQL, Connection, NewerWarehouse, connect, migrate
from tests.conftest import PASSWORD
from tests.staging import begun

numbers = count(1)


def smm(connection: Connection, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m smm`, with libpq's variables for this warehouse."""
    info = connection.info
    place = {"PGHOST": info.host, "PGPORT": str(info.port), "PGDATABASE": info.dbname}
    login = {"PGUSER": info.user, "PGPASSWORD": PASSWORD, "PYTHONPATH": str(ROOT / "plugins"), "PATH": ""}
    return subprocess.run(
        [sys.executable, "-m", "smm", *words],
        cwd=ROOT,
        env=place | login | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def empty(postgres: Cluster, migrated: str) -> Iterator[str]:
    """The address of a database with nothing in it."""
    name = f"empty_{next(numbers)}"
    with psycopg.connect(postgres.dsn(), autocommit=True) as superuser:
        database, owner = sql.Identifier(name), sql.Identifier("warehouse")
        superuser.execute(sql.SQL("create database {} owner {}").format(database, owner))
        yield postgres.dsn(name, "warehouse", PASSWORD)
        superuser.execute(sql.SQL("drop database {} with (force)").format(database))


def written(folder: Path, files: dict[str, str]) -> Path:
    """A folder of SQL with these migrations."""
    (folder / "schema").mkdir(parents=True)
    for name, text in files.items():
        (folder / "schema" / name).write_text(text, "utf-8")
    return folder


MIGRATIONS = {path.name: path.read_text("utf-8") for path in sorted((SQL / "schema").glob("*.sql"))}
FIRST_EDITION = {name: text for name, text in MIGRATIONS.items() if name < "0005"}


# --- migrate


def test_an_older_warehouse_is_upgraded_with_its_rows(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(empty) as connection:
        with monkeypatch.context() as older:
            older.setattr(warehouses, "SQL", written(tmp_path, FIRST_EDITION))
            assert migrate(connection) == list(FIRST_EDITION)
        connection.execute(
            "insert into core.figure (client, network, measure, grain, period, value, file, load_id)"
            " values ('yarko', 'vk', 'spend', 'day', '2026-03-01', 12.5, 'figures', 'load')"
        )
        connection.execute("insert into core.vk_members values ('yarko', 'vk', '2026-03-01', 7, now(), 'load')")
        connection.commit()

        done = smm(connection, "migrate")

        assert done.stdout == f"applied {', '.join(name for name in MIGRATIONS if name >= '0005')}\n", done.stderr
        assert smm(connection, "migrate").stdout == "the warehouse is up to date\n"
        assert connection.execute("select measure, value from core.counts order by 1").fetchall() == [
            {"measure": "followers", "value": 7},
            {"measure": "spend", "value": 12.5},
        ]


def test_loads_of_an_older_warehouse_are_as_old_as_their_start(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the days they have claimed, or wait to claim, keep their order, and stay before those of loads to come."""
    starts = {load: datetime(2026, 3, day, 6, tzinfo=UTC) for load, day in [("b", 3), ("a", 4), ("c", 5)]}
    with connect(empty) as connection:
        with monkeypatch.context() as older:
            edition = {name: text for name, text in MIGRATIONS.items() if name < "0008"}
            older.setattr(warehouses, "SQL", written(tmp_path, edition))
            migrate(connection)
        for load, start in starts.items():
            connection.execute(
                "insert into core.load (client, load_id, run_id, source, network, state, started_at)"
                " values ('yarko', %s, 'run', 'ga4', 'ga4', %s, %s)",
                [load, "staged" if load == "c" else "published", start],
            )
        connection.execute("insert into core.coverage values ('yarko', 'ga4', 'totals', '2026-03-01', 'a', 'known')")
        waiting = "('yarko', 'c', 'totals', '2026-03-01', '2026-03-02', 'known', null, '{}')"
        connection.execute(f"insert into staging.coverage values {waiting}".encode())
        connection.commit()

        migrate(connection)

        loads = connection.execute("select *, core.is_overtaken(client, load_id) from core.load").fetchall()
        assert {load["load_id"]: load["as_of"] for load in loads} == starts
        assert {load["load_id"] for load in loads if load["is_overtaken"]} == {"b"}
        for table, load_id in {"core.coverage": "a", "staging.coverage": "c"}.items():
            query = sql.SQL("select load_id from {}").format(sql.Identifier(*table.split(".")))
            assert connection.execute(query).fetchall() == [{"load_id": load_id}]
        begun(connection, "ga4", date(2026, 3, 4), date(2026, 3, 4), run="next")
        (new,) = ledger.of_run(connection, "next")
        assert new["as_of"] == new["started_at"] > starts["c"]


def test_letters_that_an_older_version_took_back_are_told_from_those_that_expired(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reasons = ("the verdicts have changed", "not delivered to everybody within 7 days")
    with connect(empty) as connection:
        with monkeypatch.context() as older:
            edition = {name: text for name, text in MIGRATIONS.items() if name < "0020"}
            older.setattr(warehouses, "SQL", written(tmp_path, edition))
            migrate(connection)
        for revision, reason in enumerate(reasons, 1):
            connection.execute(
                "insert into marts.letter (client, letter_id, month, kind, revision, state, subject, message_id,"
                " content, reason, created_at)"
                " values ('yarko', %s, '2026-03-01', 'missed', %s, 'expired', '', '', '{}', %s, now())",
                [f"2026-03-missed-{revision}", revision, reason],
            )
        connection.commit()

        migrate(connection)

        states = connection.execute("select state from marts.letter order by revision").fetchall()
        assert [letter["state"] for letter in states] == ["taken_back", "expired"]


def test_an_upgrade_judges_again_only_what_was_rebuilt_since(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(empty) as connection:
        with monkeypatch.context() as older:
            edition = {name: text for name, text in MIGRATIONS.items() if name < "0022"}
            older.setattr(warehouses, "SQL", written(tmp_path, edition))
            migrate(connection)
        for client, built_at in {"before": "2026-06-13", "since": "2026-06-15", "unknown": "-infinity"}.items():
            connection.execute(
                "insert into core.client (client, name, language, time_zone, currency, started, report)"
                " values (%s, '', 'en', 'UTC', 'RUB', '2026-01-01', '{}')",
                [client],
            )
            connection.execute(
                "insert into marts.basis (client, month, fingerprint, formulas, built_at)"
                " values (%s, '2026-05-01', '', '', %s)",
                [client, built_at],
            )
            connection.execute(
                "insert into marts.verdict (client, month, network, kpi, target_version, verdict, value, rule, is_main,"
                " due_from, is_final, evaluated_at) values (%s, '2026-05-01', 'vk', 'posts', 1, 'met', 9, 'at_least',"
                " false, '2026-01-01', true, '2026-06-14')",
                [client],
            )
        connection.commit()

        migrate(connection)

        found = targets.open_months(connection, None, datetime(2026, 7, 20, tzinfo=UTC))
        assert found[date(2026, 5, 1)] == ["since"]


def test_two_upgrades_at_the_same_time_are_one(empty: str) -> None:
    def upgraded(_: int) -> list[str]:
        with connect(empty) as connection:
            return migrate(connection)

    with ThreadPoolExecutor(3) as pool:
        applied = sorted(pool.map(upgraded, range(3)))

    assert applied == [[], [], list(MIGRATIONS)]


def test_an_upgrade_that_fails_leaves_nothing_half(empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"9001_fine.sql": "create table catalogue.fine ()", "9002_broken.sql": "create table catalogue.half (); x"}
    monkeypatch.setattr(warehouses, "SQL", written(tmp_path, files))
    with pytest.raises(psycopg.errors.SyntaxError), connect(empty) as connection:
        migrate(connection)
    with connect(empty) as connection:
        assert connection.execute("select from pg_tables where schemaname = 'catalogue'").fetchall() == []


def test_a_warehouse_of_a_later_version_is_refused(warehouse: Connection) -> None:
    warehouse.execute("insert into catalogue.migration (name) values ('9999_future.sql')")
    warehouse.commit()

    done = smm(warehouse, "migrate")

    told = "this warehouse has 9999_future.sql, which this version lacks: run the later version that upgraded it\n"
    assert (done.returncode, done.stderr, done.stdout) == (1, told, "")
    with pytest.raises(NewerWarehouse):
        migrate(warehouse)


# --- the others


def test_accept_takes_the_next_thing_that_comes(warehouse: Connection) -> None:
    for network in ("ga4", "vk"):
        warehouse.execute(
            "insert into core.identity (client, network, facts, load_id)"
            """ values ('yarko', %s, '{"property": "1", "time_zone": "Europe/Moscow"}', 'load')""",
            [network],
        )
    warehouse.commit()

    done = smm(warehouse, "accept", "yarko", "ga4")
    assert (done.returncode, done.stderr) == (
        1,
        "the last load of yarko: ga4 did not stop for a question, so there is nothing to accept\n",
    )

    load = begun(warehouse, "ga4", date(2026, 3, 1), date(2026, 3, 2))
    ledger.end(warehouse, load, "failed", reason="ga4 has another zone", code="identity_changed")
    warehouse.commit()
    done = smm(warehouse, "accept", "yarko", "ga4")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "yarko: ga4 was property 1, time_zone Europe/Moscow. What the next run finds is accepted"
    )
    assert warehouse.execute("select network from core.identity").fetchall() == [{"network": "vk"}]
    again = smm(warehouse, "accept", "yarko", "ga4")
    assert again.returncode == 1
    assert again.stderr == "yarko: ga4 is accepted already; start a run, or wait for the next\n"


def test_late_tells_a_monitor(warehouse: Connection, tmp_path: Path) -> None:
    place = {"SMM_CLIENTS": str(tmp_path)}
    assert (smm(warehouse, "late", **place).returncode, smm(warehouse, "late", **place).stdout) == (
        0,
        f"nothing is late for 0 clients in {tmp_path}\n",
    )

    nowhere = smm(warehouse, "late", SMM_CLIENTS=str(tmp_path / "nowhere"))
    assert nowhere.returncode == 1
    assert nowhere.stderr == (
        f"there is no folder {tmp_path / 'nowhere'}: set SMM_CLIENTS to the folder of the client files\n"
    )

    (tmp_path / "yarko.yml").write_text("name: [")

    done = smm(warehouse, "late", **place)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "yarko: its file has mistakes, so it is not loaded: run make check\n"


def test_forget_refuses_what_is_being_loaded(warehouse: Connection, tmp_path: Path) -> None:
    warehouse.execute(
        "insert into core.load (client, load_id, run_id, source, network, state)"
        " values ('yarko', 'load', 'ingest_vk/a', 'vk', 'vk', 'fetching')"
    )
    warehouse.commit()
    place = {"SMM_CLIENTS": str(tmp_path), "SMM_ARCHIVE": f"file://{tmp_path}/archive", "AIRFLOW_HOME": str(tmp_path)}

    done = smm(warehouse, "forget", "yarko", "--yes", **place)

    assert done.returncode == 1
    assert done.stderr == "ingest_vk/a is loading it: wait until it ends, or stop it and wait a day\n"
    for name in ("../yarko", "Yarko", ""):
        done = smm(warehouse, "forget", name, "--yes", **place)
        assert done.stderr == f"{name!r} is not a client's id: give the name of its file without .yml\n"


def test_without_a_warehouse_one_line_says_what_to_set(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "smm", "late"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "plugins"), "PATH": "", "AIRFLOW_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no warehouse is set: set PGHOST, PGDATABASE ..., or AIRFLOW_CONN_WAREHOUSE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_warehouse_that_does_not_answer_is_one_line(warehouse: Connection) -> None:
    done = smm(warehouse, "late", PGPORT="1")
    assert done.returncode == 1
    assert done.stderr.startswith("the warehouse: ")
    assert "Traceback" not in done.stderr
