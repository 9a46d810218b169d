"""A mail server that does as a test tells it."""

import asyncio
import smtplib
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session

from smm.letters.post import Post

Answers = Callable[[SMTP], Awaitable[str] | str]


@dataclass
class MailServer:
    """An SMTP server on loopback. It accepts everything, but for the answers that a test puts in.

    ``at_mail``, by sender, and ``at_rcpt`` and ``at_data``, by recipient, hold what is said to the next of these
    commands: a reply, or of RCPT and DATA a function that gives one. ``kept`` are the letters that were accepted.
    """

    port: int = 0
    smtputf8: bool = False
    at_mail: dict[str, list[str]] = field(default_factory=dict)
    at_rcpt: dict[str, list[str | Answers]] = field(default_factory=dict)
    at_data: dict[str, list[Answers]] = field(default_factory=dict)
    kept: list[tuple[str, str, EmailMessage]] = field(default_factory=list)  # envelope from and to, the mail
    connections: int = 0

    @property
    def post(self) -> Post:
        def connect() -> smtplib.SMTP:
            self.connections += 1
            return smtplib.SMTP("127.0.0.1", self.port)

        return Post("reports@agency.example", connect)

    async def handle_MAIL(  # noqa: N802, aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.at_mail.get(address):
            return self.at_mail[address].pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.at_rcpt.get(address):
            answer = self.at_rcpt[address].pop(0)
            return answer if isinstance(answer, str) else str(answer(server))
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        (recipient,) = envelope.rcpt_tos
        reply = "250 OK"
        if self.at_data.get(recipient):
            answer = self.at_data[recipient].pop(0)(server)
            reply = answer if isinstance(answer, str) else await answer
        if reply.startswith("250"):
            mail = message_from_bytes(envelope.original_content or b"", policy=default)
            self.kept.append((envelope.mail_from or "", recipient, mail))
        return reply


Handler = TypeVar("Handler", bound=MailServer)


@contextmanager
def serving(handler: Handler) -> Iterator[Handler]:
    """The server on a free port, in a thread of its own."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        server = runner.run(
            loop.create_server(
                lambda: SMTP(handler, hostname="test.localhost", loop=loop, enable_SMTPUTF8=handler.smtputf8),
                "127.0.0.1",
                0,
            )
        )
        handler.port = server.sockets[0].getsockname()[1]
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        yield handler
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
