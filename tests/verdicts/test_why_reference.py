"""The month that a miss is held against."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.verdicts.splits import SEPTEMBER, Cell, Splits, cells, table


def put_followers(splits: Splits, month: str, value: str, **marks: Any) -> None:
    splits.fill([Cell("vk", "followers", "month", date.fromisoformat(f"{month}-01"), Decimal(value))], **marks)


@pytest.mark.parametrize(
    "marks", [{"is_derived": True}, {"is_late": True}, {"is_flagged": True}, {"completeness": Decimal("0.9")}]
)
def test_a_doubtful_month_is_no_reference(splits: Splits, marks: dict[str, Any]) -> None:
    put_followers(splits, "2025-07", "1000")
    put_followers(splits, "2025-08", "1100")
    put_followers(splits, "2025-09", "1500", **marks)
    put_followers(splits, "2025-10", "1600")
    splits.verdict("vk.followers", "1700")
    splits.explain()
    assert [(row["part"], row["was"], row["effect"]) for row in splits.rows()] == [
        ("reference", 1100, -600),
        ("followers", 1100, 500),
    ]
    assert {row["reference_month"] for row in splits.rows()} == {date(2025, 8, 1)}


@pytest.mark.parametrize(
    ("event", "reference"),
    [
        ({}, 8),
        ({"network": "vk"}, 8),
        ({"network": "ok"}, 9),
        ({"compare": True}, 9),
        ({"first_day": date(2025, 9, 30), "last_day": date(2025, 10, 9)}, 8),
        ({"first_day": date(2025, 10, 1), "last_day": date(2025, 10, 9)}, 9),
        ({"first_day": date(2025, 8, 1), "last_day": date(2025, 8, 31)}, 9),
        ({"first_day": date(2025, 8, 1), "last_day": date(2025, 9, 1)}, None),
    ],
)
def test_a_month_set_apart_is_no_reference(splits: Splits, event: dict[str, Any], reference: int | None) -> None:
    row = {"first_day": SEPTEMBER, "last_day": date(2025, 9, 2), "network": None, "compare": False} | event
    splits.put("core.annotation", text="Contest", **row)
    for month in ("2025-08", "2025-09", "2025-10"):
        put_followers(splits, month, "1500")
    splits.verdict("vk.followers", "1700")
    splits.explain()
    assert splits.rows()[0]["reference_month"] == (reference and date(2025, reference, 1))


def test_the_reference_is_at_most_twelve_months_old(splits: Splits) -> None:
    put_followers(splits, "2025-10", "1600")
    splits.verdict("vk.followers", "1700")
    for month, reference in (("2024-09", None), ("2024-10", date(2024, 10, 1))):
        put_followers(splits, month, "1000")
        splits.explain()
        assert splits.rows()[0]["reference_month"] == reference


def test_without_a_reference_the_parts_are_shown_as_they_are(splits: Splits) -> None:
    splits.fill(cells("vk_ads.spend | | 3000\nok.spend | | 600\nvk_ads.leads | | 8\nok.leads | | 4"))
    splits.verdict("all.cost_per_lead", "250")
    splits.explain()
    assert splits.told() == table("""
        part         | was | now  | effect
        no_reference |     | 300  | 50
        ok.leads     |     | 4    |
        vk_ads.leads |     | 8    |
        ok.spend     |     | 600  |
        vk_ads.spend |     | 3000 |
    """)
    assert [row["share"] for row in splits.rows()] == [1, None, None, None, None]


def test_a_quarter_has_no_month_to_be_held_against(splits: Splits) -> None:
    splits.fill(cells("vk.followers_gained | 100 | 90"))
    splits.verdict("vk.followers_gained", "300", value="280", first_day=date(2025, 8, 1), last_day=date(2025, 10, 31))
    splits.explain()
    assert splits.told() == table("part | was | now | effect\nno_reference | | 280 | -20")
