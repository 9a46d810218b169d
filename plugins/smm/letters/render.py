"""A letter as it is sent: subject, HTML (from MJML, below what mail clients clip), and a text worth reading."""

import re
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from mjml import mjml2html

from smm.letters.content import WARNINGS, Content
from smm.letters.phrases import phrase
from smm.letters.words import words
from smm.project import INCLUDE


@dataclass(frozen=True)
class Rendered:
    subject: str  # one line
    html: str
    text: str


def render(
    content: Content, language: str, *, is_rehearsal: bool = False, comment: str = "", next_steps: str = ""
) -> Rendered:
    """The letter in one language. What came from outside (names, notes) is escaped in the HTML."""
    letter = phrase(content, language, is_rehearsal=is_rehearsal, comment=comment, next_steps=next_steps)
    filled = {"letter": letter, "words": words(language).entries}
    template = "warning" if content.kind in WARNINGS else content.kind
    markup = _templates().get_template(f"{template}.mjml").render(filled)
    text = re.sub(r"\n{3,}", "\n\n", _templates().get_template(f"{template}.txt").render(filled)).strip() + "\n"
    # no fonts are fetched: nobody is told when the letter is read
    return Rendered(" ".join(letter.subject.split()), mjml2html(markup, disable_comments=True, fonts={}), text)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(INCLUDE / "letters"),
        autoescape=select_autoescape(["mjml"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
