"""An Instagram account before its history is loaded: what the token may see, since when, what loading it will cost."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from smm.sources import Access, Job
from smm.sources.graph import api, days, words
from smm.sources.graph import survey as graph_survey
from smm.sources.graph.api import Call
from smm.sources.graph.errors import failure
from smm.sources.instagram import asking, media, questions
from smm.sources.survey import Survey

SETTLED = timedelta(days=3)
NO_MONTH = (
    "reach of a month of 31 days stays unknown: Instagram has none of more than 30; reach_28 has people of 28 days"
)


ABOUT = ("id", "username")
MEASURES = {metric: (measure,) for metric, measure in questions.TOTALS.items()} | {
    questions.REACH: ("reach", "reach_28"),
    questions.FOLLOWS: tuple(questions.FOLLOW_TYPES.values()),
}
FOLLOWERS = "followers are counted from the first run on: of earlier days Meta has no number"


def survey(jobs: Sequence[Job], access: Access) -> Survey:
    """Five requests. Raises SourceError."""
    job, last_over = jobs[0], days.last_over(datetime.now(UTC))
    account, tried, began = job.options["account"], last_over - SETTLED, time.monotonic()
    with api.opened(access) as graph:
        about = graph.get(Call(str(account), {"fields": ",".join(ABOUT)}))
        if about.refusal:
            raise failure(about.refusal)
        by_metric = [questions.of_day(account, (metric,), tried) for metric in MEASURES]
        said = graph.get_all([question.call for question in by_metric])
        # one that Meta refuses would take the others along, and follows need a question of their own
        asked_for = [question.metrics[0] for question, one in zip(by_metric, said, strict=True) if not one.refusal]
        alive = tuple(metric for metric in asked_for if metric != questions.FOLLOWS)
        kinds = [metrics for metrics in (alive, (questions.FOLLOWS,)) if set(metrics) & set(asked_for)]
        months = [(month, metrics) for month in graph_survey.months(tried) for metrics in kinds]
        by_month = graph.get_all([questions.of_day(account, metrics, month).call for month, metrics in months])
        listed = graph_survey.posts(graph, media.of_job(job).path, "timestamp", media.COMMENTS)
        took, percent = (time.monotonic() - began) / graph.requests, graph.percent
    known = graph_survey.answered(zip((month for month, _ in months), by_month, strict=True))
    all_known = graph_survey.all_months(known)
    asked = len(list(questions.of_job(job, last_over, shift=1)))
    requests = 2 + graph_survey.packs(asked) + listed.requests(job)
    return Survey(
        first_month=all_known[0] if all_known else None,
        last_month=all_known[-1] if all_known else None,
        found=f"{len(all_known)} months of statistics, about {listed.per_day * 30:.0f} posts a month",
        requests=requests,
        seconds=requests * took,
        advice=(
            f"it is the account '{words.plain(about.body.get('username'))}'",
            *graph_survey.since(known, MEASURES, graph_survey.months(tried)[0]),
            _of_followers(known),
            *graph_survey.lacking(zip(by_metric, said, strict=True), MEASURES, known),
            *((NO_MONTH,) if known.get(questions.REACH) else ()),
            listed.advice(),
            graph_survey.allowance(percent),
            graph_survey.cost(1 + 1 + asking.TRIED + asked + listed.calls(job)),
        ),
    )


def _of_followers(known: Mapping[str, Sequence[date]]) -> str:
    if not known.get(questions.FOLLOWS):
        return FOLLOWERS
    return f"{FOLLOWERS}. Back to {known[questions.FOLLOWS][0]:%Y-%m} they are derived from joins and leaves"
