"""Visits with a goal: by origin and of the whole site; and a goal that is gone."""

from typing import Any

import pytest

from sandbox.loopback import Request
from smm.sources import BadInput, metrica
from tests.sources.loading import load
from tests.sources.metrica.far_end import (
    FIRST,
    LAST,
    Serve,
    by_name,
    listed,
    name_of,
    nothing,
    refusal,
    report,
    scripted,
    source,
    work,
)

DAY = "2024-03-10"
WRONG = "Wrong parameter: 'metrics', value: 'ym:s:goal{}visits', error code: 4001"


def test_visits_with_a_goal(metrica_far_end: Serve) -> None:
    rows = [
        ([DAY, *source("social", "social.vkontakte")[:4]], [2.0, 0.0]),
        ([DAY, *source("referral", "referral.vk.com", "vk", "social")[:4]], [1.0, 1.0]),
        ([DAY, *source("organic", "organic.yandex")[:4]], [0.0, 0.0]),
    ]
    far_end = metrica_far_end(scripted(by_name(events=report(rows), event_totals=report([([DAY], [4.0, 1.0])]))))
    loaded = load(metrica.SOURCE, work(events=("301", "302")), far_end.connection)
    assert loaded.rows["traffic_events"] == [
        (DAY, "301", True, "", "", 4),
        (DAY, "302", True, "", "", 1),
        (DAY, "301", False, "vk", "social", 3),
        (DAY, "302", False, "vk", "social", 1),
    ]
    assert {(known.first_day, known.last_day, known.state, known.without) for known in loaded.known_of("events")} == {
        (FIRST, LAST, "known", ())
    }


def test_a_client_without_goals_is_not_asked_for_any(metrica_far_end: Serve) -> None:
    loaded = load(metrica.SOURCE, work(), metrica_far_end(scripted(nothing)).connection)
    assert loaded.known_of("events") == []
    assert "traffic_events" not in loaded.rows


def without(*gone: str, says: str = WRONG) -> Any:
    """A Metrica in which these goals were deleted: any request for one of them fails as a whole."""

    def script(request: Request) -> Any:
        for metric in listed(request, "metrics"):
            for goal in gone:
                if metric == f"ym:s:goal{goal}visits":
                    return refusal(400, "invalid_parameter", says.format(goal))
        if name_of(request) in ("events", "event_totals"):
            dimensions = [] if name_of(request) == "event_totals" else source("direct")[:4]
            return report([([DAY, *dimensions], [7.0] * len(listed(request, "metrics")))])
        return nothing(request)

    return scripted(script)


@pytest.mark.parametrize("says", [WRONG, "Goal {} not found, error code: 4002", "Wrong metrics, error code: 4003"])
def test_a_deleted_goal_is_no_zero_and_no_end_of_the_load(says: str, metrica_far_end: Serve) -> None:
    far_end = metrica_far_end(without("301", says=says))
    loaded = load(metrica.SOURCE, work(events=("301", "302")), far_end.connection)
    assert {row[1] for row in loaded.rows["traffic_events"]} == {"302"}
    # what was known of the goal before it was deleted stays: see include/sql/publish/coverage.sql
    assert {known.state for known in loaded.known_of("events")} == {"no_access"}
    reasons = {str(known.reason) for known in loaded.known_of("events")}
    assert reasons == {f"Metrica does not give ym:s:goal301visits: {says.format('301')}. Was the goal deleted?"}
    assert loaded.health["without.events"] == ["ym:s:goal301visits"]
    assert {known.state for known in (*loaded.known_of("traffic"), *loaded.known_of("users"))} == {"known"}


def test_where_every_goal_is_deleted_none_is_asked_for_again(metrica_far_end: Serve) -> None:
    far_end = metrica_far_end(without("301"))
    loaded = load(metrica.SOURCE, work(events=("301",)), far_end.connection)
    asked = [name_of(request) for request in far_end.reports]
    assert asked == ["totals", "traffic", "event_totals", "months", "weeks"], "once refused, it is not asked for again"
    assert {known.state for known in loaded.known_of("events")} == {"no_access"}
    assert loaded.rows.get("traffic_events", []) == []


def test_a_currency_that_metrica_does_not_have_leaves_the_money_unknown(metrica_far_end: Serve) -> None:
    def script(request: Request) -> Any:
        if "ym:s:ecommerceSEKConvertedRevenue" in listed(request, "metrics"):
            said = "Wrong parameter: 'metrics', value: 'ym:s:ecommerceSEKConvertedRevenue', error code: 4001"
            return refusal(400, "invalid_parameter", said)
        return by_name(totals=report([([DAY], [3, 3, 0, 9, 1, 1, 3])]))(request)

    loaded = load(metrica.SOURCE, work(currency="SEK"), metrica_far_end(scripted(script)).connection)
    (known,) = loaded.known_of("totals")
    assert known.state == "known"
    assert known.without == ("revenue", "key_events", "key_event_sessions")
    assert "ym:s:ecommerceSEKConvertedRevenue" in str(known.reason)
    assert loaded.rows["traffic_totals"] == [(DAY, 3, 3, 3, 1, 27, None, None, 1, None, None)]
    assert [row[5] for row in loaded.rows["counts"] if row[3] == "day"] == [3]


def test_where_visits_themselves_are_refused_the_load_fails(metrica_far_end: Serve) -> None:
    said = "Wrong parameter: 'metrics', value: 'ym:s:visits', error code: 4001"
    far_end = metrica_far_end(scripted(lambda _: refusal(400, "invalid_parameter", said)))
    with pytest.raises(BadInput, match=r"the requested numbers of Metrica's counter 44147844.*ym:s:visits"):
        load(metrica.SOURCE, work(), far_end.connection)
