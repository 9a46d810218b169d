"""The link to the reader's own page at the end of his mail: made when the mail is handed over, never before.

So no stored letter, draft, preview or rehearsal has one, and the board cannot show it. The warehouse keeps its SHA-256.
A mail that is handed over again has a new link, and both work. `smm.pages` says what a link opens.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from html import escape
from typing import Any

from smm import links
from smm.files import agency as agencies
from smm.letters.post import Answer
from smm.letters.render import Rendered
from smm.letters.words import words
from smm.warehouse import Connection, run

BYTES = 20  # 160 random bits; in hexadecimal, so that no mail program breaks or cuts the link
TOKEN = re.compile(r"[0-9a-f]{40}")

# like the sections of frame.mjml, whose dark colours are given to these classes
STYLE = (
    "max-width:600px;margin:0 auto;padding:0 20px 28px;background:#ffffff;color:#1f2937;word-break:break-word;"
    "font:16px/1.45 -apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
)


@dataclass(frozen=True)
class PageLink:
    """A link that works, and the last day on which it does."""

    token: str
    place: str  # the address before the token
    last_day: date

    def __repr__(self) -> str:
        return f"PageLink(until {self.last_day})"

    @property
    def address(self) -> str:
        return f"{self.place}{self.token}/"

    def added_to(self, letter: Rendered, language: str) -> Rendered:
        """The letter with the link below it."""
        speech = words(language)
        only = speech.say("page.only", day=speech.long_day(self.last_day))
        anchor = f'<a href="{escape(self.address)}" style="color:inherit">{escape(speech.say("page.link"))}</a>'
        note = f'<p class="grey" style="margin:0;color:#586271;font-size:13px">{escape(only)}</p>'
        head, end, tail = letter.html.rpartition("</body>")
        return replace(
            letter,
            html=f'{head}<div class="sheet" style="{STYLE}"><p style="margin:0">{anchor}</p>{note}</div>{end}{tail}',
            text=f"{letter.text}\n{speech.say('page.link')}:\n{self.address}\n{only}\n",
        )

    def kept_out_of(self, answer: Answer) -> Answer:
        """The mail server's answer without the link: some servers quote the link for which they refuse a mail."""
        text = answer.text and re.sub(re.escape(self.token), "***", answer.text, flags=re.IGNORECASE)
        return replace(answer, text=text)


def make(warehouse: Connection, delivery: Mapping[str, Any]) -> PageLink | None:
    """A link for the mail of this row of pending_deliveries.sql; None if its reader is to have no page.

    It is noted in the caller's transaction. Raises Mistakes if the agency's file has any.
    """
    agency = agencies.read()
    if agency.board is None or agency.page_days is None or delivery["is_draft"]:
        return None
    token = secrets.token_hex(BYTES)
    noted = run(
        warehouse,
        "letters/add_page_link.sql",
        {
            **{name: delivery[name] for name in ("client", "letter_id", "recipient")},
            "token_hash": hashed(token),
            "days": agency.page_days,
        },
    )
    return PageLink(token, f"{agency.board.rstrip('/')}{links.PAGES}/", noted[0]["last_day"]) if noted else None


def hashed(token: str) -> str:
    """What the warehouse keeps of a link. No salt and no slow hash: nobody guesses 160 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def listed(warehouse: Connection, client: str, now: datetime) -> list[dict[str, Any]]:
    """The rows of page_links.sql: which readers of the client have a link that works, or have opened their page."""
    return run(warehouse, "letters/page_links.sql", {"client": client, "now": now})


def line(row: Mapping[str, Any]) -> str:
    """A row of page_links.sql for an operator; moments are in UTC."""
    works = f"{row['links']}, until {_moment(row['expires_at'])}" if row["links"] else "none"
    opened = f"{row['openings']}, the last at {_moment(row['opened_at'])}" if row["openings"] else "none"
    return f"{row['recipient']}: links that work: {works}; openings: {opened}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def revoke(warehouse: Connection, client: str, recipient: str | None, at: datetime, by: str) -> dict[str, int]:
    """End the working links of this reader of the client, or of all its readers; how many, by reader.

    The next letter to them has a new link. ``by`` is who asks for it, as the system calls him.
    """
    asked = {"client": client, "recipient": recipient, "at": at, "by": by}
    revoked = run(warehouse, "letters/revoke_page_links.sql", asked)
    warehouse.commit()
    return {row["recipient"]: row["links"] for row in revoked}
