"""A client's plans as a table: CSV with the columns month, network, kpi, plan. The same as ``plan:`` in its file.

The month may be a quarter or the days of a campaign, written as in the file.
"""

import csv
import io
from decimal import Decimal

from smm import spans
from smm.catalogue import Catalogue
from smm.checked import Mistake, Mistakes
from smm.client_file import Target
from smm.clients import Client, Clients
from smm.sources import SourceError
from smm.sources.figures import file, notation
from smm.spans import Span

COLUMNS = ("month", "network", "kpi", "plan")


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
        body = file.fetched(path)
    except SourceError as error:
        raise Mistakes([_mistake(path, 0, str(error))]) from None
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1251", "replace")
    header = text.partition("\n")[0].strip()
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=header.count))
    if sorted(rows.fieldnames or ()) != sorted(COLUMNS):
        raise Mistakes([_mistake(path, 1, f"found {header[:80]!r}, write the header {','.join(COLUMNS)}")])
    networks = {*catalogue.networks.names(), *client.sources, "all"} - {"ga4", "figures"}
    planned: dict[tuple[str, str], dict[Span, Decimal]] = {}
    mistakes = []
    for row in rows:
        try:
            network, kpi = (row["network"] or "").strip(), (row["kpi"] or "").strip()
            if kpi in catalogue.broken and kpi not in catalogue.kpis:
                continue  # its targets are dark until the KPI is mended, the others of the table are not
            if kpi not in catalogue.kpis:
                raise ValueError(f"no KPI is called {kpi!r}; see include/kpis/")
            network = network or catalogue.kpis[kpi].default or ""
            if network not in networks:
                raise ValueError(f"{network!r} is no network; there are {', '.join(sorted(networks))}")
            span = _span((row["month"] or "").strip())
            spans.check_sum(catalogue, kpi, span)
            plan = notation.number((row["plan"] or "").strip())
            if span in planned.setdefault((network, kpi), {}):
                raise ValueError(f"{network}.{kpi} of {span} stands twice")
            spans.check_apart([*planned[network, kpi], span])
            planned[network, kpi][span] = plan
        except ValueError as error:
            mistakes.append(_mistake(path, rows.line_num, str(error)))
    if mistakes:
        raise Mistakes(mistakes)
    return planned


def _span(text: str) -> Span:
    """A quarter or days as a client file has them; a month as people write it in tables."""
    if "Q" in text or ".." in text:
        return spans.span(text)
    return spans.month(notation.period(text, "month")[1])


def _mistake(path: str, line: int, message: str) -> Mistake:
    return Mistake(file.shown(path), line, "", message)
