"""The glossary: what each verdict, reason, note and kind of number means, in the words of the letters."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from babel import Locale
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import AfterValidator

from smm.board.page import render
from smm.board.target import SHAPES
from smm.files import languages
from smm.letters.words import Words, words

router = APIRouter(include_in_schema=False)

DOUBTS = ("base_not_proven", "incomplete", "derived", "late", "flagged", "within_restatement")  # of a known number
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True)
class Entry:
    """A word with its meaning; ``place`` is what addresses end with: /glossary#reason-no_access."""

    place: str
    word: str
    meaning: str
    shape: str = ""


@router.get("/glossary")
def page(
    request: Request, language: Annotated[str, AfterValidator(languages.is_one)] = languages.ENGLISH
) -> HTMLResponse:
    """Files only, no query."""
    speech = words(language)
    return render(
        request,
        "glossary.html",
        language=language,
        languages={name: Locale.parse(name).get_display_name(name) for name in languages.known()},
        say=lambda name: speech.say(f"glossary.{name}"),
        sections={
            "verdict": list(verdicts(speech)),
            "reason": list(reasons(speech)),
            "mark": list(marks(speech)),
            "kind": list(_own(speech, "kind")),
            "grain": list(_own(speech, "grain")),
        },
    )


def verdicts(speech: Words) -> Iterator[Entry]:
    for name, shape in SHAPES.items():
        meaning = speech.say(f"glossary.verdicts.{name}")
        yield Entry(f"verdict-{name}", speech.say(f"verdicts.{name}"), meaning, shape)


def reasons(speech: Words) -> Iterator[Entry]:
    """Each within the sentence in which letters have it."""
    for name in speech.entries["reasons"]:
        word = reason = speech.say(f"reasons.{name}")
        if name != "no_forecast":
            state = "not_proven" if name in DOUBTS else "no_value"
            word = speech.say(f"states.{state}", value=ELLIPSIS, reason=reason)
        yield Entry(f"reason-{name}", word, speech.say(f"glossary.reasons.{name}"))


def marks(speech: Words) -> Iterator[Entry]:
    """Those that have a reason of the same name mean the same."""
    days = speech.count("marks.days", 30, n="12", days="30")
    yield Entry("mark-days", days, speech.say("glossary.marks.days"))
    for name in ("derived", "late", "flagged"):
        yield Entry(f"mark-{name}", speech.say(f"marks.{name}"), speech.say(f"glossary.reasons.{name}"))
    yield Entry("mark-open", speech.say("chart.open", number=ELLIPSIS), speech.say("glossary.marks.open"))


def _own(speech: Words, what: str) -> Iterator[Entry]:
    """Kinds and periods, whose words stand beside their meanings."""
    for name, entry in speech.entries["glossary"][f"{what}s"].items():
        yield Entry(f"{what}-{name}", entry["word"], entry["meaning"])
