"""A letter tried out: any month's, to one address, marked as a rehearsal, and noted nowhere."""

from datetime import date, datetime

from smm.letters.compose import compose
from smm.letters.content import Kind
from smm.letters.looks import Look, unseen
from smm.letters.message import message, message_id
from smm.letters.post import Post, hand_over
from smm.letters.render import render
from smm.warehouse import Connection


class NotAcceptedError(Exception):
    """The mail server did not take the letter; the text is what it said."""


def rehearse(
    warehouse: Connection,
    post: Post,
    client: str,
    month: date,
    as_of: datetime,
    address: str,
    kind: Kind,
    look: Look = unseen,
) -> bool:
    """Send the letter about a client's judged month to this address alone; False if there is nothing to say.

    ``look`` adds how its posts look. Raises NotAcceptedError.
    """
    content = compose(warehouse, client, month, kind, as_of)
    if content is None:
        return False
    mail = message(
        render(look(content), content.language, is_rehearsal=True),
        sender=post.sender,
        recipient=address,
        answers_to=content.manager,
        # another one at every rehearsal, and never the letter's own: a mail client would hide the letter itself
        identity=message_id(client, f"rehearsal/{month:%Y-%m}-{kind}/{as_of.isoformat()}", post.domain),
        sent_at=as_of,
        language=content.language,
    )
    with post.connect() as smtp:
        answer = hand_over(smtp, mail)
    if answer.state != "sent":
        raise NotAcceptedError(answer.text)
    return True
