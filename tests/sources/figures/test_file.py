"""Where a file of figures lies: on this machine, in an object store, on the web and on its worse days."""

import os
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sandbox.loopback import Answer as HttpAnswer
from sandbox.loopback import Request, Server
from smm.sources import BadInput, QuotaSpent, Refused, SourceError, Transient
from smm.sources import file as figures_file
from smm.sources.figures import SOURCE
from tests.sources.figures.sheets import listed, sheet, taken, work
from tests.sources.loading import load


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the project is said to lie."""
    root = tmp_path / "project"
    (root / "include").mkdir(parents=True)
    monkeypatch.setattr(figures_file, "ROOT", root)
    return root


def test_a_relative_path_begins_at_the_root(project: Path) -> None:
    assert listed(taken(project / "include" / "yarko.csv", sheet()))
    assert listed(load(SOURCE, work("include/yarko.csv")))
    assert listed(load(SOURCE, work("include/../include/yarko.csv")))


@pytest.mark.parametrize("path", ["../elsewhere.csv", "include/../../elsewhere.csv", "include/link.csv", "link/x.csv"])
def test_a_relative_path_stays_within_the_project(path: str, project: Path) -> None:
    for place in (project.parent / "elsewhere.csv", project.parent / "x.csv"):
        place.write_text(sheet(), "utf-8")
    (project / "include" / "link.csv").symlink_to(project.parent / "elsewhere.csv")
    (project / "link").symlink_to(project.parent)

    with pytest.raises(BadInput, match=f"^{path} is outside the project: put the file into it, or write its"):
        load(SOURCE, work(path))


def test_a_pipe_is_no_file(project: Path) -> None:
    os.mkfifo(project / "pipe.csv")
    with pytest.raises(BadInput, match="is not a file: check the path"):
        load(SOURCE, work("pipe.csv"))


def test_an_object_store(file: Path) -> None:
    file.write_text(sheet(), "utf-8")
    loaded = load(SOURCE, work(file.as_uri()))
    assert listed(loaded)
    assert loaded.answers[0].request == {"path": file.as_uri()}


@pytest.mark.parametrize(
    ("path", "kind", "told"),
    [
        ("include/figures/nowhere.csv", BadInput, "is not a file: check the path"),
        ("include", BadInput, "is not a file: check the path"),
        ("file:///nowhere/x.csv", BadInput, "is not a file: check the path"),
        ("weird://bucket/x.csv", BadInput, "needs a storage provider that is not installed here"),
        ("http://figures.example/x.csv?key=SECRET", BadInput, "is not encrypted: write https://"),
    ],
)
def test_paths_that_lead_nowhere(path: str, kind: type[SourceError], told: str) -> None:
    with pytest.raises(kind, match=told) as raised:
        load(SOURCE, work(path))
    assert "SECRET" not in repr(raised.value)


@pytest.fixture
def shop() -> Iterator[Server]:
    def respond(request: Request) -> HttpAnswer:
        status = int(request.path.removeprefix("/").removesuffix(".csv"))
        return HttpAnswer(status, "text/csv", sheet().encode())

    with Server(0, respond) as server:
        yield server


def test_the_web(shop: Server) -> None:
    loaded = load(SOURCE, work(f"{shop.url}/200.csv?key=SECRET"))
    assert len(listed(loaded)) == 1
    assert loaded.answers[0].request == {"path": f"{shop.url}/200.csv"}


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (403, Refused, "share the file"),
        (404, BadInput, "check the path in the client's file"),
        (429, QuotaSpent, "the next run"),
        (503, Transient, "try again in a minute"),
    ],
)
def test_answers_of_the_web(status: int, kind: type[SourceError], told: str, shop: Server) -> None:
    with pytest.raises(SourceError, match=told) as raised:
        load(SOURCE, work(f"{shop.url.replace('//', '//me:SECRET@')}/{status}.csv?key=SECRET"))
    assert type(raised.value) is kind
    assert f"HTTP status {status}" in str(raised.value)
    assert "SECRET" not in repr(raised.value)


# --- the web's worse days


@pytest.fixture
def web() -> Iterator[tuple[Server, dict[str, HttpAnswer]]]:
    pages: dict[str, HttpAnswer] = {"/x.csv": HttpAnswer(200, "text/csv", sheet().encode())}
    with Server(0, lambda request: pages[request.path]) as server:
        yield server, pages


Web = tuple[Server, dict[str, HttpAnswer]]


def moved(to: str) -> HttpAnswer:
    return HttpAnswer(302, "text/html", b"", {"Location": to})


def test_a_redirect_is_followed(web: Web) -> None:
    server, pages = web
    pages["/share"] = moved("/x.csv?key=SECRET")
    assert listed(load(SOURCE, work(f"{server.url}/share")))


@pytest.mark.parametrize(
    ("page", "kind", "told"),
    [
        (moved("http://figures.example/x.csv?key=SECRET"), BadInput, "http://figures.example/x.csv is not encrypted"),
        (moved("/here"), BadInput, "is a circle of links"),
        (moved("ftp://figures.example/x.csv?key=SECRET"), BadInput, "is not a file"),
        (HttpAnswer(200, "text/html; charset=utf-8", b"<html>"), Refused, "answered with a web page, perhaps a login"),
        (HttpAnswer(200, "text/csv", sheet().encode(), sent=40), Transient, "could not be read"),
    ],
    ids=["to an open line", "in circles", "elsewhere", "a login", "cut"],
)
def test_ways_of_the_web_that_lead_nowhere(page: HttpAnswer, kind: type[SourceError], told: str, web: Web) -> None:
    server, pages = web
    pages["/here"] = page
    with pytest.raises(SourceError, match=told) as raised:
        load(SOURCE, work(f"{server.url}/here?key=SECRET"))
    assert type(raised.value) is kind
    assert "SECRET" not in repr(raised.value)


def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures_file, "TIMEOUTS", (0.2, 0.2))
    told = "could not be read .ReadTimeout.; try again in a minute"
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Transient, match=told):
        load(SOURCE, work(f"http://127.0.0.1:{silent.getsockname()[1]}/x.csv"))


def test_an_answer_that_never_ends(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures_file, "SECONDS", 0)
    with pytest.raises(Transient, match="did not arrive within 0 seconds"):
        load(SOURCE, work(f"{web[0].url}/x.csv"))


@pytest.mark.parametrize("where", ["path", "uri", "web"])
def test_a_file_that_is_too_large(where: str, file: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures_file, "MOST_BYTES", 1_000_000)
    body = sheet().encode().ljust(1_000_001)
    file.write_bytes(body)
    web[1]["/x.csv"] = HttpAnswer(200, "text/csv", body)
    places = {"path": str(file), "uri": file.as_uri(), "web": f"{web[0].url}/x.csv"}
    with pytest.raises(BadInput, match="is larger than 1 MB: keep only figures of days or months in it"):
        load(SOURCE, work(places[where]))


@pytest.fixture
def https(tmp_path: Path) -> Iterator[str]:
    """The address of a server with a certificate of its own, which lies in ``tmp_path / "web.pem"``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))  # OpenSSL looks at the real clock
        .not_valid_after(datetime(2126, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem = tmp_path / "web.pem"
    pem.write_bytes(plain + certificate.public_bytes(Encoding.PEM))
    (tmp_path / "x.csv").write_text(sheet(), "utf-8")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"https://localhost:{server.server_address[1]}/x.csv"
        server.shutdown()
        thread.join()


def test_an_encrypted_line(https: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "web.pem"))
    assert listed(load(SOURCE, work(https)))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_certificate_that_nobody_trusts(https: str) -> None:
    with pytest.raises(BadInput, match="has no certificate that is trusted here"):
        load(SOURCE, work(https))
