"""How posts look: one call by a token at hand, pictures from VK's own hosts alone, and all of it soon or not at all."""

import gzip
import json
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.loopback import Answer, Request
from smm.sources import Access, BadInput, QuotaSpent, Refused, Shown, SourceError, Transient
from smm.sources import hurried as hurried_http
from smm.sources.hurried import Hurried, Missing
from smm.sources.vk import SOURCE, showing
from tests.sources.loading import Connection
from tests.sources.vk.community import Serve
from tests.sources.vk.far_end import SERVICE, USER, Drawer, Respond, VkFarEnd

PICTURE = b"\xff\xd8 a picture"


def sizes(url: str, *widths: int) -> list[dict[str, Any]]:
    return [{"type": "x", "width": width, "height": width, "url": f"{url}/{width}.jpg"} for width in widths]


def photo(url: str, *widths: int) -> dict[str, Any]:
    return {"type": "photo", "photo": {"sizes": sizes(url, *widths)}}


def saying(items: Any) -> Respond:
    """A VK that says this of any call, and has a picture wherever one is asked for."""

    def respond(request: Request) -> Answer:
        if request.path.startswith("/method/"):
            return Answer(200, "application/json", json.dumps(items).encode())
        return Answer(200, "image/jpeg", PICTURE)

    return respond


def item(post: int, **values: Any) -> dict[str, Any]:
    return {"id": post, "owner_id": -101, "text": f"Post {post}"} | values


def shown(far_end: VkFarEnd, *posts: str, **how: Any) -> list[Shown]:
    return SOURCE.show("101", posts, Access(far_end.connection, **how))


def test_one_call_says_how_all_posts_look(far_end: Serve) -> None:
    started = far_end(saying({"response": {"items": [item(3), item(6), item(9)]}}))
    assert shown(started, "3", "9", "12") == [Shown("3", "Post 3"), Shown("9", "Post 9")]
    (asked,) = started.asked
    assert asked.path == "/method/wall.getById"
    assert asked.fields == {"posts": "-101_3,-101_9,-101_12", "v": "5.199", "access_token": SERVICE}


def test_a_list_is_an_answer_too(far_end: Serve) -> None:
    assert shown(far_end(saying({"response": [item(3)]})), "3") == [Shown("3", "Post 3")]


@pytest.mark.parametrize("response", [{"items": []}, {}, []])
def test_posts_that_are_gone_are_not_shown(far_end: Serve, response: Any) -> None:
    assert shown(far_end(saying({"response": response})), "3") == []


def test_links_within_a_text_are_their_names(far_end: Serve) -> None:
    text = "By [id1|Anna] and [club7|the bakery], [not one] [https://x.example|here]"
    said = far_end(saying({"response": {"items": [item(3, text=text)]}}))
    assert shown(said, "3")[0].text == "By Anna and the bakery, [not one] here"


def test_a_repost_without_words_says_what_it_repeats(far_end: Serve) -> None:
    repeated = item(7, text="The original")
    said = far_end(saying({"response": {"items": [item(3, text="", copy_history=[repeated])]}}))
    assert shown(said, "3")[0].text == "The original"


def attached(url: str) -> dict[str, Any]:
    return {"attachments": [photo(url, 75, 604, 200, 1280)]}


def video(url: str) -> dict[str, Any]:
    return {"attachments": [{"type": "video", "video": {"image": sizes(url, 75, 200)}}]}


def link(url: str) -> dict[str, Any]:
    return {"attachments": [{"type": "link", "link": {"photo": {"sizes": sizes(url, 200)}}}]}


def of_repost(url: str) -> dict[str, Any]:
    return {"copy_history": [attached(url)]}


def second(url: str) -> dict[str, Any]:
    return {"attachments": [{"type": "poll", "poll": {"id": 1}}, photo(url, 200)]}


@pytest.mark.parametrize("kind", [attached, video, link, of_repost, second])
def test_the_smallest_picture_that_is_wide_enough_is_taken(
    far_end: Serve, kind: Callable[[str], dict[str, Any]]
) -> None:
    said: dict[str, Any] = {"response": {"items": []}}
    started = far_end(lambda request: saying(said)(request))
    said["response"]["items"] = [item(3, **kind(started.url))]
    assert shown(started, "3")[0].picture == PICTURE
    assert started.asked[-1].path == "/200.jpg"


def test_a_small_picture_is_better_than_none(far_end: Serve) -> None:
    said: dict[str, Any] = {"response": {"items": []}}
    started = far_end(lambda request: saying(said)(request))
    said["response"]["items"] = [item(3, attachments=[photo(started.url, 75, 130)])]
    assert shown(started, "3")[0].picture == PICTURE
    assert started.asked[-1].path == "/130.jpg"


@pytest.mark.parametrize(
    "attachments", [None, "x", [None], [{"type": "photo"}], [{"type": "photo", "photo": {"sizes": [{"url": 7}]}}], [{}]]
)
def test_an_odd_attachment_is_no_picture(far_end: Serve, attachments: Any) -> None:
    said = far_end(saying({"response": {"items": [item(3, attachments=attachments)]}}))
    assert shown(said, "3") == [Shown("3", "Post 3")]


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://sun9-1.userapi.com/impg/a.jpg?size=200x150", True),
        ("https://SUN9-1.USERAPI.COM:443/a.jpg", True),
        ("http://sun9-1.userapi.com/a.jpg", False),
        ("https://sun9-1.userapi.com:8443/a.jpg", False),
        ("https://userapi.com.evil.example/a.jpg", False),
        ("https://eviluserapi.com/a.jpg", False),
        ("https://userapi.com@evil.example/a.jpg", False),
        ("https://anna:secret@sun9-1.userapi.com/a.jpg", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("http://127.0.0.1:8080/", False),
        ("file:///etc/passwd", False),
        ("https://[::1", False),
        ("https://userapi.com:x/", False),
        ("", False),
    ],
)
def test_pictures_come_from_vks_own_hosts_by_https_alone(address: str, may: bool) -> None:
    with Hurried(1, showing.HOSTS, is_here=False) as http:
        assert http._may_ask(address) is may


def test_a_far_end_on_this_machine_may_have_its_pictures_here() -> None:
    with Hurried(1, showing.HOSTS, is_here=True) as http:
        assert http._may_ask("http://127.0.0.1:8090/pictures/1/3/200.jpg")
        assert not http._may_ask("http://192.168.1.7/pictures/1/3/200.jpg")


REDIRECT = Answer(302, "text/html", b"", {"Location": "http://127.0.0.1:1/"})
LONG = Answer(200, "image/jpeg", b"x" * (hurried_http.MOST_OF_PICTURE + 1))
CUT = Answer(200, "image/jpeg", PICTURE * 99, sent=10)


@pytest.mark.parametrize(
    "answer", [REDIRECT, LONG, CUT, Answer(403, "text/html", b"no"), Answer(500, "text/html", b"")]
)
def test_a_picture_that_does_not_come_whole_is_none(far_end: Serve, answer: Answer) -> None:
    said: dict[str, Any] = {"response": {"items": []}}
    started = far_end(lambda asked: saying(said)(asked) if asked.path.startswith("/method/") else answer)
    said["response"]["items"] = [item(3, attachments=[photo(started.url, 200)])]
    assert shown(started, "3") == [Shown("3", "Post 3")]
    assert len(started.asked) == 2


def test_what_is_not_there_in_time_is_not_waited_for(far_end: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "SECONDS", -1)
    started = far_end(saying({"response": {"items": [item(3)]}}))
    with pytest.raises(Transient, match=r"did not answer wall\.getById: nothing came in time"):
        shown(started, "3")
    assert started.asked == []


def test_an_answer_that_comes_in_drops_ends_with_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The far end sends a part of its answer, and no more as long as it is listened to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"

        def serve() -> None:
            caller, _ = server.accept()
            with caller:
                caller.recv(65536)
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx")
                caller.recv(1)  # until it hangs up

        thread = threading.Thread(target=serve)
        thread.start()
        moments = iter((0, 1, 11))
        monkeypatch.setattr(hurried_http, "time", SimpleNamespace(monotonic=lambda: next(moments)))
        with Hurried(10, (), is_here=True) as http, pytest.raises(Missing, match="nothing came in time"):
            http.post(url, {})
        thread.join()


def test_a_packed_answer_is_unpacked(far_end: Serve) -> None:
    whole = json.dumps({"response": {"items": [item(3)]}}).encode()
    headers = {"Content-Encoding": "gzip"}
    started = far_end(lambda _: Answer(200, "application/json", gzip.compress(whole), headers))
    assert shown(started, "3") == [Shown("3", "Post 3")]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"error": {"error_code": 15, "error_msg": "Access denied"}}, Refused),
        ({"error": {"error_code": 5, "error_msg": "User authorization failed"}}, Refused),
        ({"error": {"error_code": 29, "error_msg": "Rate limit reached"}}, QuotaSpent),
        ({"error": {"error_code": 10, "error_msg": "Internal server error"}}, Transient),
        ({"error": "odd"}, Transient),
        ({"response": 7}, Transient),
        (["odd"], Transient),
    ],
)
def test_an_error_is_one_of_ours(far_end: Serve, said: Any, error: type[SourceError]) -> None:
    with pytest.raises(error) as found:
        shown(far_end(saying(said)), "3")
    assert "SECRET" not in str(found.value)


def test_vk_that_is_down_says_nothing_of_the_token(far_end: Serve) -> None:
    started = far_end(saying({}))
    started.stop()
    with pytest.raises(Transient) as found:
        shown(started, "3")
    assert "SECRET" not in repr(found.value.__context__) + str(found.value)


def test_no_token_goes_to_another_machine_by_plain_http() -> None:
    connection = Connection(host="http://vk.example", password=USER)
    with pytest.raises(BadInput, match="may be https"):
        SOURCE.show("101", ["3"], Access(connection))


EXTRA = {"refresh_token": "SECRET-r", "client_id": "51", "device_id": "dev-1"}


def test_a_users_token_is_asked_with_where_there_is_no_other(far_end: Serve) -> None:
    started = far_end(saying({"response": {"items": [item(3)]}}))
    started.connection.extra_dejson = {}
    assert shown(started, "3") == [Shown("3", "Post 3")]
    assert started.tokens == [USER]


def test_a_token_that_has_ended_is_not_renewed_for_pictures(far_end: Serve) -> None:
    started = far_end(saying({"response": {"items": [item(3)]}}))
    started.connection.extra_dejson = EXTRA
    vault = Drawer()
    origin = json.dumps([USER, EXTRA["refresh_token"]])
    pair = {"access_token": "SECRET-a", "refresh_token": "SECRET-b"}
    vault.put(origin, pair | {"ends_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()})
    assert shown(started, "3", vault=vault) == [Shown("3", "Post 3")]
    assert started.tokens == ["SECRET-a"]
    vault.put(origin, pair | {"ends_at": (datetime.now(UTC) - timedelta(hours=1)).isoformat()})
    with pytest.raises(Transient, match="the next load renews it"):
        shown(started, "3", vault=vault)
    assert len(started.asked) == 1


@pytest.mark.parametrize(
    ("identity", "post", "address"),
    [
        ("101", "3", "https://vk.com/wall-101_3"),
        ("1/../../evil", "3?x#y", "https://vk.com/wall-1%2F..%2F..%2Fevil_3%3Fx%23y"),
        (None, "3", None),
    ],
)
def test_a_post_is_seen_at_vks_own_host(identity: str | None, post: str, address: str | None) -> None:
    assert SOURCE.link(identity, post) == address
