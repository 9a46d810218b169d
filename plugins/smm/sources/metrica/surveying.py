"""A counter of Metrica before its history is loaded: its settings, months and goals, and a sample of its rows."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil

from smm.files import zones
from smm.files.quoted import quoted
from smm.sources import Access, Job
from smm.sources.metrica import api
from smm.sources.metrica.api import Counter, Json
from smm.sources.metrica.asking import settings
from smm.sources.metrica.errors import TooHeavy
from smm.sources.metrica.questions import DATE, ORIGIN, PAGE, VISITS, Question, of_job
from smm.sources.survey import Survey

SINCE = date(2009, 1, 18)  # the first day of which Metrica has visits
SAMPLE = timedelta(days=28)  # of traffic, from which its rows are reckoned
ROWS_PER_SECOND = 15_000  # from Metrica's bytes to published rows, on two slow cores
MOST_GOALS = 20  # that are listed


def survey(jobs: Sequence[Job], access: Access) -> Survey:
    """Raises SourceError."""
    job, began = jobs[0], time.monotonic()
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    last_day = min(job.last_day, yesterday)
    with api.opened(access, job.options["counter"]) as counter:
        zone = settings(counter).get("time_zone_name")
        months = list(_months(counter, yesterday))
        sample = _rows(counter, last_day - SAMPLE + timedelta(days=1), last_day)
        goals = _goals(counter) if job.events else {}
        took = (time.monotonic() - began) / counter.requests
    days = sum(max((each.last_day - max(each.first_day, months[0])).days + 1, 0) for each in jobs) if months else 0
    rows = ceil(sample / SAMPLE.days * days)
    requests = sum(1 + len(list(of_job(each))) for each in jobs) + rows // PAGE
    return Survey(
        first_month=months[0] if months else None,
        last_month=months[-1] if months else None,
        found=f"{rows:,} rows of traffic",
        requests=requests,
        seconds=requests * took + rows / ROWS_PER_SECOND,
        advice=(*_of_goals(job, goals), *_of_zone(job, zone)),
    )


def _months(counter: Counter, yesterday: date) -> Iterator[date]:
    """Those with visits. A counter too large for Metrica to count them all is looked at by a sample."""
    question = Question("history", (), (VISITS,), SINCE, yesterday, "month")
    params = question.params(counter.number)
    try:
        _, told = counter.get(question.path, params, "data")
    except TooHeavy:
        _, told = counter.get(question.path, params | {"accuracy": "low"}, "data")
    values = told["data"][0]["metrics"][0] if told["data"] else []
    for (first_day, _), visits in zip(told["time_intervals"], values, strict=False):
        if visits:
            yield date.fromisoformat(first_day).replace(day=1)


def _rows(counter: Counter, first_day: date, last_day: date) -> int:
    question = Question("traffic", (DATE, *ORIGIN), (VISITS,), first_day, last_day)
    _, told = counter.get(question.path, question.params(counter.number, limit=1), "data")
    return int(told.get("total_rows") or 0)


def _goals(counter: Counter) -> dict[str, str]:
    """Number -> name."""
    _, told = counter.get(f"/management/v1/counter/{counter.number}/goals", {}, "goals")
    goals: list[Json] = told["goals"]
    return {str(goal["id"]): str(goal.get("name") or "") for goal in goals}


def _of_goals(job: Job, goals: dict[str, str]) -> Iterator[str]:
    listed = ", ".join(f"{goal} {quoted(name)}" for goal, name in list(goals.items())[:MOST_GOALS])
    for goal in job.events:
        if goal not in goals:
            yield (
                f"leads count the goal {quoted(goal)}, and Metrica's counter {job.options['counter']} has no such goal,"
                f" so that they would stay unknown; it has {listed or 'no goals'}"
            )


def _of_zone(job: Job, zone: str | None) -> Iterator[str]:
    if zone and not zones.alike(zone, job.time_zone):
        yield (
            f"Metrica's time zone is {zone}, but the client's file says {job.time_zone}: days are never shifted, so"
            " they differ a little from those of other sources"
        )
