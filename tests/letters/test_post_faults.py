"""The post under every fault at once: two runs at a time, killed at random, a mail server that nobody can rely on."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiosmtpd.smtp import SMTP, Envelope, Session

from smm.letters.message import message_id
from smm.project import ROOT
from smm.warehouse import Connection, copy
from tests.database import another
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER, content, judged
from tests.letters.mail_server import MailServer, serving

CLIENTS = [f"c{number:03}" for number in range(200)]
READERS = {f"owner@{client}.example": client for client in CLIENTS}
READERS |= {f"partner@{client}.example": client for client in CLIENTS[::5]}
SEED = 5
WORKERS = 2
KILLS = 12
FAITHFUL = 4  # from this try on, the server does what it should

# Imports once, and forks a run for each moment that it reads; says which process that is, and when it has ended.
STARTER = """
import os, smtplib, sys
from datetime import datetime
from smm.letters.delivery import deliver
from smm.letters.post import Post
from smm.letters.render import render# before the fork
from smm.warehouse import connect

warehouse, port = sys.argv[1:]

def post():
    # the server learns from the greeting whom it may kill
    return smtplib.SMTP("127.0.0.1", int(port), local_hostname=f"pid-{os.getpid()}")

for line in sys.stdin:
    if not (child := os.fork()):
        with connect(warehouse) as connection:
            deliver(connection, Post("reports@agency.example", post), None, datetime.fromisoformat(line.strip()))
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@dataclass
class FaultyServer(MailServer):
    """Puts off, refuses, drops the line before and after it accepts, and kills who is talking to it; all by a seed."""

    seed: int = 0
    tries: Counter[str] = field(default_factory=Counter)  # by reader
    doubts: Counter[str] = field(default_factory=Counter)  # by reader: how often nobody could tell whether it arrived
    refused: set[str] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)
    in_hand: dict[int, str] = field(default_factory=dict)  # by worker: whom it last spoke of

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._kill_perhaps(session, 0.01)
        return await super().handle_MAIL(server, session, envelope, address, options)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tries[address] += 1
        self.faults[self._fault(address)] += 1
        self.in_hand[_worker(session)] = address
        self._kill_perhaps(session, 0.02)
        match self._fault(address):
            case "put off":
                return "451 4.7.1 come again"
            case "refused":
                self.refused.add(address)
                return "550 5.1.1 no such user"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        match self._fault(address):
            case "full":
                return "452 4.3.1 disk full"
            case "dropped before":
                self.doubts[address] += 1
                server.transport.abort()
                return "451 nobody hears this"
            case "dropped after":
                self.doubts[address] += 1
                await super().handle_DATA(server, session, envelope)
                server.transport.abort()
                return "250 nobody hears this"
        reply = await super().handle_DATA(server, session, envelope)
        self._kill_perhaps(session, 0.1)
        return reply

    def _fault(self, address: str) -> str:
        """The one of this reader's try; the same for its every command."""
        fates = ["put off", "full", "dropped before", "dropped after", "", ""]
        own = random.Random(f"{self.seed}/{address}/{self.tries[address]}")
        fault = "" if self.tries[address] >= FAITHFUL else own.choice(fates)
        if random.Random(f"{self.seed}/{address}").random() < 0.05:
            fault = "refused"
        return fault

    def _kill_perhaps(self, session: Session, chance: float) -> None:
        """At once, or within the next milliseconds, in which the worker notes what it was told and goes on."""
        if self.faults["killed"] < KILLS and self.random.random() < chance:
            self.faults["killed"] += 1
            delay = self.random.choice([0, self.random.uniform(0, 0.005)])
            asyncio.get_running_loop().call_later(delay, self._kill, _worker(session))

    def _kill(self, worker: int) -> None:
        try:
            os.kill(worker, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.doubts[self.in_hand.get(worker, "")] += 1


def _worker(session: Session) -> int:
    return int(str(session.host_name).removeprefix("pid-"))


def fill(warehouse: Connection) -> None:
    """A letter of each client, to its readers, in the outbox."""
    letter = (
        "client",
        "letter_id",
        "month",
        "kind",
        "revision",
        "state",
        "subject",
        "message_id",
        "content",
        "created_at",
    )
    identity = "2025-10-missed-1"
    rows = []
    for client in CLIENTS:
        shown = content(judged(client=client), client=client, name=f"Client {client}").model_dump_json()
        own = message_id(client, identity, "agency.example")
        rows.append((client, identity, OCTOBER, "missed", 1, "due", "x", own, shown, DAY_4))
    copy(warehouse, "marts.letter", letter, rows)
    reader = ("client", "letter_id", "recipient", "language", "state")
    copy(warehouse, "marts.delivery", reader, ((READERS[to], identity, to, "en", "due") for to in READERS))
    warehouse.commit()


@contextmanager
def workers(warehouse: Connection, port: int) -> Iterator[list["subprocess.Popen[str]"]]:
    arguments = [sys.executable, "-c", STARTER, another(warehouse), str(port)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "plugins")}
    started = [
        subprocess.Popen(arguments, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(WORKERS)
    ]
    yield started
    for starter in started:
        starter.communicate()


def run(starters: list["subprocess.Popen[str]"], at: datetime) -> bool:
    """A run by each worker at the same time; whether any of them was killed."""
    for starter in starters:
        assert starter.stdin
        starter.stdin.write(f"{at.isoformat()}\n")
        starter.stdin.flush()
    ended = [int(starter.stdout.readline()) for starter in starters if starter.stdout]
    assert set(ended) <= {0, signal.SIGKILL}
    return any(ended)


def test_every_letter_arrives_whatever_happens_and_twice_only_in_doubt(case: Case) -> None:
    fill(case.warehouse)
    with serving(FaultyServer(seed=SEED)) as server, workers(case.warehouse, server.port) as starters:
        for hour in range(7 * 24):
            while run(starters, DAY_4 + timedelta(hours=hour)):
                pass
            if not case.rows("select from marts.delivery where state in ('due', 'sending')"):
                break
            case.warehouse.commit()

    assert min(server.faults[fault] for fault in ("put off", "full", "dropped before", "dropped after")) > 20
    assert (server.faults["killed"], len(server.refused) > 5) == (KILLS, True)
    times = Counter(to for _, to, _ in server.kept)
    assert times.keys() == READERS.keys() - server.refused  # everybody, and nobody else
    identities = dict(case.rows("select client, message_id from marts.letter"))
    for sender, to, mail in server.kept:
        client = READERS[to]
        assert (sender, mail["To"], mail["Message-ID"]) == ("reports@agency.example", to, identities[client])
        assert mail["Subject"].startswith(f"Client {client}: October")
    states = {
        to: (state, in_doubt)
        for to, state, in_doubt in case.rows("select recipient, state, in_doubt from marts.delivery")
    }
    assert {to for to, (state, _) in states.items() if state == "refused"} == server.refused
    assert {to for to, (state, _) in states.items() if state == "sent"} == times.keys()
    twice = {to for to, number in times.items() if number > 1}
    assert len(twice) > 20
    assert {to: number for to, number in times.items() if number > 1 + server.doubts[to]} == {}
    assert [to for to in twice if not states[to][1]] == []
    reached = {READERS[to] for to in times}
    assert dict(case.rows("select client, state from marts.letter")) == {
        client: "sent" if client in reached else "held" for client in CLIENTS
    }
