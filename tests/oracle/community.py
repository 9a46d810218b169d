"""VK's communities: what happened in them, who was reached, their posts, and the threads that people began."""

from collections.abc import Iterator

import pandas as pd

from tests.oracle import cells
from tests.oracle.published import Published, only

STATS = {"likes": "likes", "comments": "comments", "reposts": "reposts"} | {
    "followers_gained": "joined",
    "followers_lost": "left_community",
}
PEOPLE = ("reach", "visitors")
COUNTERS = {  # measure -> report, column of the snapshot
    "post_likes": ("posts", "likes"),
    "post_comments": ("posts", "comments"),
    "post_reposts": ("posts", "reposts"),
    "post_views": ("posts", "views"),
    "post_reach": ("post_reach", "reach"),
    "post_reach_followers": ("post_reach", "reach_subscribers"),
    "post_clicks": ("post_reach", "link_clicks"),
    "joins_from_posts": ("post_reach", "joins"),
}
FIRST_WEEK = pd.Timedelta(days=7)
TO_ANSWER = pd.Timedelta(hours=24)


def measured(published: Published) -> pd.DataFrame:
    found = [cells.frame([], cells.CELL)]
    for network in published.communities:
        days = community_days(published, network)
        if not days.empty:
            found += [*_stats(published, network, days), *_posts(published, network, days)]
            found += [_audience(published, network, days), *_threads(published, network, days)]
    return pd.concat(found)


def community_days(published: Published, network: str) -> pd.DataFrame:
    days = published.days[published.days <= published.communities[network]]
    return pd.DataFrame({"network": network, "day": days, "is_kept": True})


def _stats(published: Published, network: str, days: pd.DataFrame) -> Iterator[pd.DataFrame]:
    answers = published.coverage("stats", network)
    rows = only(published["vk_stats"], network=network)
    by_day = rows[rows["grain"] == "day"].rename(columns={"period": "day"})
    for measure, column in STATS.items():
        numbers = cells.strictly_summed(by_day, column)
        yield cells.all_grains(cells.counted(days, answers, numbers, measure))
    for measure in PEOPLE:
        numbers = cells.strictly_summed(by_day, measure)
        yield cells.of_days(cells.counted(days, answers, numbers, measure))
    told = rows.set_index(["grain", "period"])
    found = []
    for grain, period in _weeks_and_months(days):
        for measure in PEOPLE:
            cell = _period(answers, network, measure, grain, period)
            if (grain, period) in told.index:
                row = told.loc[(grain, period)]
                cell |= _told(answers, grain, period, row["through_day"], row[measure])
            found.append(cell)
    yield cells.frame(found, cells.CELL)


def _weeks_and_months(days: pd.DataFrame) -> Iterator[tuple[str, pd.Timestamp]]:
    index = pd.DatetimeIndex(days["day"])
    return ((grain, period) for grain in ("week", "month") for period in cells.touched(index, grain))


def _within(answers: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.Series:
    return answers.loc[(answers["day"] >= first) & (answers["day"] <= last), "state"]


def _period(answers: pd.DataFrame, network: str, measure: str, grain: str, period: pd.Timestamp) -> dict[str, object]:
    """A week or month of which nothing was told."""
    states = set(_within(answers, period, cells.end(period, grain)))
    cell: dict[str, object] = {"network": network, "measure": measure, "grain": grain, "period": period}
    reason = "no_access" if "no_access" in states else "source_missing"
    return cell | {"reason": reason, "completeness": 0.0, "is_flagged": "flagged" in states}


def _told(
    answers: pd.DataFrame, grain: str, period: pd.Timestamp, through: pd.Timestamp, value: object
) -> dict[str, object]:
    """A number of a week or month: whole if VK was asked through its last day, and each day of it is known."""
    last = cells.end(period, grain)
    if pd.isna(value):
        is_refused = "no_access" in set(_within(answers, period, last))
        return {"reason": "no_access" if is_refused else "not_applicable", "completeness": 0.0}
    known = _within(answers, period, min(last, through)).isin(["known", "flagged"]).sum()
    return {"value": value, "reason": None, "completeness": known / ((last - period).days + 1)}


def _audience(published: Published, network: str, days: pd.DataFrame) -> pd.DataFrame:
    """Of the people reached, those of the target audience, and those of whom VK knows whether they are."""
    wanted = only(published["audience"], network=network)
    answers = published.coverage("stats", network)
    told = only(published["vk_stats"], network=network).set_index(["grain", "period"])
    groups = only(published["vk_audience"], network=network)
    found = []
    for grain, period in _weeks_and_months(days) if len(wanted) else ():
        block = only(groups, grain=grain, period=period)
        block = block[block["block"].isin(wanted["block"])]
        sums = {
            "audience_reach": block.loc[block["value"].isin(wanted["value"]), "reach"].sum(),
            "audience_known": block["reach"].sum(),
        }
        for measure, value in sums.items():
            cell = _period(answers, network, measure, grain, period)
            if (grain, period) in told.index:
                row = told.loc[(grain, period)]
                is_told = not block.empty or row["reach"] == 0  # where nobody was reached, VK leaves the block out
                cell |= _told(answers, grain, period, row["through_day"], value if is_told else None)
            found.append(cell)
    return cells.frame(found, cells.CELL)


def posts(published: Published, network: str) -> pd.DataFrame:
    """The community's own posts with the counters that count: network, day, is_repost, is_late, and the counters.

    The last that were read at an age of at most 7 days, else the first there are, which are late.
    """
    own = only(published["vk_post"], network=network, is_own=True)
    own = own.assign(day=published.zoned(own["published_at"]))
    read = only(published["vk_post_snapshot"], network=network)
    read = read.assign(read_on=published.zoned(read["fetched_at"])).sort_values("fetched_at")
    read = read.merge(own[["post_id", "day"]].rename(columns={"day": "born"}), on="post_id")
    in_time = read["read_on"] - read["born"] <= FIRST_WEEK
    last = read[in_time].drop_duplicates("post_id", keep="last")
    late = read[~in_time & ~read["post_id"].isin(last["post_id"])].drop_duplicates("post_id", keep="first")
    chosen = pd.concat([last.assign(is_late=False), late.assign(is_late=True)])
    chosen = chosen[["post_id", "is_late", *{column for _, column in COUNTERS.values()}]]
    found = own[["post_id", "network", "day", "is_repost"]].merge(chosen, how="left", on="post_id")
    return found.assign(is_late=found["is_late"].fillna(value=False).astype(bool), one=1)


def _posts(published: Published, network: str, days: pd.DataFrame) -> Iterator[pd.DataFrame]:
    own = posts(published, network)
    late = set(own.loc[own["is_late"], "day"])
    for measure, rows in (("posts", own), ("posts_reposted", only(own, is_repost=True))):
        answers = published.coverage("posts", network)
        yield cells.all_grains(cells.counted(days, answers, cells.strictly_summed(rows, "one"), measure))
    for measure, (report, column) in COUNTERS.items():
        answers = published.coverage(report, network)
        parts = cells.counted(days, answers, cells.strictly_summed(own, column), measure)
        is_known = parts["value"].notna()
        yield cells.all_grains(parts.assign(is_late=parts["day"].isin(late) & is_known))


def _threads(published: Published, network: str, days: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Threads by the day they began, if the client counts the community's messages as leads."""
    if only(published["lead_part"], part="messages", source=network).empty:
        return
    rows = only(published["vk_thread"], network=network)
    rows = rows.assign(day=published.zoned(rows["started_at"]))
    is_answered = rows["answered_at"].notna()
    is_settled = is_answered | (rows["fetched_at"] - rows["started_at"] >= TO_ANSWER)
    answers = published.coverage("messages", network)
    kinds = {"messages": is_answered | True, "messages_settled": is_settled, "messages_answered": is_answered}
    for measure, which in kinds.items():
        numbers = cells.strictly_summed(rows[which].assign(one=1), "one")
        yield cells.all_grains(cells.counted(days, answers, numbers, measure))
    minutes = (rows["answered_at"] - rows["started_at"]).dt.total_seconds() / 60
    answered = rows.assign(minutes=minutes)[is_answered]
    known = answers.loc[answers["state"].isin(["known", "flagged"]), "day"]
    answered = answered[answered["day"].isin(known)]
    found = []
    for grain in cells.GRAINS:
        for period in cells.touched(pd.DatetimeIndex(days["day"]), grain):
            last = cells.end(period, grain)
            states = _within(answers, period, last)
            cell = _period(answers, network, "response_minutes", grain, period)
            if cell["reason"] == "source_missing" and len(states):
                own = answered[(answered["day"] >= period) & (answered["day"] <= last)]
                cell |= _told(answers, grain, period, last, None if own.empty else own["minutes"].median())
            found.append(cell)
    yield cells.frame(found, cells.CELL)
