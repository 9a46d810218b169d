"""In what order GA4 is asked: sampled reports again in halves, optional ones only if the quota allows."""

import json
from datetime import date, timedelta
from typing import Any

import grpc
import pytest

from smm.sources import Known, QuotaSpent
from smm.sources.ga4 import SOURCE
from tests.sources.ga4.scripted import (
    DATE,
    ROW,
    TOTAL,
    TRAFFIC,
    Failure,
    FarEnd,
    Script,
    dimensions_of,
    metrics_of,
    one_row,
    report,
)
from tests.sources.loading import RECORDINGS, job, load

RECORDED = RECORDINGS / "ga4" / "errors"
FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)
BY_DAY = (DATE, TRAFFIC)


def days_of(request: Any) -> tuple[date, date]:
    (asked,) = request.date_ranges
    return date.fromisoformat(asked.start_date), date.fromisoformat(asked.end_date)


def sampling(days: int, quota: dict[str, Any] | None = None) -> Script:
    """A GA4 that samples whatever goes over more days than these, and has one row for each day."""

    def script(request: Any) -> Any:
        first, last = days_of(request)
        dimensions, length = dimensions_of(request), (last - first).days + 1
        row = {DATE: TOTAL, TRAFFIC: ROW}.get(dimensions)
        rows = [(f"{first + timedelta(n):%Y%m%d}", *row[1:]) for n in range(length)] if row else []
        metadata: dict[str, Any] = {"currency_code": "RUB", "time_zone": "Europe/Moscow"}
        if length > days:
            metadata["sampling_metadatas"] = [{"samples_read_count": 400, "sampling_space_size": 1000}]
        return report(request, rows, metadata=metadata, property_quota=quota or {})

    return script


def test_a_sampled_report_is_asked_in_halves_until_it_is_not(far_end: FarEnd) -> None:
    server = far_end(sampling(days=4))
    first = LAST - timedelta(days=9)
    loaded = load(SOURCE, job(first_day=first), server.connection)
    assert sorted(row[0] for row in loaded.rows["traffic"]) == [f"{first + timedelta(n):%Y%m%d}" for n in range(10)]
    pieces = [(date(2024, 3, a), date(2024, 3, b)) for a, b in ((2, 4), (5, 6), (7, 9), (10, 11))]
    assert sorted(loaded.known_of("traffic"), key=lambda known: known.first_day) == [
        Known("traffic", *days) for days in pieces
    ]
    assert loaded.known_of("totals") == [Known("totals", *days) for days in pieces]
    assert loaded.health["rows.traffic.2024-03-02..2024-03-04"] == 3
    assert "rows.traffic" not in loaded.health
    assert sum(answer.requests for answer in loaded.answers) == len(server.calls) == 4  # 5 + 5 + 5 + 3 reports


def test_what_stays_sampled_is_kept_with_its_share(far_end: FarEnd) -> None:
    loaded = load(SOURCE, job(), far_end(sampling(days=0)).connection)
    days = [FIRST + timedelta(n) for n in range(3)]
    told = "GA4 counted a sample of 40% of the events"
    known = sorted(loaded.known_of("traffic"), key=lambda known: known.first_day)
    assert known == [Known("traffic", day, day, "flagged", told) for day in days]
    assert loaded.health["sampled_share.traffic.2024-03-10..2024-03-10"] == 0.4
    assert loaded.health["doubts.traffic.2024-03-10..2024-03-10"] == [told]
    assert len(loaded.rows["traffic"]) == 3


def test_each_half_says_what_the_whole_was_refused(far_end: FarEnd) -> None:
    sampled = sampling(days=1)

    def script(request: Any) -> Any:
        if "purchaseRevenue" in metrics_of(request):
            raise Failure(grpc.StatusCode.INVALID_ARGUMENT, "Field purchaseRevenue is not a valid metric.")
        return sampled(request)

    loaded = load(SOURCE, job(), far_end(script).connection)
    told = "GA4 does not give purchaseRevenue: Field purchaseRevenue is not a valid metric."
    assert {(known.reason, known.without) for known in loaded.known_of("traffic")} == {(told, ("revenue",))}
    assert len(loaded.known_of("traffic")) == 3


def test_people_are_not_divided(far_end: FarEnd) -> None:
    """Who came in both halves of a month would be counted twice."""
    server = far_end(sampling(days=1))
    loaded = load(SOURCE, job(), server.connection)
    asked = [part for call in server.calls for part in call.requests if dimensions_of(part)[0] != "date"]
    assert len(asked) == 4
    assert {(known.first_day, known.last_day, known.state) for known in loaded.known_of("users")} == {
        (FIRST, LAST, "flagged")
    }
    assert loaded.health["sampled_share.users.site.month"] == 0.4


PLENTY = {
    "tokens_per_project_per_hour": {"remaining": 13_900},
    "tokens_per_hour": {"remaining": 39_000},
    "tokens_per_day": {"remaining": 190_000},
    "concurrent_requests": {"remaining": 10},
}


def with_quota(**left: int) -> Script:
    quota = PLENTY | {name: {"remaining": remaining} for name, remaining in left.items()}
    return lambda request: report(request, [], property_quota=quota)


@pytest.mark.parametrize(
    ("left", "shortage"),
    [
        ({"tokens_per_project_per_hour": 1_400}, None),
        ({"tokens_per_project_per_hour": 1_399}, "1399 of 14000 tokens_per_project_per_hour are left"),
        ({"tokens_per_hour": 3_999}, "3999 of 40000 tokens_per_hour are left"),
        ({"tokens_per_day": 19_999}, "19999 of 200000 tokens_per_day are left"),
        # more than a standard property ever has: of 360, with ten times the tokens
        (
            {"tokens_per_day": 1_500_000, "tokens_per_project_per_hour": 14_000},
            "39000 of 400000 tokens_per_hour are left",
        ),
        ({"concurrent_requests": 48}, "13900 of 140000 tokens_per_project_per_hour are left"),
        ({"concurrent_requests": 0}, None),
    ],
)
def test_below_a_tenth_of_a_quota_what_is_optional_waits(
    far_end: FarEnd, left: dict[str, int], shortage: str | None
) -> None:
    server = far_end(with_quota(**left))
    loaded = load(SOURCE, job(networks=("vk",)), server.connection)
    waiting = {name: said for name, said in loaded.health.items() if name.startswith("unanswered.")}
    if shortage is None:
        assert waiting == {}
        assert len(server.calls) == 2
    else:
        names = [f"vk.{grain}{kind}" for grain in ("month", "week") for kind in ("", ".newVsReturning")]
        assert waiting == {
            f"unanswered.users.{name}": f"postponed: {shortage}" for name in (*names, "site.week.newVsReturning")
        }
        assert len(server.calls) == 1
        assert "users" in loaded.counted("users")["site", "week", date(2024, 3, 11), LAST]
    assert loaded.health["quota_left"] == {name: left.get(name, told["remaining"]) for name, told in PLENTY.items()}


def test_of_a_history_nothing_waits_for_the_next_daily_run(far_end: FarEnd) -> None:
    """No such run asks for its days again: the whole load has to be had when there is more quota."""
    server = far_end(with_quota(tokens_per_hour=3_999))
    with pytest.raises(QuotaSpent) as spent:
        load(SOURCE, job(networks=("vk",), first_day=LAST - timedelta(days=14), last_day=LAST), server.connection)
    assert str(spent.value) == (
        "the quota of GA4 property 310123456 is nearly spent: 3999 of 40000 tokens_per_hour are left"
    )
    assert spent.value.wait == timedelta(hours=1)


def test_the_least_that_was_left_is_kept(far_end: FarEnd) -> None:
    left = iter([9000, 8000, 8500, 8500, 8400, 9999, 9999, 9999])

    def script(request: Any) -> Any:
        return report(request, [], property_quota={"tokens_per_project_per_hour": {"remaining": next(left)}})

    loaded = load(SOURCE, job(), far_end(script).connection)
    assert loaded.health["quota_left"] == {"tokens_per_project_per_hour": 8000}


def test_with_a_low_quota_nothing_is_asked_in_halves(far_end: FarEnd) -> None:
    server = far_end(sampling(days=0, quota={"tokens_per_hour": {"remaining": 100}}))
    loaded = load(SOURCE, job(), server.connection)
    assert [(known.first_day, known.last_day, known.state) for known in loaded.known_of("traffic")] == [
        (FIRST, LAST, "flagged")
    ]
    assert len(server.calls) == 1


EXHAUSTED = "Exhausted property tokens for a project per hour. These quota tokens will return in under an hour."


@pytest.mark.parametrize("calls", [0, 1])
def test_a_quota_that_ends_when_only_people_of_networks_are_missing_loses_nothing_else(
    far_end: FarEnd, calls: int
) -> None:
    answered = 0

    def script(request: Any) -> Any:
        nonlocal answered
        if answered == 5 * calls:
            raise Failure(grpc.StatusCode.RESOURCE_EXHAUSTED, EXHAUSTED)
        answered += 1
        return one_row(request)

    server = far_end(script)
    if calls == 0:
        with pytest.raises(QuotaSpent, match="Exhausted property tokens"):
            load(SOURCE, job(networks=("vk",)), server.connection)
    else:
        loaded = load(SOURCE, job(networks=("vk",)), server.connection)
        assert loaded.rows["traffic"] == [ROW]
        assert loaded.health["unanswered.users.vk.month"] == (
            f"postponed: the quota of GA4 property 310123456 is spent, GA4 gives more within an hour: {EXHAUSTED}"
        )


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here")
def test_the_recorded_state_of_a_spent_quota(far_end: FarEnd) -> None:
    recorded = json.loads((RECORDED / "429_property_quota_state.json").read_text())
    quota = {snake(name): told for name, told in recorded.items() if name != "_log"}
    loaded = load(
        SOURCE, job(networks=("vk",)), far_end(lambda asked: report(asked, [], property_quota=quota)).connection
    )
    assert loaded.health["quota_left"]["tokens_per_project_per_hour"] == 0
    assert loaded.health["unanswered.users.vk.week"] == "postponed: 0 of 14000 tokens_per_project_per_hour are left"


def snake(name: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name)
