"""The manager's approval on the board: her words, and whether the letter goes to its readers or is held.

Her words are saved first, whichever button she presses; releasing and holding are asked once more, on a page that needs
no script. After each deed the browser is sent back to the letter's page, which says what happened.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse

from smm import warehouse
from smm.board import permission
from smm.board import words as fields
from smm.board.page import address
from smm.letters import approval
from smm.letters.said import Overtaken

router = APIRouter(include_in_schema=False, dependencies=[permission.runs(permission.SHOWN)])

PATH = "/clients/{client}/letters/{letter_id}"
Seen = Annotated[str, Form(max_length=100)]  # the mark of the words that stood on the page


def _opened() -> Iterator[warehouse.Connection]:
    with warehouse.connection() as connection:
        yield connection


Writing = Annotated[warehouse.Connection, Depends(_opened)]


@router.post(f"{PATH}/words")
def words(
    request: Request,
    writing: Writing,
    given: fields.Form,
    client: str,
    letter_id: str,
    seen: Seen = "",
    then: Annotated[Literal["", "release", "hold"], Form()] = "",
) -> RedirectResponse:
    """Save what the letter says in the manager's words, and ask whether to do what comes ``then``."""
    try:
        approval.comment(writing, client, letter_id, given.comment, given.next_steps, seen)
    except approval.UnknownLetter:
        return _unknown(request)
    except Overtaken:
        return _shown(request, client, letter_id, "?said=overtaken")
    except approval.TooLate:
        return _shown(request, client, letter_id, "?said=late")
    return _shown(request, client, letter_id, f"?sure={then}#sure" if then else "?said=saved")


@router.post(f"{PATH}/release")
def release(
    request: Request, writing: Writing, by: permission.Name, client: str, letter_id: str, seen: Seen = ""
) -> RedirectResponse:
    """Let it go to its readers with the next run."""
    try:
        approval.release(writing, client, letter_id, datetime.now(UTC), by, seen)
    except approval.UnknownLetter:
        return _unknown(request)
    except Overtaken:
        return _shown(request, client, letter_id, "?said=overtaken")
    except approval.TooLate:
        return _shown(request, client, letter_id, "?said=late")
    except approval.Outdated as refused:
        return _shown(request, client, refused.anew or letter_id, "?said=anew" if refused.anew else "?said=nothing")
    return _shown(request, client, letter_id, "?said=released")


@router.post(f"{PATH}/hold")
def hold(request: Request, writing: Writing, by: permission.Name, client: str, letter_id: str) -> RedirectResponse:
    """Keep it from its readers."""
    try:
        approval.hold(writing, client, letter_id, datetime.now(UTC), by)
    except approval.UnknownLetter:
        return _unknown(request)
    except approval.TooLate:
        return _shown(request, client, letter_id, "?said=late")
    return _shown(request, client, letter_id, "?said=held")


def _shown(request: Request, client: str, letter_id: str, rest: str) -> RedirectResponse:
    place = address(request, "clients", client, "letters", letter_id)
    return RedirectResponse(f"{place}{rest}", HTTPStatus.SEE_OTHER)


def _unknown(request: Request) -> RedirectResponse:
    return RedirectResponse(f"{address(request, 'letters')}?said=unknown", HTTPStatus.SEE_OTHER)
