"""What VK's errors are to us: worth another try, a pause, a dead token, a missing right, or the end of this load."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from smm.sources import BadInput, Known, QuotaSpent, Refused, SourceError, Transient

Json = dict[str, Any]

NO_ACCESS = {7, 15, 20, 21, 23, 200, 201, 203, 204, 210, 211, 212, 260, 600}  # a right to this one thing is missing
BUSY = {1, 10, 36, 43}
TOO_FAST = {6}
DEAD = {5, 28, 1114, 1116, 1117, 3609}  # of a token: a renewed one may be taken
TOO_BIG = {12, 13}

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Place:
    """Where in the Airflow connection a token stands, and whose it is."""

    field: str
    owner: str


USER = Place("the connection's password", "the VK user")
SERVICE = Place("extra.service_token", "the application")
COMMUNITY = Place("extra.community_token", "the community")


@dataclass(frozen=True)
class Stop:
    """How long nobody is to ask: one method of a token, or the token altogether. None = until UTC's next midnight."""

    wait: timedelta | None
    is_of_token: bool = False

    def length(self, now: datetime) -> timedelta:
        """From ``now``, which is aware, on."""
        if self.wait is not None:
            return self.wait
        return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC) - now


STOPS = {
    **dict.fromkeys((9, 32), Stop(HOUR)),
    **dict.fromkeys((29, 601), Stop(None)),
    **dict.fromkeys((14, 3300), Stop(HOUR, is_of_token=True)),
}

_MEANING: dict[int, tuple[type[SourceError], str]] = {
    **dict.fromkeys(BUSY, (Transient, "VK is at fault or busy; try again in a minute")),
    6: (Transient, "too many requests per second; does another program ask with {place.field}?"),
    **dict.fromkeys((9, 32), (QuotaSpent, "VK finds that this was asked too often, and refuses it for now")),
    **dict.fromkeys((29, 601), (QuotaSpent, "VK gives no more of this today")),
    **dict.fromkeys(
        (14, 3300), (QuotaSpent, "VK wants a captcha solved, which is not done here; it forgets in a while")
    ),
    **dict.fromkeys(
        TOO_BIG,
        (BadInput, "VK could not run the request, nor its halves: too much of it, or a mistake in this program"),
    ),
    **dict.fromkeys(
        DEAD | {2, 4},
        (Refused, "the token is dead: re-authorise {place.owner} and put the new token into {place.field}"),
    ),
    28: (
        Refused,
        "VK does not take {place.field} for this: it is dead, or of the wrong kind; the password must be a user's token"
        " (statistics), extra.service_token an application's (walls), extra.community_token a community's (messages)",
    ),
    27: (
        Refused,
        "{place.field} is of the wrong kind: it must be the token of {place.owner}; the password is a user's"
        " (statistics), extra.service_token an application's (walls), extra.community_token a community's (messages)",
    ),
    **dict.fromkeys(
        (17, 24, 25, 3301, 3302, 3303, 3304),
        (Refused, "VK wants the owner of the token to prove who he is: let him log in to VK, then try again"),
    ),
    **dict.fromkeys(
        (18, 19, 30, 37, 40),
        (Refused, "the community is deleted, blocked or private: check it on VK, or end it in the client's file"),
    ),
    **dict.fromkeys(
        (3, 8, 100, 113, 125, 150),
        (BadInput, "VK does not take this request: check the community's number in the client's file"),
    ),
    603: (BadInput, "VK's advertising cannot do this; it will not by itself: see the advertising account"),
}
_UNKNOWN = (BadInput, "see https://dev.vk.com/reference/errors")


def failure(method: str, code: int, place: Place = USER, now: datetime | None = None) -> SourceError:
    """What VK's error is to us; QuotaSpent says how long to wait."""
    kind, advice = _MEANING.get(code, _UNKNOWN)
    text = f"VK answered {method} with error {code}: {advice.format(place=place)}"
    if kind is QuotaSpent:
        return QuotaSpent(text, STOPS[code].length(now or datetime.now(UTC)))
    return kind(text)


def no_access(report: str, first_day: Any, last_day: Any, method: str, said: Json) -> Known:
    """What an error of NO_ACCESS leaves known of a report."""
    reason = f"VK refuses {method} with error {said['error']['error_code']}: the token's user needs rights for it"
    return Known(report, first_day, last_day, "no_access", reason)
