"""Asking Meta for an Instagram account: itself, whose days its totals are, its metrics, and its media."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from smm.sources import Access, Answer, Job, Refused
from smm.sources.graph import api, days, insights
from smm.sources.graph.api import Call, Graph
from smm.sources.graph.errors import failure
from smm.sources.graph.fields import plain
from smm.sources.graph.insights import Asker
from smm.sources.graph.notes import Notes
from smm.sources.instagram import media, questions, zone

ABOUT = ("id", "followers_count", "media_count")
TRIED = 5  # days by which the zone is told


def ask(job: Job, access: Access) -> Iterator[Answer]:
    """Meta's answer to each call, as JSON. Raises SourceError; Refused if it gives not a single number."""
    with api.opened(access) as graph:
        notes, last_over = Notes(graph), days.last_over(datetime.now(UTC))
        about = Call(str(job.options["account"]), {"fields": ",".join(ABOUT)})
        said = graph.get(about)
        if said.refusal:
            raise failure(said.refusal)
        yield notes.answer("account", [(about, said.only(plain(*ABOUT)), {})])
        found = zone.known(job.identity) or _zone(job, graph, min(job.last_day, last_over))
        answered = list(Asker(graph).ask(list(questions.of_job(job, last_over, zone.shift(found)))))
        if answered and not any(insights.has_numbers(one.body) for _, one in answered):
            raise Refused(insights.why_nothing(answered))
        yield from notes.windows("insights", answered, {"zone": found})
        yield from notes.posts(job, media.of_job(job))
        yield notes.comments(job, media.COMMENTS, {str(job.options["account"])})


def _zone(job: Job, graph: Graph, last_day: date) -> zone.Zone | None:
    """By one batch: a series of days, and the total of each."""
    tried = [last_day - timedelta(days=ago) for ago in range(2, 2 + TRIED)]  # the newest days may not be ready
    series, totals = questions.of_zone(job.options["account"], tried)
    said = graph.get_all([series.call, *(total.call for total in totals)])
    return zone.proven(said[0].body, [(day, one.body) for day, one in zip(tried, said[1:], strict=True)])
