"""The VK far end through the vk_api library."""

from collections.abc import Iterator

import pytest
import vk_api

from sandbox.data import FarEnds
from sandbox.loopback import Server
from tests.sandbox import vk_sample
from tests.sandbox.vk_sample import CLUB, SHOP, stamp


@pytest.fixture
def vk(vk_server: Server, vk_far_ends: FarEnds) -> Iterator[vk_api.VkApi]:
    vk = vk_sample.library(vk_server.url)
    yield vk
    vk.http.close()


def test_the_library_reads_answers_and_errors(vk: vk_api.VkApi) -> None:
    assert vk.get_api().wall.get(owner_id=-SHOP, count=1)["items"][0]["id"] == 2
    with pytest.raises(vk_api.ApiError) as refused:
        vk.method("stats.get", {"group_id": CLUB, "timestamp_from": 0, "timestamp_to": 0})
    assert refused.value.code == 15


def test_a_pool_of_one_method(vk: vk_api.VkApi) -> None:
    pool = vk_api.VkRequestsPool(vk)
    walls = [pool.method("wall.get", {"owner_id": owner, "count": 1}) for owner in (-SHOP, -404, -CLUB, -405)]
    pool.execute()
    assert [wall.ok for wall in walls] == [True, False, True, False]
    assert [wall.result["count"] for wall in walls if wall.ok] == [6, 0]
    assert walls[1].error["error_code"] == 100


def test_a_pool_of_several_methods_keeps_errors_in_order(vk: vk_api.VkApi) -> None:
    pool = vk_api.VkRequestsPool(vk)
    day = {"timestamp_from": stamp(2024, 3, 10), "timestamp_to": stamp(2024, 3, 10), "extended": False}
    results = [
        pool.method("stats.get", {"group_id": CLUB, **day}),
        pool.method("groups.getById", {"group_ids": [SHOP, CLUB], "fields": ["members_count"]}),
        pool.method("wall.restore", {"text": 'a "quoted" line\nand a next'}),
        pool.method("stats.get", {"group_id": SHOP, **day}),
    ]
    pool.execute()
    assert [result.error and (result.error["method"], result.error["error_code"]) for result in results] == [
        ("stats.get", 15),
        False,
        ("wall.restore", 3),
        False,
    ]
    assert results[1].result["groups"][0]["members_count"] == 1500
    assert "sex" not in results[3].result[0]["reach"]


def test_a_pool_over_one_parameter(vk: vk_api.VkApi) -> None:
    found, failed = vk_api.vk_request_one_param_pool(
        vk, "stats.getPostReach", "post_ids", [1, 3, 0], default_values={"owner_id": -SHOP}
    )
    assert [found[number][0]["post_id"] for number in (1, 3)] == [1, 3]
    assert (found[0], failed) == ([], {})


@pytest.mark.parametrize("size", [6, 100, 260, 2600])
def test_a_whole_wall_by_get_all(vk: vk_api.VkApi, vk_far_ends: FarEnds, size: int) -> None:
    """2600 posts take two requests of 25 calls each."""
    vk_far_ends.communities[SHOP].posts = [vk_sample.post(number) for number in range(size, 0, -1)]
    wall = vk_api.VkTools(vk).get_all("wall.get", 100, {"owner_id": -SHOP})
    assert [item["id"] for item in wall["items"]] == list(range(size, 0, -1))


def test_get_all_reports_what_failed_within(vk: vk_api.VkApi) -> None:
    with pytest.raises(vk_api.VkToolsException) as refused:
        vk_api.VkTools(vk).get_all("wall.get", 100, {"owner_id": -404})
    assert refused.value.response["execute_errors"][0]["error_code"] == 100
