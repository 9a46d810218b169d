"""What is tried again: put off by a server, refused because of us, lost on the line, or in the hands of two runs."""

import os
import signal
import subprocess
import sys
from asyncio import to_thread
from datetime import date, timedelta
from email.message import EmailMessage
from threading import Barrier, Thread
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from smm.files.addresses import mailbox
from smm.letters import outbox
from smm.letters.delivery import Delivered, deliver
from smm.letters.post import Post
from smm.project import ROOT
from smm.warehouse import connect
from smm.warehouse import run as sql
from tests.database import another
from tests.letters.case import Case
from tests.letters.examples import DAY_4
from tests.letters.handing_over import BOTH, LETTER, OWNER, PARTNER, STATES, run
from tests.letters.mail_server import MailServer, serving


def test_what_is_put_off_is_tried_again_by_the_next_run(case: Case, mail_server: MailServer) -> None:
    case.missed()
    mail_server.at_rcpt[OWNER] = ["451 4.7.1 greylisted"]
    mail_server.at_data[OWNER] = [lambda _: "452 4.3.1 disk full"]
    assert run(case, mail_server) == Delivered(waiting=[f"{LETTER} {OWNER}: 451 4.7.1 greylisted"])
    assert case.rows(STATES) == [(OWNER, "due", 1, False, "451 4.7.1 greylisted")]
    assert case.rows("select state from marts.letter") == [("due",)]
    assert run(case, mail_server, 0.4) == Delivered()
    assert run(case, mail_server, 1).waiting == [f"{LETTER} {OWNER}: 452 4.3.1 disk full"]
    assert run(case, mail_server, 2).sent == [f"{LETTER} {OWNER}"]
    assert case.rows(STATES) == [(OWNER, "sent", 3, False, None)]
    assert case.rows("select next_try_at from marts.delivery") == [(None,)]
    assert len(mail_server.kept) == 1


def test_a_server_that_puts_off_is_asked_ever_more_rarely(case: Case, mail_server: MailServer) -> None:
    case.missed()
    mail_server.at_rcpt[OWNER] = ["451 later"] * 20
    assert [hour for hour in range(8 * 24) if run(case, mail_server, hour).waiting] == [
        *(0, 1, 2, 4, 8, 16, 32, 56, 80, 104, 128, 152)
    ]
    assert case.rows("select state from marts.letter") == [("expired",)]


def test_a_sender_that_may_not_send_is_nobodys_refusal(case: Case, mail_server: MailServer) -> None:
    case.missed()
    mail_server.at_mail["reports@agency.example"] = ["550 not you"]
    assert run(case, mail_server).waiting == [f"{LETTER} {OWNER}: reports@agency.example may not send: 550 not you"]
    assert run(case, mail_server, 1).sent == [f"{LETTER} {OWNER}"]


@pytest.mark.parametrize("is_taken", [True, False])
def test_addresses_in_other_letters(case: Case, is_taken: bool) -> None:
    case.missed(report={"to": ["owner@ярко.рф", "хозяин@ярко.рф"], "letters": ["missed"]})
    with serving(MailServer(smtputf8=is_taken)) as server:
        delivered = run(case, server)
    ascii_only = "the mail server takes only ASCII before the @ (it does not offer SMTPUTF8)"
    ascii_only += ", and хозяин@xn--j1aie3d.xn--p1ai has other letters there"
    sent = [f"{LETTER} owner@ярко.рф", f"{LETTER} хозяин@ярко.рф"]
    assert delivered == (
        Delivered(sent=sent) if is_taken else Delivered(sent=sent[:1], refused=[f"{sent[1]}: {ascii_only}"])
    )
    kept = ["owner@xn--j1aie3d.xn--p1ai", "хозяин@xn--j1aie3d.xn--p1ai"]
    assert [recipient for _, recipient, _ in server.kept] == kept[: len(delivered.sent)]
    assert case.rows("select state from marts.letter") == [("sent",)]


@pytest.mark.parametrize(
    ("sender", "manager", "advice"),
    [
        ("отчёты@агентство.рф", "anna@agency.example", "the connection `mail`: write reports@agency.example"),
        ("reports@agency.example", "анна@agency.example", "write another in the client's file"),
    ],
)
def test_our_own_address_that_the_server_cannot_write_is_no_readers_refusal(
    case: Case, mail_server: MailServer, sender: str, manager: str, advice: str
) -> None:
    case.missed(report=BOTH | {"manager": manager})
    done = deliver(case.warehouse, Post(sender, mail_server.post.connect), None, DAY_4)
    assert [advice in line for line in done.waiting] == [True, True]
    assert (done.pressing, done.sent, done.refused, done.held) == (done.waiting, [], [], [])
    assert case.rows("select state from marts.letter") == [("due",)]
    with serving(MailServer(smtputf8=True)) as server:
        done = deliver(case.warehouse, Post(sender, server.post.connect), None, DAY_4 + timedelta(hours=1))
    assert len(done.sent) == 2
    assert [envelope for envelope, _, _ in server.kept] == [mailbox(sender).address] * 2


def test_what_fails_with_one_mail_stops_no_other(
    case: Case, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.missed(report=BOTH)
    case.missed("nordlys", report={"to": ["owner@nordlys.example"], "letters": ["missed"]})
    as_bytes = EmailMessage.as_bytes

    def fail(mail: EmailMessage) -> bytes:
        if mail["To"] == OWNER:
            raise UnicodeEncodeError("ascii", "агентство", 0, 9, "ordinal not in range\0(128)")
        return as_bytes(mail)

    monkeypatch.setattr(EmailMessage, "as_bytes", fail)
    done = run(case, mail_server)
    assert done.sent == ["nordlys: 2025-10-missed-1 to owner@nordlys.example", f"{LETTER} {PARTNER}"]
    ((recipient, state, _, is_doubtful, error), _) = case.rows(STATES.replace("order", "where client = 'yarko' order"))
    assert (recipient, state, is_doubtful) == (OWNER, "due", False)
    assert error.startswith("UnicodeEncodeError: 'ascii' codec can't encode")


QUOTA = "550 5.4.5 Daily user sending limit exceeded"


def test_what_the_server_has_against_us_is_no_readers_refusal(case: Case, mail_server: MailServer) -> None:
    case.missed(report={"to": [OWNER, PARTNER, "third@yarko.example"], "letters": ["missed"]})
    mail_server.at_rcpt[PARTNER] = [QUOTA]
    mail_server.at_data["third@yarko.example"] = [lambda _: "550 5.7.60 Client does not have permissions to send"]
    done = run(case, mail_server)
    assert done.sent == [f"{LETTER} {OWNER}"]
    assert done.refused == []
    assert (
        done.pressing
        == done.waiting
        == [
            f"{LETTER} {PARTNER}: {QUOTA}",
            f"{LETTER} third@yarko.example: 550 5.7.60 Client does not have permissions to send",
        ]
    )
    told = sql(case.warehouse, "letters/troubles.sql", {"as_of": DAY_4})
    assert [(row["kind"], row["what"]) for row in told] == [
        ("tried_again", f"2025-10-missed-1 · {PARTNER}"),
        ("tried_again", "2025-10-missed-1 · third@yarko.example"),
    ]
    assert told[0]["why"] == QUOTA
    assert len(run(case, mail_server, 1).sent) == 2
    assert sql(case.warehouse, "letters/troubles.sql", {"as_of": DAY_4}) == []
    assert case.rows("select state from marts.letter") == [("sent",)]


def test_a_lost_line_is_opened_again_and_leaves_a_doubt(case: Case, mail_server: MailServer) -> None:
    def drop(server: SMTP) -> str:
        server.transport.abort()
        return "451 nobody hears this"

    case.missed(report=BOTH)
    mail_server.at_data[OWNER] = [drop]
    delivered = run(case, mail_server)
    assert delivered.sent == [f"{LETTER} {PARTNER}"]
    assert [line.startswith(f"{LETTER} {OWNER}: the connection was lost") for line in delivered.waiting] == [True]
    assert mail_server.connections == 2
    assert case.rows(STATES)[0][:4] == (OWNER, "sending", 1, False)
    assert run(case, mail_server) == Delivered()
    assert run(case, mail_server, 1).sent == [f"{LETTER} {OWNER}"]
    assert case.rows(STATES)[0] == (OWNER, "sent", 2, True, None)
    assert [recipient for _, recipient, _ in mail_server.kept] == [PARTNER, OWNER]


WORKER = """
import smtplib, sys
from datetime import datetime
from smm.letters.delivery import deliver
from smm.letters.message import message
from smm.letters.post import Post
from smm.letters.render import Rendered
from smm.letters.words import words
from smm.project import ROOT
from smm.warehouse import connect

warehouse, port, at = sys.argv[1:]
post = Post("reports@agency.example", lambda: smtplib.SMTP("127.0.0.1", int(port)))
with connect(warehouse) as connection:
    deliver(connection, post, None, datetime.fromisoformat(at))
"""


def test_a_worker_killed_after_acceptance_leaves_a_double_with_the_same_id(case: Case, mail_server: MailServer) -> None:
    case.missed()
    workers: list[subprocess.Popen[bytes]] = []

    def accept_and_kill(_: SMTP) -> str:
        os.kill(workers[0].pid, signal.SIGKILL)
        return "250 OK"

    mail_server.at_data[OWNER] = [accept_and_kill]
    arguments = [another(case.warehouse), str(mail_server.port), DAY_4.isoformat()]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "plugins")}
    workers.append(subprocess.Popen([sys.executable, "-c", WORKER, *arguments], env=environment))
    assert workers[0].wait() == -signal.SIGKILL
    assert case.rows(STATES) == [(OWNER, "sending", 1, False, None)]
    case.kpi("vk.reach", 14300)
    case.judge()
    at = DAY_4 + timedelta(hours=1)
    assert outbox.write(case.warehouse, "yarko", date(2025, 10, 1), at, "agency.example", "missed") is None
    case.warehouse.commit()
    # Postgres lets go of a dead worker's lock in its own time: wait for it
    lock = f"delivery/yarko/2025-10-missed-1/{OWNER}"
    case.warehouse.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [lock])
    case.warehouse.execute("select pg_advisory_unlock_all()")
    assert run(case, mail_server).sent == [f"{LETTER} {OWNER}"]
    assert case.rows(STATES) == [(OWNER, "sent", 2, True, None)]
    first, second = (mail for _, _, mail in mail_server.kept)
    assert first["Message-ID"] == second["Message-ID"]
    del first["Date"], second["Date"]  # each has its own
    assert first.as_bytes() == second.as_bytes()


def test_what_another_run_has_in_hand_is_left_to_it(case: Case, mail_server: MailServer) -> None:
    case.missed(report=BOTH)
    seen: list[Delivered] = []

    def second_run() -> None:
        with connect(another(case.warehouse)) as connection:
            seen.append(deliver(connection, mail_server.post, None, DAY_4))

    async def run_twice(_: SMTP) -> str:
        await to_thread(second_run)
        return "250 OK"

    mail_server.at_data[OWNER] = [run_twice]
    assert run(case, mail_server).sent == [f"{LETTER} {OWNER}"]
    assert seen == [Delivered(sent=[f"{LETTER} {PARTNER}"])]
    assert case.rows(STATES) == [(OWNER, "sent", 1, False, None), (PARTNER, "sent", 1, False, None)]
    assert case.rows("select state from marts.letter") == [("sent",)]


def test_two_runs_at_once_deliver_each_letter_once(case: Case, mail_server: MailServer) -> None:
    names = [f"c{number}" for number in range(6)]
    for name in names:
        case.missed(name, report={"to": [f"a@{name}.example", f"b@{name}.example"]} | {"letters": ["missed"]})
    together = Barrier(2)

    def connect_together() -> Any:
        together.wait()
        return mail_server.post.connect()

    def one() -> None:
        with connect(another(case.warehouse)) as connection:
            deliver(connection, Post("reports@agency.example", connect_together), None, DAY_4)

    threads = [Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    readers = sorted(f"{letter}@{name}.example" for name in names for letter in "ab")
    assert sorted(recipient for _, recipient, _ in mail_server.kept) == readers
    assert case.rows("select distinct state, attempts, in_doubt from marts.delivery") == [("sent", 1, False)]
    assert case.rows("select distinct state from marts.letter") == [("sent",)]
