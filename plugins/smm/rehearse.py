"""A rehearsal: how the targets in a client's file, as it is now, would have judged the stored months, and mailed.

The file is stored, the months judged and their letters composed by what does it every hour, in a transaction that is
always rolled back. The numbers are those of marts.kpi as they are today: what nothing was computed for yet is not
measured, and a number that was restated since may give another verdict than it gave then.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from smm import catalogue, clients, plans, roster
from smm import targets as judging
from smm.catalogue import Catalogue
from smm.client_file import Target
from smm.clients import Client
from smm.letters import outbox
from smm.letters.compose import compose
from smm.warehouse import Connection, lock

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


@dataclass(frozen=True)
class Month:
    month: date
    is_final: bool  # else its 14th has not come, and it is judged as of its 4th
    verdicts: dict[Cell, Verdict]
    stored: dict[Cell, Verdict]  # those in the warehouse
    mailed: tuple[Cell, ...]  # what the letter would have told as missed; none = no letter


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
    with warehouse.transaction(force_rollback=True):
        catalogue.store(warehouse, known)
        roster.store(warehouse, known, [client])
        roster.store_targets(warehouse, client.id, targets)
        finished = _finished(warehouse, client, as_of)[-months:]
        stored = {month: _verdicts(warehouse, client.id, month) for month in finished}
        for month in finished:  # before the rows, as everybody who judges
            lock(warehouse, "judge", f"{month:%Y-%m}")
        # a month that was judged keeps the targets it was judged by, and one letter; here all months are new
        warehouse.execute("delete from marts.verdict where client = %s", [client.id])
        warehouse.execute("delete from marts.letter where client = %s", [client.id])
        judged = [_judged(warehouse, client, month, as_of, stored[month]) for month in finished]
    return Rehearsal(client, tuple(targets), tuple(judged))


def _finished(warehouse: Connection, client: Client, as_of: datetime) -> list[date]:
    """The months of work that KPIs are stored of and that letters could have been written about, in order."""
    query = "select distinct period from marts.kpi where client = %s and grain = 'month' and period >= %s order by 1"
    months = [row["period"] for row in warehouse.execute(query, [client.id, client.file.started])]
    return [month for month in months if _on(client, month, PROVISIONAL) <= as_of]


def _on(client: Client, month: date, day: int) -> datetime:
    """The client's hour on this day of the next month."""
    after = (month + timedelta(days=31)).replace(day=day)
    return datetime(after.year, after.month, day, client.file.report.hour, tzinfo=client.zone)


def _judged(warehouse: Connection, client: Client, month: date, as_of: datetime, stored: dict[Cell, Verdict]) -> Month:
    mailed = _mailed(warehouse, client, month, as_of)
    final = _on(client, month, FINAL)
    if final <= as_of:
        judging.judge(warehouse, [client.id], month, final)
    return Month(month, final <= as_of, _verdicts(warehouse, client.id, month), stored, mailed)


def _mailed(warehouse: Connection, client: Client, month: date, as_of: datetime) -> tuple[Cell, ...]:
    """Judge the month as on the days when its letter is due; what that tells as missed, none if it tells of no miss."""
    for day in DUE:
        at = _on(client, month, day)
        if at > as_of:
            break
        judging.judge(warehouse, [client.id], month, at)
        kinds = [kind for _, kind, due in outbox.due(warehouse, [client.id], at) if due == month]
        if "monthly" in kinds:  # a month has one letter
            break
        letter = compose(warehouse, client.id, month, "missed", at) if "missed" in kinds else None
        if letter:
            return tuple((told.network, told.kpi) for told in letter.targets if told.verdict == "missed")
        # what is not proven on one day may be on the next, because restatement moves less and less
        if all(verdict.verdict != "not_proven" for verdict in _verdicts(warehouse, client.id, month).values()):
            break
    return ()


def _verdicts(warehouse: Connection, client: str, month: date) -> dict[Cell, Verdict]:
    query = """
        select network, kpi, verdict, low, high, tolerance, last_day, value, reason from marts.verdict
        where client = %s and month = %s order by network, kpi
    """
    rows = warehouse.execute(query, [client, month])
    return {(row.pop("network"), row.pop("kpi")): Verdict(**row) for row in rows}
