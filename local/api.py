"""What the stack asks of Airflow's public API."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from local.trouble import TroubleError

PATIENCE_SECONDS = 60
LOG_LINES = 8


@dataclass(frozen=True)
class FailedTask:
    name: str  # with its map index, where it is mapped
    log: list[str]  # the last lines of its last try


class AirflowApi:
    """One login's view. Raises TroubleError when the server cannot be reached or refuses."""

    def __init__(self, address: str, user: str, password: str) -> None:
        self._address = address
        self._login = {"username": user, "password": password}
        self._http = requests.Session()
        self._http.trust_env = False  # loopback needs no proxy

    def alive(self, since: datetime) -> bool:
        """Whether every component has given a sign of life after `since`."""
        try:
            health = self._http.get(f"{self._address}/api/v2/monitor/health", timeout=PATIENCE_SECONDS).json()
        except requests.RequestException:
            return False
        if health["metadatabase"]["status"] != "healthy":
            return False
        return all(
            part.get("status") == "healthy" and datetime.fromisoformat(part[f"latest_{name}_heartbeat"]) >= since
            for name, part in ((name, health.get(name) or {}) for name in ("scheduler", "triggerer", "dag_processor"))
        )

    def dags(self) -> set[str]:
        """The ids of all DAGs that have been read so far."""
        return {dag["dag_id"] for dag in self._call("GET", "dags", params={"exclude_stale": True})["dags"]}

    def import_errors(self) -> list[str]:
        """Each DAG file that cannot be read: its name and the last line of its traceback."""
        errors = self._call("GET", "importErrors")["import_errors"]
        return [f"{error['filename']}: {error['stack_trace'].strip().splitlines()[-1]}" for error in errors]

    def unpause(self, dag: str) -> None:
        self._call("PATCH", f"dags/{dag}", params={"update_mask": "is_paused"}, json={"is_paused": False})

    def trigger(self, dag: str, conf: dict[str, Any], run_after: datetime | None = None) -> str:
        """Start a run; returns its id. It takes the place of the scheduled run that is due, if one is."""
        # A run with the logical date of the next scheduled one counts as that one: unpausing then starts no second.
        known = self._call("GET", f"dags/{dag}")
        due = known["next_dagrun_run_after"]
        is_due = due is not None and datetime.fromisoformat(due) <= datetime.now(UTC)
        body = {
            "logical_date": known["next_dagrun_logical_date"] if is_due else None,
            "run_after": run_after.isoformat() if run_after else None,
            "conf": conf,
        }
        run: str = self._call("POST", f"dags/{dag}/dagRuns", json=body)["dag_run_id"]
        return run

    def state(self, dag: str, run: str) -> str:
        state: str = self._call("GET", f"dags/{dag}/dagRuns/{run}")["state"]
        return state

    def runs(self, dag: str) -> dict[str, str]:
        """Run id -> state, the newest first."""
        runs = self._call("GET", f"dags/{dag}/dagRuns", params={"order_by": "-run_after"})["dag_runs"]
        return {run["dag_run_id"]: run["state"] for run in runs}

    def queued_events(self, dag: str) -> int:
        """How many asset events wait to start a run of this DAG."""
        answer = self._request("GET", f"dags/{dag}/assets/queuedEvents")
        return 0 if answer.status_code == requests.codes.not_found else int(answer.json()["total_entries"])

    def tasks(self, dag: str, run: str) -> list[dict[str, Any]]:
        path = f"dags/{dag}/dagRuns/{run}/taskInstances"
        tasks: list[dict[str, Any]] = self._call("GET", path, params={"limit": 1000})["task_instances"]
        return tasks

    def failed_tasks(self, dag: str, run: str) -> list[FailedTask]:
        """Those that failed themselves, not for another's sake."""
        found = []
        for task in self.tasks(dag, run):
            if task["state"] == "failed":
                mapped = f" [{task['map_index']}]" if task["map_index"] >= 0 else ""
                found.append(FailedTask(task["task_id"] + mapped, self._log(dag, run, task)))
        return found

    def page(self, path: str) -> requests.Response:
        """A page of a plugin, as this login sees it."""
        return self._send("GET", path, headers={"Accept": "text/html"})

    def _log(self, dag: str, run: str, task: dict[str, Any]) -> list[str]:
        path = f"dags/{dag}/dagRuns/{run}/taskInstances/{task['task_id']}/logs/{task['try_number']}"
        content = self._call("GET", path, params={"map_index": task["map_index"], "full_content": True})["content"]
        lines = [entry if isinstance(entry, str) else said(entry) for entry in content]
        return [line for line in lines if not line.startswith("::")][-LOG_LINES:]  # "::group::" folds lines in the UI

    def _call(self, method: str, path: str, **words: Any) -> Any:
        answer = self._request(method, path, **words)
        if not answer.ok:
            raise TroubleError(f"Airflow refused {method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def _request(self, method: str, path: str, **words: Any) -> requests.Response:
        return self._send(method, f"/api/v2/{path}", **words)

    def _send(self, method: str, path: str, **words: Any) -> requests.Response:
        try:
            if "Authorization" not in self._http.headers:
                token = self._http.post(f"{self._address}/auth/token", json=self._login, timeout=PATIENCE_SECONDS)
                token.raise_for_status()
                self._http.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
            return self._http.request(method, f"{self._address}{path}", timeout=PATIENCE_SECONDS, **words)
        except requests.RequestException as error:
            raise TroubleError(f"Airflow at {self._address} does not answer: {error}") from error


def said(entry: dict[str, Any]) -> str:
    """One entry of a task's log as a line: the message and, of an error, what was raised."""
    raised = [f"{error['exc_type']}: {error['exc_value']}" for error in entry.get("error_detail") or []]
    return " | ".join([entry["event"], *raised])
