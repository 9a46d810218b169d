"""A letter as it is sent: subject, HTML (from MJML) with its pictures, a text worth reading, and a workbook."""

import re
from dataclasses import dataclass
from functools import cache
from unicodedata import category

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from mjml import mjml2html

from smm import agency as agencies
from smm.agency import Agency
from smm.letters import charts, guard
from smm.letters.charts import Picture
from smm.letters.content import WARNINGS, Content
from smm.letters.lines import Line, Teller
from smm.letters.phrases import phrase
from smm.letters.sheet import Attachment, workbook
from smm.letters.words import words
from smm.project import INCLUDE

MOST_CHARTS = 4
UNSEEN = dict.fromkeys({*range(32), 127} - set(map(ord, "\t\n\r")), " ")  # no HTML may have them, and MJML stops there
LOGO_HEIGHT, LOGO_WIDTH = 40, 200  # pixels when shown, at most


@dataclass(frozen=True)
class Rendered:
    subject: str  # one line
    html: str
    text: str
    pictures: tuple[Picture, ...] = ()  # each has its place in the HTML
    sheet: Attachment | None = None
    agency: str = ""  # whom the letter comes from


def render(
    content: Content, language: str, *, is_rehearsal: bool = False, comment: str = "", next_steps: str = ""
) -> Rendered:
    """The letter in one language. What came from outside (names, notes) is escaped in the HTML.

    ``comment`` and ``next_steps`` are the manager's, as plain text. Raises Unfit for a letter that must not go out,
    Mistakes if the agency's file has any.
    """
    agency = agencies.read()
    letter = phrase(content, language, is_rehearsal=is_rehearsal)
    logo = _logo(agency)
    drawn = Charts(content, language, agency)
    filled = {
        "letter": letter,
        "words": words(language).entries,
        "agency": agency,
        "logo": logo,
        "logo_size": _fitted(agency),
        "charts": drawn,
        "said": {"comment": comment.strip().splitlines(), "next_steps": next_steps.strip().splitlines()},
    }
    template = "warning" if content.kind in WARNINGS else content.kind
    markup = _templates().get_template(f"{template}.mjml").render(filled)
    text = re.sub(r"\n{3,}", "\n\n", _templates().get_template(f"{template}.txt").render(filled)).strip() + "\n"
    rendered = Rendered(
        " ".join(letter.subject.translate(UNSEEN).split()),
        mjml2html(markup, disable_comments=True, fonts={}),  # no fonts are fetched: nobody is told when it is read
        text,
        tuple({picture.cid: picture for picture in (logo, *drawn.pictures) if picture}.values()),
        workbook(content, language),
        agency.name,
    )
    networks = [target.network for target in content.targets] + [event.network or "" for event in content.events]
    outside = [
        *(content.name, content.manager or "", agency.name, comment, next_steps),
        *(event.text for event in content.events),
        *map(words(language).network, networks),
    ]
    outside = [each.translate(UNSEEN) for each in outside]
    guard.check(rendered.subject, rendered.html, rendered.text, rendered.pictures, rendered.sheet, outside)
    return rendered


class Charts:
    """Draws the charts that a template asks for, as long as there are not too many: the first asked are the first."""

    def __init__(self, content: Content, language: str, agency: Agency) -> None:
        self.pictures: list[Picture] = []
        self._content = content
        self._agency = agency
        self._teller = Teller(words(language), content.currency, content.month)
        self._targets = {
            (self._teller.title(target), self._teller.words.network(target.network)): target
            for target in content.targets
            if charts.is_worth_drawing(target)
        }

    def __call__(self, line: Line) -> Picture | None:
        """The chart of the line's target; None if nothing is to be drawn. Each is drawn once."""
        target = self._targets.pop((line.title, line.network), None)
        if target is None or len(self.pictures) == MOST_CHARTS:
            return None
        self.pictures.append(charts.picture(target, self._content.events, self._teller, self._agency))
        return self.pictures[-1]


def _logo(agency: Agency) -> Picture | None:
    return charts.inline(agency.logo.png, agency.name) if agency.logo else None


def _fitted(agency: Agency) -> tuple[int, int]:
    """Width and height at which the logo is shown."""
    if agency.logo is None:
        return (0, 0)
    scale = min(1, LOGO_HEIGHT / agency.logo.height, LOGO_WIDTH / agency.logo.width)
    return max(1, round(agency.logo.width * scale)), max(1, round(agency.logo.height * scale))


def _attribute(text: str) -> Markup:
    """The text for an attribute: the MJML library would write a no-break space there as ``\\u{a0}``, in letters."""
    plain = (each.isprintable() and each != "\\" and category(each)[0] != "M" for each in text)
    return Markup("").join(
        escape(each) if is_plain else Markup("&#{};").format(ord(each))
        for each, is_plain in zip(text, plain, strict=True)
    )


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(INCLUDE / "letters"),
        autoescape=select_autoescape(["mjml"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda shown: shown.translate(UNSEEN) if isinstance(shown, str) else shown,
    )
    templates.filters["attribute"] = _attribute
    return templates
