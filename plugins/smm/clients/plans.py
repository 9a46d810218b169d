"""The targets of a client with the plans of its table: read here as people write them, before anything is loaded."""

from smm.catalogue import Catalogue
from smm.catalogue.planned import Planned, misfits
from smm.catalogue.spans import Span
from smm.clients import Client, Clients
from smm.clients.file import Target
from smm.files.checked import Mistake, Mistakes
from smm.sources import Access, Rows, SourceError, file

KIND = "plans"  # of facts


def read(catalogue: Catalogue, found: Clients) -> tuple[dict[str, tuple[Target, ...]], dict[str, Mistakes]]:
    """The targets of each client, those of its table included; and the mistakes of the tables, by client."""
    complete: dict[str, tuple[Target, ...]] = {}
    refused: dict[str, Mistakes] = {}
    for client in found.by_id.values():
        try:
            complete[client.id] = targets(catalogue, client)
        except Mistakes as mistakes:
            refused[client.id] = mistakes
    return complete, refused


def targets(catalogue: Catalogue, client: Client) -> tuple[Target, ...]:
    """The client's targets, those of its table as it is now included. Raises Mistakes, all of them at once."""
    name = table(client)
    return client.targets if name is None else joined(catalogue, client, _read(client, name))


def table(client: Client) -> str | None:
    """The name of the client's table of plans among its sources, if it has one."""
    return next((name for name, entry in client.sources.items() if KIND in entry.of.kinds), None)


def joined(catalogue: Catalogue, client: Client, planned: Planned) -> tuple[Target, ...]:
    """The targets of the client's file with these plans of its table. Raises Mistakes.

    A table adds months to a planned target of the file; a target with another rule there is refused. Plans of KPIs that
    are broken are left out.
    """
    judged = {key: plans for key, plans in planned.items() if key[1] in catalogue.kpis}
    merged = {(target.network, target.kpi): target for target in client.targets}
    own = {key: target.plan for key, target in merged.items()}
    if found := list(misfits(client.id, own, judged)):
        raise Mistakes(Mistake(shown(client), 1, "", text) for text in found)
    for key, plans in judged.items():
        target = merged.get(key) or Target(network=key[0], kpi=key[1], plan={})
        merged[key] = target.model_copy(update={"plan": {**(target.plan or {}), **plans}})
    return tuple(merged.values())


def shown(client: Client) -> str:
    """The place of the client's table, as it may be shown."""
    return file.shown(client.file.plans["path"]) if client.file.plans else f"{client.id}.yml"


def _read(client: Client, name: str) -> Planned:
    source = client.sources[name].of
    job = client.job(name, client.file.started, client.file.started)  # it is read whole, whatever the days
    planned: Planned = {}
    try:
        for part in source.read(job, source.ask(job, Access())):
            for network, kpi, first_day, last_day, plan in part.rows if isinstance(part, Rows) else ():
                planned.setdefault((network, kpi), {})[Span(first_day, last_day)] = plan
    except SourceError as error:
        raise Mistakes([Mistake(shown(client), 0, "", str(error))]) from None
    return planned
