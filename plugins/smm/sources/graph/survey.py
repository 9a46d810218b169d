"""What Meta can tell before a history is loaded: which metrics the token sees, since when, and how many posts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from smm.files import periods
from smm.sources import Job, QuotaSpent, Refused, Transient
from smm.sources.graph import insights, usage
from smm.sources.graph.api import PACK, Call, Graph, Said
from smm.sources.graph.insights import Question
from smm.sources.graph.listing import Form
from smm.sources.graph.posts import PAGE, POST_DAYS, moment

MONTHS = 25  # back; Meta keeps about two years
COMMENTS = (
    f"comments reach as far back as the posts: of each post, those of its first {POST_DAYS} days that are still there"
)


@dataclass(frozen=True)
class Posts:
    """As the newest page of a list shows them."""

    per_day: float
    reason: str | None  # why they cannot be read
    comments: str | None = None  # why those below them cannot, as advice

    def advice(self) -> str:
        if self.reason:
            return f"{self.reason}; posts stay unknown"
        return self.comments or COMMENTS

    def expected(self, job: Job) -> int:
        """How many a job reads."""
        return ceil(self.per_day * ((job.last_day - job.first_day).days + 1 + POST_DAYS))

    def requests(self, job: Job) -> int:
        """For the list, and for what each post of the job's days has reached, and the comments below it."""
        expected = self.expected(job)
        pages, rest = divmod(expected, PAGE)
        return pages + 1 + pages * packs(PAGE) + packs(rest) + ceil(expected / PACK)

    def calls(self, job: Job) -> int:
        """What Meta counts of these requests."""
        expected = self.expected(job)
        return expected // PAGE + 1 + 2 * expected  # what each post has reached, and its comments


def months(last_over: date) -> list[date]:
    """The months to try, oldest first."""
    newest = last_over.replace(day=1)
    return [periods.month_after(newest, -ago) for ago in reversed(range(MONTHS))]


def answered(tried: Iterable[tuple[date, Said]]) -> dict[str, list[date]]:
    """The months in which each metric had a number, oldest first."""
    found: defaultdict[str, list[date]] = defaultdict(list)
    for month, said in tried:
        for metric in insights.with_numbers(said.body):
            found[metric].append(month)
    return {metric: sorted(known) for metric, known in found.items()}


def all_months(known: Mapping[str, Sequence[date]]) -> list[date]:
    """The months in which there was anything."""
    return sorted({month for of_metric in known.values() for month in of_metric})


def since(known: Mapping[str, Sequence[date]], measures: Mapping[str, Sequence[str]], oldest: date) -> Iterator[str]:
    """How far back the metrics reach, by the measures that they are; ``oldest``: before which none was tried."""
    begun: defaultdict[date, list[str]] = defaultdict(list)
    for metric, names in measures.items():
        if known.get(metric):
            begun[known[metric][0]] += names
    for month, names in sorted(begun.items()):
        yield f"{'at least ' if month == oldest else ''}from {month:%Y-%m} on: {', '.join(names)}"


def cost(calls: int) -> str:
    return f"Meta counts each part of a request: about {calls:,} calls"


def allowance(percent: int | None) -> str:
    """What a load does when Meta's allowance is nearly used; ``percent`` of it is used now. How many calls the rest
    are, Meta does not say."""
    used = "" if percent is None else f", and {percent} % is used now"
    return (
        f"from {usage.STOP_AT} % of Meta's allowance on nothing more is asked{used}: a backfill then waits until there"
        " is more, which is no failure, and goes on by itself; a daily run leaves these days to the next one"
    )


def lacking(
    tried: Iterable[tuple[Question, Said]], measures: Mapping[str, Sequence[str]], known: Mapping[str, Sequence[date]]
) -> Iterator[str]:
    """Of the metrics that gave nothing on the day that was tried, nor in any month: what stays unknown, and why."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for question, said in tried:
        (metric,) = question.metrics
        if said.refusal or (metric not in known and metric not in insights.with_numbers(said.body)):
            alike[said.refusal.reason if said.refusal else insights.EMPTY].append(metric)
    for why, metrics in alike.items():
        names = [measure for metric in metrics for measure in measures[metric]]
        stay = "stays" if len(names) == 1 else "stay"
        yield f"{', '.join(metrics)}: {why}; {', '.join(names)} {stay} unknown"


def posts(graph: Graph, path: str, moment_field: str, form: Form) -> Posts:
    """By two requests, the other of which is about the comments of the newest one."""
    said = graph.get(Call(path, {"fields": f"id,{moment_field}", "limit": str(PAGE)}))
    if said.refusal:
        return Posts(0, said.refusal.reason)
    listed = insights.objects(said.body.get("data"))
    moments = sorted(filter(None, (moment(one.get(moment_field)) for one in listed)))
    days = (moments[-1] - moments[0]).days + 1 if moments else 1
    names = [str(one["id"]) for one in listed if "id" in one]
    return Posts(len(moments) / days, None, _comments(graph, form, names[0]) if names else None)


def _comments(graph: Graph, form: Form, post: str) -> str | None:
    """Why those below a post cannot be read, as advice."""
    try:
        refusal = graph.get(form.call(f"{post}/comments")).refusal
    except (Refused, QuotaSpent, Transient) as error:  # no reason not to tell the rest
        return f"whether comments can be read could not be tried: {error}"
    return f"{refusal.reason}; which comments are answered stays unknown" if refusal else None


def packs(questions: int) -> int:
    """The requests that so many questions take. Of more than fit into one, some go first: see `Asker`."""
    return ceil(questions / PACK) + (questions > PACK)
