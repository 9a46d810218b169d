"""What backfill_client loads: the months of its form, for the clients and networks that preflight found possible."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from smm import warehouse
from smm.clients import Client
from smm.loading import form, ledger, plan, preflight
from smm.loading.form import Form
from smm.loading.ledger import Slot
from smm.loading.plan import Batch
from smm.warehouse import Connection

log = logging.getLogger(__name__)


class NothingToLoad(ValueError):
    """Of everything that was asked for, nothing can be loaded; the text says why."""


def check(run_id: str, given: Mapping[str, Any], run_after: datetime) -> None:
    """Survey what the form asks for, log what it takes, and tell the ledger what cannot work.

    Raises ValueError for a form that makes no sense, NothingToLoad if nothing can work.
    """
    asked_for = form.read(given, run_after)
    with warehouse.connection() as connection:
        found = plan.prepare(connection, run_id, asked_for.sources, asked_for.clients)
        for line in ledger.told(ledger.refused(connection, run_id)).splitlines():
            log.warning("left out: %s", line)
        slots = _slots(asked_for, found.values(), run_after)
        if asked_for.from_archive:
            preflight.list_archived(slots)
        else:
            preflight.survey(connection, run_id, found, slots)
        if not _possible(connection, run_id, slots):
            raise NothingToLoad(ledger.told(ledger.refused(connection, run_id)) or _nothing(asked_for))


def batches(run_id: str, given: Mapping[str, Any], run_after: datetime) -> list[Batch]:
    """What is to be loaded, newest first, as the ledger now has it planned.

    A client whose file was removed or broken since `check` is left out and written to the ledger.
    """
    asked_for = form.read({**given, "clients": None}, run_after)  # the names were checked, and may be gone since
    with warehouse.connection() as connection:
        found = plan.read(connection, run_id, asked_for.sources, given["clients"])
        planned = plan.batches(_possible(connection, run_id, _slots(asked_for, found.values(), run_after)), found)
        plan.tell(connection, run_id, planned)
    return planned


def _slots(asked_for: Form, found: Iterable[Client], run_after: datetime) -> list[Slot]:
    months = (asked_for.first_month, asked_for.last_month)
    return plan.history(found, asked_for.sources, run_after, *months, asked_for.from_archive)


def _possible(connection: Connection, run_id: str, slots: Iterable[Slot]) -> list[Slot]:
    left_out = {(load["client"], load["network"]) for load in ledger.refused(connection, run_id)}
    return [slot for slot in slots if (slot["client"], slot["network"]) not in left_out]


def _nothing(asked_for: Form) -> str:
    whose = f"{', '.join(asked_for.clients)}: " if asked_for.clients else ""
    what = f"{', '.join(asked_for.sources)} from {asked_for.first_month:%Y-%m} to {asked_for.last_month:%Y-%m}"
    if asked_for.from_archive:
        return f"{whose}the archive has no published load of {what}"
    return f"{whose}there is nothing to load from {what}: no client's file has such a source, or all days are to come"
