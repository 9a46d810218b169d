"""What comes next: the targets of the month after a letter's, as the client's file asks when the letter is written."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from smm import catalogue
from smm.files import periods
from smm.letters.content import Content, Judged
from smm.letters.lines import Teller
from smm.warehouse import Connection, run

NOT_YET = "not_due"  # nobody has judged them


def read(warehouse: Connection, about: dict[str, Any], month: date, as_of: datetime) -> tuple[Judged, ...] | None:
    """Those of ``month``, the main one first; None if the client is not at work then. ``about`` is its core.client.

    A plan without a number for the month has no bounds.
    """
    last_day = periods.month_after(month) - timedelta(1)
    is_paused = about["paused_from"] and about["paused_from"] <= month and about["paused_to"] >= last_day
    if is_paused or (about["ended"] and about["ended"] < month):
        return None
    begun = datetime(month.year, month.month, 2, tzinfo=UTC)  # by then it has begun in every zone
    asked = {"clients": [about["client"]], "client": about["client"], "month": month, "as_of": max(as_of, begun)}
    run(warehouse, "verdicts/asked.sql", asked)
    rows = run(warehouse, "letters/letter_upcoming.sql", asked)
    warehouse.execute("drop table asked")
    known = catalogue.read()
    shown = ((row, known.shown(row["kpi"])) for row in rows)
    return tuple(_target(row, kpi) for row, kpi in shown if kpi is not None)


def _target(row: dict[str, Any], kpi: catalogue.Kpi) -> Judged:
    without = {"client": row["client"], "value": None, "reason": "source_missing"}
    stands = {"title": kpi.title, "meaning": kpi.meaning, "unit": kpi.unit, "verdict": NOT_YET, "value": None}
    rest = {"target": None, "sources": (), "year_ago": without, "before": row.pop("before") or without}
    return Judged.model_validate({**row, **stands, **rest})


def upcoming(content: Content, teller: Teller) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Its heading, and (target, what is asked beside what it came to last); both empty if the letter has none."""
    if content.upcoming is None:
        return "", ()
    say, words = teller.words.say, teller.words
    heading = say("upcoming.title", month=words.month(periods.month_after(content.month), year=False))
    last = words.month(content.month, year=False)
    found = []
    for target in content.upcoming:
        asked, number = _asked(target, teller), target.before
        is_base = target.over == "previous_month" and target.base is not None  # then it stands there already
        told = not is_base and (number.value is not None or number.spent is not None)
        line = say("upcoming.beside", asked=asked, month=last, number=teller.number(target, number)) if told else asked
        found.append((say("why.of", title=teller.title(target), network=words.network(target.network)), line))
    return heading, tuple(found)


def _asked(target: Judged, teller: Teller) -> str:
    """``at least 2,583, +5% on the month before (2,460)``"""
    say = teller.words.say
    asked, basis = teller.asked(target), teller.basis(target)
    if asked:
        return say("upcoming.basis", asked=asked, basis=basis) if basis else asked
    if target.growth is None or target.over is None:
        return say("upcoming.no_plan" if target.rule == "plan" else "upcoming.no_base")
    return say("upcoming.growth", growth=teller.words.part(target.growth, signed=True))
