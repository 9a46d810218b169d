"""Mail addresses, as people write them and as mail servers read them.

A domain in letters other than ASCII travels in its ASCII form (IDNA 2008: агентство.рф is xn--80aeci4bhthb.xn--p1ai). A
part before the @ in such letters has no other form, and only servers that offer SMTPUTF8 take it (RFC 6531).
"""

import re
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.headerregistry import Address
from unicodedata import normalize

import idna

NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
OTHER = re.compile(r"[^\x00-\x7f]")


class BadAddressError(ValueError):
    """No mail can be sent to, from or in the name of this address."""


@dataclass(frozen=True)
class Mailbox:
    """An address as servers read it, and the name of whom it belongs to, if one stands before it."""

    local: str
    domain: str  # ASCII, small letters
    name: str = ""

    @property
    def address(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def is_ascii(self) -> bool:
        """Whether every server takes it."""
        return self.local.isascii()

    @property
    def key(self) -> str:
        """Equal for spellings of which people think as the same mailbox."""
        return normalize("NFC", self.address).casefold()


def mailbox(text: str) -> Mailbox:
    """``reports@agency.example``, ``Agency <reports@agency.example>`` or ``"Agency" <...>``. Raises BadAddressError."""
    named = NAMED.fullmatch(text.strip())
    address = named["address"].strip() if named else text.strip()
    local, _, domain = address.rpartition("@")
    if not address.isprintable() or re.search(r"\s", address):
        raise BadAddressError(f"{text!r} is no mail address: it has a space or an invisible character in it")
    try:
        name = _plain(named["name"].strip()) if named else ""
        ascii_domain = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode()
        plain = OTHER.sub("x", local)  # the library knows ASCII only
        read = Address(addr_spec=f"{plain}@{ascii_domain}")
    except (ValueError, LookupError, HeaderParseError):
        raise BadAddressError(f"{text!r} is no mail address") from None
    if read.username != plain:  # quotes and comments, which it takes off: the mail would go to another address
        raise BadAddressError(f"{text!r} is no mail address: write it without quotes and brackets before the @")
    return Mailbox(local, ascii_domain, name)


def _plain(name: str) -> str:
    """The name without its quotes, or as what it is encoded from."""
    quoted = QUOTED.fullmatch(name)
    return re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else str(make_header(decode_header(name)))
