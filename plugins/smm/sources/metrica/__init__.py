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

from collections.abc import Iterable, Iterator

from smm.sources import Access, Answer, Health, Identity, Job, Known, Rows

RELOAD_DAYS = (
    21  # for which Metrica takes conversions that happened offline (offline_window in its answers); visits settle in 3
)
MONTHS_PER_LOAD = 3  # an answer is JSON, which takes several times its size while it is read

_OF_SESSIONS = (
    *("sessions", "engaged_sessions", "page_views", "new_users", "engagement_seconds"),
    *("key_events", "key_event_rate", "purchases", "revenue", "key_event_sessions"),
)
RELATIONS = {
    "traffic": ("day", "session_source", "session_medium", "session_campaign", *_OF_SESSIONS),
    "traffic_totals": ("day", *_OF_SESSIONS),
    "traffic_events": ("day", "event", "is_total", "session_source", "session_medium", "events"),
    "counts": ("network", "report", "measure", "grain", "period", "value", "through_day", "note"),
}


def ask(job: Job, access: Access) -> Iterator[Answer]:
    """See `smm.sources.metrica.asking`."""
    from smm.sources.metrica import asking

    return asking.ask(job, access)


def read(job: Job, answers: Iterable[Answer]) -> Iterator[Rows | Known | Health | Identity]:
    """See `smm.sources.metrica.reading`."""
    from smm.sources.metrica import reading

    return reading.read(job, answers)
