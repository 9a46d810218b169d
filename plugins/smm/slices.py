"""What is to be rebuilt, in slices of clients: each is a transaction of its own, and may run beside the others."""

from typing import Any

from smm.rebuild import REBUILD
from smm.warehouse import Connection, Parameters, run

MONTHS = 250  # of all clients of a slice together: about a million cells, which are sorted in memory


def slices(warehouse: Connection, asked: Parameters) -> list[dict[str, Any]]:
    """REBUILD's parameters for each slice of what is asked for; none where there is nothing to rebuild."""
    found = run(warehouse, "measures/slices.sql", {**asked, "months": MONTHS})
    return [{**asked, "clients": row["clients"]} for row in found]


def rebuild(warehouse: Connection, asked: Parameters) -> None:
    """Rebuild what is asked for in the caller's transaction, as build_kpis does a slice."""
    for path in REBUILD:
        run(warehouse, path, asked)
