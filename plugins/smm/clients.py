"""The clients: one file each in include/clients/, read and checked here.

`read` gives the clients whose files are in order and the mistakes of the others, so that one bad file stops nobody
else. Nothing here is done while a DAG file is parsed: those look at file names only (`project.client_ids`).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from babel.numbers import list_currencies
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from smm.catalogue import LANGUAGES, Catalogue
from smm.checked import CheckedFile, Mistake, Mistakes
from smm.project import client_ids, clients_folder
from smm.sources import NAMES as SOURCES

LETTERS = ("missed", "monthly", "weekly", "certain_miss", "at_risk", "back_on_track")
LEAD_PARTS = ("calls", "messages", "forms", "emails")
RULES = ("plan", "at_least", "at_most", "between", "growth")
OVER = ("previous_month", "baseline", "year_ago")


def _month(value: Any) -> date:
    """A month, written 2026-01, as its first day."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
        return date.fromisoformat(f"{value}-01")
    raise ValueError(f"must be a month such as 2026-01, found {value!r}")


def _first_day(value: date) -> date:
    if value.day != 1:
        raise ValueError(f"must be the first day of a month, such as {value:%Y-%m}-01")
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number, found {value!r}")
    return Decimal(str(value))


def _address(value: Any) -> str:
    # the header's own rules are the mail library's; here only what is surely no address, or would break a header
    if not isinstance(value, str) or not re.fullmatch(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]+", value):
        raise ValueError(f"must be a mail address such as owner@yarko.example, found {value!r}")
    return value


def _recipient(value: Any) -> tuple[str, str | None]:
    """``owner@yarko.example``, or ``{owner@yarko.example: en}`` for a language of his own."""
    if isinstance(value, dict) and len(value) == 1:
        ((address, language),) = value.items()
        if language not in LANGUAGES:
            raise ValueError(f"a letter can be in {', '.join(LANGUAGES)}, found {language!r}")
        return _address(address), language
    return _address(value), None


def _property(value: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"must be the property's numeric id (not a measurement id such as G-...), found {value!r}")
    return value


Month = Annotated[date, BeforeValidator(_month)]
Number = Annotated[Decimal, BeforeValidator(_number)]
Address = Annotated[str, BeforeValidator(_address)]
Recipient = Annotated[tuple[str, str | None], BeforeValidator(_recipient)]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\r\n\x00]+$")]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceEntry(Entry):
    """One entry of ``sources``. Which keys it must have depends on its source."""

    source: Literal["ga4", "vk", "figures"]
    connection: Line | None = None
    property: Annotated[int, BeforeValidator(_property)] | None = None
    community: Annotated[int, Field(gt=0)] | None = None
    path: Line | None = None

    @model_validator(mode="after")
    def _keys_of_source(self) -> "SourceEntry":
        wanted = {"ga4": {"connection", "property"}, "vk": {"connection", "community"}, "figures": {"path"}}[
            self.source
        ]
        given = {name for name in ("connection", "property", "community", "path") if getattr(self, name) is not None}
        for name in sorted(wanted - given):
            raise ValueError(f"{name} is missing: a {self.source} source needs {' and '.join(sorted(wanted))}")
        for name in sorted(given - wanted):
            raise ValueError(f"{name} is not a key of a {self.source} source")
        return self


class Rule(Entry):
    """What one target asks: exactly one of plan, at_least, at_most, between, growth."""

    plan: dict[Month, Number] | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    between: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    growth: Number | None = None
    over: Number | Literal["previous_month", "baseline", "year_ago"] | None = None
    from_month: Annotated[int, Field(ge=1)] | None = None
    main: bool = False

    @model_validator(mode="before")
    @classmethod
    def _over_in_words(cls, values: Any) -> Any:
        if isinstance(values, dict) and isinstance(values.get("over"), str) and values["over"] not in OVER:
            raise ValueError(f"over must be {', '.join(OVER)} or a number, found {values['over']!r}")
        return values

    @model_validator(mode="after")
    def _one_rule(self) -> "Rule":
        given = [name for name in RULES if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(RULES)}; it has {' and '.join(given) or 'none'}")
        if (self.over is not None) != (self.growth is not None):
            raise ValueError("growth and over go together, such as {growth: 0.05, over: previous_month}")
        if self.between is not None and self.between[0] >= self.between[1]:
            raise ValueError("between must be [lower, higher]")
        return self

    @property
    def name(self) -> str:
        return next(name for name in RULES if getattr(self, name) is not None)


class Target(Rule):
    """A rule, and the KPI and network that it is for."""

    network: str
    kpi: str


class Report(Entry):
    to: Annotated[list[Recipient], Field(min_length=1)]
    manager: Address | None = None
    letters: list[Literal[LETTERS]] = ["missed", "monthly"]  # type: ignore[valid-type]
    hour: Annotated[int, Field(ge=0, le=23)] = 9

    def recipients(self, language: str) -> dict[str, str]:
        """Address -> language of the letter."""
        return {address: own or language for address, own in self.to}


class Annotation(Entry):
    """Something that happened: shown beside the numbers of these days."""

    first_day: date = Field(alias="from")
    last_day: date = Field(alias="to")
    network: str | None = None
    text: Line
    compare: bool = True

    @model_validator(mode="after")
    def _in_order(self) -> "Annotation":
        if self.first_day > self.last_day:
            raise ValueError("from must not be after to")
        return self


class File(Entry):
    """A client file as it is written; see DESIGN of the keys in docs/clients.md."""

    name: Line
    language: Literal["en", "ru", "sv"]
    time_zone: str
    currency: str
    started: Annotated[date, AfterValidator(_first_day)]
    paused: Annotated[list[date], Field(min_length=2, max_length=2)] | None = None
    ended: date | None = None
    sources: Annotated[dict[str, dict[str, Any]], Field(min_length=1)]
    leads: dict[Literal[LEAD_PARTS], str] = {}  # type: ignore[valid-type]
    targets: dict[str, dict[str, Any]] = {}
    plans: dict[Literal["path"], Line] | None = None
    report: Report
    annotations: list[Annotation] = []

    @model_validator(mode="after")
    def _known(self) -> "File":
        if self.time_zone not in available_timezones():
            raise ValueError(f"time_zone must be a name such as Europe/Moscow, found {self.time_zone!r}")
        if self.currency not in list_currencies():
            raise ValueError(f"currency must be an ISO code such as EUR, found {self.currency!r}")
        if self.paused is not None and self.paused[0] > self.paused[1]:
            raise ValueError("paused must be [first day, last day]")
        return self


@dataclass(frozen=True)
class Client:
    """One client, as its file says."""

    id: str
    file: File
    sources: dict[str, SourceEntry]
    targets: tuple[Target, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.file.time_zone)


class UnknownClient(ValueError):
    """A client was asked for that has no file."""


@dataclass(frozen=True)
class Clients:
    """The clients in order, and the mistakes of the files that are not, by client."""

    by_id: dict[str, Client]
    refused: dict[str, Mistakes]


def read(catalogue: Catalogue, folder: Path | None = None, only: Collection[str] | None = None) -> Clients:
    """Read and check the client files of the folder, or only these clients'. Raises UnknownClient."""
    folder = folder or clients_folder()
    found: dict[str, Client] = {}
    refused: dict[str, Mistakes] = {}
    ids = client_ids(folder)
    if unknown := sorted(set(only or ()) - set(ids)):
        raise UnknownClient(f"no file {unknown[0]}.yml in {folder}; the clients there are: {', '.join(ids) or 'none'}")
    for name in ids if only is None else sorted(set(only)):
        try:
            found[name] = read_file(folder / f"{name}.yml", catalogue)
        except Mistakes as mistakes:
            refused[name] = mistakes
    return Clients(found, refused)


def read_file(path: Path, catalogue: Catalogue) -> Client:
    """Read and check one client file. Raises Mistakes, all of them at once."""
    checked = CheckedFile(path)
    mistakes: list[Mistake] = []
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", path.stem):
        mistakes.append(checked.mistake((), f"name the file with a-z, 0-9 and _, such as yarko.yml, not {path.name!r}"))
    sources: dict[str, SourceEntry] = {}
    targets: list[Target] = []
    try:
        file = checked.parse(File)
    except Mistakes as found:
        raise Mistakes([*mistakes, *found.mistakes]) from None
    for name, entry in file.sources.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in ("all", "site"):
            mistakes.append(checked.mistake(("sources", name), "name the source with a-z, 0-9 and _, not all or site"))
        if "source" not in entry and name not in SOURCES:
            text = f"says no source: add `source: vk` (one of {', '.join(SOURCES)}), found {name!r}"
            mistakes.append(checked.mistake(("sources", name), text))
            continue
        try:
            sources[name] = checked.parse(SourceEntry, {"source": name} | entry, ("sources", name))
        except Mistakes as found:
            mistakes += found.mistakes
    networks = {*catalogue.networks.names(), *sources, "all"} - {"ga4", "figures"}
    for key, rule in file.targets.items():
        try:
            targets.append(_target(checked, key, rule, networks, catalogue))
        except Mistakes as found:
            mistakes += found.mistakes
    mistakes += _crossed(checked, file, sources, targets, networks)
    if mistakes:
        raise Mistakes(mistakes)
    return Client(path.stem, file, sources, tuple(targets))


def _target(checked: CheckedFile, key: str, rule: dict[str, Any], networks: set[str], catalogue: Catalogue) -> Target:
    place = ("targets", key)
    network, _, kpi = key.rpartition(".")
    if kpi not in catalogue.kpis:
        if kpi in catalogue.broken:
            raise Mistakes([checked.mistake(place, f"the KPI {kpi!r} is broken: {catalogue.broken[kpi]}")])
        raise Mistakes([checked.mistake(place, f"no KPI is called {kpi!r}; see include/kpis/")])
    if not network:
        default = catalogue.kpis[kpi].default
        if default is None:
            raise Mistakes([checked.mistake(place, f"has no network of its own; write vk.{kpi} or another network")])
        network = default
    if network not in networks:
        raise Mistakes([checked.mistake(place, f"{network!r} is no network; there are {', '.join(sorted(networks))}")])
    checked.parse(Rule, rule, place)
    return checked.parse(Target, {**rule, "network": network, "kpi": kpi}, place)


def _crossed(
    checked: CheckedFile, file: File, sources: dict[str, SourceEntry], targets: list[Target], networks: set[str]
) -> list[Mistake]:
    """Mistakes between one part of the file and another."""
    mistakes: list[Mistake] = []
    seen: set[tuple[str, str]] = set()
    for target, key in zip(targets, file.targets, strict=False):
        if (target.network, target.kpi) in seen:
            mistakes.append(checked.mistake(("targets", key), f"{target.network}.{target.kpi} has a target already"))
        seen.add((target.network, target.kpi))
    properties = [name for name, entry in sources.items() if entry.source == "ga4"]
    for name in properties[1:]:
        text = f"a client has one GA4 property, and {properties[0]} is there already; make a client of its own"
        mistakes.append(checked.mistake(("sources", name), text))
    if sum(target.main for target in targets) > 1:
        mistakes.append(checked.mistake(("targets",), "only one target may be the main one"))
    for part, origin in file.leads.items():
        source, _, event = origin.partition(".")
        kind = sources[source].source if source in sources else None
        place = ("leads", part)
        if kind is None:
            mistakes.append(checked.mistake(place, f"{source!r} is no source of this client"))
        elif kind == "ga4" and (not event or part != "forms"):
            mistakes.append(checked.mistake(place, "GA4 counts forms by an event: write `forms: ga4.generate_lead`"))
        elif kind == "vk" and (event or part != "messages"):
            mistakes.append(checked.mistake(place, "VK counts messages only: write `messages: vk`"))
    for index, annotation in enumerate(file.annotations):
        if annotation.network is not None and annotation.network not in networks:
            mistakes.append(checked.mistake(("annotations", index), f"{annotation.network!r} is no network"))
    return mistakes
