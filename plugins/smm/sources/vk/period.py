"""One period of VK's statistics as it comes: its days, its counts, and what of them cannot be.

A missing block of people is unknown; a missing reaction is a zero, which VK leaves out. What is no number is unknown,
be it a reaction or not.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from smm.files import periods
from smm.files.periods import Grain
from smm.sources import BadInput
from smm.sources.vk import values
from smm.sources.vk.errors import Json

PEOPLE = (("reach", "reach"), ("reach", "reach_subscribers"), ("visitors", "visitors"), ("visitors", "views"))
ACTIVITY = tuple(("activity", key) for key in ("likes", "comments", "copies", "subscribed", "unsubscribed"))
MEASURES = {  # of a day, by VK's names
    "reach.reach": "reach",
    "visitors.visitors": "visitors",
    "activity.likes": "likes",
    "activity.comments": "comments",
    "activity.copies": "reposts",
    "activity.subscribed": "followers_gained",
    "activity.unsubscribed": "followers_lost",
}
BLOCKS = {"sex": "sex", "age": "age", "sex_age": "sex_age", "cities": "city"}  # VK's name -> ours


@dataclass(frozen=True)
class Period:
    """``counts``: of PEOPLE and ACTIVITY. ``odd``: by VK's name, what it gave in place of a number."""

    begin: date
    end: date
    counts: tuple[int | None, ...]
    odd: Json
    audience: tuple[tuple[str, str, int], ...]  # block, group, people

    @property
    def without(self) -> tuple[str, ...]:
        """The measures that are unknown because of what is odd."""
        return tuple(MEASURES[name] for name in self.odd if name in MEASURES)

    @property
    def doubt(self) -> str:
        """In words, what is odd."""
        return f"VK gave {', '.join(values.odd(*one) for one in self.odd.items())}"


def read(grain: Grain, said: Iterable[Json]) -> tuple[list[Period], dict[date, str]]:
    """The periods, and why some days have none: VK's period begins or ends on no midnight of UTC.

    Raises BadInput if none is whole: VK counts other periods than before.
    """
    found: dict[date, Period] = {}
    misplaced: dict[date, str] = {}
    for told in said:
        since, until = (values.moment(told.get(key)) for key in ("period_from", "period_to"))
        if since is None:
            continue
        if _is_whole(grain, since, until):
            one = _period(grain, told, since.date(), until)
            found[one.begin] = _agreed(found[one.begin], one) if one.begin in found else one
        else:
            why = f"VK gave statistics of a {grain} from {since:%Y-%m-%d %H:%M} to {until or since:%Y-%m-%d %H:%M} UTC"
            misplaced |= dict.fromkeys(
                (since.date(), (until or since).date()),
                f"{why}, which is not a {grain} in UTC: its numbers do not fit any {grain} of the warehouse",
            )
    if misplaced and not found:
        raise BadInput(next(iter(misplaced.values())))
    return list(found.values()), {day: why for day, why in misplaced.items() if day not in found}


def _is_whole(grain: Grain, since: datetime, until: datetime | None) -> bool:
    begin = since.date()
    is_begun = since.time() == time() and begin == periods.begin(grain, begin)
    return is_begun and (until is None or begin <= until.date() <= periods.end(grain, begin))


def _period(grain: Grain, told: Json, begin: date, until: datetime | None) -> Period:
    counts, odd = [], {}
    for block, key in (*PEOPLE, *ACTIVITY):
        inner = told.get(block)
        number: int | None = 0 if block == "activity" else None  # [] in old answers
        if inner and (not isinstance(inner, dict) or key in inner):
            value = inner[key] if isinstance(inner, dict) else inner
            number = values.count(value) if isinstance(inner, dict) else None
            if number is None:
                odd[f"{block}.{key}"] = value
        counts.append(number)
    end = until.date() if until else periods.end(grain, begin)
    return Period(begin, end, tuple(counts), odd, tuple(_audience(values.block(told.get("reach")))))


def _agreed(one: Period, other: Period) -> Period:
    """A period that came twice: what the two do not agree on is unknown."""
    names = [f"{block}.{key}" for block, key in (*PEOPLE, *ACTIVITY)]
    pairs = list(zip(names, one.counts, other.counts, strict=True))
    counts = tuple(mine if mine == theirs else None for _, mine, theirs in pairs)
    odd = {name: [mine, theirs] for name, mine, theirs in pairs if mine != theirs}
    audience = one.audience if one.audience == other.audience else ()
    return Period(one.begin, max(one.end, other.end), counts, one.odd | other.odd | odd, audience)


def _audience(reach: Json) -> Iterable[tuple[str, str, int]]:
    """How many of the people reached VK counts to each group that it names; cities of one name count as one.

    A group that is not told whole leaves its block out: the shares of the others would be wrong.
    """
    for theirs, block in BLOCKS.items():
        people: Counter[str] = Counter()
        groups = values.objects(reach.get(theirs))
        told = [(group.get("name", group.get("value")), values.count(group.get("count"))) for group in groups]
        if all(name is not None and count is not None for name, count in told):
            for name, count in told:
                people["".join(filter(str.isprintable, str(name)))] += count or 0
        for name, count in people.items():
            yield block, name, count
