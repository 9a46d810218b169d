"""Google Analytics 4, by the Data API v1beta: what the visitors of a client's site did, and which networks sent them.

GA4's days are those of the property's time zone; they are never shifted. Values stay texts, without those that no
number of their kind can be: Postgres types them. Reports: ``traffic`` (day x source x medium x campaign), ``totals``
(day), ``events`` (day x event x source x medium, and day x event) and ``users`` (people per month and ISO week, of the
site and of each network).
"""

from typing import Annotated

from pydantic import BeforeValidator

from smm.files.entry import ConnectionId
from smm.files.identities import numbered
from smm.sources import Event, Gives, Options, Quota, Source

VISITS = (
    *("sessions", "engaged_sessions", "page_views", "new_users", "engagement_seconds"),
    *("key_events", "key_event_sessions", "purchases", "revenue"),
)
PEOPLE = ("users", "new_visitors", "returning_users")
BUYERS = ("buyers", "first_buyers")


class Property(Options):
    connection: ConnectionId
    property: Annotated[
        int,
        BeforeValidator(
            numbered("the property's numeric id (not a measurement id such as G-...)", "Admin, Property details", "/p")
        ),
    ]


SOURCE = Source(
    name="ga4",
    title="Google Analytics",
    options=Property,
    kinds=("traffic", "counts"),
    reload_days=14,  # it changes the credit for key events and revenue for 12 days
    months_per_load=13,  # answers grow with the days: two years and the running month are two loads
    can_repeat=True,
    identity="property",
    leads={"forms": Event("event", "name", "generate_lead")},
    event_answers=("events", "event_totals"),
    gives=(
        Gives("traffic", "traffic", VISITS, of="origins"),
        Gives("totals", "traffic", VISITS, of="site"),
        Gives("totals", "counts", ("users",), of="site"),
        Gives("users", "counts", PEOPLE, ("week", "month"), of="site", whole_periods=True),
        Gives("users", "counts", BUYERS, ("week", "month"), of="site", whole_periods=True),
        Gives("users", "counts", PEOPLE, ("week", "month"), of="social", whole_periods=True),
        Gives("events", "traffic", ("forms",), of="origins", lead_part="forms"),
        Gives("events", "traffic", ("forms",), of="site", lead_part="forms"),
    ),
    # Of a standard property; of a 360 property the tokens are ten times as many. An answer tells what is left, not
    # which of the two it is: whoever has more of anything left than a standard property ever has is of 360.
    quotas={
        "tokens_per_project_per_hour": Quota("tokens of this project this hour", 14_000),
        "tokens_per_hour": Quota("tokens this hour", 40_000),
        "tokens_per_day": Quota("tokens today", 200_000),
        "concurrent_requests": Quota("requests at once", 10),
        "server_errors_per_project_per_hour": Quota("server errors this hour", 10),
        "potentially_thresholded_requests_per_hour": Quota("requests about few people this hour", 120),
    },
)
