"""The runner: starts the stack's processes, watches them, and leaves none behind."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from local import sessions
from local.interrupts import Interrupts
from local.sessions import Session
from local.trouble import TroubleError

Answer = TypeVar("Answer")

STOP_SECONDS = 15.0
TAIL_LINES = 20


@dataclass(frozen=True)
class Process:
    name: str
    popen: subprocess.Popen[bytes]
    log: Path
    session: Session

    def failure(self) -> TroubleError:
        """What is known of a process that has ended and should not have, or not so."""
        code = self.popen.returncode
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        lines = self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        return TroubleError("\n".join([f"{self.name} has ended ({how}). The end of {self.log}:", *lines]))


class Runner:
    """A context whose end, however it comes, is the end of all processes started in it.

    `folder` is the stack's state: its logs/<name>.log are written, its `sessions` are recorded. The processes work in
    `root`. They need those of the runner `ground`, if there is one: it is watched too, and ends after this one.
    """

    def __init__(self, folder: Path, root: Path, interrupts: Interrupts, ground: "Runner | None" = None) -> None:
        self._logs = folder / "logs"
        self._sessions = folder / "sessions"
        self._root = root
        self._interrupts = interrupts
        self._ground = ground
        self._running: list[Process] = []

    def __enter__(self) -> Self:
        self._logs.mkdir(exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._interrupts.held():
            sessions.end([process.session for process in self._running], STOP_SECONDS)
            for process in self._running:
                process.popen.wait()

    def start(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str] = os.environ,
        stop: signal.Signals = signal.SIGTERM,
    ) -> Process:
        """Start one that goes on until the runner's end."""
        log = self._logs / f"{name}.log"
        with self._interrupts.held(), log.open("ab") as output:
            popen = subprocess.Popen(
                command,
                cwd=self._root,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            process = Process(name, popen, log, Session.of(popen.pid, stop))
            self._running.append(process)
            sessions.record(self._sessions, process.session)
        return process

    def finish(self, process: Process, seconds: float) -> None:
        """Wait for one that has a task and an end. Raises TroubleError when it fails or takes longer."""
        try:
            code = process.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TroubleError(f"{process.name} took longer than {seconds:.0f} s: see {process.log}") from None
        self._running.remove(process)
        if code:
            raise process.failure()

    def check(self) -> None:
        """Raises TroubleError when a process has ended by itself."""
        if self._ground:
            self._ground.check()
        for process in self._running:
            if process.popen.poll() is not None:
                raise process.failure()

    def until(self, ask: Callable[[], Answer | None], what: str, seconds: float, every: float = 0.1) -> Answer:
        """The first answer that is not None, asked for while all processes live."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                answer = ask()
            finally:
                self.check()  # an end tells more than an answer that failed to come
            if answer is not None:
                return answer
            if time.monotonic() > deadline:
                raise TroubleError(f"{what} took longer than {seconds:.0f} s: see {self._logs}")
            time.sleep(every)

    def watch(self) -> None:
        """Until an interrupt. Raises TroubleError when a process has ended by itself."""
        with suppress(KeyboardInterrupt):
            while True:
                self.check()
                time.sleep(1)
