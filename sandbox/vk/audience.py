"""Who the people of a VK statistics block are: a fixed split by sex and age, since a far end knows only how many."""

from itertools import accumulate, pairwise
from typing import Any

AGES = {"12-18": 6, "18-21": 9, "21-24": 13, "24-27": 17, "27-30": 18, "30-35": 19, "35-45": 12, "45-100": 6}
SEXES = {"f": 6, "m": 4}
MOBILE_SHARE = 0.7


def mobile(count: int) -> int:
    """How many of `count` came by phone."""
    return round(count * MOBILE_SHARE)


def split(people: int) -> dict[str, Any]:
    """The `sex`, `age`, `sex_age` lists whose counts add up to `people`; none where nobody was there, as VK has it."""
    places: dict[str, Any] = {"cities": [], "countries": []}
    if not people:
        return places
    cells = [(sex, age, SEXES[sex] * AGES[age]) for sex in SEXES for age in AGES]
    edges = list(accumulate((weight for _, _, weight in cells), initial=0))
    counts = [people * high // edges[-1] - people * low // edges[-1] for low, high in pairwise(edges)]
    shared = [(sex, age, count) for (sex, age, _), count in zip(cells, counts, strict=True)]
    return places | {
        "sex": [_cell(sex, sum(n for s, _, n in shared if s == sex)) for sex in SEXES],
        "age": [_cell(age, sum(n for _, a, n in shared if a == age)) for age in AGES],
        "sex_age": [_cell(f"{sex};{age}", count) for sex, age, count in shared],
    }


def _cell(value: str, count: int) -> dict[str, Any]:
    return {"value": value, "count": count}
