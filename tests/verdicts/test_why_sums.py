# ruff: noqa: E501, a table's row is one line
"""Whatever the numbers, the parts of a gap sum to it."""

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.verdicts.lines import OCTOBER
from tests.verdicts.splits import SEPTEMBER, SOCIAL, Cell, Splits, cells

SPLIT = {
    "vk.followers": "followers",
    "vk.followers_net": "followers followers_opening",
    "vk.growth_rate": "followers followers_opening",
    "all.cost_per_lead": "spend leads",
    "all.cost_per_mille": "spend impressions",
    "all.romi": "margin spend fee",
    "all.sessions": "sessions",
    "all.social_share": "sessions",
    "all.er_post": "post_likes post_comments post_reposts post_followers",
    "all.engagement_per_post": "post_likes post_comments post_reposts posts post_reach",
    "vk.engagement_per_post": "post_likes post_comments post_reposts posts post_reach",
}
numbers = st.one_of(st.integers(0, 3), st.integers(0, 10**9), st.decimals(0, 10**7, places=2))


@st.composite
def months(draw: st.DrawFn) -> list[Cell]:
    """September and October of every measure, of some networks; some have no cell in one of them."""
    found = []
    for measure in sorted({measure for measures in SPLIT.values() for measure in measures.split()}):
        for network in (*draw(st.sets(st.sampled_from(sorted(SOCIAL)), min_size=1)), "site"):
            found += [
                Cell(network, measure, "month", month, Decimal(draw(numbers)))
                for month in draw(st.sets(st.sampled_from((SEPTEMBER, OCTOBER)), min_size=1))
            ]
    return found


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(filled=months(), bound=st.decimals(-10, 10**6, places=3))
@example(
    filled=cells(
        "vk.post_likes | 1 | 1\nvk.post_comments | 0 | 0\nvk.post_reposts | 0 | 0\nvk.posts | 3 | 7\nvk.post_reach | 9 | 1"
    ),
    bound=Decimal(1),
)
@example(  # two effects of 100 million, of the same measure above and below the line, come to one of -0.1
    filled=cells(
        "vk_ads.margin | 1 | 0\nok.spend | 3 | 0\nok.fee | 0 | 608276252\nall.margin | 1 | 0\nall.spend | 3 | 0"
        "\nall.fee | 0 | 608276252"
    ),
    bound=Decimal(0),
)
def test_the_effects_sum_to_the_gap(splits: Splits, filled: list[Cell], bound: Decimal) -> None:
    for name in ("daily", "measure_periods", "kpi_months", "verdict", "why"):
        splits.connection.execute(f"delete from marts.{name}".encode())
    splits.fill(filled)
    known = splits.connection.execute(
        "select network || '.' || kpi as target from marts.kpi where value is not null and period = '2025-10-01'"
    )
    judged = {target for row in known if (target := row["target"]) in SPLIT}
    for target in judged:
        splits.verdict(target, bound)
    splits.explain()
    sums = splits.sums()
    assert {f"{network}.{kpi}" for network, kpi, view in sums if view == "terms"} == judged
    assert all(sums.values()), sums
    told: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in splits.rows(view=None):
        told[row["network"], row["kpi"], row["view"]].append(row)
    for rows in told.values():
        assert "unexplained" not in {row["part"] for row in rows}
        assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
        sizes = [abs(row["effect"]) for row in rows[1:] if row["effect"] is not None]
        assert all(larger >= smaller * (1 - Decimal("1e-6")) for larger, smaller in pairwise(sizes))
