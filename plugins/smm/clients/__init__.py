"""The clients: one file each in include/clients/, read and checked here.

`read` gives the clients whose files are in order and the mistakes of the others, so that one bad file stops nobody
else. Nothing here is done while a DAG file is parsed: those look at file names only (`project.client_ids`).
"""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from smm.catalogue import Catalogue, Kpi, shares
from smm.catalogue.spans import check_sum
from smm.clients.file import LEAD_PARTS, OVER, File, Rule, Target, number
from smm.files.addresses import mailbox
from smm.files.checked import CheckedFile, Mistake, Mistakes, Place, misnamed
from smm.files.quoted import quoted
from smm.project import NoClientsFolder, client_ids, clients_folder
from smm.sources import NAMES, Job, Options, Source, every, named
from smm.sources.cells import cell


@dataclass(frozen=True)
class SourceEntry:
    """One entry of ``sources``."""

    source: str  # the name of its source
    options: Options

    @property
    def of(self) -> Source:
        return named(self.source)

    @property
    def connection(self) -> str | None:
        """Airflow's connection, if it has one."""
        return getattr(self.options, "connection", None)


@dataclass(frozen=True)
class Client:
    """One client, as its file says."""

    id: str
    file: File
    sources: dict[str, SourceEntry]
    targets: tuple[Target, ...]
    dark: tuple[Mistake, ...] = ()  # targets that are not judged while their KPI is broken
    notes: tuple[Mistake, ...] = ()  # what is allowed, and hardly meant

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.file.time_zone)

    def events(self, name: str) -> dict[str, str]:
        """The parts of the leads that this source counts, each with the event that it is counted by, or ""."""
        origins = {part: origin.partition(".") for part, origin in self.file.leads.items()}
        return {part: event for part, (counter, _, event) in origins.items() if counter == name}

    def job(self, name: str, first_day: date, last_day: date) -> Job:
        """What this source has to know to load these days. Raises KeyError."""
        counted = self.events(name)
        return Job(
            client=self.id,
            network=name,
            options=self.sources[name].options.model_dump(exclude_none=True),
            time_zone=self.file.time_zone,
            currency=self.file.currency,
            first_day=first_day,
            last_day=last_day,
            events=tuple(sorted(event for event in counted.values() if event)),
            networks=tuple(sorted({*own_networks(self.sources), *(target.network for target in self.targets)})),
            language=self.file.language,
            lead_parts=tuple(sorted(counted)),
            targets={
                f"{target.network}.{target.kpi}": None if target.plan is None else [str(span) for span in target.plan]
                for target in self.targets
            },
        )


class UnknownClient(ValueError):
    """A client was asked for that has no file."""


@dataclass(frozen=True)
class Clients:
    """The clients in order, and the mistakes of the files that are not, by client."""

    by_id: dict[str, Client]
    refused: dict[str, Mistakes]


def read(catalogue: Catalogue, folder: Path | None = None, only: Collection[str] | None = None) -> Clients:
    """Read and check the client files of the folder, or only these clients'. Raises UnknownClient, NoClientsFolder."""
    folder = folder or clients_folder()
    if not folder.is_dir():
        raise NoClientsFolder(f"there is no folder {folder}: SMM_CLIENTS names where the client files lie")
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
    if only is None:
        for mistake in misnamed(folder):
            if mistake.file[0] != "_" or mistake.file.startswith("_agency."):
                refused[mistake.file] = Mistakes([mistake])
    return Clients(found, refused)


def one(catalogue: Catalogue, name: str) -> Client:
    """The client of this name. Raises Mistakes, UnknownClient, NoClientsFolder."""
    found = read(catalogue, only=[name])
    if name in found.refused:
        raise found.refused[name]
    return found.by_id[name]


def read_file(path: Path, catalogue: Catalogue) -> Client:
    """Read and check one client file. Raises Mistakes, all at once: each part is checked whatever the others hold."""
    checked = CheckedFile(path)
    mistakes: list[Mistake] = []
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", path.stem):
        mistakes.append(
            checked.mistake((), f"name the file with a-z, 0-9 and _, such as yarko.yml, not {quoted(path.name)}")
        )
    file: File | None = None
    try:
        file = checked.parse(File)
    except Mistakes as found:
        mistakes += found.mistakes
    sources = _sources(checked, mistakes)
    networks = {*catalogue.networks.names(), *own_networks(sources), "all"}
    dark: list[Mistake] = []
    targets = _targets(checked, networks, catalogue, mistakes, dark)
    mistakes += _leads(checked)
    mistakes += _days(checked, file) if file else ()
    for index, annotation in enumerate(file.annotations if file else ()):
        if annotation.network is not None and annotation.network not in networks:
            mistakes.append(checked.mistake(("annotations", index), f"{quoted(annotation.network)} is no network"))
    if mistakes or file is None:
        raise Mistakes(mistakes)
    return Client(path.stem, file, sources, tuple(targets), tuple(dark), tuple(_twice(checked, file)))


def _section(checked: CheckedFile, name: str) -> dict[str, Any]:
    """A part of the file that is a mapping of mappings; what is not is told by the model already."""
    content = checked.content.get(name)
    if not isinstance(content, dict):
        return {}
    return {key: entry for key, entry in content.items() if isinstance(key, str) and isinstance(entry, dict)}


def own_networks(sources: dict[str, SourceEntry]) -> list[str]:
    """The sources of a client that are networks of their own: their entries bear the networks' names."""
    return [name for name, entry in sources.items() if entry.of.is_network]


def _sources(checked: CheckedFile, mistakes: list[Mistake]) -> dict[str, SourceEntry]:
    sources: dict[str, SourceEntry] = {}
    for name, written in _section(checked, "sources").items():
        place = ("sources", name)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in ("all", "site"):
            mistakes.append(checked.mistake(place, "name the source with a-z, 0-9 and _, not all or site"))
        kind = written.get("source", name)
        if kind not in NAMES:
            there_are = f"one of {', '.join(source.name for source in every() if not source.key)}"
            text = f"must be {there_are}, found {quoted(kind)}"
            if "source" not in written:
                meant = [source for source in NAMES if _fits(named(source), written)]
                text = (
                    f"says no source: add `source: {meant[0]}`"
                    if len(meant) == 1
                    else (f"says no source: add `source:` with {there_are}")
                )
            mistakes.append(checked.mistake((*place, "source") if "source" in written else place, text))
            continue
        if key := named(kind).key:
            example = f"write it beside `sources`, as `{key}: {{path: ...}}`"
            mistakes.append(checked.mistake(place, f"{named(kind).title} are no entry of `sources`: {example}"))
            continue
        options = {key: value for key, value in written.items() if key != "source"}
        own = list(_keys(checked, place, named(kind), options))
        try:
            if not own:
                sources[name] = SourceEntry(kind, checked.parse(named(kind).options, options, place))
        except Mistakes as found:
            own += found.mistakes
        mistakes += own
    mistakes += _givers(checked, sources)
    return sources | _keyed(checked, mistakes)


def _keyed(checked: CheckedFile, mistakes: list[Mistake]) -> dict[str, SourceEntry]:
    """The sources that have a key of their own in the file; each is called as its key."""
    found: dict[str, SourceEntry] = {}
    for source in every():
        written = checked.content.get(source.key) if source.key else None
        if not source.key or not written:
            continue
        if source.key in _section(checked, "sources"):
            text = f"is the name of what the key `{source.key}` gives: name this source otherwise"
            mistakes.append(checked.mistake(("sources", source.key), text))
            continue
        with suppress(Mistakes):  # the model of the file tells them
            found[source.key] = SourceEntry(source.name, checked.parse(source.options, written, (source.key,)))
    return found


def _fits(kind: Source, written: dict[str, Any]) -> bool:
    """Whether an entry has the keys of such a source."""
    fields = kind.options.model_fields
    return written.keys() <= fields.keys() and all(
        name in written for name, field in fields.items() if field.is_required()
    )


def _keys(checked: CheckedFile, place: Place, kind: Source, options: dict[str, Any]) -> Iterator[Mistake]:
    """Keys that such a source needs or does not have."""
    fields = kind.options.model_fields
    needed = [name for name, field in fields.items() if field.is_required()]
    for name in needed:
        if options.get(name) is None:
            text = f"{name} is missing: a {kind.name} source needs {' and '.join(needed)}"
            yield checked.mistake(place, text)
    for name in sorted(options.keys() - fields.keys()):
        yield checked.mistake((*place, name), f"{name} is not a key of a {kind.name} source")


def _givers(checked: CheckedFile, sources: dict[str, SourceEntry]) -> Iterator[Mistake]:
    """Two sources that would give the same number: each has one giver."""
    found: dict[Any, str] = {}
    for name, entry in sources.items():
        place = ("sources", name)
        number = getattr(entry.options, entry.of.identity) if entry.of.identity else name
        first = found.setdefault((entry.source, number), name)
        if first != name and entry.of.is_network:
            text = f"{entry.of.identity} {number} is {first} already, and would count twice; take one of the two out"
            yield checked.mistake(place, text)
        if any(given.of != "own" for given in entry.of.gives):
            counter = found.setdefault("site", name)
            if counter != name:
                text = (
                    f"the visits of a site have one source, and {counter} gives them already; take one of the two out,"
                    " or make a client of its own"
                )
                yield checked.mistake(place, text)


def _targets(
    checked: CheckedFile, networks: set[str], catalogue: Catalogue, mistakes: list[Mistake], dark: list[Mistake]
) -> list[Target]:
    targets: dict[tuple[str, str], Target] = {}
    for key, rule in _section(checked, "targets").items():
        place = ("targets", key)
        own: list[Mistake] = []
        try:
            checked.parse(Rule, rule, place)
        except Mistakes as found:
            own += found.mistakes
        network, kpi, text = cell(key, networks, catalogue)
        if kpi in catalogue.broken and kpi not in catalogue.kpis:
            why = catalogue.broken[kpi].mistakes[0]
            dark.append(checked.mistake(place, f"is not judged until its KPI is fixed: {why}"))
            mistakes += own
            continue
        if text:
            own.append(checked.mistake(place, text))
        elif (network, kpi) in targets:
            own.append(checked.mistake(place, f"{network}.{kpi} has a target already"))
        if not own:
            target = checked.parse(Target, {**rule, "network": network, "kpi": kpi}, place)
            own += _sums(checked, place, target, catalogue)
            own += _steps(checked, place, target, catalogue)
        if not own:
            own += _shares(checked, place, rule, catalogue.kpis[kpi])
        if not own:
            targets[network, kpi] = target
        mistakes += own
    if sum(target.main for target in targets.values()) > 1:
        mistakes.append(checked.mistake(("targets",), "only one target may be the main one"))
    return list(targets.values())


def _sums(checked: CheckedFile, place: Place, target: Target, catalogue: Catalogue) -> Iterator[Mistake]:
    """The quarters and campaigns of a plan whose KPI is no sum of days."""
    for span in target.plan or ():
        try:
            check_sum(catalogue, target.kpi, span)
        except ValueError as error:
            yield checked.mistake((*place, "plan", str(span)), str(error))


def _steps(checked: CheckedFile, place: Place, target: Target, catalogue: Catalogue) -> Iterator[Mistake]:
    """A plan that asks of nothing, and stages that would lead down what is to rise."""
    if target.plan == {} and not checked.content.get("plans"):
        text = "has no month: write such as plan: {2026-01: 1500}, or name a table of plans"
        yield checked.mistake((*place, "plan"), text)
    staged = target.from_baseline
    if staged and staged.to < 1 and catalogue.kpis[target.kpi].direction != "down":
        text = f"is {staged.to}, a floor that falls: {target.kpi} is to rise, so write above 1 (1.2 is a fifth more)"
        yield checked.mistake((*place, "from_baseline", "to"), text)


def _shares(checked: CheckedFile, place: Place, rule: dict[str, Any], kpi: Kpi) -> Iterator[Mistake]:
    """Percent where none can be, and shares that were probably meant to be percent; ``rule`` is as it was written."""
    written: dict[Place, Any] = {(name,): rule.get(name) for name in ("at_least", "at_most")}
    written |= {("between", index): value for index, value in enumerate(rule.get("between") or ())}
    written |= {("plan", text): value for text, value in (rule.get("plan") or {}).items()}
    written |= {("over",): rule.get("over")} if rule.get("over") not in OVER else {}
    for key, value in written.items():
        if value is not None:
            try:
                shares.check(kpi, number(value), isinstance(value, str))
            except ValueError as error:
                yield checked.mistake((*place, *key), str(error))
    growth = rule.get("growth")
    if growth is not None and not isinstance(growth, str):
        try:
            shares.check_bare(number(growth), may_exceed_one=True)
        except ValueError as error:
            yield checked.mistake((*place, "growth"), str(error))


def _days(checked: CheckedFile, file: File) -> Iterator[Mistake]:
    """Work that ends before it begins, and a pause outside of it."""
    if file.ended and file.ended < file.started:
        text = f"is {file.ended}, before `started`, {file.started}: write the last day of the work"
        yield checked.mistake(("ended",), text)
    elif file.paused and (file.paused[1] < file.started or (file.ended and file.paused[0] > file.ended)):
        last = f" to {file.ended}" if file.ended else ""
        text = f"is {file.paused[0]} to {file.paused[1]}, outside of the work, from {file.started}{last}: take it out"
        yield checked.mistake(("paused",), text)


def _twice(checked: CheckedFile, file: File) -> Iterator[Mistake]:
    """Readers who stand in the file in two spellings, and get each letter twice; a manager who reads under another."""
    spelled: dict[str, str] = {}
    for index, (address, _) in enumerate(file.report.to):
        first = spelled.setdefault(mailbox(address).key, address)
        if first != address:
            text = f"{address} is {first} in another spelling, and gets each letter twice; take one of the two out"
            yield checked.mistake(("report", "to", index), text)
    manager = file.report.manager
    reader = spelled.get(mailbox(manager).key, manager) if manager else None
    if manager and reader != manager:
        text = f"{manager} is {reader} of `to` in another spelling; write both alike"
        yield checked.mistake(("report", "manager"), text)


def _leads(checked: CheckedFile) -> Iterator[Mistake]:
    """Parts of the leads that their source does not count, or not so."""
    sources = _section(checked, "sources")
    leads = checked.content.get("leads")
    for part, origin in leads.items() if isinstance(leads, dict) else ():
        if part not in LEAD_PARTS or not isinstance(origin, str):
            continue  # told by the model
        name, _, event = origin.partition(".")
        kind = sources[name].get("source", name) if name in sources else None
        if kind is None:
            yield checked.mistake(("leads", part), f"{quoted(name)} is no source of this client")
        elif kind in NAMES and (text := _uncounted(named(kind), name, part, event)):
            yield checked.mistake(("leads", part), text)


def _uncounted(source: Source, name: str, part: str, event: str) -> str | None:
    """Why the source cannot count this part of the leads as it is written."""
    if part not in source.leads:
        return f"{source.title} counts {'only ' if source.leads else 'no leads'}{' and '.join(source.leads)}"
    counted = source.leads[part]
    if counted is None:
        return f"{source.title} counts {part} as they are, by no event: write `{part}: {name}`" if event else None
    instead = f"write the {counted.what}'s {counted.by}, such as `{part}: {name}.{counted.example}`"
    if not event:
        return f"names no {counted.what}; {instead}"
    if not re.fullmatch(counted.pattern, event):
        return f"{quoted(event)} is no {counted.what}'s {counted.by}; {instead}"
    return None
