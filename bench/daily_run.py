"""Part c: the daily run of many clients, GA4 and VK together, under real Airflow."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from threading import Event, Thread
from typing import Any

import psutil

from bench.community import FIRST_COMMUNITY
from bench.stand import LAST_DAY, FarEnds, Stand, client_file, cpu_seconds, plain_environment
from local.flow import Flow
from local.trouble import TroubleError
from smm import warehouse

TITLE = "A daily run: GA4 and VK of many clients"
CLIENTS = (10, 50, 200)
LATENCY = 0.05  # seconds
ORIGINS, POSTS, DAYS = 40, 60, 120  # per client: 560 GA4 rows in the 14 days that are loaded again, a post every 2 days
RUN_AFTER = datetime.combine(LAST_DAY + timedelta(days=1), clock(6), UTC)
DAGS = ("ingest_ga4", "ingest_vk")
TASK = re.compile(r"airflow worker -- [0-9a-f]{8}-")  # the title of a process that runs a task


def measure(stand: Stand) -> dict[str, Any]:
    far_ends = stand.far_ends(days=DAYS, origins=ORIGINS, communities=max(CLIENTS), posts=POSTS, latency=LATENCY)
    clients = stand.stack.folder / "clients"
    given = {**plain_environment(), "SMM_CLIENTS": str(clients)}
    api = stand.stack.start_airflow(given, far_ends.connections())
    flow = Flow(api, stand.stack.runner, stand.stack.progress)
    flow.read(set(DAGS))
    found: list[dict[str, Any]] = []
    for size in (1, *CLIENTS):
        _write(stand, far_ends, size)
        before = stand.received(far_ends)
        with stand.stack.progress.step(f"ingest_ga4 and ingest_vk of {size} clients"), watched() as watch:
            days = {"clients": None, "first_day": None, "last_day": None}
            run_after = RUN_AFTER + timedelta(seconds=size)  # names the run, too
            runs = [flow.begin(dag, days, run_after) for dag in DAGS]
            flow.finish(*runs)
        tasks = [task for dag, run in runs for task in api.tasks(dag, run)]
        counted = {"tasks": len(tasks), "requests": dict(stand.received(far_ends) - before)}
        found.append({"clients": size, "rows": published_rows(stand, runs, size), **counted, **watch.told()})
    return {"latency": LATENCY, "runs": found[1:]}  # the first one found cold caches


def _write(stand: Stand, far_ends: FarEnds, size: int) -> None:
    for number in range(FIRST_COMMUNITY, FIRST_COMMUNITY + min(size, far_ends.communities)):
        sources = {
            "ga4": {"connection": "ga4_bench", "property": number},
            "vk": {"connection": f"vk_{number}", "community": number},
        }
        (stand.stack.folder / "clients" / f"c{number}.yml").write_text(client_file(sources), encoding="utf-8")


def published_rows(stand: Stand, runs: Sequence[tuple[str, str]], clients: int) -> int:
    """How many rows were published. Raises TroubleError unless every client's were."""
    query = (
        "select sum(rows)::bigint as rows, count(*) as loads from core.load"
        " where state = 'published' and run_id = any(%s)"
    )
    with warehouse.connect(stand.stack.warehouse) as connection:
        ids = [f"{dag}/{run}" for dag, run in runs]
        (found,) = connection.execute(query, [ids]).fetchall()
    if found["loads"] != clients * len(runs):
        raise TroubleError(f"{found['loads']} loads were published, for {clients} clients")
    return int(found["rows"])


@dataclass
class Watch:
    """What this process and all that come of it used."""

    seconds: float = 0
    cpu: float = 0
    task_mb: float = 0  # of the largest process that ran a task
    _ended: Event = field(default_factory=Event)

    def told(self) -> dict[str, float]:
        return {"seconds": self.seconds, "cpu": self.cpu, "task_mb": self.task_mb}

    def look(self) -> None:
        while not self._ended.wait(0.5):
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
                    if TASK.match(" ".join(process.cmdline())):
                        self.task_mb = max(self.task_mb, process.memory_info().rss / 2**20)

    def end(self) -> None:
        self._ended.set()


@contextmanager
def watched() -> Iterator[Watch]:
    watch = Watch()
    looking = Thread(target=watch.look)
    begun, cpu = time.monotonic(), cpu_seconds()
    looking.start()
    try:
        yield watch
    finally:
        watch.end()
        looking.join()
        watch.seconds, watch.cpu = time.monotonic() - begun, cpu_seconds() - cpu


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The table, as Markdown."""
    late = f"{found['latency'] * 1000:.0f} ms"
    yield f"`ingest_ga4` and `ingest_vk` at the same time; LocalExecutor with 4 slots; each answer {late} late."
    yield "CPU is the sum of Airflow, tasks, Postgres and the simulated services."
    yield ""
    heads = "clients, seconds, CPU s, task instances, largest task (MB)".split(", ")
    heads += [f"{name} per client" for name in ("requests", "seconds", "CPU s")]
    yield f"| {' | '.join(heads)} |"
    yield "|--:" * len(heads) + "|"
    for run in found["runs"]:
        size = run["clients"]
        requests = " + ".join(f"{count / size:.0f} {name}" for name, count in sorted(run["requests"].items()))
        yield (
            f"| {size} | {run['seconds']:.0f} | {run['cpu']:.0f} | {run['tasks']} | {run['task_mb']:.0f} |"
            f" {requests} | {run['seconds'] / size:.2f} | {run['cpu'] / size:.2f} |"
        )


def targets(found: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Target, what was measured, whether it is met."""
    small, *_, large = found["runs"]
    minutes = large["seconds"] / 60
    yield f"{large['clients']} clients in less than 5 minutes", f"{minutes:.1f} minutes", minutes < 5
    growth = large["task_mb"] / small["task_mb"]
    text = f"largest task {large['task_mb']:.0f} MB, {growth:.2f} times that of {small['clients']} clients"
    yield "memory per task flat (at most 1.1 times)", text, growth <= 1.1
    costs = [run["cpu"] / run["clients"] for run in found["runs"]]
    shown = ", ".join(f"{cost:.2f}" for cost in costs)
    yield "cost per client falls as clients grow", f"{shown} CPU s per client", costs == sorted(costs, reverse=True)
