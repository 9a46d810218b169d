"""The map of networks, as rows; a changed map marks the months whose traffic it moves."""

from psycopg import sql

from smm.catalogue.networks import Networks
from smm.warehouse import Connection, copy, run


def store(warehouse: Connection, networks: Networks) -> None:
    """Make the warehouse map traffic as the file does, in the transaction and under the locks of catalogue.store.

    The months of all clients in which that changes the network of some traffic are marked in core.change. Traffic that
    is published meanwhile needs no mark of this: its own marks are taken by a rebuild that maps it anew.
    """
    wanted = _rows(networks)
    if all(_stored(warehouse, table) == set(rows) for table, (_, rows) in wanted.items()):
        return
    # no rebuild is under way until the commit: each begins with the other half of this lock; other readers do not wait
    warehouse.execute("lock table catalogue.traffic_source in row exclusive mode")
    run(warehouse, "roster/note_networks.sql")
    for table in reversed(wanted):
        warehouse.execute(sql.SQL("delete from {}").format(sql.Identifier(*table.split("."))))
    for table, (columns, rows) in wanted.items():
        copy(warehouse, table, columns, rows)
    run(warehouse, "roster/mark_networks.sql")


def _stored(warehouse: Connection, table: str) -> set[tuple[object, ...]]:
    query = sql.SQL("table {}").format(sql.Identifier(*table.split(".")))
    return {tuple(row.values()) for row in warehouse.execute(query)}


def _rows(networks: Networks) -> dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]]:
    """The columns and rows of each table."""
    return {
        "catalogue.network": (("network", "is_social"), list(networks.names().items())),
        "catalogue.traffic_source": (
            ("source", "network"),
            [(source, name) for name, sources in networks.social.items() for source in sources],
        ),
        "catalogue.paid_medium": (("pattern",), [(pattern,) for pattern in dict.fromkeys(networks.paid)]),
        "catalogue.traffic_medium": (
            ("medium", "network"),
            [(medium, name) for name, mediums in networks.mediums.items() for medium in mediums],
        ),
    }
