"""The sessions that a runner has started, on disk: by them the next start finds what a killed runner left running.

Every process of the stack leads a session of its own, and what it forks stays in that session: Airflow gives tasks
process groups of their own and rewrites process titles, so neither groups nor names find everything.
"""

import json
import os
import signal
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

CLOCK_SECONDS = 2.0  # a start time is counted from the boot time, which moves a little when the clock is set


@dataclass(frozen=True)
class Session:
    pid: int  # of its leader, and so the session's id
    started: float  # of its leader, seconds since the epoch
    stop: int  # the signal that ends the leader in order

    @classmethod
    def of(cls, pid: int, stop: signal.Signals) -> "Session":
        try:
            started = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:  # macOS tells nothing of one that has ended already
            started = time.time()
        return cls(pid, started, int(stop))

    def leader(self) -> psutil.Process | None:
        """The leader while it lives; not a stranger who was given its id."""
        try:
            process = psutil.Process(self.pid)
            return process if abs(process.create_time() - self.started) < CLOCK_SECONDS else None
        except psutil.NoSuchProcess:
            return None


def record(file: Path, session: Session) -> None:
    """Append; on disk before the caller goes on."""
    with file.open("a") as lines:
        lines.write(json.dumps(asdict(session)) + "\n")


def recorded(file: Path) -> list[Session]:
    if not file.exists():
        return []
    return [Session(**json.loads(line)) for line in file.read_text().splitlines()]


def members(ids: Collection[int]) -> list[psutil.Process]:
    """The living processes of these sessions."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) in ids and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (ProcessLookupError, PermissionError, psutil.Error):  # gone meanwhile, or another user's
            continue
    return found


def end(sessions: Sequence[Session], seconds: float) -> None:
    """Ask all processes of these sessions at once to stop; after so many seconds, or when the leaders are gone, kill
    what is left.

    All, as Ctrl-C in a terminal would: a scheduler that is asked alone waits for its tasks.
    """
    stops = {session.pid: session.stop for session in sessions}
    for process in members(stops):
        with suppress(ProcessLookupError):
            os.kill(process.pid, stops[os.getsid(process.pid)])
    deadline = time.monotonic() + seconds
    while any(process.pid in stops for process in members(stops)) and time.monotonic() < deadline:
        time.sleep(0.05)
    while left := members(stops):  # again: a process may have forked while the list was made
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.05)


def sweep(file: Path, folder: Path) -> int:
    """End what an earlier runner left running; returns how many sessions that were.

    `folder` is where its processes worked. A process id may have been given to a stranger since: a session is ours when
    its leader began when ours did, or, with the leader gone, when what is left of it works in our folder.
    """
    stale = [session for session in recorded(file) if is_ours(session, folder)]
    end(stale, seconds=10)
    file.unlink(missing_ok=True)
    return len(stale)


def is_ours(session: Session, folder: Path) -> bool:
    if session.leader():
        return True
    if psutil.pid_exists(session.pid):
        return False
    try:
        left = members({session.pid})
        return bool(left) and all(Path(process.cwd()).is_relative_to(folder) for process in left)
    except psutil.Error:  # gone meanwhile, or not ours to look at
        return False
