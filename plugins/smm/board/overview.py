"""The overview: every client's targets this month and last, and how fresh its data is."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from smm.board import mistakes, money, today
from smm.board.page import Month, Reading, render, this_month
from smm.board.switches import switches
from smm.board.target import named
from smm.files import periods
from smm.letters.reading import RUNNING
from smm.project import client_ids
from smm.warehouse import run

router = APIRouter(include_in_schema=False)

SIZE = 50  # clients on a page
SHOWN = {"": "all clients", "missed": "something missed", "danger": "at risk", "unknown": "something not known"}
SORTED = {"worst": "worst first", "name": "by name"}


@router.get("/")
def overview(
    request: Request,
    warehouse: Reading,
    month: Month = "",
    search: Annotated[str, Query(max_length=100)] = "",
    show: Literal["", "missed", "danger", "unknown"] = "",
    sort: Literal["worst", "name"] = "worst",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """Six queries, however many clients there are, and two about the DAGs."""
    shown = date.fromisoformat(f"{month}-01") if month else this_month()
    asked: dict[str, Any] = {
        "month": shown,
        "before": periods.month_after(shown, -1),
        "search": search.strip(),
        "show": show,
        "sort": sort,
        "page": page,
        "size": SIZE,
    }
    clients = run(warehouse, "board/overview.sql", asked)
    asked["clients"] = [client["client"] for client in clients]
    targets = named(run(warehouse, "board/overview_targets.sql", asked))
    sources = run(warehouse, "board/freshness.sql", asked)
    ids = client_ids()
    new = [row["client"] for row in run(warehouse, "board/overview_new.sql", {"files": ids})]
    wrong, broken = mistakes.of_all(), mistakes.refused(ids)
    needs = today.needs(warehouse, this_month(), sorted(broken), [one for one in new if one not in broken], len(wrong))
    costs = money.by_client(warehouse, None, asked["before"], shown)
    count = clients[0]["clients"] if clients else 0
    return render(
        request,
        "overview.html",
        **asked,
        **switches(warehouse),
        rows=[
            client
            | {
                "targets": [target for target in targets if target["client"] == client["client"]],
                "money": costs.get((client["client"], shown)),
                "sources": [source for source in sources if source["client"] == client["client"]],
            }
            for client in clients
        ],
        running=RUNNING,
        money=money.in_all(costs.values()),
        needs=needs,
        new=[one for one in new if asked["search"].lower() in one.lower()],
        wrong=wrong,
        broken=broken,
        count=count,
        pages=max(1, -(-count // SIZE)),
        shown_names=SHOWN,
        sorted_names=SORTED,
        months=[periods.month_after(this_month(), -ago) for ago in range(24)],
    )
