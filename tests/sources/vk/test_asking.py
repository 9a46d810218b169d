"""VK over real HTTP: in how many requests it is asked, by which token, and what may not be seen."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sandbox.vk.api import Vk
from smm.sources import BadInput, Refused, SourceError
from smm.sources.vk import SOURCE
from tests.sources.loading import job, load
from tests.sources.vk.community import (
    FIRST,
    LAST,
    POSTS_FROM,
    Serve,
    answer,
    far_ends,
    followers,
    known,
    post,
    read,
    statistics,
)
from tests.sources.vk.far_end import SERVICE, USER, error, refusing


def test_requests_of_a_daily_run(far_end: Serve) -> None:
    server = far_end(far_ends([post(1)]))
    load(SOURCE, job(), server.connection)
    assert server.methods == ["groups.getById", "wall.get", "execute", "execute", "execute"]
    assert [request.fields["access_token"] for request in server.asked] == [SERVICE, SERVICE, USER, USER, USER]
    assert {request.fields["v"] for request in server.asked} == {"5.199"}


def test_each_answer_tells_its_requests_and_the_first_whose_they_are(far_end: Serve) -> None:
    server = far_end(far_ends([post(1)]))
    loaded = load(SOURCE, job(), server.connection)
    assert loaded.identity == {"community": "101"}
    assert [(one.name, one.requests) for one in loaded.answers] == [
        ("community", 2),  # and the wall's first page, which was waited for
        ("wall", 0),
        *[("stats", 1), ("stats", 0), ("stats", 0)],
        ("post_reach", 1),
        ("own_comments", 1),
    ]


def test_without_a_service_token_all_goes_by_the_users(far_end: Serve) -> None:
    server = far_end(far_ends([post(1)]))
    server.connection.extra_dejson = {}
    load(SOURCE, job(), server.connection)
    assert server.methods == ["execute"] * 4


def test_requests_of_24_months_and_3000_posts(far_end: Serve) -> None:
    """30 requests are the measure; one by one they would be 140."""
    first_day, last_day = date(2022, 4, 1), date(2024, 3, 31)
    newest = datetime(2024, 3, 31, 12, tzinfo=UTC)
    posts = [post(5000 - n, newest - timedelta(hours=5.8 * n)) for n in range(3000)]
    server = far_end(far_ends(posts))
    loaded = load(SOURCE, job(first_day=first_day, last_day=last_day), server.connection)
    assert len(loaded.rows["posts"]) == len(loaded.rows["post_reach"]) == 3000
    assert known(loaded, "stats")[0][0] == first_day
    assert known(loaded, "stats")[-1][1] == last_day
    days = [row[2] for row in statistics(loaded) if row[1] == "day"]
    assert len(days) == len(set(days)) == 731
    assert len(loaded.rows["own_comments"]) == 250
    assert len(server.asked) == 22  # 10 of them for comments


def test_statistics_that_may_not_be_seen_leave_the_wall(far_end: Serve) -> None:
    loaded = load(SOURCE, job(), far_end(far_ends([post(1)], stats=None)).connection)
    assert {state for _, _, state in known(loaded, "stats")} == {"no_access"}
    assert known(loaded, "post_reach") == [(POSTS_FROM, LAST, "no_access")]
    assert known(loaded, "posts") == [(POSTS_FROM, LAST, "known")]
    assert len(loaded.rows["posts"]) == len(followers(loaded)) == 1
    reasons = {part.reason for part in loaded.known if part.state == "no_access"}
    assert reasons == {
        f"VK refuses {method} with error 15: the token's user needs rights for it: an administrator or editor of the"
        ' community, with the scope stats (VK says: "Access denied: statistics of this community are not available to'
        ' you")'
        for method in ("stats.get", "stats.getPostReach")
    }


def test_a_wall_that_may_not_be_seen_leaves_the_statistics(far_end: Serve) -> None:
    served = Vk(far_ends([post(1)]), None).respond
    server = far_end(lambda asked: error(15) if asked.path == "/method/wall.get" else served(asked))
    loaded = load(SOURCE, job(), server.connection)
    assert known(loaded, "posts") == [(POSTS_FROM, LAST, "no_access")]
    assert known(loaded, "stats") == [(FIRST, LAST, "known")]


MINE = {
    "groups.getById": ["members"],
    "wall.get": ["posts", "own_comments"],
    "stats.get": ["stats"],
    "stats.getPostReach": ["post_reach"],
    "wall.getComments": ["own_comments"],
}


@pytest.mark.parametrize("method", MINE)
@pytest.mark.parametrize("code", [8, 15, 23, 100, 150, 777, 1051])
def test_what_vk_refuses_of_one_call_is_unknown_and_the_rest_is_loaded(code: int, method: str, far_end: Serve) -> None:
    server = far_end(refusing(Vk(far_ends([post(1)]), None).respond, code, method, words="not for you"))
    loaded = load(SOURCE, job(), server.connection)
    unknown = {part.report for part in loaded.known if part.state == "no_access"}
    assert unknown == set(MINE[method])
    reports = {"members", "stats", "posts", "post_reach", "own_comments"}
    dependent = {"post_reach"} if method == "wall.get" else set()  # no post, no reach to ask for
    assert {part.report for part in loaded.known} == reports - dependent
    for part in loaded.known:
        if part.state == "no_access":
            assert str(part.reason).startswith(f"VK refuses {method} with error {code}: ")
            assert str(part.reason).endswith('(VK says: "not for you")')


@pytest.mark.parametrize(
    ("code", "kind", "told"),
    [
        (125, BadInput, "check the community's number in the client's file"),
        (18, Refused, "is deleted or blocked"),
        (15, Refused, "the token's user needs rights for it"),
    ],
)
def test_where_vk_refuses_everything_the_load_fails(
    code: int, kind: type[SourceError], told: str, far_end: Serve
) -> None:
    methods = ("groups.getById", "wall.get", "stats.get")
    server = far_end(refusing(Vk(far_ends([post(1)]), None).respond, code, *methods))
    with pytest.raises(kind, match=f"VK answered groups.getById with error {code}: .*{told}"):
        load(SOURCE, job(), server.connection)


def test_a_dead_token_fails_the_load_although_another_token_sees_the_wall(far_end: Serve) -> None:
    """It is loaded when there is a new one; an unknown day would be taken for one that VK does not tell."""
    server = far_end(refusing(Vk(far_ends([post(1)]), None).respond, 5, "stats.get"))
    with pytest.raises(Refused, match="error 5: the token is dead"):
        load(SOURCE, job(), server.connection)


def test_no_token_in_what_is_archived(far_end: Serve) -> None:
    loaded = load(SOURCE, job(), far_end(far_ends([post(1)])).connection)
    assert len(loaded.answers) == 7
    assert "SECRET" not in repr(loaded.answers)


def test_answers_of_other_names_are_refused() -> None:
    with pytest.raises(BadInput, match="'weather'"):
        read(answer("weather", {}))
