"""One client: how it stands, why, what was asked of it, and what was written about it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from smm import catalogue
from smm.board import acting, attention, charts, drawing, load, mistakes, money, permission
from smm.board.page import Gone, Month, Reading, render, this_month
from smm.board.series import Cell, Row, Span, series, shown
from smm.board.standing import Standing, standings, why_tables
from smm.board.switches import switches
from smm.board.target import named
from smm.board.versions import versions, wording
from smm.clients.file import Target
from smm.files import periods
from smm.project import client_ids
from smm.warehouse import run

router = APIRouter(include_in_schema=False)

MONTHS = 24  # to choose from
FIRST = 12  # KPIs that are charted while the client has no target yet


@router.get("/clients/{client}")
def client(
    request: Request,
    warehouse: Reading,
    may_run: permission.MayRun,
    client: str,
    month: Month = "",
    kpi: Annotated[str, Query(max_length=200, pattern=r"^([^./\s]+\.[^./\s]+)?$")] = "",
    span: Span = "months",
) -> HTMLResponse:
    """Twenty-two queries, however many targets there are."""
    now = datetime.now(UTC)
    try:
        about = shown(warehouse, client, month, now)
    except Gone:
        if client not in client_ids():
            raise
        return _new(request, warehouse, client, may_run)
    wrong = mistakes.of_client(client)
    asked = about.asked()
    judged = {when: standings(warehouse, about, when, now) for when in (about.month, about.before)}
    wordings = versions(run(warehouse, "board/client_versions.sql", asked))
    targets = wordings[0].targets if wordings else []
    known = run(warehouse, "board/client_cells.sql", asked)
    cells = _cells(kpi, judged.values(), targets) or _first(known, wrong.targets)
    found = series(warehouse, about, cells, span)
    sources = run(warehouse, "board/freshness.sql", {"clients": [client]})
    networks = run(warehouse, "board/client_networks.sql", about.asked(cells))
    events = run(warehouse, "board/client_events.sql", asked)
    letters = _letters(run(warehouse, "board/client_letters.sql", asked))
    return render(
        request,
        "client.html",
        client=about.client,
        about=about,
        asked_kpi=kpi,
        span=span,
        chosen_month=month,
        months=[periods.month_after(this_month(), -ago) for ago in range(MONTHS)],
        sources=sources,
        begun=load.begun(sources, now),
        judged=judged,
        kpis=[
            {
                "series": found[cell],
                "alt": charts.alternative(found[cell], about, span),
                "standings": _of(cell, judged.items()),
                "networks": [row for row in networks if row["kpi"] == cell[1]],
            }
            for cell in cells
        ],
        why=why_tables(run(warehouse, "board/client_why.sql", asked)),
        known=_by_network(known),
        events=events,
        warnings=run(warehouse, "board/client_warnings.sql", asked),
        versions=wordings,
        steps=named(run(warehouse, "board/client_steps.sql", asked)),
        wording=lambda target: wording(target, about.client["currency"], about.before),
        letters=letters,
        troubles=attention.troubles(
            about, sources, judged, targets, letters, len(wrong.mistakes), _instead(wrong, may_run)
        ),
        money=list(money.by_client(warehouse, [client], asked["first_day"], about.month).values()),
        size=drawing.SIZE,
        wrong=wrong,
        **acting.offers(frozenset() if wrong.is_refused else may_run),
    )


def _instead(wrong: mistakes.Found, may_run: frozenset[str]) -> tuple[str, str] | None:
    """What to do where a backfill would help, and where, if the page offers none; None = it does."""
    if wrong.is_refused:
        return "Fix the client's file first", "#mistakes"
    return None if "backfill_client" in may_run else ("Ask a person who may run backfill_client in Airflow", "")


def _new(request: Request, warehouse: Reading, client: str, may_run: frozenset[str]) -> HTMLResponse:
    """Of a client whose file no run has read yet: it can be backfilled, and there is no letter to rehearse."""
    known, wrong = {"client": client, "name": client, "started": None}, mistakes.of_client(client)
    offered = frozenset() if wrong.is_refused else may_run - {permission.SHOWN}
    offers = acting.offers(offered)
    return render(request, "client_new.html", client=known, wrong=wrong, **switches(warehouse), **offers)


def _cells(kpi: str, judged: Iterable[Sequence[Standing]], targets: Iterable[Row]) -> list[Cell]:
    """What is charted: the KPI that was asked for, and every one that is or has just been a target."""
    network, _, name = kpi.partition(".")
    chosen = [(network, name)] if kpi else []
    standing = [each.cell for month in judged for each in month]
    return list(dict.fromkeys([*chosen, *standing, *((row["network"], row["kpi"]) for row in targets)]))


def _first(known: Sequence[Row], targets: Iterable[Target]) -> list[Cell]:
    """Before the targets are read: those that the file names, else the first KPIs that have a number."""
    places = {kpi: place for place, kpi in enumerate(catalogue.read().kpis)}
    cells = sorted(((row["network"], row["kpi"]) for row in known), key=lambda cell: places.get(cell[1], len(places)))
    return ([(target.network, target.kpi) for target in targets] if known else []) or cells[:FIRST]


def _of(cell: Cell, judged: Iterable[tuple[Any, Sequence[Standing]]]) -> list[tuple[Any, Standing]]:
    return [(month, each) for month, standing in judged for each in standing if each.cell == cell]


def _by_network(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in named(rows):
        found.setdefault(row["network"], []).append(row)
    return {network: sorted(each, key=lambda row: str(row["title"])) for network, each in found.items()}


def _letters(rows: Iterable[Row]) -> list[Row]:
    """Each letter once, with its ``recipients``."""
    found: dict[str, Row] = {}
    for row in rows:
        letter = found.setdefault(row["letter_id"], row | {"recipients": []})
        if row["recipient"] is not None:
            letter["recipients"].append(row)
    return list(found.values())
