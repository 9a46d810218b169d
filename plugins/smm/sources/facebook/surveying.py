"""A Page before its history is loaded: what the token may see, how far back it reaches, what loading it will cost."""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from smm.files.periods import ONE_DAY
from smm.sources import Access, Job
from smm.sources.facebook import posts, questions
from smm.sources.graph import api, days, words
from smm.sources.graph import survey as graph_survey
from smm.sources.graph.api import Call
from smm.sources.graph.errors import failure
from smm.sources.graph.insights import Question
from smm.sources.survey import Survey

SETTLED = timedelta(days=3)
NO_MONTH = "reach of a calendar month stays unknown: Facebook has none; reach_28 has people of 28 days"
ABOUT = ("id", "name")
MEASURES = {metric: (one.measure,) for metric, one in questions.BY_DAY.items()} | {
    questions.VIEWS: ("views", "views_ads"),
    questions.PEOPLE: ("reach", "reach_28"),
}


def survey(jobs: Sequence[Job], access: Access) -> Survey:
    """Six requests. Raises SourceError."""
    job, last_over = jobs[0], days.last_over(datetime.now(UTC))
    page, tried, began = str(job.options["page"]), last_over - SETTLED, time.monotonic()
    with api.opened(access) as everybody:
        graph = everybody.of_page(page)
        about = graph.get(Call(page, {"fields": ",".join(ABOUT)}))
        if about.refusal:
            raise failure(about.refusal)
        by_metric = [_question(page, (metric,), tried) for metric in questions.BY_DAY]
        said = graph.get_all([question.call for question in by_metric])
        # one that Meta refuses would take the others along
        alive = tuple(question.metrics[0] for question, one in zip(by_metric, said, strict=True) if not one.refusal)
        months = graph_survey.months(tried) if alive else []
        by_month = graph.get_all([_question(page, alive, month).call for month in months])
        listed = graph_survey.posts(graph, posts.of_job(job).path, "created_time", posts.COMMENTS)
        took, percent = (time.monotonic() - began) / graph.requests, graph.percent
    known = graph_survey.answered(zip(months, by_month, strict=True))
    all_known = graph_survey.all_months(known)
    asked = len(list(questions.of_job(job, last_over)))
    requests = 2 + graph_survey.packs(asked) + listed.requests(job)
    return Survey(
        first_month=all_known[0] if all_known else None,
        last_month=all_known[-1] if all_known else None,
        found=f"{len(all_known)} months of statistics, about {listed.per_day * 30:.0f} posts a month",
        requests=requests,
        seconds=requests * took,
        advice=(
            f"it is the Page '{words.plain(about.body.get('name'))}'",
            *graph_survey.since(known, MEASURES, min(months, default=tried)),
            *graph_survey.lacking(zip(by_metric, said, strict=True), MEASURES, known),
            *((NO_MONTH,) if known.get(questions.PEOPLE) else ()),
            listed.advice(),
            graph_survey.allowance(percent),
            graph_survey.cost(2 + asked + listed.calls(job)),
        ),
    )


def _question(page: str, metrics: tuple[str, ...], day: date) -> Question:
    dates = {"since": day.isoformat(), "until": (day + ONE_DAY).isoformat()}
    return Question(f"{page}/insights", metrics, {"period": "day", **dates})
