"""What GA4's errors mean here: each becomes a `SourceError` that says what the operator should do."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from google.api_core import exceptions as api
from google.auth.exceptions import GoogleAuthError, TransportError

from smm.sources import BadInput, QuotaSpent, Refused, SourceError, Transient

# a server's fault, or a connection's: worth asking again
FAULTS = (
    api.ServiceUnavailable,
    api.InternalServerError,
    api.GatewayTimeout,
    api.Aborted,
    api.Cancelled,
    api.Unknown,
    TransportError,
)
OF_A_RANGE = (api.InternalServerError, api.Unknown)  # which GA4 may give for some days only, whoever asks and whenever
PACIFIC = ZoneInfo("America/Los_Angeles")  # whose midnight renews the quotas of a day


class FieldsRefused(BadInput):
    """GA4 has not these metrics and dimensions, or not together. ``field`` is the one that it does not have at all.

    Of fields that are wrong only together it names one that could go, or one that could come, as it likes.
    """

    def __init__(self, text: str, said: str) -> None:
        super().__init__(text)
        self.said = said
        unknown = re.search(r"Field (\S+) is not a valid (metric|dimension)", said)
        self.field = unknown[1] if unknown else None


class RangeFailed(Transient):
    """GA4 failed to answer for these days, as its servers do: it may well answer for others."""


def is_crowded(error: Exception) -> bool:
    """Whether only too many requests at the same time were the trouble."""
    return isinstance(error, api.TooManyRequests) and "concurrent" in error.message


def failure(error: Exception, whose: str, account: str) -> SourceError:
    """An error of Google's libraries as one of ours. ``whose``: the property; ``account``: who asked for it."""
    said = str(getattr(error, "message", "")).strip()
    match error:
        case api.InvalidArgument() if re.search(r"\b(metrics?|dimensions?|fields?|compatible)\b", said, re.IGNORECASE):
            return FieldsRefused(f"GA4 cannot answer the request for {whose}: {said}", said)
        case api.BadRequest():
            return BadInput(f"GA4 cannot answer the request for {whose}: {said}")
        case api.Forbidden() if "it is disabled" in said:
            return Refused(f"{account} cannot read {whose}, because its project has the API switched off: {said}")
        case api.Forbidden():
            return Refused(
                f"{account} may not read {whose}: in its Admin, under Property access management,"
                f" add {account} as a Viewer ({said})"
            )
        case api.NotFound():
            return Refused(
                f"{account} finds no {whose}: check the number in the client's file, or add"
                f" {account} as a Viewer in the property's Admin"
            )
        case api.TooManyRequests() if is_crowded(error):
            return Transient(f"too many requests for {whose} at the same time: {said}")
        case api.TooManyRequests():
            return _quota_spent(said, whose)
        case TransportError():
            return Transient(f"Google could not be reached for {whose} ({type(error).__name__})")
        case api.GoogleAPICallError() if isinstance(error, FAULTS):
            kind = RangeFailed if isinstance(error, OF_A_RANGE) else Transient
            return kind(f"Google did not answer for {whose} ({type(error).__name__}: {said})")
        case api.Unauthorized() | GoogleAuthError():
            return Refused(
                f"Google does not accept the key of {account} for {whose}: make a new JSON key and"
                " put it into the connection"
            )
    return BadInput(f"GA4 answered {type(error).__name__} for {whose}: {said}")


def _quota_spent(said: str, whose: str) -> QuotaSpent:
    # a day's first: its text goes on "... will return in under 24 hours"
    if re.search(r"\b(day|daily)\b", said):
        when, wait = "at midnight in California", until_midnight(datetime.now(UTC))
    elif re.search(r"\bhour|server error|threshold", said):
        when, wait = "within an hour", timedelta(hours=1)
    else:
        when, wait = "at a time that it does not name", None
    return QuotaSpent(f"the quota of {whose} is spent, GA4 gives more {when}: {said}", wait)


def until_midnight(now: datetime) -> timedelta:
    """How long it is until the quotas of a day are renewed."""
    tomorrow = now.astimezone(PACIFIC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), PACIFIC).astimezone(UTC) - now  # in UTC: a day there may have 23 hours
