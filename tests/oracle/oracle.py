"""Every KPI as it should be, in pandas, from the rows of core and the catalogue's files alone.

Written from the reference and apart from include/sql/: the two know nothing of each other, so that they agree by being
right.
"""

from dataclasses import dataclass

import pandas as pd

from smm.catalogue import Catalogue
from smm.warehouse import Connection
from tests.oracle import cells, community, figures, followers, kpis, site, together
from tests.oracle.published import read


@dataclass(frozen=True)
class Expected:
    """The rows of marts.measure and marts.kpi of one client."""

    measures: pd.DataFrame
    kpis: pd.DataFrame


def expected(warehouse: Connection, catalogue: Catalogue, client: str) -> Expected:
    published = read(warehouse, catalogue, client)
    if published.days.empty:
        return Expected(cells.frame([], cells.CELL), pd.DataFrame(columns=kpis.KPI))
    known = pd.concat([source.measured(published).all() for source in (site, community, figures, followers)])
    known = together.without_figures_of_all(published, known)
    known = pd.concat([known, together.awaited(published, known)])
    known = pd.concat([known, together.all_networks(published, known)])
    known = pd.concat([known, together.leads(published, known)]).reset_index(drop=True)
    for column in ("value", "reason"):
        known[column] = cells.none(known[column])
    return Expected(known, together.of_whole_networks(published, known, kpis.computed(published.catalogue, known)))
