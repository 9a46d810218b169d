"""HTTP that is over in time: for what nobody waits for, such as how a post looks.

Nothing is tried twice and no redirect is followed. A picture comes from a service's own hosts, by https, or not at all;
its address stands in what the service said, and may name any machine.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from smm.files.loopback import is_loopback

TIMEOUTS = (3, 4)  # seconds: to connect, and between two bytes
MOST_BYTES = 4_000_000  # of an answer
MOST_OF_PICTURE = 2_000_000  # Instagram has each picture in one size alone, 1440 pixels wide


class Missing(Exception):
    """Nothing came that can be used. The text is why, without a word of what was sent."""


@dataclass(frozen=True)
class Received:
    """An answer of any status, with the names of `requests.Response`."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


class Hurried:
    """Requests that together take ``seconds``, and hardly more.

    Pictures come from ``hosts`` and hosts below them; if the service is a far end on this machine (``is_here``), from
    this machine, too.
    """

    def __init__(self, seconds: float, hosts: Collection[str], *, is_here: bool) -> None:
        self._end = time.monotonic() + seconds
        self._hosts = hosts
        self._is_here = is_here
        self._http = requests.Session()
        self._http.trust_env = not is_here  # no proxy on the way to this machine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def post(self, address: str, form: dict[str, Any]) -> bytes:
        """What is answered to the form. Raises Missing."""
        return self._body(MOST_BYTES, "POST", address, data=form)

    def request(self, method: str, address: str, **how: Any) -> Received:
        """As a session of requests does it, but in time. Raises Missing."""
        return self._received(MOST_BYTES, method, address, **how)

    def picture(self, addresses: Sequence[str]) -> bytes | None:
        """What lies at the first of these that may be asked; None if that does not come."""
        address = next(filter(self._may_ask, addresses), None)
        if address is None:
            return None
        try:
            return self._body(MOST_OF_PICTURE, "GET", address, headers={"Accept": "image/jpeg, image/png"})
        except Missing:
            return None

    def _may_ask(self, address: str) -> bool:
        try:
            parts = urlsplit(address)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return False
        if parts.username is not None or parts.password is not None:
            return False
        if self._is_here and parts.scheme == "http" and is_loopback(host):
            return True
        is_own = any(host == own or host.endswith(f".{own}") for own in self._hosts)
        return parts.scheme == "https" and is_own and port in (None, 443)

    def _body(self, most: int, method: str, address: str, **how: Any) -> bytes:
        received = self._received(most, method, address, **how)
        if received.status_code != 200:
            raise Missing(f"HTTP status {received.status_code}")
        return received.content

    def _received(self, most: int, method: str, address: str, **how: Any) -> Received:
        always = {"stream": True, "timeout": TIMEOUTS, "allow_redirects": False}
        try:
            self._hurry()
            with self._http.request(method, address, **how | always) as answer:
                return Received(answer.status_code, answer.headers, b"".join(self._pieces(answer, most)))
        except (requests.RequestException, HTTPError, ValueError) as error:  # its text may quote what was sent
            raise Missing(f"no answer, or one that was cut ({type(error).__name__})") from None

    def _pieces(self, answer: requests.Response, most: int) -> Iterator[bytes]:
        size = 0
        # what is there; iter_content would wait until so much of it is, whatever the time
        while piece := answer.raw.read1(8192, decode_content=True):
            size += len(piece)
            if size > most:
                raise Missing("an answer that is too long")
            self._hurry()
            yield piece

    def _hurry(self) -> None:
        if time.monotonic() > self._end:
            raise Missing("nothing came in time")
