"""What VK's errors are to us: worth another try, a pause, a dead token, a part that stays unknown, or a load's end."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from smm.sources import Known, QuotaSpent, SourceError
from smm.sources.vk import words
from smm.sources.vk.meanings import ANOTHER_ADDRESS, BLOCKED, MEANINGS, NO_ACCESS, UNKNOWN, Meaning

Json = dict[str, Any]

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Place:
    """In which field of the Airflow connection a token is, and whose it is."""

    field: str
    owner: str


USER = Place("the connection's password", "the VK user")
SERVICE = Place("extra.service_token", "the application")
COMMUNITY = Place("extra.community_token", "the community")

_RIGHTS = {  # what a method takes, where VK denies it
    "stats": "the token's user needs rights for it: an administrator or editor of the community, with the scope stats",
    "messages": "extra.community_token needs the right to messages",
}
_RIGHT = "the token's user needs rights for it, or the community is closed to whoever asks"


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
    **dict.fromkeys((9, 32, 1105), Stop(HOUR)),
    **dict.fromkeys((29, 601), Stop(None)),
    **dict.fromkeys((14, 3300), Stop(HOUR, is_of_token=True)),
}


def failure(method: str, error: Json, place: Place = USER, now: datetime | None = None) -> SourceError:
    """VK's ``error`` {error_code, error_msg} as one of ours; QuotaSpent says how long to wait."""
    code, meaning = error["error_code"], _meaning(error)
    text = f"VK answered {method} with error {code}: {_advice(method, error, place)}"
    if meaning.kind is QuotaSpent:
        return QuotaSpent(text, STOPS[code].length(now or datetime.now(UTC)))
    return meaning.kind(text)


def refusal(method: str, error: Json, place: Place = USER) -> str:
    """Why a part stays unknown."""
    return f"VK refuses {method} with error {error['error_code']}: {_advice(method, error, place)}"


def no_access(report: str, first_day: Any, last_day: Any, method: str, said: Json) -> Known:
    """What is left known of a report by an error of a part, or by an answer that is none."""
    reason = refusal(method, said["error"]) if "error" in said else f"VK answered {method} in an unknown form"
    return Known(report, first_day, last_day, "no_access", reason)


def is_of_part(error: Json, method: str) -> bool:
    """Whether an error is of what this call asked for, so that the others may have been answered."""
    return error["error_code"] in NO_ACCESS or (_meaning(error).is_of_part and error.get("method") == method)


def _meaning(error: Json) -> Meaning:
    said = str(error.get("error_msg")).lower()
    if error["error_code"] == 5 and (error.get("error_subcode") == ANOTHER_ADDRESS or "another ip address" in said):
        return MEANINGS[ANOTHER_ADDRESS]
    if error["error_code"] == 5 and re.search(r"user is (blocked|banned|deactivated|deleted)", said):
        return MEANINGS[BLOCKED]
    return MEANINGS.get(error["error_code"], UNKNOWN)


def _advice(method: str, error: Json, place: Place) -> str:
    right = _RIGHTS.get(method.partition(".")[0], _RIGHT)
    advice = _meaning(error).advice.format(place=place, right=right)
    said = words.plain(error.get("error_msg"))
    return f'{advice} (VK says: "{said}")' if said else advice
