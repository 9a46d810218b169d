"""From the outbox to the mail server: one SMTP transaction per reader, written down before and after.

A letter is handed over at least once. Twice only if it was in doubt whether the first time was accepted: the worker
died or the line was lost in between. The second time has the same Message-ID, and marts.delivery says ``in_doubt``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from smm.letters.content import Content, ForeignNumberError
from smm.letters.message import message
from smm.letters.post import Answer, Post, hand_over
from smm.letters.render import render
from smm.warehouse import Connection, run

Delivery = dict[str, Any]  # a row of pending_deliveries.sql


@dataclass(frozen=True)
class Delivered:
    """What a run of the post came to; each line names client, letter and reader, and what the server said."""

    sent: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # for good
    waiting: list[str] = field(default_factory=list)  # for the next run
    held: list[str] = field(default_factory=list)  # letters that must not go out


def deliver(warehouse: Connection, post: Post, clients: Iterable[str] | None, as_of: datetime) -> Delivered:
    """Hand over what lies in the outbox; ``clients`` None = everybody's. Commits as it goes.

    Each reader is tried once; what the server puts off, or what another run has in hand, is left for the next run.
    Letters that nobody could deliver for 7 days expire. Raises what ``post.connect`` raises.
    """
    asked = {"clients": None if clients is None else list(clients), "as_of": as_of}
    run(warehouse, "targets/expire_letters.sql", asked)
    pending = run(warehouse, "targets/pending_deliveries.sql", asked)
    warehouse.commit()
    delivered = Delivered()
    while pending:
        with post.connect() as smtp:
            while pending and smtp.sock is not None:  # a lost line is opened again
                delivery = pending.pop(0)
                try:
                    mail = _mail(delivery, post)
                except ForeignNumberError as error:
                    _hold(warehouse, delivery, str(error))
                    delivered.held.append(f"{delivery['client']}: {delivery['letter_id']}: {error}")
                    continue
                if not _take(warehouse, delivery):
                    continue
                answer = hand_over(smtp, mail, post.sender, delivery["recipient"])
                _note(warehouse, delivery, answer)
                line = f"{delivery['client']}: {delivery['letter_id']} to {delivery['recipient']}: {answer.text}"
                {"sent": delivered.sent, "refused": delivered.refused}.get(answer.state, delivered.waiting).append(line)
    run(warehouse, "targets/settle_letters.sql", asked)
    warehouse.commit()
    return delivered


def _mail(delivery: Delivery, post: Post) -> EmailMessage:
    content = Content.model_validate(delivery["content"])
    return message(
        render(content, delivery["language"]),
        sender=post.sender,
        recipient=delivery["recipient"],
        answers_to=content.manager,
        identity=delivery["message_id"],
        written_at=delivery["created_at"],
        language=delivery["language"],
    )


def _take(warehouse: Connection, delivery: Delivery) -> bool:
    """Write down that the hand-over begins, then keep others off its row until `_note`. False: another run has it."""
    begun = run(warehouse, "targets/take_delivery.sql", delivery)
    warehouse.commit()  # it must be known even if this process dies
    return bool(begun) and bool(run(warehouse, "targets/keep_delivery.sql", {**delivery, **begun[0]}))


def _note(warehouse: Connection, delivery: Delivery, answer: Answer) -> None:
    run(warehouse, "targets/note_delivery.sql", {**delivery, "state": answer.state, "text": answer.text})
    warehouse.commit()


def _hold(warehouse: Connection, delivery: Delivery, reason: str) -> None:
    warehouse.execute(
        "update marts.letter set state = 'held', reason = %(reason)s"
        " where client = %(client)s and letter_id = %(letter_id)s",
        {**delivery, "reason": reason},
    )
    warehouse.commit()
