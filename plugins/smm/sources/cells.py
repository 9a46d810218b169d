"""Of which networks a KPI may be asked: what a target in a client's file, or a line of its plans, names."""

from difflib import get_close_matches

from smm.catalogue import Catalogue
from smm.files.quoted import quoted
from smm.sources import NAMES, givers, named


def cell(key: str, networks: set[str], catalogue: Catalogue) -> tuple[str, str, str | None]:
    """The network and KPI of a target's key, and what is wrong with it."""
    network, _, kpi = key.rpartition(".")
    if kpi not in catalogue.kpis:
        return network, kpi, f"no KPI is called {quoted(kpi)}{_meant(kpi, catalogue)}"
    network = network or catalogue.kpis[kpi].default or ""
    if not network:
        instead = givers.example(catalogue.measures, (term.measure for term in catalogue.terms[kpi]))
        return network, kpi, f"has no network of its own; write {instead}.{kpi} or another network"
    if network not in networks and network in NAMES:
        return network, kpi, _of_source(network, kpi, networks, catalogue)
    if network not in networks:
        return network, kpi, f"{quoted(network)} is not a network; there are {', '.join(sorted(networks))}"
    own = [term.measure for term in catalogue.terms[kpi] if term.network_pin is None]
    instead = f"write {example(networks)}.{kpi}"
    if network == "all" and (people := [name for name in own if catalogue.measures[name].kind == "unique"]):
        return (
            network,
            kpi,
            f"{people[0]} is not added up over networks, in which one may be twice; {instead}",
        )
    if network == "site" and (social := [name for name in own if givers.are_networks(catalogue.measures, name)]):
        return network, kpi, f"a site has no {social[0]}; {instead} or another network"
    if not own and network != catalogue.kpis[kpi].default:
        return network, kpi, f"is one number, whatever the network; write {kpi}"
    return network, kpi, None


def _meant(kpi: str, catalogue: Catalogue) -> str:
    """What to write in place of a name that no KPI has."""
    if kpi in catalogue.measures:
        counted = [name for name, terms in catalogue.terms.items() if any(term.measure == kpi for term in terms)]
        return f", it is a measure; KPIs that are counted from it: {', '.join(counted) or 'none'}"
    near = get_close_matches(kpi, catalogue.kpis, 1)
    return f"; write {near[0]}" if near else "; see include/kpis/"


def _of_source(name: str, kpi: str, networks: set[str], catalogue: Catalogue) -> str:
    """What to write in place of a source that is no network."""
    at_site, at_network = f"site.{kpi}", f"{example(networks)}.{kpi}"
    if not any(given.of == "site" for given in named(name).gives):
        return f"{name!r} is a source; write the network whose number it is, such as {at_network}"
    instead = at_network if cell(at_site, networks, catalogue)[2] else at_site
    return f"{name!r} is a source; its visits stand at site and at the networks that they came from: write {instead}"


def example(networks: set[str]) -> str:
    """A network that a target may name."""
    social = [name for name in givers.networks() if name in networks]
    return social[0] if social else sorted(networks - {"all", "site"})[0]
