"""`.smm/<name>` of a checkout: all that one stack keeps, behind a lock."""

import fcntl
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from local import invited, sessions
from local.trouble import TroubleError

ROOT = Path(__file__).resolve().parent.parent
KEPT, THROWN_AWAY = ("up",), ("demo", "bench")  # what becomes of each stack's data when the checkout is cleaned


@contextmanager
def opened(name: str, *, afresh: bool, root: Path = ROOT) -> Iterator[Path]:
    """The folder, ours alone for the time being; with `afresh`, an empty one but for what its user has put there.

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
            process = holder.read()
            stop = f"stop it first, with Ctrl-C in its terminal or `kill {process}`"
            raise TroubleError(f"`make {name}` runs in this folder already, process {process}: {stop}") from None
        holder.truncate()
        holder.write(str(os.getpid()))
        holder.flush()
        swept = sessions.sweep(folder / "sessions", root)
        if swept:
            print(f"ended {swept} processes that an earlier start had left behind")
        if afresh:
            empty(folder, invited.kept(folder))
        yield folder


def clean(root: Path = ROOT) -> None:
    """Remove what was made here, but for the data of KEPT. Raises TroubleError, with nothing removed, if one runs."""
    with ExitStack() as held:
        for name in (*KEPT, *THROWN_AWAY):
            if (root / ".smm" / name).exists():
                held.enter_context(opened(name, afresh=False, root=root))
    for name in THROWN_AWAY:
        remove(name, root)


def remove(name: str, root: Path = ROOT) -> None:
    """The folder and what is left running there; nothing when it is not there. What its user has put there stays."""
    if (root / ".smm" / name).exists():
        with opened(name, afresh=True, root=root) as folder:
            if theirs := invited.files(folder):
                print("kept, because you have put it there:", *sorted(theirs), sep="\n  ")
                return
            folder.rmdir()
            folder.with_suffix(".lock").unlink()


def empty(folder: Path, kept: Collection[Path] = ()) -> None:
    """Remove all that is in the folder, but for these files."""
    try:
        for path in folder.iterdir():
            if any(file.is_relative_to(path) for file in kept):
                if path.is_dir():
                    empty(path, kept)
            elif path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    except OSError as error:
        why = f"{error.strerror}; it may belong to another user"
        raise TroubleError(f"{error.filename} cannot be removed: {why}") from None


def write_secret(file: Path, text: str) -> None:
    """A new file, or one of ours overwritten, that nobody else can read at any moment."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as secret:
        os.fchmod(secret.fileno(), 0o600)
        secret.write(text)
