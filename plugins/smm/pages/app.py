"""The readers' pages as an app of its own: two pages, and one answer to everybody whose link does not work."""

import asyncio
import hashlib
import logging
import traceback
from base64 import b64encode
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from smm import warehouse
from smm.files import languages
from smm.letters.draft import BODY
from smm.letters.words import BrokenLanguageError, Words, words
from smm.pages import shown
from smm.pages.holder import Holder, holder, is_possible
from smm.project import INCLUDE

log = logging.getLogger(__name__)

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
# Nothing runs, and nothing is loaded from or sent to anywhere: pictures and styles are in the page.
POLICY = (
    "default-src 'none'; img-src data:; style-src {style}; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
INLINE = "'unsafe-inline'"  # letters have a style in each element, as mail programs need it
METHODS = ("GET", "HEAD")
PATIENCE = "10s"  # for one statement
THREADS = ThreadPoolExecutor(4, "pages")  # strangers take none of Airflow's own

View = Callable[[Request], Response]


def build() -> Starlette:
    app = Starlette(
        routes=[
            Route("/{token}", _threaded(_page)),  # some programs cut the last / of an address
            Route("/{token}/", _threaded(_page)),
            Route("/{token}/{letter_id}", _threaded(_letter)),
        ],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=_guarded)],
        exception_handlers={HTTPException: _nothing},
    )
    app.router.redirect_slashes = False  # it would answer with an address that holds the link
    return app


async def _guarded(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Only reading is answered. Of an error its kind and place are logged: its text, or the path, may hold the link."""
    if request.method not in METHODS:
        response = Response(status_code=HTTPStatus.METHOD_NOT_ALLOWED.value, headers={"Allow": ", ".join(METHODS)})
    else:
        try:
            response = await answer(request)
        except Exception as error:  # noqa: BLE001  (the server would log it with all that it holds)
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("a page failed: %s at %s:%s", type(error).__name__, place.filename, place.lineno)  # noqa: TRY400
            response = _said(HTTPStatus.SERVICE_UNAVAILABLE, "later")
    for name, value in (HEADERS | {"Content-Security-Policy": POLICY.format(style="'none'")}).items():
        response.headers.setdefault(name, value)
    return response


def _threaded(view: View) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await asyncio.get_running_loop().run_in_executor(THREADS, view, request)

    return answer


def _page(request: Request) -> Response:
    found = _opened(request, None)
    if found is None:
        return _none()
    token = request.path_params["token"]
    below = "" if request.scope["path"].endswith("/") else f"{token}/"
    return _html("page.html", shown.page(*found) | {"below": below})


def _letter(request: Request) -> Response:
    found = _opened(request, request.path_params["letter_id"])
    html = shown.letter(found[0], found[1][0]) if found and found[1] else None
    if found is None or html is None:
        return _none()
    back = _templates().get_template("back.html").render(words=words(found[0].language).entries)
    html = BODY.sub(lambda body: f"{body[0]}{back}", html, count=1)
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY.format(style=INLINE)})


def _opened(request: Request, letter_id: str | None) -> tuple[Holder, list[shown.Row]] | None:
    """Whose link it is and the letters that are asked for; None if it does not work, or there is no such letter."""
    token = request.path_params["token"]
    if not is_possible(token) or "\0" in (letter_id or ""):  # no text of Postgres's may have one
        return None
    with warehouse.connection() as connection:
        connection.read_only = True
        connection.execute("select set_config('statement_timeout', %s, true)", [PATIENCE])
        who = holder(connection, token, datetime.now(UTC))
        rows = shown.letters(connection, who, letter_id) if who else []
        if who is None or (letter_id is not None and not rows):
            return None
        connection.commit()
        connection.read_only = False
        if request.method == "GET":  # mail servers ask by HEAD whether there is something
            shown.note(connection, who, letter_id)
    return who, rows


async def _nothing(_request: Request, _error: Exception) -> Response:
    return _none()


def _none() -> Response:
    return _said(HTTPStatus.NOT_FOUND, "gone", "ask")


def _said(status: HTTPStatus, *phrases: str) -> Response:
    """In every language, because it is not known who asks."""
    said = [
        (speech.language.replace("_", "-"), [speech.say(f"page.{phrase}") for phrase in phrases])
        for speech in _spoken()
    ]
    return _html("said.html", {"said": said}, status)


def _spoken() -> list[Words]:
    found = []
    for language in languages.known():
        try:
            speech = words(language)
        except BrokenLanguageError:
            continue
        if "page" in speech.entries:
            found.append(speech)
    return found


def _html(template: str, filled: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Response:
    """A page of include/pages/. Its one style sheet stands in it, and the policy names that by its hash."""
    style = _templates().get_template("style.css").render(colour=getattr(filled.get("agency"), "colour", "inherit"))
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    html = _templates().get_template(template).render(filled, style=style)
    return HTMLResponse(html, status.value, {"Content-Security-Policy": POLICY.format(style=f"'sha256-{digest}'")})


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(INCLUDE / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
