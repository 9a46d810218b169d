"""The letter that the warehouse gives: its content, read from the verdicts and from what they rest on."""

from datetime import date, datetime
from typing import Any

from smm import catalogue
from smm.letters.content import Content, Cost, Event, Judged, Kind
from smm.warehouse import Connection, run


def compose(warehouse: Connection, client: str, month: date, kind: Kind, as_of: datetime) -> Content | None:
    """The letter of this kind about a client's month, from marts.verdict; None if there is nothing to say."""
    asked = {"client": client, "month": month}
    kpis = catalogue.read().kpis
    # a KPI that the catalogue has lost since is dark: it is neither judged nor shown
    judged = [row for row in run(warehouse, "targets/letter_targets.sql", asked) if row["kpi"] in kpis]
    if not judged or (kind == "missed" and all(row["verdict"] != "missed" for row in judged)):
        return None
    (about,) = warehouse.execute("select * from core.client where client = %s", [client]).fetchall()
    sources: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in run(warehouse, "targets/letter_sources.sql", asked):
        key = (row["network"], row["kpi"])
        sources[key] = (*sources.get(key, ()), row["source"])
    return Content(
        client=client,
        kind=kind,
        month=month,
        name=about["name"],
        language=about["language"],
        time_zone=about["time_zone"],
        currency=about["currency"],
        manager=about["report"]["manager"],
        target_version=judged[0]["target_version"],
        is_final=judged[0]["is_final"],
        as_of=as_of,
        targets=tuple(_judged(row, kpis[row["kpi"]], sources.get((row["network"], row["kpi"]), ())) for row in judged),
        events=tuple(Event(**row) for row in run(warehouse, "targets/letter_events.sql", asked)),
        costs=tuple(Cost(**row) for row in run(warehouse, "targets/letter_costs.sql", asked)),
    )


def _judged(row: dict[str, Any], kpi: catalogue.Kpi, sources: tuple[str, ...]) -> Judged:
    shown = {name: value for name, value in row.items() if name not in ("target_version", "is_final")}
    return Judged.model_validate(
        {**shown, "title": kpi.title, "meaning": kpi.meaning, "unit": kpi.unit, "sources": sources}
    )
