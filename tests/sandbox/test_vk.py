"""The VK far end as callers meet it over HTTP: groups, statistics, walls, the reach of posts and comments on them."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox.data import FarEnds
from sandbox.loopback import Request
from sandbox.vk.api import Vk
from tests.sandbox import vk_sample
from tests.sandbox.vk_sample import CLUB, SHOP, Ask, stamp

# --- groups.getById


def test_a_group_shows_its_size_only_when_asked_for(ask: Ask) -> None:
    assert ask("groups.getById", group_ids=SHOP, fields="members_count,city")["response"] == {
        "groups": [
            {
                "id": SHOP,
                "name": "Булочная «Утро»",
                "screen_name": "club101",
                "is_closed": 0,
                "type": "group",
                "members_count": 1500,
            }
        ],
        "profiles": [],
    }
    assert "members_count" not in ask("groups.getById", group_ids="club101")["response"]["groups"][0]


def test_a_hidden_size_is_absent(ask: Ask) -> None:
    groups = ask("groups.getById", group_ids=f"{SHOP},{CLUB}", fields="members_count")["response"]["groups"]
    assert [(group["id"], group.get("members_count")) for group in groups] == [(SHOP, 1500), (CLUB, None)]
    assert "members_count" not in groups[1]


def test_one_unknown_group_spoils_the_list(ask: Ask) -> None:
    assert ask("groups.getById", group_ids=f"{SHOP},17683660")["error"]["error_code"] == 125


# --- stats.get


def _stats(ask: Ask, **fields: Any) -> list[dict[str, Any]]:
    fields = {"extended": 0, "timestamp_to": fields["timestamp_from"]} | fields
    answer: list[dict[str, Any]] = ask("stats.get", group_id=SHOP, **fields)["response"]
    return answer


def test_days_come_newest_first_from_utc_midnight_to_its_last_second(ask: Ask) -> None:
    # one day of Moscow touches two of UTC
    periods = _stats(ask, timestamp_from=stamp(2024, 3, 9, 21), timestamp_to=stamp(2024, 3, 10, 20, 59, 59))
    assert [(period["period_from"], period["period_to"]) for period in periods] == [
        (stamp(2024, 3, 10), stamp(2024, 3, 10, 23, 59, 59)),
        (stamp(2024, 3, 9), stamp(2024, 3, 9, 23, 59, 59)),
    ]


def test_a_period_without_activity_has_no_block_of_it(ask: Ask) -> None:
    assert _stats(ask, timestamp_from=stamp(2024, 3, 10)) == [
        {
            "period_from": stamp(2024, 3, 10),
            "period_to": stamp(2024, 3, 10, 23, 59, 59),
            "visitors": {"views": 9, "visitors": 7, "mobile_views": 6},
            "reach": {"reach": 40, "reach_subscribers": 30, "mobile_reach": 28},
        }
    ]


def test_activity_leaves_zeros_out(ask: Ask) -> None:
    fields = {"timestamp_from": stamp(2024, 3, 1), "timestamp_to": stamp(2024, 3, 31), "interval": "month"}
    [month] = _stats(ask, **fields)
    assert month["activity"] == {"likes": 5, "unsubscribed": 1}
    assert (month["period_from"], month["period_to"]) == (stamp(2024, 3, 1), stamp(2024, 3, 31, 23, 59, 59))
    [month] = _stats(ask, **fields, stats_groups="activity")
    assert month.keys() == {"period_from", "period_to", "activity"}


@pytest.mark.parametrize("extended", [None, 1])
def test_sex_and_age_come_unless_declined_and_add_up(ask: Ask, extended: int | None) -> None:
    [day] = _stats(ask, timestamp_from=stamp(2024, 3, 10), extended=extended)
    for block, people in ("reach", 40), ("visitors", 7):
        for by in ("sex", "age", "sex_age"):
            assert sum(cell["count"] for cell in day[block][by]) == people
    assert len(day["reach"]["sex_age"]) == len(day["reach"]["sex"]) * len(day["reach"]["age"])


def test_statistics_that_may_not_be_seen(ask: Ask) -> None:
    asked = {"timestamp_from": stamp(2024, 3, 10), "timestamp_to": stamp(2024, 3, 10)}
    assert ask("stats.get", group_id=CLUB, **asked)["error"]["error_code"] == 15
    assert ask("stats.getPostReach", owner_id=-CLUB, post_ids=1)["error"]["error_code"] == 15


@pytest.mark.parametrize(("first", "last"), [(1710000000, 1709000000), (1710000000000, 1710000000000)])
def test_timestamps_that_make_no_sense(ask: Ask, first: int, last: int) -> None:
    answer = ask("stats.get", group_id=SHOP, timestamp_from=first, timestamp_to=last)
    assert answer["error"]["error_code"] == 150


# --- wall.get


def test_the_pinned_post_comes_first_and_out_of_order(ask: Ask) -> None:
    wall = ask("wall.get", owner_id=-SHOP)["response"]
    assert wall["count"] == 6
    assert [item["id"] for item in wall["items"]] == [2, 6, 5, 4, 3, 1]
    assert [item["id"] for item in wall["items"] if item.get("is_pinned")] == [2]


def test_a_plain_post(ask: Ask) -> None:
    item = ask("wall.get", owner_id=-SHOP, offset=5)["response"]["items"][0]
    assert item == {
        "inner_type": "wall_wallpost",
        "type": "post",
        "post_type": "post",
        "id": 1,
        "owner_id": -SHOP,
        "from_id": -SHOP,
        "date": stamp(2024, 3, 10, 13),
        "text": "Свежий хлеб",
        "marked_as_ads": 0,
        "likes": {"can_like": 1, "count": 1, "user_likes": 0},
        "reposts": {"count": 1},
        "comments": {"count": 2},
        "views": {"count": 100},
    }


def test_what_is_not_known_of_a_post_is_absent(ask: Ask) -> None:
    item = ask("wall.get", owner_id=-SHOP, offset=1, count=1)["response"]["items"][0]
    assert item["id"] == 6
    assert not {"views", "comments"} & item.keys()


def test_reposts_ads_and_visitors_posts_are_marked(ask: Ask) -> None:
    by_id = {item["id"]: item for item in ask("wall.get", owner_id=-SHOP)["response"]["items"]}
    assert [number for number, item in by_id.items() if "copy_history" in item] == [4]
    assert by_id[4]["copy_history"][0]["owner_id"] != -SHOP
    assert [number for number, item in by_id.items() if item["marked_as_ads"]] == [3]
    assert [number for number, item in by_id.items() if item["from_id"] != item["owner_id"]] == [5]


def test_pages_and_filters(ask: Ask) -> None:
    def ids(**fields: Any) -> list[int]:
        return [item["id"] for item in ask("wall.get", owner_id=-SHOP, **fields)["response"]["items"]]

    assert ids(offset=4, count=100) == [3, 1]
    assert ids(offset=6) == []
    assert ids(filter="others") == [5]
    assert ids(filter="owner") == [2, 6, 4, 3, 1]


def test_a_page_has_100_posts_at_most(ask: Ask, vk_far_ends: FarEnds) -> None:
    vk_far_ends.communities[SHOP].posts = [vk_sample.post(number) for number in range(130, 0, -1)]
    page = ask("wall.get", owner_id=-SHOP, count=1000)["response"]
    assert (page["count"], len(page["items"])) == (130, 100)


def test_posts_swapped_while_served(ask: Ask, vk_far_ends: FarEnds) -> None:
    shop = vk_far_ends.communities[SHOP]
    vk_far_ends.communities[SHOP] = replace(shop, posts=[replace(shop.posts[0], likes=77, published_at=vk_sample.NOON)])
    [item] = ask("wall.get", owner_id=-SHOP)["response"]["items"]
    assert (item["likes"]["count"], item["date"]) == (77, stamp(2024, 3, 10, 12))


# --- stats.getPostReach


def test_reach_of_posts_leaves_unknown_posts_out(ask: Ask) -> None:
    rows = ask("stats.getPostReach", owner_id=-SHOP, post_ids="1,777,6")["response"]
    assert [row["post_id"] for row in rows] == [1, 6]
    assert rows[0].items() >= {"reach_total": 80, "reach_subscribers": 60, "reach_viral": 20, "links": 4}.items()


def test_reach_that_is_not_known_is_negative(ask: Ask) -> None:
    [row] = ask("stats.getPostReach", owner_id=-SHOP, post_ids=5)["response"]
    unknown = {"reach_total", "reach_subscribers", "reach_viral", "reach_ads", "links", "join_group"}
    assert {name for name, value in row.items() if value == -1} == unknown


# --- wall.getComments


@pytest.fixture
def talk(vk_far_ends: FarEnds) -> None:
    """Of post 1: three who begin, the first with 12 replies, every other one by the shop."""
    threads = ((9001, *(-SHOP, 9001) * 6), (9002,), (-SHOP,))
    vk_far_ends.communities[SHOP].posts = [vk_sample.post(1, comments=15, talk=threads), vk_sample.post(2)]


@pytest.mark.usefixtures("talk")
def test_comments_come_with_their_first_replies(ask: Ask) -> None:
    page = ask("wall.getComments", owner_id=-SHOP, post_id=1, thread_items_count=10)["response"]
    assert (page["count"], page["current_level_count"]) == (15, 3)
    assert [comment["from_id"] for comment in page["items"]] == [9001, 9002, -SHOP]
    assert [comment["thread"]["count"] for comment in page["items"]] == [12, 0, 0]
    assert [reply["from_id"] for reply in page["items"][0]["thread"]["items"]] == [-SHOP, 9001] * 5
    [second] = ask("wall.getComments", owner_id=-SHOP, post_id=1, offset=1, count=1)["response"]["items"]
    assert (second["from_id"], second["thread"]["items"]) == (9002, [])


@pytest.mark.usefixtures("talk")
def test_the_replies_to_one_comment_by_pages(ask: Ask) -> None:
    [first] = ask("wall.getComments", owner_id=-SHOP, post_id=1, count=1, thread_items_count=10)["response"]["items"]
    asked = {"owner_id": -SHOP, "post_id": 1, "comment_id": first["id"], "count": 7}
    pages = [ask("wall.getComments", **asked, offset=offset)["response"] for offset in (0, 7)]
    assert [page["count"] for page in pages] == [12, 12]
    assert [reply["from_id"] for page in pages for reply in page["items"]] == [-SHOP, 9001] * 6
    replies = [reply["id"] for page in pages for reply in page["items"]]
    assert replies[:10] == [reply["id"] for reply in first["thread"]["items"]]


@pytest.mark.usefixtures("talk")
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"post_id": 2}, 212),
        ({"post_id": 3}, 100),
        ({"post_id": 1, "comment_id": 5}, 100),
        ({"post_id": 1, "sort": "desc"}, 100),
    ],
)
def test_comments_that_are_not_to_be_had(ask: Ask, fields: dict[str, Any], code: int) -> None:
    assert ask("wall.getComments", owner_id=-SHOP, **fields)["error"]["error_code"] == code


# --- wall.getById, and the pictures of posts


def test_posts_by_their_ids_have_pictures(ask: Ask, vk_far_ends: FarEnds) -> None:
    vk_far_ends.vk_url = "http://127.0.0.1:9"
    items = ask("wall.getById", posts=f"-{SHOP}_3,-{SHOP}_1,-{SHOP}_77,-999_1")["response"]["items"]
    assert [item["id"] for item in items] == [3, 1]
    (attachment,) = items[0]["attachments"]
    assert [size["width"] for size in attachment["photo"]["sizes"]] == [75, 130, 200, 604]
    address = attachment["photo"]["sizes"][2]["url"]
    assert address == f"http://127.0.0.1:9/pictures/{SHOP}/3/200.jpg"
    picture = Vk(vk_far_ends, None).respond(Request(f"/pictures/{SHOP}/3/200.jpg", {}))
    assert (picture.status, picture.content_type, picture.body[:3]) == (200, "image/jpeg", b"\xff\xd8\xff")
    assert "attachments" not in items[1]  # every seventh post has none


@pytest.mark.parametrize("path", ["/pictures/101/77/200.jpg", "/pictures/9/3/200.jpg", "/pictures/101/3/201.jpg"])
def test_there_is_no_other_picture(vk_far_ends: FarEnds, path: str) -> None:
    assert Vk(vk_far_ends, None).respond(Request(path, {})).status == 404


@pytest.mark.parametrize("posts", ["", "3", "-101_x", ",".join(f"-{SHOP}_{n}" for n in range(101))])
def test_posts_are_named_in_vks_way(ask: Ask, posts: str) -> None:
    assert ask("wall.getById", posts=posts)["error"]["error_code"] == 100
