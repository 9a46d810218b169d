"""The board: plans and facts of every client, as pages inside Airflow.

One module per page, each with a ``router``; its SQL in include/sql/board/, its template in include/board/.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI


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
