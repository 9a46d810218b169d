"""The known truth about the world: what its rows say, and the targets that are met and missed."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
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


def truth(world: World, client: str, month: date) -> dict[tuple[str, str], Any]:
    return {(network, kpi): value for network, kpi, value in world.truth(client, month)}


def targets(world: World, client: str, to: Path) -> dict[str, dict[str, Any]]:
    world.write(to)
    content = yaml.safe_load((to / "clients" / f"{client}.yml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, Any]] = content["targets"]
    return found


def months(world: World, client: str) -> list[Period]:
    """The client's community by full month, oldest first."""
    stats = world.chronicles[client].community().stats
    assert stats is not None
    return stats("month", world.first_month, world.last_month - timedelta(days=1))[::-1]


def test_july_asks_for_comments(world: World) -> None:
    for year in (2025, 2026):
        per_post = [truth(world, "yarko", date(year, month, 1))["vk", "comments_per_post"] for month in (7, 8)]
        assert per_post[0] is not None
        assert per_post[1] is not None
        assert per_post[0] > 1.5 * per_post[1]


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
    assert facts["vk", "reach"] < 0.95 * targets(world, "yarko", tmp_path)["vk.reach"]["plan"][month]
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


def test_the_running_months_plans_of_followers_are_met_or_missed_for_all_to_see(world: World, tmp_path: Path) -> None:
    month = f"{world.last_month:%Y-%m}"
    asked = {client: targets(world, client, tmp_path)["followers"]["plan"][month] for client in world.clients}
    found = {}
    for client, past in world.chronicles.items():
        pages = [int(place.by_day["followers"].iloc[-1]) for place in (past.page, past.account) if place]
        found[client] = (world.far_ends().communities[past.brand.wall.id].members or 0) + sum(pages)
    shares = {client: found[client] / asked[client] for client in world.clients}
    assert shares["yarko"] > 1.02
    assert shares["nordlys"] > 1.04
    assert shares["pekarnya"] < 0.95


def test_other_months_keep_the_reach_plan(world: World, tmp_path: Path) -> None:
    plan = targets(world, "yarko", tmp_path)["vk.reach"]["plan"]
    assert isinstance(plan, dict)
    missed = [f"{m.period_from:%Y-%m}" for m in months(world, "yarko") if m.reach < plan[f"{m.period_from:%Y-%m}"]]
    assert missed == ["2025-08", "2026-08", "2026-10"]


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
    sums: Any = october.groupby(["network", "measure"])["value"].sum()
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
    assert facts["vk", "er_post"] == pytest.approx(reactions / fans)
    assert past.page is not None
    assert past.account is not None
    for place, published in ((past.page, past.page.posts), (past.account, past.account.media)):
        size = place.by_day.set_index("day")["followers"]
        for one in published:
            day = one.published_at.astimezone(moscow).date()
            if day.replace(day=1) == OCTOBER:
                reactions += one.likes + one.comments + one.shares
                fans += int(size[pd.Timestamp(day)])
    assert facts["all", "er_post"] == pytest.approx(reactions / fans)
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
    for kpi in ("er_day", "reach_rate", "saves_per_post"):  # each network counts a part
        assert facts["all", kpi] is None
    assert facts["vk", "er_day"] is not None


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
