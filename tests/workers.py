"""The stages of a run as workers run them: in processes of their own, which a test may kill."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib import import_module
from multiprocessing.process import BaseProcess
from typing import Any

import pytest

from smm.loading.ledger import Slot
from tests import clock

# a clean process, which has imported what takes long, is forked for each worker
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["tests.garbage", "airflow.sdk", "great_expectations", "smm.loading.audit", "smm.tasks"]
    + [f"smm.sources.{source}.{part}" for source in ("ga4", "vk") for part in ("asking", "reading")]
)

PATIENCE = 60  # seconds after which a worker that does not end is a failure of the test


@dataclass(frozen=True)
class Run:
    """A run's slots, as its plan would give them to its one fetch task."""

    run_id: str
    slots: Sequence[Slot]

    def plan(self) -> None:
        from smm import warehouse
        from smm.loading import plan

        with warehouse.connection() as connection:
            plan.prepare(connection, self.run_id, {slot["source"] for slot in self.slots}, None)

    def fetch(self) -> None:
        from smm.loading.fetch import fetch

        _assert_none(fetch(self.run_id, self.slots))

    def audit(self) -> None:
        from smm.loading.audit import audit

        audit(self.run_id)

    def publish(self) -> None:
        from smm.loading.publish import publish

        _assert_none(publish(self.run_id))

    def build(self) -> None:
        """What the task `rebuild` of build_kpis does."""
        from smm import warehouse
        from smm.rebuild import REBUILD

        with warehouse.connection() as connection:
            for step in REBUILD:
                warehouse.run(connection, step, {"clients": None, "first_month": None, "last_month": None})


STAGES = ("plan", "fetch", "audit", "publish", "build")


def _assert_none(unfinished: list[dict[str, Any]]) -> None:
    assert not unfinished, unfinished


@dataclass(frozen=True)
class Moment:
    """The nth call of a function, named with its module.

    With ``at_row``, of a function whose last argument are rows: once it has taken so many of them.
    """

    place: str
    nth: int = 1
    at_row: int | None = None

    def let(self, happen: Callable[[], object]) -> None:
        """Let it happen at this moment of this process."""
        name, _, attribute = self.place.rpartition(".")
        module = import_module(name)
        call = getattr(module, attribute)
        calls = 0

        def called(*args: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls != self.nth:
                return call(*args, **named)
            if self.at_row is None:
                happen()
                return call(*args, **named)
            return call(*args[:-1], _until(args[-1], self.at_row, happen), **named)

        setattr(module, attribute, called)


def _until(rows: Iterable[Any], last: int, happen: Callable[[], object]) -> Iterator[Any]:
    for number, row in enumerate(rows, 1):
        yield row
        if number == last:
            happen()


def die() -> None:
    """Kill this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def without_waiting(patched: pytest.MonkeyPatch) -> None:
    """Nobody in this process waits before another try, or for a turn with a token: these far ends count no requests."""
    from smm import tasks
    from smm.loading import access

    patched.setitem(tasks.DEFAULTS, "retry_delay", timedelta(0))
    for name in ("Access", "Turns"):
        patched.setattr(access, name, partial(getattr(access, name), sleep=lambda _seconds: None))


def start(run: Run, *stages: str, at: Moment | None = None, happen: Callable[[], object] = die) -> BaseProcess:
    """A worker on these stages, one after another; something may happen to it at a moment of the last."""
    environment = {name: value for name, value in os.environ.items() if name.startswith(("AIRFLOW", "SMM_"))}
    worker = FORKS.Process(target=_work, args=(datetime.now(UTC), environment, run, stages, at, happen), daemon=True)
    worker.start()
    return worker


def _work(
    now: datetime,
    environment: Mapping[str, str],
    run: Run,
    stages: Sequence[str],
    at: Moment | None,
    happen: Callable[[], object],
) -> None:
    clock.stand(now)
    os.environ |= environment
    without_waiting(pytest.MonkeyPatch())  # to the end of this process
    for stage in stages:
        if at and stage == stages[-1]:
            at.let(happen)
        getattr(run, stage)()


def end_of(*workers: BaseProcess) -> list[int | None]:
    """How each ended: 0, or minus the signal that killed it."""
    for worker in workers:
        worker.join(PATIENCE)
        if worker.is_alive():
            worker.kill()
    return [worker.exitcode for worker in workers]


def finish(run: Run, *stages: str) -> None:
    """Run these stages in a worker, which must succeed."""
    assert end_of(start(run, *stages)) == [0]


def slots(sources: Sequence[str], client: str, first_day: date, last_day: date) -> list[Slot]:
    """One slot of each source, named as its source is."""
    days = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
    return [
        Slot(source=source, client=client, network=source, archived=None, **days)  # type: ignore[typeddict-item]
        for source in sources
    ]
