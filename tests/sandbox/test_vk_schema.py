"""Every answer of the VK far end against VK's own schema, and beside what was recorded of the real one."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from sandbox.data import FarEnds
from sandbox.replay import Replay
from sandbox.vk import serve
from sandbox.vk.api import EXECUTE_KINDS
from sandbox.vk.methods import METHODS
from sandbox.vk.params import MESSAGES
from sandbox.world import World
from tests.sandbox import vk_sample
from tests.sandbox.vk_sample import CLUB, SHOP, Ask

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
VK = RECORDINGS / "vk"
SCHEMA = VK / "api-schema"
BASE = "https://vk.invalid/"
SOURCES: dict[str, Callable[[], FarEnds]] = {
    "sample": vk_sample.far_ends,
    "world": lambda: World(date(2025, 7, 15)).far_ends(),
    "replay": lambda: Replay(RECORDINGS).far_ends(),
}

Json = Any

if not SCHEMA.is_dir():
    pytest.skip(f"no VK API schema in {SCHEMA}", allow_module_level=True)


# --- the schema, made strict


@cache
def _schema() -> dict[str, Json]:
    """Its files by address, brought to today's draft; what they do not name may not be there."""
    files = {
        BASE + path.relative_to(SCHEMA).as_posix(): json.loads(path.read_text()) for path in SCHEMA.rglob("*.json")
    }
    for contents in files.values():
        for definition in contents.get("definitions", {}).values():
            _tighten(definition)
    # two places where the schema denies what VK does: no recorded error has an inner type, and a group has the members
    # of all its parts, of which this one would forbid the others
    files[BASE + "base/objects.json"]["definitions"]["base_error"]["required"].remove("inner_type")
    del files[BASE + "groups/objects.json"]["definitions"]["groups_group"]["additionalProperties"]
    return files


def _tighten(schema: Json) -> None:
    """`required: true` stands at the member itself, as in drafts long past.

    A definition may be part of a larger one: only members and items are whole and may have nothing unnamed.
    """
    members = schema.get("properties", {})
    required = [name for name, member in members.items() if member.pop("required", False) is True]
    if required:
        schema["required"] = required
    for whole in [*members.values(), *([schema["items"]] if "items" in schema else [])]:
        _tighten(whole)
        if {"$ref", "properties", "allOf"} & whole.keys():
            whole["unevaluatedProperties"] = False
    for part in schema.get("allOf", []):
        _tighten(part)


@cache
def _validator(address: str) -> Draft202012Validator:
    resources = [(address, DRAFT202012.create_resource(contents)) for address, contents in _schema().items()]
    whole = {"$ref": BASE + address, "unevaluatedProperties": False}
    return Draft202012Validator(whole, registry=Registry().with_resources(resources))


def _described(method: str) -> Json:
    section = method.partition(".")[0]
    [described] = [found for found in _schema()[f"{BASE}{section}/methods.json"]["methods"] if found["name"] == method]
    return described


def hold(method: str, answer: Json) -> None:
    """Raises ValidationError when `method` may not answer so."""
    if "error" in answer:
        assert answer.keys() == {"error"}
        _validator("base/objects.json#/definitions/base_error").validate(answer["error"])
    else:
        _validator(_described(method)["responses"]["response"]["$ref"].removeprefix("../")).validate(answer)


def recorded(path: str) -> Json:
    return json.loads((VK / path).read_text())


def test_the_schema_takes_what_vk_really_answered() -> None:
    hold("stats.get", recorded("stats_get/oi_2024-01-06_07_full.json"))
    for code in (1, 5, 7, 12, 15, 100, 125):
        hold("any", recorded(f"errors/{code}.json"))


@pytest.mark.parametrize(
    ("method", "answer", "says"),
    [
        ("stats.get", {"response": [{"period_from": "2024-01-06"}]}, "is not of type 'integer'"),
        ("stats.get", {"response": [{"reach": {"reach_subscriber": 1}}]}, "'reach_subscriber' was unexpected"),
        ("wall.get", {"response": {"count": 1}}, "'items' is a required property"),
        (
            "wall.get",
            {"response": {"count": 1, "items": [{"inner_type": "wall_wallpost", "view": 1}]}},
            "'view' was unexpected",
        ),
        ("groups.getById", {"response": {"groups": [{"id": 1, "members": 5}]}}, "'members' was unexpected"),
        ("any", {"error": {"error_code": 5, "request_params": [{"key": "v"}]}}, "'value' is a required property"),
    ],
)
def test_the_schema_takes_nothing_else(method: str, answer: Json, says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        hold(method, answer)
    assert says in refused.value.message


# --- what is served


@pytest.fixture(scope="module", params=SOURCES)
def far_ends(request: pytest.FixtureRequest) -> FarEnds:
    return SOURCES[request.param]()


@pytest.fixture(scope="module")
def ask(far_ends: FarEnds) -> Iterator[Ask]:
    with serve(far_ends, 0) as server, requests.Session() as session:
        session.trust_env = False
        yield vk_sample.asking(server.url, session, min(far_ends.user_tokens))


def test_groups(ask: Ask, far_ends: FarEnds) -> None:
    answer = ask("groups.getById", group_ids=",".join(map(str, far_ends.communities)), fields="members_count")
    hold("groups.getById", answer)
    assert len(answer["response"]["groups"]) == len(far_ends.communities)


def test_walls(ask: Ask, far_ends: FarEnds) -> None:
    for community in far_ends.communities.values():
        for offset in {0, max(len(community.posts) - 10, 0)}:
            answer = ask("wall.get", owner_id=-community.id, offset=offset, count=10)
            hold("wall.get", answer)
            assert len(answer["response"]["items"]) == min(10, len(community.posts) - offset)


def test_posts_by_their_ids(ask: Ask, far_ends: FarEnds) -> None:
    for community in far_ends.communities.values():
        if community.posts:
            names = [f"-{community.id}_{post.id}" for post in community.posts[:20]]
            answer = ask("wall.getById", posts=",".join(names))
            for item in answer["response"]["items"]:
                item.pop("attachments", None)  # the schema here has no photos
            hold("wall.getById", answer)
            assert len(answer["response"]["items"]) == len(names)


@pytest.mark.parametrize("interval", ["day", "week", "month"])
@pytest.mark.parametrize("extended", [0, 1])
def test_statistics(ask: Ask, far_ends: FarEnds, interval: str, extended: int) -> None:
    last = far_ends.now - timedelta(days=1)
    asked = {"timestamp_from": int(last.timestamp()) - 9 * 86_400, "timestamp_to": int(last.timestamp())}
    for community in far_ends.communities.values():
        answer = ask("stats.get", group_id=community.id, interval=interval, extended=extended, **asked)
        hold("stats.get", answer)
        if community.stats is None:
            assert answer["error"]["error_code"] == 15
            continue
        starts = [period["period_from"] for period in answer["response"]]
        assert starts == sorted(starts, reverse=True)
        assert all(datetime.fromtimestamp(start, UTC).time() == time() for start in starts)
        assert len(starts) == 10 or interval != "day"


def test_reach_of_posts(ask: Ask, far_ends: FarEnds) -> None:
    for community in far_ends.communities.values():
        post_ids = ",".join(str(post.id) for post in community.posts[:30])
        answer = ask("stats.getPostReach", owner_id=-community.id, post_ids=post_ids or "1")
        hold("stats.getPostReach", answer)
        assert ("response" in answer) == (community.stats is not None)


def test_comments(ask: Ask, far_ends: FarEnds) -> None:
    for community in far_ends.communities.values():
        for post in community.posts[:20]:
            answer = ask("wall.getComments", owner_id=-community.id, post_id=post.id, count=100, thread_items_count=10)
            hold("wall.getComments", answer)
            assert ("response" in answer) == (post.talk is not None)
            assert "error" in answer or answer["response"]["count"] == post.comments


def test_several_calls_at_once(ask: Ask, far_ends: FarEnds) -> None:
    known, *_ = far_ends.communities
    calls = {
        "wall.get": {"owner_id": -known},
        "groups.getById": {"group_ids": known},
        "stats.get": {"group_id": 999_999_999},
    }
    answer = ask("execute", code=f"return [{','.join(f'API.{name}({json.dumps(calls[name])})' for name in calls)}];")
    wall, groups, failed = answer["response"]
    hold("wall.get", {"response": wall})
    hold("groups.getById", {"response": groups})
    assert failed is False
    assert answer["execute_errors"] == [{"method": "stats.get", "error_code": 125, "error_msg": "Invalid group id"}]
    pattern = recorded("errors/execute_errors.json")["execute_errors"]
    assert all(error.keys() == pattern[0].keys() for error in answer["execute_errors"])


ERRORS: dict[int, tuple[str, dict[str, Json]]] = {
    3: ("wall.post", {}),
    5: ("wall.get", {"token": "gone"}),
    8: ("wall.get", {"v": None}),
    12: ("execute", {"code": "return 1"}),
    13: ("execute", {"code": "return nothing;"}),
    15: ("stats.get", {"group_id": CLUB, "timestamp_from": 0, "timestamp_to": 0}),
    27: ("wall.get", {"token": vk_sample.COMMUNITY, "owner_id": -SHOP}),
    28: ("execute", {"token": vk_sample.SERVICE, "code": "return 1;"}),
    100: ("wall.get", {}),
    125: ("stats.get", {"group_id": 404}),
    150: ("stats.get", {"group_id": SHOP, "timestamp_from": 86_400, "timestamp_to": 0}),
    212: ("wall.getComments", {"owner_id": -SHOP, "post_id": 1}),
}


@pytest.fixture(scope="module")
def ask_sample() -> Iterator[Ask]:
    with serve(vk_sample.far_ends(), 0) as server, requests.Session() as session:
        session.trust_env = False
        yield vk_sample.asking(server.url, session)


@pytest.mark.parametrize("code", ERRORS)
def test_errors(ask_sample: Ask, code: int) -> None:
    method, fields = ERRORS[code]
    answer = ask_sample(method, **fields)
    hold(method, answer)
    assert answer["error"]["error_code"] == code
    assert {"oauth", "method"} <= {param["key"] for param in answer["error"]["request_params"]}


def test_too_many_requests() -> None:
    with serve(vk_sample.far_ends(), 0, requests_per_second=1) as server, requests.Session() as session:
        session.trust_env = False
        ask = vk_sample.asking(server.url, session)
        answers = [ask("wall.get", owner_id=-SHOP) for _ in range(2)]
    hold("wall.get", answers[1])
    assert answers[1]["error"]["error_code"] == 6


def test_the_errors_tested_are_all_and_worded_as_vk_words_them() -> None:
    described = {error["code"]: error["description"] for error in _schema()[BASE + "errors.json"]["errors"].values()}
    assert {code: described[code] for code in MESSAGES} == MESSAGES
    assert ERRORS.keys() | {6} == MESSAGES.keys()


def test_each_method_takes_the_tokens_that_vk_names() -> None:
    kinds = {name: method.kinds for name, method in METHODS.items()} | {"execute": EXECUTE_KINDS}
    # the messages' section was not recorded
    kinds = {name: taken for name, taken in kinds.items() if not name.startswith("messages.")}
    named = {name: set(_described(name)["access_token_type"]) & {"user", "service", "group"} for name in kinds}
    assert kinds == named


# --- beside the recordings


def shape(value: Json, at: str = "") -> set[str]:
    """Every member that `value` has, with its kind: `response[].reach.sex[].count int`."""
    if isinstance(value, dict):
        return {inner for key, member in value.items() for inner in shape(member, f"{at}.{key}")} | {f"{at} dict"}
    if isinstance(value, list):
        return {inner for item in value for inner in shape(item, f"{at}[]")} | {f"{at} list"}
    return {f"{at} {type(value).__name__}"}


def recorded_shape(*paths: str) -> set[str]:
    return set().union(*(shape(recorded(path)["response"]) for path in paths))


def test_statistics_look_as_recorded(ask_sample: Ask) -> None:
    real = recorded_shape("stats_get/oi_2024-01-06_07_full.json", "stats_get/oi_2025-12-10_first_period.json")
    both_days = {"group_id": SHOP, "timestamp_from": 0, "timestamp_to": 86_400}
    served = shape(ask_sample("stats.get", **both_days)["response"])
    served |= shape(ask_sample("stats.get", **both_days, interval="month")["response"])
    assert {path for path in real - served if "countries[]" not in path} == {"[].activity.comments int"}
    assert served - real == {"[].activity.unsubscribed int"}


def test_walls_look_as_recorded(ask_sample: Ask) -> None:
    real = recorded_shape(
        "raw_wall/wall_get_v5.199_group_2025-01_stripped.json", "raw_wall/wall_get_2026-07_service_token_post.json"
    )
    served = shape(ask_sample("wall.get", owner_id=-SHOP)["response"])
    beyond = {path for path in served - real if "copy_history" not in path}
    assert beyond == {".items[].is_pinned int"}


def test_reach_looks_as_recorded(ask_sample: Ask) -> None:
    real = recorded_shape("post_reach/oi_getPostReach_214_215.json")
    served = shape(ask_sample("stats.getPostReach", owner_id=-SHOP, post_ids="1,2")["response"])
    assert served <= real
    assert {path for path in real - served if "[].ad_" not in path} == set()


def test_groups_look_as_recorded(ask_sample: Ask) -> None:
    real = recorded_shape("raw_wall/groups_getById_v5.199_stripped.json")
    served = shape(ask_sample("groups.getById", group_id=SHOP, fields="members_count")["response"])
    assert served - real == {".groups[].members_count int"}
