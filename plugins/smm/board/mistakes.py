"""The mistakes that `make check` prints, for the pages of what they keep from being loaded, judged or sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from smm import catalogue, clients
from smm.clients import Client, plans
from smm.clients.file import Target
from smm.files import agency, languages
from smm.files.checked import Mistake, Mistakes, misnamed
from smm.files.unchanged import while_unchanged
from smm.project import client_ids, clients_folder
from smm.sources import words


@dataclass(frozen=True)
class Found:
    mistakes: Sequence[Mistake]
    is_refused: bool  # nothing of the client is loaded, judged or sent
    targets: Sequence[Target] = ()  # of the file, as far as it can be read


def of_client(name: str) -> Found:
    """What is wrong with the client's file and its table of plans; of a client without a file, nothing."""
    if name not in client_ids():
        return Found([], is_refused=False)
    client, found = _read(clients_folder() / f"{name}.yml")
    if client is None:
        return Found(found, is_refused=True)
    if "://" not in (client.file.plans or {}).get("path", ""):  # no page waits for the web
        try:
            plans.targets(catalogue.read(), client)
        except Mistakes as refused:
            found = [*found, *refused.mistakes]
    return Found(found, is_refused=False, targets=client.targets)


def refused(names: Iterable[str]) -> set[str]:
    """Those of the clients whose files are refused."""
    return {name for name in {*names} & {*client_ids()} if _read(clients_folder() / f"{name}.yml")[0] is None}


def of_all() -> list[Mistake]:
    """What is wrong with the files that belong to no client, or to none that can be told by its name."""
    folder = clients_folder()
    found = misnamed(folder) if folder.is_dir() else []
    found = [mistake for mistake in found if mistake.file[0] != "_" or mistake.file.startswith("_agency.")]
    broken = catalogue.read().broken
    return [
        *agency.mistakes(),
        *found,
        *(mistake for name in sorted(broken) for mistake in broken[name].mistakes),
        *_words(),
    ]


def _files(path: Path) -> list[Path]:
    return [path, *catalogue.paths()]


@while_unchanged(_files)
def _read(path: Path) -> tuple[Client | None, Sequence[Mistake]]:
    """The client, None if its file is refused, and its mistakes."""
    try:
        client = clients.read_file(path, catalogue.read())
    except Mistakes as refused:
        return None, refused.mistakes
    return client, client.dark


@while_unchanged(lambda: [*catalogue.paths(), *sorted(languages.FOLDER.glob("*.yml")), *words.paths()])
def _words() -> list[Mistake]:
    texts = {name: kpi.texts for name, kpi in catalogue.read().kpis.items()}
    try:
        return [*languages.mistakes(texts), *words.mistakes()]
    except Mistakes as refused:  # of English, which the others are compared with
        return refused.mistakes
