"""The page that shows a mailbox's letters: `/`, `/letters/<id>` and below it the HTML part, the attachments, the file.

A letter is foreign matter: its texts are escaped, its HTML stands alone in a sandboxed frame that may load nothing,
its attachments are only ever downloads.
"""

import base64
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.loopback import Answer, Request, Server
from sandbox.mailbox.store import Mailbox

PAGES = Path(__file__).parent / "pages"
HTML = "text/html; charset=utf-8"
GUARD = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
FRAME_SANDBOX = "allow-popups allow-popups-to-escape-sandbox"  # so that a letter's links open, in a tab of their own
FRAME_POLICY = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox {FRAME_SANDBOX}"
SHOWN_HEADERS = ("From", "To", "Reply-To", "Date", "X-Envelope-To")
CID = re.compile(r"""(?P<before>["'(]\s*)cid:(?P<cid>[^"')\s]+)""")

_templates = Environment(
    loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True)
class Attachment:
    number: int  # of the part within the letter
    name: str
    size: int  # bytes


def serve_page(mailbox: Mailbox, port: int) -> Server:
    """A running server on 127.0.0.1."""
    return Server(port, _Page(mailbox).respond)


class _Page:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def respond(self, request: Request) -> Answer:
        match [unquote(part) for part in request.path.split("/")[1:]]:
            case [""]:
                return self._list()
            case ["style.css"]:
                return Answer(200, "text/css", (PAGES / "style.css").read_bytes(), GUARD)
            case ["letters", letter, *rest]:
                try:
                    return self._letter(letter, rest)
                except KeyError:
                    return _not_found()
        return _not_found()

    def _list(self) -> Answer:
        letters = [(letter, self._mailbox.read(letter)) for letter in self._mailbox.letters()]
        return _page("letters.html", letters=letters)

    def _letter(self, letter: str, rest: list[str]) -> Answer:
        """Raises KeyError where there is no such letter or part."""
        message = self._mailbox.read(letter)
        match rest:
            case []:
                plain, html = message.get_body(("plain",)), message.get_body(("html",))
                return _page(
                    "letter.html",
                    letter=letter,
                    subject=message["Subject"],
                    headers=[(name, message[name]) for name in SHOWN_HEADERS if message[name]],
                    all_headers=message.items(),
                    text=plain.get_content() if plain else None,
                    has_html=html is not None,
                    frame_sandbox=FRAME_SANDBOX,
                    attachments=_attachments(message),
                )
            case ["body"]:
                return Answer(200, HTML, _framed(message).encode(), GUARD | {"Content-Security-Policy": FRAME_POLICY})
            case ["file"]:
                return _download(f"{letter}.eml", "message/rfc822", self._mailbox.raw(letter))
            case ["attachments", number]:
                found = {str(attachment.number): attachment for attachment in _attachments(message)}[number]
                return _download(found.name, "application/octet-stream", _bytes(list(message.walk())[found.number]))
        raise KeyError(rest)


def _page(template: str, **values: object) -> Answer:
    text = _templates.get_template(template).render(values)
    return Answer(200, HTML, text.encode(), GUARD | {"Content-Security-Policy": PAGE_POLICY})


def _not_found() -> Answer:
    return Answer(404, "text/plain; charset=utf-8", b"There is no such letter.\n", GUARD)


def _download(name: str, content_type: str, content: bytes) -> Answer:
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Answer(200, content_type, content, GUARD | {"Content-Disposition": disposition})


def _attachments(message: EmailMessage) -> list[Attachment]:
    return [
        Attachment(number, part.get_filename() or f"part-{number}", len(_bytes(part)))
        for number, part in enumerate(message.walk())
        if part.get_content_disposition() == "attachment"
    ]


def _bytes(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else bytes(part)  # an attached letter has parts instead of a payload


def _framed(message: EmailMessage) -> str:
    """The HTML part, the images that it names by Content-ID put into it. Raises KeyError where there is none."""
    html = message.get_body(("html",))
    if html is None:
        raise KeyError("html")
    images = {
        str(part["Content-ID"]).strip(" <>"): part
        for part in message.walk()
        if part["Content-ID"] and part.get_content_maintype() == "image"
    }

    def inline(found: re.Match[str]) -> str:
        part = images.get(unquote(found["cid"]))
        if part is None:
            return found[0]
        return f"{found['before']}data:{part.get_content_type()};base64,{base64.b64encode(_bytes(part)).decode()}"

    return CID.sub(inline, html.get_content())
