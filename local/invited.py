"""The client files that a user has put beside the demo's own: they stay when the demo begins afresh."""

from collections.abc import Callable
from pathlib import Path

OWN = ".own"  # of the demo: the names of what it has written itself, one a line; nobody's file for what reads clients


def place(folder: Path) -> Path:
    """Where the clients of the demo with its state in this folder lie."""
    return folder / "sandbox" / "clients"


def files(folder: Path) -> set[Path]:
    """What the user has put there; nothing where no demo has been."""
    note = place(folder) / OWN
    if not note.exists():
        return set()
    return {path for path in place(folder).iterdir() if path.name not in {OWN, *note.read_text("utf-8").splitlines()}}


def kept(folder: Path) -> set[Path]:
    """What stays of it all: with the user's files the note by which the next start knows them, if this one fails."""
    theirs = files(folder)
    return theirs | {place(folder) / OWN} if theirs else theirs


def clients(folder: Path) -> list[str]:
    """The ids of the clients that are the user's."""
    return sorted(path.stem for path in files(folder) if path.suffix == ".yml" and path.name[0] not in "_.")


def beside(folder: Path, write: Callable[[], None]) -> list[str]:
    """Let the demo write its own files beside the user's; returns the ids of its clients."""
    theirs = {path.name for path in place(folder).iterdir()} if place(folder).exists() else set()
    write()
    own = {path.name for path in place(folder).iterdir()} - theirs
    (place(folder) / OWN).write_text("\n".join(sorted(own)), "utf-8")
    return sorted(name.removesuffix(".yml") for name in own if name[0] != "_")
