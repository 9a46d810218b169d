"""This project's own tasks: `plan`, then `fetch`, `audit` and `publish`, each in a process as under Airflow."""

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path

import airflow.sdk.execution_time.supervisor  # noqa: F401  (has been read when a task begins, whose start is told apart)
from airflow.sdk import Connection, ObjectStoragePath  # noqa: F401

from bench.ways.cost import measured
from smm import warehouse
from smm.loading import ledger, plan
from smm.loading.audit import audit
from smm.loading.fetch import fetch
from smm.loading.publish import publish

RUN = "bench/run"


def main(task: str, source: str) -> None:
    slots_file = Path(os.environ["BENCH_SLOTS"])
    if task == "plan":
        first_day, last_day = (date.fromisoformat(day) for day in os.environ["BENCH_DAYS"].split())
        with measured(), warehouse.connection() as connection:
            found = plan.prepare(connection, RUN, [source], None)
            slots = plan.history(found.values(), [source], datetime.now(UTC), first_day, last_day, from_archive=False)
        slots_file.write_text(json.dumps(slots))
        return
    for part in ("asking", "reading"):
        import_module(f"smm.sources.{source}.{part}")
    if task == "audit":
        import great_expectations  # noqa: F401
    failed: Sequence[object] = ()
    with measured() as told:
        match task:
            case "fetch":
                failed = fetch(RUN, json.loads(slots_file.read_text()))
            case "audit":
                failed = audit(RUN)
            case "publish":
                failed = publish(RUN)
        if failed:
            sys.exit(f"{task}: {failed}")
        with warehouse.connection() as connection:
            loads = ledger.of_run(connection, RUN)
        told["rows"] = sum(load["rows"] for load in loads)
        told["requests"] = sum(load["requests"] for load in loads)


if __name__ == "__main__":
    main(*sys.argv[1:])
