"""Shares: 0.5 and 50% are the same, and a bare 50 is asked about; in a client's file and in a table of plans."""

from decimal import Decimal
from pathlib import Path

import pytest

from smm import catalogue, clients
from smm.clients import plans
from smm.clients.file import Target
from smm.files.checked import Mistakes
from tests.clients.test_clients import GOOD, written

HEAD, REPORT = GOOD[: GOOD.index("targets:")], GOOD[GOOD.index("report:") :]


def target(folder: Path, key: str, rule: str) -> Target:
    path = written(folder, f"{HEAD}targets:\n  {key}: {rule}\n{REPORT}")
    (only,) = clients.read_file(path, catalogue.read()).targets
    return only


@pytest.mark.parametrize(
    ("key", "rule", "name", "value"),
    [
        ("repost_share", "{at_most: 50%}", "at_most", "0.5"),
        ("repost_share", "{at_most: 0.5}", "at_most", "0.5"),
        ("repost_share", "{at_most: 1}", "at_most", "1"),
        ("vk.er_post", "\n    at_least: 12,5 %", "at_least", "0.125"),
        ("vk.er_post", '{at_least: "1,25\u00a0%"}', "at_least", "0.0125"),
        ("vk.er_post", "{at_least: 150%}", "at_least", "1.5"),
        ("growth_rate", "{at_least: -2%}", "at_least", "-0.02"),
        ("romi", "{at_least: 3}", "at_least", "3"),
        ("romi", "{at_least: 1000%}", "at_least", "10"),
        ("roas", "{at_least: 50}", "at_least", "50"),
        ("posts", "{at_least: 50}", "at_least", "50"),
        ("followers", "{growth: 5%, over: previous_month}", "growth", "0.05"),
        ("followers", "{growth: 1.5, over: previous_month}", "growth", "1.5"),
        ("followers", "{growth: 500%, over: previous_month}", "growth", "5"),
        ("vk.er_post", "{growth: 0.05, over: 2%}", "over", "0.02"),
        ("followers", "{at_least: 5, tolerance: 2%}", "tolerance", "0.02"),
    ],
)
def test_shares_as_they_may_be_written(key: str, rule: str, name: str, value: str, tmp_path: Path) -> None:
    assert getattr(target(tmp_path, key, rule), name) == Decimal(value)


def test_bands_and_plans_of_shares(tmp_path: Path) -> None:
    assert target(tmp_path, "posts_done", "{between: [90%, 1.2]}").between == [Decimal("0.9"), Decimal("1.2")]
    planned = target(tmp_path, "repost_share", "{plan: {2026-01: 40%, 2026-02: 0.3}}").plan or {}
    assert list(planned.values()) == [Decimal("0.4"), Decimal("0.3")]


@pytest.mark.parametrize(
    ("key", "rule", "told"),
    [
        (
            "repost_share",
            "{at_most: 50}",
            "repost_share.at_most: is a share, and 50 would be 5000 %: write 0.5 or 50%",
        ),
        ("vk.er_post", "{at_least: 1.5}", "is a share, and 1.5 would be 150 %: write 0.015 or 1.5%"),
        ("vk.ctr", "{at_least: 2}", "write 0.02 or 2%"),
        ("posts_done", "{between: [90, 120]}", "between.0: is a share, and 90 would be 9000 %: write 0.9 or 90%"),
        ("repost_share", "{plan: {2026-01: 0.4, 2026-02: 30}}", "plan.2026-02: is a share, and 30 would be 3000 %"),
        ("romi", "{at_least: 50}", "write 0.5 or 50%"),
        ("romi", "{at_least: 5}", "write 0.05 or 5%"),
        ("romi", "{at_least: -20}", "write -0.2 or -20%"),
        (
            "followers",
            "{growth: 5, over: previous_month}",
            "growth: is a share, and 5 would be 500 %: write 0.05 or 5%",
        ),
        ("followers", "{growth: -5, over: previous_month}", "-0.1 a tenth less; found -5: write -0.05 or -5%"),
        ("vk.er_post", "{growth: 0.05, over: 2}", "over: is a share, and 2 would be 200 %: write 0.02 or 2%"),
        ("posts", "{at_least: 50%}", "at_least: is not a share, so write a number without a percent sign"),
        ("roas", "{at_least: 300%}", "at_least: is not a share, so write a number without a percent sign"),
        ("vk.er_post", "{at_least: some%}", "found 'some', write a number such as 1234.50"),
        ("followers", "{at_least: 5, tolerance: 5}", "found 5: write 0.05 or 5%"),
        ("followers", "{from_baseline: {to: 120%, by_month: 3}}", "to: must be a number, found '120%'"),
        (
            "followers",
            "{from_baseline: {to: 120, by_month: 3}}",
            "120 times is hardly right: write 1.2 for 120 % of it",
        ),
        ("posts", "{at_least: .nan}", "at_least: must be below"),
    ],
)
def test_shares_that_were_meant_otherwise(key: str, rule: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(Mistakes) as refused:
        target(tmp_path, key, rule)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("written_as", "value"), [("40%", "0.4"), ('"12,5 %"', "0.125"), ("0.4", "0.4"), ("1", "1"), ("150%", "1.5")]
)
def test_a_table_of_plans_has_shares_too(written_as: str, value: str, tmp_path: Path) -> None:
    assert planned(tmp_path, "repost_share", written_as) == {"repost_share": Decimal(value)}


@pytest.mark.parametrize(
    ("kpi", "written_as", "told"),
    [
        (
            "repost_share",
            "40",
            "plans.csv:2: found '40', but repost_share is a share, and 40 would be 4000 %: write 0.4",
        ),
        ("er_post", '"1,5"', "found '1,5', but er_post is a share, and 1.5 would be 150 %: write 0.015 or 1.5%"),
        (
            "posts",
            "40%",
            "plans.csv:2: found '40%', but posts is not a share, so write a number without a percent sign",
        ),
        ("repost_share", '"1,234 %"', "found '1,234', write 1234 or 1.2340, whichever it is"),
    ],
)
def test_a_table_of_plans_is_asked_the_same(kpi: str, written_as: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(Mistakes) as refused:
        planned(tmp_path, kpi, written_as)
    assert told in str(refused.value).replace(f"{tmp_path}/", "")


def planned(folder: Path, kpi: str, written_as: str) -> dict[str, Decimal]:
    table = folder / "plans.csv"
    table.write_text(f"month,network,kpi,plan\n2026-01,all,{kpi},{written_as}\n", "utf-8")
    path = written(folder, f"{HEAD}{REPORT}plans: {{path: {table}}}\n")
    client = clients.read_file(path, catalogue.read())
    return {t.kpi: plan for t in plans.targets(catalogue.read(), client) for plan in (t.plan or {}).values()}
