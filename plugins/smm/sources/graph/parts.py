"""An answer as it is archived: several calls, what Meta said to each, and what each is of."""

import json
from collections.abc import Iterator
from datetime import date

from smm.sources import Answer
from smm.sources.graph.errors import Json


def told(answer: Answer) -> Iterator[tuple[Json, Json, Json]]:
    """Of each part of an answer: the parameters, what Meta said, and what it is of."""
    calls = answer.request["calls"]
    for call, said, about in zip(calls, json.loads(answer.body), answer.context["about"], strict=True):
        yield call["params"], said, about


def days(answer: Answer) -> tuple[date, date]:
    """The first and the last day of its window."""
    first_day, last_day = (date.fromisoformat(answer.context[key]) for key in ("first_day", "last_day"))
    return first_day, last_day
