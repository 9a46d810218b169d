"""The community's own comments over real HTTP: which posts are asked for, what is counted, what stays unknown."""

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sandbox.data import FarEnds, Post, Talk
from sandbox.loopback import Answer as HttpAnswer
from sandbox.loopback import Request
from sandbox.vk.api import Vk
from smm.sources import Transient
from smm.sources.vk import SOURCE
from tests.sources.loading import Loaded, job, load
from tests.sources.vk.community import GROUP, LAST, NOON, POSTS_FROM, Serve, far_ends, known, post
from tests.sources.vk.far_end import COMMUNITY, Respond, altered, body, error

WHO = 9001
DAY = timedelta(days=1)


def talked(post_id: int, *threads: tuple[int, ...], age: int = 0, **values: Any) -> Post:
    """A post of so many days before NOON whose counter has all comments of these threads."""
    plain = {"comments": sum(map(len, threads)), "talk": threads}
    return post(post_id, NOON - age * DAY, **plain | values)


def own(loaded: Loaded) -> dict[int, int]:
    """The community's own comments by post."""
    return {post_id: count for _, post_id, count in loaded.rows.get("own_comments", [])}


def scripts(asked: list[Request]) -> list[list[dict[str, Any]]]:
    """The calls of each request for comments."""
    found = []
    for request in asked:
        calls = re.findall(r"API\.wall\.getComments\((\{.*?\})\)", request.fields.get("code", ""))
        found += [[json.loads(params) for params in calls]] if calls else []
    return found


def failing(ends: FarEnds, post_id: int, code: int, since: int = 0) -> Respond:
    """A VK that answers any call for the comments of this post from an offset on with an error."""
    served = Vk(ends, None).respond

    def respond(request: Request) -> HttpAnswer:
        answer = served(request)
        calls = re.findall(r"API\.wall\.getComments\((\{.*?\})\)", request.fields.get("code", ""))
        if not calls:
            return answer
        said = json.loads(answer.body)
        asked = [json.loads(params) for params in calls]
        failed = [params["post_id"] == post_id and params["offset"] >= since for params in asked]
        said["response"] = [
            False if is_failed else one for is_failed, one in zip(failed, said["response"], strict=True)
        ]
        said["execute_errors"] = [{"method": "wall.getComments", "error_code": code, "error_msg": "no"}] * sum(failed)
        return body(said)

    return respond


def test_own_comments_are_counted_replies_among_them(far_end: Serve) -> None:
    posts = [
        talked(6, (WHO, -GROUP, WHO, -GROUP), (WHO,), (-GROUP,)),
        talked(5, (WHO, WHO)),
        talked(4, (WHO, -GROUP), from_id=WHO),  # a visitor's
        talked(3),
        talked(2, comments=None),
        talked(1, (WHO, -202, -GROUP), age=40),  # too old
    ]
    server = far_end(far_ends(posts))
    loaded = load(SOURCE, job(), server.connection)

    assert own(loaded) == {6: 3, 5: 0}
    assert known(loaded, "own_comments") == [(POSTS_FROM, LAST, "known")]
    (calls,) = scripts(server.asked)
    assert [call["post_id"] for call in calls] == [6, 5]
    assert calls[0] == {
        "owner_id": -GROUP,
        "post_id": 6,
        "offset": 0,
        "count": 100,
        "sort": "asc",
        "thread_items_count": 10,
    }


def test_nothing_that_people_wrote_is_kept(far_end: Serve) -> None:
    loaded = load(SOURCE, job(), far_end(far_ends([talked(1, (WHO, -GROUP))])).connection)
    (answer,) = (one for one in loaded.answers if one.name == "own_comments")
    assert json.loads(answer.body) == {"counted": {"1": 1}, "refused": {}, "unread": {}}
    assert str(WHO) not in repr(answer)


def test_without_comments_nobody_is_asked_and_all_is_known(far_end: Serve) -> None:
    server = far_end(far_ends([talked(1)]))
    loaded = load(SOURCE, job(), server.connection)
    assert (scripts(server.asked), own(loaded)) == ([], {})
    assert known(loaded, "own_comments") == [(POSTS_FROM, LAST, "known")]


def long_talk(threads: int, replies: int = 0, own_every: int = 3) -> Talk:
    """In the first thread so many replies; every third author is the community."""
    first = (WHO, *(-GROUP if nth % own_every == 0 else WHO for nth in range(replies)))
    return (first, *((-GROUP if nth % own_every == 0 else WHO,) for nth in range(threads - 1)))


@pytest.mark.parametrize(
    ("talk", "calls"),
    [
        (long_talk(100), 1),
        (long_talk(101), 2),
        (long_talk(350), 4),  # pages overlap
        (long_talk(1, replies=10), 1),
        (long_talk(1, replies=11), 2),
        (long_talk(1, replies=250), 4),
        (long_talk(150, replies=12), 3),
        (long_talk(1200), 13),
        (long_talk(300, replies=950), 14),
    ],
)
def test_long_talks_are_read_to_their_end(talk: Talk, calls: int, far_end: Serve) -> None:
    server = far_end(far_ends([talked(7, *talk), talked(5, (WHO, -GROUP))]))
    loaded = load(SOURCE, job(), server.connection)
    assert own(loaded) == {7: sum(author == -GROUP for thread in talk for author in thread), 5: 1}
    assert known(loaded, "own_comments") == [(POSTS_FROM, LAST, "known")]
    asked = scripts(server.asked)
    assert sum(len(request) for request in asked) == calls + 1
    assert [call["offset"] for request in asked for call in request if call["post_id"] == 5] == [0]


def test_a_request_asks_for_no_more_than_vk_would_send(far_end: Serve) -> None:
    posts = [talked(100 - n, *long_talk(600), age=n % 20) for n in range(8)]
    server = far_end(far_ends(posts))
    loaded = load(SOURCE, job(), server.connection)
    assert own(loaded) == dict.fromkeys(range(93, 101), 200)
    assert [len(request) for request in scripts(server.asked)] == [3, 18, 3, 18, 2, 12]


def test_more_posts_than_requests_leave_the_oldest_days_unknown(far_end: Serve) -> None:
    posts = [talked(5000 - n, (WHO, -GROUP), age=n // 10) for n in range(290)]  # 10 a day
    server = far_end(far_ends(posts))
    loaded = load(SOURCE, job(), server.connection)
    assert own(loaded) == dict.fromkeys(range(4751, 5001), 1)
    assert len(scripts(server.asked)) == 10
    first = NOON.date() - 24 * DAY  # 250 posts of 25 days
    assert known(loaded, "own_comments") == [(POSTS_FROM, first - 5 * DAY, "known"), (first, LAST, "known")]
    assert loaded.health["comments_unread"]["posts"] == 40


def test_a_giveaway_takes_nothing_from_the_others(far_end: Serve) -> None:
    giveaway = talked(9, *[(WHO,) * 11] * 1100)  # a page of them is all that a request takes
    server = far_end(far_ends([giveaway, *(talked(n, (WHO,), age=1) for n in range(1, 6))]))
    loaded = load(SOURCE, job(), server.connection)
    assert own(loaded) == dict.fromkeys(range(1, 6), 0)
    assert scripts(server.asked)[0][-1]["post_id"] == 9
    today = NOON.date()
    assert known(loaded, "own_comments") == [(POSTS_FROM, today - DAY, "known"), (LAST, LAST, "known")]


@pytest.mark.parametrize("code", [15, 212, 18, 100])
def test_a_post_that_is_closed_or_gone_is_unknown_and_nothing_else(code: int, far_end: Serve) -> None:
    posts = [talked(3, (WHO, -GROUP)), talked(2, (WHO,), age=1), talked(1, (-GROUP,), age=2)]
    server = far_end(failing(far_ends(posts), 2, code))
    loaded = load(SOURCE, job(), server.connection)
    assert own(loaded) == {3: 1, 1: 1}
    on = NOON.date() - DAY
    assert known(loaded, "own_comments") == [(POSTS_FROM, LAST, "known"), (on, on, "known")]
    whole, one = (part.reason for part in loaded.known_of("own_comments"))
    assert whole is None
    assert str(one).startswith(f"VK refuses wall.getComments with error {code}: ")
    assert str(one).endswith(' (VK says: "no") (of one post)')
    assert len(loaded.rows["posts"]) == len(loaded.rows["post_reach"]) == 3


def test_a_post_that_is_closed_while_it_is_read_is_not_read_on(far_end: Serve) -> None:
    posts = [talked(2, *long_talk(2500)), talked(1, (-GROUP,), age=1)]
    server = far_end(failing(far_ends(posts), 2, 212, since=95))
    loaded = load(SOURCE, job(), server.connection)
    assert own(loaded) == {1: 1}
    assert [len(request) for request in scripts(server.asked)] == [2, 20], "and 6 pages more would have been left"


def test_comments_that_nobody_may_read_here(far_end: Serve) -> None:
    """The far end's own refusal of one post, which is no right of the token's."""
    loaded = load(SOURCE, job(), far_end(far_ends([talked(1, comments=7, talk=None)])).connection)
    assert own(loaded) == {}
    assert known(loaded, "own_comments")[0] == (POSTS_FROM, LAST, "known")
    assert str(loaded.known_of("own_comments")[1].reason).startswith("VK refuses wall.getComments with error 212: ")


def test_a_post_deleted_between_the_calls(far_end: Serve) -> None:
    ends = far_ends([talked(2, (WHO, -GROUP)), talked(1, (-GROUP,), age=1)])
    served = Vk(ends, None).respond

    def respond(request: Request) -> HttpAnswer:
        said = served(request)
        if request.path == "/method/wall.get":
            shop = ends.communities[GROUP]
            ends.communities[GROUP] = replace(shop, posts=shop.posts[1:])
        return said

    loaded = load(SOURCE, job(), far_end(respond).connection)
    assert own(loaded) == {1: 1}
    assert [row[1] for row in loaded.rows["posts"]] == [2, 1]
    assert str(loaded.known_of("own_comments")[1].reason).startswith("VK refuses wall.getComments with error 100: ")


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (7, "the token's user needs rights for it"),
        (15, "the token's user needs rights for it"),
        (27, "the connection's password is of the wrong kind"),
    ],
)
def test_a_token_that_may_not_read_comments_leaves_the_rest(code: int, advice: str, far_end: Serve) -> None:
    server = far_end(failing(far_ends([talked(1, (WHO,))]), 1, code))
    loaded = load(SOURCE, job(), server.connection)
    assert known(loaded, "own_comments") == [(POSTS_FROM, LAST, "no_access")]
    reason = str(loaded.known_of("own_comments")[0].reason)
    assert reason.startswith(f"VK refuses wall.getComments with error {code}: {advice}")
    assert reason.endswith(' (VK says: "no")')
    assert known(loaded, "posts") == known(loaded, "post_reach") == [(POSTS_FROM, LAST, "known")]


def test_a_wall_that_may_not_be_seen_has_no_comments_either(far_end: Serve) -> None:
    served = Vk(far_ends([talked(1, (WHO,))]), None).respond
    server = far_end(lambda asked: error(15) if asked.path == "/method/wall.get" else served(asked))
    loaded = load(SOURCE, job(), server.connection)
    assert known(loaded, "own_comments") == known(loaded, "posts") == [(POSTS_FROM, LAST, "no_access")]


@pytest.mark.parametrize("code", [9, 29])
def test_a_spent_quota_leaves_the_rest(code: int, far_end: Serve) -> None:
    server = far_end(failing(far_ends([talked(2, (WHO,)), talked(1, (WHO,), age=1)]), 1, code))
    loaded = load(SOURCE, job(lead_parts=("messages",)), server.connection)
    assert own(loaded) == {}
    days = [(POSTS_FROM, NOON.date() - 2 * DAY, "known"), (LAST, LAST, "known")]
    assert known(loaded, "own_comments") == days
    assert loaded.health["comments_unread"]["reason"].startswith(f"VK answered wall.getComments with error {code}: ")
    assert known(loaded, "posts") == [(POSTS_FROM, LAST, "known")]
    assert COMMUNITY in server.tokens, "messages are asked for all the same"


def test_vk_at_fault_for_one_post_leaves_its_day_unknown(far_end: Serve) -> None:
    posts = [talked(2, (WHO, -GROUP)), talked(1, (WHO,), age=1)]
    server = far_end(failing(far_ends(posts), 1, 10))
    loaded = load(SOURCE, job(), server.connection)
    assert own(loaded) == {2: 1}
    on = NOON.date()
    assert known(loaded, "own_comments") == [(POSTS_FROM, on - 2 * DAY, "known"), (on, LAST, "known")]
    assert [len(request) for request in scripts(server.asked)] == [2, 1, 1], "it alone was asked for again"


def test_an_execute_that_fails_is_worth_another_try(far_end: Serve) -> None:
    served = Vk(far_ends([talked(1, (WHO,))]), None).respond
    server = far_end(lambda asked: error(10) if "getComments" in asked.fields.get("code", "") else served(asked))
    with pytest.raises(Transient, match="VK answered execute with error 10"):
        load(SOURCE, job(), server.connection)


def test_a_history_asks_for_its_newest_posts_only(far_end: Serve) -> None:
    """A post of every third day for two years; each request asks for 25."""
    newest = datetime.combine(date(2024, 3, 31), NOON.timetz())
    posts = [post(5000 - n, newest - 3 * n * DAY) for n in range(243)]
    server = far_end(far_ends(posts))
    loaded = load(SOURCE, job(first_day=date(2022, 4, 29), last_day=date(2024, 3, 31)), server.connection)
    assert len(own(loaded)) == len(loaded.rows["posts"]) == 243
    assert len(scripts(server.asked)) == 10
    assert [state for *_, state in known(loaded, "own_comments")] == ["known"]


@pytest.mark.parametrize("count", [10**12, -1, "many", None])
def test_a_number_of_comments_that_cannot_be_leaves_its_day_unknown(count: Any, far_end: Serve) -> None:
    ends = far_ends([talked(2, (WHO, -GROUP)), talked(1, (-GROUP,), age=1)])

    def odd(page: dict[str, Any]) -> dict[str, Any]:
        of_second = page["items"] and page["items"][0]["post_id"] == 2
        return page | {"count": count, "current_level_count": count} if of_second else page

    loaded = load(SOURCE, job(), far_end(altered(Vk(ends, None).respond, "wall.getComments", odd)).connection)
    assert own(loaded) == {1: 1}
    assert len(loaded.rows["posts"]) == 2
