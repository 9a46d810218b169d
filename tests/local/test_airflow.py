import json
import stat
from pathlib import Path

import yaml
from airflow.configuration import conf

from local import airflow
from local.keys import Keys
from local.postgres import Cluster

KEYS = Keys()
MAIL = {"conn_type": "smtp", "host": "mail.example", "port": 25}


def environment(folder: Path, inherited: dict[str, str]) -> dict[str, str]:
    cluster = Cluster(folder / "postgres", 5432, KEYS.postgres)
    given = airflow.cleared(inherited)
    configured = airflow.configured(folder, Path("/checkout"), 8080, cluster, KEYS, {"mail": MAIL}, given)
    return dict(configured.environment)


def test_settings_of_another_airflow_do_not_reach_in(tmp_path: Path) -> None:
    theirs = {"AIRFLOW__CORE__DAGS_FOLDER": "/theirs", "AIRFLOW__CORE__UNKNOWN": "1", "AIRFLOW_HOME": "/theirs"}
    ours = environment(tmp_path, {**theirs, "AIRFLOW_CONFIG": "/theirs/airflow.cfg"})
    assert ours["AIRFLOW__CORE__DAGS_FOLDER"] == "/checkout/dags"
    assert ours["AIRFLOW_HOME"] == str(tmp_path / "airflow")
    assert not {"AIRFLOW__CORE__UNKNOWN", "AIRFLOW_CONFIG"} & ours.keys()


def test_bytecode_is_written(tmp_path: Path) -> None:
    assert "PYTHONDONTWRITEBYTECODE" not in environment(tmp_path, {"PYTHONDONTWRITEBYTECODE": "1"})


def test_connections_of_the_environment_are_kept_and_ours_added(tmp_path: Path) -> None:
    ours = environment(tmp_path, {"AIRFLOW_CONN_VK_YARKO": "{}"})
    assert ours["AIRFLOW_CONN_VK_YARKO"] == "{}"
    assert json.loads(ours["AIRFLOW_CONN_MAIL"]) == MAIL
    warehouse = json.loads(ours["AIRFLOW_CONN_WAREHOUSE"])
    assert (warehouse["conn_type"], warehouse["login"], warehouse["schema"]) == ("postgres", "warehouse", "warehouse")


def test_clients_and_archive_may_lie_elsewhere(tmp_path: Path) -> None:
    elsewhere = {"SMM_CLIENTS": "/clients", "SMM_ARCHIVE": "s3://archive"}
    assert environment(tmp_path, elsewhere).items() >= elsewhere.items()
    here = environment(tmp_path, {})
    assert here["SMM_CLIENTS"] == "/checkout/include/clients"
    assert here["SMM_ARCHIVE"] == f"file://{tmp_path}/archive"


def test_the_login_is_for_its_user_alone(tmp_path: Path) -> None:
    file = Path(environment(tmp_path, {})["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    assert json.loads(file.read_text()) == {"admin": KEYS.login}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_nothing_listens_beyond_loopback(tmp_path: Path) -> None:
    assert environment(tmp_path, {})["AIRFLOW__API__HOST"] == "127.0.0.1"
    for component in ("scheduler", "triggerer"):
        assert "--skip-serve-logs" in airflow.COMPONENTS[component]


def test_tasks_of_a_killed_worker_come_back_soon_and_living_ones_have_time(tmp_path: Path) -> None:
    compose = yaml.safe_load((Path(__file__).parents[2] / "docker-compose.yml").read_text("utf-8"))
    name = "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT"
    timeout = environment(tmp_path, {})[name]
    assert compose["x-environment"][name] == timeout == "60"
    every, misses = (conf.getint("workers", option) for option in ("min_heartbeat_interval", "max_failed_heartbeats"))
    assert int(timeout) >= 3 * every * misses
