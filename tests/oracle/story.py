"""Stories for hypothesis to make up: loads of some weeks, with gaps, zeros, NULLs, restated days, edges of months."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

ZONES = (
    *("Europe/Moscow", "Europe/Stockholm", "America/New_York", "Asia/Kolkata"),
    *("Pacific/Auckland", "America/St_Johns", "Australia/Lord_Howe"),  # whose summer is half an hour
)
BEGINNINGS = (
    date(2026, 3, 1),  # summer time begins on the 8th in New York, on the 29th in Stockholm
    date(2026, 10, 5),  # and ends on the 25th, and on 1 November
    date(2026, 12, 9),  # a year of 53 weeks
    date(2028, 2, 7),  # a leap year
)
LENGTH = 65  # days
SOURCES = ("ga4", "vk", "vk_spb", "figures")
LACKS = {
    "ga4": ("revenue", "new_users"),
    "vk": ("likes", "followers_lost", "post_views"),
    "vk_spb": ("followers_gained",),
    "figures": (),
}
STATES = ("known", "known", "known", "flagged", "no_access")
PARTS = {"forms": ("ga4", "lead"), "calls": ("figures", None), "messages": ("vk", None)}


@dataclass(frozen=True)
class Load:
    """What one source answers for some days; it takes the place of what it has answered for them before."""

    source: str
    first: int  # day of the story
    days: int
    state: str
    lacks: str | None  # a measure that the answer does not carry
    is_hidden: bool  # because the account may not see it
    numbers: tuple[int | None, ...]  # of its rows, in turn
    shifts: tuple[int, ...]  # seconds from local midnight at which things happen, in turn
    step: int  # a row every so many days
    is_built: bool  # build_kpis runs after it


@dataclass(frozen=True)
class Story:
    begin: date
    zone: str
    named: frozenset[str]  # networks in the client's file beside its communities
    parts: frozenset[str]  # of the leads
    wants: str | None  # the target audience
    loads: tuple[Load, ...]

    def window(self, load: Load) -> tuple[date, date]:
        first = self.begin + timedelta(days=load.first)
        return first, first + timedelta(days=load.days - 1)

    def moments(self, load: Load) -> Iterator[tuple[date, datetime]]:
        """Every `step` days of the load: the day, and a moment of the load's days near its local beginning."""
        first, last = self.window(load)
        shifts, zone = cycle(load.shifts), ZoneInfo(self.zone)
        for number in range(0, (last - first).days + 1, load.step):
            day = first + timedelta(days=number)
            midnight = datetime.combine(day, time(), zone).astimezone(UTC)
            at = midnight + timedelta(seconds=next(shifts))
            if first <= at.astimezone(zone).date() <= last:
                yield day, at


NUMBERS = st.one_of(st.none(), st.just(0), st.integers(1, 1_000_000))
SHIFTS = st.sampled_from((-1, 0, 1, 43_200, 79_200, 86_399))


@st.composite
def loads(draw: st.DrawFn, source: str) -> Load:
    first = draw(st.integers(0, LENGTH - 5))
    lacks = draw(st.sampled_from((None, None, *LACKS[source])))
    return Load(
        source=source,
        first=first,
        days=draw(st.integers(1, min(21, LENGTH - first))),
        state=draw(st.sampled_from(STATES)),
        lacks=lacks,
        is_hidden=draw(st.booleans()),
        numbers=tuple(draw(st.lists(NUMBERS, min_size=1, max_size=7))),
        shifts=tuple(draw(st.lists(SHIFTS, min_size=1, max_size=3))),
        step=draw(st.integers(1, 3)),
        is_built=draw(st.sampled_from((True, True, False))),
    )


@st.composite
def stories(draw: st.DrawFn) -> Story:
    sources = [*SOURCES, *draw(st.lists(st.sampled_from(SOURCES), min_size=1, max_size=3))]
    return Story(
        begin=draw(st.sampled_from(BEGINNINGS)),
        zone=draw(st.sampled_from(ZONES)),
        named=draw(st.frozensets(st.sampled_from(("vk_ads", "telegram", "instagram", "search")))),
        parts=draw(st.frozensets(st.sampled_from(sorted(PARTS)))),
        wants=draw(st.sampled_from((None, "f", "m"))),
        loads=tuple(draw(loads(source)) for source in draw(st.permutations(sources))),
    )
