"""`make demo`: the whole way of the data, from the far ends to a letter, in front of one's eyes."""

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from local import ports
from local.flow import Flow
from local.stack import Stack, assembled
from local.summary import Summary

if TYPE_CHECKING:
    from sandbox.replay import Replay
    from sandbox.world import World

INGEST = ("ingest_ga4", "ingest_vk", "ingest_figures")
DAGS = {*INGEST, "backfill_client", "build_kpis", "report_targets"}
SANDBOX_SECONDS = 120


def run(first_port: int, recordings: Path | None, *, once: bool) -> bool:
    """Everything from nothing, then the summary; stays until Ctrl-C unless `once`. True = all of it happened."""
    with assembled("demo", first_port, ports.DEMO, afresh=True) as stack:
        print("a demo of its own: Postgres, the far ends, Airflow; the first tasks come in about a minute")
        stack.start_postgres(durable=False)
        with stack.progress.step("the sandbox's world" if recordings is None else "the sandbox's recordings"):
            world = made(recordings, datetime.now(UTC).date())
            folder = stack.folder / "sandbox"
            world.write(folder)
            log = serve(stack, folder, recordings)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "SMM_"))}
        api = stack.start_airflow(
            {**kept, "SMM_CLIENTS": str(folder / "clients")},
            {"mail": mail(stack.ports["smtp"]), **world.connections(stack.ports)},
        )
        stack.runner.until(lambda: "ready" in log.read_text() or None, "the start of the sandbox", SANDBOX_SECONDS)
        flow = Flow(api, stack.runner, stack.progress)
        with stack.progress.step("reading the DAGs"):
            flow.read(DAGS)
        go(flow, stack, world)
        summary = Summary.of(stack, world, folder)
        print(summary.text(stack), flush=True)
        if not once:
            stack.runner.watch()
        return summary.is_whole


def made(recordings, today): ...
def serve(stack, folder, recordings): ...
def mail(port): ...
def go(flow, stack, world): ...
