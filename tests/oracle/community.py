"""VK's communities: what happened in them, who was reached, their posts, and the threads that people began."""

from collections.abc import Iterator
from typing import Any, Literal

import pandas as pd

from tests.oracle import cells
from tests.oracle.published import Published, only

STATS = {name: name for name in ("likes", "comments", "reposts", "followers_gained", "followers_lost")}
PEOPLE = {"reach": "reach", "visitors": "visitors"}
COUNTERS = {  # report -> measure -> column of the snapshot
    "posts": {
        "post_likes": "likes",
        "post_comments": "comments",
        "post_reposts": "reposts",
        "post_views": "views",
    },
    "post_reach": {
        "post_reach": "reach",
        "post_reach_followers": "reach_followers",
        "post_clicks": "link_clicks",
        "joins_from_posts": "joins",
    },
    "own_comments": {"post_comments_own": "own_comments"},
}
States = dict[pd.Timestamp, str]
"""Of each day that a report was answered for."""
FIRST_WEEK = pd.Timedelta(days=7)
TO_ANSWER = pd.Timedelta(hours=24)


def measured(published: Published) -> cells.Found:
    found = cells.Found()
    for network in published.communities:
        days = community_days(published, network)
        if not days.empty:
            for source in (_stats, _posts, _audience, _threads):
                own = source(published, network, days)
                found.parts.extend(own.parts)
                found.cells.extend(own.cells)
    return found


def stats(published: Published, network: str, *grains: str) -> pd.DataFrame:
    """network, grain, period, through_day, and a column for each measure: what the community's statistics say."""
    rows = published.counts("vk", "stats", network=network)
    rows = rows[rows["grain"].isin(grains or cells.GRAINS)]
    columns = ["network", "grain", "period", "through_day"]
    found = rows[columns].drop_duplicates().reset_index(drop=True)
    for measure in (*STATS, *PEOPLE):
        numbers = only(rows, measure=measure)[[*columns, "value"]].rename(columns={"value": measure})
        found = found.merge(numbers, how="left", on=columns)
        found[measure] = cells.none(found[measure])
    return found


def community_days(published: Published, network: str) -> pd.DataFrame:
    days = published.days[published.days <= published.communities[network]]
    return pd.DataFrame({"network": network, "day": days, "is_kept": True})


def _stats(published: Published, network: str, days: pd.DataFrame) -> cells.Found:
    answers = published.coverage("stats", network)
    rows = stats(published, network)
    by_day = only(rows, grain="day").rename(columns={"period": "day"})
    parts = cells.counted(days, answers, cells.strictly_summed(by_day, STATS), STATS)
    people = cells.counted(days, answers, cells.strictly_summed(by_day, PEOPLE), PEOPLE)
    told = _told_of(rows)
    states = published.states("stats", network)
    found = []
    for grain, period in _weeks_and_months(days):
        row = told.get((grain, period))
        for measure in PEOPLE:
            cell = _period(states, network, measure, grain, period)
            if row is not None:
                cell |= _told(states, grain, period, row["through_day"], row[measure])
            found.append(cell)
    return cells.Found([parts], [cells.of_days(people), cells.frame(found, cells.CELL)])


def _told_of(rows: pd.DataFrame) -> dict[tuple[str, pd.Timestamp], dict[str, Any]]:
    return {(row["grain"], row["period"]): row for row in rows.to_dict("records")}


def _weeks_and_months(days: pd.DataFrame) -> Iterator[tuple[str, pd.Timestamp]]:
    index = pd.DatetimeIndex(days["day"])
    return ((grain, period) for grain in ("week", "month") for period in cells.touched(index, grain))


def _period(states: States, network: str, measure: str, grain: str, period: pd.Timestamp) -> dict[str, object]:
    """A day, week or month of which nothing was told."""
    within = {states.get(day) for day in cells.days_of(period, grain)}
    cell: dict[str, object] = {"network": network, "measure": measure, "grain": grain, "period": period}
    reason = "no_access" if "no_access" in within else "source_missing"
    return cell | {"reason": reason, "completeness": 0.0, "is_flagged": "flagged" in within}


def _told(states: States, grain: str, period: pd.Timestamp, through: pd.Timestamp, value: object) -> dict[str, object]:
    """A number of a period: whole if VK was asked through its last day, and each day of it is known."""
    days = cells.days_of(period, grain)
    if pd.isna(value):
        is_refused = "no_access" in {states.get(day) for day in days}
        return {"reason": "no_access" if is_refused else "not_applicable", "completeness": 0.0}
    known = sum(states.get(day) in ("known", "flagged") for day in days if day <= through)
    return {"value": value, "reason": None, "completeness": known / len(days)}


def _audience(published: Published, network: str, days: pd.DataFrame) -> cells.Found:
    """Of the people reached, those of the target audience, and those of whom VK knows whether they are."""
    wanted = only(published["wanted_audience"], network=network)
    states = published.states("stats", network)
    told = _told_of(stats(published, network))
    groups = only(published["audience"], network=network)
    found = []
    for grain, period in _weeks_and_months(days) if len(wanted) else ():
        block = only(groups, grain=grain, period=period)
        block = block[block["block"].isin(wanted["block"])]
        sums = {
            "audience_reach": block.loc[block["value"].isin(wanted["value"]), "reach"].sum(),
            "audience_known": block["reach"].sum(),
        }
        row = told.get((grain, period))
        for measure, value in sums.items():
            cell = _period(states, network, measure, grain, period)
            if row is not None:
                is_told = not block.empty or row["reach"] == 0  # where nobody was reached, VK leaves the block out
                cell |= _told(states, grain, period, row["through_day"], value if is_told else None)
            found.append(cell)
    return cells.Found([], [cells.frame(found, cells.CELL)])


def posts(published: Published, network: str) -> pd.DataFrame:
    """The community's own posts with the counters that count: network, day, is_repost, is_late, and the counters.

    The last that were read at an age of at most 7 days, else the first there are, which are late.
    """
    own = only(published["posts"], network=network, is_own=True)
    own = own.assign(day=published.zoned(own["published_at"]))
    read = only(published["post_snapshots"], network=network)
    read = read.assign(read_on=published.zoned(read["fetched_at"])).sort_values("fetched_at")
    read = read.merge(own[["post_id", "day"]].rename(columns={"day": "born"}), on="post_id")
    in_time = read["read_on"] - read["born"] <= FIRST_WEEK
    last = _each_known(read[in_time], "last")
    late = _each_known(read[~in_time & ~read["post_id"].isin(last["post_id"])], "first")
    chosen = pd.concat([last.assign(is_late=False), late.assign(is_late=True)])
    chosen = chosen[["post_id", "is_late", *{column for columns in COUNTERS.values() for column in columns.values()}]]
    found = own[["post_id", "network", "day", "is_repost"]].merge(chosen, how="left", on="post_id")
    return found.assign(is_late=found["is_late"].fillna(value=False).astype(bool), one=1)


def _each_known(read: pd.DataFrame, which: Literal["first", "last"]) -> pd.DataFrame:
    """One row per post: of each counter the first or last that was told; of a page's own comments what was read
    together with all comments."""
    found = read.groupby("post_id", as_index=False).agg(which)
    own = read[read["comments"].notna()].drop_duplicates("post_id", keep=which)[["post_id", "own_comments"]]
    return found.drop(columns="own_comments").merge(own, how="left", on="post_id")


def _posts(published: Published, network: str, days: pd.DataFrame) -> cells.Found:
    own = posts(published, network)
    late = set(own.loc[own["is_late"], "day"])
    answers = published.coverage("posts", network)
    parts = [
        cells.counted(days, answers, cells.strictly_summed(rows, {measure: "one"}), [measure])
        for measure, rows in (("posts", own), ("posts_reposted", only(own, is_repost=True)))
    ]
    for report, columns in COUNTERS.items():
        answers = published.coverage(report, network)
        counters = cells.counted(days, answers, cells.strictly_summed(own, columns), columns)
        parts.append(counters.assign(is_late=counters["day"].isin(late) & counters["value"].notna()))
    return cells.Found(parts)


def _threads(published: Published, network: str, days: pd.DataFrame) -> cells.Found:
    """Threads by the day they began, if the client counts the community's messages as leads."""
    if only(published["lead_part"], part="messages", source=network).empty:
        return cells.Found()
    rows = only(published["threads"], network=network, kind="messages")
    rows = rows.assign(day=published.zoned(rows["started_at"]), one=1)
    is_answered = rows["answered_at"].notna()
    is_settled = is_answered | (rows["fetched_at"] - rows["started_at"] >= TO_ANSWER)
    answers = published.coverage("messages", network)
    kinds = {"messages": rows, "messages_settled": rows[is_settled], "messages_answered": rows[is_answered]}
    parts = [
        cells.counted(days, answers, cells.strictly_summed(which, {measure: "one"}), [measure])
        for measure, which in kinds.items()
    ]
    states = published.states("messages", network)
    minutes = (rows["answered_at"] - rows["started_at"]).dt.total_seconds() / 60
    is_known = rows["day"].map(states).isin(["known", "flagged"])
    answered = rows.assign(minutes=minutes)[is_answered & is_known]
    found = []
    for grain in cells.GRAINS:
        medians = answered.groupby(cells.start(answered["day"], grain))["minutes"].median()
        for period in cells.touched(pd.DatetimeIndex(days["day"]), grain):
            cell = _period(states, network, "response_minutes", grain, period)
            is_read = any(day in states for day in cells.days_of(period, grain))
            if cell["reason"] == "source_missing" and is_read:
                cell |= _told(states, grain, period, cells.end(period, grain), medians.get(period))
            found.append(cell)
    return cells.Found(parts, [cells.frame(found, cells.CELL)])
