"""The outbox: which letters are due, and their rows in marts.letter and marts.delivery."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from smm.letters import coming, render
from smm.letters.compose import compose
from smm.letters.content import WARNINGS, Content, Kind
from smm.letters.looks import Look, unseen
from smm.letters.message import message_id
from smm.letters.said import PARTS, stored
from smm.warehouse import Connection, copy, lock, run

OF_MONTH: tuple[Kind, ...] = ("missed", "monthly")  # a month has one of them
WAITING = ("draft", "due")  # nobody has been sent it


@dataclass(frozen=True)
class Readers:
    """Whom a letter is for, address -> language, and the Message-IDs that it continues, oldest first."""

    audience: Literal["readers", "manager"]
    languages: dict[str, str]
    thread: list[str] = field(default_factory=list)


def due(
    warehouse: Connection, clients: Iterable[str] | None, as_of: datetime, month: date | None = None
) -> list[tuple[str, Kind, date]]:
    """(client, kind, month) of the letters that may be written at ``as_of`` (aware); ``clients`` None = all of them.

    Each is due for a few days only: a history loaded later writes no letters. Of a ``month`` that a person names, its
    letter and the correction of it are due whatever the date, and nothing else.
    """
    parameters = {"clients": None if clients is None else list(clients), "as_of": as_of, "month": month}
    return [(row["client"], row["kind"], row["month"]) for row in run(warehouse, "letters/due_letters.sql", parameters)]


def write(
    warehouse: Connection,
    client: str,
    month: date,
    as_of: datetime,
    domain: str,
    kind: Kind,
    look: Look = unseen,
) -> str | None:
    """Put the letter of this kind about a client's month into the outbox, in the caller's transaction.

    Returns its id; None if there is nothing to say, it is for nobody, or it was said already. While nobody has been
    sent it, a month's letter or a correction whose verdicts have changed is replaced by its next revision, which keeps
    the manager's words; so does a month's letter those that she wrote before it. ``domain`` is the sender's, for the
    Message-ID; ``look`` adds how the letter's posts look.
    """
    lock(warehouse, "letter", client)
    (about,) = warehouse.execute("select language, report from core.client where client = %s", [client]).fetchall()
    readers = _readers(warehouse, client, month, about, kind)
    if not readers.languages:
        return None
    content = compose(warehouse, client, month, kind, as_of)
    if not _make_way(warehouse, client, month, kind, content) or content is None:
        return None
    (last,) = warehouse.execute(
        "select coalesce(max(revision), 0) as revision, count(*) filter (where content ->> 'week' = %s) as weekly"
        " from marts.letter where client = %s and month = %s and kind = %s",
        [content.week and content.week.isoformat(), client, content.month, kind],
    ).fetchall()
    if last["weekly"]:
        return None
    content = look(content)
    revision = last["revision"] + 1
    before = _taken_back(warehouse, client, content.month, kind)
    said = _said(warehouse, client, content.month, kind, before)
    letter_id = f"{content.month:%Y-%m}-{kind}-{revision}"
    if content.week:
        letter_id = f"{content.week:%G-W%V}-weekly-1"
    subject = render.subject(content, about["language"])  # what cannot be said fails here, and stops nobody else's
    warehouse.execute(
        """insert into marts.letter (
            client, letter_id, month, kind, revision, state, subject, message_id, thread, audience, content, created_at,
            replaces, comment, next_steps
        ) values (%s, %s, %s, %s, %s, 'due', %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        [
            *(client, letter_id, content.month, kind, revision, subject),
            *(message_id(client, letter_id, domain), readers.thread, readers.audience),
            *(content.model_dump_json(), as_of, before.get("letter_id")),
            *said.values(),
        ],
    )
    copy(
        warehouse,
        "marts.delivery",
        ("client", "letter_id", "recipient", "language", "state"),
        ((client, letter_id, recipient, language, "due") for recipient, language in readers.languages.items()),
    )
    return letter_id


def _readers(warehouse: Connection, client: str, month: date, about: dict[str, Any], kind: Kind) -> Readers:
    """Nobody if the client's file does not ask for such letters."""
    report = about["report"]
    named = {address: own or about["language"] for address, own in report["to"]}
    if kind == "correction":
        return _readers_again(warehouse, client, month, named)
    if kind in report["letters"]:
        return Readers("readers", named)
    if kind in WARNINGS and report["manager"]:
        return Readers("manager", {report["manager"]: about["language"]})
    return Readers("readers", {})


def _readers_again(warehouse: Connection, client: str, month: date, named: dict[str, str]) -> Readers:
    """Of a correction: those whom a letter of the month has reached, if they are still named, and new ones."""
    told = run(warehouse, "letters/letters_told.sql", {"client": client, "month": month})
    if not told:
        return Readers("readers", {})
    deliveries = warehouse.execute(
        "select recipient from marts.delivery where client = %s and letter_id = any(%s) and not is_draft"
        " group by recipient having not bool_or(state = 'sent')",
        [client, [letter["letter_id"] for letter in told]],
    )
    unreached = {row["recipient"] for row in deliveries}
    languages = {address: language for address, language in named.items() if address not in unreached}
    return Readers("readers", languages, [letter["message_id"] for letter in told])


def alike(kind: Kind) -> list[Kind]:
    """The kinds of which a month has one letter at a time."""
    return list(OF_MONTH) if kind in OF_MONTH else [kind]


def take_back(warehouse: Connection, client: str, letter_id: str) -> None:
    """The letter is as if it had never been written; nobody has been sent it."""
    warehouse.execute(
        "update marts.letter set state = 'taken_back', reason = 'the verdicts have changed'"
        " where client = %s and letter_id = %s",
        [client, letter_id],
    )


def take_back_warnings(warehouse: Connection, clients: Iterable[str] | None) -> None:
    """Those about the running month that are no longer true; ``clients`` None = everybody's."""
    run(warehouse, "letters/take_back_warnings.sql", {"clients": None if clients is None else list(clients)})


def _taken_back(warehouse: Connection, client: str, month: date, kind: Kind) -> dict[str, Any]:
    """The letter in whose place one of this kind stands: the newest before it, if that was taken back. Else empty."""
    last = warehouse.execute(
        "select letter_id, comment, next_steps, state from marts.letter"
        " where client = %s and month = %s and kind = any(%s) order by created_at desc, revision desc limit 1",
        [client, month, alike(kind)],
    ).fetchone()
    return last if last and last["state"] == "taken_back" else {}


def _said(warehouse: Connection, client: str, month: date, kind: Kind, before: dict[str, Any]) -> dict[str, Any]:
    """The manager's words: those of the letter that was taken back, and those that she wrote for a month's letter."""
    ahead = coming.taken(warehouse, client, month) if kind in OF_MONTH else {}
    return stored({part: {**before.get(part, {}), **ahead.get(part, {})} for part in PARTS})


def _make_way(warehouse: Connection, client: str, month: date, kind: Kind, content: Content | None) -> bool:
    """Take back a letter of the month that waits and says something else; False if there is nothing new to say.

    So is a correction that is held: released later, it would correct what holds.
    """
    if kind not in (*OF_MONTH, "correction"):
        return True
    last = warehouse.execute(
        "select letter_id, state, content from marts.letter"
        " where client = %s and month = %s and kind = any(%s) and state != 'taken_back'"
        " order by state = 'expired', created_at desc, revision desc limit 1 for update",
        [client, month, alike(kind)],
    ).fetchone()
    if last is None:
        return True
    is_waiting = last["state"] in WAITING or (kind == "correction" and last["state"] == "held")
    if not is_waiting and (kind in OF_MONTH or last["state"] == "sending"):
        return False
    if content and content.said() == Content.model_validate(last["content"]).said():
        return False
    if is_waiting:
        take_back(warehouse, client, last["letter_id"])
    return True
