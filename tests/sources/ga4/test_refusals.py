"""Metrics that GA4 no longer has, or does not give together: found with few requests, and everything else is loaded."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import grpc
import pytest
from google.analytics.data_v1beta.types import RunReportRequest

from smm.sources import BadInput, Known
from smm.sources.ga4 import SOURCE
from smm.sources.ga4 import questions as ga4_questions
from smm.sources.ga4.refusals import standing
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
    totals,
)
from tests.sources.loading import RECORDINGS, job, load

RECORDED = RECORDINGS / "ga4" / "errors"
FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)
REMOVE = (
    "Please remove dateHour to make the request compatible. The request's dimensions & metrics are incompatible."
    " To learn more, see https://ga-dev-tools.web.app/ga4/dimensions-metrics-explorer/"
)
ADD = REMOVE.replace("remove dateHour", "add sessionCampaignName")


def refusing(is_wrong: Callable[[tuple[str, ...], tuple[str, ...]], bool], said: str = REMOVE) -> Script:
    """A GA4 that refuses reports of some dimensions and metrics."""

    def script(request: Any) -> Any:
        if is_wrong(dimensions_of(request), metrics_of(request)):
            raise Failure(grpc.StatusCode.INVALID_ARGUMENT, said)
        return one_row(request)

    return script


def without(*gone: str) -> Script:
    def script(request: Any) -> Any:
        for field, kind in [*((m, "metric") for m in metrics_of(request)), ("newVsReturning", "dimension")]:
            if field in gone and field in (*metrics_of(request), *dimensions_of(request)):
                told = (
                    f"Did you mean x? Field {field} is not a valid {kind}. For a list of valid dimensions and metrics,"
                )
                raise Failure(grpc.StatusCode.INVALID_ARGUMENT, f"{told} see https://developers.google.com/ ")
        return one_row(request)

    return script


def test_a_metric_that_is_gone_is_left_out_and_said_to_be(far_end: FarEnd) -> None:
    server = far_end(without("keyEvents", "sessionKeyEventRate"))
    loaded = load(SOURCE, job(), server.connection)
    assert loaded.rows["traffic"] == [(*ROW[:9], None, None, *ROW[11:])]
    gone = ("key_events", "key_event_sessions")
    assert {(known.report, known.without) for known in loaded.known} == {
        ("traffic", gone),
        ("totals", gone),
        ("users", ()),
    }
    (known,) = loaded.known_of("traffic")
    assert known.state == "known"
    assert known.reason == (
        "GA4 does not give keyEvents, sessionKeyEventRate: Did you mean x? Field keyEvents is not a valid metric. For a"
        " list of valid dimensions and metrics, see https://developers.google.com/ Did you mean x? Field"
        " sessionKeyEventRate is not a valid metric. For a list of valid dimensions and metrics, see"
        " https://developers.google.com/"
    )
    assert loaded.health["without.totals"] == ["keyEvents", "sessionKeyEventRate"]
    assert len(server.calls) == 2 + 2  # it is asked for no more in the second batch


def test_a_report_of_nothing_but_gone_metrics_is_not_asked(far_end: FarEnd) -> None:
    loaded = load(SOURCE, job(), far_end(without("activeUsers", *ga4_questions.BUYER_METRICS)).connection)
    assert {value for values in loaded.counted("users").values() for value in values.values()} == {None}
    assert {measure for known in loaded.known_of("users") for measure in known.without} == {
        *("users", "new_visitors", "returning_users", "buyers", "first_buyers")
    }
    assert len(loaded.rows["traffic"]) == 1


@pytest.mark.parametrize("said", [REMOVE, ADD])
def test_a_metric_that_does_not_go_with_the_dimensions_is_found(far_end: FarEnd, said: str) -> None:
    server = far_end(refusing(lambda asked, metrics: asked == TRAFFIC and "purchaseRevenue" in metrics, said))
    loaded = load(SOURCE, job(events=("generate_lead",)), server.connection)
    assert loaded.rows["traffic"] == [(*ROW[:-1], None)]
    assert totals(loaded) == [TOTAL], "it goes with the date alone"
    assert loaded.known_of("traffic") == [
        Known("traffic", FIRST, LAST, "known", f"GA4 does not give purchaseRevenue: {said}", without=("revenue",))
    ]
    assert len(loaded.known_of("events")) == 2
    # a batch, its five reports alone, four times some of the metrics, the report without that one, the other batch
    assert len(server.calls) == sum(answer.requests for answer in loaded.answers) == 1 + 5 + 4 + 1 + 1
    assert [call.limit for call in server.calls if isinstance(call, RunReportRequest.pb())] == [1] * 4


def test_of_two_that_exclude_each_other_the_less_important_is_left_out(far_end: FarEnd) -> None:
    server = far_end(refusing(lambda _, metrics: {"newUsers", "transactions"} <= {*metrics}))
    loaded = load(SOURCE, job(), server.connection)
    assert loaded.rows["traffic"] == [(*ROW[:11], None, ROW[12])]
    assert {known.without for known in loaded.known if known.report != "users"} == {("purchases",)}


def test_without_sessions_nobody_knows_how_many_had_a_key_event(far_end: FarEnd) -> None:
    """GA4 gives those as a share of the sessions."""
    loaded = load(SOURCE, job(), far_end(without("sessions")).connection)
    assert totals(loaded) == [(*TOTAL[:2], None, *TOTAL[3:])]
    assert {known.without for known in loaded.known_of("traffic")} == {("sessions", "key_event_sessions")}


def test_what_was_found_is_not_looked_for_again(far_end: FarEnd) -> None:
    """The reports of every network have the same dimensions; their weeks have others."""
    wrong = ("yearMonth", "newVsReturning")
    server = far_end(refusing(lambda asked, _: asked == wrong))
    loaded = load(SOURCE, job(networks=("vk", "facebook", "telegram")), server.connection)
    alone = [call for call in server.calls if [dimensions_of(part) for part in call.requests] == [wrong]]
    assert len(alone) == 2  # of the site, and of a network: a filter may be a part of what does not go together
    assert loaded.health["unanswered.users.site.month.newVsReturning"] == f"refused: {REMOVE}"
    assert loaded.health["unanswered.users.telegram.month.newVsReturning"] == f"refused: {REMOVE}"
    counted = {(network, grain): {*values} for (network, grain, *_), values in loaded.counted("users").items()}
    assert counted["vk", "month"] == {"users"}
    assert counted["vk", "week"] == {"users", "new_visitors", "returning_users"}
    assert "returning_users" in counted["site", "week"]


def test_a_dimension_that_is_gone_takes_its_reports_with_it(far_end: FarEnd) -> None:
    server = far_end(without("newVsReturning"))
    loaded = load(SOURCE, job(networks=("vk",)), server.connection)
    assert {measure for values in loaded.counted("users").values() for measure in values} == {
        *("users", "buyers", "first_buyers")
    }
    assert len([name for name in loaded.health if name.startswith("unanswered.")]) == 4
    assert len(server.calls) == 2 + 2


def test_half_of_the_events_makes_nothing_known(far_end: FarEnd) -> None:
    server = far_end(refusing(lambda asked, _: asked == ("date", "eventName")))
    loaded = load(SOURCE, job(events=("generate_lead",)), server.connection)
    assert loaded.known_of("events") == []
    assert "traffic_events" not in loaded.rows
    assert loaded.health["unanswered.events"] == loaded.health["unanswered.event_totals"] == f"refused: {REMOVE}"
    assert len(loaded.rows["traffic"]) == 1


@pytest.mark.parametrize("report", ["totals", "traffic"])
def test_without_an_essential_report_nothing_is_loaded(far_end: FarEnd, report: str) -> None:
    dimensions = DATE if report == "totals" else TRAFFIC
    with pytest.raises(BadInput) as raised:
        load(SOURCE, job(), far_end(refusing(lambda asked, _: asked == dimensions)).connection)
    assert str(raised.value) == f"GA4 refuses the report {report} of GA4 property 310123456: {REMOVE}"


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize("name", ["400_incompatible_remove", "400_incompatible_add"])
def test_recorded_refusals(far_end: FarEnd, name: str) -> None:
    said = json.loads((RECORDED / f"{name}.json").read_text())["error"]["message"]
    loaded = load(SOURCE, job(), far_end(refusing(lambda _, metrics: "keyEvents" in metrics, said)).connection)
    assert {known.reason for known in loaded.known if known.without} == {f"GA4 does not give keyEvents: {said}"}


METRICS = [f"metric{n}" for n in range(10)]


@pytest.mark.parametrize(
    ("wrong", "unfit", "most"),
    [
        *[([{metric}], [metric], 8) for metric in METRICS],
        ([{"metric3"}, {"metric8"}], ["metric3", "metric8"], 12),
        ([{"metric2", "metric9"}], ["metric9"], 8),
        ([{"metric0", "metric1"}, {"metric1", "metric2"}], ["metric1"], 8),
        ([{"metric4", "metric5"}, {"metric5", "metric6"}, {"metric4", "metric6"}], ["metric5", "metric6"], 12),
        ([{metric} for metric in METRICS], METRICS, 18),
    ],
)
def test_the_metrics_at_fault(wrong: list[set[str]], unfit: list[str], most: int) -> None:
    asked = []

    def refused(metrics: Sequence[str]) -> str | None:
        asked.append(tuple(metrics))
        return next((f"not {sorted(some)}" for some in wrong if some <= {*metrics}), None)

    kept, found = standing(METRICS, "not all", refused)
    assert kept == [metric for metric in METRICS if metric not in unfit]
    assert list(found) == unfit
    assert len(asked) <= most
    assert len(set(asked)) == len(asked)
