"""The clients: one file each in include/clients/, read and checked here.

`read` gives the clients whose files are in order and the mistakes of the others, so that one bad file stops nobody
else. Nothing here is done while a DAG file is parsed: those look at file names only (`project.client_ids`).
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from smm.catalogue import Catalogue
from smm.clients import sources_section, targets_section, unknowable
from smm.clients.file import File, Target
from smm.clients.sources_section import SourceEntry, own_networks
from smm.files import meant
from smm.files.addresses import mailbox
from smm.files.checked import CheckedFile, Mistake, Mistakes, misnamed
from smm.files.quoted import quoted
from smm.project import NoClientsFolder, client_ids, clients_folder
from smm.sources import Job


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
        raise NoClientsFolder(f"there is no folder {folder}: set SMM_CLIENTS to the folder of the client files")
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
    sources = sources_section.read(checked, mistakes)
    networks = {*catalogue.networks.names(), *own_networks(sources), "all"}
    dark: list[Mistake] = []
    targets = targets_section.read(checked, networks, catalogue, mistakes, dark)
    mistakes += sources_section.misnamed_leads(checked)
    mistakes += [*_days(checked, file), *_named(checked, file)] if file else ()
    for index, annotation in enumerate(file.annotations if file else ()):
        if annotation.network is not None and annotation.network not in networks:
            there_are = meant.instead(annotation.network, sorted(networks))
            text = f"{quoted(annotation.network)} is not a network; {there_are}"
            mistakes.append(checked.mistake(("annotations", index, "network"), text))
    if mistakes or file is None:
        raise Mistakes(mistakes)
    notes = (*_twice(checked, file), *unknowable.notes(checked, targets, sources, file.leads, catalogue))
    return Client(path.stem, file, sources, tuple(targets), tuple(dark), notes)


def _days(checked: CheckedFile, file: File) -> Iterator[Mistake]:
    """Work that ends before it begins, and a pause outside of it."""
    if file.ended and file.ended < file.started:
        text = f"is {file.ended}, before `started`, {file.started}: write the last day of the work"
        yield checked.mistake(("ended",), text)
    elif file.paused and (file.paused[1] < file.started or (file.ended and file.paused[0] > file.ended)):
        last = f" to {file.ended}" if file.ended else ""
        text = f"is {file.paused[0]} to {file.paused[1]}, outside the work, from {file.started}{last}: remove it"
        yield checked.mistake(("paused",), text)


def _named(checked: CheckedFile, file: File) -> Iterator[Mistake]:
    """Names of addresses that are no reader's."""
    readers = [address for address, _ in file.report.to]
    for address in file.report.names:
        if address not in readers:
            text = f"is not a reader's address: write it as in `to` ({', '.join(readers)})"
            yield checked.mistake(("report", "names", address), text)


def _twice(checked: CheckedFile, file: File) -> Iterator[Mistake]:
    """Readers who stand in the file in two spellings, and get each letter twice; a manager who reads under another."""
    spelled: dict[str, str] = {}
    for index, (address, _) in enumerate(file.report.to):
        first = spelled.setdefault(mailbox(address).key, address)
        if first != address:
            text = f"{address} is {first} in another spelling, and gets each letter twice; remove one of the two"
            yield checked.mistake(("report", "to", index), text)
    manager = file.report.manager
    reader = spelled.get(mailbox(manager).key, manager) if manager else None
    if manager and reader != manager:
        text = f"{manager} is {reader} of `to` in another spelling; write both in the same way"
        yield checked.mistake(("report", "manager"), text)
