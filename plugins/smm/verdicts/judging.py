"""The verdicts: each target of each client, month by month, held against what is known.

The rules themselves are SQL, include/sql/verdicts/judge.sql. Missing, counted-back or flagged data never makes a
"missed": it gives ``not_measured`` or ``not_proven`` and the reason.
"""

import zlib
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

from smm.warehouse import Connection, lock, run

PARTS = 2  # of the clients, which may be judged beside each other

FORECAST = (
    "forecast/days.sql",
    "forecast/series.sql",
    "forecast/forecast.sql",
)
JUDGEMENT = (
    "verdicts/asked.sql",
    "verdicts/known.sql",
    "verdicts/restated.sql",
    "verdicts/judge.sql",
)
WHY = (
    "why/split.sql",
    "why/numbers.sql",
    "why/why.sql",
    "why/factors.sql",
)


def open_months(warehouse: Connection, clients: Iterable[str] | None, as_of: datetime) -> dict[date, list[str]]:
    """Month -> the clients whose verdicts of that month may still move; ``clients`` None = all of them.

    It is the running month of each client's zone, the month before until it is judged for good (from its 14th on), and
    for three months each that was rebuilt after that: a source has restated it, or what was missing has come in.
    """
    months: dict[date, list[str]] = {}
    parameters = {"clients": None if clients is None else list(clients), "as_of": as_of}
    for row in run(warehouse, "verdicts/open_months.sql", parameters):
        months.setdefault(row["month"], []).append(row["client"])
    return months


def judge_beside(warehouses: Sequence[Connection], clients: Iterable[str], month: date, as_of: datetime) -> None:
    """`judge`, with each part of the clients on one of these `PARTS` connections, all at the same time."""
    parts: list[list[str]] = [[] for _ in range(PARTS)]
    for client in clients:
        parts[_part(client)].append(client)
    with ThreadPoolExecutor(PARTS) as pool:
        judged = [
            pool.submit(judge, warehouse, part, month, as_of)
            for warehouse, part in zip(warehouses, parts, strict=True)
            if part
        ]
    for each in judged:
        each.result()


def judge(warehouse: Connection, clients: Collection[str], month: date, as_of: datetime) -> None:
    """Judge these clients' month anew, as it stands at ``as_of`` (aware), in the caller's transaction.

    Replaces their rows of marts.verdict and marts.why for that month, and while it is running those of marts.forecast.
    A client that is not at work in it has none. A month that was judged after its end keeps the wording of the targets
    that it was judged by. Baselines on which a verdict stands for good are fixed.
    """
    consider(warehouse, clients, month, as_of)
    run(warehouse, "verdicts/fix_baselines.sql", {"clients": list(clients), "month": month})


def consider(warehouse: Connection, clients: Collection[str], month: date, as_of: datetime) -> None:
    """Judge as ``judge`` does, but fix no baseline: for verdicts that are not kept."""
    take_turn(warehouse, clients, month)
    parameters = {"clients": list(clients), "month": month, "as_of": as_of}
    for path in (*FORECAST, *JUDGEMENT, *WHY):
        run(warehouse, path, parameters)


def take_turn(warehouse: Connection, clients: Collection[str], month: date) -> None:
    """Wait until no other task judges these clients' month, and keep it locked until the end of the transaction."""
    for part in sorted(set(map(_part, clients))):
        lock(warehouse, "judge", f"{month:%Y-%m}", str(part))


def _part(client: str) -> int:
    return zlib.crc32(client.encode()) % PARTS
