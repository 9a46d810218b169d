"""The heat map of a client's data: for each source and report, how much is known of every day."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from smm.board.speech import moment, speech
from smm.sources import named

STATES = {  # word, letter; a colour by the class of the state's name
    "known": ("known", ""),
    "provisional": ("known, still reloaded every day", "p"),
    "flagged": ("known, with a doubt of the source", "≈"),
    "no_access": ("no access", "n"),
    "unanswered": ("unknown: the source failed to answer for it", "u"),
    "untold": ("asked, and the source said nothing of it", "o"),
    "missing": ("missing: never loaded", "?"),
    "failed": ("failed to load", "✕"),
    "rejected": ("rejected by the audit", "!"),
    "waiting": ("not loaded yet: the service's quota was spent", "◔"),
    "loading": ("being loaded", "…"),
    "outside": ("outside the client's history", ""),
}
STEP = 14  # from one day to the next, in pixels
LEFT, TOP = 26, 16  # room for the names of weekdays, which stay where they are, and of months


@dataclass(frozen=True)
class Day:
    """A day of a report, whatever was told of it."""

    day: date
    state: str
    reason: str | None
    loaded_at: datetime | None
    trouble: str | None  # why the newest load failed, though the day is known

    def __str__(self) -> str:
        """All of it in words."""
        loaded = f"loaded {moment(self.loaded_at)}" if self.loaded_at and self.state != "outside" else None
        trouble = f"the newest load failed: {self.trouble}" if self.trouble else None
        told = [f"{self.day}: {STATES[self.state][0]}", self.reason, loaded, trouble]
        return "; ".join(text for text in told if text)


@dataclass(frozen=True)
class Map:
    """The days of the reports of one source that are known alike."""

    network: str
    source: str
    reports: tuple[str, ...]  # none of a source that nothing was published of
    days: tuple[Day, ...]  # in order, without a gap

    @property
    def title(self) -> str:
        return f"{self.network}: {', '.join(self.reports) or 'nothing published yet'}"

    @property
    def summary(self) -> str:
        """How many days are in which state."""
        counts = {state: sum(day.state == state for day in self.days) for state in STATES if state != "outside"}
        told = [f"{count} {STATES[state][0].partition(':')[0]}" for state, count in counts.items() if count]
        return f"{self.title}. Days: {'; '.join(told) or 'none'}."

    @property
    def stretches(self) -> list[tuple[Day, Day]]:
        """Days that follow each other and are known alike: the first and the last of each, newest first."""
        runs = [list(run) for _, run in groupby(self.days, lambda day: (day.state, day.reason, day.trouble))]
        return [(run[0], run[-1]) for run in reversed(runs) if run[0].state != "outside"]

    def squares(self) -> Iterator[tuple[int, int, Day]]:
        """Each day with its place: a column per ISO week, a row per weekday."""
        for day in self.days:
            yield self._column(day.day) * STEP, TOP + day.day.weekday() * STEP, day

    def months(self) -> Iterator[tuple[int, str]]:
        """Where each month's name stands, and how it is called."""
        for day in self.days:
            if day.day.day == 1:
                yield self._column(day.day) * STEP, speech().short_month(day.day, year=day.day.month == 1)

    @property
    def width(self) -> int:
        return (self._column(self.days[-1].day) + 2) * STEP

    @property
    def height(self) -> int:
        return TOP + 7 * STEP

    def _column(self, day: date) -> int:
        monday = self.days[0].day - timedelta(days=self.days[0].day.weekday())
        return (day - monday).days // 7


def maps(rows: Iterable[dict[str, Any]], yesterday: date) -> list[Map]:
    """From the rows of board/data_days.sql; reports of a source whose days are all alike share a map."""
    alike: dict[tuple[str, str, tuple[Day, ...]], list[str]] = {}
    for (network, source, report), days in groupby(rows, lambda row: (row["network"], row["source"], row["report"])):
        told = tuple(_day(row, yesterday) for row in days)
        alike.setdefault((network, source, told), []).extend([report] if report else [])
    return [Map(network, source, tuple(reports), days) for (network, source, days), reports in alike.items()]


def _day(row: dict[str, Any], yesterday: date) -> Day:
    is_open = row["state"] == "known" and row["day"] > yesterday - timedelta(days=named(row["source"]).reload_days)
    state = "provisional" if is_open else row["state"]
    return Day(row["day"], state, row["reason"], row["loaded_at"], row["trouble"])


def used(maps: Sequence[Map]) -> list[str]:
    """The states that these show, as the legend orders them."""
    found = {day.state for each in maps for day in each.days}
    return [state for state in STATES if state in found]
