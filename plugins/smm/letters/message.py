"""A letter as a mail: one reader, a text and an HTML part, headers that nobody's name can break."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from smm.letters.render import Rendered


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
    written_at: datetime,
    language: str,
    continues: Sequence[str] = (),
) -> EmailMessage:
    """``identity`` is the Message-ID; ``continues`` are those of the thread, oldest first. Raises BadAddressError."""
    mail = EmailMessage(policy=SMTP)
    # encoded here: EmailMessage folds a long subject so that a space between two words can be lost (Python 3.11)
    mail.set_raw("Subject", Header(" ".join(rendered.subject.split()), "utf-8", header_name="Subject").encode())
    mail["From"] = _address(sender)
    mail["To"] = _address(recipient)
    if answers_to:
        mail["Reply-To"] = _address(answers_to)
    mail["Date"] = format_datetime(written_at)
    mail["Message-ID"] = identity
    if continues:
        mail["In-Reply-To"], mail["References"] = continues[0], " ".join(continues)
    mail["Content-Language"] = language
    mail["Auto-Submitted"] = "auto-generated"  # no out-of-office notes, please
    mail.set_content(rendered.text)
    mail.add_alternative(rendered.html, subtype="html")
    mail.set_boundary(hashlib.sha256(identity.encode()).hexdigest()[:32])  # handed over again, it is the same mail
    return mail


def _address(address: str) -> Address:
    local, _, domain = address.rpartition("@")
    try:
        return Address(addr_spec=f"{local}@{domain.encode('idna').decode()}")  # ярко.рф as every server reads it
    except (ValueError, IndexError, HeaderParseError) as error:
        raise BadAddressError(f"{address!r} is no address for a mail: {error}") from None
