"""A small HTTP/1.1 server on 127.0.0.1: what the VK far end and the mailbox page answer through."""

import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Request:
    """`path` as sent (percent-encoded); `fields` of query and form together, the last of those that repeat.

    `authorization`: the header of that name.
    """

    path: str
    fields: dict[str, str]
    authorization: str = ""


@dataclass(frozen=True)
class Answer:
    """`sent`: after so many bytes of the body the connection is cut; None = it is not."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    sent: int | None = None


Respond = Callable[[Request], Answer]


class Server(ThreadingTCPServer):
    """Serves from its construction on, until `stop` or the end of its `with`; port 0 is a free one.

    A taken port raises OSError.
    """

    allow_reuse_address = True  # a port in TIME_WAIT is free; one that listens still is not
    request_queue_size = 128

    def __init__(self, port: int, respond: Respond) -> None:
        self.respond = respond
        self._open: set[socket.socket] = set()
        super().__init__((HOST, port), _Connection)
        self.port: int = self.server_address[1]
        # `stop` waits for as long as that
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def stop(self) -> None:
        """Stop listening, cut the kept-alive connections and wait for their threads."""
        self.shutdown()
        for connection in list(self._open):
            _hang_up(connection)
        self.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a caller who hung up needs no answer
            super().handle_error(request, client_address)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the caller was faster


class _Connection(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self.send_error(411)
            return
        self._answer(self.rfile.read(int(length)).decode("utf-8", "replace"))

    def _answer(self, form: str) -> None:
        url = urlsplit(self.path)
        fields = dict(parse_qsl(url.query, keep_blank_values=True)) | dict(parse_qsl(form, keep_blank_values=True))
        answer = self.server.respond(Request(url.path, fields, self.headers.get("Authorization", "")))
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body[: answer.sent])
        if answer.sent is not None:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing is logged: the address of a GET may hold a token."""
