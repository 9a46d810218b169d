"""The manager's words, in the languages of the readers: who reads which, and who would not understand them.

They are the columns ``comment`` and ``next_steps`` of marts.letter and, before a letter is written, core.coming_words.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from psycopg.types.json import Jsonb

from smm.files import languages

Texts = Mapping[str, str]
"""Language -> text. No text is blank."""

Given = str | Texts | None
"""New words: a text alone is in the client's language; None leaves what stands, a blank text takes it out."""

PARTS = {"comment": ("there is no comment", "the one"), "next_steps": ("there are no next steps", "those")}


class Overtaken(ValueError):
    """Somebody else has put other words into the letter since they were read."""


def mark(words: Mapping[str, Any]) -> str:
    """Of the words in a letter: who acts on them says by it which ones were read."""
    given = json.dumps([words[part] for part in PARTS], sort_keys=True)
    return hashlib.sha256(given.encode()).hexdigest()[:16]


def said(stands: Mapping[str, Any], comment: Given, next_steps: Given, own: str, seen: str = "") -> dict[str, Texts]:
    """The ``comment`` and ``next_steps`` that stand then; ``own`` is the client's language.

    ``seen`` is the ``mark`` of what they are put in place of, "" = whatever stands. Raises Overtaken.
    """
    given = dict(zip(PARTS, (comment, next_steps), strict=True))
    words: dict[str, Texts] = {part: merged(stands[part], given[part], own) for part in PARTS}
    if seen not in ("", mark(stands)) and mark(words) != mark(stands):
        raise Overtaken
    return words


def merged(stands: Texts, given: Given, own: str) -> dict[str, str]:
    """What stands then; ``own`` is the client's language."""
    new = {own: given} if isinstance(given, str) else given or {}
    return {language: text for language, text in {**stands, **new}.items() if text.strip()}


def spoken(texts: Texts, language: str, own: str) -> str:
    """In which language a reader of ``language`` gets them; "" = there are none.

    In his own, else in the client's (``own``), else in the first by its code that there is.
    """
    return next((each for each in (language, own, *sorted(texts)) if texts.get(each)), "")


def heard(texts: Texts, language: str, own: str) -> str:
    """What a reader of ``language`` gets of them; "" = there are none."""
    return texts.get(spoken(texts, language, own), "")


def asked(readers: Iterable[str], own: str, *said: Texts) -> list[str]:
    """The languages in which words are asked for: the client's first, which the manager reads, then the readers'.

    Also those in which something is said that nobody reads any more.
    """
    others = {*readers}.union(*said)
    return [*([own] if own in others or not others else []), *sorted(others - {own})]


def stored(words: Mapping[str, Any]) -> dict[str, Jsonb]:
    """Both columns, as Postgres takes them."""
    return {part: Jsonb(dict(words[part])) for part in PARTS}


def unheard(words: Mapping[str, Texts], readers: Iterable[tuple[str, str]], own: str) -> list[str]:
    """A sentence for each language in which readers would get the comment, or the next steps, in another one.

    ``words`` has ``comment`` and ``next_steps``, ``readers`` are (address, language).
    """
    addresses: dict[str, list[str]] = {}
    for address, language in readers:
        addresses.setdefault(language, []).append(address)
    found = []
    for part, (missing, instead) in PARTS.items():
        for language, who in sorted(addresses.items()):
            if words[part] and language not in words[part]:
                theirs, shown = languages.title(language), languages.title(spoken(words[part], language, own))
                read = "reads" if len(who) == 1 else "read"
                found.append(
                    f"{', '.join(who)} {read} {theirs}, and {missing} in {theirs}:"
                    f" the letter shows {instead} in {shown}."
                )
    return found
