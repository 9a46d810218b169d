"""The catalogue: formulas become terms; what cannot be computed as one sum by one sum is refused, with the reason."""

from decimal import Decimal
from pathlib import Path
from shutil import copytree

import pytest

from smm import catalogue
from smm.catalogue import BadFormula, Term
from smm.project import INCLUDE

MEASURES = catalogue.read().measures

FORMULAS = {
    "one measure": ("followers", {("numerator", None, "followers"): 1}),
    "a difference": (
        "followers - followers_opening",
        {("numerator", None, "followers"): 1, ("numerator", None, "followers_opening"): -1},
    ),
    "a ratio of sums": (
        "(spend + fee) / budget",
        {("numerator", None, "spend"): 1, ("numerator", None, "fee"): 1, ("denominator", None, "budget"): 1},
    ),
    "a coefficient": (
        "spend * 1000 / impressions",
        {("numerator", None, "spend"): 1000, ("denominator", None, "impressions"): 1},
    ),
    "a coefficient before": ("0.5 * spend", {("numerator", None, "spend"): Decimal("0.5")}),
    "pinned networks": (
        "all.sessions / site.sessions",
        {("numerator", "all", "sessions"): 1, ("denominator", "site", "sessions"): 1},
    ),
    "brackets and signs": (
        "margin - (spend - -fee)",
        {("numerator", None, "margin"): 1, ("numerator", None, "spend"): -1, ("numerator", None, "fee"): -1},
    ),
    "the same measure twice": ("spend + spend", {("numerator", None, "spend"): 2}),
    "a measure that cancels out": ("spend + fee - fee", {("numerator", None, "spend"): 1}),
}


@pytest.mark.parametrize(("formula", "expected"), FORMULAS.values(), ids=FORMULAS)
def test_a_formula_is_read_into_terms(formula: str, expected: dict[tuple[str, str | None, str], Decimal]) -> None:
    found = catalogue.terms(formula, MEASURES)

    assert {(t.side, t.network_pin, t.measure): t.coefficient for t in found} == expected


BAD_FORMULAS = {
    "an unknown measure": ("spends / clicks", "names 'spends', which is no measure"),
    "a sum of ratios": ("spend / clicks + fee / clicks", "divides twice"),
    "a ratio of ratios": ("spend / clicks / leads", "divides twice"),
    "a product of measures": ("spend * clicks", "only measures, numbers"),
    "a function": ("max(spend)", "only measures, numbers"),
    "a bare number": ("spend + 1", "only measures, numbers"),
    "no formula": ("spend +", "cannot be read"),
    "two statements' worth": ("spend; drop table core.load", "only measures, numbers"),
}


@pytest.mark.parametrize(("formula", "message"), BAD_FORMULAS.values(), ids=BAD_FORMULAS)
def test_a_bad_formula_is_refused(formula: str, message: str) -> None:
    with pytest.raises(BadFormula, match=message):
        catalogue.terms(formula, MEASURES)


def test_the_first_edition_is_whole() -> None:
    """Ids are contracts: see the table of the catalogue in the README."""
    ids = """followers followers_gained followers_net growth_rate natural_growth churn_rate reach visitors posts
        posts_done engagement_per_post likes_per_post comments_per_post reposts_per_post er_post love_rate talk_rate
        amplification_rate er_views er_reach reach_per_post reach_rate er_day er_account repost_share post_clicks
        joins_from_posts sessions social_share users new_users returning_share engaged_share seconds_per_session
        pages_per_session key_events key_events_per_session conversion_rate purchases revenue average_order
        returning_buyers_share leads calls messages forms emails impressions clicks ctr spend budget_use cost_per_mille
        cost_per_click cost_per_join cost_per_follower cost_per_lead cost_per_sale sales_per_lead roas cost_share romi
        smm_budget_share invitation_rate audience_share response_rate response_minutes""".split()

    known = catalogue.read()

    assert sorted(known.kpis) == sorted(ids)
    assert known.broken == {}
    assert known.terms["cost_per_mille"] == (
        Term("numerator", None, "spend", Decimal(1000)),
        Term("denominator", None, "impressions", Decimal(1)),
    )


def test_a_broken_kpi_darkens_itself_only(tmp_path: Path) -> None:
    include = tmp_path / "include"
    copytree(INCLUDE, include)
    ads = include / "kpis" / "ads.yml"
    ads.write_text(ads.read_text("utf-8").replace("formula: spend / clicks", "formula: spend / klicks"), "utf-8")

    known = catalogue.read(include)

    assert "cost_per_click" not in known.kpis
    assert "ctr" in known.kpis
    assert str(known.broken["cost_per_click"]).startswith("ads.yml:")
    assert "names 'klicks'" in str(known.broken["cost_per_click"])
