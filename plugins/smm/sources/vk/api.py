"""One request to VK's API, through vk_api, and what came of it.

What vk_api and requests raise holds the token among its values, so nothing of it leaves this module.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
import vk_api
from requests.adapters import HTTPAdapter
from vk_api.exceptions import ApiError, ApiHttpError

from smm.files.loopback import is_loopback
from smm.sources import BadInput
from smm.sources.http import fault
from smm.sources.vk import words
from smm.sources.vk.errors import Json

TIMEOUTS = (5, 60)  # seconds: to connect, and between two bytes of an answer


class Http(requests.Session):
    """Counts its requests, gives each a timeout, which vk_api does not, and leads it to a far end if one is named.

    A redirect is an error: no token goes anywhere but to VK. ``secrets`` are the tokens that nothing kept may repeat.
    """

    def __init__(self, address: str | None) -> None:
        super().__init__()
        self.count = 0
        self.secrets: set[str] = set()
        self.trust_env = address is None  # no proxy on the way to this machine
        self.max_redirects = 0
        self.mount("https://", _Adapter(self, address and address.rstrip("/")))
        self.hooks["response"].append(_check)


class _Adapter(HTTPAdapter):
    def __init__(self, http: Http, address: str | None) -> None:
        self._http = http
        self._address = address
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self._http.count += 1
        if self._address:
            request.url = self._address + urlsplit(str(request.url)).path
        return super().send(request, *args, **kwargs | {"timeout": TIMEOUTS})


def _check(response: requests.Response, **_: Any) -> None:
    """requests would put a sign for what it cannot decode, and a spoilt answer would be archived as a good one."""
    response.content.decode()


@contextmanager
def opened(host: str | None) -> Iterator[Http]:
    """HTTP to VK, or to ``host``, the address of a far end. Raises BadInput if that is not to be trusted."""
    address = host or None
    if address:
        parts = urlsplit(address)
        is_plain = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if not is_plain and parts.scheme != "https":
            raise BadInput(
                f"the VK connection leads to {address}; it may be https://, or http:// on this machine, such as"
                " http://127.0.0.1:8090. Clear the host to ask VK itself"
            )
    with Http(address) as http:
        yield http


def answered(api: vk_api.VkApi, method: str, values: Json) -> Json:
    """VK's body, with ``response`` or ``error`` {error_code, error_msg} in it; or ``fault``: why there is none."""
    try:
        body = api.method(method, values, raw=True)
    except ApiError as error:
        if not isinstance(error.code, int):
            return {"fault": "an error of another form"}
        return {"error": _harmless(error.error, api.http.secrets)}
    except ApiHttpError as error:
        return {"fault": f"HTTP status {error.response.status_code}"}
    except (requests.RequestException, UnicodeDecodeError) as error:
        return {"fault": fault(error)}
    except (KeyError, TypeError) as error:  # vk_api does not check the form of what it is sent
        return {"fault": f"an answer of another form ({type(error).__name__})"}
    if not isinstance(body, dict) or "response" not in body:
        return {"fault": "an answer of another form"}
    if isinstance(body.get("execute_errors"), list):
        body["execute_errors"] = [_harmless(error, api.http.secrets) for error in body["execute_errors"]]
    return body


def _harmless(error: Any, secrets: set[str]) -> Any:
    """VK's error without what it was asked with, and with its words fit to be kept."""
    if not isinstance(error, dict):
        return error
    kept = {key: error[key] for key in ("method", "error_code", "error_subcode") if key in error}
    return kept | {"error_msg": words.plain(error.get("error_msg"), secrets)}
