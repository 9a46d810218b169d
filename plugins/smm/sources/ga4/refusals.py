"""What GA4 refuses to answer: remembered for the rest of a job, and found by asking for fewer metrics at a time."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from smm.sources.ga4.questions import Question

Shape = tuple[tuple[str, ...], bool]  # dimensions, and whether a filter stands beside them


class Refusals:
    """Reports of one shape are refused the same metrics, whatever their days and the network that they are about."""

    def __init__(self) -> None:
        self._gone: dict[str, str] = {}  # metrics that GA4 does not have, and what it said
        self._unfit: dict[Shape, dict[str, str]] = {}  # metrics that it does not give in such a report
        self._shapes: dict[Shape, str] = {}  # of reports that it gives no metric of

    def of(self, question: Question) -> str | None:
        """What GA4 said to every report of this shape; None if there is something to ask."""
        return self._shapes.get(_shape(question))

    def left(self, question: Question) -> Question:
        """The question without the metrics that GA4 is known to refuse."""
        refused = self._gone | self._unfit.get(_shape(question), {})
        without = [metric for metric in question.metrics if metric in refused]
        return replace(
            question,
            metrics=tuple(metric for metric in question.metrics if metric not in refused),
            without=(*question.without, *without),
            said=tuple(dict.fromkeys([*question.said, *(refused[metric] for metric in without)])),
        )

    def add_unknown(self, field: str, said: str, asked: Collection[Question]) -> bool:
        """Note a metric or dimension that GA4 does not have; False if none of these questions asks for it."""
        with_metric = [question for question in asked if field in question.metrics]
        with_dimension = [question for question in asked if field in question.dimensions]
        if with_metric:
            self._gone[field] = said
        for question in with_dimension:
            self._shapes[_shape(question)] = said
        return bool(with_metric or with_dimension)

    def search(self, question: Question, refusal: str, refused: Callable[[Question], str | None]) -> None:
        """Find what is wrong with a question that was refused. ``refused`` asks, and returns GA4's words or None."""
        kept, unfit = standing(
            question.metrics, refusal, lambda metrics: refused(replace(question, metrics=tuple(metrics)))
        )
        if kept:
            self._unfit.setdefault(_shape(question), {}).update(unfit)
        else:
            self._shapes[_shape(question)] = refusal


def _shape(question: Question) -> Shape:
    return question.dimensions, question.where is not None


def standing(
    metrics: Sequence[str], refusal: str, refused: Callable[[Sequence[str]], str | None]
) -> tuple[list[str], dict[str, str]]:
    """The metrics that GA4 gives together, and what it said of each of the others; all together it refused.

    Metrics are in order of importance: of two that exclude each other the later one is left out. Each metric at fault
    takes about twice log2(metrics) requests.
    """
    kept: list[str] = []
    unfit: dict[str, str] = {}

    def take(more: Sequence[str], said: str | None) -> None:
        if said is None:
            kept.extend(more)
        elif len(more) == 1:
            unfit[more[0]] = said
        else:
            half = len(more) // 2
            before = len(kept)
            take(more[:half], refused([*kept, *more[:half]]))
            # with the whole first half kept, the second is what was refused just now
            is_whole = len(kept) - before == half
            take(more[half:], said if is_whole else refused([*kept, *more[half:]]))

    take(metrics, refusal)
    return kept, unfit
