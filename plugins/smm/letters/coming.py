"""A month's letter before it is written: when it will be, and the manager's words for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from smm.letters.content import Kind
from smm.letters.said import Given, Texts, said, stored, unheard
from smm.warehouse import Connection, lock, run


class NotComing(ValueError):
    """No letter about that month is still to be written: there is one already, or nothing to say."""


@dataclass(frozen=True)
class Coming:
    client: str
    name: str
    language: str
    time_zone: str
    month: date
    kind: Kind
    due_at: datetime  # when it is written; if that is over, the next run writes it
    readers: tuple[tuple[str, str], ...]  # address, language
    manager: str | None
    words: dict[str, Texts]  # comment, next_steps

    def sent_at(self, draft_hours: int) -> datetime:
        """When it goes to its readers, if the manager neither releases nor holds it; that of a draft is later."""
        is_draft = self.manager is not None and {address for address, _ in self.readers} != {self.manager}
        return self.due_at + timedelta(hours=draft_hours if is_draft else 0)


def coming(warehouse: Connection, clients: Iterable[str] | None, as_of: datetime) -> list[Coming]:
    """The letters that will be written on the 4th, from the beginning of the month on; ``clients`` None = everybody's.

    As it looks at ``as_of`` (aware): verdicts may change until then.
    """
    asked = {"clients": None if clients is None else list(clients), "as_of": as_of}
    return [_coming(row) for row in run(warehouse, "letters/coming_letters.sql", asked)]


def one(warehouse: Connection, client: str, month: date, as_of: datetime) -> Coming:
    """Raises NotComing."""
    found = [each for each in coming(warehouse, [client], as_of) if each.month == month]
    if not found:
        raise NotComing(f"{client}: no letter about {month:%Y-%m} is still to be written")
    return found[0]


def comment(
    warehouse: Connection,
    client: str,
    month: date,
    text: Given,
    next_steps: Given,
    as_of: datetime,
    seen: str = "",
) -> list[str]:
    """What the letter will say in the manager's words; returns who would not understand them, in sentences.

    ``seen`` is the mark of what they are put in place of, "" = whatever stands. Raises NotComing, Overtaken.
    """
    lock(warehouse, "letter", client)
    letter = one(warehouse, client, month, as_of)
    words = said(letter.words, text, next_steps, letter.language, seen)
    warehouse.execute(
        "insert into core.coming_words (client, month, comment, next_steps)"
        " values (%(client)s, %(month)s, %(comment)s, %(next_steps)s) on conflict (client) do update"
        " set month = excluded.month, comment = excluded.comment, next_steps = excluded.next_steps",
        {**stored(words), "client": client, "month": month},
    )
    warehouse.commit()
    return unheard(words, letter.readers, letter.language)


def taken(warehouse: Connection, client: str, month: date) -> dict[str, Any]:
    """The words for the letter that is just written, in the caller's transaction; empty if there are none."""
    query = "delete from core.coming_words where client = %s and month = %s returning comment, next_steps"
    return warehouse.execute(query, [client, month]).fetchone() or {}


def _coming(row: dict[str, Any]) -> Coming:
    words = {part: row.pop(part) for part in ("comment", "next_steps")}
    readers = tuple((address, own or row["language"]) for address, own in row.pop("readers"))
    return Coming(**row, readers=readers, words=words)
