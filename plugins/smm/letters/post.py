"""The mail server: how to reach it, and what it says to one letter for one reader."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal, cast


@dataclass(frozen=True)
class Post:
    """A mail server and the address that letters come from."""

    sender: str
    connect: Callable[[], AbstractContextManager[smtplib.SMTP]]  # opened, secured and logged in

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2]


@dataclass(frozen=True)
class Answer:
    """What became of a letter: accepted, refused for good, to be tried again, or nobody knows (``sending``)."""

    state: Literal["sent", "refused", "due", "sending"]
    text: str | None = None


def hand_over(smtp: smtplib.SMTP, mail: EmailMessage) -> Answer:
    """One SMTP transaction from the mail's From to its only To.

    When the line was lost, ``smtp.sock`` is None, and the server may have accepted the mail or not.
    """
    sender, recipient = (mail[name].addresses[0].addr_spec for name in ("From", "To"))
    try:
        smtp.send_message(mail, sender, [recipient])
    except smtplib.SMTPServerDisconnected as error:
        return Answer("sending", f"the line was lost: {error}")
    except smtplib.SMTPRecipientsRefused as error:
        return _refusal(*error.recipients[recipient])
    except smtplib.SMTPDataError as error:
        return _refusal(error.smtp_code, error.smtp_error)
    except smtplib.SMTPSenderRefused as error:  # our own address: nothing is wrong with the reader's
        return Answer("due", f"{sender} may not send: {_refusal(error.smtp_code, error.smtp_error).text}")
    except smtplib.SMTPNotSupportedError as error:  # владимир@ярко.рф, and the server knows ASCII only
        return Answer("refused", str(error))
    return Answer("sent")


def _refusal(code: int, text: bytes | str) -> Answer:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return Answer("refused" if code >= 500 else "due", f"{code} {words}")


def airflow_post() -> Post:
    """The server of Airflow's connection ``mail``; letters come from its ``from_email``, else its login.

    To be used inside tasks only. Raises ValueError if the connection names no address.
    """
    from airflow.providers.smtp.hooks.smtp import SmtpHook  # 3 s of imports, so not at the top
    from airflow.sdk import Connection

    named = Connection.get("mail")
    sender = named.extra_dejson.get("from_email") or named.login or ""
    if "@" not in sender:
        raise ValueError('the connection `mail` names no sender: put {"from_email": "reports@..."} into its extra')

    @contextmanager
    def connect() -> Iterator[smtplib.SMTP]:
        with SmtpHook("mail") as hook:
            # the hook's own way of sending builds the mail itself: no Message-ID of ours, no text part
            yield cast("smtplib.SMTP", hook._smtp_client)

    return Post(sender, connect)
