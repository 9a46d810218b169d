"""Targets of a client's file that are never judged, or of less than they seem to be: allowed, and hardly meant."""

from collections.abc import Iterable, Iterator, Mapping

from smm.catalogue import Catalogue
from smm.clients.file import LEAD_PARTS, Target
from smm.clients.sources_section import SourceEntry
from smm.files.checked import CheckedFile, Mistake
from smm.sources import givers

Sources = Mapping[str, SourceEntry]


def notes(
    checked: CheckedFile, targets: Iterable[Target], sources: Sources, leads: Mapping[str, str], catalogue: Catalogue
) -> Iterator[Mistake]:
    """At most one of each target. ``leads``: part -> its source, with the event if there is one."""
    for target in targets:
        told = (
            _uncounted(target, sources, leads, catalogue)
            or _partly(target, sources, catalogue)
            or _too_long(target, sources)
        )
        if told:
            key = f"{target.network}.{target.kpi}"
            yield checked.mistake(("targets", key if key in checked.section("targets") else target.kpi), told)


def _uncounted(target: Target, sources: Sources, leads: Mapping[str, str], catalogue: Catalogue) -> str | None:
    """What none of the client's sources counts. Tables of figures may have anything."""
    if any(entry.of.is_whole and "counts" in entry.of.kinds for entry in sources.values()):
        return None
    for term in catalogue.terms[target.kpi]:
        network = term.network_pin or target.network
        parts = givers.parts(catalogue.measures, term.measure)
        if set(parts) <= set(LEAD_PARTS) and not leads.keys() & set(parts):
            return f"needs {term.measure}, and no part of the leads is named: write them under `leads:`"
        if not any(_counts(name, entry, network, parts, leads) for name, entry in sources.items()):
            found = [source for part in parts for source in givers.of(part)]
            adding = [one.name for one in found if not one.is_network or network in (one.name, "all")] or ["figures"]
            where = "" if network == "all" else f" of {network}"
            instead = " or ".join(dict.fromkeys(adding))
            return f"no source of this client counts {term.measure}{where}, so it is never known: add {instead}"
    return None


def _counts(name: str, entry: SourceEntry, network: str, parts: Iterable[str], leads: Mapping[str, str]) -> bool:
    if entry.of.is_network and network not in (name, "all"):
        return False
    given = {measure for gives in entry.of.gives for measure in gives.measures}
    return any(part in given and leads.get(part, name).partition(".")[0] == name for part in parts)


def _partly(target: Target, sources: Sources, catalogue: Catalogue) -> str | None:
    """What a network does not count, itself or as a part of all networks taken together."""
    pages = {name: entry.of for name, entry in sources.items() if entry.of.is_network}
    own = [term.measure for term in catalogue.terms[target.kpi] if term.network_pin is None]
    of_pages = [name for name in own if givers.are_networks(catalogue.measures, name)]
    missing = {name: givers.uncounted(catalogue.measures, source, of_pages) for name, source in pages.items()}
    whole = [name for name in missing if not missing[name]]
    for name, lacking in missing.items():
        is_part = target.network == "all" and len(lacking) < len(of_pages)
        if lacking and (is_part or target.network == name):
            told = ", ".join(one + " of a month" * (catalogue.measures[one].kind == "unique") for one in lacking)
            text = f"{name} does not count {told}: unless the client's figures do, it is never known"
            return f"{text}; write {whole[0]}.{target.kpi}" if whole else text
    without = [name for name in missing if missing[name]]
    if target.network == "all" and without and whole:
        return f"is of {' and '.join(whole)} only, because it is not counted by {' or '.join(without)}"
    return None


def _too_long(target: Target, sources: Sources) -> str | None:
    """Months that are longer than what a service counts people of."""
    entry = sources.get(target.network)
    for gives in entry.of.gives if entry else ():
        if target.kpi in gives.measures and gives.most_days and gives.most_days < 31:
            most = f"{target.network} counts {target.kpi} of at most {gives.most_days} days"
            return (
                f"{most}: months of 31 days are not judged; write {target.network}.reach_28 to have one of each month"
            )
    return None
