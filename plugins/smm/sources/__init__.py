"""The sources: one package per API. A source asks, and reads what was answered; it knows nothing of Postgres.

A source is a package with

- ``RELATIONS``: the staging relations it fills, and the columns of each;
- ``ask(job, access)``: an iterator of `Answer`, each as received, archived before it is read;
- ``read(job, answers)``: the same answers as `Rows` for staging, and `Known`, `Health` and `Identity` for the ledger.
  It uses nothing but the answers, so that an archive can be read again without the service;
- a module ``survey``: see `smm.sources.survey`.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import ModuleType
from typing import Any, Protocol

# How many of the last days a daily run loads again, because the service still changes them: GA4 re-credits key
# events and revenue for 12 days, VK's statistics settle in 2; figures are read whole every time.
RELOAD_DAYS = {"ga4": 14, "vk": 3, "figures": 1}
NAMES = tuple(RELOAD_DAYS)
ONE_BY_ONE = ("vk",)  # requests are counted by token: what shares a connection is asked one after another


def module(source: str) -> ModuleType:
    """The source's module, imported on first use: Google's client alone costs seconds."""
    from importlib import import_module

    if source not in NAMES:
        raise ValueError(f"no source is called {source!r}; there are {', '.join(NAMES)}")
    return import_module(f"smm.sources.{source}")


@dataclass(frozen=True)
class Job:
    """One client's source and the days to load. ``last_day`` is included."""

    client: str
    network: str  # the source's name in the client's file
    options: dict[str, Any]  # its entry there: property, community, path
    time_zone: str
    currency: str
    first_day: date
    last_day: date
    events: tuple[str, ...] = ()  # GA4 events that are leads
    networks: tuple[str, ...] = ()  # that the client's file names; for GA4, the social ones whose users it is to count
    language: str = ""  # of the client; jobs that were archived before it was noted have none


class Turns(Protocol):
    """The requests that a token may make, shared by all who ask with it. Methods have the service's names."""

    def take(self, token: str, methods: Collection[str], gap: timedelta) -> datetime:
        """Return when a request may go out, at least ``gap`` after the one before it: the moment granted.

        Raises QuotaSpent at once where the token, or one of these methods for it, is stopped.
        """

    def stop(self, token: str, method: str | None, wait: timedelta, reason: str) -> None:
        """Let nobody ask this method with this token for so long; None = any method."""


class Vault(Protocol):
    """Where the renewed tokens of one connection lie, encrypted.

    ``origin`` is the connection's own tokens: what was renewed from others counts no more.
    """

    def get(self, origin: str) -> dict[str, str] | None:
        """What was put last; None if nothing was. Raises Transient if it cannot be known."""

    def put(self, origin: str, secret: Mapping[str, str]) -> None:
        """Raises Transient if it could not be kept."""

    def hide(self, *secrets: str) -> None:
        """Let no log show these."""

    def alone(self) -> AbstractContextManager[None]:
        """While it is open, nobody else is within it for the same connection."""


@dataclass(frozen=True)
class Access:
    """How a source gets at its service."""

    connection: Any = field(default=None, repr=False)  # Airflow's; None for a source whose entry names none
    turns: Turns | None = None  # None: this process alone asks
    vault: Vault | None = None  # None: nothing can be kept, so nothing is renewed
    sleep: Callable[[float], None] = time.sleep  # seconds; a test has no time to wait


@dataclass(frozen=True)
class Answer:
    """What the service said to one request."""

    name: str  # of the request: ``traffic``, ``wall``, ...
    request: dict[str, Any]  # what was asked, without any token
    body: bytes
    fetched_at: datetime
    requests: int = 1  # that it took; 0: it came together with the answer before it


@dataclass(frozen=True)
class Rows:
    """Rows for one staging relation, in the order of ``RELATIONS[relation]`` (client and load_id come before them)."""

    relation: str
    rows: Iterator[Sequence[Any]]


@dataclass(frozen=True)
class Known:
    """Days that a report now knows: each becomes a row of core.coverage when the load is published."""

    report: str
    first_day: date
    last_day: date
    state: str = "known"  # known | flagged | no_access | unanswered: others were answered, this may be had later
    reason: str | None = None
    without: tuple[str, ...] = ()  # measures that the answer did not carry


@dataclass(frozen=True)
class Health:
    """Something the service said about its answers that is worth keeping: merged into core.load.health."""

    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Identity:
    """What the numbers are numbers of, such as a property and its zone: days before and after a change do not mix."""

    facts: dict[str, str]


class SourceError(Exception):
    """A source could not be loaded. The text goes to the ledger and into letters to operators: no secrets in it.

    SourceError
     ├─ Transient    worth another try in a minute: a cut connection, a server's fault
     ├─ QuotaSpent   the service refuses more for now; the next run is soon enough
     ├─ Refused      a right is missing: somebody must give access
     └─ BadInput     the client's file, or the file or answer it names, is wrong
    """

    is_transient = False


class Transient(SourceError):
    is_transient = True


class QuotaSpent(SourceError):
    """``wait``: the service gives more after this time, None if it does not say when."""

    def __init__(self, text: str, wait: timedelta | None = None) -> None:
        super().__init__(text)
        self.wait = wait


class Refused(SourceError):
    pass


class BadInput(SourceError):
    pass
