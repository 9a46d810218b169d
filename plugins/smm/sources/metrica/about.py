"""A counter's own settings, as `management/v1/counter/<id>` gives them."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]

KEPT = ("id", "status", "create_time", "time_zone_name")  # the rest tells of the counter's owner, too


def kept(settings: Json) -> Json:
    """Those that are needed."""
    return {name: settings[name] for name in KEPT if name in settings}


def created_on(settings: Json) -> date | None:
    """The counter's day on which it was created; None if Metrica does not say it."""
    try:
        created_at = datetime.fromisoformat(settings["create_time"])
        return created_at.astimezone(ZoneInfo(settings["time_zone_name"])).date()
    except (KeyError, TypeError, ValueError, OSError):  # what is no moment, or no zone
        return None
