"""What a report asks, as Metrica reads it: with its own defaults, and a name that it does not know is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sandbox.data import Counter
from sandbox.metrica.refusals import RefusalError, wrong

MOST_METRICS, MOST_DIMENSIONS, MOST_ROWS = 20, 10, 100_000
USUAL_ROWS = 100

DIMENSIONS = {  # in small letters, for their case does not matter -> the column
    "ym:s:date": "day",
    **{
        f"ym:s:lastsign{name.replace('_', '')}": name
        for name in ("traffic_source", "source_engine", "utm_source", "utm_medium", "utm_campaign")
    },
}
METRICS = frozenset(
    f"ym:s:{name}"
    for name in "visits users pageviews bounceRate avgVisitDurationSeconds newUsers ecommercePurchases".split()
)
_GOAL = re.compile(r"ym:s:goal(\d+)(visits|reaches)")


@dataclass(frozen=True)
class Query:
    first: date
    last: date
    dimensions: tuple[str, ...]  # columns
    metrics: tuple[str, ...]
    sort: tuple[tuple[str, bool], ...]  # column or metric, and whether it ascends
    limit: int
    offset: int  # from 1
    is_full: bool  # accuracy=full: a sample only if that is too much
    has_undefined: bool
    language: str

    @classmethod
    def read(cls, fields: Mapping[str, str], counter: Counter) -> "Query":
        """Raises RefusalError."""
        names = [name for name in fields.get("dimensions", "").split(",") if name]
        metrics = tuple(name for name in fields.get("metrics", "").split(",") if name)
        if not metrics:
            raise wrong("metrics", "")
        for kind, asked, most, code in (
            ("metrics", metrics, MOST_METRICS, 4015),
            ("dimensions", names, MOST_DIMENSIONS, 4016),
        ):
            if len(asked) > most:
                told = f"Exceeded number of {kind} in request, value: {len(asked)}, limit: {most}, error code: {code}"
                raise RefusalError(400, "invalid_parameter", told)
        for name in metrics:
            if not _is_metric(name, counter):
                raise wrong("metrics", name)
        dimensions = tuple(_column(name) for name in names)
        sort = [_order(part, metrics) for part in fields.get("sort", "").split(",") if part]
        return cls(
            first=_day(fields, "date1"),
            last=_day(fields, "date2"),
            dimensions=dimensions,
            metrics=metrics,
            sort=tuple(sort or [(metrics[0], False)]),
            limit=_number(fields, "limit", USUAL_ROWS, MOST_ROWS),
            offset=_number(fields, "offset", 1, 10**9),
            is_full=fields.get("accuracy") in ("full", "1"),
            has_undefined=fields.get("include_undefined") == "true",
            language=fields.get("lang", "en"),
        )

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def _is_metric(name: str, counter: Counter) -> bool:
    if goal := _GOAL.fullmatch(name):
        return int(goal[1]) in counter.goals
    return name in METRICS or name == f"ym:s:ecommerce{counter.currency}ConvertedRevenue"


def _column(name: str) -> str:
    if name.lower() not in DIMENSIONS:
        raise wrong("dimensions", name)
    return DIMENSIONS[name.lower()]


def _order(part: str, metrics: tuple[str, ...]) -> tuple[str, bool]:
    name = part.removeprefix("-")
    return (name if name in metrics else _column(name)), not part.startswith("-")


def _day(fields: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(fields.get(name, ""))
    except ValueError:
        raise wrong(name, fields.get(name, "")) from None


def _number(fields: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = fields.get(name, str(usual))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise wrong(name, text)
    return int(text)
