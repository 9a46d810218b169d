"""A letter as a mail to one reader: text, HTML with its pictures, files; headers that nobody's name can break.

```
multipart/mixed
  multipart/alternative
    text/plain
    multipart/related        text/html alone, if there are no pictures
      text/html
      image/png, image/jpeg ... by Content-ID
  the workbook
  the PDF
```
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import cast
from urllib.parse import quote

from smm.files.addresses import BadAddressError, Mailbox, mailbox
from smm.letters.render import Rendered

PDF = "application/pdf"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def message_id(client: str, letter_id: str, domain: str) -> str:
    """The Message-ID of a letter: the same at every hand-over, so that a mail client shows a double once."""
    return f"<smm-{hashlib.sha256(f'{client}/{letter_id}'.encode()).hexdigest()[:32]}@{domain}>"


def message(
    rendered: Rendered,
    *,
    sender: str,
    recipient: str,
    answers_to: str | None,
    identity: str,
    sent_at: datetime,
    language: str,
    continues: Sequence[str] = (),
) -> EmailMessage:
    """``identity`` is the Message-ID, ``continues`` those of the thread that it goes on with, the oldest first.

    ``sender`` may have a name before its address, which the agency's takes the place of; who asks ``answers_to`` for it
    gets no more letters. ``sent_at`` is when it is handed over: by it mail clients sort. The same of all gives the same
    bytes. Raises BadAddressError.
    """
    ours, reader, manager = mailbox(sender), mailbox(recipient), mailbox(answers_to) if answers_to else None
    is_ascii = all(each.is_ascii for each in (ours, reader, manager) if each)
    mail = EmailMessage(policy=(SMTP if is_ascii else SMTPUTF8).clone(refold_source="none"))
    mail.set_raw("Subject", _encoded(rendered.subject, "Subject"))
    if name := rendered.agency or ours.name:
        mail.set_raw("From", f"{_encoded(name, 'From')}\n <{ours.address}>")
    else:
        mail["From"] = _header(ours)
    mail["To"] = _header(reader)
    if manager:
        mail["Reply-To"] = _header(manager)
    mail["Date"] = format_datetime(sent_at)
    # written raw: EmailMessage would encode what is longer than a line, and no mail client would know it then
    mail.set_raw("Message-ID", _identity(identity))
    mail.set_raw("List-Unsubscribe", f"<mailto:{_quoted(manager or ours)}?subject=unsubscribe>")
    if continues:
        thread = [_identity(each) for each in continues]
        mail.set_raw("In-Reply-To", thread[-1])
        mail.set_raw("References", "\n ".join(thread))
    mail["Auto-Submitted"] = "auto-generated"  # no out-of-office notes, please
    mail.set_content(rendered.text)
    mail.add_alternative(rendered.html, subtype="html")
    html = cast("EmailMessage", mail.get_payload(1))
    for picture in rendered.pictures:
        html.add_related(picture.png, "image", picture.kind, cid=f"<{picture.cid}>", disposition="inline")
    for form, file in ((SHEET, rendered.sheet), (PDF, rendered.pdf)):
        if file:
            mail.add_attachment(file.data, *form.split("/"), filename=file.name, params={"name": file.name})
    mail["Content-Language"] = language.replace("_", "-")  # last: new content takes its old headers away
    parts = [part for part in mail.walk() if part.is_multipart()]
    for number, part in enumerate(parts):  # handed over again, it is the same mail
        part.set_boundary(hashlib.sha256(f"{identity}/{number}".encode()).hexdigest()[:32])
    return mail


def _identity(text: str) -> str:
    """The Message-ID with its domain in ASCII: an international one was once written as it is."""
    if not re.fullmatch(r"<[^\s<>]+@[^\s<>]+>", text):
        raise BadAddressError(f"{text!r} is not a Message-ID")
    return f"<{mailbox(text[1:-1]).address}>"


def _quoted(whose: Mailbox) -> str:
    """The address as a part of a link."""
    return f"{quote(whose.local)}@{whose.domain}"


def _encoded(text: str, header: str) -> str:
    # EmailMessage folds a long text so that a space between two words is lost, or one put into a word (Python 3.11)
    return Header(" ".join(text.split()), "utf-8", header_name=header).encode()


def _header(whose: Mailbox) -> Address:
    return Address(username=whose.local, domain=whose.domain)
