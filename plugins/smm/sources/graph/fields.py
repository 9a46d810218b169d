"""Which fields of Meta's answers are kept: what nobody asked for, such as a text or a name, is never archived."""

from collections.abc import Mapping
from typing import Any, Literal

Fields = Mapping[str, "Fields"] | Literal["plain", "number"]
"""An object's fields, each with what is kept of it; where a list stands in place of one value, of each of its items.

``plain``: a text, number or flag; ``number``: one, or an object of numbers by kind.
"""
PLAIN: Literal["plain"] = "plain"
NUMBER: Literal["number"] = "number"


def plain(*names: str) -> dict[str, Fields]:
    """An object with plain fields."""
    return dict.fromkeys(names, PLAIN)


def only(said: Any, fields: Fields) -> Any:
    """What Meta said, without all else; None where something of another kind stands."""
    if isinstance(said, list):
        return [only(one, fields) for one in said]
    if isinstance(fields, Mapping):
        if not isinstance(said, dict):
            return None
        return {name: only(said[name], of) for name, of in fields.items() if name in said}
    if fields == NUMBER and isinstance(said, dict):
        return {kind: number if isinstance(number, int | float) else None for kind, number in said.items()}
    is_kept = isinstance(said, int | float) or (fields == PLAIN and isinstance(said, str))
    return said if is_kept else None
