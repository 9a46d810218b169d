"""The reach of posts over real HTTP: thirty to a call, or each alone where one of them spoils the call."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from sandbox.data import FarEnds
from sandbox.loopback import Answer as HttpAnswer
from sandbox.loopback import Request
from sandbox.vk.api import Vk
from smm.sources.vk import SOURCE
from tests.sources.loading import job, load
from tests.sources.vk.community import (
    FIRST,
    LAST,
    NOON,
    POSTS_FROM,
    Serve,
    answer,
    far_ends,
    followers,
    known,
    post,
    read,
)
from tests.sources.vk.far_end import Respond, body

DAY = timedelta(days=1)
METHOD = "stats.getPostReach"


def spoilt(ends: FarEnds, code: int, *bad: int) -> Respond:
    """A VK that refuses every call for the reach of one of these posts."""
    served = Vk(ends, None).respond

    def respond(request: Request) -> HttpAnswer:
        said = json.loads(served(request).body)
        called = re.findall(r"API\.([\w.]+)\((\{.*?\})\)", request.fields.get("code", ""))
        asked = [json.loads(params).get("post_ids", "").split(",") for _, params in called]
        failed = [not {str(one) for one in bad}.isdisjoint(ids) for ids in asked]
        if any(failed):
            error = {"method": METHOD, "error_code": code, "error_msg": "post_ids is invalid"}
            pairs = zip(said["response"], failed, strict=True)
            said["response"] = [False if is_failed else one for one, is_failed in pairs]
            said["execute_errors"] = [error] * sum(failed)
        return body(said)

    return respond


def calls(asked: list[Request]) -> list[int]:
    """Of how many posts each call asked."""
    scripts = [request.fields.get("code", "") for request in asked]
    return [len(ids.split(",")) for script in scripts for ids in re.findall(r'"post_ids": "([\d,]*)"', script)]


@pytest.mark.parametrize("code", [100, 18, 104, 210])
def test_one_bad_post_is_unknown_and_nothing_else(code: int, far_end: Serve) -> None:
    posts = [post(100 - n, NOON - n // 2 * DAY) for n in range(50)]
    server = far_end(spoilt(far_ends(posts), code, 83))
    loaded = load(SOURCE, job(), server.connection)

    assert {row[1] for row in loaded.rows["post_reach"]} == {*range(51, 101)} - {83}
    assert calls(server.asked) == [30, 20, *[1] * 30]
    newest, bad, oldest = loaded.known_of("post_reach")
    assert [(part.first_day, part.last_day, part.state) for part in (newest, bad, oldest)] == [
        (NOON.date() - 14 * DAY, LAST, "known"),
        (NOON.date() - 8 * DAY, NOON.date() - 8 * DAY, "known"),
        (POSTS_FROM, NOON.date() - 14 * DAY, "known"),
    ]
    assert str(bad.reason).startswith(f"VK refuses {METHOD} with error {code}: ")
    assert str(bad.reason).endswith('(VK says: "post_ids is invalid") (of one post)')
    assert len(loaded.rows["posts"]) == 50
    assert known(loaded, "stats") == [(FIRST, LAST, "known")]
    assert followers(loaded)


def test_where_every_post_is_refused_their_days_are_unknown(far_end: Serve) -> None:
    server = far_end(spoilt(far_ends([post(2), post(1)]), 100, 1, 2))
    loaded = load(SOURCE, job(), server.connection)
    assert known(loaded, "post_reach") == [(POSTS_FROM, LAST, "no_access")]
    assert "post_reach" not in loaded.rows
    assert len(loaded.rows["posts"]) == 2


def test_a_right_that_is_missing_is_not_asked_for_post_by_post(far_end: Serve) -> None:
    server = far_end(spoilt(far_ends([post(2), post(1)]), 15, 1))
    assert known(load(SOURCE, job(), server.connection), "post_reach") == [(POSTS_FROM, LAST, "no_access")]
    assert calls(server.asked) == [2]


DAYS: dict[str, Any] = {"first_day": FIRST.isoformat(), "last_day": LAST.isoformat()}


@pytest.mark.parametrize(
    ("posts", "rows"),
    [
        ([{"post_id": "5", "reach_total": "80", "reach_subscribers": 60.0}], [("vk", 5, 80, 60, None, None)]),
        ([{"post_id": 5, "reach_total": -1, "links": [], "join_group": 1.5}], [("vk", 5, None, None, None, None)]),
        ([{"post_id": 5, "links": 1}, {"post_id": 5, "links": 2}], [("vk", 5, None, None, 2, None)]),
        ([{"post_id": None, "links": 1}, {"links": 2}, None, [], 7], []),
    ],
)
def test_what_is_odd_in_it(posts: list[Any], rows: list[Any]) -> None:
    loaded = read(answer("post_reach", {"response": posts}, **DAYS))
    assert loaded.rows["post_reach"] == rows
    assert known(loaded, "post_reach") == [(FIRST, LAST, "known")]


@pytest.mark.parametrize("said", [{}, None, "x"])
def test_an_answer_in_another_form_leaves_the_days_unknown(said: Any) -> None:
    loaded = read(answer("post_reach", {"response": said}, **DAYS))
    assert known(loaded, "post_reach") == [(FIRST, LAST, "no_access")]
