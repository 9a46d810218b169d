"""Part j: a day of many clients from the first task of its ingests to its last verdict, under real Airflow."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import psutil

from bench.agency import LEADS, TARGETS
from bench.community import FIRST_COMMUNITY
from bench.daily_run import DAYS, LATENCY, ORIGINS, POSTS, RUN_AFTER, TASK, published_rows, watched
from bench.stand import LAST_DAY, FarEnds, Stand, client_file, plain_environment
from local.flow import Flow
from local.trouble import TroubleError
from smm import warehouse

TITLE = "A whole day: three sources, KPIs and verdicts of many clients"
CLIENTS = 1_000
INGESTS = ("ingest_ga4", "ingest_vk", "ingest_figures")
MOST_SECONDS, MOST_TASKS, MOST_MB = 600, 130, 400
FIGURES = {"spend": 1500, "impressions": 9000, "clicks": 90, "joins_paid": 9}  # of VK's ads, each day
EXECUTOR = re.compile(r"airflow worker -- LocalExecutor")  # the title of a process whose children run tasks
# by a word of the command
PARTS = {"postgres": "Postgres", "bench.far_ends": "the far ends", "aiosmtpd": "the mail server", "airflow": "Airflow"}


def measure(stand: Stand, clients: int = CLIENTS) -> dict[str, Any]:
    far_ends = stand.far_ends(days=DAYS, origins=ORIGINS, communities=clients, posts=POSTS, latency=LATENCY)
    given = {**plain_environment(), "SMM_CLIENTS": str(stand.stack.folder / "clients")}
    api = stand.stack.start_airflow(given, far_ends.connections())
    flow = Flow(api, stand.stack.runner, stand.stack.progress)
    flow.read({*INGESTS, "build_kpis", "report_targets"})
    with stand.stack.progress.step("the day of one client, to warm up"):
        _write(stand, far_ends, 1)
        _publish_and_build(flow, 1)
    _write(stand, far_ends, clients)
    built, before = api.runs("build_kpis"), cpu_by_part()
    with stand.stack.progress.step(f"the day of {clients} clients"), watched() as watch:
        runs = _publish_and_build(flow, clients)
        report = flow.begin("report_targets", {"send": False}, RUN_AFTER + timedelta(hours=1))
        flow.finish(report)
    cpu = cpu_by_part(before)
    published_rows(stand, runs, clients)
    _judged(stand, clients)
    runs += [("build_kpis", run) for run in api.runs("build_kpis") if run not in built]
    tasks = {run: api.tasks(*run) for run in (*runs, report)}
    begun = min(moment(task["start_date"]) for run in tasks.values() for task in run if task["start_date"])
    (judged,) = [moment(task["end_date"]) for task in tasks[report] if task["task_id"] == "judge"]
    return {
        "clients": clients,
        "latency": LATENCY,
        "seconds": (judged - begun).total_seconds(),
        "tasks": {dag: sum(len(found) for run, found in tasks.items() if run[0] == dag) for dag, _ in tasks},
        "task_mb": watch.task_mb,
        "cpu": cpu,
    }


def _write(stand: Stand, far_ends: FarEnds, clients: int) -> None:
    """The clients' files, and one of figures that is the same for each."""
    figures = stand.stack.folder / "figures.csv"
    days = [LAST_DAY - timedelta(days=past) for past in range(DAYS)]
    rows = [f"{day},vk_ads,{measure},{value}" for day in days for measure, value in FIGURES.items()]
    rows += [f"{day},vk,calls,{day.day % 3}" for day in days]
    figures.write_text("\n".join(["period,network,measure,value", *rows]), encoding="utf-8")
    for number in range(FIRST_COMMUNITY, FIRST_COMMUNITY + min(clients, far_ends.communities)):
        sources: dict[str, dict[str, object]] = {
            "ga4": {"connection": "ga4_bench", "property": number},
            "vk": {"connection": f"vk_{number}", "community": number},
            "figures": {"path": str(figures)},
        }
        text = client_file(sources, started="2024-01-01", leads=LEADS, targets=TARGETS)
        (stand.stack.folder / "clients" / f"c{number}.yml").write_text(text, encoding="utf-8")


def _publish_and_build(flow: Flow, clients: int) -> list[tuple[str, str]]:
    """The ingests, all at once, and the rebuilds that they start; the runs of the ingests."""
    days = {"clients": None, "first_day": None, "last_day": None}
    runs = [flow.begin(dag, days, RUN_AFTER + timedelta(seconds=clients)) for dag in INGESTS]
    flow.unpause("build_kpis")
    flow.finish(*runs)
    flow.finish_triggered("build_kpis")
    return runs


def _judged(stand: Stand, clients: int) -> None:
    """Raises TroubleError unless every client has verdicts of the day's month."""
    month = date(LAST_DAY.year, LAST_DAY.month, 1)
    query = "select count(distinct client) as clients from marts.verdict where month = %s"
    with warehouse.connect(stand.stack.warehouse) as connection:
        (found,) = connection.execute(query, [month]).fetchall()
    if found["clients"] != clients:
        raise TroubleError(f"only {found['clients']} of {clients} clients have verdicts of {month:%Y-%m}")


def cpu_by_part(since: Mapping[str, float] | None = None) -> dict[str, float]:
    """CPU seconds of the stand so far, or since then, by what has used them; who has ended counts with its parent."""
    found = {part: -cpu for part, cpu in (since or {}).items()}

    def add(part: str, seconds: float) -> None:
        found[part] = found.get(part, 0) + seconds

    for first in psutil.Process().children():
        command = " ".join(first.cmdline())
        part = next(name for word, name in PARTS.items() if word in command)
        for process in (first, *first.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
                title, times = " ".join(process.cmdline()), process.cpu_times()
                add("tasks" if TASK.match(title) else part, times.user + times.system)
                add("tasks" if EXECUTOR.match(title) else part, times.children_user + times.children_system)
    return found


def moment(text: str) -> datetime:
    """As Airflow's API writes it."""
    return datetime.fromisoformat(text)


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The tables, as Markdown."""
    late = f"{found['latency'] * 1000:.0f} ms"
    yield f"{found['clients']:,} clients with eight targets each, new in the warehouse. `ingest_ga4`, `ingest_vk`"
    yield "and `ingest_figures` begin at once, `build_kpis` whenever one of them has published, then `report_targets`;"
    yield f"LocalExecutor with 4 slots; each answer {late} late. From the start of the first task to the last verdict:"
    yield f"{found['seconds']:.0f} s. Largest task: {found['task_mb']:.0f} MB."
    yield ""
    yield "| DAG | task instances |"
    yield "|---|--:|"
    yield from (f"| `{dag}` | {count} |" for dag, count in found["tasks"].items())
    yield ""
    yield from cpu_lines(found)


def cpu_lines(found: dict[str, Any]) -> Iterator[str]:
    """The table of where the CPU went."""
    yield "| CPU of | s | ms per client | share |"
    yield "|---|--:|--:|--:|"
    total = sum(found["cpu"].values())
    for part, cpu in sorted(found["cpu"].items(), key=lambda item: -item[1]):
        yield f"| {part} | {cpu:.0f} | {cpu / found['clients'] * 1000:.0f} | {cpu / total:.0%} |"


def targets(found: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Target, what was measured, whether it is met."""
    day = f"a whole day of {found['clients']:,} clients"
    seconds, tasks = found["seconds"], sum(found["tasks"].values())
    yield f"{day} in less than {MOST_SECONDS / 60:.0f} minutes", f"{seconds / 60:.1f} minutes", seconds < MOST_SECONDS
    yield f"{day} in at most {MOST_TASKS} task instances", f"{tasks}", tasks <= MOST_TASKS
    yield f"{day}: largest task below {MOST_MB} MB", f"{found['task_mb']:.0f} MB", found["task_mb"] < MOST_MB
