"""Whose a link is: one client and one reader, as long as the client's file names him."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from smm import catalogue, clients
from smm.clients import Client, UnknownClient
from smm.files import agency
from smm.files.checked import Mistakes
from smm.letters.page_link import TOKEN, hashed
from smm.project import NoClientsFolder
from smm.warehouse import Connection, run


@dataclass(frozen=True)
class Holder:
    """The reader to whom the link was sent."""

    client: Client
    recipient: str
    language: str
    last_day: date  # on which the link works


def is_possible(token: str) -> bool:
    """Whether this could be a link: it has the form of one, and the agency has such pages."""
    if not TOKEN.fullmatch(token):
        return False
    try:
        return agency.read().page_days is not None
    except Mistakes:
        return False


def holder(warehouse: Connection, token: str, now: datetime) -> Holder | None:
    """The reader whose link this is; None if it is nobody's, whatever the cause.

    The client's file decides as it is now. While it has a mistake, or does not exist, its links do not work.
    """
    links = run(warehouse, "pages/link.sql", {"token_hash": hashed(token), "now": now})
    if len(links) != 1:
        return None
    try:
        client = clients.one(catalogue.read(), links[0]["client"])
    except (Mistakes, UnknownClient, NoClientsFolder):
        return None
    readers = client.file.report.recipients(client.file.language)
    recipient = links[0]["recipient"]
    if recipient not in readers:
        return None
    last_day = links[0]["expires_at"].astimezone(client.zone).date() - timedelta(1)
    return Holder(client, recipient, readers[recipient], last_day)
