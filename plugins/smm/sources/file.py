"""Where a client's tables lie: in the project, on this machine, in an object store, or on the web."""

import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from smm.files.loopback import is_loopback
from smm.project import ROOT
from smm.sources import BadInput, QuotaSpent, Refused, Transient

TIMEOUTS = (5, 30)  # seconds: to connect, and between two bytes of an answer
SECONDS = 120  # for a whole answer
MOST_BYTES = 20_000_000  # some 400,000 rows


def shown(path: str) -> str:
    """The path as it may be shown: an address without its user and query, which may hold a key."""
    parts = urlsplit(path)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if "://" in path else path


def fetched(path: str) -> bytes:
    """The file's bytes. A relative path begins at the project's root and stays below it. Raises SourceError."""
    try:
        body = _read(path)
    except requests.TooManyRedirects:
        raise BadInput(f"{shown(path)} is a circle of links: check the path in the client's file") from None
    except requests.exceptions.SSLError:
        raise BadInput(f"{shown(path)} has no certificate that is trusted here: fix it, or the address") from None
    except (FileNotFoundError, IsADirectoryError, requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
        raise BadInput(f"{shown(path)} is not a file: check the path in the client's file") from None
    except PermissionError:
        raise Refused(f"{shown(path)} may not be read: let the worker's user or connection read it") from None
    except OSError as error:
        raise Transient(f"{shown(path)} could not be read ({type(error).__name__}); try again in a minute") from None
    except (ImportError, ValueError):
        raise BadInput(f"{shown(path)} needs a storage provider that is not installed here: install it") from None
    if len(body) > MOST_BYTES:
        raise BadInput(
            f"{shown(path)} is larger than {MOST_BYTES // 10**6} MB: keep only figures of days or months in it"
        )
    return body


def _read(path: str) -> bytes:
    """At most one byte more than is taken."""
    if urlsplit(path).scheme in ("http", "https"):
        return _downloaded(path)
    if "://" in path:
        from airflow.sdk import ObjectStoragePath  # 3 s of imports, so not at the top

        with ObjectStoragePath(path).open("rb") as file:  # type: ignore[no-untyped-call]
            return bytes(file.read(MOST_BYTES + 1))
    with _local(path).open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _local(path: str) -> Path:
    """An absolute path is meant as it is: of a shared volume, say. A relative one is of the project's own files."""
    place = ROOT / path
    if not Path(path).is_absolute() and not place.resolve().is_relative_to(ROOT):
        raise BadInput(f"{path} is outside the project: put the file into it, or write its absolute path")
    if not place.is_file():  # a pipe or a device would keep its reader waiting
        raise FileNotFoundError
    return place


class _Loopback(HTTPAdapter):
    """Unencrypted requests, also redirected ones, go to this machine only."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        address = request.url or ""
        if not is_loopback(urlsplit(address).hostname or ""):
            raise BadInput(f"{shown(address)} is not encrypted: write https://")
        return super().send(request, *args, **kwargs)


def _downloaded(address: str) -> bytes:
    end = time.monotonic() + SECONDS
    with requests.Session() as http:
        http.mount("http://", _Loopback())
        http.trust_env = urlsplit(address).scheme == "https"  # no proxy on the way to this machine
        with http.get(address, timeout=TIMEOUTS, stream=True) as response:
            _check(address, response)
            body = bytearray()
            for piece in response.iter_content(1 << 16):
                body += piece
                if len(body) > MOST_BYTES:
                    break
                if time.monotonic() > end:
                    raise Transient(f"{shown(address)} did not arrive within {SECONDS} seconds; try again in a minute")
            return bytes(body)


def _check(address: str, response: requests.Response) -> None:
    status = f"{shown(address)} answered with HTTP status {response.status_code}"
    if response.status_code in (401, 403):
        raise Refused(f"{status}: share the file, so that all with the link may read it")
    if response.status_code == 429:
        raise QuotaSpent(f"{status}: the next run will ask again")
    if response.status_code >= 500:
        raise Transient(f"{status}; try again in a minute")
    if not response.ok:
        raise BadInput(f"{status}: check the path in the client's file")
    if response.headers.get("Content-Type", "").partition(";")[0].strip().lower() == "text/html":
        raise Refused(
            f"{shown(address)} answered with a web page, perhaps a login: share the file, so that all with the link"
            " may read it, and write the link that downloads it as CSV"
        )
