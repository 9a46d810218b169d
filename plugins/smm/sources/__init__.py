"""The sources: one folder each. A source asks, and reads what was answered; it knows nothing of Postgres.

The folder ``<name>/`` has

- ``__init__.py`` with ``SOURCE``: what the source is and what it gives (`Source`). It is imported wherever sources are
  listed, so it imports nothing heavy;
- ``asking.py`` with ``ask(job, access)``: an iterator of `Answer`, each as received, archived before it is read;
- ``reading.py`` with ``read(job, answers)``: the same answers as `Rows` of kinds of facts (`smm.facts`), and `Known`,
  `Health` and `Identity` for the ledger. It uses nothing but the answers, so that an archive can be read again without
  the service;
- ``surveying.py`` with ``survey(jobs, access)``: see `smm.sources.survey`;
- ``showing.py`` with ``show(identity, posts, access)``, if it can tell how posts look (``shows_posts``): see `Shown`;
- ``words.yml``: what letters call it, in each language: see `smm.sources.words`;
- ``limits.md``, if whoever reads its numbers must know something of them: a part of docs/kpis.md;
- ``expectations.yml``, if something must hold of its rows beside what holds of the kind (include/expectations/).

Whoever adds one writes the folder, and its name in NAMES.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import quote

from smm.files.entry import Entry
from smm.files.periods import Grain

if TYPE_CHECKING:
    from smm.sources.survey import Survey

NAMES = ("ga4", "metrica", "vk", "facebook", "instagram", "figures", "plans")


class Options(Entry):
    """A source's entry in a client's file; each source adds its own keys, such as `connection`."""

    @property
    def wanted_groups(self) -> tuple[str, list[str]] | None:
        """Whom the client wants to reach there: a block of the kind `audience`, and its groups."""
        return None


@dataclass(frozen=True)
class Gives:
    """Measures that a report makes known, for periods of these grains.

    ``of``: whose numbers they are. ``own``: of the network that the source's entry is named after; ``origins``: of each
    network that visits came from; ``site``: of the whole site; ``social``: of each social network of the client.
    """

    report: str  # of core.coverage
    kind: str  # of facts
    measures: tuple[str, ...]
    grains: tuple[Grain, ...] = ("day",)
    of: Literal["own", "origins", "site", "social"] = "own"
    lead_part: str | None = None  # only for clients that count this part of their leads there
    most_days: int | None = None  # of a period: longer ones are not counted
    whole_periods: bool = False  # weeks and months are asked for from their first day on, whatever days a load is of


@dataclass(frozen=True)
class Source:
    """Where facts come from: one of the services, or what the client lists itself."""

    name: str  # of its folder
    title: str  # as people call it
    options: type[Options]  # its entry in a client's file
    kinds: tuple[str, ...]  # of facts that it fills
    reload_days: int  # of the last days a run loads again, because the service still changes them
    schedule: str = "0 5 * * *"  # of these runs: cron, in UTC
    gives: tuple[Gives, ...] = ()
    kept: tuple[str, ...] = ()  # counts that are stored and not given: another source gives them of the same networks
    months_per_load: int | None = None  # of a backfill; None = all of them at once
    one_by_one: bool = False  # requests are counted by token: what shares a connection is asked one after another
    is_whole: bool = False  # read whole every time: what it does not list is unknown. Its counts may be of any measure
    has_days: bool = True  # else no day of it can be missing, and what has not changed is not loaded again
    key: str | None = None  # of the client's file, where the source stands in place of an entry of `sources`
    can_repeat: bool = False  # the service answers for days that are long over as it did then
    identity: str | None = None  # the option that says whose numbers they are, such as `community`
    may_change: bool = True  # the identity, if somebody accepts it; else the histories of two would mix
    # parts of the leads that it can count -> the event by which a client's file names them, None = by none
    leads: Mapping[str, "Event | None"] = field(default_factory=dict)
    event_answers: tuple[str, ...] = ()  # names of answers about the events that `leads` names
    quotas: Mapping[str, "Quota"] = field(default_factory=dict)  # by their names in core.load.health
    post_address: str | None = None  # where people see a post, of {identity} and {post}; None = nowhere
    shows_posts: bool = False  # it can be asked how posts look

    @property
    def is_network(self) -> bool:
        """Whether its entries are named after the network whose numbers they give."""
        return any(given.of == "own" for given in self.gives)

    @property
    def folder(self) -> Path:
        return Path(str(import_module(f"smm.sources.{self.name}").__file__)).parent

    def ask(self, job: "Job", access: "Access") -> Iterator["Answer"]:
        """What the service answers. Raises SourceError."""
        answers: Iterator[Answer] = self._part("asking").ask(job, access)
        return answers

    def read(self, job: "Job", answers: Iterable["Answer"]) -> "Iterator[Rows | Known | Health | Identity]":
        """The answers as rows, and what they make known. Raises SourceError."""
        found: Iterator[Rows | Known | Health | Identity] = self._part("reading").read(job, answers)
        return found

    def survey(self, jobs: "Sequence[Job]", access: "Access") -> "Survey":
        """What the service can tell before its history is loaded. Raises SourceError."""
        found: Survey = self._part("surveying").survey(jobs, access)
        return found

    def link(self, identity: str | None, post: str) -> str | None:
        """Where people see a post of whoever the option ``identity`` names; None = nowhere."""
        if self.post_address is None or identity is None:
            return None
        return self.post_address.format(identity=quote(identity, safe=""), post=quote(post, safe=""))

    def show(self, identity: str, posts: Sequence[str], access: "Access") -> "list[Shown]":
        """How these posts look, as far as the service says so within some seconds. Raises SourceError."""
        found: list[Shown] = self._part("showing").show(identity, posts, access)
        return found

    def _part(self, name: str) -> ModuleType:
        """Imported on first use: Google's client alone costs seconds."""
        return import_module(f"smm.sources.{self.name}.{name}")


@dataclass(frozen=True)
class Event:
    """What a service counts leads by, as a client's file names it: a goal by its number, such as 301."""

    what: str  # goal
    by: str  # number
    example: str
    pattern: str = ".+"


RESERVE = 0.1  # of a quota: below it, what can wait does


@dataclass(frozen=True)
class Quota:
    """How much a service lets us ask."""

    what: str  # such as: tokens today
    most: int  # of it, as far as is known


class Unfinished(ValueError):
    """A source is listed whose folder does not say what it is."""


@cache
def named(name: str) -> Source:
    """The source of this name. Raises ValueError, Unfinished if its folder does not say what it is."""
    if name not in NAMES:
        raise ValueError(f"no source is called {name!r}; there are {', '.join(NAMES)}")
    module = f"smm.sources.{name}"
    try:
        found = getattr(import_module(module), "SOURCE", None)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise Unfinished(f"NAMES lists {name!r}, and there is no folder smm/sources/{name}/") from None
    if not isinstance(found, Source):
        raise Unfinished(f"smm/sources/{name}/__init__.py has no SOURCE: write SOURCE = Source(name={name!r}, ...)")
    if found.name != name:
        raise Unfinished(f"smm/sources/{name}/__init__.py names {found.name!r}: write the folder's name, {name!r}")
    return found


def every() -> list[Source]:
    """All sources, in the order of NAMES."""
    return [named(name) for name in NAMES]


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
    events: tuple[str, ...] = ()  # that the client's file counts as leads of this source
    networks: tuple[str, ...] = ()  # that the client's file names
    language: str = ""  # of the client; jobs that were archived before it was noted have none
    lead_parts: tuple[str, ...] = ()  # of the client's leads that this source counts
    # of the client's file: network.kpi -> the months, quarters and days that it plans; None = the rule is another one
    targets: Mapping[str, Sequence[str] | None] = field(default_factory=dict)
    identity: Mapping[str, str] = field(default_factory=dict)  # what earlier loads have found it to be


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
        """While it is open, no other task has it open for the same connection."""


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
    context: dict[str, Any] = field(default_factory=dict)  # what reading it takes besides, as JSON


@dataclass(frozen=True)
class Shown:
    """How a post looks to its readers."""

    post: str
    text: str  # without the service's own mark-up
    picture: bytes | None = None  # as it was sent: whoever shows it checks it. None: it has none, or it was not had
    link: str | None = None  # where people see it, if the service says it; else it is where `Source.link` says


@dataclass(frozen=True)
class Rows:
    """Rows for one relation of `smm.facts`, with its columns in their order, or with these ``columns`` of it."""

    relation: str
    rows: Iterator[Sequence[Any]]
    columns: tuple[str, ...] = ()


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
    """What the numbers are numbers of, such as a property and its zone: days before and after a change do not mix.

    Later jobs know it.
    """

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
