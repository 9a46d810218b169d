"""The rebuild: from core and the catalogue to marts.measure and marts.kpi, in one transaction per slice of clients.

Every file runs once, in this order, on one connection, with the parameters ``clients`` (list of ids, or None for all),
``first_month`` and ``last_month`` (first days of months, or both None for what core.change holds). What a month is
rebuilt for depends on core and the catalogue only, so that any order of rebuilds ends in the same rows. No client's
rows rest on another's: slices may be rebuilt in any order, and at once.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smm.warehouse import Connection, Parameters

MONTHS = 250  # of all clients of a slice together: about a million cells, which are sorted in memory

REBUILD = (
    "rebuild/begin.sql",
    "rebuild/take.sql",
    "rebuild/expect.sql",
    "rebuild/stock.sql",
    "rebuild/slice.sql",
    "facts/traffic/origins.sql",
    "rebuild/grid.sql",
    "rebuild/answered.sql",
    "rebuild/cells.sql",
    "facts/traffic/days.sql",
    "facts/counts/days.sql",
    "facts/posts/days.sql",
    "facts/threads/days.sql",
    "rebuild/day_cells.sql",
    "facts/counts/periods.sql",
    "facts/counts/listed.sql",
    "facts/audience/periods.sql",
    "facts/threads/periods.sql",
    "rebuild/stock_cells.sql",
    "rebuild/followers.sql",
    "rebuild/roll_up.sql",
    "rebuild/all_networks.sql",
    "rebuild/leads.sql",
    "rebuild/replace.sql",
    "kpis/not_everywhere.sql",
    "kpis/compute.sql",
    "kpis/analyze.sql",
)


def slices(warehouse: "Connection", asked: "Parameters") -> list[dict[str, Any]]:
    """REBUILD's parameters for each slice of what is asked for; none where there is nothing to rebuild."""
    from smm.warehouse import run  # psycopg, which a DAG file must not wait for

    found = run(warehouse, "rebuild/slices.sql", {**asked, "months": MONTHS})
    return [{**asked, "clients": row["clients"]} for row in found]


def rebuild(warehouse: "Connection", asked: "Parameters") -> None:
    """Rebuild what is asked for in the caller's transaction, as build_kpis does a slice."""
    from smm.warehouse import run

    for path in REBUILD:
        run(warehouse, path, asked)
