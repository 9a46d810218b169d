"""People of the whole site by ISO week or month, each counted once within it: never a sum of days."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from smm.facts import OF_PERIODS
from smm.files import periods
from smm.files.periods import Grain
from smm.sources import Answer, Health, Job, Known, Rows
from smm.sources.metrica import cells
from smm.sources.metrica.questions import USERS
from smm.sources.metrica.reply import Reply


class People:
    """An answer of ``bytime``: its intervals are the periods, clipped to the days that were asked for."""

    def __init__(self, job: Job, answer: Answer) -> None:
        self._job = job
        self._reply = Reply(job, answer)
        self._grain: Grain = answer.context["grain"]
        # of days before the counter was created nothing is known, and of a period that began before not everybody
        self._since = max(job.first_day, date.fromisoformat(answer.context.get("since", job.first_day.isoformat())))

    def parts(self) -> Iterator[Rows | Known | Health]:
        reply = self._reply
        values = [value for rows in reply.pages() for value in _values(rows)]
        yield reply.health()
        if reply.why_unanswered:
            return  # of whole periods nothing is known yet, and nothing is taken back
        counted = dict(zip(self._intervals(), values, strict=False)) if values else dict.fromkeys(self._intervals(), 0)
        touched = periods.touched(self._grain, reply.first_day, reply.last_day) if reply.metrics else ()
        is_young = self._since > self._job.first_day
        wanted = [period for period in touched if not (is_young and period < self._since)]
        found = {period: cells.numbers({USERS: counted.get(period)})[USERS] for period in wanted}
        rows = (self._row(period, users) for period, users in found.items() if users is not None)
        yield Rows("counts", rows, OF_PERIODS)
        lost = [f"{period}" for period, users in found.items() if users is None]
        doubts = [f"Metrica gave no number of people for the {self._grain} of {', '.join(lost)}"] if lost else []
        yield from reply.known(self._since, self._job.last_day, doubts)

    def _row(self, period: date, users: Any) -> list[Any]:
        through_day = min(periods.end(self._grain, period), self._reply.last_day)
        return ["site", "users", "users", self._grain, period, users, through_day]

    def _intervals(self) -> Iterator[date | None]:
        """The period of each interval; None for one that is no such period, or only a part of it."""
        for head in self._reply.heads:
            for interval in head.get("time_intervals") or ():
                try:
                    first_day, last_day = (date.fromisoformat(day[:10]) for day in interval)
                except (ValueError, TypeError):
                    yield None
                    continue
                end = periods.end(self._grain, first_day)
                is_whole = last_day in (end, min(end, self._reply.last_day))
                yield first_day if is_whole and first_day == periods.begin(self._grain, first_day) else None


def _values(rows: list[Any]) -> list[Any]:
    """Of the only row and the only metric, one value per interval; none if nobody came at all."""
    match rows:
        case [{"metrics": [[*values]]}]:
            return values
        case []:
            return []
    return [None]
