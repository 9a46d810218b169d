"""`python -m sandbox` as a process: all far ends listen, it ends when told to, and says what it cannot do."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import grpc
import pytest
import requests
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.services.beta_analytics_data.transports import BetaAnalyticsDataGrpcTransport
from google.api_core.exceptions import PermissionDenied

from sandbox import SERVERS

ROOT = Path(__file__).parents[2]
RECORDINGS = ROOT.parent / "shared" / "recordings"
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def ports() -> dict[str, int]:
    holders = [socket.create_server(("127.0.0.1", 0)) for _ in SERVERS]
    found = {name: holder.getsockname()[1] for name, holder in zip(SERVERS, holders, strict=True)}
    for holder in holders:
        holder.close()
    return found


@pytest.fixture
def start(ports: dict[str, int], tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start(*options: str) -> subprocess.Popen[str]:
        listening = [word for name, port in ports.items() for word in (f"--port-{name}", str(port))]
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--dir", str(tmp_path), *listening, *options],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_all_answer_and_end_together(start: Start, ports: dict[str, int], tmp_path: Path) -> None:
    process = start("--today", "2025-07-15")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@agency.example", "b@client.example", "Targets of June"
    with smtplib.SMTP("127.0.0.1", ports["smtp"], local_hostname="test", timeout=10) as client:
        client.send_message(letter)
    assert (tmp_path / "mailbox" / "000001-b@client.example.eml").exists()
    with requests.Session() as session:
        session.trust_env = False
        page = session.get(f"http://127.0.0.1:{ports['mailbox']}/", timeout=10)
        assert "Targets of June" in page.text
        vk = session.get(f"http://127.0.0.1:{ports['vk']}/method/wall.get", timeout=10)
        assert vk.json()["error"]["error_code"] == 5
        metrica = session.get(f"http://127.0.0.1:{ports['metrica']}/stat/v1/data", timeout=10)
        assert metrica.status_code == 401
    with grpc.insecure_channel(f"127.0.0.1:{ports['ga4']}") as channel:
        ga4 = BetaAnalyticsDataClient(transport=BetaAnalyticsDataGrpcTransport(channel=channel))
        with pytest.raises(PermissionDenied):
            ga4.get_metadata(name="properties/1/metadata")
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0


@pytest.mark.parametrize(("name", "served"), [("ga4", "the GA4 Data API, gRPC"), ("smtp", "SMTP")])
def test_a_taken_port_is_named(start: Start, ports: dict[str, int], name: str, served: str) -> None:
    with socket.create_server(("127.0.0.1", ports[name])):
        process = start("--today", "2025-07-15")
        out, problem = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert problem.startswith(f"sandbox: port {ports[name]} ({served}) cannot be used: ")
    assert problem.count("\n") == 1


def test_nothing_to_serve_is_said_in_one_line(start: Start) -> None:
    process = start("--recordings", "no/such/folder")
    out, problem = process.communicate(timeout=20)
    assert (process.returncode, out, problem.count("\n")) == (2, "", 1)
    assert "no/such/folder" in problem


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings in {RECORDINGS}")
def test_recordings_are_served_until_ctrl_c(start: Start, ports: dict[str, int]) -> None:
    process = start("--recordings", str(RECORDINGS))
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    asked = {"access_token": "sandbox-user-walls", "v": "5.199", "owner_id": -65008088, "count": 1}
    wall = requests.post(f"http://127.0.0.1:{ports['vk']}/method/wall.get", data=asked, timeout=10).json()
    assert wall["response"]["count"] > 0
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0
