"""The board as an app: its routes, who may use them, and what every answer carries."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from smm.board import (
    approval,
    assets,
    catalogue_page,
    charts,
    client,
    client_data,
    coming,
    data,
    data_docs,
    glossary,
    letters,
    overview,
    permission,
    tables,
    unready,
)
from smm.board.page import Gone, refusal

PAGES = (
    overview,
    client,
    charts,
    data,
    client_data,
    data_docs,
    letters,
    approval,
    coming,
    catalogue_page,
    glossary,
    tables,
    assets,
)

# No style and no script but our own files: whatever a client's file or a post says, it stays text.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def build() -> FastAPI:
    """Every route asks for permission; FastAPI's own pages of documentation would not, so there are none."""
    app = FastAPI(
        title="SMM KPI board",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[permission.reads],
    )
    for module in PAGES:
        app.include_router(module.router)
    app.middleware("http")(_guarded)
    app.exception_handler(HTTPException)(_refused)
    app.exception_handler(RequestValidationError)(_misasked)
    app.exception_handler(Gone)(_gone)
    unready.prepare(app)
    app.exception_handler(Exception)(_failed)
    return app


async def _guarded(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Nobody acts from another site, and every answer has our headers where it has none of its own."""
    if request.method not in ("GET", "HEAD") and not _is_of_this_site(request):
        response = refusal(request, HTTPStatus.FORBIDDEN, "This was sent from another site, so nothing was done.")
    elif "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:  # no text of Postgres's may have one
        response = refusal(request, HTTPStatus.BAD_REQUEST, "The address is not in order: it holds a NUL.")
    else:
        response = await answer(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _is_of_this_site(request: Request) -> bool:
    """As the browser says, by Sec-Fetch-Site or, an older one, by the Origin that it sends with every form.

    Airflow's cookie is SameSite=Lax, which keeps off other sites but not the neighbours of one (wiki.agency.example).
    Without either header, nothing that brings a cookie is believed; a program brings its token itself, by a header that
    no other site's page can set.
    """
    told, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if told is not None and told not in ("same-origin", "none"):
        return False
    if origin is not None:
        return origin.partition("://")[2] == request.headers.get("host") or told == "same-origin"
    return told is not None or not request.cookies


async def _refused(request: Request, error: Exception) -> Response:
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    said = {
        HTTPStatus.UNAUTHORIZED: "Log in to Airflow to see the board.",
        HTTPStatus.FORBIDDEN: "Your Airflow user may not do this: ask an administrator for access to the DAGs.",
        HTTPStatus.NOT_FOUND: "There is no such page.",
    }
    return refusal(request, status, said.get(status, status.phrase))


async def _misasked(request: Request, error: Exception) -> Response:
    mistakes = error.errors() if isinstance(error, RequestValidationError) else []
    said = "; ".join(map(_mistake, mistakes))
    return refusal(request, HTTPStatus.BAD_REQUEST, f"The address is not in order: {said}.")


def _mistake(found: dict[str, Any]) -> str:
    """In words: what was found where, or what all of it together is not."""
    text = "is missing, write it" if found["type"] == "missing" else str(found["msg"]).removeprefix("Value error, ")
    name = ".".join(str(part) for part in found["loc"][1:])  # the first says where of the request: query, path
    return f"{name}: {text}" if name else text


async def _gone(request: Request, error: Exception) -> Response:
    return refusal(request, HTTPStatus.NOT_FOUND, str(error))


async def _failed(request: Request, _error: Exception) -> Response:  # what it was, the server logs
    said = "Something went wrong here. The log of Airflow's api-server says what."
    return refusal(request, HTTPStatus.INTERNAL_SERVER_ERROR, said)
