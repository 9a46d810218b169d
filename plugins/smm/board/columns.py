"""docs/bi.md: include/board/bi.md, with the columns of the tables. `python -m smm tables` prints it."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import get_args

from pydantic.fields import FieldInfo

from smm.board.tables import TABLES, Table
from smm.project import INCLUDE

TYPES = {str: "text", int: "integer", bool: "true or false", Decimal: "number", date: "day", datetime: "moment"}


def page(template: Path = INCLUDE / "board" / "bi.md") -> str:
    """The whole page, Markdown."""
    return template.read_text("utf-8").replace("{tables}\n", "\n".join(chain.from_iterable(map(_table, TABLES))))


def _table(table: Table) -> Iterator[str]:
    asked = (
        f"`{field.alias or name}`" + (" (must be given)" if field.is_required() else "")
        for name, field in table.parameters.model_fields.items()
    )
    yield from (f"### {table.name}", "", str(table.row.__doc__), "")
    yield from (
        f"Parameters: {', '.join(asked) or 'none'}. Ordered by {', '.join(table.row.key)}, which is its key.",
        "",
    )
    yield from ("| column | type | unit | meaning |", "|---|---|---|---|")
    units = table.row.units()
    for name, field in table.row.model_fields.items():
        yield f"| `{name}` | {_type(field)} | {units[name]} | {field.description} |"
    yield ""


def _type(field: FieldInfo) -> str:
    parts = [part for part in get_args(field.annotation) or (field.annotation,) if part is not type(None)]
    plain = next(one for part in parts for one in (part, *get_args(part)) if one in TYPES)
    return TYPES[plain] + (", or null" if type(None) in get_args(field.annotation) else "")
