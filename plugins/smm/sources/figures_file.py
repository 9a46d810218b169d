"""Where a client's figures lie: in the project, on this machine, in an object store, or on the web."""

from urllib.parse import urlsplit

import requests

from smm.project import ROOT
from smm.sources import BadInput, QuotaSpent, Refused, Transient
from smm.sources.loopback import is_loopback

TIMEOUTS = (5, 30)  # seconds: to connect, and between two bytes of an answer


def shown(path: str) -> str:
    """The path as it may be told: an address without its user and query, which may hold a key."""
    parts = urlsplit(path)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if "://" in path else path


def fetched(path: str) -> bytes:
    """The file's bytes. A relative path begins at the project's root. Raises SourceError."""
    try:
        if urlsplit(path).scheme in ("http", "https"):
            return _downloaded(path)
        if "://" in path:
            from airflow.sdk import ObjectStoragePath  # 3 s of imports, so not at the top

            return ObjectStoragePath(path).read_bytes()
        return (ROOT / path).read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise BadInput(f"{shown(path)} is no file: check the path in the client's file") from None
    except PermissionError:
        raise Refused(f"{shown(path)} may not be read: give the worker's user or connection the right to") from None
    except OSError as error:
        raise Transient(f"{shown(path)} could not be read ({type(error).__name__}); try again in a minute") from None
    except (ImportError, ValueError):
        raise BadInput(f"{shown(path)} is of a storage that is not installed here: install its provider") from None


def _downloaded(address: str) -> bytes:
    parts = urlsplit(address)
    is_plain = parts.scheme == "http"
    if is_plain and not is_loopback(parts.hostname or ""):
        raise BadInput(f"{shown(address)} is not encrypted: write https://")
    with requests.Session() as http:
        http.trust_env = not is_plain  # no proxy on the way to this machine
        response = http.get(address, timeout=TIMEOUTS)
    status = f"{shown(address)} answered with HTTP status {response.status_code}"
    if response.ok:
        return response.content
    if response.status_code in (401, 403):
        raise Refused(f"{status}: share the file, so that whoever has the link may read it")
    if response.status_code == 429:
        raise QuotaSpent(f"{status}: the next run will ask again")
    if response.status_code >= 500:
        raise Transient(f"{status}; try again in a minute")
    raise BadInput(f"{status}: check the path in the client's file")
