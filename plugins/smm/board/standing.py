"""How a client's targets stand in a month, in the words of its letters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from smm.board.series import Cell, Row, Shown
from smm.board.speech import speech
from smm.letters.content import Judged
from smm.letters.foreseen import foreseen
from smm.letters.lines import Teller
from smm.letters.outlooks import ahead
from smm.letters.reading import RUNNING, Told, targets
from smm.warehouse import Connection


@dataclass(frozen=True)
class Standing:
    """A judged target. Texts that do not apply are empty."""

    target: Judged
    is_final: bool
    version: int
    title: str
    asked: str  # with its days and its tolerance
    basis: str  # what a growth is counted from
    fact: str
    expected: str  # the forecast
    interval: str  # in which eight months in ten end
    words: tuple[str, ...]  # what else there is to say of it
    why: str

    @property
    def cell(self) -> Cell:
        return self.target.network, self.target.kpi


def standings(warehouse: Connection, about: Shown, month: date, now: datetime) -> list[Standing]:
    """Every target that was judged of the month, the main one first; five queries."""
    teller = Teller(speech(), about.client["currency"], month)
    return [_standing(told, teller) for told in targets(warehouse, about.client["client"], month, now, None)]


def _standing(told: Told, teller: Teller) -> Standing:
    target = told.target
    line, coming = teller.line(target), ahead(target, teller)
    expected = foreseen(target, teller)
    difference = f"{line.difference} against the target" if line.difference else ""
    is_due = target.verdict != "not_due"
    words = (
        line.state,
        difference,
        *((coming.forecast, coming.certain, coming.per_day) if target.verdict in RUNNING else ()),
        _because(target) if not line.state else "",
        "" if is_due else line.since,
        line.doubt,
    )
    return Standing(
        target=target,
        is_final=told.is_final,
        version=told.version,
        title=line.title,
        asked=line.asked,
        basis=line.basis,
        fact=line.fact,
        expected=expected.value,
        interval=f"{expected.low} to {expected.high}" if expected.low else "",
        words=tuple(_sentence(text) for text in words if text),
        why=coming.why,
    )


def _because(target: Judged) -> str:
    """Of a verdict that stands, what is to be known beside it, such as that nobody can tell the end."""
    key = f"reasons.{target.reason}"
    return speech().say(key) if target.reason and target.spent is None and speech().has(key) else ""


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."


def why_tables(rows: Iterable[Row]) -> dict[tuple[Any, ...], list[Row]]:
    """The parts of every gap by (month, network, kpi), each with its ``title``; of client_why.sql."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault((row["month"], row["network"], row["kpi"]), []).append(row | {"title": _part(row)})
    return found


PARTS = {
    "no_reference": "There is no whole month to compare with: the whole gap",
    "unexplained": "The stored measures do not explain it: the KPI is to be rebuilt",
}


def _part(row: Row) -> str:
    if row["part"] == "reference":
        return f"{speech().month(row['reference_month'])} against this target"
    if row["part"] in PARTS:
        return PARTS[row["part"]]
    key = f"measures.{row['part']}"
    title = speech().say(key) if speech().has(key) else row["part"]
    return title if row["network"] == row["part_network"] else f"{title}, {speech().network(row['part_network'])}"
