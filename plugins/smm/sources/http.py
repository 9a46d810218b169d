"""What sources share that ask their service over HTTP: where to, with which token, and why nothing came.

What requests raises may hold the token among its values, so none of it may leave a source.
"""

from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from smm.files.loopback import is_loopback
from smm.sources import BadInput


def address(host: str | None, usual: str, service: str) -> str:
    """Where a service is asked: at ``usual``, or at the far end on this machine that a connection's host names.

    Raises BadInput for any other host.
    """
    if not host:
        return usual
    parts = urlsplit(host)
    if parts.scheme != "http" or not is_loopback(parts.hostname or ""):
        raise BadInput(
            f"the {service} connection leads to {parts.scheme}://{parts.hostname}; only an address on this machine"
            f" is allowed, such as http://127.0.0.1:8092. Clear the host to ask {service} itself"
        )
    return host.rstrip("/")


def token(password: str | None, service: str, kind: str) -> str:
    """The token in a connection's password; ``kind`` says which one belongs there.

    Raises BadInput, which never quotes the text found there.
    """
    found = (password or "").strip()
    if not found:
        raise BadInput(f"the {service} connection has no token: put {kind} into its password")
    if not (found.isascii() and found.isprintable() and " " not in found):
        raise BadInput(f"the password of the {service} connection is not a token: put {kind} there, and nothing else")
    return found


class Authorization(AuthBase):
    """The header of this name, such as ``OAuth <token>``. A .netrc would replace a session's own header."""

    def __init__(self, value: str) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._value
        return request


def fault(error: requests.RequestException | UnicodeDecodeError) -> str:
    """Why there is no answer, without a word of what was sent or received."""
    match error:
        case UnicodeDecodeError():
            return "an answer that is not UTF-8"
        case requests.JSONDecodeError():
            return "an answer that is not JSON"
        case requests.Timeout():
            return f"nothing came in time ({type(error).__name__})"
        case requests.exceptions.ChunkedEncodingError() | requests.exceptions.ContentDecodingError():
            return f"an answer that was cut ({type(error).__name__})"
        case _:
            return f"no connection, or one that was cut ({type(error).__name__})"
