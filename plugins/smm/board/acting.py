"""Acting on a client: forms that ask Airflow's own API to run a DAG, so that Airflow judges who may.

include/board/act.html holds them and assets/act.js sends them; a page that includes it gives the template what
``offers`` returns, and ``client`` (client, name, started).
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from smm.board import permission
from smm.board.page import Gone, Reading, render
from smm.sources import NAMES

router = APIRouter(include_in_schema=False)


def offers(may_run: frozenset[str]) -> dict[str, Any]:
    """What act.html needs to know beside the client."""
    return {"may_run": may_run, "sources": NAMES}


@router.get("/clients/{client}/act")
def act(request: Request, warehouse: Reading, may_run: permission.MayRun, client: str) -> HTMLResponse:
    """The forms on a page of their own."""
    query = "select client, name, started from core.client where client = %s"
    row = warehouse.execute(query, [client]).fetchone()
    if row is None:
        raise Gone(f"There is no client {client}.")
    return render(request, "client_act.html", client=row, **offers(may_run))
