"""`.smm/<name>` of a checkout: all that one stack keeps, behind a lock."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import sessions
from local.trouble import TroubleError

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def opened(name: str, *, afresh: bool, root: Path = ROOT) -> Iterator[Path]:
    """The folder, ours alone for the time being; with `afresh`, an empty one.

    What an earlier stack left running here is ended first. Raises TroubleError when another one runs here now, or
    when the folder cannot be written to.
    """
    folder = root / ".smm" / name
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise TroubleError(f"{folder} cannot be written to ({error.strerror}): it may belong to another user") from None
    with os.fdopen(lock, "r+") as holder:
        try:
            fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = f"`make {name}` runs in this folder already, process {holder.read()}"
            raise TroubleError(f"{running}: stop it first") from None
        holder.truncate()
        holder.write(str(os.getpid()))
        holder.flush()
        swept = sessions.sweep(folder / "sessions", root)
        if swept:
            print(f"ended {swept} processes that an earlier start had left behind")
        if afresh:
            empty(folder)
        yield folder


def remove(name: str, root: Path = ROOT) -> None:
    """The folder and all in it, and what is left running there; nothing when it is not there."""
    if (root / ".smm" / name).exists():
        with opened(name, afresh=True, root=root) as folder:
            folder.rmdir()
            folder.with_suffix(".lock").unlink()


def empty(folder: Path) -> None:
    try:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    except OSError as error:
        why = f"{error.strerror}; it may belong to another user"
        raise TroubleError(f"{error.filename} cannot be removed: {why}") from None


def write_secret(file: Path, text: str) -> None:
    """A new file, or one of ours overwritten, that nobody else can read at any moment."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as secret:
        os.fchmod(secret.fileno(), 0o600)
        secret.write(text)
