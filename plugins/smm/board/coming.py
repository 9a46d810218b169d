"""Letters about the month before that are not written yet: when each will be sent, and the manager's words for it."""

from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from smm.board import permission, words
from smm.board.approval import Seen, Writing
from smm.board.letters import KINDS
from smm.board.page import Gone, Reading, address, render
from smm.files import agency
from smm.files.checked import Mistakes
from smm.letters import coming
from smm.letters.coming import Coming, NotComing
from smm.letters.said import Overtaken, asked, mark, unheard

router = APIRouter(include_in_schema=False)

PATH = "/clients/{client}/coming/{month}"
Month = Annotated[str, Path(pattern=r"^[1-8]\d{3}-(0[1-9]|1[0-2])$")]


@router.get("/coming")
def letters(request: Request, warehouse: Reading) -> HTMLResponse:
    """One query."""
    found = coming.coming(warehouse, None, datetime.now(UTC))
    return render(request, "coming.html", letters=[_shown(letter) for letter in found], kinds=KINDS)


@router.get(PATH)
def letter(
    request: Request,
    warehouse: Reading,
    may_run: permission.MayRun,
    client: str,
    month: Month,
    said: Literal["", "saved", "overtaken"] = "",
) -> HTMLResponse:
    """One query."""
    try:
        found = coming.one(warehouse, client, _first_day(month), datetime.now(UTC))
    except NotComing as none:
        raise Gone(f"{none}. If it is written already, it is among the letters.") from None
    return render(
        request,
        "coming_letter.html",
        letter=_shown(found),
        said=said,
        longest=words.LONGEST,
        seen=mark(found.words),
        may_comment=permission.SHOWN in may_run,
        kinds=KINDS,
    )


@router.post(f"{PATH}/words", dependencies=[permission.runs(permission.SHOWN)])
def save(
    request: Request,
    writing: Writing,
    given: words.Form,
    client: str,
    month: Month,
    seen: Seen = "",
) -> RedirectResponse:
    """Keep what the letter will say in the manager's words."""
    place = address(request, "clients", client, "coming", month)
    try:
        coming.comment(writing, client, _first_day(month), given.comment, given.next_steps, datetime.now(UTC), seen)
    except NotComing:
        return RedirectResponse(f"{address(request, 'letters')}?said=written", HTTPStatus.SEE_OTHER)
    except Overtaken:
        return RedirectResponse(f"{place}?said=overtaken", HTTPStatus.SEE_OTHER)
    return RedirectResponse(f"{place}?said=saved", HTTPStatus.SEE_OTHER)


def _shown(letter: Coming) -> dict[str, Any]:
    """What a page says of it, beside its own fields."""
    spoken = [language for _, language in letter.readers]
    return {
        "letter": letter,
        "client": letter.client,
        "sent_at": letter.sent_at(_draft_hours()),
        "languages": asked(spoken, letter.language, *letter.words.values()),
        "unheard": unheard(letter.words, letter.readers, letter.language),
    }


def _draft_hours() -> int:
    try:
        return agency.read().draft_hours
    except Mistakes:  # which the overview shows
        return 0


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
