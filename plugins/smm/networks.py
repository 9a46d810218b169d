"""The networks: whose traffic a GA4 session is (include/networks.yml).

What was loaded keeps its source and medium. Its network is looked up in each rebuild, so that history follows the file.
"""

import re
from typing import Annotated

from psycopg import sql
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from smm.warehouse import Connection, copy, run


def _is_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no pattern: {error}") from None
    return text


Value = Annotated[str, Field(pattern=r"^[^A-Z]+$")]  # a source or medium of GA4's, which are compared in lower case
# of signs that Postgres, GA4 and Python read alike
Pattern = Annotated[str, Field(pattern=r"^[^A-Z()\[\]{}^$\\]+$"), AfterValidator(_is_pattern)]


class Networks(BaseModel):
    """include/networks.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    social: dict[str, list[Value]]
    paid: list[Pattern]
    mediums: dict[str, list[Value]]

    @model_validator(mode="after")
    def _has_one_owner_each(self) -> "Networks":
        for group in (self.social, self.mediums):
            owners: dict[str, str] = {}
            for network, values in group.items():
                for value in values:
                    if value in owners:
                        raise ValueError(f"{value!r} stands under {owners[value]} and {network}: keep one of the two")
                    owners[value] = network
        return self

    def names(self) -> dict[str, bool]:
        """Every network, and whether it is a social one, that is: part of ``all``."""
        social = [name + twin for name in self.social for twin in ("", "_ads")]
        return dict.fromkeys(social, True) | dict.fromkeys([*self.mediums, "direct", "ads", "other", "site"], False)


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
    run(warehouse, "kpis/note_networks.sql")
    for table in reversed(wanted):
        warehouse.execute(sql.SQL("delete from {}").format(sql.Identifier(*table.split("."))))
    for table, (columns, rows) in wanted.items():
        copy(warehouse, table, columns, rows)
    run(warehouse, "kpis/mark_networks.sql")


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
