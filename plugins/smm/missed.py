"""Missed days: those that a daily run should have loaded and none has, because a token was dead or nothing ran.

They are found in core.load and core.coverage, and the next run loads them beside its reload window.
"""

import logging
from collections.abc import Sequence
from datetime import date, timedelta

from smm.ledger import Slot
from smm.warehouse import Connection, run

log = logging.getLogger(__name__)

LOOKED_BACK = timedelta(days=365)  # from the window's last day; further back is a backfill's work
NEVER_MISSED = ("figures",)  # read whole every time


def slots(warehouse: Connection, source: str, windows: Sequence[Slot]) -> list[Slot]:
    """A slot for each of these reload windows before which days of its network were missed: from the first to the last.

    Days since the network's first published load were missed if no published load was asked for them and a report
    does not know them, or if the source failed to answer for them. A day that the service was asked for and said
    nothing of was not missed. They are loads of their own, so that an old day which the audit rejects again and again
    keeps no new one out.
    """
    if source in NEVER_MISSED:
        return []
    days = [(date.fromisoformat(slot["first_day"]), date.fromisoformat(slot["last_day"])) for slot in windows]
    found = run(
        warehouse,
        "ledger/missed_days.sql",
        {
            "source": source,
            "clients": [slot["client"] for slot in windows],
            "networks": [slot["network"] for slot in windows],
            "sinces": [last - LOOKED_BACK for _, last in days],
            "windows": [first for first, _ in days],
        },
    )
    for row in found:
        log.info(
            "%s: %s missed %d day(s) from %s to %s: this run loads them too",
            *(row["client"], row["network"], row["days"], row["first_day"], row["last_day"]),
        )
    slot_of = {(slot["client"], slot["network"]): slot for slot in windows}
    return [
        {
            **slot_of[row["client"], row["network"]],
            "first_day": row["first_day"].isoformat(),
            "last_day": row["last_day"].isoformat(),
        }
        for row in found
    ]
