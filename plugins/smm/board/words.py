"""The manager's words on the board: a field for each language that readers read, and what a form sends of them."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError

from smm.files import languages
from smm.letters.said import PARTS

LONGEST = 2000  # characters of a comment, and of the next steps
SENT = 2 * LONGEST  # browsers send each line break as two characters


@dataclass(frozen=True)
class Written:
    """Language -> text, as the form has it; what it has no field for stays as it stands."""

    comment: dict[str, str] = field(default_factory=dict)
    next_steps: dict[str, str] = field(default_factory=dict)


async def _written(request: Request) -> Written:
    """The fields ``comment_en``, ``next_steps_en`` and so on: both parts in one language at least."""
    form = await request.form()
    found: dict[str, dict[str, str]] = {part: {} for part in PARTS}
    for part in PARTS:
        for language in languages.known():
            text = form.get(f"{part}_{language}")
            if isinstance(text, str):
                found[part][language] = _plain(text, f"{part}_{language}")
    if missing := [part for part, texts in found.items() if not texts]:
        raise RequestValidationError([_mistake(part, "missing", "") for part in missing])
    return Written(**found)


Form = Annotated[Written, Depends(_written)]


def _plain(text: str, name: str) -> str:
    """With line breaks as everywhere but in forms, and without NULs, which no text of Postgres's may have."""
    if len(text) > SENT:
        raise RequestValidationError([_mistake(name, "too_long", f"must have at most {LONGEST} characters")])
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _mistake(name: str, kind: str, said: str) -> dict[str, Any]:
    return {"loc": ("body", name), "type": kind, "msg": said}
