"""The manager's copy of a letter: marked as a draft, with until when it waits and how to answer."""

import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from smm import links
from smm.files import agency
from smm.letters.render import Rendered
from smm.letters.words import words

BODY = re.compile(r"<body\b[^>]*>")
STYLE = (
    "max-width:600px;margin:0 auto;padding:8px 20px 14px;background:#fff3c4;color:#1f2937;"
    "font:15px/1.45 Arial,sans-serif;word-break:break-word"
)


def marked(rendered: Rendered, delivery: Mapping[str, Any], time_zone: str) -> Rendered:
    """The same letter with the notice above; ``delivery`` is a row of pending_deliveries.sql."""
    speech = words(delivery["language"])
    until = f"{speech.moment(delivery['due_at'].astimezone(ZoneInfo(time_zone)))} ({time_zone})"
    is_carried = delivery["replaces"] and (delivery["comment"] or delivery["next_steps"])
    carried = [speech.say("draft.carried", letter=delivery["replaces"])] if is_carried else []
    page = _page(delivery)
    answers = [speech.say("draft.board", board=page)] if page else _commands(delivery)
    lines = [speech.say("draft.what", until=until), *carried, *answers]
    notice = "".join(f'<p style="margin:0;padding-top:6px">{_linked(line, page)}</p>' for line in lines)
    return replace(
        rendered,
        subject=speech.say("draft.subject", subject=rendered.subject),
        html=BODY.sub(lambda found: f'{found[0]}<div style="{STYLE}">{notice}</div>', rendered.html, count=1),
        text="\n".join([*lines, "", rendered.text]),
    )


def _page(delivery: Mapping[str, Any]) -> str:
    """The letter's page on the board; empty if the agency names none."""
    airflow = agency.read().board
    if not airflow:
        return ""
    place = urlsplit(airflow)
    path = ("clients", delivery["client"], "letters", delivery["letter_id"])
    return f"{place.scheme}://{place.netloc}{links.link(*path, below=place.path.rstrip('/'))}"


def _linked(line: str, page: str) -> str:
    """The line as HTML, with the page's address as a link."""
    told = escape(line)
    if not page:
        return told
    address = escape(page)
    return told.replace(address, f'<a href="{address}" style="color:#1f2937">{address}</a>')


def _commands(delivery: Mapping[str, Any]) -> list[str]:
    name = f"{delivery['client']} {delivery['letter_id']}"
    return [
        words(delivery["language"]).say("draft.command"),
        f"python -m smm letter release {name}",
        f"python -m smm letter hold {name}",
        f'python -m smm letter comment {name} --text "..." --next "..."',
    ]
