"""What all pages share: templates, numbers as people read them, and the warehouse, for reading only."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from smm import warehouse
from smm.board.speech import UNKNOWN, ago, amount, held, moment, number, speech, when
from smm.board.target import asked, verdict
from smm.files import languages
from smm.files.unchanged import while_unchanged
from smm.letters import departure
from smm.project import INCLUDE

TEMPLATES = INCLUDE / "board"
ASSETS = TEMPLATES / "assets"
PATIENCE = "10s"  # for one statement; nobody waits longer for a page

Month = Annotated[str, Query(pattern=r"^([1-8]\d{3}-(0[1-9]|1[0-2]))?$")]
"""YYYY-MM as an address has it, "" = the running one; with years before and after it, which pages count to."""


class Gone(LookupError):
    """There is no such client, letter or file. The text is for the reader."""


def _opened() -> Iterator[warehouse.Connection]:
    with warehouse.connection() as connection:
        connection.read_only = True
        connection.execute("select set_config('statement_timeout', %s, true)", [PATIENCE])
        yield connection


Reading = Annotated[warehouse.Connection, Depends(_opened)]
"""The warehouse, of which a page may only read."""


def render(request: Request, template: str, **given: Any) -> HTMLResponse:
    """A page of include/board/; ``root`` is what addresses of the board begin with, ``airflow`` those of Airflow."""
    with held():
        return HTMLResponse(_environment().get_template(template).render(**_places(request), **given))


def refusal(request: Request, status: HTTPStatus, said: str) -> Response:
    """Why there is nothing to see: a page for a person, JSON for a program."""
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"detail": said}, status)
    page = _environment().get_template("refusal.html")
    is_anonymous = status is HTTPStatus.UNAUTHORIZED
    text = page.render(**_places(request), status=status, said=said, is_anonymous=is_anonymous)
    return HTMLResponse(text, status)


def stylesheet(request: Request, name: str) -> str:
    """The address of a stylesheet of ours, for a page that is not."""
    return f"{_places(request)['root']}/assets/{_asset(name)}"


def address(request: Request, *path: str) -> str:
    """The address of a page of the board, on this site: ``address(request, "clients", "yarko")``."""
    return f"{_places(request)['root']}/" + "/".join(quote(part, safe="") for part in path)


def _places(request: Request) -> dict[str, Any]:
    root = request.scope.get("root_path", "").rstrip("/")
    return {"root": root, "airflow": root.rpartition("/")[0], "path": request.url.path, "query": request.query_params}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "amount": amount,
        "number": number,
        "asked": asked,
        "day": lambda day: speech().day(day),
        "days": lambda days: speech().days(*days),
        "month": lambda month: speech().month(month),
        "short_month": lambda month: speech().short_month(month),
        "week": week,
        "moment": moment,
        "when": when,
        "ago": ago,
        "language": languages.title,
        "network": lambda name: speech().network(name),
        "count": lambda number: speech().amount(Decimal(number), "count", "", 0),
        "because": lambda name: speech().say(f"reasons.{name}") if speech().has(f"reasons.{name}") else name,
    }
    environment.filters["asked"] = asked
    environment.globals["sending"] = lambda readers=(): departure.sending(readers, datetime.now(UTC))
    environment.globals |= {"asset": _asset, "verdict_of": verdict, "unknown_sign": UNKNOWN}
    return environment


@while_unchanged(lambda name: [ASSETS / name])
def _asset(name: str) -> str:
    """The file's name with its version: a browser that has an older one asks again."""
    return f"{name}?{hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]}"


def this_month() -> date:
    return datetime.now(UTC).date().replace(day=1)


def week(monday: date) -> str:
    """The week as a weekly letter calls it: week 42, Oct 13 – 19."""
    return speech().say("weekly.title", week=f"{monday:%-V}", days=speech().days(monday, monday + timedelta(6)))
