"""The data of one client: what is known of each day, its loads, what the audit found, and how far numbers move."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from smm.board import heat, load, mistakes
from smm.board.health import flags, has_identity, quota
from smm.board.page import Gone, Month, Reading, render
from smm.files import periods
from smm.loading.plan import SETTLES
from smm.warehouse import run

router = APIRouter(include_in_schema=False)

MONTHS = 13  # on the heat map
LOADS_OF = timedelta(days=30)
FINDINGS = 50
ORIGINS = 20  # of traffic that looks like a network's
AGES = [1, 2, 4, 8, 15]  # of days whose values were replaced, from each of these on
AGE_NAMES = ["1 day", "2–3 days", "4–7 days", "8–14 days", "15 days and more"]


@router.get("/clients/{client}/data")
def client_data(
    request: Request,
    warehouse: Reading,
    client: str,
    month: Month = "",
) -> HTMLResponse:
    """Seven queries; ``month`` is the last one on the heat map, else the running one."""
    now = datetime.now(UTC)
    found = run(warehouse, "board/data_client.sql", {"client": client, "now": now, "settles": SETTLES.days})
    if not found:
        raise Gone(f"There is no client {client}.")
    told = found[0]
    last_month = _last_month(month, told["yesterday"])
    days = {
        "first_day": periods.month_after(last_month, 1 - MONTHS),
        "last_day": min(periods.end("month", last_month), told["yesterday"]),
    }
    maps = heat.maps(run(warehouse, "board/data_days.sql", told | days), told["yesterday"])
    findings = run(warehouse, "board/data_findings.sql", {"client": client, "size": FINDINGS})
    sources = run(warehouse, "board/data_identity.sql", {"client": client})
    moved_since = {
        "client": client,
        "first_day": periods.month_after(told["yesterday"].replace(day=1), -MONTHS),
        "ages": AGES,
    }
    return render(
        request,
        "client_data.html",
        client=told,
        wrong=mistakes.of_client(client),
        maps=maps,
        legend={state: heat.STATES[state] for state in heat.used(maps)},
        map_states=heat.STATES,
        step=heat.STEP,
        left=heat.LEFT,
        earlier=periods.month_after(last_month, -MONTHS),
        is_newest=last_month == told["yesterday"].replace(day=1),
        **days,
        loads=load.shown(run(warehouse, "board/data_loads.sql", {"client": client, "since": now - LOADS_OF})),
        states=load.STATES,
        findings=[finding | {"docs": load.docs(finding["run_id"])} for finding in findings],
        sources=[row | _said(row["source"], row["health"] or {}) for row in sources],
        origins=run(warehouse, "board/data_origins.sql", {"client": client, "size": ORIGINS} | days),
        moves=_table(run(warehouse, "board/data_moves.sql", moved_since)),
        age_names=AGE_NAMES,
    )


def _last_month(asked: str, yesterday: date) -> date:
    newest = yesterday.replace(day=1)
    return min(date.fromisoformat(f"{asked}-01"), newest) if asked else newest


def _said(source: str, health: dict[str, Any]) -> dict[str, Any]:
    told = {"flags": flags(source, health), "quota": quota(source, health.get("quota_left"))}
    return told | {"has_identity": has_identity(source)}


def _table(moves: Iterable[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any] | None]]:
    """By network and measure, a cell per age; None where nothing of that age was seen to move."""
    table: dict[tuple[str, str], list[dict[str, Any] | None]] = {}
    for move in moves:
        row = table.setdefault((move["network"], move["measure"]), [None] * len(AGES))
        row[move["place"] - 1] = move
    return table
