"""An older checkout, measured by its own bench in the same sitting, and how much more or less this one costs."""

import io
import json
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench import ga4_year, page
from bench.kpis import size_of_marts
from bench.stand import PORTS, plain_environment
from local.interrupts import Interrupts
from local.keys import Keys
from local.postgres import Cluster
from local.processes import Runner
from local.trouble import TroubleError

TITLE = "Beside an older version"
PARTS = "abcdegh"  # those in which something is compared
BRIEF = "dg"  # are measured there before and after, for what else the machine may be doing
EVERY_SECONDS = 2


@dataclass(frozen=True)
class Checkout:
    """A copy of a checkout's commit."""

    folder: Path
    commit: str  # its short hash and its day

    def measured(self, letter: str, port: int) -> dict[str, Any]:
        """The figures of this part, as its own bench keeps them. Raises TroubleError."""
        figures = self.folder / "docs" / "bench.json"
        figures.unlink(missing_ok=True)
        command = [sys.executable, "-m", "bench", "--part", letter, "--port", str(port)]
        print(f"part {letter} of {self.commit}", flush=True)
        with Interrupts() as interrupts, Runner(self.folder, self.folder, interrupts) as runner:
            child = runner.start("bench", command, plain_environment() | {"PYTHONPATH": "plugins:."})
            size = None
            while child.popen.poll() is None:
                time.sleep(EVERY_SECONDS)
                if letter == "e":
                    size = self._size_of_marts(port) or size
            if not figures.exists():
                raise child.failure()
        found: dict[str, Any] = json.loads(figures.read_text("utf-8"))[letter]
        return found | ({"bytes": size} if size else {})

    def _size_of_marts(self, port: int) -> int | None:
        """As it is now in the warehouse of part e, whose bench may not tell it; None when there is none."""
        state = self.folder / ".smm" / "bench"
        with suppress(FileNotFoundError, ValueError, psycopg.Error):  # not there yet, or no more
            keys = Keys(**json.loads((state / "keys.json").read_text("utf-8")))
            cluster = Cluster(state / "postgres", port + PORTS.index("postgres"), keys.postgres)
            return size_of_marts(cluster.dsn("bench_1", "warehouse", keys.warehouse))
        return None


@contextmanager
def copied(checkout: Path) -> Iterator[Checkout]:
    """What the checkout has committed, in a folder of its own for the time being. Raises TroubleError."""

    def git(*words: str) -> bytes:
        command = ["git", "-C", str(checkout), *words]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode:
            raise TroubleError(f"{checkout} is no checkout to measure beside this one:\n{done.stderr.decode()}")
        return done.stdout

    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(git("archive", "HEAD"))) as files:
            files.extractall(folder, filter="data")
        yield Checkout(Path(folder), git("log", "-1", "--format=%h of %cs").decode().strip())


def measure(letter: str, port: int, other: Checkout, ours: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The figures of this part by ``ours``; what is compared of it is kept beside that of the other parts."""
    theirs = [other.measured(letter, port)]
    found = ours()
    if letter in BRIEF:
        theirs.append(other.measured(letter, port))
    kept = page.kept().get("beside", {})
    parts = kept["parts"] if kept.get("commit") == other.commit else {}
    page.keep("beside", {"commit": other.commit, "parts": parts | {letter: compared(letter, found, *theirs)}})
    return found


def compared(letter: str, ours: dict[str, Any], *theirs: dict[str, Any]) -> list[dict[str, Any]]:
    """What was measured of a part here and there (the mean, where they were measured more than once)."""
    others = [{what: value for what, value, _ in costs(letter, found)} for found in theirs]
    return [
        {"what": what, "this": value, "other": sum(other[what] for other in others) / len(others), "at_most": at_most}
        for what, value, at_most in costs(letter, ours)
        if all(what in other for other in others)
    ]


def costs(letter: str, found: dict[str, Any]) -> Iterator[tuple[str, float, float | None]]:
    """What the figures of a part say that something costs, and at most how many times the other's it should."""
    match letter:
        case "a":
            yield "a year of GA4, fetched and published: ms", ga4_year.seconds(found)["product"] * 1000, None
        case "b":
            took = sum(found[task]["seconds"] for task in ("fetch", "publish"))
            yield "24 months of a VK community, fetched and published: ms", took * 1000, None
        case "c":
            for run in found["runs"]:
                yield f"a day of {run['clients']} clients: CPU ms per client", run["cpu"] / run["clients"] * 1000, None
        case "d":
            for name, cost in found["imports"].items():
                yield f"imports of {name}: CPU ms", cost["cpu"] * 1000, None
            yield "reading all DAGs: CPU ms", found["dags"]["cpu"] * 1000, None
        case "e":
            large = found["full"][-1]
            size = large["clients"]
            yield f"a full rebuild of {size} clients: CPU ms per client", large["cpu"] / size * 1000, 0.35
            yield "`marts`, with its indexes: KB per client", found["bytes"] / size / 1000, 0.35
            yield "one day of one client has changed: CPU ms", found["day"]["cpu"] * 1000, 0.5
            yield "all days of one client have changed: CPU ms", found["history"]["cpu"] * 1000, 0.5
            for name, cost in found["verdicts"].items():
                yield f"the verdicts of all clients, a {name} month: CPU ms", cost["cpu"] * 1000, None
        case "g":
            yield "a letter rendered: CPU ms", found["cpu"] / found["letters"] * 1000, None
        case "h":
            for name, took in found["pages"].items():
                yield f"the board, {name}: ms, 95 of 100 within", took["p95"] * 1000, 1.0


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The table, as Markdown."""
    yield f"Commit {found['commit']} was measured with this version: part by part, by its own bench, on the same"
    yield "machine in the same session, with the same Python packages. Less than 1 is better."
    yield ""
    yield "| what | that version | this version | this : that |"
    yield "|---|--:|--:|--:|"
    for cost in _costs(found):
        yield f"| {cost['what']} | {cost['other']:,.0f} | {cost['this']:,.0f} | {_ratio(cost):.2f} |"


def targets(found: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Target, what was measured, whether it is met."""
    for cost in _costs(found):
        if cost["at_most"]:
            what, ratio = cost["what"].rpartition(":")[0], _ratio(cost)
            yield f"{what}: at most {cost['at_most']} times {found['commit']}", f"{ratio:.2f}", ratio <= cost["at_most"]


def _costs(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for letter in sorted(found["parts"]):
        yield from found["parts"][letter]


def _ratio(cost: dict[str, Any]) -> float:
    return float(cost["this"] / cost["other"])
