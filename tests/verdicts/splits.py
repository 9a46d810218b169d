"""Splits of gaps: the cells and verdicts that they rest on, and what is told of them, as tables.

A table of cells says what a measure was in the reference month and is in the month that is judged: nothing for a month
without a cell. `all` is summed here from its networks unless it is given, and KPIs are computed here from their terms;
verdicts are put beside them.
"""

import calendar
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from smm.verdicts import judging as targets
from smm.warehouse import Connection, copy, run
from tests.daily import put_days
from tests.verdicts.lines import OCTOBER

SEPTEMBER = date(2025, 9, 1)
SOCIAL = {"vk", "vk_ads", "telegram", "ok"}
KNOWN = {"completeness": 1, "is_derived": False, "is_late": False, "is_flagged": False}


class Cell(NamedTuple):
    network: str
    measure: str
    grain: str
    period: date
    value: Decimal


class Splits:
    """The rows that a split rests on."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def put(self, table: str, **row: Any) -> None:
        row = {"client": "yarko"} | row
        names = ", ".join(row)
        values = ", ".join(f"%({name})s" for name in row)
        self.connection.execute(f"insert into {table} ({names}) values ({values})".encode(), row)

    def serve(self, client: str = "yarko") -> None:
        stands = {"name": client, "language": "en", "time_zone": "UTC", "currency": "RUB", "report": "{}"}
        self.put("core.client", client=client, started=date(2025, 1, 1), **stands)

    def fill(self, cells: list[Cell], client: str = "yarko", **marks: Any) -> None:
        """Put the cells, `all` of what social networks have, and compute the KPIs of their periods."""
        named = {cell[:4] for cell in cells}
        whole: dict[tuple[str, str, date], Decimal] = defaultdict(Decimal)
        for cell in cells:
            if cell.network in SOCIAL:
                whole[cell.measure, cell.grain, cell.period] += cell.value
        summed = [Cell("all", *key, value) for key, value in whole.items() if ("all", *key) not in named]
        stands = KNOWN | marks
        copy(
            self.connection,
            "marts.measure_periods",
            ("client", *Cell._fields, *stands),
            ((client, *cell, *stands.values()) for cell in (*cells, *summed) if cell.grain != "day"),
        )
        daily: dict[str, dict[date, Decimal]] = defaultdict(dict)
        for cell in (*cells, *summed):
            if cell.grain == "day":
                daily[f"{cell.network}.{cell.measure}"][cell.period] = cell.value
        for measure, numbers in daily.items():
            put_days(self.connection, client, measure, numbers)
        self.compute(client, {cell.period for cell in cells if cell.grain == "month"})

    def compute(self, client: str, periods: set[date]) -> None:
        """The KPIs of these months, as their formulas say."""
        query = """
            insert into marts.kpi_months (
                client, network, kpi, period, value, numerator, denominator, completeness, reason,
                is_derived, is_late, is_flagged
            )
            select
                client, network, kpi, period, value, numerator, denominator, completeness, reason,
                is_derived, is_late, is_flagged
            from marts.kpi_computed where client = %s and grain = 'month' and period = any(%s)
        """
        self.connection.execute(query, [client, list(periods)])

    def verdict(self, target: str, bound: str | Decimal, client: str = "yarko", **row: Any) -> None:
        """A verdict of October; its value is the KPI's."""
        network, _, kpi = target.rpartition(".")
        found = self.connection.execute(
            "select value from marts.kpi where (client, network, kpi, grain, period) = (%s, %s, %s, 'month', %s)",
            [client, network, kpi, OCTOBER],
        ).fetchone()
        stands = {"target_version": 1, "verdict": "missed", "target": bound, "value": found and found["value"]}
        stands |= {"rule": "plan", "is_main": False, "due_from": OCTOBER, "is_final": False}
        stands |= {"evaluated_at": datetime(2025, 11, 5, tzinfo=UTC)}
        self.put("marts.verdict", client=client, month=OCTOBER, network=network, kpi=kpi, **stands | row)

    def explain(self, *clients: str) -> None:
        for path in targets.WHY:
            asked = {
                "clients": list(clients) or ["yarko"],
                "month": OCTOBER,
                "as_of": datetime(2025, 11, 5, tzinfo=UTC),
            }
            run(self.connection, path, asked)

    def rows(self, view: str | None = "terms", client: str = "yarko") -> list[dict[str, Any]]:
        return self.connection.execute(
            "select * from marts.why where client = %s and (%s::text is null or view = %s)"
            " order by network, kpi, view, position",
            [client, view, view],
        ).fetchall()

    def told(self, view: str = "terms") -> str:
        """The split as a table: part, was, now, effect."""
        lines = ["part | was | now | effect"]
        for row in self.rows(view=view):
            name = row["part"] if row["part_network"] == row["network"] else f"{row['part_network']}.{row['part']}"
            lines.append(" | ".join([name, *(shown(row[column]) for column in ("was", "now", "effect"))]))
        return "\n".join(lines)

    def sums(self) -> dict[tuple[str, str, str], bool]:
        """(network, kpi, view) -> whether the effects sum to the gap, as Postgres adds: to the last digit."""
        query = """
            select
                why.network, why.kpi, why.view,
                sum(why.effect) = min(coalesce(verdict.forecast, verdict.value) - verdict.target) as is_exact
            from marts.why as why
            inner join marts.verdict as verdict using (client, month, network, kpi)
            group by why.network, why.kpi, why.view
        """
        found = self.connection.execute(query)
        return {(row["network"], row["kpi"], row["view"]): row["is_exact"] for row in found}


def shown(value: Decimal | None) -> str:
    return "" if value is None else f"{round(value, 10).normalize():f}"


def table(text: str) -> str:
    """The lines as `told` has them."""
    return "\n".join(" | ".join(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines())


def cells(text: str) -> list[Cell]:
    """``vk.spend | 1000 | 1200``: September's and October's cell of a measure."""
    found = []
    for line in text.strip().splitlines():
        name, *values = (word.strip() for word in line.split("|"))
        network, _, measure = name.rpartition(".")
        found += [
            Cell(network, measure, "month", month, Decimal(value))
            for month, value in zip((SEPTEMBER, OCTOBER), values, strict=True)
            if value
        ]
    return found


def days(name: str, month: date, values: dict[int, int]) -> list[Cell]:
    """The cells of some days, and the month's: their sum, of a stock the last."""
    network, _, measure = name.rpartition(".")
    whole = values[max(values)] if measure == "followers" else sum(values.values())
    daily = [Cell(network, measure, "day", month.replace(day=on), Decimal(value)) for on, value in values.items()]
    return [*daily, Cell(network, measure, "month", month, Decimal(whole))]


def every_day(month: date, value: int) -> dict[int, int]:
    return dict.fromkeys(range(1, calendar.monthrange(month.year, month.month)[1] + 1), value)
