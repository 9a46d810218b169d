"""What happened in a month, as a letter freezes it: the events that touched a target, and the posts of their days."""

from datetime import date

from smm.letters.numbers import Part


class PostCount(Part):
    """How many posts there were on some days, and on the same days of the month that they are compared with."""

    network: str
    month: date  # that month
    was: int
    now: int
    is_so_far: bool = False  # not all of the days are known yet


class Happened(Part):
    """An event that touched a target which is missed, or will be."""

    network: str | None
    first_day: date
    last_day: date
    text: str
    posts: PostCount | None = None  # on its days
