"""Runs of DAGs, started and awaited."""

from datetime import datetime
from typing import Any

from local.api import AirflowApi
from local.processes import Runner
from local.progress import Progress
from local.trouble import TroubleError

READ_SECONDS = 120
RUN_SECONDS = 900
EVERY_SECONDS = 0.5
FINAL = frozenset({"success", "failed"})


class Flow:
    """What the demo does with Airflow. Every wait ends when a process of the stack does."""

    def __init__(self, api: AirflowApi, runner: Runner, progress: Progress) -> None:
        self._api = api
        self._runner = runner
        self._progress = progress

    def read(self, dags: set[str]) -> None:
        """Wait until the dag-processor has read these DAGs. Raises TroubleError for files it cannot read."""

        def are_there() -> bool | None:
            if errors := self._api.import_errors():
                raise TroubleError("\n".join(["Airflow cannot read these DAG files:", *errors]))
            return dags <= self._api.dags() or None

        self._runner.until(are_there, f"reading {', '.join(sorted(dags))}", READ_SECONDS, EVERY_SECONDS)

    def begin(self, dag: str, conf: dict[str, Any], run_after: datetime | None = None) -> tuple[str, str]:
        """Start a run and let the DAG go on by itself from now on; returns (DAG, run)."""
        run = self._api.trigger(dag, conf, run_after)
        self._api.unpause(dag)
        return dag, run

    def finish(self, *runs: tuple[str, str]) -> None:
        """Wait for the ends of these runs. Raises TroubleError with the logs of what failed."""
        what = "the run of " + ", ".join(dag for dag, _ in runs)
        self._runner.until(lambda: self._are_final(runs), what, RUN_SECONDS, EVERY_SECONDS)
        self._refuse_failed(runs)

    def unpause(self, dag: str) -> None:
        self._api.unpause(dag)

    def finish_triggered(self, dag: str) -> None:
        """Wait until all asset events that start runs of this DAG are used up and those runs have ended."""

        def runs() -> tuple[tuple[str, str], ...] | None:
            # in this order: an event leaves the queue in the transaction that adds its run
            if self._api.queued_events(dag):
                return None
            found = tuple((dag, run) for run in self._api.runs(dag))
            return found if found and self._are_final(found) else None

        self._refuse_failed(self._runner.until(runs, f"the runs of {dag}", RUN_SECONDS, EVERY_SECONDS))

    def _are_final(self, runs: tuple[tuple[str, str], ...]) -> bool | None:
        tasks = [task for dag, run in runs for task in self._api.tasks(dag, run)]
        done = sum(task["state"] in {"success", "failed", "skipped", "upstream_failed"} for task in tasks)
        self._progress.note(f"{done} of {len(tasks)} tasks")
        return all(self._api.state(dag, run) in FINAL for dag, run in runs) or None

    def _refuse_failed(self, runs: tuple[tuple[str, str], ...]) -> None:
        lines = []
        for dag, run in runs:
            if self._api.state(dag, run) == "failed":
                lines.append(f"the run {run} of {dag} has failed:")
                for task in self._api.failed_tasks(dag, run):
                    lines += [f"  {task.name}:", *(f"    {line}" for line in task.log)]
        if lines:
            raise TroubleError("\n".join(lines))
