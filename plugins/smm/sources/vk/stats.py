"""A VK community's statistics: people and reactions by day, ISO week and month; of weeks and months, who was reached.

People are counted once within a period, so every grain is asked for itself. VK's days are UTC days; they are taken
from the answer and never computed from a local midnight.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from smm.facts import OF_PERIODS
from smm.files import periods
from smm.files.periods import ONE_DAY, Grain
from smm.sources import Answer, Health, Job, Known, Rows
from smm.sources.vk import period, values
from smm.sources.vk.errors import Json, no_access
from smm.sources.vk.execute import Call

# of PEOPLE and ACTIVITY. What is kept and not given, page views and followers reached, is no measure of a network here
MEASURES = (
    *("reach", "reach_followers", "visitors", "page_views"),
    *("likes", "comments", "reposts", "followers_gained", "followers_lost"),
)
GRAINS: tuple[Grain, ...] = ("day", "week", "month")
MOST_DAYS = 180  # of one call by day


def calls(job: Job, now: datetime) -> Iterator[tuple[Call, Json]]:
    """The calls for a job, and the days each stands for; with a day more on each side, as VK's day is not the job's."""
    for grain in GRAINS:
        span = timedelta(days=MOST_DAYS) if grain == "day" else job.last_day - job.first_day + ONE_DAY
        first_day = job.first_day
        while first_day <= job.last_day:
            last_day = min(first_day + span - ONE_DAY, job.last_day)
            since = _midnight(periods.begin(grain, first_day) - ONE_DAY)
            until = _midnight(periods.end(grain, last_day) + 2 * ONE_DAY) - 1
            params = {
                "group_id": job.options["community"],
                "interval": grain,
                "timestamp_from": since,
                "timestamp_to": min(until, int(now.timestamp())),
                "stats_groups": "visitors,reach,activity",
                "extended": int(grain != "day"),  # sexes, ages and cities
            }
            yield Call("stats.get", params), {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
            first_day = last_day + ONE_DAY


def read(job: Job, answer: Answer, said: Json) -> Iterator[Rows | Known | Health]:
    """The periods that touch the days asked for, as far as they are over. Days that VK left out stay unknown.

    Raises BadInput if no period is one: VK counts other days than before.
    """
    grain: Grain = answer.request["params"]["interval"]
    first_day, last_day = (date.fromisoformat(answer.context[key]) for key in ("first_day", "last_day"))
    if not isinstance(said.get("response"), list):
        if grain == "day" or "error" in said:
            yield no_access("stats", first_day, last_day, "stats.get", said)
        return
    last_over = answer.fetched_at.astimezone(UTC).date() - ONE_DAY
    found, misplaced = period.read(grain, values.objects(said["response"]))
    kept = [
        one for one in found if one.begin <= min(last_day, last_over) and periods.end(grain, one.begin) >= first_day
    ]
    yield Rows(
        "counts",
        (
            [job.network, "stats", measure, grain, one.begin, value, min(one.end, last_over)]
            for one in kept
            for measure, value in zip(MEASURES, one.counts, strict=True)
        ),
        OF_PERIODS,
    )
    if grain == "day":
        for first_known, last_known in periods.stretches(one.begin for one in kept):
            yield Known("stats", first_known, last_known)
        for one in kept:
            if one.odd:
                yield Known("stats", one.begin, one.begin, reason=one.doubt, without=one.without)
        for day, why in misplaced.items():
            if first_day <= day <= min(last_day, last_over):
                yield Known("stats", day, day, "no_access", why)
    else:
        yield Rows("audience", ([job.network, grain, one.begin, *group] for one in kept for group in one.audience))
        doubts = {one.begin.isoformat(): one.doubt for one in kept if one.odd}
        if doubts:
            yield Health({f"odd_{grain}s": doubts})


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
