"""Secrets are planted wherever one may lie; the DAGs run over good paths and failing ones; then all that was written
anywhere is searched for them."""

import base64
import email
import gzip
import json
import os
import secrets as randomness
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from itertools import cycle, repeat
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

import grpc
import psycopg
import pytest
import yaml
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from psycopg import sql

from local import ports
from local.postgres import Cluster
from sandbox.data import Login
from sandbox.faults import ga4 as ga4_faults
from sandbox.faults import metrica as metrica_faults
from sandbox.faults import vk as vk_faults
from sandbox.loopback import Answer, Request, Server
from sandbox.mailbox import Mailbox
from sandbox.world import World
from tests.conftest import FOLDER, PASSWORD
from tests.way import Way, started

TODAY = datetime.now(UTC).date()


def planted(name: str) -> str:
    """A word that stands nowhere else."""
    return f"{name}-{randomness.token_hex(12)}"


def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class Secrets:
    """What is planted. VK's login renews its tokens to more of them."""

    def __init__(self) -> None:
        self.user, self.dead_user, self.service, self.community = map(planted, ("user", "dead", "service", "community"))
        self.ended, self.refresh = planted("ended"), planted("refresh")
        self.metrica = planted("metrica")
        self.login = Login("51", "a-device", self.ended, [self.refresh])
        self.url_key, self.smtp, self.key_id = planted("figures"), planted("smtp"), planted("key")
        self.private_key = private_key()
        self.broken_key = planted("broken")

    def all(self) -> list[str]:
        """Each of them, and of the private key each line."""
        tokens = (self.user, self.dead_user, self.service, self.community, self.ended, self.metrica)
        plain = (*tokens, self.url_key, self.smtp)
        lines = [line for line in self.private_key.splitlines() if len(line) == 64]
        assert len(self.login.refresh_tokens) > 1, "the login was renewed"
        login = [self.login.access_token, *self.login.refresh_tokens]
        return [*plain, *login, *lines, self.key_id, self.broken_key, PASSWORD]

    def keyfile(self) -> dict[str, str]:
        return {
            "type": "service_account",
            "project_id": "smm",
            "private_key_id": self.key_id,
            "private_key": self.private_key,
            "client_email": "smm@smm.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": "https://oauth2.googleapis.com/token",
        }


@pytest.fixture
def world() -> World:
    return World(TODAY)


@pytest.fixture
def way(
    postgres: Cluster,
    migrated: str,
    airflow_database: None,
    world: World,
    tmp_path: Path,
) -> Iterator[Way]:
    world.write(tmp_path)
    with started(postgres, migrated, world, tmp_path) as way:
        yield way


class MailServer:
    """It lets in who knows the password, and keeps every letter but those to nobody."""

    def __init__(self, folder: Path, password: str) -> None:
        self._mailbox = Mailbox(folder)
        self._password = password.encode()
        self.port = ports.free()
        self._controller = Controller(
            self,
            hostname=ports.HOST,
            port=self.port,
            server_hostname="mail.localhost",
            authenticator=self._admit,
            auth_require_tls=False,
        )

    def _admit(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == self._password)

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, aiosmtpd's
        assert session.authenticated
        if "nobody@agency.example" in envelope.rcpt_tos:
            return "550 no such reader"
        self._mailbox.keep(envelope.original_content or b"", envelope.rcpt_tos)
        return "250 kept"

    def __enter__(self) -> None:
        self._controller.start()

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


class Connections:
    """Airflow's connections, changed as an operator would."""

    def __init__(self, patched: pytest.MonkeyPatch) -> None:
        self._patched = patched

    def change(self, name: str, extra: dict[str, Any] | None = None, **values: Any) -> None:
        variable = f"AIRFLOW_CONN_{name.upper()}"
        content = json.loads(os.environ[variable]) | values
        content["extra"] = content.get("extra", {}) | (extra or {})
        self._patched.setenv(variable, json.dumps(content))


def test_no_secret_is_written_anywhere(
    way: Way,
    postgres: Cluster,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    hidden = Secrets()
    figures: list[Answer] = []
    mail = MailServer(way.folder / "mailbox", hidden.smtp)
    with Server(0, lambda request: figures_file(request, hidden, figures)) as server, mail:
        plant(way, world, hidden, Connections(monkeypatch), server.url)
        Connections(monkeypatch).change("mail", port=mail.port, login="smm", password=hidden.smtp)
        told = run_everything(way, world, hidden, Connections(monkeypatch), figures)
    out = capfd.readouterr()
    places = {
        "what was printed": [out.out, out.err],
        "what was logged": [record.getMessage() + thrown(record) for record in caplog.records],
        "log files": [path.read_text("utf-8", "replace") for path in (FOLDER / "airflow").rglob("*.log")],
        "Airflow's database": tables(postgres.dsn("airflow", "airflow", PASSWORD)),
        "the warehouse": tables(postgres.dsn(way.warehouse.info.dbname, "warehouse", PASSWORD)),
        "the archive": [
            text for path in (way.folder / "archive").rglob("*") if path.is_file() for text in unpacked(path)
        ],
        "letters": [text for path in (way.folder / "mailbox").glob("*.eml") for text in parts(path)],
    }
    empty = [place for place, texts in places.items() if not any(texts) and place != "log files"]
    assert empty == []
    for words in ("error 5", "error 27", "did not answer", "does not renew", "a service account's key", "status 403"):
        assert words in told
    assert "VK refuses stats.get with error 1051" in told
    assert '(VK says: "invalid access_token (***, ***)")' in told
    found = {
        (place, secret, text[max(at - 200, 0) : at + 100])
        for place, texts in places.items()
        for text in texts
        for secret in hidden.all()
        for form in forms(secret)
        if (at := text.find(form)) >= 0
    }
    assert found == set()


def plant(way: Way, world: World, hidden: Secrets, connections: Connections, figures: str) -> None:
    """Yarko's tokens and key are good, nordlys' are not; pekarnya's figures lie behind an address with a key."""
    community = world.chronicles["yarko"].brand.wall.id
    way.far_ends.user_tokens.add(hidden.user)
    way.far_ends.service_tokens.add(hidden.service)
    way.far_ends.metrica_tokens[hidden.metrica] = 5_000
    way.far_ends.community_tokens[hidden.community] = community
    way.far_ends.logins.append(hidden.login)
    renewal = {"refresh_token": hidden.refresh, "client_id": "51", "device_id": "a-device"}
    tokens = {"service_token": hidden.service, "community_token": hidden.community}
    hidden.login.access_token = planted("its end was not told")
    connections.change("vk_yarko", password=hidden.ended, extra=tokens | renewal)
    connections.change("vk_nordlys", password=hidden.dead_user, extra={"service_token": hidden.service})
    connections.change("vk_pekarnya", password=hidden.user, extra={"service_token": hidden.service})
    connections.change("metrica_pekarnya", password=hidden.metrica)
    connections.change("ga4_yarko", extra={"keyfile_dict": hidden.keyfile()})
    broken = hidden.keyfile() | {"private_key": f"-----BEGIN PRIVATE KEY-----\n{hidden.broken_key}\n"}
    connections.change("ga4_nordlys", host=None, port=None, extra={"keyfile_dict": broken})
    rewrite(way, "pekarnya", {"sources": {"figures": {"path": f"{figures}/pekarnya.csv?key={hidden.url_key}"}}})
    rewrite(way, "yarko", {"leads": {"messages": "vk"}})


def rewrite(way: Way, client: str, changes: dict[str, dict[str, Any]]) -> None:
    """Change entries of sections of a client's file."""
    file = way.folder / "clients" / f"{client}.yml"
    content = yaml.safe_load(file.read_text("utf-8"))
    for section, entries in changes.items():
        content[section] |= entries
    file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


def figures_file(request: Request, hidden: Secrets, answers: list[Answer]) -> Answer:
    assert request.fields == {"key": hidden.url_key}
    return answers.pop(0) if len(answers) > 1 else answers[0]


def run_everything(way: Way, world: World, hidden: Secrets, connections: Connections, figures: list[Answer]) -> str:
    """All DAGs, over what works and what does not; returns the reasons that were told."""
    month = f"{world.judged_month:%Y-%m}"
    figures[:] = [Answer(200, "text/csv", (way.folder / "figures" / "pekarnya.csv").read_bytes())]
    months = {"first_month": month, "last_month": month}
    quoting = f"invalid access_token ({hidden.user}, {hidden.service})"
    way.far_ends.faults.plan(hidden.user, repeat(vk_faults.inner_error(1051, "stats.get", quoting)))
    done = way.run("backfill_client", clients=None, sources=None, from_archive=False, **months)
    assert (done["publish"], done["run"]) == ("success", "failed"), done
    assert way.build()["run"] == "success"
    assert way.report()["run"] == "success"

    figures[:] = [Answer(500, "text/plain", b"no"), Answer(403, "text/plain", b"no")]
    refusing = (vk_faults.error(5, quoting), vk_faults.error(27, quoting), vk_faults.hung_up)
    way.far_ends.faults.plan(hidden.service, cycle(refusing))
    number = world.chronicles["yarko"].brand.property
    way.far_ends.faults.plan(number, repeat(ga4_faults.status(grpc.StatusCode.UNAUTHENTICATED, "planned")))
    way.far_ends.faults.plan(hidden.metrica, repeat(metrica_faults.refused(503, "backend_error", hidden.metrica)))
    for source in ("figures", "vk", "ga4", "metrica"):
        assert way.ingest(source)["run"] == "failed"
    way.far_ends.faults.end()
    hidden.login.is_alive = False
    assert way.ingest("vk", clients=["yarko"])["run"] == "failed"
    assert way.report(rehearse_to="nobody@agency.example")["run"] == "failed"
    reasons = way.rows(
        "select reason from core.load where reason is not null"
        " union all select distinct reason from core.coverage where reason is not null"
    )
    connections.change("warehouse", port=ports.free())
    assert way.ingest("ga4")["run"] == "failed"
    return "\n".join(reason for (reason,) in reasons)


def forms(secret: str) -> set[str]:
    """The ways in which it may have been written."""
    return {secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode(), secret.encode().hex()}


def thrown(record: Any) -> str:
    return "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""


def tables(dsn: str) -> list[str]:
    """Every row of every table, as text."""
    query = "select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
    with psycopg.connect(dsn) as database:
        names = database.execute(query).fetchall()
        return [
            row[0]
            for name in names
            for row in database.execute(sql.SQL("select t::text from {} as t").format(sql.Identifier(*name)))
        ]


def unpacked(path: Path) -> list[str]:
    """A file of the archive; of Data Docs, each page."""
    if path.suffix == ".zip":
        with ZipFile(path) as pages:
            return [pages.read(name).decode() for name in pages.namelist()]
    body = path.read_bytes()
    return [(gzip.decompress(body) if path.suffix == ".gz" else body).decode("utf-8", "replace")]


def parts(path: Path) -> Iterator[str]:
    """A letter as it lies there, and its parts decoded."""
    body = path.read_bytes()
    yield body.decode("utf-8", "replace")
    for part in email.message_from_bytes(body, policy=policy.default).walk():
        if not part.is_multipart():
            yield bytes(part.get_payload(decode=True)).decode("utf-8", "replace")
