"""The manager's approval: a letter waits as a draft for her word, and goes out as it is if there is none.

What is held stays held until it is released. Each decision is one transaction, and may be said twice. ``by`` is who
says it: Airflow's user, or the system's on the command line.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from smm.files.languages import ENGLISH
from smm.letters import renewal
from smm.letters.message import message_id
from smm.letters.said import Given, Overtaken, mark, said, stored, unheard
from smm.warehouse import Connection, lock, run

OPEN = ("draft", "due", "held")  # in which the manager may still change it
HELD = "held by the manager"
OF_MONTH = ("missed", "monthly", "correction")
NEWS, NEWS_OF_MONTH = timedelta(days=7), timedelta(days=31)  # for so long a letter may be sent to whom it was refused
NOTHING = "there is nothing left to report"


class UnknownLetter(ValueError):
    """There is no such letter of this client."""


class TooLate(ValueError):
    """The letter is on its way already, or has expired."""


class NotRefused(ValueError):
    """No reader of the letter is to be tried once more."""


class Outdated(ValueError):
    """The verdicts have changed since the letter was written, so it was taken back; ``anew`` is held in its place."""

    def __init__(self, letter_id: str, anew: str | None) -> None:
        super().__init__(
            f"{letter_id} was taken back: the verdicts have changed since it was written; "
            + (f"{anew} replaces it, with the same words, and is held: read it, then release it" if anew else NOTHING)
        )
        self.anew = anew


def give(warehouse: Connection, client: str, letter_id: str, hours: int, as_of: datetime) -> bool:
    """Make a letter that was just written the manager's draft for so many hours, in the caller's transaction.

    False, and the letter goes out at once, if ``hours`` is 0, the client's file names no manager, or nobody else is to
    read it.
    """
    if hours == 0:
        return False
    query = "select message_id from marts.letter where client = %s and letter_id = %s"
    (letter,) = warehouse.execute(query, [client, letter_id]).fetchall()
    domain = letter["message_id"].strip("<>").rpartition("@")[2]
    given = {
        "client": client,
        "letter_id": letter_id,
        "due_at": as_of + timedelta(hours=hours),
        # not the letter's own: a reader's mail client would take the letter for the draft that it knows
        "message_id": message_id(client, f"draft/{letter_id}", domain),
    }
    return bool(run(warehouse, "letters/give_draft.sql", given))


def release(warehouse: Connection, client: str, letter_id: str, at: datetime, by: str, seen: str = "") -> None:
    """Let the next run of the post deliver the letter; also to readers whose server had refused it when it was held.

    ``seen`` is the ``mark`` of what was read, "" = whatever stands. Raises UnknownLetter, TooLate, Overtaken, and
    Outdated for one that would tell what is not so any more.
    """
    letter = _letter(warehouse, client, letter_id)
    if letter["state"] in ("sent", "expired", "taken_back"):
        raise _too_late(letter)
    if seen not in ("", mark(letter)):
        raise Overtaken
    if letter["state"] in ("draft", "held"):
        if renewal.outdated(warehouse, letter, at):
            anew = renewal.replace(warehouse, letter, at)
            if anew:
                _decide(warehouse, client, anew, "held", HELD, at, by)
            warehouse.commit()
            raise Outdated(letter_id, anew)
        _decide(warehouse, client, letter_id, "due", None, at, by)
        warehouse.execute(
            "update marts.delivery set state = 'due', next_try_at = null"
            " where client = %s and letter_id = %s and not is_draft and state = 'refused'",
            [client, letter_id],
        )
    warehouse.commit()


def hold(warehouse: Connection, client: str, letter_id: str, at: datetime, by: str) -> None:
    """Keep the letter from its readers until it is released. Raises UnknownLetter, TooLate."""
    letter = _letter(warehouse, client, letter_id)
    if letter["state"] not in OPEN:
        raise _too_late(letter)
    if letter["state"] != "held":
        _decide(warehouse, client, letter_id, "held", HELD, at, by)
    warehouse.commit()


def again(warehouse: Connection, client: str, letter_id: str, at: datetime, by: str) -> list[str]:
    """Let the next run try the readers once more whose mail server refused the letter; who they are.

    Raises UnknownLetter, NotRefused, and TooLate for one that is no news any more or has been corrected since.
    """
    letter = _letter(warehouse, client, letter_id)
    if letter["state"] in ("expired", "taken_back"):
        raise _too_late(letter)
    if letter["state"] in ("draft", "held"):
        raise NotRefused(f"{letter_id} is {letter['state']}: `release` sends it, also to the readers who were refused")
    if at - letter["created_at"] > (NEWS_OF_MONTH if letter["kind"] in OF_MONTH else NEWS):
        raise TooLate(f"{letter_id} is no longer news: it was written on {letter['created_at']:%Y-%m-%d}")
    named = {"client": client, "letter_id": letter_id}
    if corrections := run(warehouse, "letters/letter_corrected.sql", named):
        raise TooLate(f"{letter_id} has been corrected since, by {corrections[-1]['letter_id']}")
    refused = run(warehouse, "letters/try_again.sql", named)
    if not refused:
        raise NotRefused(f"no mail server has refused {letter_id} for any reader in the client's file")
    state = "sending" if letter["state"] == "sent" else letter["state"]
    _decide(warehouse, client, letter_id, state, None, at, by)
    warehouse.commit()
    return [row["recipient"] for row in refused]


def comment(
    warehouse: Connection,
    client: str,
    letter_id: str,
    text: Given = None,
    next_steps: Given = None,
    seen: str = "",
) -> list[str]:
    """What the letter says in the manager's words; returns who would not understand them, in sentences.

    Once accepted, every reader gets them: a mail that was made before is not handed over. ``seen`` is the ``mark`` of
    what they are put in place of, "" = whatever stands.

    Raises UnknownLetter, TooLate, Overtaken.
    """
    letter = _letter(warehouse, client, letter_id)
    if letter["state"] not in OPEN:
        raise _too_late(letter)
    own = letter["content"].get("language", ENGLISH)
    words = said(letter, text, next_steps, own, seen)
    warehouse.execute(
        "update marts.letter set comment = %(comment)s, next_steps = %(next_steps)s"
        " where client = %(client)s and letter_id = %(letter_id)s",
        {**stored(words), "client": client, "letter_id": letter_id},
    )
    query = "select recipient, language from marts.delivery where client = %s and letter_id = %s and not is_draft"
    readers = [(row["recipient"], row["language"]) for row in warehouse.execute(query, [client, letter_id])]
    warehouse.commit()
    return unheard(words, sorted(readers), own)


def listed(warehouse: Connection, client: str) -> list[dict[str, Any]]:
    """The client's letters, newest first: letter_id, state, reason, due_at, subject."""
    query = """
        select letter_id, state, reason, due_at, subject
        from marts.letter where client = %s order by created_at desc, letter_id desc
    """
    return warehouse.execute(query, [client]).fetchall()


def line(letter: dict[str, Any]) -> str:
    """A listed letter in one line."""
    until = f" until {letter['due_at'].astimezone(UTC):%Y-%m-%d %H:%M} UTC" if letter["state"] == "draft" else ""
    reason = f" ({letter['reason']})" if letter["reason"] else ""
    return f"{letter['letter_id']:<28}{letter['state']}{until}{reason}: {letter['subject']}"


def _letter(warehouse: Connection, client: str, letter_id: str) -> dict[str, Any]:
    """The letter as it stands, which nobody else can change until the end of the transaction."""
    lock(warehouse, "letter", client)
    query = "select * from marts.letter where client = %s and letter_id = %s for update"
    letter = warehouse.execute(query, [client, letter_id]).fetchone()
    if letter is None:
        known = [row["letter_id"] for row in listed(warehouse, client)][:5]
        raise UnknownLetter(f"{client} has no letter {letter_id}; the newest are: {', '.join(known) or 'none'}")
    return letter


def _decide(
    warehouse: Connection, client: str, letter_id: str, state: str, reason: str | None, at: datetime, by: str
) -> None:
    warehouse.execute(
        "update marts.letter set state = %s, reason = %s, decided_at = %s, decided_by = %s"
        " where client = %s and letter_id = %s",
        [state, reason, at, by, client, letter_id],
    )


def _too_late(letter: dict[str, Any]) -> TooLate:
    why = {
        "sending": "is already on its way to its readers",
        "sent": "has been sent already",
        "expired": "has expired: it is no longer news",
        "taken_back": "was taken back: the verdicts have changed since it was written",
    }
    return TooLate(f"{letter['letter_id']} {why[letter['state']]}")
