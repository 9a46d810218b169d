"""Whose trouble a mail server's 5xx is: the reader's address, which is final, or anything else, which may pass.

Servers say 5xx to much that passes: the sender's quota is spent, a right is missing, a name is not verified. RFC 5321
leaves open what a bare 550 means ("mailbox not found, no access, or policy"), so only what is surely the reader's own
is final. The rest is tried again for as long as a letter is news, and the operators are told.
"""

import re
from typing import Literal, NamedTuple

Stage = Literal["MAIL", "RCPT", "DATA", "END"]  # END: after the mail's final dot

ENHANCED = re.compile(r"(?<![\d.])5\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
ADDRESS = re.compile(r"\S+@\S+")
WHO = r"\b(user|mailbox|recipient|account|address|person)\b"


class Row(NamedTuple):
    """What an answer must have, "" = anything; whether it is then final; where such an answer is described or seen."""

    code: str  # enhanced status code (RFC 3463), or the reply's own
    words: str  # a regular expression, for small letters
    is_final: bool
    source: str


TABLE = (  # the first row that fits decides
    # --- ours, whatever the code: "550 5.1.1 Sender address rejected: User unknown" speaks of the sender
    Row("", r"\bsender\b|\boriginator|(return|reverse).path", False, "Postfix, Exim, Yandex: sender address rejected"),
    Row(
        "", r"\b(in|mail|header|envelope) from\b|\bfrom:|\bfrom (address|header|field|domain)", False, "SendGrid, Gmail"
    ),
    Row("5.1.7", "", False, "RFC 3463: the sender's address is none; Exchange: invalid address"),
    Row("5.1.8", "", False, "RFC 3463: the sender's domain does not exist"),
    Row("", r"\blog(in|on|ged)\b|password|credential|permi(t|ssion)|not allowed|\bhelo\b", False, "Exim, Amazon SES"),
    Row("", r"\brelay(ing)? (access )?(is )?(denied|prohibited|not )", False, "Postfix, Exim: relay access denied"),
    Row("", r"authenti|\bspf\b|\bdkim\b|\bdmarc\b", False, "Gmail 5.7.26, Exchange 5.7.57"),
    Row("", r"quota|\blimit|\brate\b|too (many|quickly|fast|much)", False, "Gmail 5.4.5, and 5.2.1 at a high rate"),
    Row("", r"spam|black.?list|block.?list|reputation|\byour (ip|host|server|domain|account)", False, "Gmail"),
    # --- the reader's
    Row("5.1.1", "", True, "RFC 3463: no such mailbox"),
    Row("5.1.2", "", True, "RFC 3463: no such domain"),
    Row("5.1.3", "", True, "RFC 3463: no address of a mailbox"),
    Row("5.1.6", "", True, "RFC 3463: the mailbox has moved, and nobody says where"),
    Row("5.1.10", "", True, "RFC 7505: the domain takes no mail; Exchange: no such mailbox"),
    Row("5.2.1", "", True, "RFC 3463: the mailbox is disabled"),
    Row("5.2.3", "", True, "RFC 3463: larger than the mailbox takes"),
    Row("5.4.1", "recipient address rejected: access denied", True, "Exchange Online: no such mailbox"),
    Row("5.7.17", "", True, "RFC 7293: the mailbox has another owner"),
    Row("5.7.18", "", True, "RFC 7293: the domain has another owner"),
    Row("551", "", True, "RFC 5321: the user is not local"),
    Row("556", "", True, "RFC 7504: the domain takes no mail"),
    # Yandex: "550 5.7.1 No such user!", Mail.ru: "550 ... invalid mailbox ... user not found"
    Row("", rf"no such {WHO}", True, "Yandex, Exim"),
    Row("", rf"(unknown|invalid) (local )?{WHO}", True, "Postfix, Mail.ru"),
    Row("", rf"{WHO} (is |was )?(unknown|not found|does ?n[o'’]t exist|does not exist)", True, "Mail.ru, Exim"),
    Row("", r"user does ?n[o'’]t have an? \S+ account", True, "Yahoo"),
    Row("", r"unrout(e)?able address", True, "Exim: no such domain"),
)


def is_final(stage: Stage, code: int, said: str) -> bool:
    """Whether the server refuses this reader for good; ``code`` is the reply's, ``said`` what stands behind it."""
    if code < 500 or stage == "MAIL":  # nobody has spoken of the reader yet
        return False
    words = " ".join(ADDRESS.sub("", said).lower().split())  # sender@yarko.example is a reader
    codes = {str(code), *(found[0] for found in ENHANCED.finditer(words))}
    return next((row.is_final for row in TABLE if row.code in ("", *codes) and re.search(row.words, words)), False)
