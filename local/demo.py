"""`make demo`: the whole way of the data, from the far ends to a letter, in front of one's eyes."""

import os
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from local import agency, airflow, invited, ports
from local.flow import Flow
from local.stack import Stack, assembled
from local.summary import summarised
from local.trouble import TroubleError
from sandbox import SERVERS
from sandbox.replay import Replay
from sandbox.world import World
from smm.loading import dags

DAGS = dags.needed(())
DAILY = [dag for dag in DAGS if dag.startswith("ingest_")]
SANDBOX_SECONDS = 120
WAITING = "nordlys"  # whose letter waits for its manager, in English
HASTE = {"AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2"}  # seconds; five times as often as usual


def run(first_port: int, recordings: Path | None, *, once: bool) -> bool:
    """Everything from nothing, then the summary; stays until Ctrl-C unless `once`. True = all of it happened."""
    if recordings and not recordings.is_dir():
        raise TroubleError(f"there is no folder {recordings} with recordings")
    with assembled("demo", first_port, ports.DEMO, afresh=True) as stack:
        stack.start_postgres(durable=False)
        today = datetime.now(UTC).date()
        with stack.progress.step("far ends"):
            world = Replay(recordings) if recordings else World(today)
            sandbox = stack.folder / "sandbox"
            own = invited.beside(stack.folder, lambda: write(stack, world, sandbox))
            serve(stack, sandbox, recordings, today)
        api = stack.start_airflow(
            {**surroundings(stack.folder), **HASTE},
            {"mail": mail(stack.ports["smtp"]), **world.connections(stack.ports)},
        )
        flow = Flow(api, stack.runner, stack.progress)
        go(flow, stack, world, own)
        summary = summarised(stack, world, sandbox)
        print(summary.text(stack, once=once), flush=True)
        if not once:
            theirs = invited.clients(stack.folder)
            if theirs:  # may be wrong, or not known to the far ends: nobody waits for it
                flow.begin("backfill_client", history(world, theirs))
            stack.runner.watch()
        return summary.is_whole


def write(stack: Stack, world: World | Replay, sandbox: Path) -> None:
    """The files of the world's clients; those of the seeded one have an agency."""
    world.write(sandbox)
    if isinstance(world, World):
        agency.write(invited.place(stack.folder), stack.address)


def serve(stack: Stack, sandbox: Path, recordings: Path | None, today: date) -> None:
    """Start the far ends on their ports and wait until they listen."""
    chosen = ["--recordings", str(recordings)] if recordings else ["--today", today.isoformat()]
    listening = [word for name in SERVERS for word in (f"--port-{name}", str(stack.ports[name]))]
    command = [sys.executable, "-m", "sandbox", "--dir", str(sandbox), *listening, *chosen]
    process = stack.runner.start("sandbox", command, neutral(os.environ))
    stack.runner.until(lambda: "ready" in process.log.read_text() or None, "the start of the sandbox", SANDBOX_SECONDS)


def surroundings(folder: Path) -> dict[str, str]:
    """What the demo in this folder is told of the machine and of its clients."""
    return {**neutral(os.environ), "SMM_CLIENTS": str(invited.place(folder))}


def neutral(environment: Mapping[str, str]) -> dict[str, str]:
    """Without any settings of the user's for Airflow or for this project."""
    cleared = airflow.cleared(environment)
    return {name: value for name, value in cleared.items() if not name.startswith(("AIRFLOW_", "SMM_"))}


def mail(port: int) -> dict[str, object]:
    return {
        "conn_type": "smtp",
        "host": ports.HOST,
        "port": port,
        "extra": {"disable_ssl": True, "disable_tls": True, "from_email": "smm@agency.example"},
    }


def go(flow: Flow, stack: Stack, world: World | Replay, clients: list[str]) -> None:
    """The data's way: history, a day, KPIs, letters. From then on every DAG runs by its own schedule."""
    with stack.progress.step("reading of the DAGs"):
        flow.read(set(DAGS))
    run_after = min(world.run_after, datetime.now(UTC))  # a run that is due later would wait
    asked = history(world, clients)
    with stack.progress.step(f"backfill_client: {asked['first_month']} to {asked['last_month']}"):
        flow.finish(flow.begin("backfill_client", asked, run_after))
    with stack.progress.step(f"{', '.join(DAILY)}: the day of {world.run_after:%Y-%m-%d}"):
        days = {"clients": clients, "first_day": None, "last_day": None}
        flow.finish(*[flow.begin(dag, days, run_after) for dag in DAILY])
    with stack.progress.step("build_kpis, of all that was published"):
        flow.unpause("build_kpis")  # not earlier: it runs at once, and one rebuild takes up what both have changed
        flow.finish_triggered("build_kpis")
    month = f"{world.judged_month:%Y-%m}"
    with stack.progress.step(f"report_targets: {month}"):
        letters = {"month": month, "send": True, "rehearse_to": None}
        at_once = [client for client in clients if client != WAITING]
        flow.finish(flow.begin("report_targets", {**letters, "clients": at_once}, run_after))
    if WAITING in clients:
        with stack.progress.step(f"report_targets: {month}, a draft for the manager of {WAITING}"):
            # now: a moment names one run, and a draft waits from its moment on
            flow.finish(flow.begin("report_targets", {**letters, "clients": [WAITING], "drafts": True}))
    if isinstance(world, World) and world.last_month > world.judged_month:
        with stack.progress.step(f"report_targets: {world.last_month:%Y-%m}, which is running"):
            verdicts = {"clients": clients, "month": f"{world.last_month:%Y-%m}", "send": False, "rehearse_to": None}
            flow.finish(flow.begin("report_targets", verdicts))
    for dag in DAGS:  # those too that had nothing to do yet
        flow.unpause(dag)


def history(world: World | Replay, clients: list[str]) -> dict[str, object]:
    """The form of backfill_client for all of the world's months."""
    months = {"first_month": f"{world.first_month:%Y-%m}", "last_month": f"{world.last_month:%Y-%m}"}
    return {"clients": clients, **months, "sources": None, "from_archive": False}
