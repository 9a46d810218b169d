"""Metrics asked many at once: one that is refused leaves the others, and nothing is never zero."""

from collections import Counter
from datetime import date
from typing import Any

from smm.sources.graph import insights
from smm.sources.graph.api import PACK, opened
from smm.sources.graph.insights import Asker, Point, Question
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import Asked, error

PATH = "1/insights"
DEAD = error(100, "(#100) The value must be a valid insights metric")


def question(*metrics: str, since: str = "2026-07-01") -> Question:
    return Question(PATH, metrics, {"period": "day", "since": since})


def without(dead: str) -> Any:
    def script(asked: Asked) -> Any:
        metrics = asked.fields["metric"].split(",")
        return DEAD if dead in metrics else {"data": [{"name": name} for name in metrics]}

    return script


def test_a_removed_metric_is_found_by_asking_each_apart(graph_far_end: Serve) -> None:
    far_end = graph_far_end(without("b"))
    with opened(far_end.access()) as graph:
        asker = Asker(graph)
        answered = list(asker.ask([question("a", "b", "c"), question("a", "c")]))
        assert graph.requests == 2
    assert [(one.metrics, bool(said.refusal)) for one, said in answered] == [
        (("a", "c"), False),
        (("a",), False),
        (("b",), True),
        (("c",), False),
    ]
    assert "no longer has" in asker.refused["b"].reason


def test_a_removed_metric_is_not_asked_for_again_and_has_its_reason_everywhere(graph_far_end: Serve) -> None:
    far_end = graph_far_end(without("b"))
    with opened(far_end.access()) as graph:
        answered = list(Asker(graph).ask([question("c"), *[question("a", "b")] * PACK]))
        assert (graph.requests, graph.calls) == (3, 1 + 2 + PACK)
    found = Counter((one.metrics, bool(said.refusal)) for one, said in answered)
    assert found == {(("a",), False): PACK, (("b",), True): PACK, (("c",), False): 1}


def test_what_one_object_lacks_is_asked_for_of_the_others(graph_far_end: Serve) -> None:
    lacks = error(100, "(#100) The Media Insights API does not support the b metric for this media product type.")

    def script(asked: Asked) -> Any:
        return lacks if asked.path == "1/insights" and "b" in asked.fields["metric"] else {"data": []}

    far_end = graph_far_end(script)
    with opened(far_end.access()) as graph:
        asker = Asker(graph)
        answered = list(asker.ask([Question(f"{number}/insights", ("a", "b"), {}) for number in (1, 2)]))
    assert [(one.path, one.metrics) for one, said in answered if said.refusal] == [("1/insights", ("b",))]
    assert asker.refused == {}


def test_a_refusal_of_all_metrics_alike_is_tried_apart_once(graph_far_end: Serve) -> None:
    far_end = graph_far_end(lambda _: error(10, "(#10) Application does not have permission for this action"))
    with opened(far_end.access()) as graph:
        answered = list(Asker(graph).ask([question("a", "b")] * 40))
        assert (graph.requests, graph.calls) == (2, 42)
    assert len(answered) == 41
    assert all(said.refusal for _, said in answered)


def test_a_window_that_is_refused_does_not_end_a_metric(graph_far_end: Serve) -> None:
    def script(asked: Asked) -> Any:
        return error(100, "Invalid parameter", subcode=1504016) if asked.fields["since"] < "2026" else {"data": []}

    far_end = graph_far_end(script)
    with opened(far_end.access()) as graph:
        asker = Asker(graph)
        answered = list(asker.ask([question("a", since="2020-01-01"), question("a")]))
    assert [bool(said.refusal) for _, said in answered] == [True, False]
    assert asker.refused == {}


def test_series_have_the_day_that_was_measured_and_their_flags() -> None:
    values = [
        {"value": 5, "end_time": "2026-07-08T07:00:00+0000", "is_from_ads": "1"},
        {"value": {}, "end_time": "2026-07-09T07:00:00+0000"},
        {"value": 7, "end_time": "2026-07-09"},
        {"end_time": "2026-07-10T07:00:00+0000"},
    ]
    body = {"data": [{"name": "a", "period": "day", "values": values, "title": None}, {"name": "b"}, "c"]}
    assert list(insights.series(body)) == [
        Point("a", "day", date(2026, 7, 7), 5, {"is_from_ads": "1"}),
        Point("a", "day", date(2026, 7, 8), {}, {}),
    ]


def test_totals_may_have_a_value_or_parts_or_neither() -> None:
    parts = [{"dimension_values": ["FOLLOWER"], "value": 17}, {"dimension_values": ["NON_FOLLOWER"], "value": 20}]
    body = {
        "data": [
            {"name": "likes", "total_value": {"value": 0}},
            {"name": "follows", "total_value": {"breakdowns": [{"dimension_keys": ["follow_type"], "results": parts}]}},
            {"name": "reach", "total_value": {}},
            {"name": "views"},
        ]
    }
    assert insights.totals(body) == {
        "likes": {"value": 0},
        "follows": {"by": {"FOLLOWER": 17, "NON_FOLLOWER": 20}},
        "reach": {},
    }


def test_lifetimes_of_a_post() -> None:
    body = {
        "data": [{"name": "reach", "period": "lifetime", "values": [{"value": 4569}]}, {"name": "views", "values": []}]
    }
    assert insights.lifetimes(body) == {"reach": 4569}
    assert [insights.count(value) for value in (0, 7, -1, True, "7", None, 7.5)] == [0, 7, None, None, None, None, None]
