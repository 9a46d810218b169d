"""The mail server: how to reach it, and what it says to one letter for one reader."""

import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Literal, cast

from smm.files.addresses import BadAddressError, mailbox
from smm.letters.refusals import Stage, is_final

SENDER = "write reports@agency.example or Agency <reports@agency.example> into its extra, as from_email"


@dataclass(frozen=True)
class Post:
    """A mail server and the address that letters come from, with a name before it or without."""

    sender: str
    connect: Callable[[], AbstractContextManager[smtplib.SMTP]]  # opened, secured and logged in

    @property
    def domain(self) -> str:
        """The sender's, in ASCII."""
        return mailbox(self.sender).domain


@dataclass(frozen=True)
class Answer:
    """What became of a letter: accepted, refused for good, to be tried again, or nobody knows (``sending``)."""

    state: Literal["sent", "refused", "due", "sending"]
    text: str | None = None
    needs_person: bool = False  # it is tried again, but hardly ends by itself


def hand_over(smtp: smtplib.SMTP, mail: EmailMessage) -> Answer:
    """One SMTP transaction from the mail's From to its only To. Raises nothing that is of this mail alone.

    When the line was lost, ``smtp.sock`` is None. Only if that was after the mail's final dot, the server may have
    accepted the mail or not.
    """
    sender, reader = (mail[name].addresses[0].addr_spec for name in ("From", "To"))
    stage: Stage = "MAIL"
    try:
        smtp.ehlo_or_helo_if_needed()
        if _is_international(mail) and not smtp.has_extn("smtputf8"):
            return _without_smtputf8(sender, reader)
        data = mail.as_bytes()
        steps: tuple[tuple[Stage, Callable[[], tuple[int, bytes]]], ...] = (
            ("MAIL", lambda: smtp.mail(sender, _options(smtp, mail, data))),
            ("RCPT", lambda: smtp.rcpt(reader)),
            ("DATA", lambda: _send(smtp, data)),
            ("END", smtp.getreply),
        )
        for stage, step in steps:  # noqa: B007  (it is asked for when one of them fails)
            code, said = step()
            if not 200 <= code < 400:
                break
        else:
            return Answer("sent")
    except Exception as error:  # noqa: BLE001  (whatever it is, it stops nobody else's letter)
        smtp.close()  # nobody knows what stands on the line
        is_lost = isinstance(error, smtplib.SMTPServerDisconnected)
        text = f"the connection was lost: {error}" if is_lost else f"{type(error).__name__}: {error}"
        return Answer("sending" if stage == "END" else "due", shown(text))
    with suppress(smtplib.SMTPException):  # the line is lost then, and the next mail gets another
        smtp.rset()
    return _refusal(stage, code, said.decode("utf-8", "replace"), sender)


def _send(smtp: smtplib.SMTP, data: bytes) -> tuple[int, bytes]:
    """Ask for the mail to be taken, and send all of it; SMTP.data would not say which of its two answers was lost."""
    code, said = smtp.docmd("DATA")
    if code == 354:
        smtp.send(re.sub(rb"(?m)^\.", b"..", data) + b".\r\n")
        return code, said
    return (code, said) if code >= 400 else (-1, said)


def _options(smtp: smtplib.SMTP, mail: EmailMessage, data: bytes) -> list[str]:
    size = [f"SIZE={len(data)}"] if smtp.has_extn("size") else []
    return [*size, "SMTPUTF8", "BODY=8BITMIME"] if _is_international(mail) else size


def _is_international(mail: EmailMessage) -> bool:
    return cast("EmailPolicy", mail.policy).utf8


def _without_smtputf8(sender: str, reader: str) -> Answer:
    """Of an address that has letters other than ASCII before the @: only its owner can have another one."""
    why = "the mail server takes only ASCII before the @ (it does not offer SMTPUTF8)"
    if not reader.isascii():
        return Answer("refused", f"{why}, and {reader} has other letters there")
    whose = f"{sender} has other letters there" if not sender.isascii() else "the manager's address has others there"
    advice = f"the connection `mail`: {SENDER}" if not sender.isascii() else "write another in the client's file"
    return Answer("due", f"{why}, and {whose}; {advice}, or name a server that offers it", needs_person=True)


def _refusal(stage: Stage, code: int, said: str, sender: str) -> Answer:
    text = shown(f"{code} {said}")
    if stage == "END" and code < 200:  # no answer that SMTP knows
        return Answer("sending", text)
    if is_final(stage, code, said):
        return Answer("refused", text)
    who = f"{sender} may not send: " if stage == "MAIL" else ""
    return Answer("due", f"{who}{text}", needs_person=code >= 500)


def shown(text: str) -> str:
    """What a server said, as one line of visible characters: Postgres takes no NUL, a terminal should get no escape."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def airflow_post() -> Post:
    """The server of Airflow's connection ``mail``; letters come from its ``from_email``, else its login.

    To be used inside tasks only. Raises ValueError if the connection names no address.
    """
    from airflow.providers.smtp.hooks.smtp import SmtpHook  # 3 s of imports, so not at the top
    from airflow.sdk import Connection

    named = Connection.get("mail")
    given = named.extra_dejson.get("from_email")
    sender = str(given or named.login or "")
    if not given and "@" not in sender:  # a login is not shown: with some services it is half of a key
        raise ValueError(f"the connection `mail` has no sender: {SENDER}")
    try:
        mailbox(sender)
    except BadAddressError as error:
        found = error if given else "its login is not a mail address"
        raise ValueError(f"the connection `mail` has no valid sender: {found}; {SENDER}") from None

    @contextmanager
    def connect() -> Iterator[smtplib.SMTP]:
        with SmtpHook("mail") as hook:
            # the hook's own way of sending builds the mail itself: no Message-ID of ours, no text part
            yield cast("smtplib.SMTP", hook._smtp_client)

    return Post(sender, connect)
