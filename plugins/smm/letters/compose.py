"""The letter that the warehouse gives: its content, read from the verdicts and from what they rest on."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from smm.files import periods
from smm.letters import best, reading, upcoming
from smm.letters.content import WARNINGS, Content, Cost, Event, Judged, Kind, Pull
from smm.letters.corrections import changes
from smm.warehouse import Connection, run

OF_MONTH = ("missed", "monthly")
FORESEEN = 8  # the day of the month from which on a forecast is worth a letter


def compose(warehouse: Connection, client: str, month: date, kind: Kind, as_of: datetime) -> Content | None:
    """The letter of this kind about a client's month, as it stands at ``as_of``; None if there is nothing to say.

    A weekly letter is about the week before ``as_of``, and of the month in which that began, whatever ``month`` says.
    """
    (about,) = warehouse.execute("select * from core.client where client = %s", [client]).fetchall()
    today = as_of.astimezone(ZoneInfo(about["time_zone"])).date()
    week = monday_before(today) if kind == "weekly" else None
    month = week.replace(day=1) if week else month
    found = reading.targets(warehouse, client, month, as_of, week, kind)
    about_them = _about(warehouse, client, month, kind, today, found)
    if not found or about_them is None:
        return None
    asked = {"client": client, "month": month}
    before = {"client": client, "month": periods.month_after(month, -1)}
    return Content(
        client=client,
        kind=kind,
        month=month,
        name=about["name"],
        language=about["language"],
        time_zone=about["time_zone"],
        currency=about["currency"],
        manager=about["report"]["manager"],
        target_version=found[0].version,
        is_final=found[0].is_final,
        as_of=as_of,
        events=tuple(Event(**row) for row in run(warehouse, "letters/letter_events.sql", asked)),
        costs=tuple(Cost(**row) for row in run(warehouse, "letters/letter_costs.sql", asked)),
        pulls=tuple(Pull(**row) for row in run(warehouse, "letters/letter_pulls.sql", asked)),
        week=week,
        costs_before=tuple(Cost(**row) for row in run(warehouse, "letters/letter_costs.sql", before)),
        **next(iter(run(warehouse, "letters/letter_lead_cost.sql", asked)), {}),
        upcoming=upcoming.read(warehouse, about, periods.month_after(month), as_of) if kind in OF_MONTH else None,
        publications=best.read(warehouse, client, month) if kind in ("missed", "monthly") else (),
        has_pdf=about["report"].get("pdf", False),  # a client stored by an earlier version has none
        **about_them,
    )


def monday_before(today: date) -> date:
    """The first day of the last ISO week that is over."""
    return today - timedelta(days=today.weekday() + 7)


def _about(
    warehouse: Connection, client: str, month: date, kind: Kind, today: date, found: list[reading.Told]
) -> dict[str, Any] | None:
    """What the letter tells of the targets; None if that is nothing."""
    targets = [told.target for told in found]
    if kind == "missed":
        return {"targets": targets} if any(target.verdict == "missed" for target in targets) else None
    if kind == "correction":
        return _correction(warehouse, client, month, targets)
    if kind in WARNINGS:
        asked = {"client": client, "month": month, "kind": kind}
        if kind != "certain_miss" and today < month.replace(day=FORESEEN):
            return None
        warned = {(row["network"], row["kpi"]) for row in run(warehouse, "letters/letter_warned.sql", asked)}
        named = [target for target in targets if (target.network, target.kpi) in warned]
        return {"targets": named} if named else None
    return {"targets": targets}


def _correction(warehouse: Connection, client: str, month: date, targets: list[Judged]) -> dict[str, Any] | None:
    told = told_last(warehouse, client, month)
    found = changes(told, targets) if told else ()
    return {"targets": targets, "changes": found, "told_at": told.as_of} if told and found else None


def told_last(warehouse: Connection, client: str, month: date) -> Content | None:
    """What the newest letter said that went out about the month."""
    rows = run(warehouse, "letters/letters_told.sql", {"client": client, "month": month})
    return Content.model_validate(rows[-1]["content"]) if rows else None
