"""KPIs in time: the numbers of thirteen months or ninety days, as charts draw and tables list them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from smm import catalogue
from smm.board.page import Gone
from smm.board.speech import speech
from smm.files import periods
from smm.letters.numbers import Marks, listed
from smm.warehouse import Connection, run

Row = dict[str, Any]
Cell = tuple[str, str]
"""(network, kpi)."""

Span = Literal["months", "days"]

NOTES = {
    "is_running": "the month is running",
    "is_open": "provisional",
}


@dataclass(frozen=True)
class Shown:
    """What a page of a client is about: the client, a month, and the last day of it that can be known."""

    client: Row  # of client.sql
    month: date
    today: date  # where the client is

    @property
    def before(self) -> date:
        return periods.month_after(self.month, -1)

    @property
    def last_day(self) -> date:
        end = periods.end("month", self.month)
        return max(self.month, min(end, self.today - timedelta(days=1)))

    @property
    def is_running(self) -> bool:
        return self.today.replace(day=1) <= self.month

    def asked(self, cells: Iterable[Cell] = ()) -> Row:
        """Parameters of this client's SQL."""
        listed = list(dict.fromkeys(cells))
        return {
            "client": self.client["client"],
            "month": self.month,
            "before": self.before,
            "today": self.today,
            "time_zone": self.client["time_zone"],
            "first_day": self.month.replace(year=self.month.year - 1),
            "last_day": self.last_day,
            "networks": [network for network, _ in listed],
            "kpis": [kpi for _, kpi in listed],
        }


@dataclass(frozen=True)
class Series:
    """A KPI's months or days, in order. ``rows`` are those of client_months.sql or client_days.sql, and more:

    each has the ``name`` of its month or day, and ``notes`` of what is not quite certain of it.
    """

    network: str
    kpi: str
    title: str
    meaning: str
    unit: str
    rows: Sequence[Row]

    @property
    def name(self) -> str:
        return f"{self.network}.{self.kpi}"

    @property
    def known(self) -> list[Decimal]:
        return [row["value"] for row in self.rows if row["value"] is not None]


def shown(warehouse: Connection, client: str, month: str, now: datetime) -> Shown:
    """The client in ``month`` (YYYY-MM), else in the month that is running where it is. Raises Gone."""
    found = run(warehouse, "board/client.sql", {"client": client})
    if not found:
        raise Gone(f"There is no client {client}.")
    today = now.astimezone(ZoneInfo(found[0]["time_zone"])).date()
    return Shown(found[0], date.fromisoformat(f"{month}-01") if month else today.replace(day=1), today)


def series(warehouse: Connection, about: Shown, cells: Iterable[Cell], span: Span) -> dict[Cell, Series]:
    """The numbers of these KPIs, one query for all of them."""
    known, rows = catalogue.read(), {cell: list[Row]() for cell in cells}
    name = cache(speech().short_month if span == "months" else speech().day)
    for row in run(warehouse, f"board/client_{span}.sql", about.asked(rows)):
        rows[row["network"], row["kpi"]].append(row | {"name": name(row["period"]), "notes": notes(row)})
    found = {}
    for (network, kpi), each in rows.items():
        entry = known.shown(kpi)
        title, meaning, unit = (entry.title["en"], entry.meaning["en"], entry.unit) if entry else (kpi, "", "count")
        found[network, kpi] = Series(network, kpi, title, meaning, unit, each)
    return found


def notes(row: Row) -> list[str]:
    """What is not quite certain of a known number, in words."""
    if row["value"] is None:
        return []
    open_still = [text for name, text in NOTES.items() if row[name]][:1]  # what is running is not final anyhow
    return [*open_still, *listed(row["marks"] and Marks.model_validate(row["marks"]), speech())]
