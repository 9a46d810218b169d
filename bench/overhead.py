"""Part d: what is paid whatever there is to load: the start of a task, and reading the DAGs."""

from collections.abc import Iterator
from statistics import median
from typing import Any

from bench.stand import Stand, client_file
from local.state import ROOT

TITLE = "What is paid in any case"
REPETITIONS = 5
CLIENTS = 1_000
IMPORTS = {
    "any task: Airflow's SDK": "airflow.sdk",
    "fetch GA4": "smm.loading.fetch smm.sources.ga4.asking smm.sources.ga4.reading",
    "fetch VK": "smm.loading.fetch smm.sources.vk.asking smm.sources.vk.reading",
    "audit": "smm.loading.audit great_expectations",
    "publish": "smm.loading.publish",
}


def measure(stand: Stand) -> dict[str, Any]:
    clients = stand.stack.folder / "clients"
    for number in range(CLIENTS):
        sources = {"ga4": {"connection": "ga4", "property": number + 1}}
        (clients / f"c{number:04d}.yml").write_text(client_file(sources), encoding="utf-8")
    place = {"AIRFLOW_HOME": str(stand.stack.folder / "airflow"), "SMM_CLIENTS": str(clients)}
    imports = {}
    with stand.stack.progress.step("imports"):
        for name, modules in IMPORTS.items():
            imports[name] = _middle(stand, "bench.ways.imports", *modules.split(), **place)
    with stand.stack.progress.step(f"DAGs with {CLIENTS:,} clients"):
        dags = _middle(stand, "bench.ways.dags", str(ROOT / "dags"), **place)
    return {"repetitions": REPETITIONS, "imports": imports, "dags": dags}


def _middle(stand: Stand, *words: str, **given: str) -> dict[str, Any]:
    found = [stand.child(*words, **given) for _ in range(REPETITIONS + 1)][1:]  # the first one found cold caches
    return {key: median(cost[key] for cost in found) for key in found[0]}


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The table, as Markdown."""
    yield f"Medians of {found['repetitions']} fresh processes with warm file caches."
    yield ""
    yield "| what | seconds | CPU s | memory, MB |"
    yield "|---|--:|--:|--:|"
    for name, cost in found["imports"].items():
        yield f"| imports of {name} | {cost['seconds']:.2f} | {cost['cpu']:.2f} | {cost['peak_mb']:.0f} |"
    dags = found["dags"]
    what = f"reading all {dags['dags']:.0f} DAGs with {CLIENTS:,} client files"
    yield f"| {what} | {dags['seconds']:.2f} | {dags['cpu']:.2f} | {dags['peak_mb']:.0f} |"


def targets(_found: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """None is set."""
    yield from ()
