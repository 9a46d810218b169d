"""What GA4 says beside its numbers reaches the ledger, and what it hides is not taken for zero."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from smm.sources import BadInput, Known
from smm.sources.ga4 import SOURCE
from tests.sources.ga4.scripted import ROW, TRAFFIC, FarEnd, by_dimensions
from tests.sources.loading import job, load

FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)
MONTH: tuple[str, ...] = ("yearMonth",)


def test_revenue_that_the_account_may_not_see_is_unknown_not_zero(far_end: FarEnd) -> None:
    hidden = {"active_metric_restrictions": [{"metric_name": "purchaseRevenue", "restricted_metric_types": [2]}]}
    metadata = {"currency_code": "RUB", "schema_restriction_response": hidden}
    loaded = load(SOURCE, job(), far_end(by_dimensions({TRAFFIC: [(*ROW[:-1], "0")]}, metadata=metadata)).connection)
    assert loaded.rows["traffic"] == [(*ROW[:-1], None)]
    told = "GA4 hides purchaseRevenue from the account"
    assert loaded.known_of("traffic") == [Known("traffic", FIRST, LAST, reason=told, without=("revenue",))]
    (closed,) = loaded.known_of("traffic.revenue")
    assert (closed.first_day, closed.last_day, closed.state) == (FIRST, LAST, "no_access")
    assert closed.reason == "the account may not see purchaseRevenue in GA4: give it a role without that restriction"
    assert loaded.health["hidden_metrics"] == ["purchaseRevenue"]


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"subject_to_thresholding": True}, "withholds rows about few people"),
        ({"data_loss_from_other_row": True}, r"\(other\)"),
        ({"data_truncation_reasons": [{"data_truncation_message": "Data before 2024-03-10"}]}, "before 2024-03-10"),
    ],
)
def test_blurred_answers_are_flagged(metadata: dict[str, Any], reason: str, far_end: FarEnd) -> None:
    loaded = load(SOURCE, job(), far_end(by_dimensions({}, metadata=metadata)).connection)
    (known,) = loaded.known_of("traffic")
    assert known.state == "flagged"
    assert re.search(reason, known.reason or "")
    assert loaded.health["doubts.traffic"] == [known.reason]


def test_nobody_is_no_zero_where_small_numbers_are_withheld(far_end: FarEnd) -> None:
    script = by_dimensions({MONTH: [("202403", "40", "4", "3")]}, metadata={"subject_to_thresholding": True})
    loaded = load(SOURCE, job(), far_end(script).connection)
    march, *weeks = loaded.counted("users").values()
    nobody_knows = dict.fromkeys(("new_visitors", "returning_users"))
    assert march == {"users": "40", "buyers": "4", "first_buyers": "3"} | nobody_knows
    assert weeks == [dict.fromkeys(("users", "buyers", "first_buyers")) | nobody_knows] * 2


def test_what_google_says_beside_the_numbers_is_kept(far_end: FarEnd) -> None:
    quota = {"tokens_per_day": {"remaining": 177_780}, "tokens_per_project_per_hour": {"remaining": 5_000}}
    metadata = {"currency_code": "RUB", "time_zone": "Europe/Samara", "empty_reason": "NO_DATA"}
    loaded = load(SOURCE, job(), far_end(by_dimensions({}, metadata=metadata, property_quota=quota)).connection)
    assert loaded.health["quota_left"] == {"tokens_per_day": 177_780, "tokens_per_project_per_hour": 5_000}
    assert (
        loaded.health["zone_mismatch"] == "GA4's time zone is Europe/Samara, but the client's file says Europe/Moscow"
    )
    assert loaded.health["empty.traffic"] == "NO_DATA"
    assert loaded.health["rows.traffic"] == 0
    assert "rows.users.site.week.newVsReturning" in loaded.health


def test_money_in_another_currency_is_refused(far_end: FarEnd) -> None:
    server = far_end(by_dimensions({}, metadata={"currency_code": "USD"}))
    with pytest.raises(BadInput, match=r"310123456 counts money in USD, but the client's file says RUB"):
        load(SOURCE, job(), server.connection)


def test_a_zone_under_another_of_its_names_is_no_other_zone(far_end: FarEnd) -> None:
    metadata = {"currency_code": "RUB", "time_zone": "Asia/Calcutta"}
    asked = replace(job(), time_zone="Asia/Kolkata")
    loaded = load(SOURCE, asked, far_end(by_dimensions({}, metadata=metadata)).connection)
    assert "zone_mismatch" not in loaded.health
