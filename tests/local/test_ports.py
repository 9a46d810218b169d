import socket

import pytest

from local import ports
from local.trouble import TroubleError


def test_a_range_is_counted_from_its_first_port() -> None:
    first = ports.free()
    assert ports.claim(first, ("ui",)) == {"ui": first}


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port_is_named_with_what_it_is_for_and_what_to_do(address: str) -> None:
    with above_a_free_one(address) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(TroubleError, match=rf"port {port} \(postgres\) is taken.*PORT"):
            ports.claim(port - 1, ports.UP)


def above_a_free_one(address: str) -> socket.socket:
    """What listens on a port of this address; nobody holds the port below it."""
    while True:
        server = socket.create_server((address, 0))
        if not ports.is_taken(server.getsockname()[1] - 1):
            return server
        server.close()


def test_a_port_that_is_held_without_listening_is_taken() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        assert ports.is_taken(holder.getsockname()[1])


@pytest.mark.parametrize("first", [80, 65535])
def test_a_range_outside_of_what_anybody_may_use_is_refused(first: int) -> None:
    with pytest.raises(TroubleError, match="between 1024 and 65534"):
        ports.claim(first, ports.UP)
