"""The board: plans and facts of every client, as pages inside Airflow.

One module per page, each with a ``router``; its SQL in include/sql/board/, its template in include/board/.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from fastapi import FastAPI

PREFIX = "/board"  # of its addresses
VIEW = "smm"  # the name of its place within Airflow's own pages


def link(*path: str, **query: str) -> str:
    """The address of a page of the board, within Airflow's own page: ``link("clients", "yarko")``."""
    asked = f"?{urlencode(query)}" if query else ""
    return f"/plugin/{VIEW}{PREFIX}/" + "/".join(quote(part, safe="") for part in path) + asked


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
