"""The data of all clients: how fresh every source is and what became of its newest load, or the loads of one run."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from smm.board import load, mistakes
from smm.board.health import quota, quotas
from smm.board.page import Reading, render
from smm.loading.plan import SETTLES
from smm.warehouse import run

router = APIRouter(include_in_schema=False)

SIZE = 50  # clients on a page
LOADS = 200  # of a run on a page
SHOWN = {"": "all sources", "failing": "newest load failed", "stale": "late"}
SORTED = {"worst": "worst first", "name": "by name"}


@router.get("/data")
def data(
    request: Request,
    warehouse: Reading,
    of_run: Annotated[str, Query(alias="run", max_length=500)] = "",
    search: Annotated[str, Query(max_length=100)] = "",
    show: Literal["", "failing", "stale"] = "",
    sort: Literal["worst", "name"] = "worst",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """One query, however many clients there are."""
    if of_run:
        return _of_run(request, warehouse, of_run, page)
    asked: dict[str, Any] = {"search": search.strip(), "show": show, "sort": sort, "page": page, "size": SIZE}
    sources = _sources(warehouse, asked)
    count = sources[0]["clients"] if sources else 0
    return render(
        request,
        "data.html",
        **asked,
        sources=sources,
        broken=mistakes.refused(row["client"] for row in sources),
        count=count,
        pages=max(1, -(-count // SIZE)),
        states=load.STATES,
        shown_names=SHOWN,
        sorted_names=SORTED,
    )


def _sources(warehouse: Reading, asked: dict[str, Any]) -> list[dict[str, Any]]:
    rows = run(warehouse, "board/data_sources.sql", asked | {"now": datetime.now(UTC), "settles": SETTLES.days})
    return [
        row
        | {
            "quota": quota(row["source"], row["quota_left"]),
            "has_quotas": bool(quotas(row["source"])),
            "log": load.log(row["run_id"], row["state"], is_planned=row["asked_from"] is not None)
            if row["state"]
            else None,
        }
        for row in rows
    ]


def _of_run(request: Request, warehouse: Reading, run_id: str, page: int) -> HTMLResponse:
    loads = run(warehouse, "board/data_run.sql", {"run": run_id, "page": page, "size": LOADS})
    dag, _, name = run_id.partition("/")
    count = loads[0]["loads"] if loads else 0
    return render(
        request,
        "data_run.html",
        dag=dag,
        name=name,
        run=run_id,
        loads=load.shown(loads),
        count=count,
        failures=loads[0]["failures"] if loads else 0,
        page=page,
        pages=max(1, -(-count // LOADS)),
        states=load.STATES,
    )
