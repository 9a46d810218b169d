"""docker-compose.yml and its manual rest on what exists: in the checkout, the installed Airflow and .env.example."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest
import yaml
from cryptography.fernet import Fernet

from local import ports
from local.interrupts import Interrupts
from local.postgres import BINARIES, Cluster
from local.processes import Runner
from smm.__main__ import parser as smm_parser

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"].startswith("${SMM_IMAGE:-")]
EXAMPLE = dict(re.findall(r"^(?:# )?(\w+)='?(.*?)'?$", (ROOT / ".env.example").read_text("utf-8"), re.M))
MANUAL = (ROOT / "docs" / "production.md").read_text("utf-8")

USED = re.compile(r"(?<!\$)\$\{(\w+)(:?[-?])?")


def settings() -> Iterator[tuple[str, str, str]]:
    """(service, variable, value as written) of every container."""
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            yield name, variable, str(value)


def commands() -> Iterator[tuple[str, list[str]]]:
    """(service, words) of every program that our own containers run, for work or as a check of their health."""
    for name in OURS:
        for given in (SERVICES[name].get("command"), SERVICES[name].get("healthcheck", {}).get("test")):
            match given:
                case None:
                    continue
                case str():
                    yield name, shlex.split(given)
                case ["CMD-SHELL", script] | ["bash", "-ec", script]:
                    lines = (line for line in script.splitlines() if not line.startswith("#"))
                    yield from ((name, shlex.split(line)) for line in lines)
                case ["CMD", *words]:
                    yield name, words
                case _:
                    pytest.fail(f"{name}: a command of another form: {given}")


def test_it_follows_the_compose_specification() -> None:
    folder = resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((folder / "compose-spec.json").read_text("utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(COMPOSE)] == []


def test_every_variable_is_in_the_example_and_every_one_there_is_used() -> None:
    assert {name for name, _ in USED.findall(TEXT)} == set(EXAMPLE)
    assert re.findall(r"(?<!\$)\$(?![${])", TEXT) == [], "write ${NAME}"


def test_the_secrets_are_required_and_nothing_else_is() -> None:
    uses = {name: {how for other, how in USED.findall(TEXT) if other == name} for name in EXAMPLE}
    secrets = {name for name, value in EXAMPLE.items() if not value}
    assert {name for name in uses if uses[name] == {":?"}} == secrets
    assert {name for name in uses if uses[name] == {":-"}} == set(EXAMPLE) - secrets


def test_the_example_tells_the_defaults() -> None:
    for name, value in re.findall(r"\$\{(\w+):-([^${}]*)\}", TEXT):
        assert EXAMPLE[name] == value


def test_no_password_is_written_down() -> None:
    for service, variable, value in settings():
        if re.search(r"(PASSWORD|SECRET|_KEY|AUTH)$", variable):
            assert re.fullmatch(r"\$\{\w+:\?[^}]*\}", value), (service, variable)
        for password in re.findall(r"://[^:/@]*:(.+?)@", value):
            assert re.fullmatch(r"\$\{\w+:\?[^}]*\}", password), (service, variable)


def test_one_service_builds_the_image_that_all_others_wait_for() -> None:
    """Each `build` makes an image of its own, and the next `up` recreates whoever runs another than the newest."""
    assert [name for name, service in SERVICES.items() if "build" in service] == ["init", "sandbox"]
    assert {SERVICES[name]["image"] for name in set(OURS) - {"sandbox"}} == {SERVICES["init"]["image"]}
    assert SERVICES["init"]["build"]["target"] == "production", "nothing of the sandbox"
    for name in set(OURS) - {"init"}:
        waits_for = SERVICES[name]["depends_on"]
        assert "init" in waits_for or name == "sandbox", name  # which waits for the worker
    assert SERVICES["init"]["build"]["args"] == {"REQUIREMENTS": "${SMM_REQUIREMENTS:-requirements.txt}"}
    assert "ARG REQUIREMENTS=requirements.txt\n" in (ROOT / "Dockerfile").read_text("utf-8")


def seconds(text: str) -> int:
    return int(text[:-1]) * {"s": 1, "m": 60}[text[-1]]


CHECKED = [name for name, service in SERVICES.items() if "healthcheck" in service]


@pytest.mark.parametrize("name", CHECKED)
def test_load_alone_makes_nobody_unhealthy(name: str) -> None:
    """Not while it starts, with a log of a crash to read or beside five others; nor for a minute of a busy machine."""
    check = SERVICES[name]["healthcheck"]
    assert seconds(check["start_period"]) >= (600 if name in ("postgres", "redis") else 300)
    assert seconds(check["timeout"]) >= 10
    assert check["retries"] * seconds(check["interval"]) >= 60


def test_no_health_check_imports_airflow() -> None:
    """That alone is five seconds of work, each time, in each container."""
    for name in CHECKED:
        command = " ".join(SERVICES[name]["healthcheck"]["test"])
        assert "airflow " not in command, name
        assert "--app" not in command, name
    assert set(OURS) - set(CHECKED) == {"init", "sandbox"}


def test_only_loopback_ports_are_published() -> None:
    for name, service in SERVICES.items():
        assert service.get("network_mode") in (None, "service:worker"), name
        for port in service.get("ports", []):
            assert re.fullmatch(r"127\.0\.0\.1:\$\{\w+:-\d+\}:\d+", port), (name, port)


def test_a_service_that_is_scaled_takes_no_port_and_no_name() -> None:
    assert not {"ports", "container_name"} & set(SERVICES["worker"])


def test_what_is_mounted_exists() -> None:
    for name, service in SERVICES.items():
        for source, target in (volume.split(":")[:2] for volume in service.get("volumes", [])):
            if not source.startswith("."):
                assert source in COMPOSE["volumes"], name
                continue
            path = ROOT / source
            # git keeps no empty folder, and Docker would make it anew as root's
            assert path.is_file() or any(path.iterdir()), (name, source)
            if name in OURS:
                assert target == f"/opt/airflow/{path.relative_to(ROOT)}"


@pytest.mark.parametrize(
    ("service", "words"), [pytest.param(*found, id=f"{found[0]}: {shlex.join(found[1])[:40]}") for found in commands()]
)
def test_what_the_containers_run_exists(service: str, words: list[str]) -> None:
    match words:
        case ["airflow", *arguments] | ["exec", "airflow", *arguments]:
            airflow_parser().parse_args(arguments)  # SystemExit if there is no such command or option
        case ["python", "-m", "smm", *arguments]:
            smm_parser().parse_args(arguments)
        case ["python", "compose/readable.py", *folders]:
            assert (ROOT / "compose" / "readable.py").exists()
            mounted = {volume.split(":")[0] for name in OURS for volume in SERVICES[name]["volumes"]}
            assert {f"./{folder}" for folder in folders} == {source for source in mounted if source.startswith(".")}
        case ["python", script, _, ga4_port, vk_port, metrica_port, meta_port] if script == "compose/world.py":
            assert (ROOT / script).exists()
            (serving,) = [words for other, words in commands() if other == service and "sandbox" in words]
            assert serving[serving.index("--port-ga4") + 1] == ga4_port
            assert serving[serving.index("--port-vk") + 1] == vk_port
            assert serving[serving.index("--port-metrica") + 1] == metrica_port
            assert serving[serving.index("--port-meta") + 1] == meta_port
        case ["python", "-m", "sandbox", *options, "&"]:
            usage = subprocess.run(
                [sys.executable, "-m", "sandbox", "--help"], cwd=ROOT, env=environment(), capture_output=True, text=True
            )
            assert {word for word in options if word.startswith("--")} <= set(re.findall(r"--[\w-]+", usage.stdout))
        case ["python", "-c", program, ">", _]:
            compile(program, service, "exec")
        case ["BROKER_URL=$$AIRFLOW__CELERY__BROKER_URL", "celery", "inspect", *words, "ping"]:
            from celery.app.control import Inspect
            from celery.bin import celery, control

            assert words == ["--timeout", "20", "--destination", "celery@$$HOSTNAME"]
            assert {"--timeout", "--destination"} <= {name for option in control.inspect.params for name in option.opts}
            assert "BROKER_URL" in {option.envvar for option in celery.celery.params}
            assert hasattr(Inspect, "ping")
        case ["curl", "--fail", "--silent", "http://localhost:8080/api/v2/monitor/health"]:
            pages = resources.files("airflow.api_fastapi.core_api") / "openapi" / "v2-rest-api-generated.yaml"
            assert "\n  /api/v2/monitor/health:\n" in pages.read_text("utf-8")
            assert airflow_settings()["api"]["options"]["port"]["default"] == "8080"
        case ["curl", "--fail", "--silent", "http://api-server:8080/api/v2/monitor/health", "|", "grep", sign]:
            assert sign in health(service.replace("-", "_"), "healthy")
            assert sign not in health(service.replace("-", "_"), "unhealthy")
        case ["while", "grep", "--quiet", "eth0", "/proc/net/dev;", "do", "sleep", "10;", "done"]:
            pass
        case ["exit", "1"]:
            pass
        case ["curl", "--fail", "--silent", "http://localhost:8974/health"]:
            assert airflow_settings()["scheduler"]["options"]["scheduler_health_check_server_port"]["default"] == "8974"
        case ["umask", "077"]:
            pass
        case _:
            pytest.fail(f"{service} runs what nothing here vouches for: {shlex.join(words)}")


def test_every_setting_exists_in_the_installed_airflow() -> None:
    named = {variable for _, variable, _ in settings() if variable.startswith("AIRFLOW__")}
    known = {
        f"AIRFLOW__{section}__{option}".upper()
        for section, content in airflow_settings().items()
        for option in content["options"]
    }
    assert named <= known
    assert len(named) > 10


def test_workers_hold_no_key_to_the_metadata() -> None:
    held = {name for name, variable, _ in settings() if variable == "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"}
    assert held == set(OURS) - {"worker", "sandbox"}
    signing = {name for name, variable, _ in settings() if variable == "AIRFLOW__API_AUTH__JWT_SECRET"}
    assert signing == held


def test_the_login_is_written_as_airflow_reads_it(tmp_path: Path) -> None:
    script = SERVICES["api-server"]["command"][-1].replace("exec airflow api-server", "")
    subprocess.run(["bash", "-ec", script], cwd=tmp_path, env=environment(SMM_UI_PASSWORD='s"ö$1'), check=True)
    written = tmp_path / "passwords.json"
    assert json.loads(written.read_text("utf-8")) == {"admin": 's"ö$1'}
    assert written.stat().st_mode & 0o077 == 0
    users = SERVICES["api-server"]["environment"]["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"]
    assert users.split(":") == ["admin", "admin"]


def test_each_role_reaches_its_own_database_only(tmp_path: Path) -> None:
    roles = {"airflow": "SMM_METADATA_PASSWORD", "celery": "SMM_CELERY_PASSWORD", "warehouse": "SMM_WAREHOUSE_PASSWORD"}
    passwords = {variable: f"{role}'s $word" for role, variable in roles.items()}
    assert set(passwords) <= set(SERVICES["postgres"]["environment"])
    cluster = Cluster(tmp_path / "postgres", ports.free(), "superuser's")
    command = [str(BINARIES / "psql"), "--no-psqlrc", "--set=ON_ERROR_STOP=1", cluster.dsn()]
    command += [f"--file={ROOT}/compose/databases.sql"]
    with Interrupts() as interrupts, Runner(tmp_path, ROOT, interrupts) as runner:
        cluster.start(runner, durable=False)
        subprocess.run(command, env=environment(**passwords), check=True)
        for role, database in product(roles, roles):
            address = cluster.dsn(database, role, passwords[roles[role]])
            if role == database:
                with psycopg.connect(address) as connection:
                    connection.execute("create schema own")
            else:
                with pytest.raises(psycopg.OperationalError, match="permission denied"):
                    psycopg.connect(address)


def test_the_sandbox_comes_with_all_connections_that_its_clients_name(tmp_path: Path) -> None:
    command = [sys.executable, "compose/world.py", str(tmp_path), "9101", "9102", "9105", "9106"]
    subprocess.run(command, cwd=ROOT, env=environment(PYTHONPATH=f"{ROOT}/plugins:{ROOT}"), check=True)
    clients = [yaml.safe_load(file.read_text("utf-8")) for file in (tmp_path / "clients").glob("*.yml")]
    named = {source.get("connection") for client in clients for source in client["sources"].values()} - {None}
    connections = json.loads((tmp_path / "connections.json").read_text("utf-8"))
    assert len(clients) == 3
    assert set(connections) == named
    for connection in connections.values():
        assert "127.0.0.1" in connection["host"]
        assert connection.get("extra") != {}, "Airflow's import fails on it"


def test_what_the_manual_runs_in_containers_exists() -> None:
    found = re.findall(r"docker compose exec (?:-T )?([\w-]+) ([^`\n]+)", MANUAL.replace("\\\n", " "))
    assert len(found) > 5
    for service, command in found:
        assert service in SERVICES
        match shlex.split(command, comments=True):
            case ["airflow", *arguments]:
                airflow_parser().parse_args(arguments)
            case ["python", "-m", "smm", *arguments]:
                smm_parser().parse_args(arguments)
            case [program, *_]:
                assert program in {"psql", "pg_dump", "pg_restore"}


def test_a_second_copy_of_the_archive_lies_where_the_first_does() -> None:
    """Without the dot, a folder that is there already gets the copy inside it."""
    (source,) = re.findall(r"docker compose cp worker:(\S+) archive$", MANUAL, re.M)
    assert source == f"{EXAMPLE['SMM_ARCHIVE'].removeprefix('file://')}/."


def test_settings_stand_in_one_place() -> None:
    """A shell's variables win over .env, and an `up` from another shell recreates every container without them."""
    assert not re.search(r"^\s*export\b", MANUAL, re.M)


def test_the_databases_are_made_by_whatever_umask_the_checkout_was(tmp_path: Path) -> None:
    service = SERVICES["postgres"]
    (mounted,) = [volume for volume in service["volumes"] if volume.startswith("./compose/databases.sql:")]
    *shell, script, _ = service["entrypoint"]
    assert shell == ["bash", "-ec"]
    line, start = script.replace("$$", "$").splitlines()
    assert start == 'exec docker-entrypoint.sh "$@"'
    source, place = line.split()[-2:]
    assert (mounted.split(":")[1], place) == (source, "/docker-entrypoint-initdb.d/")
    (tmp_path / "databases.sql").touch(mode=0o600)
    (tmp_path / "made").mkdir()
    line = line.replace(source, str(tmp_path / "databases.sql")).replace(place, f"{tmp_path}/made/")
    subprocess.run([*shell, line], check=True)
    assert (tmp_path / "made" / "databases.sql").stat().st_mode & 0o777 == 0o444


# As another user than root, who may read everything; what is to be run was read before.
AS_NOBODY = "import os, sys; from pathlib import Path; program = Path(sys.argv.pop(0) and sys.argv[0]).read_text()"
AS_NOBODY += "; os.getuid() or os.setuid(65534); exec(program)"


@pytest.mark.parametrize(
    ("closed", "code", "named"), [((), 0, []), (("clients",), 1, ["clients"]), (("a.yml",), 0, ["clients/a.yml"])]
)
def test_folders_that_the_containers_may_not_read_are_named(
    tmp_path: Path, closed: tuple[str, ...], code: int, named: list[str]
) -> None:
    tmp_path.chmod(0o755)
    clients, figures = tmp_path / "clients", tmp_path / "figures"
    for folder in (clients, figures):
        folder.mkdir()
        (folder / "a.yml").touch()
    for path in (clients, clients / "a.yml"):
        if path.name in closed:
            path.chmod(0)
    command = [sys.executable, "-c", AS_NOBODY, str(ROOT / "compose" / "readable.py"), "clients", "figures"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    clients.chmod(0o755)
    assert done.returncode == code, done.stderr
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == named
    assert all(
        line.endswith(f"On the host: chmod -R go+rX {name}")
        for name, line in zip(named, done.stdout.splitlines(), strict=True)
    )


def make_secrets(folder: Path) -> "subprocess.CompletedProcess[bytes]":
    """Run the manual's command that makes .env, in a folder that may have one already."""
    (script,) = [block for block in re.findall(r"^```sh\n(.*?)^```", MANUAL, re.M | re.S) if "> .env" in block]
    shutil.copy(ROOT / ".env.example", folder)
    return subprocess.run(["sh", "-ec", script], cwd=folder, capture_output=True)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    assert make_secrets(tmp_path).returncode == 0
    return tmp_path / ".env"


def test_the_manual_makes_every_secret_once(filled: Path) -> None:
    text = filled.read_text("utf-8")
    made = dict(re.findall(r"^(\w+)=(.*)$", text, re.M))
    assert set(made) == {name for name, value in EXAMPLE.items() if not value}
    assert len(set(made.values())) == len(made)
    assert all(re.fullmatch(r"[\w=-]{40,}", value) for value in made.values())  # safe inside a URL
    Fernet(made["SMM_FERNET_KEY"])
    assert filled.stat().st_mode & 0o077 == 0
    assert make_secrets(filled.parent).returncode != 0
    assert filled.read_text("utf-8") == text


@pytest.mark.skipif(
    not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode != 0,
    reason="there is no `docker compose` here",
)
def test_docker_compose_reads_it_and_refuses_a_missing_secret(filled: Path) -> None:
    def config() -> "subprocess.CompletedProcess[str]":
        command = ["docker", "compose", "--env-file", str(filled), "--profile", "sandbox", "config", "--quiet"]
        return subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True)

    complete = filled.read_text("utf-8")
    assert config().returncode == 0
    for secret in (name for name, value in EXAMPLE.items() if not value):
        filled.write_text(re.sub(rf"^{secret}=.*$", f"{secret}=", complete, flags=re.M), "utf-8")
        assert f"{secret} is missing a value" in config().stderr


def environment(**more: str) -> dict[str, str]:
    """This process' environment without what compose and the containers would take from it."""
    kept = {name: value for name, value in os.environ.items() if name not in EXAMPLE}
    return {**kept, **more}


@cache
def airflow_settings() -> dict[str, Any]:
    """section -> options, as the installed Airflow and its providers describe them."""
    from airflow.configuration import conf

    return dict(conf.configuration_description)


def health(component: str, status: str) -> str:
    """What the api-server answers if this component is of this status, and no other is healthy."""
    from airflow.api_fastapi.core_api.datamodels.monitor import HealthInfoResponse

    states = {
        name: {"status": status if name == component else "unhealthy", f"latest_{name}_heartbeat": None}
        for name in ("metadatabase", "scheduler", "triggerer", "dag_processor")
    }
    return HealthInfoResponse.model_validate(states).model_dump_json(exclude_unset=True)


@cache
def airflow_parser() -> Any:
    from airflow.cli.cli_parser import get_parser

    return get_parser()
