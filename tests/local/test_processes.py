"""The runner with real processes that do not want to end, and a real runner that is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local import sessions, state
from local.interrupts import Interrupts
from local.processes import Runner
from local.sessions import Session
from local.trouble import TroubleError

ROOT = Path(__file__).resolve().parents[2]

# as Airflow's: a child in a process group of its own, which does not listen to SIGTERM
STUBBORN = """
import os, signal, subprocess, sys, time
child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
started = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE, process_group=0)
started.stdout.readline()
print("ready", flush=True)
time.sleep(60)
"""

# a stack of one process, until an interrupt
STACK = f"""
import sys
from contextlib import suppress
from pathlib import Path
from local import state
from local.interrupts import Interrupts
from local.processes import Runner
root = Path(sys.argv[1])
with suppress(KeyboardInterrupt), Interrupts() as interrupts, state.opened("demo", afresh=True, root=root) as folder:
    with Runner(folder, root, interrupts) as runner:
        stubborn = runner.start("stubborn", [sys.executable, "-c", {STUBBORN!r}])
        runner.until(lambda: "ready" in stubborn.log.read_text() or None, "it", 10)
        print("ready", flush=True)
        runner.watch()
"""


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    with Runner(tmp_path, tmp_path, Interrupts()) as started:
        yield started


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A running stack of its own, of `tmp_path`."""
    command = [sys.executable, "-c", STACK, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()
        process.wait()
        with state.opened("demo", afresh=True, root=tmp_path):
            pass


def ids(folder: Path) -> list[int]:
    return [session.pid for session in sessions.recorded(folder / "sessions")]


def test_the_end_is_the_end_of_all(tmp_path: Path) -> None:
    with Runner(tmp_path, tmp_path, Interrupts()) as runner:
        process = runner.start("stubborn", [sys.executable, "-c", STUBBORN])
        runner.until(lambda: "ready" in process.log.read_text() or None, "it", 10)
        assert len(sessions.members(ids(tmp_path))) == 2
    assert sessions.members(ids(tmp_path)) == []


def test_the_processes_of_the_ground_end_last(tmp_path: Path) -> None:
    script = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(print(time.monotonic())))"
    command = [sys.executable, "-u", "-c", f"{script}; print('ready'); time.sleep(60)"]
    with Runner(tmp_path, tmp_path, Interrupts()) as ground, Runner(tmp_path, tmp_path, Interrupts(), ground) as runner:
        logs = [ground.start("first", command).log, runner.start("second", command).log]
        runner.until(lambda: all("ready" in log.read_text() for log in logs) or None, "they", 10)
    first, second = (float(log.read_text().splitlines()[-1]) for log in logs)
    assert second < first


def test_a_process_that_ends_by_itself_is_reported_with_the_end_of_its_log(runner: Runner) -> None:
    runner.start("baker", [sys.executable, "-c", "raise SystemExit('out of flour')"])
    with pytest.raises(TroubleError, match=r"(?s)baker has ended \(exit code 1\).*baker\.log.*out of flour"):
        runner.until(lambda: None, "bread", 10)


def test_a_process_of_the_ground_is_watched_too(tmp_path: Path, runner: Runner) -> None:
    with Runner(tmp_path, tmp_path, Interrupts(), ground=runner) as upper:
        os.kill(runner.start("floor", ["sleep", "60"]).popen.pid, signal.SIGKILL)
        with pytest.raises(TroubleError, match=r"floor has ended \(SIGKILL\)"):
            upper.until(lambda: None, "anything", 10)


def test_an_end_tells_more_than_an_answer_that_failed(runner: Runner) -> None:
    process = runner.start("server", ["false"])

    def ask() -> None:
        process.popen.wait()
        raise ConnectionRefusedError

    with pytest.raises(TroubleError, match="server has ended"):
        runner.until(ask, "the server", 10)


def test_a_task_that_fails_or_takes_too_long_is_reported(runner: Runner) -> None:
    with pytest.raises(TroubleError, match="migrate has ended"):
        runner.finish(runner.start("migrate", ["false"]), 10)
    with pytest.raises(TroubleError, match="sleeper took longer than 0 s"):
        runner.finish(runner.start("sleeper", ["sleep", "60"]), 0.01)


def test_a_task_that_is_done_is_missed_by_nobody(runner: Runner) -> None:
    runner.finish(runner.start("migrate", ["true"]), 10)
    runner.check()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_runner_ends_all(stack: subprocess.Popen[str], tmp_path: Path, number: signal.Signals) -> None:
    stack.send_signal(number)
    assert stack.wait(10) == 0
    assert sessions.members(ids(tmp_path / ".smm" / "demo")) == []


def test_the_next_start_ends_what_a_killed_runner_left(stack: subprocess.Popen[str], tmp_path: Path) -> None:
    left = ids(tmp_path / ".smm" / "demo")
    stack.kill()
    stack.wait()
    assert len(sessions.members(left)) == 2
    with state.opened("demo", afresh=True, root=tmp_path) as folder:
        assert sessions.members(left) == []
        assert list(folder.iterdir()) == []


def test_what_a_dead_leader_left_is_found(stack: subprocess.Popen[str], tmp_path: Path) -> None:
    left = ids(tmp_path / ".smm" / "demo")
    stack.kill()
    stack.wait()
    psutil.Process(left[0]).kill()
    wait_for_end(left[0])
    assert len(sessions.members(left)) == 1
    with state.opened("demo", afresh=True, root=tmp_path):
        assert sessions.members(left) == []


def wait_for_end(leader: int) -> None:
    """A killed process takes a moment to go."""
    deadline = time.monotonic() + 10
    while any(process.pid == leader for process in sessions.members([leader])) and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_stranger_with_the_id_of_one_of_ours_lives_on(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        sessions.record(tmp_path / "sessions", Session(stranger.pid, time.time() - 3600, signal.SIGTERM))
        assert sessions.sweep(tmp_path / "sessions", tmp_path) == 0
        assert stranger.poll() is None
        stranger.kill()


def test_a_second_start_is_refused_while_the_first_runs(stack: subprocess.Popen[str], tmp_path: Path) -> None:
    with (
        pytest.raises(TroubleError, match=rf"`make demo` runs in this folder already, process {stack.pid}"),
        state.opened("demo", afresh=True, root=tmp_path),
    ):
        pass
    assert stack.poll() is None
