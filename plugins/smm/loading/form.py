"""What was asked for in the form of backfill_client, checked: a refusal says what to write instead."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from smm.files import periods
from smm.project import client_ids
from smm.sources import NAMES

MONTHS = 24  # of history before the last month, if the form names no first one


@dataclass(frozen=True)
class Form:
    """Months are their first days; ``clients`` None = all."""

    clients: tuple[str, ...] | None
    sources: tuple[str, ...]
    first_month: date
    last_month: date
    from_archive: bool


PARAMETERS = ("clients", "sources", "first_month", "last_month", "from_archive")


def read(given: Mapping[str, Any], run_after: datetime) -> Form:
    """The form of a run that was due at ``run_after``. Raises ValueError."""
    refuse_strangers(given, PARAMETERS)
    this_month = run_after.date().replace(day=1)
    last = _month(given["last_month"]) or this_month
    first = _month(given["first_month"]) or periods.month_after(last, -MONTHS)
    if first > last:
        raise ValueError(f"first_month {first:%Y-%m} is after last_month {last:%Y-%m}: swap them")
    if first > this_month:
        raise ValueError(f"first_month {first:%Y-%m} has not begun: write {this_month:%Y-%m} or an earlier month")
    clients = named("clients", given["clients"], client_ids())
    sources = named("sources", given["sources"], NAMES)
    return Form(clients, sources or NAMES, first, last, given["from_archive"])


def refuse_strangers(given: Mapping[str, Any], known: Collection[str]) -> None:
    """Raises ValueError for a parameter that there is not: Airflow would run as if it had not been given."""
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, 1)
            raise ValueError(
                f"{name!r} is not a parameter: " + (f"write {near[0]}" if near else f"there are {', '.join(known)}")
            )


def named(what: str, names: Sequence[str] | None, known: Collection[str]) -> tuple[str, ...] | None:
    """The names that were given for a parameter; None = all. Raises ValueError for none, and for strangers."""
    if names is None:
        return None
    if not names:
        raise ValueError(f"{what} is an empty list, which would load nothing: name some, or write null for all")
    mistakes = []
    for name in dict.fromkeys(names):
        if name not in known:
            near = get_close_matches(name, known, 1, 0.75)  # a guess that offers another client is worse than none
            advice = f"write {near[0]}" if near else f"there are {', '.join(sorted(known)) or 'none'}"
            mistakes.append(f"{name!r} is none of the {what}: {advice}")
    if mistakes:
        raise ValueError("\n".join(mistakes))
    return tuple(dict.fromkeys(names))


def _month(text: str | None) -> date | None:
    return date.fromisoformat(f"{text}-01") if text else None
