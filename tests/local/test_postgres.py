from pathlib import Path

import psycopg
import pytest

from local import ports
from local.interrupts import Interrupts
from local.postgres import Cluster
from local.processes import Runner
from local.trouble import TroubleError


def test_it_is_ours_and_not_run_by_root(postgres: Cluster) -> None:
    with psycopg.connect(postgres.dsn()) as connection:
        assert connection.execute("show data_directory").fetchone() == (str(postgres.folder),)
    assert postgres.folder.stat().st_uid != 0


def test_it_listens_on_loopback_alone(postgres: Cluster) -> None:
    with psycopg.connect(postgres.dsn()) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("show unix_socket_directories").fetchone() == ("",)


@pytest.mark.parametrize("password", ["", "guess"])
def test_nobody_comes_in_without_the_password(postgres: Cluster, password: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.dsn(), password=password)


def test_letters_of_any_language_are_kept_and_lowered(postgres: Cluster) -> None:
    with psycopg.connect(postgres.dsn()) as connection:
        assert connection.execute("select lower('ЯРКО Ä')").fetchone() == ("ярко ä",)


def test_a_database_has_an_owner_who_may_not_enter_another(postgres: Cluster) -> None:
    for name in ("orchard", "quarry", "orchard"):
        postgres.add_database(name, f"of the {name}")
    with psycopg.connect(postgres.dsn("orchard", "orchard", "of the orchard")) as connection:
        connection.execute("create schema apples")
        assert connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (False,)
    with pytest.raises(psycopg.OperationalError, match='permission denied for database "quarry"'):
        psycopg.connect(postgres.dsn("quarry", "orchard", "of the orchard"))


def test_an_owner_may_make_roles_and_change_no_other(postgres: Cluster) -> None:
    for name in ("orchard", "quarry"):
        postgres.add_database(name, f"of the {name}")
    postgres.let_make_roles("orchard")
    with psycopg.connect(postgres.dsn("orchard", "orchard", "of the orchard"), autocommit=True) as connection:
        connection.execute("create role picker")
        connection.execute("drop role picker")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("alter role quarry password 'mine'")


def test_a_port_that_another_postgres_answers_is_refused(postgres: Cluster, tmp_path: Path) -> None:
    second = Cluster(tmp_path / "postgres", postgres.port, postgres.password)
    with (
        Runner(tmp_path, tmp_path, Interrupts()) as runner,
        pytest.raises(
            TroubleError, match=r"(?s)postgres has ended.*Address already in use|answered by another Postgres"
        ),
    ):
        second.start(runner, durable=False)


def test_its_data_outlive_a_stop_in_a_folder_with_a_space(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    cluster = Cluster(folder / "postgres", ports.free(), "of the superuser")
    with Runner(folder, folder, Interrupts()) as runner:
        cluster.start(runner, durable=False)
        cluster.add_database("orchard", "of the orchard")
    with Runner(folder, folder, Interrupts()) as runner:
        cluster.start(runner, durable=False)
        with psycopg.connect(cluster.dsn("orchard", "orchard", "of the orchard")):
            pass
    assert {path.name for path in folder.iterdir()} == {"postgres", "logs", "sessions"}  # no password file
