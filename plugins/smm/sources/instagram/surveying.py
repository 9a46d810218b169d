"""An Instagram account before its history is loaded: what the token may see, since when, what loading it will cost."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from smm.sources import Access, Job
from smm.sources.graph import api, days
from smm.sources.graph import survey as graph_survey
from smm.sources.graph.api import Call
from smm.sources.graph.errors import failure
from smm.sources.instagram import asking, media, questions
from smm.sources.survey import Survey

SETTLED = timedelta(days=3)


def survey(jobs: Sequence[Job], access: Access) -> Survey:
    """Four requests. Raises SourceError."""
    job, last_over = jobs[0], days.last_over(datetime.now(UTC))
    account, began = job.options["account"], time.monotonic()
    with api.opened(access) as graph:
        about = graph.get(Call(str(account), {"fields": ",".join(asking.ABOUT)}))
        if about.refusal:
            raise failure(about.refusal)
        tried = last_over - SETTLED
        by_metric = [questions.of_day(account, metric, tried) for metric in (*questions.TOTALS, questions.FOLLOWS)]
        months = graph_survey.months(tried)
        by_month = [questions.of_day(account, questions.FOLLOWS, month) for month in months]
        said = graph.get_all([question.call for question in (*by_metric, *by_month)])
        listed = graph_survey.posts(graph, media.of_job(job).path, "timestamp", media.COMMENTS)
        took = (time.monotonic() - began) / graph.requests
    known = graph_survey.answered(dict(zip(months, said[len(by_metric) :], strict=True)))
    asked = len(list(questions.of_job(job, last_over, shift=1)))
    requests = 2 + graph_survey.packs(asked) + listed.requests(job)
    measures = {metric: (measure,) for metric, measure in questions.TOTALS.items()}
    return Survey(
        first_month=known[0] if known else None,
        last_month=known[-1] if known else None,
        found=f"{len(known)} months of joins and leaves, about {listed.per_day * 30:.0f} posts a month",
        requests=requests,
        seconds=requests * took,
        advice=(
            *graph_survey.lacking(
                zip(by_metric, said, strict=False),
                measures | {questions.FOLLOWS: tuple(questions.FOLLOW_TYPES.values())},
            ),
            *((f"{listed.reason}; posts stay unknown",) if listed.reason else ()),
            *((f"{listed.comments}; which comments are answered stays unknown",) if listed.comments else ()),
        ),
    )
