"""How posts of Meta's networks look: asked in one batch, pictures from Meta's own hosts, soon or not at all."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.loopback import Answer
from smm.sources import Access, BadInput, QuotaSpent, Refused, Shown, SourceError, Transient, facebook, instagram
from smm.sources import hurried as hurried_http
from smm.sources.graph import showing
from smm.sources.graph.api import VERSION
from smm.sources.hurried import Hurried
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import HTML, NO_TIME, PAGE_TOKEN, TOKEN, Asked, GraphFarEnd, TurnsNoted, error
from tests.sources.loading import Connection

PAGE, ACCOUNT = "101", "17841"
PICTURE = b"\xff\xd8 a picture"
GONE = error(100, "Unsupported get request. Object with ID '1' does not exist", subcode=33)
RIGHT = error(10, "(#10) This endpoint requires the 'pages_read_engagement' permission", status=403)

Json = dict[str, Any]


def saying(posts: dict[str, Any], picture: Answer | None = None) -> Callable[[Asked], Any]:
    """A Meta that has these posts by their own names, and one picture wherever one is asked for."""

    def said(asked: Asked) -> Any:
        if "fields" not in asked.fields:
            assert not asked.authorization, "a picture needs no token"
            return picture or Answer(200, "image/jpeg", PICTURE)
        if asked.fields["fields"] == "access_token":
            return {"access_token": PAGE_TOKEN, "id": asked.path}
        return posts.get(asked.path, GONE)

    return said


def of_page(far_end: GraphFarEnd, *posts: str) -> list[Shown]:
    return facebook.SOURCE.show(PAGE, posts, far_end.access())


def of_account(far_end: GraphFarEnd, *posts: str) -> list[Shown]:
    return instagram.SOURCE.show(ACCOUNT, posts, far_end.access())


def calls(far_end: GraphFarEnd) -> list[tuple[str, str]]:
    return [(asked.path, asked.authorization) for asked in far_end.asked if asked.authorization]


def test_a_pages_posts_are_asked_in_one_batch_with_its_own_token(graph_far_end: Serve) -> None:
    link = "https://www.facebook.com/reel/7"
    posts: Json = {
        "101_7": {"message": "New rings", "permalink_url": link},
        "101_9": {"message": "Old rings", "permalink_url": "https://www.facebook.com/101/posts/9"},
    }
    far_end = graph_far_end(saying(posts))
    posts["101_7"]["full_picture"] = f"{far_end.connection.host}/a.jpg"
    assert of_page(far_end, "7", "8", "9") == [
        Shown("7", "New rings", PICTURE, link),
        Shown("9", "Old rings", None, "https://www.facebook.com/101/posts/9"),
    ]
    own = [(f"101_{post}", f"Bearer {PAGE_TOKEN}") for post in (7, 8, 9)]
    assert calls(far_end) == [(PAGE, f"Bearer {TOKEN}"), *own]
    assert far_end.asked[1].fields == {"fields": "message,full_picture,permalink_url"}
    assert len(far_end.requests) == 3, "the token, the batch, the picture"


def test_a_page_that_writes_under_another_number_has_its_texts_and_pictures(graph_far_end: Serve) -> None:
    """The client's file has the number of its address; posts begin with the other one, as the newest shows."""
    newest: Json = {"data": [{"id": "61_12", "message": "never asked for"}]}
    posts: Json = {"61_7": {"message": "New rings"}, "101/published_posts": newest}
    far_end = graph_far_end(saying(posts))
    posts["61_7"]["full_picture"] = f"{far_end.connection.host}/a.jpg"
    assert of_page(far_end, "7", "8") == [Shown("7", "New rings", PICTURE)]
    assert far_end.asked[3].fields == {"fields": "id", "limit": "1"}
    assert len(far_end.requests) == 5, "the token, the batch, the newest post, another batch, the picture"


@pytest.mark.parametrize(
    "newest", [{"data": [{"id": "101_12"}]}, {"data": []}, {"data": [{"id": 7}]}, RIGHT, HTML, GONE]
)
def test_where_no_other_number_is_found_the_posts_are_gone(graph_far_end: Serve, newest: Any) -> None:
    far_end = graph_far_end(saying({"101/published_posts": newest}))
    with pytest.raises(Refused, match="there is no such object"):
        of_page(far_end, "7", "9")
    assert len(far_end.requests) == 3


def test_an_accounts_posts_are_asked_with_the_connections_token(graph_far_end: Serve) -> None:
    posts: Json = {"7": {"caption": "A ring", "permalink": "https://www.instagram.com/p/Cxyz/"}, "9": {}}
    far_end = graph_far_end(saying(posts))
    posts["7"]["media_url"] = f"{far_end.connection.host}/a.jpg"
    assert of_account(far_end, "7", "9") == [
        Shown("7", "A ring", PICTURE, "https://www.instagram.com/p/Cxyz/"),
        Shown("9", ""),
    ]
    assert calls(far_end) == [("7", f"Bearer {TOKEN}"), ("9", f"Bearer {TOKEN}")]
    assert far_end.asked[0].fields == {"fields": "caption,thumbnail_url,media_url,permalink"}
    assert len(far_end.requests) == 2


def test_of_a_reel_the_thumbnail_is_taken_and_not_the_film(graph_far_end: Serve) -> None:
    posts: Json = {"7": {}}
    far_end = graph_far_end(saying(posts))
    host = far_end.connection.host
    posts["7"] = {"media_url": f"{host}/film.mp4", "thumbnail_url": f"{host}/still.jpg"}
    assert of_account(far_end, "7")[0].picture == PICTURE
    assert far_end.requests[-1].path == "/still.jpg"


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://scontent-arn2-1.xx.fbcdn.net/v/t39.30808-6/a.jpg?stp=dst-jpg&oh=00&oe=67", True),
        ("https://scontent.cdninstagram.com/v/t51.29350-15/a.jpg", True),
        ("https://fbcdn.net.evil.example/a.jpg", False),
        ("https://evilcdninstagram.com/a.jpg", False),
        ("http://scontent.cdninstagram.com/a.jpg", False),
        ("https://graph.facebook.com/v26.0/101?fields=access_token", False),
        ("http://127.0.0.1:8080/", False),
        ("https://169.254.169.254/latest/meta-data", False),
    ],
)
def test_pictures_come_from_metas_own_hosts_by_https_alone(address: str, may: bool) -> None:
    with Hurried(1, showing.HOSTS, is_here=False) as http:
        assert http._may_ask(address) is may


@pytest.mark.parametrize(
    "link",
    [
        "http://www.instagram.com/p/Cxyz/",
        "https://www.instagram.com.evil.example/p/Cxyz/",
        "https://evil.example/?https://www.instagram.com/",
        "https://www.instagram.com@evil.example/",
        "https://anna:secret@www.instagram.com/p/Cxyz/",
        "https://www.instagram.com:8443/p/Cxyz/",
        "https://www.instagram.com:x/",
        "https://[::1",
        "HTTPS://www.instagram.com/p/Cxyz/",
        " https://www.instagram.com/p/Cxyz/",
        "https://www.instagram.com/p/Cxyz/ ",
        "https://www.instagram.com/p/Cx\nyz/",
        "\thttps://www.instagram.com/p/Cxyz/",
        "javascript:alert(1)",
        "",
        7,
        None,
    ],
)
def test_a_link_leads_to_metas_site_by_https_or_nowhere(graph_far_end: Serve, link: Any) -> None:
    assert of_account(graph_far_end(saying({"7": {"permalink": link}})), "7") == [Shown("7", "")]


@pytest.mark.parametrize(
    "picture",
    [
        Answer(302, "text/html", b"", {"Location": "http://127.0.0.1:1/"}),
        Answer(200, "image/jpeg", b"x" * (hurried_http.MOST_OF_PICTURE + 1)),
        Answer(200, "image/jpeg", PICTURE * 99, sent=10),
        Answer(403, "text/html", b"URL signature expired"),
        Answer(404, "text/html", b""),
    ],
)
def test_a_picture_that_does_not_come_whole_is_none(graph_far_end: Serve, picture: Answer) -> None:
    posts: Json = {"7": {"caption": "A ring"}}
    far_end = graph_far_end(saying(posts, picture))
    posts["7"]["media_url"] = f"{far_end.connection.host}/a.jpg"
    assert of_account(far_end, "7") == [Shown("7", "A ring")]
    assert len(far_end.requests) == 2


def test_a_post_that_may_not_be_seen_is_not_said_to_be_gone(graph_far_end: Serve) -> None:
    """It keeps the link that it has."""
    far_end = graph_far_end(saying({"101_7": RIGHT, "101_9": {"message": "Old rings"}}))
    assert of_page(far_end, "7", "8", "9") == [Shown("7", ""), Shown("9", "Old rings")]


@pytest.mark.parametrize("busy", [error(2, "Please retry", status=500), NO_TIME], ids=["2", "null"])
def test_a_post_that_meta_is_too_busy_for_costs_the_others_nothing(graph_far_end: Serve, busy: Answer) -> None:
    far_end = graph_far_end(saying({"101_7": {"message": "New rings"}, "101_8": busy, "101_9": {"message": "Old"}}))
    assert of_page(far_end, "7", "8", "9") == [Shown("7", "New rings"), Shown("8", ""), Shown("9", "Old")]
    assert far_end.slept == []


@pytest.mark.parametrize("said", [GONE, RIGHT])
def test_where_nothing_may_be_seen_at_all_it_says_why(graph_far_end: Serve, said: Answer) -> None:
    far_end = graph_far_end(saying({"101_7": said, "101_9": said}))
    with pytest.raises(Refused, match="the token"):
        of_page(far_end, "7", "9")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (error(190, "Error validating access token: Session has expired", subcode=463), Refused),
        (error(4, "(#4) Application request limit reached", status=403), QuotaSpent),
        (error(2, "An unexpected error has occurred", status=500), Transient),
        (NO_TIME, Transient),
    ],
)
def test_an_error_is_one_of_ours_and_nothing_is_asked_twice(
    graph_far_end: Serve, said: Answer, kind: type[SourceError]
) -> None:
    far_end = graph_far_end(saying({"7": said, "9": said}))
    with pytest.raises(kind) as found:
        of_account(far_end, "7", "9")
    assert "SECRET" not in str(found.value)
    assert (len(far_end.requests), far_end.slept) == (1, [])


@pytest.mark.parametrize("whole", [HTML, Answer(200, "text/html", b"<html>Sorry</html>"), Answer(400, "", b"")])
def test_an_answer_of_another_form_shows_nothing(graph_far_end: Serve, whole: Answer) -> None:
    far_end = graph_far_end(saying({}))
    far_end.faults[0] = whole
    with pytest.raises(Transient):
        of_account(far_end, "7", "9")


def test_a_page_that_gives_no_token_is_refused(graph_far_end: Serve) -> None:
    with pytest.raises(Refused, match="no access to Page 101"):
        of_page(graph_far_end(lambda asked: {"id": asked.path}), "7")


def test_meta_that_is_down_says_nothing_of_the_token(graph_far_end: Serve) -> None:
    far_end = graph_far_end(saying({}))
    far_end.stop()
    with pytest.raises(Transient) as found:
        of_page(far_end, "7")
    assert "SECRET" not in repr(found.value.__context__) + str(found.value)


def test_what_is_not_there_in_time_is_not_waited_for(graph_far_end: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "SECONDS", -1)
    far_end = graph_far_end(saying({"7": {}}))
    with pytest.raises(Transient, match="did not say how posts look: nothing came in time"):
        of_account(far_end, "7")
    assert far_end.requests == []


def test_no_token_goes_to_another_machine() -> None:
    connection = Connection(host="http://graph.example", password=TOKEN)
    with pytest.raises(BadInput, match="only an address on this machine"):
        instagram.SOURCE.show(ACCOUNT, ["7"], Access(connection))


def test_pictures_stop_for_an_allowance_that_is_nearly_used(graph_far_end: Serve) -> None:
    far_end, turns = graph_far_end(saying({"7": {}})), TurnsNoted()
    far_end.headers = {"facebook-api-version": VERSION, "x-app-usage": json.dumps({"call_count": 85})}
    assert instagram.SOURCE.show(ACCOUNT, ["7"], far_end.access(turns)) == [Shown("7", "")]
    assert [token for token, *_ in turns.stopped] == [TOKEN]
