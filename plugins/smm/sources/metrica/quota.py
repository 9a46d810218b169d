"""Metrica's quotas: whose is spent, and when there is more."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta


@dataclass(frozen=True)
class Quota:
    """``is_momentary``: it is free again as soon as another request has ended."""

    said: str  # whose quota it is
    is_momentary: bool = False
    is_of_counter: bool = False  # and not of all that the token asks for
    ends_with_day: bool = False

    def wait(self, now: datetime) -> timedelta | None:
        """From ``now``, which is aware, on; None = Metrica does not say."""
        if not self.ends_with_day:
            return None
        tomorrow = now.astimezone(UTC).date() + timedelta(days=1)  # at 00:00 UTC, which is 03:00 in Moscow
        return datetime.combine(tomorrow, time(), UTC) - now


_MOMENTARY = Quota("more requests at the same time than Metrica takes", is_momentary=True)
_OF_COUNTER = Quota("the counter's requests of this day, whoever sends them", is_of_counter=True, ends_with_day=True)
_OF_LOGIN = Quota("the requests of this day of the token's user", ends_with_day=True)
_UNKNOWN = Quota("requests")


def named(error_type: str) -> Quota:
    """The quota of an ``error_type`` such as ``quota_requests_by_uid``; some have had longer names."""
    if error_type.startswith(("quota_parallel", "quota_requests_by_ip")):
        return _MOMENTARY
    if error_type.startswith("quota_requests_by_counter"):
        return _OF_COUNTER
    return _OF_LOGIN if error_type.startswith("quota_requests_by_uid") else _UNKNOWN
