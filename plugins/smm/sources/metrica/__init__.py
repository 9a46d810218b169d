"""Yandex Metrica, by its reporting API: what the visitors of a client's site did, and which networks sent them.

Metrica's days are those of the counter's time zone; they are never shifted. Reports: ``totals`` (day), ``traffic``
(day x source x medium x campaign), ``events`` (visits with a goal, by origin and by day) and ``users`` (people per ISO
week and month; those of a day come with ``totals``).

What Metrica's words are here:

- a session is a visit, and it is engaged if it is no bounce: Metrica's bounce has one page view and less than 15
  seconds, GA4's has other rules, so that the two are never compared within one series;
- engagement seconds are Metrica's time on site;
- an event is a goal, counted in visits (``goal<id>visits``): ``goal<id>reaches`` would count five clicks as five leads;
- key events are left out: Metrica has only "any goal", and that counts the goals that it made up by itself, too;
- people are counted of the whole site only. Who came from a network would take a filter that says what
  include/networks.yml says, and Metrica takes no patterns there;
- robots are left as the counter's own setting has them. To filter them (``ym:s:isRobot``) makes an answer sensitive in
  Metrica's eyes, and it then takes out all rows about fewer than 10 visitors: nearly all of a small site.
"""

from typing import Annotated

from pydantic import BeforeValidator

from smm.files.entry import ConnectionId
from smm.files.identities import numbered
from smm.sources import Event, Gives, Options, Source

LARGEST = 2**31 - 1  # of the numbers that Metrica takes


class Counter(Options):
    connection: ConnectionId
    counter: Annotated[
        int,
        BeforeValidator(
            numbered(
                "the counter's number, such as 44147844",
                "Metrica's list of counters, and the site has it in ym(44147844, ...)",
                most=LARGEST,
            )
        ),
    ]


VISITS = (
    *("sessions", "engaged_sessions", "engagement_seconds", "page_views"),
    *("new_users", "purchases", "revenue"),
)

SOURCE = Source(
    name="metrica",
    title="Yandex Metrica",
    options=Counter,
    kinds=("traffic", "counts"),
    reload_days=21,  # for which it takes conversions that happened offline; visits settle in 3
    months_per_load=3,  # an answer is JSON, which takes several times its size while it is read
    one_by_one=True,  # three requests at once are all that a login may make
    can_repeat=True,
    identity="counter",
    leads={"forms": Event("goal", "number", "301", r"[1-9][0-9]{0,9}")},
    event_answers=("events", "event_totals"),
    gives=(
        Gives("traffic", "traffic", VISITS, of="origins"),
        Gives("totals", "traffic", VISITS, of="site"),
        Gives("totals", "counts", ("users",), of="site"),
        Gives("users", "counts", ("users",), ("week", "month"), of="site", whole_periods=True),
        Gives("events", "traffic", ("forms",), of="origins", lead_part="forms"),
        Gives("events", "traffic", ("forms",), of="site", lead_part="forms"),
    ),
)
