"""What a client's pages published in a month, from the warehouse: how many posts, the best three, the weakest one."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from smm import sources
from smm.letters.publications import By, Publication, Publications
from smm.warehouse import Connection, run

BEST = 3
GROWN = timedelta(days=3)  # a younger post is still finding its readers: it is never called the weakest

Row = dict[str, Any]

RANKED: dict[By, Callable[[Row], int | None]] = {
    "reach": lambda row: row["reach"],
    "views": lambda row: row["views"],
    "reactions": lambda row: _reactions(row),
}


def read(warehouse: Connection, client: str, month: date) -> tuple[Publications, ...]:
    """One per network whose posts are counted, by its name."""
    asked = {"client": client, "month": month}
    rows = run(warehouse, "letters/letter_best_posts.sql", asked)
    posts = {network: list(found) for network, found in groupby(rows, key=lambda row: row["network"])}
    without = {"client": client, "value": None, "reason": "source_missing"}
    return tuple(
        Publications.model_validate(
            row
            | {name: row[name] or without for name in ("before", "year_ago")}
            | chosen(posts.get(row["network"], []))
        )
        for row in run(warehouse, "letters/letter_posts.sql", asked)
    )


def chosen(posts: Sequence[Row]) -> dict[str, Any]:
    """Which are the best and the weakest, and by what: the first counter that is known of every post.

    Where a few posts are all there are, none of them is the weakest.
    """
    by = next((name for name, counter in RANKED.items() if all(counter(row) is not None for row in posts)), None)
    if by is None or not posts:
        return {"by": None, "best": (), "weakest": None}
    ranked = sorted(posts, key=lambda row: (RANKED[by](row), _reactions(row) or 0), reverse=True)
    weak = [row for row in ranked[BEST:] if row["age"] >= GROWN]
    best = tuple(map(_publication, ranked[:BEST]))
    return {"by": by, "best": best, "weakest": _publication(weak[-1]) if weak else None}


def _reactions(row: Row) -> int | None:
    counters = (row["likes"], row["comments"], row["reposts"])
    return None if None in counters else sum(counters)


def _publication(row: Row) -> Publication:
    names = Publication.model_fields.keys() & row.keys()
    link = sources.named(row["source"]).link(row["identity"], row["post"])
    return Publication(link=link, **{name: row[name] for name in names})
