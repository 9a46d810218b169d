"""The letters: a list of all, and each with its readers and as it is sent."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import AfterValidator

from smm.board import mistakes, permission, words
from smm.board.page import Gone, Reading, refusal, render
from smm.board.switches import is_sending
from smm.files import languages
from smm.letters import approval, coming, pdf, trouble
from smm.letters import said as said_words
from smm.letters.content import Kind
from smm.letters.delivery import rendered, unfit
from smm.letters.message import PDF
from smm.letters.preview import for_browser
from smm.letters.render import Rendered
from smm.warehouse import Connection, run

router = APIRouter(include_in_schema=False)

SIZE = 50  # letters on a page
STATES = {  # word, shape, class
    "draft": ("waits for the manager", "◔", "risk"),
    "held": ("held", "✕", "bad"),
    "due": ("will be sent", "→", ""),
    "sending": ("on its way", "→", ""),
    "sent": ("sent", "✓", "good"),
    "expired": ("expired", "·", ""),
    "taken_back": ("taken back", "·", ""),
}
DELIVERIES = {  # the same, of one reader
    "due": ("not sent yet", "→", ""),
    "sending": ("in doubt", "?", "risk"),
    "sent": ("sent", "✓", "good"),
    "refused": ("refused", "✕", "bad"),
}
KINDS = {kind: kind.replace("_", " ") for kind in (*get_args(Kind), trouble.KIND)}
# Nothing of a letter runs, loads or leads anywhere: its pictures are in it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"

Said = Literal["", "saved", "released", "held", "late", "overtaken", "anew", "nothing", "unknown", "written"]


@router.get("/letters")
def letters(
    request: Request,
    warehouse: Reading,
    client: Annotated[str, Query(max_length=100)] = "",
    state: Literal["", "draft", "held", "due", "sending", "sent", "expired", "taken_back"] = "",
    kind: Annotated[str, Query(pattern=f"^({'|'.join(KINDS)})?$")] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    said: Said = "",
) -> HTMLResponse:
    """Three queries, however many letters there are."""
    asked: dict[str, Any] = {"client": client.strip(), "state": state, "kind": kind}
    found = run(warehouse, "board/letters.sql", {**asked, "page": page, "size": SIZE})
    deliveries = _deliveries(warehouse, found)
    count = found[0]["letters"] if found else 0
    rows = [
        letter | {"readers": [each for each in deliveries if _id(each) == _id(letter) and not each["is_draft"]]}
        for letter in found
    ]
    return render(
        request,
        "letters.html",
        client=asked["client"],
        state_of=state,
        kind=kind,
        page=page,
        said=said,
        coming=[letter.words for letter in coming.coming(warehouse, None, datetime.now(UTC))],
        rows=rows,
        is_off=any(letter["state"] == "due" for letter in rows) and not is_sending(),
        wrong=mistakes.of_all(),
        broken=mistakes.refused(letter["client"] for letter in rows),
        count=count,
        pages=max(1, -(-count // SIZE)),
        states=STATES,
        deliveries=DELIVERIES,
        kinds=KINDS,
    )


@router.get("/clients/{client}/letters/{letter_id}")
def letter(
    request: Request,
    warehouse: Reading,
    may_run: permission.MayRun,
    client: str,
    letter_id: str,
    sure: Literal["", "release", "hold"] = "",
    said: Said = "",
) -> HTMLResponse:
    """Two queries; the letter itself is in a frame of its own, which takes longer."""
    found = _letter(warehouse, client, letter_id)
    deliveries = _deliveries(warehouse, [found])
    readers = [each for each in deliveries if not each["is_draft"]]
    may_decide = permission.SHOWN in may_run
    own = found["content"].get("language", languages.ENGLISH)
    return render(
        request,
        "letter.html",
        letter=found,
        readers=readers,
        drafts=[each for each in deliveries if each["is_draft"]],
        languages=sorted({each["language"] for each in readers}),
        asked=said_words.asked((each["language"] for each in readers), own, found["comment"], found["next_steps"]),
        unheard=said_words.unheard(found, [(each["recipient"], each["language"]) for each in readers], own),
        states=STATES,
        deliveries=DELIVERIES,
        kinds=KINDS,
        has_pdf=found["kind"] in pdf.KINDS,
        has_revisions=found["kind"] != trouble.KIND,  # it counts days there
        said=said,
        sure=sure if may_decide else "",
        is_off=(found["state"] == "due" or sure == "release") and not is_sending(),
        longest=words.LONGEST,
        seen=said_words.mark(found),
        may_comment=may_decide and found["kind"] != trouble.KIND and found["state"] in approval.OPEN,
        may_release=may_decide and found["state"] in ("draft", "held"),
        may_hold=may_decide and found["state"] in ("draft", "due"),
    )


@router.get("/clients/{client}/letters/{letter_id}/mail")
def mail(
    request: Request,
    warehouse: Reading,
    client: str,
    letter_id: str,
    language: Annotated[str, AfterValidator(languages.is_one)] = languages.ENGLISH,
    form: Literal["html", "text"] = "html",
) -> Response:
    """The letter as it is sent in one language, by itself; else why it is not."""
    found = _letter(warehouse, client, letter_id)
    try:
        sent = _sent(found, language)
    except Exception as error:  # noqa: BLE001  (whatever it is, delivery would hold the letter for it)
        return _not_sent(request, error)
    answer: Response = PlainTextResponse(sent.text) if form == "text" else HTMLResponse(for_browser(sent))
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


@router.get("/clients/{client}/letters/{letter_id}/pdf")
def as_pdf(
    request: Request,
    warehouse: Reading,
    client: str,
    letter_id: str,
    language: Annotated[str, AfterValidator(languages.is_one)] = languages.ENGLISH,
) -> Response:
    """The letter about a month as a file to download, also where the client's file asks for none; else why not."""
    found = _letter(warehouse, client, letter_id)
    try:
        document = _sent({**found, "content": {**found["content"], "has_pdf": True}}, language).pdf
    except Exception as error:  # noqa: BLE001  (whatever it is, delivery would hold the letter for it)
        return _not_sent(request, error)
    if document is None:
        raise Gone(f"{letter_id} of {client} is not about a month: there is no PDF of it.")
    disposition = {"Content-Disposition": f'attachment; filename="{document.name}"'}
    return Response(document.data, media_type=PDF, headers=disposition)


def _sent(letter: dict[str, Any], language: str) -> Rendered:
    """Raises what `unfit` tells."""
    sent, _ = rendered({**letter, "language": language, "is_draft": False})
    return sent


def _not_sent(request: Request, error: Exception) -> Response:
    return refusal(request, HTTPStatus.CONFLICT, f"This letter is not sent as it is: {unfit(error)}.")


def _letter(warehouse: Connection, client: str, letter_id: str) -> dict[str, Any]:
    rows = run(warehouse, "board/letter.sql", {"client": client, "letter_id": letter_id})
    if not rows:
        raise Gone(f"There is no letter {letter_id} of {client}.")
    return rows[0]


def _deliveries(warehouse: Connection, letters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    clients, letter_ids = ([letter[name] for letter in letters] for name in ("client", "letter_id"))
    return run(warehouse, "board/letter_deliveries.sql", {"clients": clients, "letter_ids": letter_ids})


def _id(row: dict[str, Any]) -> tuple[str, str]:
    return row["client"], row["letter_id"]
