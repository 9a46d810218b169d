"""A report by day: visits and visits with a goal, by origin or of the whole site.

Metrica tells more of an origin than source, medium and campaign: rows that come to the same are one here.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from smm.facts import OF_PERIODS
from smm.sources import Answer, Health, Job, Known, Rows
from smm.sources.metrica import cells, origin
from smm.sources.metrica.cells import Number
from smm.sources.metrica.questions import USERS, goal_of, session_metrics
from smm.sources.metrica.reply import Reply

Key = tuple[str, ...]  # the day, and for a report by origin source, medium and campaign
SHOWN = 40  # characters of what stands in place of a day
MOST_TOLD = 10  # oddities of one report, in the health


class Report:
    def __init__(self, job: Job, answer: Answer) -> None:
        self._reply = Reply(job, answer)
        self._columns = session_metrics(job.currency)
        self._is_by_origin = answer.name in ("traffic", "events")
        self._sums: dict[Key, dict[str, Number | None]] = {}
        self._odd: dict[str, dict[str, str]] = {}  # day -> metric -> the first such value
        self._unknown: dict[str, set[str]] = {}  # day -> metrics
        self._misplaced: Counter[str] = Counter()  # rows under no day that was asked for, by what stands there
        first, last = self._reply.first_day, self._reply.last_day
        self._days = {f"{first + timedelta(days=n)}" for n in range((last - first).days + 1)}

    def parts(self) -> Iterator[Rows | Known | Health]:
        reply = self._reply
        for rows in reply.pages():
            for row in rows:
                self._add(row)
        yield reply.health()
        if not reply.why_unanswered:
            yield from self._rows()
            yield from self._oddities()
        yield from reply.known(reply.first_day, reply.last_day, self._told_of_misplaced())

    def _add(self, row: Any) -> None:
        told = row if isinstance(row, dict) else {}
        dimensions, values = _listed(told.get("dimensions")), _listed(told.get("metrics"))
        day = dimensions[0].get("name") if dimensions and isinstance(dimensions[0], dict) else None
        if not isinstance(day, str) or day not in self._days:
            self._misplaced[str(day)[:SHOWN]] += 1
            return
        metrics = self._reply.metrics
        cell = dict(zip(metrics, [*values, *[None] * len(metrics)], strict=False))
        found = cells.numbers(cell)
        if None in found.values():
            self._unknown.setdefault(day, set()).update(metric for metric, number in found.items() if number is None)
            for metric, value in cells.odd(cell).items():
                self._odd.setdefault(day, {}).setdefault(metric, value)
        key = (day, *(origin.of(dimensions[1:]) if self._is_by_origin else ()))
        before = self._sums.get(key)
        if before is None:
            self._sums[key] = found
        else:
            for metric, number in found.items():
                other = before[metric]
                before[metric] = None if number is None or other is None else other + number

    def _rows(self) -> Iterator[Rows]:
        match self._reply.name:
            case "traffic":
                yield Rows("traffic", ([*key, *self._visits(found)] for key, found in self._sums.items()))
            case "totals":
                yield Rows("traffic_totals", ([*key, *self._visits(found)] for key, found in self._sums.items()))
                yield Rows("counts", self._people(), OF_PERIODS)
            case _:
                yield Rows("traffic_events", self._goals())

    def _visits(self, found: dict[str, Number | None]) -> list[Number | None]:
        """In the order of the relation; Metrica has no key events."""
        value = {measure: found.get(metric) for measure, metric in self._columns.items()}
        return [
            *(value["sessions"], value["engaged_sessions"], value["page_views"], value["new_users"]),
            *(value["engagement_seconds"], None, None, value["purchases"], value["revenue"], None),
        ]

    def _people(self) -> Iterator[list[Any]]:
        """Who came on a day. Nobody adds them up, although Metrica's answer says that one may."""
        for (day, *_), found in self._sums.items():
            if (users := found.get(USERS)) is not None:
                yield ["site", "totals", "users", "day", day, users, day]

    def _goals(self) -> Iterator[list[Any]]:
        for (day, *place), found in self._sums.items():
            source, medium = place[:2] or ("", "")
            for metric, visits in found.items():
                if visits:
                    yield [day, goal_of(metric), not self._is_by_origin, source, medium, visits]

    def _oddities(self) -> Iterator[Known | Health]:
        """What is impossible in the rows, and what that leaves unknown."""
        told = []
        for day, metrics in self._unknown.items():
            texts = [f"Metrica gave {value!r} as {metric}" for metric, value in self._odd.get(day, {}).items()]
            without = self._reply.measures(sorted(metrics))
            on = date.fromisoformat(day)
            yield Known(self._reply.report, on, on, reason="; ".join(texts) or None, without=without)
            told += [f"{text} of {day}" for text in texts]
        told += self._told_of_misplaced()
        if told:
            yield Health({f"odd.{self._reply.name}.{self._reply.first_day}": told[:MOST_TOLD]})

    def _told_of_misplaced(self) -> list[str]:
        if not self._misplaced:
            return []
        values = ", ".join(repr(value) for value, _ in self._misplaced.most_common(3))
        rows = self._misplaced.total()
        return [f"Metrica put {rows} row{'s' * (rows > 1)} under {values}, outside the requested days"]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
