"""What is known of each day of a window, gathered from its answers: numbers, and why there are none.

A day that a report knows and for which it has no row is zero in the warehouse, and what Meta leaves out is not zero: so
each measure that a day lacks is named, with the reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from smm.facts import OF_PERIODS
from smm.files import periods
from smm.files.periods import Grain
from smm.sources import Known, Rows
from smm.sources.graph import days
from smm.sources.graph.insights import EMPTY

GRAINS: tuple[Grain, ...] = ("day", "week", "month")


@dataclass
class Kept:
    """Of one report. ``measures``: that it gives by day."""

    network: str
    report: str
    measures: tuple[str, ...]
    _numbers: dict[tuple[str, Grain, date], tuple[Any, date]] = field(default_factory=dict)
    _doubt: str | None = None
    _refused: dict[str, str] = field(default_factory=dict)

    def put(self, measure: str, grain: Grain, period: date, value: Any, through_day: date) -> None:
        """A number of the period that begins on this day. None is unknown."""
        if value is not None:
            self._numbers[measure, grain, period] = value, through_day

    def has_none(self, measure: str, grain: Grain, period: date) -> None:
        """Meta has no number of such a period: it is not applicable, and no reload will bring it."""
        self._numbers[measure, grain, period] = None, periods.end(grain, period)

    def refuse(self, measure: str, reason: str) -> None:
        """Why Meta does not give a measure."""
        self._refused[measure] = reason

    def last_28_days(self, day: date, value: Any) -> None:
        """People of the 28 days that end with this one: as of that day, and of the week and month that end with it.

        Those of a month they are in some Februaries only, so they are a measure of their own.
        """
        for grain in GRAINS:
            if day == periods.end(grain, day):
                self.put("reach_28", grain, periods.begin(grain, day), value, day)

    def doubt(self, reason: str) -> None:
        """Why no number is certain."""
        self._doubt = reason

    def parts(self, first_day: date, last_day: date) -> Iterator[Rows | Known]:
        """The numbers of the window, and what is known of each of its days."""
        yield Rows(
            "counts",
            iter(
                [self.network, self.report, measure, grain, period, value, through_day]
                for (measure, grain, period), (value, through_day) in self._numbers.items()
                if first_day <= through_day <= last_day  # a day that nobody asked for would end the load
            ),
            OF_PERIODS,
        )
        by_lack: defaultdict[tuple[str, ...], list[date]] = defaultdict(list)
        for day, _ in days.windows(first_day, last_day, 1):
            lacks = tuple(one for one in self.measures if (one, "day", day) not in self._numbers)
            by_lack[lacks].append(day)
        for lacks, alike in by_lack.items():
            yield from self._known(lacks, alike)

    def _known(self, lacks: tuple[str, ...], alike: Iterable[date]) -> Iterator[Known]:
        is_empty = len(lacks) == len(self.measures)
        reason = self._why(lacks) if lacks else None
        for first_day, last_day in periods.stretches(alike):
            if is_empty:  # Meta has it a day or two later, or never: the next run asks again
                is_refused = set(lacks) <= self._refused.keys()
                yield Known(self.report, first_day, last_day, "no_access" if is_refused else "unanswered", reason)
            else:
                state = "flagged" if self._doubt else "known"
                told = "; ".join(filter(None, (self._doubt, reason))) or None
                yield Known(self.report, first_day, last_day, state, told, without=lacks)

    def _why(self, lacks: Iterable[str]) -> str:
        """Each reason once, with what it is about."""
        about: defaultdict[str, list[str]] = defaultdict(list)
        for measure in lacks:
            about[self._refused.get(measure, EMPTY)].append(measure)
        return "; ".join(f"{', '.join(measures)}: {reason}" for reason, measures in about.items())
