"""The measures: what is counted, by whom, and how it may be added up (include/measures.yml)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from smm.files.checked import CheckedFile, Mistake, Mistakes

Kind = Literal["flow", "stock", "unique"]
Unit = Literal["count", "money", "seconds"]
Grain = Literal["day", "week", "month"]


class Measure(BaseModel):
    """One line of include/measures.yml. The kind is what a formula may do with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str  # ga4, vk, figures; derived = counted from other measures
    kind: Kind
    unit: Unit = "count"
    report: str | None = None
    grains: tuple[Grain, ...] = ("day", "week", "month")
    group_of: str | None = None  # of a unique: the count that its source divides into this group and others
    counted_from: tuple[str, ...] = ()


def read(path: Path) -> dict[str, Measure]:
    """The measures of the file, by name. Raises Mistakes: every KPI stands on them, so all must be right."""
    file = CheckedFile(path)
    measures: dict[str, Measure] = {}
    mistakes: list[Mistake] = []
    for source, group in file.content.items():
        if not isinstance(group, dict):
            mistakes.append(file.mistake((source,), "must be a mapping of measures, such as `calls: {kind: flow}`"))
            continue
        for name, content in group.items():
            place = (source, name)
            try:
                measure = file.parse(Measure, {**content, "source": source} if isinstance(content, dict) else {}, place)
            except Mistakes as refused:
                mistakes += refused.mistakes
                continue
            if name in measures:
                text = f"is a measure of {measures[name].source} already; give this one a name of its own"
                mistakes.append(file.mistake(place, text))
            measures[name] = measure
    for name, measure in measures.items():
        mistakes += [
            file.mistake((measure.source, name), f"names {other!r}, which is no measure of this file")
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


def counted_by(measures: Mapping[str, Measure], name: str) -> frozenset[str]:
    """The sources that a measure rests on: its own, or those of what it is counted from."""
    measure = measures[name]
    if not measure.counted_from:
        return frozenset({measure.source})
    return frozenset().union(*(counted_by(measures, part) for part in measure.counted_from))
