"""The catalogue, as rows of the warehouse, so that static SQL can join it."""

import hashlib

from smm import sources
from smm.catalogue import Catalogue
from smm.roster import networks
from smm.sources import declared, givers
from smm.warehouse import Connection, copy, lock


def store(warehouse: Connection, catalogue: Catalogue) -> None:
    """Make the schema ``catalogue`` say what the files say, in the caller's transaction.

    If nothing has changed, no task waits; readers never wait.
    """
    fingerprint = _fingerprint(catalogue)
    if _is_filled(warehouse, fingerprint):
        return
    lock(warehouse, "catalogue")
    if _is_filled(warehouse, fingerprint):
        return
    networks.store(warehouse, catalogue.networks)
    _store_entries(warehouse, catalogue)
    warehouse.execute("delete from catalogue.filled")
    warehouse.execute("insert into catalogue.filled values (%s)", [fingerprint])


def store_judged_by(warehouse: Connection, catalogue: Catalogue) -> None:
    """Of the catalogue, only what months are judged by, for a rehearsal.

    The map of networks is left alone: to change it waits for every rebuild that is under way, and holds up the others.
    """
    if _is_filled(warehouse, _fingerprint(catalogue)):
        return
    lock(warehouse, "catalogue")
    _store_entries(warehouse, catalogue)


def _store_entries(warehouse: Connection, catalogue: Catalogue) -> None:
    # `truncate` would wait for everybody who has read them in a transaction that goes on
    warehouse.execute("""
        delete from catalogue.term; delete from catalogue.kpi; delete from catalogue.measure;
        delete from catalogue.given; delete from catalogue.source
        """)
    copy(
        warehouse,
        "catalogue.measure",
        ("measure", "kind", "unit", "is_derived", "is_of_pages", "may_be_negative"),
        (
            (
                *(name, m.kind, m.unit, bool(m.counted_from)),
                *(m.of_pages or givers.are_networks(catalogue.measures, name), m.may_be_negative),
            )
            for name, m in catalogue.measures.items()
        ),
    )
    copy(
        warehouse,
        "catalogue.source",
        ("source", "is_whole", "has_days", "identity", "kept"),
        ((s.name, s.is_whole, s.has_days, s.identity, list(s.kept)) for s in sources.every()),
    )
    copy(
        warehouse,
        "catalogue.given",
        ("source", "report", "kind", "measure", "grain", "networks", "lead_part", "whole_periods"),
        (
            (source.name, gives.report, gives.kind, measure, grain, gives.of, gives.lead_part, gives.whole_periods)
            for source in sources.every()
            for gives in declared.given(source, catalogue.measures)
            for measure in gives.measures
            for grain in gives.grains
        ),
    )
    copy(
        warehouse,
        "catalogue.kpi",
        ("kpi", "unit", "direction", "goal", "is_business", "default_network", "formula", "title", "meaning"),
        (
            (
                *(name, kpi.unit, kpi.direction, kpi.goal, kpi.business, kpi.default, kpi.formula),
                *(kpi.title["en"], kpi.meaning["en"]),
            )
            for name, kpi in catalogue.kpis.items()
        ),
    )
    copy(
        warehouse,
        "catalogue.term",
        ("kpi", "side", "network_pin", "measure", "coefficient"),
        (
            (name, term.side, term.network_pin, term.measure, term.coefficient)
            for name, found in catalogue.terms.items()
            for term in found
        ),
    )


def _fingerprint(catalogue: Catalogue) -> str:
    return hashlib.sha256(repr((catalogue, sources.every())).encode()).hexdigest()


def _is_filled(warehouse: Connection, fingerprint: str) -> bool:
    return warehouse.execute("select from catalogue.filled where digest = %s", [fingerprint]).fetchone() is not None
