"""When what waits in the outbox is sent: report_targets runs at each full hour."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any


def next_run(at: datetime) -> datetime:
    """The first full hour after this moment."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def told(at: datetime) -> str:
    """The next run as people read it: ``11:00 UTC``, with its day if that is another one."""
    run = next_run(at)
    is_other_day = run.date() != at.astimezone(UTC).date()
    return f"{run:%H:%M} UTC" + (f" on {run:%Y-%m-%d}" if is_other_day else "")


def sending(readers: Iterable[Mapping[str, Any]], at: datetime) -> str:
    """When a letter to these readers is sent: with the next run, or later if their servers have put it off."""
    tries = [reader["next_try_at"] or at for reader in readers if reader["state"] in ("due", "sending")]
    first = max(at, min(tries, default=at))
    run = next_run(first)
    return told(at) if run == next_run(at) else f"{run:%H:%M} UTC on {run:%Y-%m-%d}"
