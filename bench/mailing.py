"""Part k: the 4th of a month, when every client's letter is written and handed to a mail server, under real Airflow."""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from bench import agency
from bench.agency import LAST_DAY
from bench.daily_run import watched
from bench.kpis import build
from bench.stand import START_SECONDS, Stand, plain_environment
from bench.whole_day import cpu_by_part, cpu_lines, moment
from local import ports
from local.demo import mail
from local.flow import Flow
from local.trouble import TroubleError
from smm import warehouse

TITLE = "The 4th of a month: the letters of many clients"
CLIENTS = 1_000
AT_ONCE = 50  # clients that are filled in one transaction
FIRST_DAY = date(2024, 5, 1)  # a letter looks back on 13 months
MONTH = "2025-06"
AS_OF = datetime(2025, 7, 4, 7, tzinfo=UTC)  # the 4th, after the clients' hour
MISSED = ("vk.followers", "vk.reach", "vk.visitors", "vk.posts")  # as many as a letter has charts
MET = ("vk.followers_gained", "vk_ads.clicks", "all.sessions", "site.users")
MOST_SECONDS = 240


def measure(stand: Stand, clients: int = CLIENTS) -> dict[str, Any]:
    port = ports.free()
    given = {**plain_environment(), "SMM_CLIENTS": str(stand.stack.folder / "clients")}
    api = stand.stack.start_airflow(given, {"mail": mail(port)})
    flow = Flow(api, stand.stack.runner, stand.stack.progress)
    _fill(stand, clients)
    command = ["-m", "aiosmtpd", "--nosetuid", "--listen", f"{ports.HOST}:{port}", "--class", "aiosmtpd.handlers.Sink"]
    stand.stack.runner.start("mail-server", [sys.executable, *command], plain_environment())
    stand.stack.runner.until(lambda: ports.is_taken(port) or None, "the mail server", START_SECONDS)
    flow.read({"report_targets"})
    before = cpu_by_part()
    with stand.stack.progress.step(f"verdicts and letters of {clients} clients"), watched() as watch:
        run = flow.begin("report_targets", {"send": True}, AS_OF)
        flow.finish(run)
    cpu = cpu_by_part(before)
    _sent(stand, clients)
    tasks = api.tasks(*run)
    return {
        "clients": clients,
        "seconds": {name: _took(tasks, name) for name in ("judge", "write", "deliver")},
        "in_all": watch.seconds,
        "task_mb": watch.task_mb,
        "cpu": cpu,
    }


def _fill(stand: Stand, clients: int) -> None:
    """Measures and KPIs of the clients; each will have missed four targets of the month, and met four."""
    targets = {name: {"plan": {MONTH: 1_000_000}} for name in MISSED} | {name: {"plan": {MONTH: 1}} for name in MET}
    with stand.stack.progress.step(f"core of {clients} clients"):
        for first in range(1, clients + 1, AT_ONCE):
            last = min(first + AT_ONCE - 1, clients)
            with warehouse.connect(stand.stack.warehouse) as connection:
                agency.enter(connection, range(first, last + 1), stand.stack.folder / "clients", targets)
                agency.fill(connection, first, last, FIRST_DAY)
    with stand.stack.progress.step(f"measures and KPIs of {clients} clients"):
        asked = {"clients": None, "first_month": FIRST_DAY, "last_month": LAST_DAY.replace(day=1)}
        build(stand.stack.warehouse, asked)


def _took(tasks: list[dict[str, Any]], name: str) -> float:
    """Seconds from the start of the first task of this name to the end of the last."""
    found = [task for task in tasks if task["task_id"] == name]
    begun = min(moment(task["start_date"]) for task in found)
    return (max(moment(task["end_date"]) for task in found) - begun).total_seconds()


def _sent(stand: Stand, clients: int) -> None:
    """Raises TroubleError unless every client was sent one letter, about four missed targets."""
    query = """
    select count(*) as letters, count(distinct client) as clients
    from marts.letter inner join marts.delivery using (client, letter_id)
    where delivery.state = 'sent'
    and jsonb_array_length(jsonb_path_query_array(content, '$.targets[*] ? (@.verdict == "missed")')) = %s"""
    with warehouse.connect(stand.stack.warehouse) as connection:
        (found,) = connection.execute(query, [len(MISSED)]).fetchall()
        others = connection.execute("select kind, state, count(*) from marts.letter group by kind, state").fetchall()
    if [*found.values()] != [clients, clients] or len(others) > 1:
        raise TroubleError(f"{found} were sent in place of {clients} letters; there are {others}")


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The tables, as Markdown."""
    took = found["seconds"]
    yield f"`report_targets` in the morning of the 4th judges {found['clients']:,} clients with 14 months behind them,"
    yield "each with four targets missed and four met. Each gets a letter with four charts and a workbook, which a mail"
    yield f"server on this machine takes. In all: {found['in_all']:.0f} s. Largest task: {found['task_mb']:.0f} MB."
    yield ""
    yield "| task | seconds | ms per client |"
    yield "|---|--:|--:|"
    for name, seconds in took.items():
        yield f"| {name} | {seconds:.0f} | {seconds / found['clients'] * 1000:.0f} |"
    yield ""
    yield from cpu_lines(found)


def targets(found: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Target, what was measured, whether it is met."""
    seconds = found["seconds"]["write"] + found["seconds"]["deliver"]
    what = f"{found['clients']:,} letters written and handed over in less than {MOST_SECONDS / 60:.0f} minutes"
    yield what, f"{seconds / 60:.1f} minutes", seconds < MOST_SECONDS
