"""The clock of the tests: it is the same day whenever they run. Processes that a test starts have the real clock."""

import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import grpc._channel
import grpc._server
import psycopg
import time_machine

NOW = datetime(2026, 11, 17, 9, 20, tzinfo=UTC)  # when the tests begin: a Tuesday, in no last or first days of a month

# a schema that is searched before pg_catalog, so that statements and defaults of columns find these
SCHEMA = "create schema clock; grant usage on schema clock to public"
FUNCTION = """
create function clock.{name}() returns timestamptz language sql {volatility}
return pg_catalog.{name}() - '{behind} seconds'::interval
"""
FUNCTIONS = {"now": "stable", "statement_timestamp": "stable", "clock_timestamp": "volatile"}


def stand(at: datetime = NOW) -> None:
    """From here on it is this moment in this process, and time goes on."""
    time_machine.travel(at, tick=True).start()
    # gRPC hands deadlines to its core, which is not Python, as moments of the real clock; of one that is over already,
    # a call fails and a server asks again without a pause
    real = SimpleNamespace(**vars(time) | {"time": time_machine.escape_hatch.time.time})
    grpc._channel.time = grpc._server.time = real


def stand_in(template: psycopg.Connection[tuple[object, ...]]) -> None:
    """What is made from this template has the clock of this process."""
    (real,) = template.execute("select pg_catalog.clock_timestamp()").fetchone() or (None,)
    assert isinstance(real, datetime)
    behind: timedelta = real - datetime.now(UTC)
    template.execute(SCHEMA)
    for name, volatility in FUNCTIONS.items():
        parts = {"name": name, "volatility": volatility, "behind": behind.total_seconds()}
        template.execute(FUNCTION.format(**parts).encode())
    template.execute('alter role all set search_path = "$user", public, clock, pg_catalog')
