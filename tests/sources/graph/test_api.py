"""Requests to Meta: the token's way, tries, batches, the allowance, and what each error comes to."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.loopback import Answer
from smm.sources import BadInput, QuotaSpent, Refused, SourceError, Transient
from smm.sources.graph import usage
from smm.sources.graph.api import ALLOWANCE, Call, opened
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import HTML, NO_TIME, PAGE_TOKEN, TOKEN, Asked, TurnsNoted, error
from tests.sources.loading import Connection

PAGE = "100000000000001"


def test_a_token_goes_into_a_header_and_into_no_address(graph_far_end: Serve) -> None:
    def script(asked: Asked) -> Any:
        return (
            {"id": PAGE, "access_token": PAGE_TOKEN} if asked.fields.get("fields") == "access_token" else {"id": PAGE}
        )

    far_end = graph_far_end(script)
    with opened(far_end.access()) as graph:
        page = graph.of_page(PAGE)
        said = page.get(Call(PAGE, {"fields": "followers_count"}))
    assert said.body == {"id": PAGE}
    assert said.version == "v26.0"
    assert [asked.authorization for asked in far_end.asked] == [f"Bearer {TOKEN}", f"Bearer {PAGE_TOKEN}"]
    assert not any("EAA" in f"{request.path} {request.fields}" for request in far_end.requests)
    assert page.requests == 2


def test_many_calls_are_one_request_and_each_has_its_own_answer(graph_far_end: Serve) -> None:
    far_end = graph_far_end(lambda asked: {"id": asked.path} if asked.path != "2" else error(100, subcode=33))
    with opened(far_end.access()) as graph:
        said = graph.get_all([Call(str(number)) for number in range(60)])
        assert (graph.requests, graph.calls) == (2, 60)
    assert [one.body.get("id") for one in said[:4]] == ["0", "1", None, "3"]
    assert said[2].refusal is not None
    assert "there is no such object" in said[2].refusal.reason


def test_only_what_meta_was_too_busy_for_is_asked_again(graph_far_end: Serve) -> None:
    tries = {"1": [NO_TIME, error(2, status=500)]}

    def script(asked: Asked) -> Any:
        return tries[asked.path].pop() if tries.get(asked.path) else {"id": asked.path}

    far_end = graph_far_end(script)
    with opened(far_end.access()) as graph:
        said = graph.get_all([Call("0"), Call("1")])
    assert [one.body for one in said] == [{"id": "0"}, {"id": "1"}]
    assert [asked.path for asked in far_end.asked] == ["0", "1", "1", "1"]
    assert far_end.slept == [2, 10]


def test_a_batch_that_is_answered_as_one_call_is_no_answer(graph_far_end: Serve) -> None:
    far_end = graph_far_end(lambda asked: {"id": asked.path})
    far_end.whole = {"data": []}
    with opened(far_end.access()) as graph, pytest.raises(Transient, match="did not answer to each part of a batch"):
        graph.get_all([Call("0"), Call("1")])


def test_what_is_never_answered_beside_others_is_refused_for_itself(graph_far_end: Serve) -> None:
    far_end = graph_far_end(lambda asked: error(2, "Please retry") if asked.path == "1" else {"id": asked.path})
    with opened(far_end.access()) as graph:
        said = graph.get_all([Call("0"), Call("1")])
    assert said[0].refusal is None
    assert said[1].refusal is not None
    assert "error 2" in said[1].refusal.reason


@pytest.mark.parametrize(
    "answer",
    [
        HTML,
        error(1, "An unknown error occurred", status=500),
        error(2, "Please retry", status=500),
        Answer(200, "text/html", b"<html></html>"),
        Answer(200, "application/json", b""),
        Answer(200, "application/json", b"[]"),
        Answer(302, "text/html", b"", {"Location": "http://127.0.0.1:1/"}),
        Answer(200, "application/json", b'{"id": "1"}', sent=4),
    ],
    ids=["html", "code 1", "code 2", "html with 200", "empty", "a list", "redirect", "cut"],
)
def test_what_is_no_answer_is_asked_three_times(graph_far_end: Serve, answer: Answer) -> None:
    far_end = graph_far_end(lambda _: answer)
    with opened(far_end.access()) as graph, pytest.raises(Transient, match="Meta did not answer in 3 tries"):
        graph.get(Call(PAGE))
    assert len(far_end.asked) == 3


@pytest.mark.parametrize(
    ("said", "kind", "told"),
    [
        (error(190, "Error validating access token", subcode=463), Refused, "the token is dead: issue a new one"),
        (error(190, "This method must be called with a Page Access Token"), Refused, "the token works, .* wrong kind"),
        (error(102, "Session key invalid"), Refused, "the token is dead"),
        (error(4, "Application request limit reached"), QuotaSpent, "allowance is used up"),
        (error(17, "User request limit reached"), QuotaSpent, "allowance is used up"),
        (error(32, "Page request limit reached"), QuotaSpent, "allowance is used up"),
        (error(613, "Calls to this api have exceeded the rate limit"), QuotaSpent, "allowance is used up"),
        (error(80002, "Too many calls to this Instagram account"), QuotaSpent, "allowance is used up"),
        (error(368, "temporarily blocked for policies violations"), QuotaSpent, "blocked this for a while"),
    ],
)
def test_errors_that_end_a_load(graph_far_end: Serve, said: Answer, kind: type[SourceError], told: str) -> None:
    far_end, turns = graph_far_end(lambda _: said), TurnsNoted()
    with opened(far_end.access(turns)) as graph, pytest.raises(kind, match=told) as raised:
        graph.get(Call(PAGE))
    assert len(far_end.asked) == 1
    assert "SECRET" not in str(raised.value)
    assert bool(turns.stopped) == (kind is QuotaSpent)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (error(100, "(#100) The value must be a valid insights metric"), "no longer has one of these metrics"),
        (error(1, "An unknown error occurred", subcode=99), "does not accept this request"),
        (error(100, "Invalid parameter", subcode=1504016), "does not accept this request"),
        (error(100, "Unsupported get request", subcode=33), "no such object"),
        (error(100, "Invalid parameter", subcode=2108006), "before the account became a business account"),
        (error(10, "(#10) Application does not have permission for this action"), "the token lacks a permission"),
        (error(200, "(#200) Requires business_management", status=403), "the token lacks a permission"),
        (error(10, "(#10) Not enough viewers for the media to show insights"), "too few people"),
        (error(987654, "Something new"), "does not accept this request"),
    ],
)
def test_errors_of_what_one_call_asked_for(graph_far_end: Serve, said: Answer, told: str) -> None:
    far_end = graph_far_end(lambda _: said)
    with opened(far_end.access()) as graph:
        refusal = graph.get(Call(PAGE)).refusal
    assert refusal is not None
    assert told in refusal.reason
    assert len(far_end.asked) == 1


def test_from_four_fifths_of_the_allowance_on_nobody_asks(graph_far_end: Serve) -> None:
    far_end, turns = graph_far_end(lambda _: {"id": PAGE}), TurnsNoted()
    pools = '{"1": [{"type": "pages", "call_count": 12}], "2": [{"type": "instagram", "total_time": %d, %s}]}'
    wait = '"estimated_time_to_regain_access": 7'
    with opened(far_end.access(turns)) as graph:
        far_end.headers["X-Business-Use-Case-Usage"] = pools % (79, wait)
        graph.get(Call(PAGE))
        assert (graph.percent, turns.stopped) == (79, [])
        far_end.headers["X-Business-Use-Case-Usage"] = pools % (80, wait)
        graph.get(Call(PAGE))
    (stopped,) = turns.stopped
    assert stopped[:3] == (TOKEN, ALLOWANCE, timedelta(minutes=7))
    assert "80 % of Meta's allowance is used" in stopped[3]


@pytest.mark.parametrize(
    ("headers", "percent", "wait"),
    [
        ({}, None, usage.WAIT),
        ({"x-app-usage": '{"call_count": 12, "total_cputime": 0, "total_time": 81}'}, 81, usage.WAIT),
        (
            {
                "x-business-use-case-usage": '{"1": [{"type": "pages", "call_count": 100,'
                ' "estimated_time_to_regain_access": 0}]}'
            },
            100,
            usage.WAIT,
        ),
        ({"x-app-usage": "nonsense", "x-business-use-case-usage": '{"1": {"call_count": 99}}'}, None, usage.WAIT),
        ({"x-app-usage": '{"call_count": "28", "total_time": true}'}, None, usage.WAIT),
    ],
)
def test_the_allowance_as_headers_say_it(headers: dict[str, str], percent: int | None, wait: timedelta) -> None:
    assert usage.read(headers) == usage.Usage(percent, wait)


def test_a_page_that_gives_no_token_is_refused_with_what_to_do(graph_far_end: Serve) -> None:
    far_end = graph_far_end(lambda _: {"id": PAGE})
    with opened(far_end.access()) as graph, pytest.raises(Refused, match=f"no access to Page {PAGE}: assign the Page"):
        graph.of_page(PAGE)


@pytest.mark.parametrize(
    ("connection", "told"),
    [
        (Connection(host="https://graph.example.org", password=TOKEN), "only an address on this machine"),
        (Connection(host="", password=""), "has no token"),
        (Connection(host="", password=f"Bearer {TOKEN}"), "is not a token"),
    ],
)
def test_a_connection_that_cannot_work(graph_far_end: Serve, connection: Connection, told: str) -> None:
    far_end = graph_far_end(lambda _: {})
    far_end.connection = connection
    with pytest.raises(BadInput, match=told) as raised, opened(far_end.access()):
        pass
    assert TOKEN not in str(raised.value)
