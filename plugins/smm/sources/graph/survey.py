"""What Meta can tell before a history is loaded: which metrics the token sees, since when, and how many posts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from smm.files import periods
from smm.sources import Job
from smm.sources.graph import insights
from smm.sources.graph.api import PACK, Call, Graph, Said
from smm.sources.graph.insights import Question
from smm.sources.graph.listing import Form
from smm.sources.graph.posts import PAGE, POST_DAYS, moment

MONTHS = 25  # back; Meta keeps about two years


@dataclass(frozen=True)
class Posts:
    """As the newest page of a list shows them."""

    per_day: float
    reason: str | None  # why they cannot be read
    comments: str | None = None  # why those below them cannot

    def requests(self, job: Job) -> int:
        """For the list, and for what each post of the job's days has reached, and the comments below it."""
        expected = ceil(self.per_day * ((job.last_day - job.first_day).days + 1 + POST_DAYS))
        pages, rest = divmod(expected, PAGE)
        return pages + 1 + pages * packs(PAGE) + packs(rest) + ceil(expected / PACK)


def months(last_over: date) -> list[date]:
    """The months to try, oldest first."""
    newest = last_over.replace(day=1)
    return [periods.month_after(newest, -ago) for ago in reversed(range(MONTHS))]


def answered(tried: Mapping[date, Said]) -> list[date]:
    """The months in which there was anything."""
    return sorted(month for month, said in tried.items() if insights.has_numbers(said.body))


def lacking(tried: Iterable[tuple[Question, Said]], measures: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Of each metric that gave nothing: what stays unknown, and why."""
    for question, said in tried:
        (metric,) = question.metrics
        if said.refusal or not insights.has_numbers(said.body):
            why = said.refusal.reason if said.refusal else insights.EMPTY
            yield f"{metric}: {why}; {', '.join(measures[metric])} stays unknown"


def posts(graph: Graph, path: str, moment_field: str, form: Form) -> Posts:
    """By two requests, the other of which is about the comments of the newest one."""
    said = graph.get(Call(path, {"fields": f"id,{moment_field}", "limit": str(PAGE)}))
    if said.refusal:
        return Posts(0, said.refusal.reason)
    listed = insights.objects(said.body.get("data"))
    moments = sorted(filter(None, (moment(one.get(moment_field)) for one in listed)))
    days = (moments[-1] - moments[0]).days + 1 if moments else 1
    names = [str(one["id"]) for one in listed if "id" in one]
    refusals = [graph.get(form.call(f"{name}/comments")).refusal for name in names[:1]]
    return Posts(len(moments) / days, None, next((refusal.reason for refusal in refusals if refusal), None))


def packs(questions: int) -> int:
    """The requests that so many questions take. Of more than fit into one, some go first: see `Asker`."""
    return ceil(questions / PACK) + (questions > PACK)
