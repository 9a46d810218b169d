"""What people began and a page has to answer, whatever the service: when an answer counts, and whose thread it is."""

import hmac
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

DAY = 86_400  # seconds: of patience for an answer
ROBOT = 3  # seconds within which nobody can have read and answered


def midnight(time_zone: str, day: date) -> int:
    """Unix time of the moment at which a day begins in this zone."""
    return int(datetime.combine(day, time(), ZoneInfo(time_zone)).timestamp())


def moment(unix: int | None) -> datetime | None:
    return None if unix is None else datetime.fromtimestamp(unix, UTC)


def fingerprint(client: str, number: int | str) -> str:
    """Of a person, or of a comment: the same one is another one to another client."""
    return hmac.digest(client.encode(), str(number).encode(), "sha256").hex()[:32]
