"""A run that hands letters over, and what the tests of it look at."""

from datetime import timedelta

from smm.letters.delivery import Delivered, deliver
from tests.letters.case import Case
from tests.letters.examples import DAY_4
from tests.letters.mail_server import MailServer

OWNER, PARTNER = "owner@yarko.example", "partner@yarko.example"
BOTH = {"to": [OWNER, {PARTNER: "en"}], "manager": "anna@agency.example", "letters": ["missed"]}
LETTER = "yarko: 2025-10-missed-1 to"
STATES = "select recipient, state, attempts, in_doubt, error from marts.delivery order by 1"


def run(case: Case, server: MailServer, hours: float = 0) -> Delivered:
    """The run that is due so many hours after the letter was written."""
    return deliver(case.warehouse, server.post, None, DAY_4 + timedelta(hours=hours))
