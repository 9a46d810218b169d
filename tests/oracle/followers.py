"""Followers: counted, counted back before the first count, stood for by at most the second day before."""

from dataclasses import dataclass, replace

import pandas as pd

from tests.oracle import cells, community, figures
from tests.oracle.published import Published, only

DAY = pd.Timedelta(days=1)
STANDS = range(3)  # days before at most, and the day itself


@dataclass(frozen=True)
class Count:
    value: object
    is_derived: bool = False
    is_flagged: bool = False


@dataclass(frozen=True)
class Stock:
    """The followers of one network: what is counted on which day, and where nobody may count."""

    network: str
    counts: dict[pd.Timestamp, Count]
    refused: frozenset[pd.Timestamp]
    days: pd.DatetimeIndex  # on which it is expected
    by_day: bool

    def at(self, day: pd.Timestamp) -> tuple[pd.Timestamp, Count] | None:
        """The count that may stand for this day, and its own day."""
        return next(((day - n * DAY, self.counts[day - n * DAY]) for n in STANDS if day - n * DAY in self.counts), None)

    def reason(self, day: pd.Timestamp) -> str:
        return "no_access" if day in self.refused else "source_missing"


def stocks(published: Published) -> list[Stock]:
    """From the day before the client's first to the end of its last month."""
    first, last = published.days[0] - DAY, cells.end(published.days[-1].replace(day=1), "month")
    return [
        replace(stock, counts={day: count for day, count in stock.counts.items() if first <= day <= last})
        for stock in _stocks(published)
    ]


def _stocks(published: Published) -> list[Stock]:
    found = []
    for network in published.communities:
        days = pd.DatetimeIndex(community.community_days(published, network)["day"])
        if len(days):
            answers = published.coverage("members", network)
            refused = frozenset(answers.loc[answers["state"] == "no_access", "day"])
            found.append(Stock(network, _members(published, network), refused, days, by_day=True))
    for network, measure, by_day in figures.given(published).itertuples(index=False):
        if published.catalogue.measures[measure].kind == "stock":
            rows = only(published["counts"], source="figures", network=network, measure=measure)
            counts = {
                cells.end(row.period, row.grain): Count(row.value)
                for row in rows.sort_values("grain", ascending=False).itertuples()
            }
            found.append(Stock(network, counts, frozenset(), published.days, by_day))
    return found


def _members(published: Published, network: str) -> dict[pd.Timestamp, Count]:
    rows = published.counts("vk", "members", network=network)
    # the earlier day, where the client's zone and VK's UTC disagree: only what is before it is over in both
    utc = rows["counted_at"].dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
    zoned = published.zoned(rows["counted_at"])
    rows = rows.assign(day=zoned.where(zoned <= utc, utc))
    flagged = set(only(published.coverage("members", network), state="flagged")["day"])
    counts = {row.day: Count(row.value, is_flagged=row.day in flagged) for row in rows.itertuples()}
    if not counts:
        return counts
    stats = community.stats(published, network, "day").set_index("period")
    answers = published.coverage("stats", network).set_index("day")
    day = min(counts) - DAY
    count = replace(counts[day + DAY], is_derived=True)
    while day >= published.days[0] - DAY:
        counts[day] = count
        if day not in answers.index or answers.at[day, "state"] == "no_access":
            break
        if {"followers_gained", "followers_lost"} & {*answers.at[day, "without"]}:
            break
        joined, left = (stats.loc[day, ["followers_gained", "followers_lost"]]) if day in stats.index else (0, 0)
        if pd.isna(joined) or pd.isna(left):
            break
        is_flagged = count.is_flagged or answers.at[day, "state"] == "flagged"
        count = Count(count.value - (joined - left), is_derived=True, is_flagged=is_flagged)
        day -= DAY
    return counts


def measured(published: Published) -> cells.Found:
    found = cells.Found()
    for stock in stocks(published):
        found.cells.extend([_followers(published, stock), _opening(stock)])
        if stock.by_day:
            days = _days(stock)
            found.parts.extend(days.assign(measure=measure) for measure in ("follower_days", "followers_average"))
        if stock.network in published.communities:
            found.parts.append(_of_posts(published, stock))
    return found


def _cell(stock: Stock, measure: str, grain: str, period: pd.Timestamp) -> dict[str, object]:
    return {"network": stock.network, "measure": measure, "grain": grain, "period": period}


def _known(count: Count, completeness: float) -> dict[str, object]:
    marks = {"is_derived": count.is_derived, "is_flagged": count.is_flagged}
    return {"value": count.value, "completeness": completeness, **marks}


def _unknown(reason: str) -> dict[str, object]:
    return {"reason": reason, "completeness": 0.0}


def _exact(stock: Stock, day: pd.Timestamp) -> dict[str, object]:
    return _known(stock.counts[day], 1.0) if day in stock.counts else _unknown(stock.reason(day))


def _ended(stock: Stock, grain: str, first: pd.Timestamp) -> dict[str, object]:
    """The followers of a week or month that is over."""
    last = cells.end(first, grain)
    standing = stock.at(last)
    if standing is None:
        return _unknown(stock.reason(last))
    day, count = standing
    return _known(count, ((day - first).days + 1) / ((last - first).days + 1))


def _running(published: Published, stock: Stock, grain: str, first: pd.Timestamp) -> dict[str, object]:
    """Those of one that is not: the last count there is. A month's own figure is of its end."""
    last = cells.end(first, grain)
    until = published.days[-1] if stock.by_day else last
    counted = [day for day in stock.counts if first <= day <= until]
    if not counted:
        return _unknown(stock.reason(published.days[-1]))
    day = max(counted)
    return _known(stock.counts[day], ((day - first).days + 1) / ((last - first).days + 1))


def _followers(published: Published, stock: Stock) -> pd.DataFrame:
    found = [_cell(stock, "followers", "day", day) | _exact(stock, day) for day in stock.days if stock.by_day]
    for grain in ("week", "month") if stock.by_day else ("month",):
        for first in cells.touched(stock.days, grain):
            is_over = cells.end(first, grain) <= published.days[-1]
            state = _ended(stock, grain, first) if is_over else _running(published, stock, grain, first)
            found.append(_cell(stock, "followers", grain, first) | state)
    return cells.frame(found, cells.CELL)


def _opening(stock: Stock) -> pd.DataFrame:
    """The followers at the end of the day before; of weeks and months as those that ended then have them."""
    measure = "followers_opening"
    found = [_cell(stock, measure, "day", day) | _exact(stock, day - DAY) for day in stock.days if stock.by_day]
    for grain in ("week", "month") if stock.by_day else ("month",):
        for first in cells.touched(stock.days, grain):
            (previous,) = cells.start(pd.Series([first - DAY]), grain)
            found.append(_cell(stock, measure, grain, first) | _ended(stock, grain, previous))
    return cells.frame(found, cells.CELL)


def _days(stock: Stock) -> pd.DataFrame:
    found = [{"network": stock.network, "day": day, "is_kept": True} | _exact(stock, day) for day in stock.days]
    return cells.frame(found, cells.PART)


def _of_posts(published: Published, stock: Stock) -> pd.DataFrame:
    """The followers that each post had on its day, added over the posts."""
    days = community.community_days(published, stock.network)
    posts = community.posts(published, stock.network)
    answers = published.coverage("posts", stock.network)
    parts = cells.counted(days, answers, cells.strictly_summed(posts, {"post_followers": "one"}), ["post_followers"])
    found = []
    for part in parts.to_dict("records"):
        if part["value"]:
            standing = stock.at(part["day"])
            if standing is None:
                is_refused = part["day"] in stock.refused
                part |= {"value": None, "reason": "no_access" if is_refused else "not_applicable"}
            else:
                on, count = standing
                part["value"] *= count.value
                part["is_derived"] = count.is_derived or on != part["day"]
                part["is_flagged"] |= count.is_flagged
        found.append(part)
    return cells.frame(found, cells.PART)
