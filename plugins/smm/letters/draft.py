"""The manager's copy of a letter: marked as a draft, with until when it waits and how to answer."""

import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from smm import agency, board
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
    lines = [speech.say("draft.what", until=until), *carried, *_answers(delivery)]
    notice = "".join(f'<p style="margin:0;padding-top:6px">{escape(line)}</p>' for line in lines)
    return replace(
        rendered,
        subject=speech.say("draft.subject", subject=rendered.subject),
        html=BODY.sub(lambda found: f'{found[0]}<div style="{STYLE}">{notice}</div>', rendered.html, count=1),
        text="\n".join([*lines, "", rendered.text]),
    )


def _answers(delivery: Mapping[str, Any]) -> list[str]:
    say = words(delivery["language"]).say
    if airflow := agency.read().board:
        place = urlsplit(airflow)
        path = ("clients", delivery["client"], "letters", delivery["letter_id"])
        page = board.link(*path, below=place.path.rstrip("/"))
        return [say("draft.board", board=f"{place.scheme}://{place.netloc}{page}")]
    name = f"{delivery['client']} {delivery['letter_id']}"
    return [
        say("draft.command"),
        f"python -m smm letter release {name}",
        f"python -m smm letter hold {name}",
        f'python -m smm letter comment {name} --text "..." --next "..."',
    ]
