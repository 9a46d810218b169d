"""A letter as it is sent: subject, HTML (from MJML) with its pictures, a text worth reading, a workbook and a PDF."""

import re
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

from mjml import mjml2html

from smm.files import agency as agencies
from smm.files.agency import Agency
from smm.letters import charts, frame, guard, pdf
from smm.letters.charts import Picture
from smm.letters.content import WARNINGS, Content
from smm.letters.corrected import Corrected
from smm.letters.lines import Line, Teller
from smm.letters.outlooks import Ahead
from smm.letters.pdf import Document
from smm.letters.phrases import Phrases, phrase
from smm.letters.reader import ANYBODY, Reader, addressed
from smm.letters.sheet import Attachment, workbook
from smm.letters.words import words

MOST_CHARTS = 4


@dataclass(frozen=True)
class Rendered:
    subject: str  # one line
    html: str
    text: str
    pictures: tuple[Picture, ...] = ()  # each has its place in the HTML
    sheet: Attachment | None = None
    agency: str = ""  # whom the letter comes from
    pdf: Document | None = None  # of a letter about a month, if the client's file asks for it


def subject(content: Content, language: str) -> str:
    """The letter's subject, once all of it can be said; its charts are drawn when it is handed over. Raises as
    `render`.
    """
    return _rendered(content.model_copy(update={"has_pdf": False}), language, draw=charts.undrawn).subject


def render(
    content: Content,
    language: str,
    *,
    is_rehearsal: bool = False,
    comment: str = "",
    next_steps: str = "",
    reader: Reader = ANYBODY,
) -> Rendered:
    """The letter in one language. What came from outside (names, notes) is escaped in the HTML, and data in the PDF.

    ``comment`` and ``next_steps`` are the manager's, as plain text. Raises Unfit for a letter that must not go out,
    Mistakes if the agency's file has any, and what `pdf.document` raises.
    """
    return _rendered(
        content, language, is_rehearsal=is_rehearsal, comment=comment, next_steps=next_steps, reader=reader
    )


def _rendered(content: Content, language: str, **how: Any) -> Rendered:
    """If it is too large with them, without the pictures of posts: they are to fail no letter."""
    try:
        return _whole(content, language, **how)
    except guard.TooLarge:
        if not content.pictures:
            raise
        return _whole(content.model_copy(update={"pictures": ()}), language, **how)


def _whole(
    content: Content,
    language: str,
    *,
    is_rehearsal: bool = False,
    comment: str = "",
    next_steps: str = "",
    draw: charts.Draw = charts.picture,
    reader: Reader = ANYBODY,
) -> Rendered:
    agency = agencies.read()
    letter = addressed(phrase(content, language, is_rehearsal=is_rehearsal), content, reader, agency)
    logo = frame.logo(agency)
    drawn = Charts(content, language, agency, draw)
    seen = _of_posts(content, letter)
    said = {"comment": comment.strip().splitlines(), "next_steps": next_steps.strip().splitlines()}
    filled = {
        "letter": letter,
        "words": words(language).entries,
        **frame.worn(agency, logo),
        "charts": drawn,
        "pictures": seen,
        "said": said,
    }
    template = "warning" if content.kind in WARNINGS else content.kind
    markup = frame.templates().get_template(f"{template}.mjml").render(filled)
    text = re.sub(r"\n{3,}", "\n\n", frame.templates().get_template(f"{template}.txt").render(filled)).strip() + "\n"
    has_pdf = content.has_pdf and content.kind in pdf.KINDS
    rendered = Rendered(
        " ".join(letter.subject.translate(frame.UNSEEN).split()),
        mjml2html(markup, disable_comments=True, fonts={}),  # no fonts are fetched: nobody is told when it is read
        text,
        tuple(
            {picture.cid: picture for picture in (logo, *drawn.pictures.values(), *seen.values()) if picture}.values()
        ),
        workbook(content, language),
        agency.name,
        pdf.document(letter, content, agency, drawn.pictures, said, seen) if has_pdf else None,
    )
    written = content.foreign_words()
    outside = [
        *(content.name, content.manager or "", agency.name, comment, next_steps, letter.greeting, *letter.signature),
        *written,
        *(post.text for group in letter.done.groups for post in group.posts),
        *map(words(language).network, written),
    ]
    outside = [each.translate(frame.UNSEEN) for each in outside]
    guard.check(
        rendered.subject, rendered.html, rendered.text, rendered.pictures, rendered.sheet, outside, rendered.pdf
    )
    return rendered


def _of_posts(content: Content, letter: Phrases) -> dict[str, Picture]:
    """The pictures of the posts that the letter shows, by their names; one that is not kept any more is left out."""
    kept = {picture.name: picture.jpeg for picture in content.pictures}
    posts = [post for group in letter.done.groups for post in group.posts if post.picture in kept]
    return {post.picture: charts.inline(b64decode(kept[post.picture]), post.alt, "jpeg") for post in posts}


class Charts:
    """Draws the charts that a template asks for, as long as there are not too many: the first asked are the first."""

    def __init__(self, content: Content, language: str, agency: Agency, draw: charts.Draw) -> None:
        self.pictures: dict[tuple[str, str], Picture] = {}  # by the title and network of its line
        self._draw = draw
        self._content = content
        self._agency = agency
        self._teller = Teller(words(language), content.currency, content.month)
        self._targets = {
            (self._teller.title(target), self._teller.words.network(target.network)): target
            for target in content.targets
            if charts.is_worth_drawing(target)
        }

    def __call__(self, line: Line | Ahead | Corrected) -> Picture | None:
        """The chart of the line's target; None if nothing is to be drawn. Each is drawn once."""
        target = self._targets.pop((line.title, line.network), None)
        if target is None or len(self.pictures) == MOST_CHARTS:
            return None
        chart = self._draw(target, self._content.events, self._teller, self._agency)
        self.pictures[line.title, line.network] = chart
        return chart
