"""Reading plans. `smm.files.tables` reads what the file looks like; here is what it may say."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from smm import catalogue
from smm.catalogue import Catalogue, planned, shares, spans
from smm.catalogue.planned import Planned
from smm.catalogue.spans import Span
from smm.files.checked import Mistake, Mistakes
from smm.files.quoted import quoted
from smm.files.tables import Row, Table, notation
from smm.files.tables.columns import Columns
from smm.sources import NAMES, Answer, Health, Job, Rows
from smm.sources.cells import cell, example

COLUMNS = Columns(periods=("month",), needed=("network", "kpi", "plan"), number="plan")


def read(job: Job, answers: Iterable[Answer]) -> Iterator[Rows | Health]:
    """The plans. Raises Mistakes, every one, if one is wrong by itself or beside the client's file."""
    for answer in answers:
        path = answer.request["path"]
        try:
            table = Table(COLUMNS, answer.body, job.language)
        except ValueError as error:
            raise Mistakes([Mistake(path, 1, "", str(error))]) from None
        found = _plans(table, job, catalogue.read())
        if table.mistakes:
            raise Mistakes(Mistake(path, line, "", text) for line, text in table.mistakes)
        own = {
            (network, kpi): None if written is None else [spans.span(text) for text in written]
            for (network, _, kpi), written in ((key.partition("."), job.targets[key]) for key in job.targets)
        }
        if misfits := list(planned.misfits(job.client, own, found)):
            raise Mistakes(Mistake(path, 1, "", text) for text in misfits)
        yield Health({"encoding": table.encoding})
        yield Rows("plans", ((*key, *span, plan) for key, plans in found.items() for span, plan in plans.items()))


def _plans(table: Table, job: Job, known: Catalogue) -> Planned:
    """The plans of the table; mistakes in them are added to the table's."""
    networks = {*known.networks.names(), *job.networks, "all"}
    found: Planned = {}
    for row in table.rows:
        kpi = row.cells["kpi"].lower()
        if kpi in known.broken and kpi not in known.kpis:
            continue  # its targets are dark until the KPI is fixed, the others of the table are not
        try:
            network, span, plan = _plan(row, kpi, networks, known)
            if span in found.setdefault((network, kpi), {}):
                raise ValueError(f"{network}.{kpi} of {span} is given twice")
            spans.check_apart([*found[network, kpi], span])
            found[network, kpi][span] = plan
        except ValueError as error:
            table.refuse(row.line, str(error))
    return found


def _plan(row: Row, kpi: str, networks: set[str], known: Catalogue) -> tuple[str, Span, Decimal]:
    if kpi not in known.kpis:
        raise ValueError(f"no KPI is called {quoted(row.cells['kpi'])}; see include/kpis/")
    network = row.cells["network"].lower() or known.kpis[kpi].default or ""
    if not network:
        raise ValueError(f"the network is empty, and {kpi} has none of its own: write one, such as {example(networks)}")
    if network not in networks and network not in NAMES:  # of a source `cell` says more
        raise ValueError(f"{quoted(network)} is not a network; there are {', '.join(sorted(networks))}")
    if text := cell(f"{network}.{kpi}", networks, known)[2]:
        raise ValueError(f"{network}.{kpi}: {text}")
    span = _span(row.cells["month"])
    spans.check_sum(known, kpi, span)
    return network, span, _number(row.cells["plan"], kpi, known)


def _number(text: str, kpi: str, known: Catalogue) -> Decimal:
    if notation.is_unknown(text):
        raise ValueError(f"found {quoted(text)}: write a plan, or remove the line")
    share = shares.percent(text)
    plan = notation.number(text) if share is None else share
    try:
        shares.check(known.kpis[kpi], plan, share is not None)
    except ValueError as error:
        raise ValueError(f"found {quoted(text)}, but {kpi} {error}") from None
    return plan


def _span(text: str) -> Span:
    """A quarter or days as a client file has them; a month as people write it in tables."""
    if "Q" in text or ".." in text:
        return spans.span(text)
    return spans.month(notation.period(text, "month")[1])
