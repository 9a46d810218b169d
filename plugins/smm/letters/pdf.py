"""The letter about a month as a PDF: A4, tagged for screen readers (PDF/UA-1), its charts as vectors."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any
from unicodedata import category

from smm.files.agency import Agency
from smm.letters import frame
from smm.letters.charts import Picture
from smm.letters.content import Content, Kind
from smm.letters.phrases import Phrases
from smm.letters.sheet import Attachment
from smm.letters.typeset import FAMILY, texts, typeset
from smm.letters.words import words

KINDS: tuple[Kind, ...] = ("missed", "monthly", "correction")  # of which there is a PDF
DRAWN = ("changes", "missed", "met")  # the parts of a letter whose lines may have a chart
FONT = re.compile(r'(<[^<>]*\bfont-family=")[^"<>]*"')  # of an element of SVG; not in its text
POST = 80  # pixels of the picture of a post, which is a square
LONG, PIECE = 32, 12  # characters of a word that may be wider than its column, and of the pieces it may break into

Charts = Mapping[tuple[str, str], Picture]  # by the title and the network of the line that each belongs to


@dataclass(frozen=True)
class Document(Attachment):
    text: str  # all of the letter that it was given to show


def document(
    letter: Phrases,
    content: Content,
    agency: Agency,
    charts: Charts,
    said: Mapping[str, list[str]],
    posts: Mapping[str, Picture] = MappingProxyType({}),
) -> Document:
    """The letter in its language; ``said`` are the manager's lines by their part, ``posts`` pictures by their names.

    Raises what `typeset` raises.
    """
    shown, drawings = _with_charts(letter, charts)
    drawings |= _of_posts(shown, posts)
    shown["closing"] = [line for line in letter.closing if line not in _of_a_mail(content, letter.language)]
    given = {
        "letter": shown,
        "said": said,
        "agency": {"name": agency.name, "colour": agency.colour, "logo_size": frame.logo_size(agency)},
    }
    if agency.logo:
        drawings["logo.svg"] = _embedded(agency.logo.png, "png", agency.logo.width, agency.logo.height)
    data = typeset(drawings, _breakable(given), words(letter.language).entries, moment=int(content.as_of.timestamp()))
    return Document(_name(content, letter.language), data, "\n".join(texts(given)).translate(frame.UNSEEN))


def _name(content: Content, language: str) -> str:
    """``yarko-2026-10-en.pdf``, ``yarko-2026-10-correction-en.pdf``"""
    kind = [content.kind] if content.kind == "correction" else []
    return "-".join([content.client, f"{content.month:%Y-%m}", *kind, language]) + ".pdf"


def _with_charts(letter: Phrases, charts: Charts) -> tuple[dict[str, Any], dict[str, str]]:
    """What stands in the letter, each line with the name of its chart, or None; the charts as SVG, by these names."""
    shown, left = asdict(letter), dict(charts)
    drawings: dict[str, str] = {}
    for part in DRAWN:
        for line in shown[part]:
            line["chart"] = None
            if chart := left.pop((line["title"], line["network"]), None):
                line |= {"chart": f"{len(drawings)}.svg", "alt": chart.alt}
                drawings[line["chart"]] = FONT.sub(rf'\1{FAMILY}"', chart.svg)
    return shown, drawings


def _of_a_mail(content: Content, language: str) -> tuple[str, ...]:
    """What a letter says of answers to it."""
    say = words(language).say
    return (say("stop"), say("answer", manager=content.manager or ""))


def _of_posts(shown: dict[str, Any], posts: Mapping[str, Picture]) -> dict[str, str]:
    """The pictures of the posts that are shown, each with the name of its own, or None."""
    drawings: dict[str, str] = {}
    for post in (post for group in shown.get("done", {}).get("groups", ()) for post in group["posts"]):
        picture = posts.get(post["picture"])
        post["picture"] = f"post-{len(drawings)}.svg" if picture else None
        if picture:
            drawings[post["picture"]] = _embedded(picture.png, "jpeg", POST, POST)
    return drawings


def _embedded(picture: bytes, kind: str, width: int, height: int) -> str:
    """The picture within an SVG of this size, which it fills: Typst's binding takes files that are text."""
    size = f'width="{width}" height="{height}"'
    data = f"data:image/{kind};base64,{b64encode(picture).decode()}"
    image = f'<image {size} preserveAspectRatio="xMidYMid slice" href="{data}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{image}</svg>'


def _breakable(value: Any) -> Any:
    """The same data without characters that are not seen, such as those that turn the direction of a text; a long word
    may be broken.
    """
    match value:
        case str():
            seen = "".join(" " if category(each) == "Cc" else each for each in value if category(each) != "Cf")
            return re.sub(rf"\S{{{LONG},}}", lambda word: re.sub(rf"(.{{{PIECE}}})(?!$)", "\\1\u200b", word[0]), seen)
        case Mapping():
            return {name: inner if name == "link" else _breakable(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_breakable(inner) for inner in value]
    return value
