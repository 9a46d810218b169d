"""Asking Meta for a Page: the Page itself, its metrics, its posts and what each has reached."""

from collections.abc import Iterator
from datetime import UTC, datetime

from smm.sources import Access, Answer, Job, Refused
from smm.sources.facebook import posts, questions
from smm.sources.graph import api, days, insights
from smm.sources.graph.api import Call
from smm.sources.graph.errors import failure
from smm.sources.graph.fields import plain
from smm.sources.graph.insights import Asker
from smm.sources.graph.notes import Notes

ABOUT = ("id", "followers_count", "is_published")


def ask(job: Job, access: Access) -> Iterator[Answer]:
    """Meta's answers, as JSON. Raises SourceError; Refused if it gives not a single number."""
    with api.opened(access) as everybody:
        page = str(job.options["page"])
        graph = everybody.of_page(page)
        notes = Notes(graph)
        about = Call(page, {"fields": ",".join(ABOUT)})
        said = graph.get(about)
        if said.refusal:
            raise failure(said.refusal)
        yield notes.answer("page", [(about, said.only(plain(*ABOUT)), {})])
        answered = list(Asker(graph).ask(list(questions.of_job(job, days.last_over(datetime.now(UTC))))))
        if answered and not any(insights.has_numbers(one.body) for _, one in answered):
            raise Refused(insights.why_nothing(answered))
        yield from notes.windows("insights", answered)
        yield from notes.posts(job, posts.of_job(job))
        # the number by which the Page names itself, or writes, may be another one than that of the client's file
        own = {page, str(said.body.get("id")), *filter(None, map(posts.writer, notes.listed))}
        yield notes.comments(job, posts.COMMENTS, own)
