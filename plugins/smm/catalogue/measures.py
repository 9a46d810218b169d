"""The measures: what is counted, and how it may be added up (include/measures.yml)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from smm.files.checked import CheckedFile, Mistake, Mistakes
from smm.files.quoted import quoted

Kind = Literal["flow", "stock", "unique"]
Unit = Literal["count", "money", "seconds"]


class Measure(BaseModel):
    """One line of include/measures.yml. The kind is what a formula may do with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    unit: Unit = "count"
    group_of: str | None = None  # of a unique: the count that is divided into this group and others
    counted_from: tuple[str, ...] = ()
    may_be_negative: bool = False  # of a day: a refund takes from the revenue
    of_pages: bool = False  # of one page each, although the client lists it


def read(path: Path) -> dict[str, Measure]:
    """The measures of the file, by name. Raises Mistakes: every KPI is made of them, so all must be right."""
    file = CheckedFile(path)
    measures: dict[str, Measure] = {}
    mistakes: list[Mistake] = []
    for name, content in file.content.items():
        if isinstance(content, dict) and content and all(isinstance(value, dict) for value in content.values()):
            text = "is a group of measures: begin a line with each of them, such as `calls: {kind: flow}`"
            mistakes.append(file.mistake((name,), text))
            continue
        if not isinstance(content, dict):
            text = f"must have its kind, such as {name}: {{kind: flow}}, found {quoted(content)}"
            mistakes.append(file.mistake((name,), text))
            continue
        try:
            measures[name] = file.parse(Measure, content, (name,))
        except Mistakes as refused:
            mistakes += refused.mistakes
    for name, measure in measures.items():
        mistakes += [
            file.mistake((name,), f"names {other!r}, which is not a measure in this file")
            for other in (*measure.counted_from, *filter(None, [measure.group_of]))
            if other not in measures
        ]
    if mistakes:
        raise Mistakes(mistakes)
    return measures


def origin(measures: Mapping[str, Measure], name: str) -> str:
    """The stock that a stock is a view of (its opening, its average), else the measure itself."""
    measure = measures[name]
    is_view = measure.kind == "stock" and len(measure.counted_from) == 1
    return origin(measures, measure.counted_from[0]) if is_view else name
