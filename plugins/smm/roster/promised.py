"""What clients are promised, in one place: the targets of their files with the plans that were loaded of their tables.

A client whose table was never loaded, or does not fit its file, keeps the targets that are in force: those that were
stored last. Its months are judged by them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from smm import roster
from smm.catalogue import Catalogue
from smm.catalogue.planned import Planned
from smm.catalogue.spans import Span
from smm.clients import Client, plans
from smm.clients.file import Target
from smm.files.checked import Mistake, Mistakes
from smm.warehouse import Connection, run


@dataclass(frozen=True)
class Promised:
    """The targets by client; and why a client's are not known as a whole."""

    targets: dict[str, tuple[Target, ...]]
    refused: dict[str, Mistakes]


def of(warehouse: Connection, catalogue: Catalogue, clients: Iterable[Client]) -> Promised:
    """What the files and the loaded tables of these clients ask for; writes nothing."""
    found = list(clients)
    tables = {client.id: plans.table(client) for client in found}
    named = [(client, name) for client, name in tables.items() if name is not None]
    loaded = _loaded(warehouse, named)
    planned = _planned(warehouse, named)
    promised = Promised({}, {})
    for client in found:
        name = tables[client.id]
        try:
            if name is None:
                promised.targets[client.id] = client.targets
            elif (client.id, name) in loaded:
                promised.targets[client.id] = plans.joined(catalogue, client, planned.get(client.id, {}))
            else:
                raise Mistakes([Mistake(f"{client.id}.yml", 1, name, _never(client, name))])
        except Mistakes as mistakes:
            promised.refused[client.id] = mistakes
    return promised


def bring(warehouse: Connection, catalogue: Catalogue, clients: Iterable[Client]) -> list[str]:
    """Store what is promised and has changed, in the caller's transaction, after `roster.bring`.

    Returns the clients that can be judged: those that have targets in force.
    """
    found = list(clients)
    for client, targets in of(warehouse, catalogue, found).targets.items():
        roster.store_targets(warehouse, client, targets)
    query = "select distinct client from core.target_version where client = any(%s) order by client"
    return [row["client"] for row in warehouse.execute(query, [[client.id for client in found]])]


def _never(client: Client, name: str) -> str:
    dag = f"ingest_{client.sources[name].source}"
    return (
        f"was not loaded yet, so the targets stay as they were, or are not judged: see the last run of {dag}; if there"
        f" is none, switch {dag} on"
    )


def _loaded(warehouse: Connection, named: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these sources of clients that were ever published."""
    query = """
        select named.client, named.network from unnest(%s::text[], %s::text[]) as named (client, network)
        where exists (
            select from core.load as load
            where load.client = named.client and load.network = named.network and load.state = 'published'
        )
    """
    rows = warehouse.execute(query, [[client for client, _ in named], [name for _, name in named]])
    return {(row["client"], row["network"]) for row in rows}


def _planned(warehouse: Connection, named: list[tuple[str, str]]) -> dict[str, Planned]:
    tables = {"clients": [client for client, _ in named], "names": [name for _, name in named]}
    found: dict[str, Planned] = {}
    for row in run(warehouse, "facts/plans/planned.sql", tables):
        cell = row["network"], row["kpi"]
        found.setdefault(row["client"], {}).setdefault(cell, {})[Span(row["first_day"], row["last_day"])] = row["plan"]
    return found
