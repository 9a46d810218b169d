"""A letter as files, to be looked at: nothing is sent and nothing noted."""

from base64 import b64encode
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from smm.letters.compose import compose
from smm.letters.content import Kind
from smm.letters.message import message, message_id
from smm.letters.render import Rendered, render
from smm.warehouse import Connection

NOBODY = "nobody@letters.invalid"


def write(
    warehouse: Connection,
    client: str,
    month: date,
    as_of: datetime,
    folder: Path,
    kind: Kind,
    language: str | None = None,
) -> list[Path]:
    """Write the letter about a client's judged month; the paths of its .eml, .html, .txt, .xlsx and .pdf.

    In the client's language, unless another is named; the PDF whether the client's file asks for it or not. An empty
    list if there is nothing to say. Raises what ``render`` raises.
    """
    content = compose(warehouse, client, month, kind, as_of)
    if content is None:
        return []
    spoken = language or content.language
    rendered = render(content.model_copy(update={"has_pdf": True}), spoken)
    mail = message(
        rendered if content.has_pdf else replace(rendered, pdf=None),
        sender=NOBODY,
        recipient=NOBODY,
        answers_to=content.manager,
        identity=message_id(client, f"preview/{month:%Y-%m}-{kind}", NOBODY.partition("@")[2]),
        sent_at=as_of,
        language=spoken,
    )
    files = {".eml": mail.as_bytes(), ".html": for_browser(rendered).encode(), ".txt": rendered.text.encode()}
    if rendered.sheet:
        files[".xlsx"] = rendered.sheet.data
    if rendered.pdf:
        files[".pdf"] = rendered.pdf.data
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for ending, data in files.items():
        paths.append(folder / f"{client}-{month:%Y-%m}-{kind}-{spoken}{ending}")
        paths[-1].write_bytes(data)
    return paths


def for_browser(rendered: Rendered) -> str:
    """The HTML with its pictures inside, which a browser would look for in vain."""
    html = rendered.html
    for picture in rendered.pictures:
        inside = f"data:image/{picture.kind};base64,{b64encode(picture.png).decode()}"
        html = html.replace(f"cid:{picture.cid}", inside)
    return html
