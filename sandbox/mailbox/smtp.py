"""The SMTP server in front of a mailbox; it takes every letter and sends none on."""

import asyncio
import threading
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.loopback import HOST
from sandbox.mailbox.store import Mailbox

HOSTNAME = "sandbox.localhost"  # named, or aiosmtpd asks DNS for this machine's


class SmtpServer:
    """Serves from its construction on, until `stop` or the end of its `with`; port 0 is a free one.

    A taken port raises OSError.
    """

    def __init__(self, mailbox: Mailbox, port: int) -> None:
        # aiosmtpd's own threaded controller waits five seconds before it reports a taken port.
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        try:
            self._server = self._runner.run(_listen(mailbox, port))
        except OSError:
            self._runner.close()
            raise
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._loop = self._runner.get_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._server.close()
        self._runner.close()  # ends the conversations that are still open

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


async def _listen(mailbox: Mailbox, port: int) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    reception = _Reception(mailbox)
    return await loop.create_server(
        lambda: SMTP(reception, hostname=HOSTNAME, ident="sandbox mailbox", enable_SMTPUTF8=True, loop=loop),
        HOST,
        port,
    )


class _Reception:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802, aiosmtpd's
        try:
            path = self._mailbox.keep(envelope.original_content or b"", envelope.rcpt_tos)
        except OSError as error:
            return f"451 The letter could not be kept: {error.strerror}"
        return f"250 Kept as {path.name}"
