"""The counter of visits, GA4 or Metrica: visits and forms by the network they came from, people as it counted them, and
the site from its own report."""

from typing import Any

import pandas as pd

from tests.oracle import cells
from tests.oracle.published import Published, only

SESSIONS = (
    *("sessions", "engaged_sessions", "engagement_seconds", "page_views", "new_users"),
    *("key_events", "key_event_sessions", "purchases", "revenue"),
)
PEOPLE = ("users", "new_visitors", "returning_users", "buyers", "first_buyers")
OF_THE_SITE_ONLY = ("buyers", "first_buyers")
NOT_GIVEN = {"ga4": (), "metrica": ("key_events", "key_event_sessions", *PEOPLE[1:])}


def measured(published: Published) -> cells.Found:
    if published.counter is None:
        return cells.Found()
    given = [measure for measure in SESSIONS if measure not in NOT_GIVEN[published.counter]]
    site = pd.DataFrame({"network": "site", "day": published.days, "is_kept": True})
    networks = _network_days(published)
    totals = published["traffic_totals"].assign(network="site")
    columns = {measure: measure for measure in given}
    parts = [
        cells.counted(days, published.coverage(report), cells.strictly_summed(rows, columns), columns)
        for days, report, rows in ((networks, "traffic", published["traffic"]), (site, "totals", totals))
    ]
    for event in only(published["lead_part"], part="forms")["event"].dropna():
        for days, is_total in ((networks, False), (site, True)):
            rows = only(published["traffic_events"], event=event, is_total=is_total)
            sent = cells.strictly_summed(rows, {"forms": "events"})
            parts.append(cells.counted(days, published.coverage("events"), sent, ["forms"]))
    people = cells.strictly_summed(
        published.counts(published.counter, "totals", measure="users").rename(columns={"period": "day"}),
        {"users": "value"},
    )
    of_days = cells.of_days(cells.counted(site, published.coverage("totals"), people, ["users"]))
    return cells.Found(parts, [of_days, _people(published, published.counter)])


def _network_days(published: Published) -> pd.DataFrame:
    """The days of each network: of the months in which it is expected, and those that share a week with them."""
    days = pd.DataFrame({"day": published.days})
    days["month"], days["week"] = (cells.start(days["day"], grain) for grain in ("month", "week"))
    traffic = published["traffic"]
    sent = pd.DataFrame({"network": traffic["network"], "month": cells.start(traffic["day"], "month")})
    named = days[["month"]].drop_duplicates().merge(pd.DataFrame({"network": sorted(published.named)}), how="cross")
    months = pd.concat([named, sent]).drop_duplicates()
    kept = days.merge(months, on="month").assign(is_kept=True)
    parts = days.merge(kept[["network", "week"]].drop_duplicates(), on="week").assign(is_kept=False)
    both = pd.concat([kept, parts])[["network", "day", "is_kept"]]
    return both.drop_duplicates(["network", "day"], keep="first").reset_index(drop=True)


def _people(published: Published, counter: str) -> pd.DataFrame:
    """People of weeks and months: of the site, of the social networks that the file names, and whoever was counted."""
    social = {name for name in published.named if published.catalogue.networks.names()[name]}
    expected = {"site"} | (social if counter == "ga4" else set())
    given = [measure for measure in PEOPLE if measure not in NOT_GIVEN[counter]]
    answers = published.states("users")
    rows = {
        (row["grain"], row["period"], row["network"], row["measure"]): row
        for row in published.counts(counter, "users").to_dict("records")
    }
    found: list[dict[str, object]] = []
    for grain in ("week", "month"):
        for period in cells.touched(published.days, grain):
            states = {answers[day] for day in cells.days_of(period, grain) if day in answers}
            for network in expected | {network for _, _, network, _ in rows}:
                for measure in given:
                    if measure in OF_THE_SITE_ONLY and network != "site":
                        continue
                    cell = {"network": network, "measure": measure, "grain": grain, "period": period}
                    row = rows.get((grain, period, network, measure))
                    if row is None and network not in expected:
                        continue
                    found.append(cell | {"is_flagged": "flagged" in states} | _told(row, states))
    return cells.frame(found, cells.CELL)


def _told(row: dict[str, Any] | None, states: set[str]) -> dict[str, object]:
    """As complete as it was asked for. Without a row it was not asked for, or is withheld as telling of too few."""
    if row is not None and not pd.isna(row["value"]):
        asked = (row["through_day"] - row["period"]).days + 1
        return {"value": row["value"], "completeness": asked / len(cells.days_of(row["period"], row["grain"]))}
    if "no_access" in states:
        return {"reason": "no_access", "completeness": 0.0}
    is_withheld = row is not None or "flagged" in states
    return {"reason": "not_applicable" if is_withheld else "source_missing", "completeness": 0.0}
