"""The world's communities: people, posts and reactions that agree with each other, and what happened to them."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from sandbox.world import World


def test_members_follow_from_who_came_and_went(world: World) -> None:
    for past in world.chronicles.values():
        by_day = past.by_day
        came_and_went = by_day["subscribed"] - by_day["unsubscribed"]
        assert (by_day["members"].diff().dropna() == came_and_went[1:]).all()
        assert past.community().members == by_day["members"].iloc[-1]
        assert by_day["day"].iloc[-1] == pd.Timestamp(world.today) - pd.Timedelta(days=1)


@pytest.mark.parametrize("client", ["yarko", "nordlys", "pekarnya"])
@pytest.mark.parametrize("interval", ["week", "month"])
def test_people_of_a_period_are_unique(world: World, client: str, interval: str) -> None:
    stats = world.chronicles[client].community().stats
    assert stats is not None
    first, last = date(2026, 1, 1), date(2026, 10, 31)
    days = {day.period_from: day for day in stats("day", first - timedelta(days=7), last + timedelta(days=7))}
    found = stats(interval, first, last)
    assert [period.period_from for period in found] == sorted((p.period_from for p in found), reverse=True)
    assert (len(found), found[-1].period_from <= first, found[0].period_to >= last) == (
        {"week": 44, "month": 10}[interval],
        True,
        True,
    )
    for period in found:
        parts = [days[d.date()] for d in pd.date_range(period.period_from, period.period_to)]
        for unique in ("reach", "reach_subscribers", "visitors"):
            by_day = [getattr(part, unique) for part in parts]
            assert max(by_day) <= getattr(period, unique) <= sum(by_day)
        assert max(part.reach for part in parts) < period.reach < sum(part.reach for part in parts)
        for flow in ("views", "likes", "comments", "copies", "subscribed", "unsubscribed"):
            assert getattr(period, flow) == sum(getattr(part, flow) for part in parts)


def test_a_month_reaches_more_than_any_of_its_weeks(world: World) -> None:
    stats = world.chronicles["yarko"].community().stats
    assert stats is not None
    for month in stats("month", world.first_month, date(2026, 10, 31)):
        for week in stats("week", month.period_from, month.period_to):
            if month.period_from <= week.period_from and week.period_to <= month.period_to:
                assert week.reach < month.reach


def test_a_running_period_counts_what_there_is(world: World) -> None:
    stats = world.chronicles["nordlys"].community().stats
    assert stats is not None
    (running,) = stats("month", date(2026, 11, 1), date(2026, 11, 30))
    assert (running.period_from, running.period_to) == (date(2026, 11, 1), date(2026, 11, 30))
    assert running.likes == sum(day.likes for day in stats("day", date(2026, 11, 1), date(2026, 11, 30)))
    assert stats("day", world.today, world.today) == []


def test_likes_received_are_those_of_the_posts(world: World) -> None:
    for past in world.chronicles.values():
        grown = [post for post in past.posts if post.published_at < world.run_after - timedelta(days=12)]
        received = past.by_day["likes"].sum()
        assert sum(post.likes for post in grown) <= received <= sum(post.likes for post in past.posts)


def test_posts_are_as_on_a_real_wall(world: World) -> None:
    past = world.chronicles["yarko"]
    posts, owner = past.posts, -past.brand.wall.id
    assert [post.published_at for post in posts] == sorted((post.published_at for post in posts), reverse=True)
    assert len({post.id for post in posts}) == len(posts)
    assert sum(post.is_pinned for post in posts) == 1
    assert not posts[0].is_pinned
    assert any(post.is_repost for post in posts)
    assert any(post.is_ad for post in posts)
    assert 0 < sum(post.from_id != owner for post in posts) < 0.1 * len(posts)
    local = [post.published_at.astimezone(ZoneInfo("Europe/Moscow")) for post in posts]
    assert max(local).date() < world.today
    assert any(day.date() != post.published_at.date() for day, post in zip(local, posts, strict=True))
    for post, day in zip(posts, local, strict=True):
        assert (post.views is None) == (day.date() < date(2025, 1, 1))
        assert post.views is None or post.likes <= post.views >= (post.reach or 0) >= (post.reach_subscribers or 0)


def test_posts_come_three_to_five_a_week_and_the_bakery_is_sometimes_silent(world: World) -> None:
    own = world.chronicles["yarko"].posts_by_day()
    weekly = own.groupby(own["day"].dt.to_period("W")).size()
    assert 3 <= weekly.mean() <= 5
    bakery = world.chronicles["pekarnya"].posts_by_day()
    weeks = bakery.groupby(bakery["day"].dt.to_period("W")).size()
    assert len(weeks) < 0.95 * (weeks.index[-1] - weeks.index[0]).n


def test_the_june_contest_doubles_the_group_and_almost_nobody_leaves(world: World) -> None:
    followers = world.chronicles["yarko"].by_day.set_index("day")["members"]
    for year in (2025, 2026):
        before, after = followers[f"{year}-05-31"], followers[f"{year}-06-30"]
        assert 1.85 < after / before < 2.3
        assert followers[f"{year}-09-30"] > 0.98 * after


def test_reach_dips_when_the_specialist_is_away(world: World) -> None:
    daily = world.chronicles["yarko"].by_day.set_index("day")["reach"]
    for away, around in (("2026-08-22", "2026-08-31"), ("2026-10-11", "2026-10-20")):
        usual = daily[pd.Timestamp(away) - pd.Timedelta(days=10) : pd.Timestamp(away) - pd.Timedelta(days=1)]
        assert daily[away:around].mean() < 0.55 * usual.mean()
