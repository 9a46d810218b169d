"""`python -m sandbox`: all far ends in one process, until SIGINT or SIGTERM.

Prints `ready` when all of them listen. Exit codes: 0 ended by a signal, 1 a port is taken, 2 there is nothing to
serve, or no folder for the letters.
"""

import argparse
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

from sandbox import SERVERS, ga4, meta, metrica, vk
from sandbox.data import FarEnds
from sandbox.loopback import HOST
from sandbox.mailbox import Mailbox, SmtpServer, serve_page
from sandbox.replay import Replay
from sandbox.world import World


def main() -> int:
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, _end)
    options = _options()
    try:
        made = Replay(options.recordings) if options.recordings else World(options.today)
        servers = _servers(made.far_ends(), Mailbox(options.dir / "mailbox"))
    except (OSError, ValueError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    with ExitStack() as running:
        for name, serve in servers.items():
            port = getattr(options, f"port_{name}")
            try:
                running.callback(serve(port))
            except (OSError, OverflowError) as error:  # taken; or no port number at all
                print(f"sandbox: port {port} ({SERVERS[name]}) cannot be used: {error}", file=sys.stderr)
                return 1
        print("ready", flush=True)
        threading.Event().wait()
    return 0


def _servers(far_ends: FarEnds, mailbox: Mailbox) -> dict[str, Callable[[int], Callable[[], object]]]:
    """What starts each server on a port and returns its end."""

    def serve_ga4(port: int) -> Callable[[], object]:
        socket.create_server((HOST, port)).close()  # of a taken port gRPC tells in several lines, a socket in one
        server = ga4.serve(far_ends, port)
        return lambda: server.stop(grace=None).wait()

    return {
        "ga4": serve_ga4,
        "metrica": lambda port: metrica.serve(far_ends, port).stop,
        "vk": lambda port: vk.serve(far_ends, port).stop,
        "meta": lambda port: meta.serve(far_ends, port).stop,
        "smtp": lambda port: SmtpServer(mailbox, port).stop,
        "mailbox": lambda port: serve_page(mailbox, port).stop,
    }


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_IGN)  # an impatient second one must not break off the ending
    sys.exit(0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="The far ends, on 127.0.0.1.")
    parser.add_argument("--dir", type=Path, required=True, help="letters are kept in its folder mailbox")
    for name, served in SERVERS.items():
        parser.add_argument(f"--port-{name}", type=int, required=True, metavar="PORT", help=served)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--recordings", type=Path, help="serve what was recorded instead of the seeded world")
    source.add_argument(
        "--today", type=date.fromisoformat, default=datetime.now(UTC).date(), help="the world's day; default: UTC's"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
