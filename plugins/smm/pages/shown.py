"""What a reader sees: his letters, and the targets and charts of the newest one about a month. Nothing else is read."""

import logging
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from smm.files import agency as agencies
from smm.files import languages
from smm.files.agency import Agency
from smm.letters import charts
from smm.letters.content import Content, ForeignNumberError
from smm.letters.delivery import rendered
from smm.letters.lines import Line, Teller
from smm.letters.openings import opening
from smm.letters.phrases import Phrases, phrase
from smm.letters.preview import for_browser
from smm.letters.words import words
from smm.pages.holder import Holder
from smm.warehouse import Connection, run

log = logging.getLogger(__name__)

Row = dict[str, Any]  # of pages/letters.sql

MOST = 100  # letters on a page
MOST_CHARTS = 8
OF_MONTH = ("missed", "monthly", "correction")


@dataclass(frozen=True)
class Chart:
    source: str  # the picture itself, as an address
    alt: str


@dataclass(frozen=True)
class Target:
    line: Line
    verdict: str
    chart: Chart | None


@dataclass(frozen=True)
class Newest:
    """The newest letter about a month, or its correction."""

    letter: Phrases
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Listed:
    letter_id: str | None  # None: it cannot be shown
    subject: str
    sent: str


def letters(warehouse: Connection, holder: Holder, letter_id: str | None = None) -> list[Row]:
    """What the reader was sent, newest first; with ``letter_id`` that letter alone, or nothing."""
    asked = {"client": holder.client.id, "recipient": holder.recipient, "letter_id": letter_id, "most": MOST}
    return run(warehouse, "pages/letters.sql", asked)


def note(warehouse: Connection, holder: Holder, letter_id: str | None) -> None:
    """That the page, or one letter on it, was opened."""
    opened = [holder.client.id, holder.recipient, letter_id]
    warehouse.execute("insert into access.page_opening (client, recipient, letter_id) values (%s, %s, %s)", opened)


def page(holder: Holder, rows: Sequence[Row]) -> dict[str, Any]:
    """What include/pages/page.html shows."""
    speech, agency = words(holder.language), agencies.read()
    contents = {row["letter_id"]: _content(holder, row) for row in rows}
    rows = sorted(rows, key=lambda row: (row["month"], row["sent_at"]), reverse=True)
    of_month = [found for row in rows if row["kind"] in OF_MONTH and (found := contents[row["letter_id"]])]
    listed = [(row["month"], _listed(holder, row, contents[row["letter_id"]])) for row in rows]
    return {
        "holder": holder,
        "name": holder.client.file.name,
        "words": speech.entries,
        "agency": agency,
        "logo": agency.logo and _picture(agency.logo.png),
        "newest": _newest(of_month[0], holder.language, agency) if of_month else None,
        "months": [
            (speech.month(month), [letter for _, letter in found])
            for month, found in groupby(listed, lambda each: each[0])
        ],
        "until": speech.say("page.until", day=speech.long_day(holder.last_day)),
    }


def letter(holder: Holder, row: Row) -> str | None:
    """One letter as it was sent, as a page for browsers; None if it cannot be read. Raises what rendering raises."""
    if row["language"] not in languages.known() or _content(holder, row) is None:
        return None
    sent, _ = rendered({**row, "manager": holder.client.file.report.manager, "is_draft": False})
    return for_browser(sent)


def _content(holder: Holder, row: Row) -> Content | None:
    """None: another version wrote it, or it is about somebody else."""
    try:
        content: Content = Content.model_validate(row["content"])
    except (ValidationError, ForeignNumberError) as error:
        log.error("%s of %s cannot be shown: %s", row["letter_id"], holder.client.id, type(error).__name__)  # noqa: TRY400
        return None
    if content.client != holder.client.id:
        log.error("%s of %s cannot be shown: it is about another client", row["letter_id"], holder.client.id)
        return None
    return content


def _listed(holder: Holder, row: Row, content: Content | None) -> Listed:
    speech = words(holder.language)
    sent = speech.say("page.sent", day=speech.long_day(row["sent_at"].astimezone(holder.client.zone).date()))
    if content is None or row["language"] not in languages.known():
        return Listed(None, speech.say("page.unreadable"), sent)
    subject = opening(content, Teller(words(row["language"]), content.currency, content.month)).subject
    return Listed(row["letter_id"], subject, sent)


def _newest(content: Content, language: str, agency: Agency) -> Newest:
    teller = Teller(words(language), content.currency, content.month)
    drawn = [target for target in content.targets if charts.is_worth_drawing(target)][:MOST_CHARTS]
    targets = []
    for target in content.targets:
        chart = charts.picture(target, content.events, teller, agency) if target in drawn else None
        verdict = teller.words.say(f"verdicts.{target.verdict}")
        shown = Chart(_picture(chart.png), chart.alt) if chart else None
        targets.append(Target(teller.line(target), verdict, shown))
    return Newest(phrase(content, language), tuple(targets))


def _picture(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}"
