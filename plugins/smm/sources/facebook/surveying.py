"""A Page before its history is loaded: what the token may see, how far back it reaches, what loading it will cost."""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from smm.files.periods import ONE_DAY
from smm.sources import Access, Job
from smm.sources.facebook import asking, posts, questions
from smm.sources.graph import api, days
from smm.sources.graph import survey as graph_survey
from smm.sources.graph.api import Call
from smm.sources.graph.errors import failure
from smm.sources.graph.insights import Question
from smm.sources.survey import Survey

SETTLED = timedelta(days=3)


def survey(jobs: Sequence[Job], access: Access) -> Survey:
    """Five requests. Raises SourceError."""
    job, last_over = jobs[0], days.last_over(datetime.now(UTC))
    page, began = str(job.options["page"]), time.monotonic()
    with api.opened(access) as everybody:
        graph = everybody.of_page(page)
        about = graph.get(Call(page, {"fields": ",".join(asking.ABOUT)}))
        if about.refusal:
            raise failure(about.refusal)
        by_metric = [_question(page, metric, last_over - SETTLED) for metric in questions.BY_DAY]
        months = graph_survey.months(last_over - SETTLED)
        by_month = [_question(page, questions.VIEWS, month) for month in months]
        said = graph.get_all([question.call for question in (*by_metric, *by_month)])
        listed = graph_survey.posts(graph, posts.of_job(job).path, "created_time", posts.COMMENTS)
        took = (time.monotonic() - began) / graph.requests
    known = graph_survey.answered(dict(zip(months, said[len(by_metric) :], strict=True)))
    requests = 2 + graph_survey.packs(len(list(questions.of_job(job, last_over)))) + listed.requests(job)
    measures = {metric: (one.measure,) for metric, one in questions.BY_DAY.items()}
    return Survey(
        first_month=known[0] if known else None,
        last_month=known[-1] if known else None,
        found=f"{len(known)} months of statistics, about {listed.per_day * 30:.0f} posts a month",
        requests=requests,
        seconds=requests * took,
        advice=(
            *graph_survey.lacking(zip(by_metric, said, strict=False), measures),
            *((f"{listed.reason}; posts stay unknown",) if listed.reason else ()),
            *((f"{listed.comments}; which comments are answered stays unknown",) if listed.comments else ()),
        ),
    )


def _question(page: str, metric: str, day: date) -> Question:
    dates = {"since": day.isoformat(), "until": (day + ONE_DAY).isoformat()}
    return Question(f"{page}/insights", (metric,), {"period": "day", **dates})
