"""Meta's insights: metrics asked many at once, and read apart.

One metric that Meta has removed makes it refuse all that were asked with it, and for a Page it does not say which one.
They are then asked for one by one, in one batch: the others are loaded, and the refused one is not asked for again.
What Meta does not have of one object only, such as a reel, is asked for of the others.

Nothing in an answer is never zero: Meta says ``data: []`` for a missing permission, for too few followers, and for what
is not ready yet.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from smm.sources import Transient
from smm.sources.graph import days
from smm.sources.graph.api import PACK, Call, Graph, Said
from smm.sources.graph.errors import METRIC, RIGHT, Json, Meaning, Refusal
from smm.sources.graph.fields import NUMBER, Fields, plain

KEPT: Fields = {
    "data": plain("name", "period")
    | {
        "values": plain("end_time", "is_from_ads") | {"value": NUMBER},
        "total_value": {
            "value": NUMBER,
            "breakdowns": {"results": plain("dimension_values") | {"value": NUMBER}},
        },
    }
}
EMPTY = (
    "Meta answered with nothing, which may be a missing permission (read_insights, instagram_manage_insights), too few"
    " followers, or numbers that are not ready yet"
)


@dataclass(frozen=True)
class Question:
    """Metrics of one object, asked for together. ``about``: what its answer is of, as JSON."""

    path: str
    metrics: tuple[str, ...]
    params: dict[str, str]
    about: Json = field(default_factory=dict)

    @property
    def call(self) -> Call:
        return Call(self.path, {"metric": ",".join(self.metrics), **self.params})


Answered = tuple[Question, Said]


class Asker:
    """``refused``: by metric, why it is not asked for again in this load."""

    def __init__(self, graph: Graph) -> None:
        self.refused: dict[str, Refusal] = {}
        self._graph = graph

    def ask(self, questions: Sequence[Question]) -> Iterator[Answered]:
        """Each question as it was answered: in parts, where one of its metrics was refused. Raises SourceError.

        Of more than fit into one request, one of each kind is asked first: what is refused in it is spared the others.
        """
        firsts: dict[tuple[str, ...], int] = {}
        for at, question in enumerate(questions):
            if len(questions) > PACK and len(question.metrics) > 1:
                firsts.setdefault(question.metrics, at)
        for is_first in (True, False):
            yield from self._ask([one for at, one in enumerate(questions) if (at in firsts.values()) == is_first])

    def _ask(self, questions: Sequence[Question]) -> Iterator[Answered]:
        alike: defaultdict[tuple[tuple[str, ...], Meaning], list[Answered]] = defaultdict(list)
        for question in questions:  # what was refused before is not asked again, and has the same reason here
            spared = [metric for metric in question.metrics if metric in self.refused]
            yield from ((replace(question, metrics=(one,)), Said({}, self.refused[one])) for one in spared)
        left = [one for one in map(self._without_refused, questions) if one.metrics]
        # one that goes alone has no other beside it to show that Meta answers
        answers = self._said(left) if len(left) == 1 else self._graph.get_all([one.call for one in left])
        for question, said in zip(left, answers, strict=True):
            if said.refusal and len(question.metrics) > 1:
                alike[question.metrics, said.refusal.meaning].append((question, said))
            else:
                yield question, said
        for refused in alike.values():
            yield from self._sorted_out(refused)

    def _sorted_out(self, refused: Sequence[Answered]) -> Iterator[Answered]:
        """Of questions that were refused alike the first is asked apart: it shows what the refusal is about."""
        (first, _), *rest = refused
        before, apart = len(self.refused), self._apart([first])
        yield from apart
        if all(said.refusal for _, said in apart):  # of the object, or of the days: of no metric
            yield from rest
        elif len(self.refused) > before:
            yield from self._ask([question for question, _ in rest])
        else:
            yield from self._apart([question for question, _ in rest])

    def _said(self, questions: Sequence[Question]) -> list[Said]:
        """Where Meta is too busy for all of them they are refused: some objects are that for ever."""
        try:
            return self._graph.get_all([one.call for one in questions])
        except Transient as error:
            return [Said({}, Refusal(0, None, fault=str(error)))] * len(questions)

    def _apart(self, questions: Sequence[Question]) -> list[Answered]:
        singles = [replace(question, metrics=(metric,)) for question in questions for metric in question.metrics]
        found = list(zip(singles, self._said(singles), strict=True))
        is_answered = not all(said.refusal for _, said in found)
        for question, said in found:
            # where nothing at all may be seen, no metric is to blame
            if said.refusal and (said.refusal.meaning == METRIC or (said.refusal.meaning == RIGHT and is_answered)):
                self.refused[question.metrics[0]] = said.refusal
        return found

    def _without_refused(self, question: Question) -> Question:
        return replace(question, metrics=tuple(one for one in question.metrics if one not in self.refused))


def why_nothing(answered: Sequence[Answered]) -> str:
    """Each reason once, where Meta has given nothing at all."""
    return "; ".join(dict.fromkeys(said.refusal.reason if said.refusal else EMPTY for _, said in answered))


@dataclass(frozen=True)
class Point:
    """A value of a series. ``day``: that it was measured on, or that its week or 28 days end with."""

    metric: str
    period: str  # day, week, days_28
    day: date
    value: Any  # a number; an object of numbers by kind, where only kinds that happened are named
    flags: dict[str, str]  # of a breakdown, such as is_from_ads: "1"


def series(body: Json) -> Iterator[Point]:
    """Values without a day, and what has none of Meta's form, are left out: they stay unknown."""
    for one in objects(body.get("data")):
        metric, period = one.get("name"), one.get("period")
        for told in objects(one.get("values")):
            day = days.measured(told.get("end_time"))
            if isinstance(metric, str) and isinstance(period, str) and day and "value" in told:
                flags = {key: str(told[key]) for key in told.keys() - {"value", "end_time"}}
                yield Point(metric, period, day, told["value"], flags)


def totals(body: Json) -> dict[str, Json]:
    """Of each metric that came: ``value``, and ``by``: its parts by the value of the breakdown. Either may be missing.

    A total has no date: the question says of which days it is.
    """
    found: dict[str, Json] = {}
    for one in objects(body.get("data")):
        total, metric = one.get("total_value"), one.get("name")
        if not isinstance(total, dict) or not isinstance(metric, str):
            continue
        found[metric] = {"value": total["value"]} if "value" in total else {}
        for breakdown in objects(total.get("breakdowns")):
            parts = objects(breakdown.get("results"))
            found[metric]["by"] = {_kind(one.get("dimension_values")): one.get("value") for one in parts}
    return found


def _kind(dimensions: Any) -> str:
    return "/".join(map(str, dimensions)) if isinstance(dimensions, list) else ""


def with_numbers(body: Json) -> set[str]:
    """The metrics that came with a number: Meta also names metrics without one."""
    of_windows = {metric for metric, told in totals(body).items() if told.get("value") is not None or told.get("by")}
    return of_windows | {point.metric for point in series(body)}


def has_numbers(body: Json) -> bool:
    return bool(with_numbers(body))


def lifetimes(body: Json) -> dict[str, Any]:
    """Of each metric of a post: its value so far."""
    found = {}
    for one in objects(body.get("data")):
        values = objects(one.get("values"))
        if isinstance(one.get("name"), str) and values and "value" in values[0]:
            found[one["name"]] = values[0]["value"]
    return found


def count(value: Any) -> int | None:
    """How many; None for what is no number of things."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and 0 <= value < 10**12 else None


def name(value: Any) -> str | None:
    """An id as Meta writes it, in text or as a number; None for anything else."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number or isinstance(value, str) else None


def inner(value: Any, *names: str) -> Any:
    """What an object of objects has under these names; None where one of them is missing, or is no object."""
    for key in names:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def objects(value: Any) -> list[Json]:
    """The objects of a list; none for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
