"""What was published in a month, as letters freeze it: how many posts, and which of them did best and worst."""

from datetime import date
from typing import Literal

from pydantic import field_validator

from smm.letters.numbers import Number, Part

By = Literal["reach", "views", "reactions"]


class Publication(Part):
    """One post, with its counters as of the first 7 days after publication; None = not known."""

    network: str
    post: str  # its id in the network
    day: date
    link: str | None  # where people see it
    is_repost: bool
    is_late: bool  # its counters were first read later than 7 days after publication
    reach: int | None
    views: int | None
    likes: int | None
    comments: int | None
    reposts: int | None
    text: str = ""  # how it begins, if the network was asked and answered
    picture: str | None = None  # the name of one of the letter's

    @field_validator("link")
    @classmethod
    def _leads_to_https(cls, link: str | None) -> str | None:
        if link is not None and not link.startswith("https://"):
            raise ValueError("leads elsewhere than to https://")
        return link


class PostPicture(Part):
    """A small JPEG of a post."""

    name: str
    jpeg: str  # Base64


class Publications(Part):
    """What a network's page published in the month."""

    network: str
    count: Number
    before: Number  # of the month before
    year_ago: Number
    planned: Number | None  # None = nothing was planned
    by: By | None  # what the posts are ranked by; None = they cannot be ranked
    best: tuple[Publication, ...]
    weakest: Publication | None
