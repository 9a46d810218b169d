"""What a letter must be before it goes: whole, filled in, and small enough that no mail client clips it."""

import re
from collections.abc import Collection
from html.parser import HTMLParser

from smm.letters.charts import Picture
from smm.letters.pdf import Document
from smm.letters.sheet import Attachment

HTML_BYTES = 100_000  # Gmail clips at 102 KB
MAIL_BYTES = 500_000  # without the PDF, which is no part of what a mail program shows
PDF_BYTES = 1_000_000
ENCODED = 1.4  # what Base64 and its lines make of a byte

SCHEMES = ("https://", "http://", "mailto:")
LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}|\{\w+\}|\b(?:None|nan|NaN)\b")


class Unfit(Exception):
    """The letter must not go out; the text is why."""


class TooLarge(Unfit):
    """It might go with less in it."""


def check(
    subject: str,
    html: str,
    text: str,
    pictures: Collection[Picture],
    sheet: Attachment | None,
    outside: Collection[str] = (),
    pdf: Document | None = None,
) -> None:
    """Raises Unfit. ``outside`` are the names and notes in it: what looks like a placeholder there is none."""
    page = _Page(html)
    for where, found in (("subject", subject), ("HTML", page.text), ("text", text), ("PDF", pdf.text if pdf else "")):
        if left := LEFT_OVER.search(_without(found, outside)):
            raise Unfit(f"{left[0]!r} is left in its {where}: something was not filled in")
    if foreign := [link for link in page.links if not link.startswith(SCHEMES)]:
        raise Unfit(f"a link in it leads to {foreign[0]!r}: links may lead only to pages and mail addresses")
    if page.has_empty_table:
        raise Unfit("a table in it is empty")
    placed, given = set(page.cids), {picture.cid for picture in pictures}
    if missing := placed - given:
        raise Unfit(f"the picture {min(missing)} is missing")
    if unused := given - placed:
        raise Unfit(f"the picture {min(unused)} is attached but not shown")
    size = len(html.encode())
    if size > HTML_BYTES:
        raise TooLarge(f"its HTML has {size:,} bytes, and mail clients cut off letters with more than {HTML_BYTES:,}")
    parts = [size, len(text.encode()), *(len(picture.png) for picture in pictures), len(sheet.data) if sheet else 0]
    if (whole := round(ENCODED * sum(parts))) > MAIL_BYTES:
        raise TooLarge(f"the mail has {whole:,} bytes, and the limit is {MAIL_BYTES:,}")
    if pdf and len(pdf.data) > PDF_BYTES:
        raise Unfit(f"its PDF has {len(pdf.data):,} bytes, and the limit is {PDF_BYTES:,}")


def _without(text: str, outside: Collection[str]) -> str:
    lines = {" ".join(line.split()) for each in outside for line in each.splitlines()} - {""}
    found = " ".join(text.split())
    for line in sorted(lines, key=len, reverse=True):
        # as words of their own: a client called "n" would take the n out of a None
        found = re.sub(rf"(?<!\w){re.escape(line)}(?!\w)", "\0", found)
    return found


class _Page(HTMLParser):
    """What a reader sees of it: the text, alternative texts too, pictures, links, and whether a table shows nothing."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.cids: list[str] = []
        self.links: list[str] = []
        self.has_empty_table = False
        self._is_style = False
        self._tables: list[bool] = []  # of those that are open, from the outermost: whether they show anything
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        match tag:
            case "style":
                self._is_style = True
            case "table":
                self._tables.append(False)
            case "a":
                self.links.append(given.get("href") or "")
            case "img":
                self._see(given.get("alt") or "")
                self._tables = [True] * len(self._tables)
        source = given.get("src") or ""
        if source.startswith("cid:"):
            self.cids.append(source.removeprefix("cid:"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._is_style = False
        elif tag == "table" and self._tables:
            self.has_empty_table |= not self._tables.pop()

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self._see(data)

    def _see(self, text: str) -> None:
        self.text += f" {text}" if text else ""
        if text.strip():
            self._tables = [True] * len(self._tables)
