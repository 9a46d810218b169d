"""A rehearsal: how the targets in a client's file, as it is now, would have judged the stored months, and mailed.

The months are judged and their letters composed by what does it every hour, each month in a transaction of its own that
is always rolled back. The numbers are those of marts.kpi as they are today: what nothing was computed for yet is not
measured, and a number that was restated since may give another verdict than it gave then.

The hourly run may go on meanwhile. A rehearsal waits for the judge of its month before it changes a row, so that nobody
waits for it while it waits; and it has a client's rows only for the time of one month's judgements.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from smm import clients, roster
from smm.catalogue import Catalogue
from smm.clients import Client, plans
from smm.clients.file import Target
from smm.files import periods
from smm.letters import outbox
from smm.letters.compose import compose
from smm.letters.content import Content, Kind
from smm.letters.corrections import changes
from smm.roster import catalogued
from smm.verdicts import judging as judging
from smm.warehouse import Connection

# Days of the next month: the first on which a month is judged, the one on which it is judged for good, and those on
# which its letter is due.
PROVISIONAL, FINAL = 4, 14
DUE = (*range(PROVISIONAL, PROVISIONAL + 7), FINAL)
MONTHS = 12

Cell = tuple[str, str]
"""(network, kpi)."""


@dataclass(frozen=True)
class Verdict:
    """What is said of one target and month; ``low`` and ``high`` are what the value must lie between."""

    verdict: str
    low: Decimal | None
    high: Decimal | None
    tolerance: Decimal | None  # a share of those
    last_day: date | None  # of a plan for a quarter or a campaign
    value: Decimal | None
    reason: str | None
    spent: Decimal | None  # of a cost without a value, the money for which nothing came
    marks: dict[str, Any] | None  # what must be known beside the value, as marts.marks has it


@dataclass(frozen=True)
class Letter:
    kind: Kind
    missed: tuple[Cell, ...]  # what it would have told as missed
    is_corrected: bool  # by another letter, once the month is judged for good


@dataclass(frozen=True)
class Month:
    month: date
    is_final: bool  # else its 14th has not come, and it is judged as of its 4th
    verdicts: dict[Cell, Verdict]
    stored: dict[Cell, Verdict]  # those in the warehouse
    mailed: Letter | None


@dataclass(frozen=True)
class Rehearsal:
    client: Client
    targets: tuple[Target, ...]
    months: tuple[Month, ...]  # the oldest first


def asked(known: Catalogue, client: str, path: Path | None = None) -> tuple[Client, tuple[Target, ...]]:
    """What the client's file says, or the file at ``path`` in its place; its targets with those of its plans.

    Raises UnknownClient, Mistakes, NoClientsFolder.
    """
    if path is None:
        read = clients.one(known, client)
    else:
        clients.read(known, only=[client])  # refuses one that is not there
        read = replace(clients.read_file(path, known), id=client)
    return read, plans.targets(known, read)


def rehearse(
    warehouse: Connection,
    known: Catalogue,
    client: Client,
    targets: Collection[Target],
    as_of: datetime,
    months: int = MONTHS,
) -> Rehearsal:
    """Judge the newest stored months, at most so many, that are over at ``as_of`` (aware). Writes nothing."""
    with warehouse.transaction():
        finished = _finished(warehouse, client, as_of)[-months:]
        stored = {month: _verdicts(warehouse, client.id, month) for month in finished}
    judged = []
    for month in finished:
        with warehouse.transaction(force_rollback=True):
            judging.take_turn(warehouse, [client.id], month)  # first of all: see above
            catalogued.store_judged_by(warehouse, known)
            roster.store_judged_by(warehouse, client, targets)
            # a month that was judged keeps the targets it was judged by; here all months are new
            warehouse.execute("delete from marts.verdict where client = %s and month = %s", [client.id, month])
            judged.append(_judged(warehouse, client, month, as_of, stored[month]))
    return Rehearsal(client, tuple(targets), tuple(judged))


def _finished(warehouse: Connection, client: Client, as_of: datetime) -> list[date]:
    """The months of work that KPIs are stored of and that letters could have been written about, in order."""
    query = """
        select distinct period from marts.kpi_months
        where client = %s and period >= %s order by 1
    """
    months = [row["period"] for row in warehouse.execute(query, [client.id, client.file.started])]
    return [month for month in months if _on(client, month, PROVISIONAL) <= as_of]


def _on(client: Client, month: date, day: int) -> datetime:
    """The client's hour on this day of the next month."""
    after = periods.month_after(month).replace(day=day)
    return datetime(after.year, after.month, day, client.file.report.hour, tzinfo=client.zone)


def _judged(warehouse: Connection, client: Client, month: date, as_of: datetime, stored: dict[Cell, Verdict]) -> Month:
    told = _mailed(warehouse, client, month, as_of)
    final = _on(client, month, FINAL)
    now = None
    if final <= as_of:
        judging.consider(warehouse, [client.id], month, final)
        now = compose(warehouse, client.id, month, "monthly", final)  # of all kinds, it tells of every target
    letter = Letter(told.kind, _missed(told), bool(now and changes(told, now.targets))) if told else None
    return Month(month, final <= as_of, _verdicts(warehouse, client.id, month), stored, letter)


def _mailed(warehouse: Connection, client: Client, month: date, as_of: datetime) -> Content | None:
    """The month's letter: the first that the judgement of one of the days on which it is due gives, if any does."""
    for day in DUE:
        at = _on(client, month, day)
        if at > as_of:
            break
        judging.consider(warehouse, [client.id], month, at)
        # named, because the letters that the warehouse has of the month are none here
        due = [kind for _, kind, _ in outbox.due(warehouse, [client.id], at, month) if kind in outbox.OF_MONTH]
        if not due:  # the file asks for none
            break
        if content := compose(warehouse, client.id, month, due[0], at):
            return content
        # what is not proven on one day may be on the next, because restatement moves less and less
        if all(verdict.verdict != "not_proven" for verdict in _verdicts(warehouse, client.id, month).values()):
            break
    return None


def _missed(content: Content) -> tuple[Cell, ...]:
    return tuple((told.network, told.kpi) for told in content.targets if told.verdict == "missed")


def _verdicts(warehouse: Connection, client: str, month: date) -> dict[Cell, Verdict]:
    query = """
        select judged.network, judged.kpi, judged.verdict, judged.low, judged.high, judged.tolerance, judged.last_day,
            judged.value, judged.reason, judged.spent, marts.marks(judged, client.time_zone) as marks
        from marts.verdict as judged inner join core.client as client on judged.client = client.client
        where judged.client = %s and judged.month = %s order by judged.network, judged.kpi
    """
    rows = warehouse.execute(query, [client, month])
    return {(row.pop("network"), row.pop("kpi")): Verdict(**row) for row in rows}
