"""A letter that waited for a person: whether it still holds, and the one that takes its place if it does not."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from smm.letters import looks, outbox, trouble
from smm.letters.compose import compose, monday_before
from smm.letters.content import WARNINGS, Content, ForeignNumberError
from smm.warehouse import Connection


def outdated(warehouse: Connection, letter: dict[str, Any], at: datetime) -> bool:
    """Whether it would tell its readers what is not so any more; ``letter`` is a row of marts.letter.

    What a reader has, or may have, the others get as it is.
    """
    if letter["kind"] == trouble.KIND or _has_gone(warehouse, letter):
        return False
    if letter["kind"] == "weekly":
        (about,) = _rows(warehouse, "select time_zone from core.client where client = %s", letter["client"])
        return bool(
            letter["content"]["week"] != monday_before(at.astimezone(ZoneInfo(about["time_zone"])).date()).isoformat()
        )
    if letter["kind"] in WARNINGS:
        outbox.take_back_warnings(warehouse, [letter["client"]])
        (now,) = _rows(
            warehouse,
            "select state from marts.letter where client = %s and letter_id = %s",
            *(letter["client"], letter["letter_id"]),
        )
        return bool(now["state"] == "taken_back")
    content = compose(warehouse, letter["client"], letter["month"], _kind(warehouse, letter, at), at)
    return content is None or content.said() != _said(letter)


def replace(warehouse: Connection, letter: dict[str, Any], at: datetime) -> str | None:
    """Take the letter back and write the one that holds now, in the caller's transaction; None if there is none.

    Of the posts it shows what the letter before it did: whoever decides here does not wait for a network.
    """
    outbox.take_back(warehouse, letter["client"], letter["letter_id"])
    if letter["kind"] not in (*outbox.OF_MONTH, "correction"):
        return None  # those are written on their days only
    domain = letter["message_id"].strip("<>").rpartition("@")[2]
    kind = _kind(warehouse, letter, at)
    older = _content(letter)
    look = looks.as_in(older) if older else looks.unseen
    return outbox.write(warehouse, letter["client"], letter["month"], at, domain, kind, look)


def _kind(warehouse: Connection, letter: dict[str, Any], at: datetime) -> Any:
    """Which of the kinds like its own the month has now."""
    due = outbox.due(warehouse, [letter["client"]], at, letter["month"])
    return next((kind for _, kind, _ in due if kind in outbox.alike(letter["kind"])), letter["kind"])


def _said(letter: dict[str, Any]) -> frozenset[tuple[str, str, str]] | None:
    content = _content(letter)
    return content.said() if content else None


def _content(letter: dict[str, Any]) -> Content | None:
    try:
        return Content.model_validate(letter["content"])
    except (ValidationError, ForeignNumberError):  # held for this: another one is the only cure
        return None


def _has_gone(warehouse: Connection, letter: dict[str, Any]) -> bool:
    """Whether a reader has it, or may have it."""
    query = (
        "select from marts.delivery where client = %s and letter_id = %s and not is_draft"
        " and (state in ('sending', 'sent') or in_doubt)"
    )
    return bool(_rows(warehouse, query, letter["client"], letter["letter_id"]))


def _rows(warehouse: Connection, query: str, *given: str) -> list[dict[str, Any]]:
    return warehouse.execute(query.encode(), given).fetchall()
