"""Meta's recorded errors and headers, and what they are to us. Skipped where the recordings are not there."""

import json
from datetime import timedelta

import pytest

from smm.sources import QuotaSpent, Refused, Transient
from smm.sources.graph import errors, usage
from smm.sources.graph.errors import Meaning, Refusal, failure
from smm.sources.graph.usage import WAIT, Usage
from tests.sources.graph.recorded import META, body

pytestmark = pytest.mark.skipif(not META.is_dir(), reason=f"no recordings in {META}")

MEANINGS: dict[str, Meaning] = {
    "100_2108006_before_business_account": errors.BEFORE_BUSINESS,
    "100_ig_follower_count_older_than_30_days": errors.UNSUITED,
    "100_ig_media_impressions": errors.UNSUITED,
    "100_ig_media_views_not_supported": errors.UNSUITED,
    "100_ig_needs_total_value": errors.METRIC,
    "100_ig_refuses_total_value": errors.METRIC,
    "100_ig_window_over_30_days": errors.FORM,
    "100_page_metric_removed": errors.METRIC,
    "100_window_over_90_days": errors.FORM,
    "10_no_permission": errors.RIGHT,
    "10_not_enough_viewers": errors.TOO_FEW,
    "190_page_token_required": errors.WRONG_KIND,
    "1_99_unknown": errors.FORM,
    "200_business_management": errors.RIGHT,
    "2_unexpected_transient": errors.BUSY,
    "32_page_limit": errors.SPENT,
}


@pytest.mark.parametrize(("name", "meaning"), MEANINGS.items())
def test_a_recorded_error_has_its_meaning(name: str, meaning: Meaning) -> None:
    told = body(f"errors/{name}.json")
    refusal = Refusal.of(told["status"] or 400, told["body"], set())
    assert refusal.meaning == meaning
    assert Refusal.kept(json.loads(json.dumps(refusal.as_json()))).reason == refusal.reason
    kinds = {errors.BUSY: Transient, errors.SPENT: QuotaSpent, errors.WRONG_KIND: Refused}
    assert meaning.is_of_part == (meaning not in kinds)
    assert isinstance(failure(refusal), kinds.get(meaning, meaning.kind))


def test_every_recorded_error_is_here() -> None:
    found = {path.stem for path in (META / "errors").glob("*.json")}
    assert found == MEANINGS.keys() | {"empty_answer_not_an_error"}


def test_the_recorded_empty_answer_is_no_error_and_no_number() -> None:
    said = body("errors/empty_answer_not_an_error.json")
    assert said["status"] == 200
    assert said["body"] == {"data": []}


def test_recorded_headers_say_how_much_of_the_allowance_is_used() -> None:
    found = [usage.read(headers) for headers in body("headers/usage.json")["headers"]]
    assert found == [Usage(12, WAIT), Usage(0), Usage(1), Usage(1), Usage(0), Usage(100, timedelta(minutes=19))]
    assert [one.is_high for one in found] == [False] * 5 + [True]
