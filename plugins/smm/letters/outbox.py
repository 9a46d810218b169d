"""The outbox: which letters are due, and their rows in marts.letter and marts.delivery."""

from collections.abc import Iterable
from datetime import date, datetime

from smm.letters.content import Content, Kind, compose
from smm.letters.message import message_id
from smm.letters.render import render
from smm.warehouse import Connection, copy, lock, run


def due(warehouse: Connection, clients: Iterable[str] | None, as_of: datetime) -> list[tuple[str, date]]:
    """(client, month) of which a letter may be written at ``as_of`` (aware); ``clients`` None = all of them.

    The month is the last one of the client's zone, from the 4th at the client's hour on, for 7 days: a history loaded
    later writes no letters. A person who names a month need not ask.
    """
    parameters = {"clients": None if clients is None else list(clients), "as_of": as_of}
    return [(row["client"], row["month"]) for row in run(warehouse, "targets/due_letters.sql", parameters)]


def write(
    warehouse: Connection, client: str, month: date, as_of: datetime, domain: str, kind: Kind = "missed"
) -> str | None:
    """Put the letter about a client's month into the outbox, in the caller's transaction.

    Returns its id; None if there is nothing to say, the client's file does not ask for it, or it was said already.
    While nobody has been sent it, a letter whose verdicts have changed is replaced by its next revision; afterwards
    there is no second one of its kind. ``domain`` is the sender's, for the Message-ID.
    """
    lock(warehouse, "letter", client)
    (about,) = warehouse.execute("select language, report from core.client where client = %s", [client]).fetchall()
    if kind not in about["report"]["letters"]:
        return None
    content = compose(warehouse, client, month, kind, as_of)
    last = warehouse.execute(
        "select letter_id, revision, state, content from marts.letter"
        " where client = %s and month = %s and kind = %s order by revision desc limit 1 for update",
        [client, month, kind],
    ).fetchone()
    if last:
        if last["state"] != "due" or (content and content.said() == Content.model_validate(last["content"]).said()):
            return None
        warehouse.execute(
            "update marts.letter set state = 'expired', reason = 'the verdicts have changed'"
            " where client = %s and letter_id = %s",
            [client, last["letter_id"]],
        )
    if content is None:
        return None
    revision = last["revision"] + 1 if last else 1
    letter_id = f"{month:%Y-%m}-{kind}-{revision}"
    readers = {address: own or about["language"] for address, own in about["report"]["to"]}
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
