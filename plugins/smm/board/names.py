"""What the ids in a table are called, for people who read it as a workbook."""

from collections.abc import Callable, Sequence

from smm import catalogue
from smm.board.sheet import Cells, Column
from smm.board.speech import speech
from smm.warehouse import Connection, run


def beside(warehouse: Connection, columns: Sequence[Column], cells: Cells) -> tuple[list[Column], Cells]:
    """The table with a column of names after each one of ids; one query. A table that has titles keeps its own."""
    ids = {column.name for column in columns}
    named = {} if "title" in ids else {name: called for name, called in _names(warehouse).items() if name in ids}
    told = [
        each
        for column in columns
        for each in (column, Column(f"{column.name}_name"))
        if each is column or column.name in named
    ]
    callers = [named.get(column.name) for column in columns]
    return told, (
        [
            each
            for cell, called in zip(row, callers, strict=True)
            for each in ([cell, called(cell)] if called else [cell])
        ]
        for row in cells
    )


def _names(warehouse: Connection) -> dict[str, Callable[[str], str]]:
    """By column, what gives the name of an id in it; "" = it has none."""
    known = catalogue.read()
    clients = {row["client"]: row["name"] for row in run(warehouse, "board/client_names.sql")}

    def kpi(name: str) -> str:
        entry = known.shown(name)
        return entry.title["en"] if entry else ""

    def measure(name: str) -> str:
        return speech().say(f"measures.{name}") if speech().has(f"measures.{name}") else ""

    return {"client": lambda name: clients.get(name, ""), "kpi": kpi, "measure": measure}
