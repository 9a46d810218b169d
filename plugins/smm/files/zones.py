"""Time zones: those that Python and Postgres both know and mean the same by, compared by their days."""

from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from smm.files.quoted import quoted

COPIES = ("posix/", "right/")  # of the database on some machines; the second counts leap seconds
CITIES = {
    "GMT": "UTC",
    "CET": "Europe/Stockholm",
    "EET": "Europe/Helsinki",
    "EST": "America/New_York",
    "MST": "America/Denver",
}
FIRST, LAST = datetime(2000, 1, 1), datetime(2038, 1, 1)  # noqa: DTZ001  (local midnights)


def proper(name: str) -> str:
    """The name itself. Raises ValueError, which says what to write.

    It is an area and a place in it, or UTC. Postgres reads names without a place as abbreviations first: its CET has no
    summer time, Python's has. And where its server takes the system's time zones, it may not know the old ones.
    """
    if name not in names():
        raise ValueError(f"must be a name such as {_meant(name)}, found {quoted(name)}")
    return name


def alike(one: str, other: str) -> bool:
    """Whether the days of both begin at the same moments, whatever they are called."""
    return one == other or ({one, other} <= names() and _midnights(one) == _midnights(other))


@cache
def names() -> frozenset[str]:
    """Those that a client's file may have."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(COPIES))
    return frozenset(places) | {"UTC"}


def _meant(name: str) -> str:
    from babel.core import get_global  # only for who writes so

    bare = name.removeprefix("posix/").removeprefix("right/")
    # Etc/GMT+3 is three hours behind UTC, and never what is meant by GMT+3: neither it nor UTC is near to that
    places = sorted(place for place in names() if "/" in place and not place.startswith("Etc/"))
    same = {each.rpartition("/")[2].lower(): each for each in places} | {
        each.lower(): each for each in (*places, "UTC")
    }
    meant = CITIES.get(bare) or get_global("zone_aliases").get(bare) or same.get(bare.lower().replace(" ", "_"))
    if meant in names():
        return "UTC" if meant.startswith("Etc/") else meant
    return next(iter(get_close_matches(bare, places, 1, 0.75)), "Europe/Moscow")


@cache
def _midnights(name: str) -> tuple[float, ...]:
    zone = ZoneInfo(name)
    days = (LAST - FIRST).days
    return tuple((FIRST + timedelta(days=day)).replace(tzinfo=zone).timestamp() for day in range(days))
