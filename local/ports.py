"""One contiguous range of ports on loopback."""

import errno
import secrets
import socket

from local.trouble import TroubleError
from sandbox import SERVERS

UP = ("ui", "postgres")
DEMO = (*UP, *SERVERS)

HOST = "127.0.0.1"
LISTENING = range(10000, 32768)  # Linux gives outgoing connections those from 32768, macOS from 49152


def claim(first: int, names: tuple[str, ...]) -> dict[str, int]:
    """Name -> port, counted from `first`. Raises TroubleError when one of them is not free.

    The ports are only looked at: whoever takes one before its process does makes that process die, which is reported.
    """
    last = first + len(names) - 1
    if first < 1024 or last > 65535:
        raise TroubleError(f"ports {first} to {last} cannot be used: choose PORT between 1024 and {65536 - len(names)}")
    ports = {name: first + place for place, name in enumerate(names)}
    for name, port in ports.items():
        if is_taken(port):
            raise TroubleError(
                f"port {port} ({name}) is taken: stop what listens there, or choose another range with PORT "
                f"(now {first} to {last})"
            )
    return ports


def is_taken(port: int) -> bool:
    """Whether somebody listens on the port, or holds it."""
    # macOS lets a socket bind to 127.0.0.1 while another listens on all addresses: only a connection shows that one.
    with socket.socket() as caller:
        caller.settimeout(1)
        if caller.connect_ex((HOST, port)) == 0:
            return True
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind((HOST, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return True
    return False


def free() -> int:
    """A port that nobody holds at this moment, and that no outgoing connection takes until it is used."""
    while is_taken(port := secrets.choice(LISTENING)):
        pass
    return port
