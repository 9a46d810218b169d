"""From the outbox to the mail server: one SMTP transaction per reader, written down before and after.

A letter is handed over at least once. Twice only if it was in doubt whether the first time was accepted: the worker
died, or the line was lost between the mail's end and the answer. The second time has the same Message-ID, and
marts.delivery says ``in_doubt``. A letter that no reader has, or may have, may still be replaced.
"""

import smtplib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from pydantic import ValidationError

from smm.files.addresses import BadAddressError, mailbox
from smm.files.checked import Mistakes
from smm.letters import draft, page_link, trouble
from smm.letters.content import Content, ForeignNumberError
from smm.letters.guard import Unfit
from smm.letters.message import message
from smm.letters.page_link import PageLink
from smm.letters.post import Answer, Post, hand_over, shown
from smm.letters.reader import ANYBODY, Reader
from smm.letters.render import Rendered, render
from smm.letters.said import PARTS, heard, stored
from smm.warehouse import Connection, run

Delivery = dict[str, Any]  # a row of pending_deliveries.sql, and the run's as_of


@dataclass(frozen=True)
class Delivered:
    """What a run of the post came to; each line names client, letter and reader, and what the server said."""

    sent: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # for good
    waiting: list[str] = field(default_factory=list)  # for the next run
    pressing: list[str] = field(default_factory=list)  # those of them whose cause hardly ends by itself
    held: list[str] = field(default_factory=list)  # because the letter, or this reader's copy, must not go out


def deliver(warehouse: Connection, post: Post, clients: Iterable[str] | None, as_of: datetime) -> Delivered:
    """Hand over what lies in the outbox; ``clients`` None = everybody's. Commits as it goes.

    Each reader is tried once; what the server puts off, or what another run has in hand, is left for a later run
    (note_delivery.sql says for which). Drafts whose time is over go to their readers. Letters that nobody could deliver
    for 7 days expire, and who has left the client's file gets none. Raises what ``post.connect`` raises.
    """
    asked = {"clients": None if clients is None else list(clients), "as_of": as_of}
    run(warehouse, "letters/end_drafts.sql", asked)
    run(warehouse, "letters/expire_letters.sql", asked)  # also what was a draft until then
    run(warehouse, "letters/drop_readers.sql", asked)
    pending = [row | {"as_of": as_of} for row in run(warehouse, "letters/pending_deliveries.sql", asked)]
    warehouse.commit()
    delivered = Delivered()
    while pending:
        with post.connect() as smtp:
            while pending:
                _deliver(warehouse, post, smtp, pending.pop(0), delivered)
                if smtp.sock is None:  # the line was lost: open another
                    break
    run(warehouse, "letters/settle_letters.sql", asked)
    warehouse.commit()
    return delivered


def _deliver(warehouse: Connection, post: Post, smtp: smtplib.SMTP, delivery: Delivery, delivered: Delivered) -> None:
    line = f"{delivery['client']}: {delivery['letter_id']} to {delivery['recipient']}"
    try:
        mailbox(delivery["recipient"])
    except BadAddressError as error:
        _note(warehouse, delivery, Answer("refused", shown(str(error))))
        delivered.refused.append(f"{line}: {shown(str(error))}")
        return
    try:
        mail, link = _mail(warehouse, delivery, post)
    except Mistakes:  # of the agency's file, which every letter needs: all of them wait until it is fixed
        raise
    except Exception as error:  # noqa: BLE001  (whatever it is, it stops nobody else's letter)
        reason = unfit(error)
        if _is_for_want_of_words(delivery):
            _note(warehouse, delivery, Answer("due", reason))  # until the language is fixed
        else:
            _hold(warehouse, delivery, reason)
        delivered.held.append(f"{line}: {reason}")
        return
    with _in_hand(warehouse, delivery) as is_ours:
        if not is_ours:
            return
        answer = hand_over(smtp, mail)
        answer = link.kept_out_of(answer) if link else answer
        _note(warehouse, delivery, answer)
    match answer.state:
        case "sent":
            delivered.sent.append(line)
        case "refused":
            delivered.refused.append(f"{line}: {answer.text}")
        case _:
            delivered.waiting.append(f"{line}: {answer.text}")
            if answer.needs_person:
                delivered.pressing.append(f"{line}: {answer.text}")


def unfit(error: Exception) -> str:
    """Why a letter cannot be made, in one line."""
    match error:
        case ForeignNumberError() | Unfit():
            return shown(str(error))
        case ValidationError():  # another version has written it
            first = error.errors(include_input=False)[0]
            return f"its content cannot be read: {'.'.join(map(str, first['loc']))}: {first['msg']}"
    return shown(f"it cannot be written: {type(error).__name__}: {error}")


def _mail(warehouse: Connection, delivery: Delivery, post: Post) -> tuple[EmailMessage, PageLink | None]:
    """The mail, and the link in it to the reader's own page, if he has one."""
    link = page_link.make(warehouse, delivery)
    letter, answers_to = rendered(delivery | {"page": f"{link.address}{delivery['letter_id']}"} if link else delivery)
    mail = message(
        link.added_to(letter, delivery["language"]) if link else letter,
        sender=post.sender,
        recipient=delivery["recipient"],
        answers_to=answers_to,
        identity=delivery["message_id"],
        sent_at=datetime.now(UTC),  # not the run's moment, which may be days ago when a run is cleared
        language=delivery["language"],
        continues=delivery["thread"],
    )
    return mail, link


def rendered(delivery: Delivery) -> tuple[Rendered, str | None]:
    """The letter, and whom an answer to it goes to. Raises what ``unfit`` tells."""
    if delivery["kind"] == trouble.KIND:
        return trouble.render(trouble.Digest.model_validate(delivery["content"])), None
    content = Content.model_validate(delivery["content"]).model_copy(update={"manager": delivery["manager"]})
    language, is_draft = delivery["language"], delivery["is_draft"]
    comment, next_steps = (heard(delivery[part], language, content.language) for part in PARTS)
    letter = render(content, language, comment=comment, next_steps=next_steps, reader=_reader(delivery))
    return (draft.marked(letter, delivery, content.time_zone), None) if is_draft else (letter, content.manager)


def _reader(delivery: Delivery) -> Reader:
    """Whoever looks at a letter before it goes, as the manager, reads what a new reader gets, without a name."""
    if delivery["is_draft"] or "reader_name" not in delivery:
        return ANYBODY
    return Reader(delivery["recipient"], delivery["reader_name"], delivery["has_read"], delivery.get("page", ""))


def _is_for_want_of_words(delivery: Delivery) -> bool:
    """Whether a letter that cannot be made is at fault in this reader's language alone, and not in the client's."""
    own = delivery["content"].get("language")
    if delivery["is_draft"] or own in (None, delivery["language"]):
        return False
    try:
        rendered(delivery | {"language": own})
    except Exception:  # noqa: BLE001  (whatever it is, the letter itself is at fault)
        return False
    return True


@contextmanager
def _in_hand(warehouse: Connection, delivery: Delivery) -> Iterator[bool]:
    """Write down that a hand-over begins; False if another run has it in hand, or has finished it, or the letter says
    something else by now.

    Others are kept off by a lock of this session, not of a row: it lasts through the commit that makes the beginning
    known, and ends with the process.
    """
    kind = "draft" if delivery["is_draft"] else "delivery"
    name = ["/".join([kind, delivery["client"], delivery["letter_id"], delivery["recipient"]])]
    query = "select pg_try_advisory_lock(hashtextextended(%s, 0)) as is_free"
    (lock,) = warehouse.execute(query, name).fetchall()
    begun = run(warehouse, "letters/take_delivery.sql", delivery | stored(delivery)) if lock["is_free"] else []
    warehouse.commit()
    yield bool(begun)
    if lock["is_free"]:
        warehouse.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", name)


def _note(warehouse: Connection, delivery: Delivery, answer: Answer) -> None:
    run(warehouse, "letters/note_delivery.sql", {**delivery, **asdict(answer)})
    warehouse.commit()


def _hold(warehouse: Connection, delivery: Delivery, reason: str) -> None:
    warehouse.execute(
        "update marts.letter set state = 'held', reason = %(reason)s"
        " where client = %(client)s and letter_id = %(letter_id)s and state in ('draft', 'due', 'sending')",
        {**delivery, "reason": reason},
    )
    warehouse.commit()
