"""The reader's own page: the letters that one reader of one client was sent, by a link in his mail, without a login.

Nothing stands on it that was not in a letter to him. Who could misuse it, and what prevents that:

- *Guessing:* a link is 160 random bits. What does not have the form of one is refused without asking the warehouse.
- *A stolen warehouse, dump or Fernet key:* only a link's SHA-256 is stored. A signed link (itsdangerous, JWT) would
  need no table, but whoever learns Airflow's secret key could write links to every client, and none could be revoked.
- *A forwarded mail:* whoever has the link can read the page. It names one client and one reader, expires, is revoked by
  ``python -m smm page revoke``, and each opening is noted.
- *Logs:* the link is in the path, because a page without scripts cannot read what stands behind a ``#``, and a cookie
  in exchange for it would only add a second secret. Airflow's log of requests takes the path from the ASGI scope after
  the answer, and uvicorn's when it begins; ``serve`` has hidden it by then. Errors are logged with their kind and place
  only, and answers of mail servers without the link. A proxy must not log what follows /pages/ (docs/production.md). An
  address that was damaged so that it is not below /pages/ any more, or has a line break in it, is logged as it is.
- *Other sites:* the page sends no referrer, is not stored, indexed or framed. It has no script, sets and reads no
  cookie, and loads nothing from anywhere.
- *Asking for more:* GET and HEAD only. SQL reads what belongs to the link's client and reader, in a transaction that
  cannot write; a letter checks that each number is its client's once more when it is built.
- *Learning from the answer:* a link that is unknown, expired or revoked, pages that are switched off, a client without
  a file, a reader who is no longer in it, another reader's letter: all have the same answer, byte for byte. Only who
  has a real link can notice by the time it takes that the client's file was read, too.
- *Too many requests:* they wait for a few threads of their own; the board and Airflow go on.

`smm.letters.page_link` makes links, holder says whose one is, shown what he sees, app serves it.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.applications import Starlette

HIDDEN = "/hidden"  # what logs have in place of the link


@cache
def _app() -> "Starlette":
    from smm.pages.app import build

    return build()


async def serve(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[Any]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    """The app, built when it is first asked. Whoever handed over ``scope`` finds no link in it any more."""
    own = dict(scope)
    scope["path"] = f"{scope.get('root_path', '')}{HIDDEN}"
    scope["raw_path"] = scope["path"].encode()
    scope["query_string"] = b""
    await _app()(own, receive, send)
