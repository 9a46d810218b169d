"""Airflow's connection `warehouse`: what it says is obeyed by every task alike, or refused by name."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local import ports
from smm import warehouse
from smm.warehouse import libpq
from tests.conftest import PASSWORD, ROOT

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from local.postgres import Cluster

SECRET = "hunter2-and-more"
PLACE = {"conn_type": "postgres", "host": "a,b", "schema": "warehouse", "login": "smm", "password": SECRET}


def named(extra: Any, **fields: Any) -> "Connection":
    from airflow.sdk import Connection

    return Connection.from_json(json.dumps({**PLACE, **fields, "extra": extra}), "warehouse")


def parsed(extra: Any, **fields: Any) -> dict[str, str]:
    from psycopg.conninfo import conninfo_to_dict

    return {name: str(value) for name, value in conninfo_to_dict(libpq.conninfo(named(extra, **fields))).items()}


def test_every_setting_of_libpq_is_passed_on() -> None:
    place = {"host": "a,b", "dbname": "warehouse", "user": "smm", "password": SECRET}
    settings: dict[str, Any] = {
        "port": "5432,5433",
        "target_session_attrs": "read-write",
        "load_balance_hosts": "random",
        "keepalives": 1,
        "keepalives_idle": 30,
        "connect_timeout": 10,
        "options": "-c statement_timeout=60000 -c search_path=a\\ b",
        "application_name": "it's ours",
        "channel_binding": "require",
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ssl/with a space.pem",
    }
    assert parsed(settings) == place | {name: str(value) for name, value in settings.items()}
    assert parsed({}, port=5433) == {**place, "port": "5433"}, "one port is that of both hosts"
    assert parsed({"service": "smm", "sslmode": None}, host=None, schema=None) == {
        "user": "smm",
        "password": SECRET,
        "service": "smm",
    }


REFUSED = {
    "a slip": ({"sslmod": SECRET}, "'sslmod' is not a setting of libpq: write sslmode"),
    "nothing like it": ({"zz": SECRET}, "'zz' is not a setting of libpq: there are application_name, "),
    "the hook's": ({"iam": True}, "'iam' is used only by Airflow's SQL tasks"),
    "the hook's cursor": ({"cursor": "dictcursor"}, "'cursor' is used only by Airflow's SQL tasks"),
    "the driver's": ({"autocommit": True}, "'autocommit' is not a setting of libpq"),
    "another connection": ({"postgres_conn_id": SECRET}, "'postgres_conn_id' is not a setting of libpq"),
    "a truth": ({"keepalives": True}, "keepalives must be a text or a whole number: write 1 or 0"),
    "a list": ({"options": [SECRET]}, "options must be a text or a whole number"),
    "twice": ({"password": "another"}, "password is already in the connection's field password"),
    "no name": ({f"postgresql://smm:{SECRET}@a/b": 1}, "a name with other characters than letters and _ is no"),
    "two": ({"sslmod": "x", "iam": 1}, "write sslmode; 'iam' is"),
    "no JSON": (f'{{"sslpassword": "{SECRET}"', "must be a JSON object, such as"),
    "no object": (f'["{SECRET}"]', "must be a JSON object, such as"),
}


@pytest.mark.parametrize(("extra", "text"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_obeyed_is_refused_without_a_secret(extra: Any, text: str) -> None:
    with pytest.raises(libpq.BadConnection, match="^the extra of Airflow's connection warehouse") as refused:
        libpq.conninfo(named(extra))
    assert text in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.fixture
def several(postgres: "Cluster", migrated: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A connection to two servers, the first of which is down."""
    place = {"host": f"{ports.HOST},{ports.HOST}", "schema": migrated, "login": "warehouse", "password": PASSWORD}
    extra = {
        "port": f"{ports.free()},{postgres.port}",
        "target_session_attrs": "read-write",
        "options": "-c statement_timeout=54321",
        "application_name": "smm",
        "keepalives_idle": 30,
    }
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "postgres", **place, "extra": extra}))
    return extra


def test_airflows_sql_tasks_connect_as_all_others_do(several: dict[str, Any]) -> None:
    """Also where of several servers only one can be written to."""
    from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

    hook = SQLExecuteQueryOperator(task_id="rebuild", conn_id="warehouse", sql="select 1").get_db_hook()
    with warehouse.connection() as ours, hook.get_conn() as theirs:
        settings = ours.info.get_parameters()
        assert settings == theirs.info.get_parameters()
        assert [settings[name] for name in several if name != "port"] == [
            str(value) for name, value in several.items() if name != "port"
        ]
        assert ours.info.port == theirs.info.port == int(several["port"].partition(",")[2])
        assert ours.execute("select current_setting('statement_timeout') as found").fetchone() == {"found": "54321ms"}


@pytest.mark.usefixtures("several")
def test_commands_connect_so_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from smm.__main__ import main

    monkeypatch.delenv("PGDATABASE", raising=False)
    monkeypatch.setattr("sys.argv", ["smm", "migrate"])
    assert main() == 0
    assert capsys.readouterr().out == "the warehouse is up to date\n"

    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({**PLACE, "extra": {"sslmod": SECRET}}))
    assert main() == 1
    told = capsys.readouterr().err
    assert told == "the extra of Airflow's connection warehouse: 'sslmod' is not a setting of libpq: write sslmode\n"


def test_nothing_else_reads_the_connection() -> None:
    reads = {path for path in (ROOT / "plugins").rglob("*.py") if 'get("warehouse")' in path.read_text("utf-8")}
    assert reads == {Path(warehouse.__file__)}
