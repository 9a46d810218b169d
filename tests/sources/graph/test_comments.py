"""Comments below the posts of a Page and of an account over real HTTP: what is answered, and what is not known."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from smm.sources import Known
from smm.sources.graph import cursors
from smm.sources.graph.comments import MANY, MOST_REQUESTS
from tests.sources.facebook import page
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import Asked, GraphFarEnd, error
from tests.sources.graph.talking import SOMEBODY, Talks, Wrote
from tests.sources.instagram import account
from tests.sources.loading import Loaded

NOON = datetime(2024, 3, 10, 12, tzinfo=UTC)
FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)
SINCE = FIRST - timedelta(days=28)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FORBIDDEN = error(10, "(#10) This endpoint requires the permission", status=403)


@dataclass(frozen=True)
class Service:
    """Facebook, or Instagram."""

    own: str
    page: int  # comments that Meta lists at once
    permission: str
    name: Callable[[int], str]
    script: Callable[..., Any]
    listed: Callable[..., dict[str, Any]]
    loaded: Callable[..., Loaded]

    def posts(self, talks: Talks, says: Any = None, **other: Any) -> Any:
        """A script with a post of each of these talks, published at NOON, with a number of comments that is true."""
        numbers = [int(name.rpartition("_")[2]) for name in talks]
        return self.of([self.listed(number, NOON) for number in numbers], talks, says, **other)

    def of(self, posts: list[dict[str, Any]], talks: Talks, says: Any = None, **other: Any) -> Any:
        key = "posts" if self is FACEBOOK else "media"
        return self.script(**{key: posts}, talks=talks, says=says, **other)


FACEBOOK = Service(
    str(page.PAGE), 100, "pages_read_user_content", lambda n: f"{page.PAGE}_{n}", page.Page, page.listed, page.loaded
)
INSTAGRAM = Service(
    str(account.ACCOUNT),
    50,
    "instagram_manage_comments",
    str,
    account.Account,
    account.listed,
    account.loaded,
)


@pytest.fixture(params=[FACEBOOK, INSTAGRAM], ids=["facebook", "instagram"])
def service(request: pytest.FixtureRequest) -> Service:
    found: Service = request.param
    return found


def threads(found: Loaded) -> list[tuple[float, float | None]]:
    """Minutes after NOON at which each began, and until it was answered."""
    told = []
    for row in found.named["threads"]:
        began, answered = row["started_at"], row["answered_at"]
        told.append(((began - NOON) / MINUTE, None if answered is None else (answered - began) / MINUTE))
    return sorted(told)


def own(found: Loaded) -> dict[int, int]:
    return {row["post_id"]: row["own_comments"] for row in found.named["own_comments"]}


def comment(name: str, minutes: float, author: str | None = SOMEBODY, parent: str | None = None) -> Wrote:
    return Wrote(name, NOON + minutes * MINUTE, author, parent)


def asked(far_end: GraphFarEnd) -> list[Asked]:
    return [one for one in far_end.asked if one.path.endswith(("/comments", "/replies"))]


asked_of = asked  # where `asked` is a call


def unanswered(found: Loaded) -> list[str | None]:
    return [one.reason for one in found.known_of("comments") if one.state == "unanswered"]


def test_a_comment_is_answered_by_the_page_below_it(graph_far_end: Serve, service: Service) -> None:
    talk = [
        comment("1", 10),
        comment("11", 30, service.own, "1"),
        comment("12", 20, service.own, "1"),
        comment("2", 40),
        comment("21", 50, SOMEBODY, "2"),
        comment("3", 60, service.own),
    ]
    found = service.loaded(graph_far_end(service.posts({service.name(7): talk})))
    assert threads(found) == [(10, 10), (40, None)], "neither answers nor what the page itself began"
    assert {row["kind"] for row in found.named["threads"]} == {"comments"}
    assert own(found) == {7: 1 if service is FACEBOOK else 3}, "Facebook's number of comments has no answers in it"
    assert found.known_of("comments") == [Known("comments", FIRST, LAST)]
    assert found.known_of("own_comments") == [Known("own_comments", SINCE, LAST)]


@pytest.mark.parametrize(("seconds", "counts"), [(1, False), (3, False), (4, True), (86_400, True), (86_401, False)])
def test_an_answer_is_what_a_human_wrote_within_a_day(
    graph_far_end: Serve, service: Service, seconds: int, counts: bool
) -> None:
    talk = [comment("1", 10), comment("11", 10 + seconds / 60, service.own, "1")]
    found = service.loaded(graph_far_end(service.posts({service.name(7): talk})))
    assert [answered is not None for _, answered in threads(found)] == [counts]


def test_an_answer_to_an_answer_is_below_the_first_comment(graph_far_end: Serve) -> None:
    """Facebook names the comment that is answered; Instagram puts all below the first one."""
    talk = [
        comment("1", 10),
        comment("11", 20, SOMEBODY, "1"),
        comment("12", 30, FACEBOOK.own, "11"),
        comment("13", 40, FACEBOOK.own, "gone"),
    ]
    found = FACEBOOK.loaded(graph_far_end(FACEBOOK.posts({FACEBOOK.name(7): talk})))
    assert threads(found) == [(10, 20)]


def test_answers_that_go_round_in_a_circle_come_to_an_end(graph_far_end: Serve) -> None:
    talk = [comment("1", 10), comment("11", 20, FACEBOOK.own, "12"), comment("12", 30, FACEBOOK.own, "11")]
    found = FACEBOOK.loaded(graph_far_end(FACEBOOK.posts({FACEBOOK.name(7): talk})))
    assert threads(found) == [(10, None)]


def test_the_page_may_bear_another_number_than_in_the_clients_file(graph_far_end: Serve) -> None:
    """Pages have two: that of their address, and that with which they write."""

    def says(asked: Asked) -> Any:
        return {"id": "61"} if asked.path == str(page.PAGE) and "followers_count" in asked.fields["fields"] else None

    talk = [comment("1", 10), comment("11", 20, "61", "1")]
    found = FACEBOOK.loaded(graph_far_end(FACEBOOK.posts({FACEBOOK.name(7): talk}, says)))
    assert threads(found) == [(10, 10)]


@pytest.mark.parametrize("author", ["61", FACEBOOK.own])
def test_the_number_that_posts_begin_with_is_the_pages_own_too(graph_far_end: Serve, author: str) -> None:
    talks = {"61_7": [comment("1", 10), comment("11", 20, author, "1"), comment("2", 30, author)]}
    found = FACEBOOK.loaded(graph_far_end(FACEBOOK.of([page.listed(7, NOON, id="61_7")], talks)))
    assert threads(found) == [(10, 10)]
    assert own(found) == {7: 1}


def test_whatever_days_are_asked_for_the_comments_are_the_same(graph_far_end: Serve, service: Service) -> None:
    """A comment belongs to its own day; one that was written more than 28 days after the post to none."""
    posts = [service.listed(at, NOON - at * DAY) for at in range(1, 60, 9)]
    talks = {
        service.name(at): [Wrote(f"{at}0{nth}", NOON + nth * 7 * timedelta(hours=1)) for nth in range(-4, 4)]
        for at in range(1, 60, 9)
    }
    script = service.of(posts, talks)

    def found(first_day: date, last_day: date) -> list[Any]:
        loaded = service.loaded(graph_far_end(script), first_day=first_day, last_day=last_day)
        return sorted(row["peer"] for row in loaded.named["threads"])

    whole = found(FIRST, LAST)
    assert len(whole) == 8 * 3 + 6, "of the posts of 1, 10 and 19 days, and of that of 28 days until it was too old"
    by_day = [found(day, day) for day in (FIRST, FIRST + DAY, LAST)]
    assert whole == sorted(peer for peers in by_day for peer in peers)
    assert all(by_day)


def test_lists_are_followed_to_their_end(graph_far_end: Serve, service: Service) -> None:
    """Each post's, and on Instagram the answers to each comment, too."""
    many = [comment(f"1{at}", 300 + at) for at in range(service.page + 20)]
    answers = [comment(f"2{at}", 1000 + at, SOMEBODY, "10") for at in range(60)]
    first = comment("3", 302, service.own, "10")  # Meta lists the newest first: it is the last of all
    far_end = graph_far_end(service.posts({service.name(7): [*many, *answers, first], service.name(6): []}))
    found = service.loaded(far_end)
    assert len(threads(found)) == service.page + 20
    assert [answered for began, answered in threads(found) if began == 300] == [2]
    assert own(found) == {7: 0 if service is FACEBOOK else 1, 6: 0}
    (answer,) = (one for one in found.answers if one.name == "comments")
    assert answer.requests == (2 if service is FACEBOOK else 3), "both first pages, and what follows one of them"


def test_fifty_posts_are_asked_in_one_request(graph_far_end: Serve, service: Service) -> None:
    posts = [service.listed(at, NOON - at * MINUTE) for at in range(100)]
    far_end = graph_far_end(service.of(posts, {}))
    found = service.loaded(far_end)
    assert len(threads(found)) == 200
    assert [one.name for one in found.answers if one.requests == 2 and one.name == "comments"] == ["comments"]


def test_a_post_whose_tally_is_zero_is_asked_all_the_same(graph_far_end: Serve, service: Service) -> None:
    """Meta's own number may lack what the list has."""
    none = {"comments_count": 0, "comments": {"data": [], "summary": {"total_count": 0}}}
    posts = [service.listed(7, NOON, **none)]
    found = service.loaded(graph_far_end(service.of(posts, {service.name(7): [comment("1", 10)]})))
    assert threads(found) == [(10, None)]


def test_a_list_that_is_too_long_is_unknown_where_it_was_not_read(graph_far_end: Serve, service: Service) -> None:
    """The newest were read, so that the days of the older ones alone are unknown, and never without comments."""
    count = (1 + MOST_REQUESTS) * service.page + 1
    talk = [comment(str(1000 + at), at) for at in range(count - 1)]  # ten hours and more of one day
    talk += [comment("1", -1), comment("9", 24 * 60, service.own)]
    old = service.listed(7, NOON - DAY)
    far_end = graph_far_end(service.of([old, service.listed(6, NOON)], {service.name(7): talk, service.name(6): []}))
    found = service.loaded(far_end)
    assert len(asked(far_end)) == 2 + MOST_REQUESTS
    assert own(found) == {6: 0}
    reason = found.known_of("comments")[1].reason
    assert "comments of post 7: not all of them were read" in str(reason)
    assert found.known_of("comments") == [
        Known("comments", FIRST, LAST),
        Known("comments", FIRST, FIRST + DAY, "unanswered", reason),
    ]
    assert found.known_of("own_comments") == [
        Known("own_comments", SINCE, LAST),
        Known("own_comments", FIRST, FIRST, reason=reason),
    ]


def test_answers_that_were_not_read_make_the_day_of_their_comment_unknown(graph_far_end: Serve) -> None:
    many = [comment(f"1{at}", 24 * 60 + at, SOMEBODY, "1") for at in range((1 + MOST_REQUESTS) * 50 + 1)]
    talk = [comment("1", 10), *many, comment("2", 20)]
    found = INSTAGRAM.loaded(graph_far_end(INSTAGRAM.posts({"7": talk})))
    assert [(one.first_day, one.last_day, one.state) for one in found.known_of("comments")] == [
        (FIRST, LAST, "known"),
        (NOON.date(), NOON.date(), "unanswered"),
    ]


def test_a_cursor_that_leads_to_itself_comes_to_an_end(graph_far_end: Serve, service: Service) -> None:
    written_at = {"created_time": "2024-03-10T12:10:00+0000", "timestamp": "2024-03-10T12:10:00+0000"}
    paging = {"cursors": {"after": "A"}, "next": "https://graph.facebook.com"}
    told = {"data": [{"id": "1", "from": {"id": SOMEBODY}} | written_at], "paging": paging}
    script = service.posts({service.name(7): []}, lambda asked: told if asked.path.endswith("/comments") else None)
    far_end = graph_far_end(script)
    found = service.loaded(far_end)
    assert threads(found) == [(10, None)]
    assert len(asked(far_end)) == 2
    assert unanswered(found) == [f"comments of post 7: {cursors.ROUND}"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"success": True}, cursors.NO_LIST),
        ({"data": None}, cursors.NO_LIST),
        ({"data": [], "paging": {"next": "https://graph.facebook.com"}}, cursors.NOWHERE),
    ],
)
def test_a_list_that_is_cut_leaves_its_days_unanswered(
    graph_far_end: Serve, service: Service, told: Any, why: str
) -> None:
    script = service.posts(
        {service.name(7): [], service.name(6): [comment("1", 10)]},
        lambda asked: told if asked.path == f"{service.name(7)}/comments" else None,
    )
    found = service.loaded(graph_far_end(script))
    assert unanswered(found) == [f"comments of post 7: {why}"]
    assert own(found) == {6: 0}


def test_without_the_right_to_comments_they_are_unknown_and_the_rest_is_loaded(
    graph_far_end: Serve, service: Service
) -> None:
    script = service.posts(
        {service.name(7): [], service.name(6): []},
        lambda asked: FORBIDDEN if asked.path.endswith("/comments") else None,
    )
    found = service.loaded(graph_far_end(script))
    assert len(found.rows["posts"]) == 2
    assert "threads" not in found.rows
    (comments,), (own,) = found.known_of("comments"), found.known_of("own_comments")
    assert comments.state == own.state == "no_access"
    assert comments.reason == own.reason
    assert str(comments.reason).startswith(f"to read comments, the token needs {service.permission}: Meta answered")


def test_nothing_under_a_tally_is_no_zero(graph_far_end: Serve, service: Service) -> None:
    """To a token without the right Meta may say that there are none."""
    found = service.loaded(graph_far_end(service.posts({service.name(7): [], service.name(6): []})))
    (known,) = found.known_of("comments")
    needed = f"to read comments, the token needs {service.permission}: Meta counts 4 of them and lists none"
    assert (known.state, known.reason) == ("no_access", needed)


def test_one_list_that_is_shorter_than_its_tally_is_believed(graph_far_end: Serve, service: Service) -> None:
    found = service.loaded(graph_far_end(service.posts({service.name(7): [], service.name(6): [comment("1", 10)]})))
    assert threads(found) == [(10, None)]
    assert found.known_of("comments") == [Known("comments", FIRST, LAST)]


def test_comments_without_any_author_are_unknown(graph_far_end: Serve, service: Service) -> None:
    talk = [comment("1", 10, None), comment("11", 20, None, "1")]
    found = service.loaded(graph_far_end(service.posts({service.name(7): talk})))
    (known,) = found.known_of("comments")
    assert known.state == "no_access"
    assert str(known.reason).endswith("Meta does not say who wrote them")


def test_a_person_whom_meta_hides_is_no_page(graph_far_end: Serve, service: Service) -> None:
    talk = [comment("1", 10, None), comment("11", 20, service.own, "1")]
    found = service.loaded(graph_far_end(service.posts({service.name(7): talk})))
    assert threads(found) == [(10, 10)]


def test_a_post_that_is_refused_alone_is_told_and_the_others_are_counted(
    graph_far_end: Serve, service: Service
) -> None:
    script = service.posts(
        {service.name(7): [], service.name(6): [comment("1", 10)]},
        lambda asked: FORBIDDEN if asked.path == f"{service.name(7)}/comments" else None,
    )
    found = service.loaded(graph_far_end(script))
    assert threads(found) == [(10, None)]
    assert own(found) == {6: 0}
    _, lacking = found.known_of("comments")
    assert (lacking.first_day, lacking.last_day, lacking.state) == (NOON.date(), LAST, "flagged")
    assert str(lacking.reason).startswith("comments of post 7: Meta answered with error 10")


def test_a_post_that_was_deleted_after_it_was_listed_takes_its_comments_with_it(
    graph_far_end: Serve, service: Service
) -> None:
    script = service.posts(
        {service.name(7): [], service.name(6): [comment("1", 10)]},
        lambda asked: page.GONE if asked.path == f"{service.name(7)}/comments" else None,
    )
    found = service.loaded(graph_far_end(script))
    assert threads(found) == [(10, None)]
    assert own(found) == {6: 0}
    assert found.known_of("comments") == [Known("comments", FIRST, LAST)]


def test_where_no_post_is_left_of_several_a_right_is_missing(graph_far_end: Serve, service: Service) -> None:
    script = service.posts(
        {service.name(7): [], service.name(6): []},
        lambda asked: page.GONE if asked.path.endswith("/comments") else None,
    )
    (known,) = service.loaded(graph_far_end(script)).known_of("comments")
    assert known.state == "no_access"


def test_a_comment_without_a_moment_is_told(graph_far_end: Serve, service: Service) -> None:
    told = {"data": [{"id": "1", "from": {"id": SOMEBODY}}]}
    script = service.posts({service.name(7): []}, lambda asked: told if asked.path.endswith("/comments") else None)
    _, lacking = service.loaded(graph_far_end(script)).known_of("comments")
    assert (lacking.state, "does not say when a comment was written" in str(lacking.reason)) == ("flagged", True)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (error(4, "(#4) Application request limit reached", status=403), "Meta's allowance is used up"),
        (error(1, "Please reduce the amount of data you're asking for", status=500), "did not answer in 3 tries"),
    ],
)
def test_what_ends_the_comments_leaves_the_rest_loaded(
    graph_far_end: Serve, service: Service, said: Any, why: str
) -> None:
    script = service.posts({service.name(7): []}, lambda asked: said if asked.path.endswith("/comments") else None)
    found = service.loaded(graph_far_end(script))
    assert len(found.rows["posts"]) == 1
    _, lacking = found.known_of("comments")
    assert (lacking.first_day, lacking.last_day, lacking.state) == (NOON.date(), LAST, "unanswered")
    assert why in str(lacking.reason)


DEAD = error(190, "Error validating access token: Session has expired", subcode=463)


def test_a_token_that_dies_meanwhile_leaves_what_was_read(graph_far_end: Serve, service: Service) -> None:
    """Fifty posts were asked about when it ended, and the rest has its reason."""
    posts = [service.listed(at, NOON - at * MINUTE) for at in range(100, 160)]
    script = service.of(posts, {})
    far_end = graph_far_end(script)
    script.says = lambda asked: DEAD if asked.path.endswith("/comments") and len(asked_of(far_end)) > 50 else None
    found = service.loaded(far_end)
    assert len(found.rows["posts"]) == 60
    assert len(threads(found)) == 100
    assert len(own(found)) == 50
    lacking = [one for one in found.known_of("comments") if one.state == "unanswered"]
    assert {(one.first_day, one.last_day) for one in lacking} == {(NOON.date(), LAST)}
    assert len(lacking) == 10
    assert all("the token is dead: issue a new one" in str(one.reason) for one in lacking)


def test_a_token_that_is_dead_before_the_first_comment_leaves_the_rest_loaded(
    graph_far_end: Serve, service: Service
) -> None:
    script = service.posts({service.name(7): []}, lambda asked: DEAD if asked.path.endswith("/comments") else None)
    found = service.loaded(graph_far_end(script))
    assert len(found.rows["posts"]) == 1
    for report in ("comments", "own_comments"):
        (known,) = found.known_of(report)
        assert known.state == "no_access"
        assert "the token is dead: issue a new one" in str(known.reason)


def test_posts_that_may_not_be_listed_have_no_known_comments(graph_far_end: Serve, service: Service) -> None:
    edges = ("/published_posts", "/media")
    script = service.posts({}, lambda asked: FORBIDDEN if asked.path.endswith(edges) else None)
    found = service.loaded(graph_far_end(script))
    assert [one.state for one in found.known_of("comments")] == ["no_access"]
    assert [one.state for one in found.known_of("own_comments")] == ["no_access"]


def test_nothing_of_people_is_kept(graph_far_end: Serve, service: Service) -> None:
    """Neither who they are, nor the numbers of their comments, whatever Meta says unasked."""
    said: dict[str, Any] = {"id": "55501", "message": "my phone", "text": "my phone"}
    said |= {"from": {"id": SOMEBODY, "name": "Boris", "username": "boris"}}
    said |= {"created_time": "2024-03-10T12:10:00+0000", "timestamp": "2024-03-10T12:10:00+0000"}
    told = {"data": [said]}
    script = service.posts({service.name(7): []}, lambda asked: told if asked.path.endswith("/comments") else None)
    found = service.loaded(graph_far_end(script))
    (answer,) = (one for one in found.answers if one.name == "comments")
    kept = (
        repr(found.rows)
        + repr(found.known)
        + "".join(f"{a.request}{a.context}{a.body.decode()}" for a in found.answers)
    )
    for secret in (SOMEBODY, "Boris", "boris", "phone", "55501"):
        assert secret not in kept
    ((post,),) = (one["posts"] for one in json.loads(answer.body))
    assert post.keys() == {"post", "published_at", "own", "threads", "unread", "refused", "is_gone"}
    ((name, _, _),) = post["threads"]
    other = service.loaded(graph_far_end(script), client="pekarnya").named["threads"][0]["peer"]
    assert other != name == found.named["threads"][0]["peer"]


def test_an_id_that_comes_as_a_number_is_the_same(graph_far_end: Serve, service: Service) -> None:
    talk = [comment("1", 10), Wrote("11", NOON + 20 * MINUTE, int(service.own), "1")]  # type: ignore[arg-type]
    found = service.loaded(graph_far_end(service.posts({service.name(7): talk})))
    assert threads(found) == [(10, 10)]


@pytest.mark.parametrize("author", [["x"], {"a": 1}, True])
def test_an_author_of_another_kind_is_somebody(graph_far_end: Serve, service: Service, author: Any) -> None:
    talk = [Wrote("1", NOON + 10 * MINUTE, author), comment("2", 20)]
    found = service.loaded(graph_far_end(service.posts({service.name(7): talk})))
    assert threads(found) == [(10, None), (20, None)]


def test_a_parent_of_another_kind_costs_no_load(graph_far_end: Serve) -> None:
    talk = [comment("1", 10), Wrote("2", NOON, FACEBOOK.own, ["x"])]  # type: ignore[arg-type]
    found = FACEBOOK.loaded(graph_far_end(FACEBOOK.posts({FACEBOOK.name(7): talk})))
    assert threads(found) == [(10, None)]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+0000", "9999-12-31T23:59:59+0000", "2024-03-10T12:10:00"])
def test_a_moment_that_is_none_costs_no_load(graph_far_end: Serve, service: Service, at: str) -> None:
    told = {"data": [{"id": "1", "from": {"id": SOMEBODY}, "created_time": at, "timestamp": at}]}
    script = service.posts({service.name(7): []}, lambda asked: told if asked.path.endswith("/comments") else None)
    _, lacking = service.loaded(graph_far_end(script)).known_of("comments")
    assert (lacking.state, "does not say when a comment was written" in str(lacking.reason)) == ("flagged", True)


def test_a_comment_below_two_posts_is_one(graph_far_end: Serve, service: Service) -> None:
    talks = {service.name(at): [comment("1", 10)] for at in (7, 8)}
    assert threads(service.loaded(graph_far_end(service.posts(talks)))) == [(10, None)]


@pytest.mark.parametrize(
    ("people", "answers", "state"), [(MANY, 0, "flagged"), (MANY, 1, "known"), (MANY - 1, 0, "known")]
)
def test_an_account_that_is_never_recognised_is_not_said_to_be_silent(
    graph_far_end: Serve, service: Service, people: int, answers: int, state: str
) -> None:
    """It may answer under another account, whose comments are as anybody's."""
    talk = [comment(str(100 + at), at) for at in range(people)]
    talk += [comment("2", 90, SOMEBODY, "100"), *[comment("3", 95, service.own, "100")] * answers]
    found = service.loaded(graph_far_end(service.posts({service.name(7): talk})))
    known = found.known_of("comments")[-1]
    assert (known.first_day, known.last_day, known.state) == (FIRST, LAST, state)
    assert (f"was recognised among {people + 1}:" in str(known.reason)) == (state == "flagged")
    assert len(threads(found)) == people


def test_a_post_whose_comments_meta_is_always_busy_for_is_unanswered(graph_far_end: Serve, service: Service) -> None:
    """Its days keep what was known, because it may be had later."""
    busy = error(2, "Please retry", status=500)
    script = service.posts(
        {service.name(7): [], service.name(6): [comment("1", 10)]},
        lambda asked: busy if asked.path == f"{service.name(7)}/comments" else None,
    )
    found = service.loaded(graph_far_end(script))
    assert threads(found) == [(10, None)]
    (reason,) = unanswered(found)
    assert str(reason).startswith("comments of post 7: Meta answered with error 2")
