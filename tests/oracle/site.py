"""GA4: visits and forms by the network they came from, people as GA4 counted them, the site from its own report."""

import pandas as pd

from tests.oracle import cells
from tests.oracle.published import Published, only

SESSIONS = (
    *("sessions", "engaged_sessions", "engagement_seconds", "page_views", "new_users"),
    *("key_events", "key_event_sessions", "purchases", "revenue"),
)
PEOPLE = {  # measure -> kind of visitor, column
    "users": ("all", "active_users"),
    "new_visitors": ("new", "active_users"),
    "returning_users": ("returning", "active_users"),
    "buyers": ("all", "buyers"),
    "first_buyers": ("all", "first_buyers"),
}
OF_THE_SITE_ONLY = ("buyers", "first_buyers")


def measured(published: Published) -> pd.DataFrame:
    if not published.has_ga4:
        return cells.frame([], cells.CELL)
    site = pd.DataFrame({"network": "site", "day": published.days, "is_kept": True})
    networks = _network_days(published)
    traffic, totals = published["ga4_traffic"], published["ga4_totals"].assign(network="site")
    found = []
    for measure in SESSIONS:
        for days, report, rows in ((networks, "traffic", traffic), (site, "totals", totals)):
            numbers = cells.strictly_summed(rows, measure)
            found.append(cells.all_grains(cells.counted(days, _answers(published, report, measure), numbers, measure)))
    people = cells.strictly_summed(totals, "active_users")
    found.append(cells.of_days(cells.counted(site, _answers(published, "totals", "users"), people, "users")))
    for event in only(published["lead_part"], part="forms")["event"].dropna():
        for days, is_total in ((networks, False), (site, True)):
            rows = only(published["ga4_events"], event=event, is_total=is_total)
            numbers = cells.strictly_summed(rows, "events")
            found.append(
                cells.all_grains(cells.counted(days, _answers(published, "events", "forms"), numbers, "forms"))
            )
    return pd.concat([*found, _people(published)])


def _answers(published: Published, report: str, measure: str) -> pd.DataFrame:
    """A report's days; what GA4 hides from the account stands in a line of its own."""
    hidden = set(only(published.coverage(f"{report}.{measure}"), state="no_access")["day"])
    answers = published.coverage(report)
    return answers.assign(is_hidden=answers["day"].isin(hidden))


def _network_days(published: Published) -> pd.DataFrame:
    """The days of each network: of the months in which it is expected, and those that share a week with them."""
    days = pd.DataFrame({"day": published.days})
    days["month"], days["week"] = (cells.start(days["day"], grain) for grain in ("month", "week"))
    traffic = published["ga4_traffic"]
    sent = pd.DataFrame({"network": traffic["network"], "month": cells.start(traffic["day"], "month")})
    named = days[["month"]].drop_duplicates().merge(pd.DataFrame({"network": sorted(published.named)}), how="cross")
    months = pd.concat([named, sent]).drop_duplicates()
    kept = days.merge(months, on="month").assign(is_kept=True)
    parts = days.merge(kept[["network", "week"]].drop_duplicates(), on="week").assign(is_kept=False)
    both = pd.concat([kept, parts])[["network", "day", "is_kept"]]
    return both.drop_duplicates(["network", "day"], keep="first").reset_index(drop=True)


def _people(published: Published) -> pd.DataFrame:
    """People of weeks and months: of the site, and of the social networks that the file names."""
    is_social = published.catalogue.networks.names()
    networks = ["site", *sorted(name for name in published.named if is_social[name])]
    answers = published.coverage("users").set_index("day")["state"]
    rows = published["ga4_users"].set_index(["grain", "period", "network", "visitors"])
    found: list[dict[str, object]] = []
    for grain in ("week", "month"):
        for period in cells.touched(published.days, grain):
            last = cells.end(period, grain)
            states = set(answers[(answers.index >= period) & (answers.index <= last)])
            for network in networks:
                for measure, (visitors, column) in PEOPLE.items():
                    if measure in OF_THE_SITE_ONLY and network != "site":
                        continue
                    cell = {"network": network, "measure": measure, "grain": grain, "period": period}
                    cell |= {"completeness": 0.0, "is_flagged": "flagged" in states}
                    key = (grain, period, network, visitors)
                    if key in rows.index:
                        row = rows.loc[key]
                        if pd.isna(row[column]):
                            cell["reason"] = "not_applicable"
                        else:
                            asked = (row["through_day"] - period).days + 1
                            cell |= {"value": row[column], "completeness": asked / ((last - period).days + 1)}
                    elif "no_access" in states:
                        cell["reason"] = "no_access"
                    else:  # withheld, or not asked for
                        cell["reason"] = "not_applicable" if "flagged" in states else "source_missing"
                    found.append(cell)
    return cells.frame(found, cells.CELL)
