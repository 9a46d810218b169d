"""Typst: PDFs of the templates in include/letters, made without a browser, a network or the machine's fonts.

What a template shows is given to it as data, never as mark-up. The same data give the same bytes everywhere.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from unicodedata import category, normalize

from smm.files.unchanged import while_unchanged
from smm.project import INCLUDE

if TYPE_CHECKING:
    from typst import Fonts

MAIN = INCLUDE / "letters" / "letter.typ"
PARTS = [INCLUDE / "letters" / name for name in ("parts.typ", "done.typ")]  # what it imports
FONTS = INCLUDE / "letters" / "fonts"
FAMILY = "PT Sans"
PICTORIAL = ("So", "Sk", "Mn", "Me")  # categories of the characters that emoji are made of
JOINED = ("Mn", "Me", "Cf")  # of those that are one sign with the character before them


class NoFontError(ValueError):
    """No font has the letters of a language."""


def typeset(drawings: Mapping[str, str], given: Any, speech: Any, moment: int) -> bytes:
    """The PDF of letter.typ; ``given`` and ``speech``, the language's words, are what it reads as data.

    ``drawings`` are SVG, by the names that ``given`` calls them; ``moment`` is when it was made, in seconds since 1970.
    Of ``given``, emoji that no font has are left out, and letters become question marks. Raises NoFontError if a font
    is missing for ``speech``, typst.TypstError if a template is broken.
    """
    from typst import TypstError  # 35 MB, so not at the top

    try:
        return _compiled({**_templates(), **drawings}, {"given": given, "words": speech}, moment)
    except TypstError:  # perhaps of a character that no font has: PDF/UA-1 lets none pass
        if lacking := sorted({sign for text in texts(speech) for sign in text if not _has_font(sign)}):
            raise NoFontError(f"its PDF needs a font that has {lacking[0]!r}: put one into {FONTS}") from None
        legible = {name: _legible(drawing) for name, drawing in drawings.items()}
        return _compiled(_templates() | legible, {"given": _legible(given), "words": speech}, moment)


def texts(value: Any) -> Iterator[str]:
    """All texts in the data, in their order; the names of entries are none."""
    match value:
        case str():
            yield value
        case Mapping():
            yield from texts(list(value.values()))
        case list() | tuple():
            for inner in value:
                yield from texts(inner)


@while_unchanged(lambda: [MAIN, *PARTS])
def _templates() -> dict[str, str]:
    return {"main.typ": MAIN.read_text("utf-8")} | {path.name: path.read_text("utf-8") for path in PARTS}


def _compiled(files: Mapping[str, str], inputs: Mapping[str, Any], moment: int) -> bytes:
    given = {name: json.dumps(data) for name, data in inputs.items()}
    return _made(tuple(files.items()), tuple(given.items()), moment)


@lru_cache(maxsize=4)  # the readers of a letter get the same PDF
def _made(files: tuple[tuple[str, str], ...], inputs: tuple[tuple[str, str], ...], moment: int) -> bytes:
    import typst

    sources: Any = {name: text.encode() for name, text in files}  # Typst's types know no files by their names
    return typst.compile(
        sources,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=dict(inputs),
        pdf_standards="ua-1",
        timestamp=moment,
    )


@cache
def _fonts() -> "Fonts":
    from typst import Fonts

    return Fonts(include_system_fonts=False, font_paths=[FONTS])


def _legible(value: Any) -> Any:
    """The same data with characters alone that some font has."""
    match value:
        case str():
            return "".join(each if _has_font(each) else _instead(each) for each in _alone(value))
        case Mapping():
            return {name: _legible(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_legible(inner) for inner in value]
    return value


def _alone(text: str) -> str:
    """Without what would be one sign with the character before it, such as the key around a digit: a font may have
    each of the two, and not both together. Letters with accents stay, as one character each.
    """
    return "".join(each for each in normalize("NFC", text) if category(each) not in JOINED)


def _instead(sign: str) -> str:
    return "" if category(sign) in PICTORIAL else "\N{REPLACEMENT CHARACTER}"


@lru_cache(maxsize=4096)
def _has_font(sign: str) -> bool:
    from typst import TypstError

    if sign.isascii() or sign.isspace() or category(sign) == "Cf":
        return True
    try:
        _compiled({"main.typ": '#set document(title: "-")\n#json(bytes(sys.inputs.sign))'}, {"sign": sign}, 0)
    except TypstError:
        return False
    return True
