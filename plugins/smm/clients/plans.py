"""A client's plans as a table: CSV with the columns month, network, kpi, plan. The same as ``plan:`` in its file.

The month may be a quarter or the days of a campaign, written as in the file.
"""

from decimal import Decimal

from smm import clients
from smm.catalogue import Catalogue, shares, spans
from smm.catalogue.spans import Span
from smm.clients import Client, Clients
from smm.clients.file import Target
from smm.files.checked import Mistake, Mistakes
from smm.files.quoted import quoted
from smm.files.tables import Table, notation
from smm.files.tables.columns import Columns
from smm.sources import SourceError, file

COLUMNS = Columns(periods=("month",), needed=("network", "kpi", "plan"), number="plan")


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
    """The client's targets, those of its table included. Raises Mistakes, all of them at once.

    A table adds months to a planned target of the file; a target with another rule there is refused.
    """
    if client.file.plans is None:
        return client.targets
    path = client.file.plans["path"]
    planned = _read(path, client, catalogue)
    merged = {(target.network, target.kpi): target for target in client.targets}
    mistakes = []
    for key, plan in planned.items():
        target = merged.get(key, Target(network=key[0], kpi=key[1], plan={}))
        if target.plan is None:
            mistakes.append(
                _mistake(path, 1, f"{'.'.join(key)} has another rule in {client.id}.yml; keep one of the two")
            )
        elif twice := sorted(target.plan.keys() & plan.keys()):
            mistakes.append(_mistake(path, 1, f"{'.'.join(key)} of {twice[0]} is planned in {client.id}.yml too"))
        else:
            merged[key] = target.model_copy(update={"plan": target.plan | plan})
            try:
                spans.check_apart(target.plan | plan)
            except ValueError as error:
                mistakes.append(_mistake(path, 1, f"{'.'.join(key)}: {error}"))
    mistakes += [
        _mistake(path, 1, f"has no plan of {'.'.join(key)}, and neither has {client.id}.yml: write one, or no target")
        for key, target in merged.items()
        if target.plan == {}
    ]
    if mistakes:
        raise Mistakes(mistakes)
    return tuple(merged.values())


def _read(path: str, client: Client, catalogue: Catalogue) -> dict[tuple[str, str], dict[Span, Decimal]]:
    try:
        table = Table(COLUMNS, file.fetched(path), client.file.language)
    except SourceError as error:
        raise Mistakes([_mistake(path, 0, str(error))]) from None
    except ValueError as error:
        raise Mistakes([_mistake(path, 1, str(error))]) from None
    networks = {*catalogue.networks.names(), *clients.own_networks(client.sources), "all"}
    planned: dict[tuple[str, str], dict[Span, Decimal]] = {}
    for row in table.rows:
        try:
            kpi = row.cells["kpi"].lower()
            if kpi in catalogue.broken and kpi not in catalogue.kpis:
                continue  # its targets are dark until the KPI is fixed, the others of the table are not
            if kpi not in catalogue.kpis:
                raise ValueError(f"no KPI is called {quoted(row.cells['kpi'])}; see include/kpis/")
            network = row.cells["network"].lower() or catalogue.kpis[kpi].default or ""
            if network not in networks:
                raise ValueError(f"{quoted(network)} is no network; there are {', '.join(sorted(networks))}")
            if text := clients.cell(f"{network}.{kpi}", networks, catalogue)[2]:
                raise ValueError(f"{network}.{kpi}: {text}")
            span = _span(row.cells["month"])
            spans.check_sum(catalogue, kpi, span)
            plan = _plan(row.cells["plan"], kpi, catalogue)
            if span in planned.setdefault((network, kpi), {}):
                raise ValueError(f"{network}.{kpi} of {span} stands twice")
            spans.check_apart([*planned[network, kpi], span])
            planned[network, kpi][span] = plan
        except ValueError as error:
            table.refuse(row.line, str(error))
    if table.mistakes:
        raise Mistakes(_mistake(path, line, text) for line, text in table.mistakes)
    return planned


def _plan(text: str, kpi: str, catalogue: Catalogue) -> Decimal:
    if notation.is_unknown(text):
        raise ValueError(f"found {quoted(text)}: take the line of a month without a plan out")
    share = shares.percent(text)
    plan = notation.number(text) if share is None else share
    try:
        shares.check(catalogue.kpis[kpi], plan, share is not None)
    except ValueError as error:
        raise ValueError(f"found {quoted(text)}, but {kpi} {error}") from None
    return plan


def _span(text: str) -> Span:
    """A quarter or days as a client file has them; a month as people write it in tables."""
    if "Q" in text or ".." in text:
        return spans.span(text)
    return spans.month(notation.period(text, "month")[1])


def _mistake(path: str, line: int, message: str) -> Mistake:
    return Mistake(file.shown(path), line, "", message)
