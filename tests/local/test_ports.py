import socket

import pytest

from local import ports
from local.trouble import TroubleError


def test_a_range_is_counted_from_its_first_port() -> None:
    first = ports.free()
    assert ports.claim(first, ("ui",)) == {"ui": first}


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port_is_named_with_what_it_is_for_and_what_to_do(address: str) -> None:
    first = ports.free()
    with (
        socket.create_server((address, first + 1)),
        pytest.raises(TroubleError, match=rf"port {first + 1} \(postgres\) is taken.*PORT"),
    ):
        ports.claim(first, ports.UP)


def test_a_free_port_is_none_that_an_outgoing_connection_may_get() -> None:
    assert ports.free() in ports.LISTENING


def test_a_port_that_is_held_without_listening_is_taken() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        assert ports.is_taken(holder.getsockname()[1])


@pytest.mark.parametrize("first", [80, 65535])
def test_a_range_outside_of_what_anybody_may_use_is_refused(first: int) -> None:
    with pytest.raises(TroubleError, match="between 1024 and 65534"):
        ports.claim(first, ports.UP)
