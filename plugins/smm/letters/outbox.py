"""The outbox: which letters are due, and their rows in marts.letter and marts.delivery."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from smm.letters.compose import compose
from smm.letters.content import Content, Kind
from smm.letters.message import message_id
from smm.letters.render import render
from smm.warehouse import Connection, copy, lock, run

OF_MONTH: tuple[Kind, ...] = ("missed", "monthly")  # a month has one of them
WAITING = ("draft", "due")  # nobody has been sent it


def due(
    warehouse: Connection, clients: Iterable[str] | None, as_of: datetime, month: date | None = None
) -> list[tuple[str, Kind, date]]:
    """(client, kind, month) of the letters that may be written at ``as_of`` (aware); ``clients`` None = all of them.

    Each is due for a few days only: a history loaded later writes no letters. A ``month`` that a person names is due
    whatever the date.
    """
    parameters = {"clients": None if clients is None else list(clients), "as_of": as_of, "month": month}
    return [(row["client"], row["kind"], row["month"]) for row in run(warehouse, "targets/due_letters.sql", parameters)]


def write(warehouse: Connection, client: str, month: date, as_of: datetime, domain: str, kind: Kind) -> str | None:
    """Put the letter of this kind about a client's month into the outbox, in the caller's transaction.

    Returns its id; None if there is nothing to say, nobody asks for it, or it was said already. While nobody has been
    sent it, a letter whose verdicts have changed is replaced by its next revision. ``domain`` is the sender's, for the
    Message-ID.
    """
    lock(warehouse, "letter", client)
    (about,) = warehouse.execute("select language, report from core.client where client = %s", [client]).fetchall()
    readers = _readers(about, kind)
    if not readers:
        return None
    content = compose(warehouse, client, month, kind, as_of)
    if not _is_new(warehouse, client, month, content) or content is None:
        return None
    (last,) = warehouse.execute(
        "select coalesce(max(revision), 0) as revision from marts.letter"
        " where client = %s and month = %s and kind = %s",
        [client, month, kind],
    ).fetchall()
    revision = last["revision"] + 1
    letter_id = f"{month:%Y-%m}-{kind}-{revision}"
    # in every reader's language now, so that what cannot be said fails here and stops no other client's letter
    rendered = {language: render(content, language) for language in {about["language"], *readers.values()}}
    warehouse.execute(
        """insert into marts.letter (
            client, letter_id, month, kind, revision, state, subject, message_id, content, created_at
        ) values (%s, %s, %s, %s, %s, 'due', %s, %s, %s, %s)""",
        [
            *(client, letter_id, month, kind, revision, rendered[about["language"]].subject),
            *(message_id(client, letter_id, domain), content.model_dump_json(), as_of),
        ],
    )
    copy(
        warehouse,
        "marts.delivery",
        ("client", "letter_id", "recipient", "language", "state"),
        ((client, letter_id, recipient, language, "due") for recipient, language in readers.items()),
    )
    return letter_id


def _readers(about: dict[str, Any], kind: Kind) -> dict[str, str]:
    """Address -> language; nobody if the client's file does not ask for such letters."""
    if kind not in about["report"]["letters"]:
        return {}
    return {address: own or about["language"] for address, own in about["report"]["to"]}


def _is_new(warehouse: Connection, client: str, month: date, content: Content | None) -> bool:
    """Whether this was not said yet. A letter that waits and says something else is taken back."""
    last = warehouse.execute(
        "select letter_id, state, content from marts.letter"
        " where client = %s and month = %s and kind = any(%s)"
        " order by state = 'expired', created_at desc, revision desc limit 1 for update",
        [client, month, list(OF_MONTH)],
    ).fetchone()
    if last is None:
        return True
    if last["state"] not in WAITING or (content and content.said() == Content.model_validate(last["content"]).said()):
        return False
    warehouse.execute(
        "update marts.letter set state = 'expired', reason = 'the verdicts have changed'"
        " where client = %s and letter_id = %s",
        [client, last["letter_id"]],
    )
    return True
