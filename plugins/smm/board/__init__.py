"""The board: plans and facts of every client, as pages inside Airflow.

One module per page, each with a ``router``; its SQL in include/sql/board/, its template in include/board/.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

if TYPE_CHECKING:
    from fastapi import FastAPI

PREFIX = "/board"  # of its addresses
VIEW = "smm"  # the name of its place within Airflow's own pages


def below() -> str:
    """What all of Airflow's addresses on its host begin with: "" or, of ``[api] base_url``, such as ``/airflow``."""
    from airflow.configuration import conf

    return urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")


def link(*path: str, below: str, **query: str) -> str:
    """The address, on Airflow's host, of a page of the board within Airflow's: ``link("clients", "yarko", below="")``.

    Airflow's page takes what stands behind its view's name for the whole address of what it shows.
    """
    asked = f"?{urlencode(query)}" if query else ""
    return f"{below}/plugin/{VIEW}{below}{PREFIX}/" + "/".join(quote(part, safe="") for part in path) + asked


@cache
def _app() -> "FastAPI":
    from smm.board.app import build

    return build()


async def serve(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[Any]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    """The app, built when it is first asked: every part of Airflow loads plugins, and only the api-server serves."""
    await _app()(scope, receive, send)
