"""Rows that pages of the board are tested with: a client whose October was judged, and what is known of it."""

from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from smm import catalogue
from smm.warehouse import Connection
from tests.daily import put_days
from tests.letters.case import Case
from tests.letters.examples import OCTOBER

SEPTEMBER = date(2025, 9, 1)

# a client file without mistakes
FILE = """\
name: Fjord
language: en
time_zone: Europe/Oslo
currency: NOK
started: 2025-06-01
sources:
  vk: {connection: vk, community: 2}
report: {to: [owner@fjord.example]}
"""


def verdict(warehouse: Connection, kpi: str, **parts: Any) -> None:
    """A judgement of October by version 1, which asks for ``low`` or ``high``; without any of them, of nothing."""
    network, _, name = kpi.partition(".")
    row = {
        "client": "yarko",
        "month": OCTOBER,
        "network": network,
        "kpi": name,
        "target_version": 1,
        "verdict": "met",
        "target": parts.get("low", parts.get("high")),
        "rule": "at_least",
        "is_main": False,
        "due_from": date(2025, 1, 1),
        "is_final": True,
        "evaluated_at": "2025-11-14 06:00+00",
    } | parts
    insert(warehouse, "marts.verdict", **row)


def why(warehouse: Connection, kpi: str, *parts: tuple[str, Any, Any, Any], month: date = OCTOBER) -> None:
    """Parts of the gap of one KPI, each a part, what it was, what it is, and its effect."""
    network, _, name = kpi.partition(".")
    gap = sum(Decimal(str(effect)) for *_, effect in parts)
    for position, (part, was, now, effect) in enumerate(parts, 1):
        insert(
            warehouse,
            "marts.why",
            client="yarko",
            month=month,
            network=network,
            kpi=name,
            view="terms",
            position=position,
            part=part,
            part_network=network,
            reference_month=SEPTEMBER,
            was=was,
            now=now,
            effect=effect,
            share=Decimal(str(effect)) / gap,
        )


def day(case: Case, kpi: str, day: date, value: float | None, **marks: bool) -> None:
    """Measures that make this value of a day's KPI; None = there was nothing to count it from."""
    network, _, name = kpi.partition(".")
    terms = catalogue.read().terms[name]
    numbers = {term.measure: 0 if value is None or term.side == "numerator" else 1 for term in terms}
    first = next(term.measure for term in terms if term.side == "numerator")
    for measure, number in (numbers if value is None else numbers | {first: value}).items():
        put_days(case.warehouse, "yarko", f"{network}.{measure}", {day: number}, **marks)


def insert(warehouse: Connection, table: str, **row: Any) -> None:
    query = f"insert into {table} ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})"
    warehouse.execute(query.encode(), list(row.values()))


class Page(HTMLParser):
    """What a page shows: its ``text``, and the cells of every table's rows by the section they stand in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: dict[str, list[list[str]]] = {}
        self._sections: list[str] = [""]
        self._texts: list[str] = []
        self._cell: list[str] | None = None
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "section":
            self._sections.append(dict(attrs).get("id") or "")
        elif tag == "tr":
            self.rows.setdefault(self._sections[-1], []).append([])
        elif tag in ("td", "th"):
            self._cell = []
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "section":
            self._sections.pop()
        elif tag in ("td", "th") and self._cell is not None:
            self.rows[self._sections[-1]][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        self._texts.append(data)
        if self._cell is not None:
            self._cell.append(data)
