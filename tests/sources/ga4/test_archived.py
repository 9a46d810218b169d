"""GA4's answers in the archive: what is kept beside them, and loads of earlier versions."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import grpc
import pytest

from smm.sources.ga4 import SOURCE
from tests.sources.archived import archived, of_earlier_version, reread
from tests.sources.ga4.scripted import TRAFFIC, Failure, FarEnd, Script, metrics_of, one_row
from tests.sources.ga4.test_faults import failing
from tests.sources.ga4.test_inquiry import sampling, with_quota
from tests.sources.loading import job, load

GONE = "Field purchaseRevenue is not a valid metric."
WORK = job(networks=("vk",), events=("lead",))


def without_revenue(request: Any) -> Any:
    if "purchaseRevenue" in metrics_of(request):
        raise Failure(grpc.StatusCode.INVALID_ARGUMENT, GONE)
    found = one_row(request)
    found.property_quota.tokens_per_hour.remaining = 39_000
    return found


def test_what_is_asked_and_what_reading_takes_stand_apart(far_end: FarEnd) -> None:
    found = load(SOURCE, WORK, far_end(without_revenue).connection)
    assert {frozenset(answer.request) for answer in found.answers} == {
        frozenset({"dimensions", "metrics", "first_day", "last_day", "offset"})
    }
    contexts = {answer.name: answer.context for answer in found.answers}
    left = {"tokens_per_hour": 39_000}
    assert contexts["traffic"] == {"without": ["purchaseRevenue"], "said": [GONE], "quota_left": left}
    assert contexts["users"] == {"without": [], "said": [], "scope": "vk", "grain": "week", "quota_left": left}


@pytest.mark.parametrize(
    ("script", "names"),
    [
        (without_revenue, {"without", "said", "scope", "grain", "quota_left"}),
        (with_quota(tokens_per_hour=3_999), {"unanswered", "is_failed"}),
        (sampling(days=1), {"first_day", "last_day"}),
        (failing(date(2024, 3, 10), of=(TRAFFIC,)), {"unanswered", "is_failed"}),
    ],
    ids=["a metric that is gone", "a low quota", "sampled days", "a day that fails"],
)
def test_an_archived_load_of_this_and_of_an_earlier_version_is_read_to_the_same_rows(
    script: Script, names: set[str], far_end: FarEnd, tmp_path: Path
) -> None:
    found = load(SOURCE, WORK, far_end(script).connection)
    stored = archived(SOURCE, WORK, found, tmp_path)
    old = of_earlier_version(stored)

    assert names <= {name for entry in old.manifest["answers"] for name in entry["request"]}
    assert found.rows["traffic_totals"] or found.rows["counts"]
    assert reread(SOURCE, stored) == reread(SOURCE, old) == replace(found, answers=[])


def test_an_answer_as_version_0_5_kept_it(far_end: FarEnd, tmp_path: Path) -> None:
    found = load(SOURCE, WORK, far_end(without_revenue).connection)
    (traffic,) = (
        entry
        for entry in of_earlier_version(archived(SOURCE, WORK, found, tmp_path)).manifest["answers"]
        if entry["name"] == "traffic"
    )
    assert traffic["request"] == {
        "dimensions": ["date", "sessionSource", "sessionMedium", "sessionCampaignName"],
        "metrics": [
            *("sessions", "engagedSessions", "screenPageViews", "newUsers", "userEngagementDuration", "keyEvents"),
            *("sessionKeyEventRate", "transactions"),
        ],
        "without": ["purchaseRevenue"],
        "said": [GONE],
        "first_day": "2024-03-09",
        "last_day": "2024-03-11",
        "offset": 0,
        "quota_left": {"tokens_per_hour": 39_000},
    }
