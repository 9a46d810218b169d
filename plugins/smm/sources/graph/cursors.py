"""Where a list of Meta's goes on: by its cursors, because its links hold a token."""

from collections.abc import Collection

from smm.sources.graph import insights
from smm.sources.graph.errors import Json

NO_LIST = "Meta answered without a list"
NOWHERE = "Meta says that its list goes on, and does not say where"
ROUND = "Meta's list leads back to where it was read before"


def after(body: Json, seen: Collection[str]) -> tuple[str | None, str | None]:
    """The cursor of the next page, None for the last one; and why the list cannot be read to its end, if so.

    ``seen``: the cursors before it. The last page has a cursor too, and only lacks the link.
    """
    if not isinstance(body.get("data"), list):
        return None, NO_LIST
    if not insights.inner(body, "paging", "next"):
        return None, None
    cursor = insights.inner(body, "paging", "cursors", "after")
    if not isinstance(cursor, str):
        return None, NOWHERE
    return (None, ROUND) if cursor in seen else (cursor, None)
