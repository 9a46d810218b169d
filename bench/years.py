"""Part l, on demand: whether a full rebuild costs the same per month of a client when there are more of both."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from bench import agency
from bench.agency import LAST_DAY
from bench.kpis import build, timed
from bench.stand import Stand
from smm import warehouse

TITLE = "Three years of 400 clients"
CASES = ((50, 24), (400, 36))  # clients, whole months; two weeks of the running month follow
AT_ONCE = 50  # clients that are filled in one transaction
MOST_GROWTH = 1.1


def measure(stand: Stand, cases: Sequence[tuple[int, int]] = CASES) -> dict[str, Any]:
    return {"full": [_rebuilt(stand, clients, months) for clients, months in cases]}


def _rebuilt(stand: Stand, clients: int, months: int) -> dict[str, Any]:
    """The cost of the full rebuild, in a database of its own."""
    address, _ = stand.database()
    years, rest = divmod(months, 12)
    first_day = date(LAST_DAY.year - years, LAST_DAY.month - rest, 1)
    asked = {"clients": None, "first_month": first_day, "last_month": LAST_DAY.replace(day=1)}
    with stand.stack.progress.step(f"core of {clients} clients, {months} months"):
        for first in range(1, clients + 1, AT_ONCE):
            last = min(first + AT_ONCE - 1, clients)
            with warehouse.connect(address) as connection:
                agency.enter(connection, range(first, last + 1), stand.stack.folder / "clients")
                agency.fill(connection, first, last, first_day)
    with stand.stack.progress.step(f"measures and KPIs of {clients} clients, {months} months"):
        return {"clients": clients, "months": months, **timed(lambda: build(address, asked))}


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The table, as Markdown."""
    yield "The full rebuild as above, each in a new database. CPU is Postgres's."
    yield ""
    yield "| clients | months | seconds | CPU s | CPU ms per month of a client |"
    yield "|--:|--:|--:|--:|--:|"
    for run in found["full"]:
        each = f"{_each(run) * 1000:.1f}"
        yield f"| {run['clients']} | {run['months']} | {run['seconds']:.0f} | {run['cpu']:.0f} | {each} |"


def _each(run: dict[str, Any]) -> float:
    """CPU seconds per month of a client."""
    return float(run["cpu"] / run["clients"] / run["months"])


def targets(found: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Target, what was measured, whether it is met."""
    small, large = found["full"]
    growth = _each(large) / _each(small)
    what = f"a month of a client costs as much with {large['clients']} clients and {large['months']} months (1.1)"
    text = f"{growth:.2f} times that with {small['clients']} and {small['months']}"
    yield what, text, growth <= MOST_GROWTH
