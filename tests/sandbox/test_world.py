"""The seeded world: the same past on every day, numbers that agree with each other, and the truth about them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
import yaml

from sandbox.data import Period
from sandbox.world import World
from sandbox.world.formulas import FORMULAS
from sandbox.world.traffic import SOCIAL, network_of
from sandbox.world.truth import measures

ROOT = Path(__file__).parents[2]
OCTOBER = date(2026, 10, 1)


def truth(world: World, client: str, month: date) -> dict[tuple[str, str], float | None]:
    return {(network, kpi): value for network, kpi, value in world.truth(client, month)}


def targets(world: World, client: str, to: Path) -> dict[str, dict[str, object]]:
    world.write(to)
    content = yaml.safe_load((to / "clients" / f"{client}.yml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, object]] = content["targets"]
    return found


def months(world: World, client: str) -> list[Period]:
    """The client's community by full month, oldest first."""
    stats = world.chronicles[client].community().stats
    assert stats is not None
    return stats("month", world.first_month, world.last_month - timedelta(days=1))[::-1]


def test_the_same_seed_is_the_same_world(world: World) -> None:
    again = World(world.today)
    for client, past in world.chronicles.items():
        other = again.chronicles[client]
        assert past.sessions.equals(other.sessions)
        assert past.by_day.equals(other.by_day)
        assert past.figures.equals(other.figures)
        assert past.posts == other.posts


def test_another_seed_is_another_world(world: World) -> None:
    other = World(world.today, seed=27)
    assert not other.chronicles["yarko"].by_day.equals(world.chronicles["yarko"].by_day)
    assert len(other.chronicles["yarko"].sessions) != len(world.chronicles["yarko"].sessions)


def test_tomorrow_has_todays_past(world: World, tomorrow: World) -> None:
    for client, past in world.chronicles.items():
        later = tomorrow.chronicles[client]
        assert past.sessions.equals(later.sessions.iloc[: len(past.sessions)])
        assert past.by_day.equals(later.by_day.iloc[: len(past.by_day)])
        assert len(later.by_day) == len(past.by_day) + 1
        grown = {post.id: post for post in later.posts}
        for post in past.posts:
            new = grown[post.id]
            counters = ("likes", "comments", "reposts", "reach")
            assert all(getattr(post, name) <= getattr(new, name) for name in counters)
            if post.published_at < world.run_after - timedelta(days=10):
                assert replace(post, is_pinned=False) == replace(new, is_pinned=False)


def test_a_new_month_changes_nothing_but_the_holiday() -> None:
    before, after = World(date(2026, 12, 3)), World(date(2026, 12, 4))
    assert (before.judged_month, after.judged_month) == (OCTOBER, date(2026, 11, 1))
    for client in before.clients:
        old, new = before.chronicles[client], after.chronicles[client]
        assert old.sessions.equals(new.sessions.iloc[: len(old.sessions)])
        kept = old.by_day.columns.drop(["reach", "reach_subscribers", "visitors", "views"])
        assert old.by_day[kept].equals(new.by_day[kept].iloc[: len(old.by_day)])
        changed = old.by_day["reach"] != new.by_day["reach"].iloc[: len(old.by_day)]
        holiday = old.by_day["day"].dt.day.between(11, 20) & (old.by_day["day"] >= "2026-10-01")
        assert changed.to_list() == (holiday & (client == "yarko")).to_list()


@pytest.mark.parametrize(
    ("today", "judged", "last_month"),
    [
        (date(2026, 11, 22), OCTOBER, date(2026, 11, 1)),
        (date(2026, 11, 4), OCTOBER, date(2026, 11, 1)),
        (date(2026, 11, 1), date(2026, 9, 1), OCTOBER),
    ],
)
def test_a_month_is_judged_from_the_fourth_day_of_the_next(today: date, judged: date, last_month: date) -> None:
    world = World(today)
    assert (world.judged_month, world.last_month) == (judged, last_month)
    assert world.first_month == date(2024, 9, 1)
    assert world.first_months == {
        "yarko": world.first_month,
        "nordlys": world.first_month,
        "pekarnya": date(2026, 7, 1),
    }
    assert world.run_after == datetime(today.year, today.month, today.day, 6, tzinfo=UTC)


def test_a_day_before_the_world_is_refused() -> None:
    with pytest.raises(ValueError, match="2025-07-01"):
        World(date(2025, 6, 30))


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


def test_july_asks_for_comments(world: World) -> None:
    for year in (2025, 2026):
        per_post = [truth(world, "yarko", date(year, month, 1))["vk", "comments_per_post"] for month in (7, 8)]
        assert per_post[0] is not None
        assert per_post[1] is not None
        assert per_post[0] > 1.5 * per_post[1]


def test_reach_dips_when_the_specialist_is_away(world: World) -> None:
    daily = world.chronicles["yarko"].by_day.set_index("day")["reach"]
    for away, around in (("2026-08-22", "2026-08-31"), ("2026-10-11", "2026-10-20")):
        usual = daily[pd.Timestamp(away) - pd.Timedelta(days=10) : pd.Timestamp(away) - pd.Timedelta(days=1)]
        assert daily[away:around].mean() < 0.55 * usual.mean()


def test_the_bakery_has_days_without_a_visit_from_vk(world: World) -> None:
    table = world.truth_daily("pekarnya")
    visits = table[(table["network"] == "vk") & (table["measure"] == "sessions")]
    assert len(visits) == (world.today - world.first_months["pekarnya"]).days
    assert 0 < (visits["value"] == 0).sum() < len(visits)


@pytest.mark.parametrize("today", [date(2025, 7, 1), date(2026, 7, 5), date(2026, 9, 10), date(2027, 1, 4)])
def test_whatever_the_day_yarko_misses_reach_and_nordlys_keeps_its_promises(today: date, tmp_path: Path) -> None:
    world = World(today)
    month = f"{world.judged_month:%Y-%m}"
    facts = truth(world, "yarko", world.judged_month)
    assert facts["vk", "reach"] < 0.95 * targets(world, "yarko", tmp_path)["vk.reach"]["plan"][month]  # type: ignore
    facts = truth(world, "nordlys", world.judged_month)
    before = truth(world, "nordlys", world.judged_month.replace(year=world.judged_month.year - 1))
    for target, rule in targets(world, "nordlys", tmp_path).items():
        network, _, kpi = target.rpartition(".")
        fact = facts[network or "all", kpi]
        assert fact is not None
        match rule:
            case {"at_least": float() | int() as low}:
                assert fact >= 1.1 * low, target
            case {"at_most": float() | int() as high}:
                assert fact <= 0.9 * high, target
            case {"between": [low, high]}:
                assert low < fact < high, target
            case {"growth": growth}:
                assert fact > (1.02 + growth) * before[network, kpi], target
            case {"plan": plan}:
                assert month not in plan, target


def test_other_months_keep_the_reach_plan(world: World, tmp_path: Path) -> None:
    plan = targets(world, "yarko", tmp_path)["vk.reach"]["plan"]
    assert isinstance(plan, dict)
    missed = [f"{m.period_from:%Y-%m}" for m in months(world, "yarko") if m.reach < plan[f"{m.period_from:%Y-%m}"]]
    assert missed == ["2025-08", "2026-08", "2026-10"]


def test_the_client_files_name_what_is_served(world: World, tmp_path: Path) -> None:
    world.write(tmp_path)
    served, connections = world.far_ends(), world.connections({"ga4": 1, "vk": 2})
    files = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in (tmp_path / "clients").iterdir()}
    assert set(files) == set(world.clients)
    for client, content in files.items():
        ga4, vk, figures = (content["sources"][name] for name in ("ga4", "vk", "figures"))
        prop = served.properties[str(ga4["property"])]
        assert (prop.time_zone, prop.currency) == (content["time_zone"], content["currency"])
        assert served.communities[vk["community"]].stats is not None
        assert connections[ga4["connection"]]["port"] == 1
        assert connections[vk["connection"]]["password"] in served.user_tokens
        assert content["started"] == world.first_months[client]
        assert sum(target.get("main", False) for target in content["targets"].values()) == 1
        table = pd.read_csv(figures["path"])
        assert list(table.columns) == ["period", "network", "measure", "value", "note"]
        assert not table.duplicated(["period", "network", "measure"]).any()
        assert table["period"].str.fullmatch(r"\d{4}-\d\d(-\d\d)?").all()
    holiday = files["yarko"]["annotations"][-1]
    assert (holiday["from"], holiday["to"]) == (date(2026, 10, 11), date(2026, 10, 20))
    rules = {next(iter(rule)) for content in files.values() for rule in content["targets"].values()}
    assert rules == {"plan", "at_least", "at_most", "between", "growth"}


@pytest.mark.parametrize(
    ("source", "medium", "network"),
    [
        ("VK", "social", "vk"),
        ("m.vk.com", "referral", "vk"),
        ("vk", "cpc", "vk_ads"),
        ("ig", "Paid_Social", "instagram_ads"),
        ("(direct)", "(none)", "direct"),
        ("(direct)", "cpc", "ads"),
        ("google", "organic", "search"),
        ("google", "cpc", "ads"),
        ("news", "email", "email"),
        ("site.example", "referral", "referral"),
        ("(not set)", "(not set)", "other"),
    ],
)
def test_traffic_belongs_to_the_network_it_came_from(source: str, medium: str, network: str) -> None:
    assert network_of(source, medium) == network


def test_the_formulas_cover_the_catalogue() -> None:
    catalogue = {kpi for file in (ROOT / "include" / "kpis").glob("*.yml") for kpi in yaml.safe_load(file.read_text())}
    # no client of the world is told of e-mails, invitations or selling ads
    assert catalogue - set(FORMULAS) == {"emails", "invitation_rate", "smm_budget_share"}


@pytest.mark.parametrize("client", ["yarko", "nordlys", "pekarnya"])
def test_truth_by_day_adds_up_to_truth_by_month(world: World, client: str) -> None:
    table = world.truth_daily(client)
    assert not table.duplicated(["network", "measure", "day"]).any()
    october = table[
        (table["day"] >= OCTOBER) & (table["day"] <= date(2026, 10, 31)) & (table["measure"] != "followers")
    ]
    sums = october.groupby(["network", "measure"])["value"].sum()
    facts = truth(world, client, OCTOBER)
    compared = {key: float(value) for key, value in sums.items() if key in facts}
    assert {"sessions", "revenue", "followers_gained", "posts"} <= {measure for _, measure in compared}
    assert compared == {key: pytest.approx(facts[key]) for key in compared}
    social = sum(value for (network, measure), value in sums.items() if measure == "sessions" and network in SOCIAL)
    assert facts["all", "sessions"] == social < sums["site", "sessions"]


def test_truth_is_what_the_rows_say(world: World) -> None:
    past, facts = world.chronicles["yarko"], truth(world, "yarko", OCTOBER)
    moscow = ZoneInfo("Europe/Moscow")
    own = [
        p for p in past.posts if p.from_id < 0 and p.published_at.astimezone(moscow).date().replace(day=1) == OCTOBER
    ]
    followers = past.by_day.set_index("day")["members"]
    reactions = sum(post.likes + (post.comments or 0) + post.reposts for post in own)
    fans = sum(int(followers[pd.Timestamp(post.published_at.astimezone(moscow).date())]) for post in own)
    assert facts["vk", "posts"] == len(own)
    assert facts["all", "er_post"] == facts["vk", "er_post"] == pytest.approx(reactions / fans)
    assert facts["vk", "followers_net"] == followers["2026-10-31"] - followers["2026-09-30"]
    figures = past.figures[past.figures["period"].str.startswith("2026-10")]
    spend = sum(map(Decimal, figures.loc[figures["measure"] == "spend", "value"]))
    calls = figures.loc[figures["measure"] == "calls", "value"].astype(int).sum()
    threads = past.threads[(past.threads["day"] >= "2026-10-01") & (past.threads["day"] < "2026-11-01")]
    assert facts["vk", "messages"] == len(threads) > 10
    assert facts["all", "leads"] == calls + (facts["all", "forms"] or 0) + len(threads)
    assert facts["all", "cost_per_lead"] == pytest.approx(float(spend) / (facts["all", "leads"] or 0))
    assert facts["all", "budget_use"] == pytest.approx((float(spend) + 45_000) / 75_000)
    reached = [month.reach for month in months(world, "yarko") if month.period_from == OCTOBER]
    assert [facts["vk", "reach"]] == reached
    assert ("all", "reach") not in facts


def test_what_is_not_known_is_none_and_never_zero(world: World) -> None:
    facts = truth(world, "yarko", date(2024, 12, 1))
    assert facts["vk", "er_views"] is None  # no post of then shows its views
    assert measures(world.chronicles["yarko"], date(2024, 12, 1))["vk", "post_views"] is None
    assert facts["vk", "er_post"] is not None
    assert truth(world, "pekarnya", OCTOBER)["all", "average_order"] is None  # no purchase, no average
    assert ("vk", "cost_per_click") not in facts  # the clicks are those of vk_ads
    assert facts["vk_ads", "cost_per_click"] is not None


def test_the_running_month_counts_what_ga4_shows_today(world: World, tomorrow: World) -> None:
    november = date(2026, 11, 1)
    today, then = truth(world, "nordlys", november), truth(tomorrow, "nordlys", november)
    days = world.truth_daily("nordlys"), tomorrow.truth_daily("nordlys")
    yesterday = [t[(t["day"] == date(2026, 11, 21)) & (t["measure"] == "sessions")]["value"].sum() for t in days]
    assert yesterday[0] < yesterday[1]
    assert (today["site", "sessions"] or 0) < (then["site", "sessions"] or 0)
