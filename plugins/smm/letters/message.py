"""A letter as a mail to one reader: text, HTML with its pictures, a workbook; headers that nobody's name can break.

```
multipart/mixed
  multipart/alternative
    text/plain
    multipart/related        text/html alone, if there are no pictures
      text/html
      image/png ...          by Content-ID
  the workbook
```
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import cast

from smm.letters.render import Rendered

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BadAddressError(ValueError):
    """No mail can be sent to, from or in the name of this address."""


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

    ``sent_at`` is when it is handed over: by it mail clients sort. The same of all gives the same bytes.
    Raises BadAddressError.
    """
    mail = EmailMessage(policy=SMTP)
    mail.set_raw("Subject", _encoded(rendered.subject, "Subject"))
    if rendered.agency:
        mail.set_raw("From", f"{_encoded(rendered.agency, 'From')}\n <{_address(sender).addr_spec}>")
    else:
        mail["From"] = _address(sender)
    mail["To"] = _address(recipient)
    if answers_to:
        mail["Reply-To"] = _address(answers_to)
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = identity
    if continues:
        thread = [_identity(each) for each in continues]
        # written raw: EmailMessage would encode an id that is longer than a line, and no mail client knew it then
        mail.set_raw("In-Reply-To", thread[-1])
        mail.set_raw("References", "\n ".join(thread))
    mail["Auto-Submitted"] = "auto-generated"  # no out-of-office notes, please
    mail.set_content(rendered.text)
    mail.add_alternative(rendered.html, subtype="html")
    html = cast("EmailMessage", mail.get_payload(1))
    for picture in rendered.pictures:
        html.add_related(picture.png, "image", "png", cid=f"<{picture.cid}>", disposition="inline")
    if rendered.sheet:
        mail.add_attachment(
            rendered.sheet.data, *SHEET.split("/"), filename=rendered.sheet.name, params={"name": rendered.sheet.name}
        )
    mail["Content-Language"] = language.replace("_", "-")  # last: new content takes its old headers away
    parts = [part for part in mail.walk() if part.is_multipart()]
    for number, part in enumerate(parts):  # handed over again, it is the same mail
        part.set_boundary(hashlib.sha256(f"{identity}/{number}".encode()).hexdigest()[:32])
    return mail


def _identity(text: str) -> str:
    if not re.fullmatch(r"<[^\s<>]+@[^\s<>]+>", text):
        raise BadAddressError(f"{text!r} is no Message-ID")
    return text


def _encoded(text: str, header: str) -> str:
    # EmailMessage folds a long text so that a space between two words is lost, or one put into a word (Python 3.11)
    return Header(" ".join(text.split()), "utf-8", header_name=header).encode()


def _address(address: str) -> Address:
    local, _, domain = address.rpartition("@")
    try:
        return Address(addr_spec=f"{local}@{domain.encode('idna').decode()}")  # ярко.рф as every server reads it
    except (ValueError, IndexError, HeaderParseError) as error:
        raise BadAddressError(f"{address!r} is no address for a mail: {error}") from None
