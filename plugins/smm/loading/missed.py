"""Missed days: those that a daily run should have loaded and none has, because a token was dead or nothing ran.

They are found in core.load and core.coverage, and the next run loads them beside its reload window, in loads of their
own.

A load succeeds or fails as a whole. What the audit rejects is cut in two the next time, so that within days one bad day
stands alone and all the others are known; the same is done with the reload window. A bad day that was tried alone is
tried again after 1, 2, 4 ... days, at most 32. Whenever it is tried, its run is red; in between `late` names it.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import ceil
from typing import Any

from smm.loading.ledger import Slot
from smm.sources import named
from smm.warehouse import Connection, run

log = logging.getLogger(__name__)

ONE_DAY = timedelta(days=1)
LOOKED_BACK = timedelta(days=365)  # from the window's last day; further back is a backfill's work
MOST = 12  # loads of missed days of one network in a run: each costs the requests of a window
# Stretches that lie so close together are one load: to load the known days between them again is cheaper than another
# load. If they are more than MOST even so, it is the next of these.
CLOSE = (timedelta(days=8), timedelta(days=32), LOOKED_BACK)
LONGEST_WAIT = 32  # days

Key = tuple[str, str]
"""(client, network)."""


@dataclass(frozen=True)
class Day:
    """A day to load. ``width``: the days of the narrowest load that was in vain, None = none was since it was known."""

    day: date
    width: int | None = None
    alone: int = 0  # how many loads of this day alone were in vain
    tried_on: date = date.min
    reason: str | None = None

    @property
    def due(self) -> date:
        """When it is to be tried again."""
        if not self.alone:
            return date.min
        return self.tried_on + timedelta(days=min(2 ** (self.alone - 1), LONGEST_WAIT))


def slots(warehouse: Connection, source: str, windows: Sequence[Slot]) -> list[Slot]:
    """The slots of the days that were missed before these reload windows, each of a stretch of days; oldest first.

    Days since the network's first published load were missed if no published load was asked for them and a report
    does not know them, or if the source failed to answer for them. A day that the service was asked for and said
    nothing of was not missed.
    """
    found = []
    for window, missed in _missed(warehouse, source, windows):
        today = date.fromisoformat(window["last_day"]) + ONE_DAY
        parts = _few([part for part in _cut(missed, close) if part[0].due <= today] for close in CLOSE)
        if loaded := [each for part in parts for each in part]:
            log.info(
                "%s: %s missed %d day(s) from %s to %s: this run loads them too",
                *(window["client"], window["network"], len(loaded), loaded[0].day, loaded[-1].day),
            )
        found += [_slot(window, part) for part in parts]
    return found


def apart(warehouse: Connection, windows: Sequence[Slot]) -> list[Slot]:
    """The reload windows, cut where they were loaded in vain: so that the other days of a window become known."""
    days = {_key(window): _days(window) for window in windows}
    tried = _tried(warehouse, days)
    return [_slot(window, part) for window in windows for part in _cut(tried[_key(window)], ONE_DAY)]


def waiting(warehouse: Connection, source: str, windows: Sequence[Slot]) -> list[tuple[Slot, Day]]:
    """The missed days that the run of these windows does not load, for they were in vain too often."""
    return [
        (window, each)
        for window, missed in _missed(warehouse, source, windows)
        for each in missed
        if each.due > date.fromisoformat(window["last_day"]) + ONE_DAY
    ]


def _missed(warehouse: Connection, source: str, windows: Sequence[Slot]) -> list[tuple[Slot, list[Day]]]:
    """The windows before which days were missed, with those days."""
    if named(source).is_whole:  # every time
        return []
    spans = [(date.fromisoformat(slot["first_day"]), date.fromisoformat(slot["last_day"])) for slot in windows]
    rows = run(
        warehouse,
        "ledger/missed_days.sql",
        {
            "source": source,
            "clients": [slot["client"] for slot in windows],
            "networks": [slot["network"] for slot in windows],
            "sinces": [last - LOOKED_BACK for _, last in spans],
            "windows": [first for first, _ in spans],
        },
    )
    tried = _tried(warehouse, {key: [row["day"] for row in of_key] for key, of_key in groupby(rows, _key)})
    return [(window, tried[_key(window)]) for window in windows if _key(window) in tried]


def _tried(warehouse: Connection, days: Mapping[Key, Sequence[date]]) -> dict[Key, list[Day]]:
    """What was tried of these days."""
    listed = [(*key, day) for key, of_key in days.items() for day in of_key]
    clients, networks, each = ([row[place] for row in listed] for place in range(3))
    rows = run(warehouse, "ledger/in_vain.sql", {"clients": clients, "networks": networks, "days": each})
    found = {
        (*_key(row), row["day"]): Day(row["day"], row["width"], row["alone"], row["tried_on"], row["reason"])
        for row in rows
    }
    return {key: [found.get((*key, day), Day(day)) for day in of_key] for key, of_key in days.items()}


def _cut(days: Iterable[Day], close: timedelta) -> list[list[Day]]:
    """Days, in order, in parts that are loaded at once: what was in vain in parts half as wide, and by itself."""
    parts: list[list[Day]] = []
    for each in days:
        if parts and _belongs(each, parts[-1], close):
            parts[-1].append(each)
        else:
            parts.append([each])
    return parts


def _belongs(each: Day, part: Sequence[Day], close: timedelta) -> bool:
    widths = [day.width for day in (*part, each) if day.width is not None]
    if not widths:
        return each.day - part[-1].day <= close
    is_all = len(widths) == len(part) + 1
    return is_all and each.day - part[-1].day == ONE_DAY and len(part) < ceil(min(widths) / 2)


def _few(choices: Iterable[list[list[Day]]]) -> list[list[Day]]:
    """The first of these ways to cut that makes few parts; of the last, those that were not tried for longest."""
    parts: list[list[Day]] = []
    for parts in choices:
        if len(parts) <= MOST:
            return parts
    return sorted(sorted(parts, key=lambda part: part[0].tried_on)[:MOST], key=lambda part: part[0].day)


def _days(slot: Slot) -> list[date]:
    first, last = date.fromisoformat(slot["first_day"]), date.fromisoformat(slot["last_day"])
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _slot(window: Slot, part: Sequence[Day]) -> Slot:
    return {**window, "first_day": part[0].day.isoformat(), "last_day": part[-1].day.isoformat()}


def _key(row: Mapping[str, Any]) -> Key:
    return row["client"], row["network"]
