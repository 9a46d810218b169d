"""What a page says about DAGs that are paused or have never run: what it shows is then older than it seems."""

from smm.board import permission
from smm.loading import dags
from smm.warehouse import Connection, run


def switches(warehouse: Connection) -> dict[str, list[str]]:
    """Of the DAGs that the clients need: those that are ``paused``, and those that are ``idle``; two queries."""
    sources = [row["source"] for row in run(warehouse, "board/sources.sql")]
    known = dags.known()
    return {"paused": dags.paused(known, sources), "idle": dags.idle(known, sources)}


def is_sending() -> bool:
    """Whether letters that are due are sent: the DAG that does it is switched on."""
    return permission.SHOWN not in dags.paused(dags.known(), ())
