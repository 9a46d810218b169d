"""VK's errors over real HTTP: what the operator reads, and what happens next."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vk_api

from sandbox.loopback import Answer
from smm.sources import BadInput, QuotaSpent, Refused, SourceError, Transient
from smm.sources.vk import caller as vk_caller
from smm.sources.vk import errors as vk_errors
from smm.sources.vk.errors import HOUR
from smm.sources.vk.execute import Call
from smm.sources.vk.meanings import MEANINGS, NO_ACCESS
from tests.sources.loading import holds_no_secret
from tests.sources.vk.community import RECORDINGS
from tests.sources.vk.far_end import SERVICE, USER, Respond, VkFarEnd, body, error, inner

RECORDED = RECORDINGS / "errors"
WALL = Call("wall.get", {"owner_id": -101})

Serve = Callable[[Respond], VkFarEnd]


@pytest.fixture(autouse=True)
def in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """This far end counts no requests per second, so none has to be waited for."""
    monkeypatch.setattr(vk_api.VkApi, "RPS_DELAY", 0)


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(respond: Respond) -> VkFarEnd:
            far_end = VkFarEnd(respond)
            stack.callback(far_end.stop)
            return far_end

        yield start


def failure(far_end: VkFarEnd, calls: list[Call]) -> SourceError:
    with far_end.session() as session, pytest.raises(SourceError) as raised:
        session.pack(calls)
    holds_no_secret(raised.value)
    return raised.value


BUSY: list[float] = [2, 10]
FAST = [0.5, 1, 2, 4]
AT_ONCE: list[float] = []

# codes of VK, its guards and the token; what the error is; the seconds waited before each further try; what helps
TABLE: list[tuple[tuple[int, ...], type[SourceError], list[float], str]] = [
    ((1, 10, 36, 43), Transient, BUSY, "VK is at fault or busy; try again in a minute"),
    ((6,), Transient, FAST, "too many requests per second; does another program ask with the connection's password?"),
    ((9, 32, 1105), QuotaSpent, AT_ONCE, "VK says that this was requested too often, and refuses it for now"),
    ((29, 601), QuotaSpent, AT_ONCE, "VK gives no more of this today"),
    ((14, 3300), QuotaSpent, AT_ONCE, "VK demands a captcha, which is not solved here; wait until it no longer does"),
    ((12, 13), BadInput, AT_ONCE, "VK could not run the request, nor its halves: too much of it, or a mistake in this"),
    (
        (5, 1114, 1116, 1117, 3609),
        Refused,
        AT_ONCE,
        "the token is dead: re-authorise the VK user and put the new token into the connection's password",
    ),
    (
        (28,),
        Refused,
        AT_ONCE,
        "VK does not accept the connection's password for this: it is dead, or of the wrong kind; the password must be"
        " a user's token (statistics), extra.service_token an application's (walls), extra.community_token a"
        " community's (messages)",
    ),
    (
        (27,),
        Refused,
        AT_ONCE,
        "the connection's password is of the wrong kind: it must be the token of the VK user; the password must be a"
        " user's token (statistics), extra.service_token an application's (walls), extra.community_token a community's"
        " (messages)",
    ),
    ((1118, 1130), Refused, AT_ONCE, "issue it from the workers' outgoing address"),
    ((42,), Refused, AT_ONCE, "add the workers' outgoing address to the application's settings on VK"),
    ((4,), Refused, AT_ONCE, "issue the connection's password again, without the scope nohttps"),
    ((16,), Refused, AT_ONCE, "the connection's host must be empty or https://"),
    ((2, 11), Refused, AT_ONCE, "is switched off, or in test mode: switch it on in its settings on VK"),
    ((38, 101), Refused, AT_ONCE, "VK does not know the application"),
    (
        (37, 39, 3610, 3611),
        Refused,
        AT_ONCE,
        "VK has blocked or deleted the user whose token the connection's password",
    ),
    (
        (17, 24, 25, 41, 3301, 3302, 3303, 3304, 11500),
        Refused,
        AT_ONCE,
        "VK wants proof of who the owner of the token is: log in to VK as the owner of the connection's password",
    ),
]

# codes of what was asked for: what the error is if nothing else was answered either; what helps
PARTS: list[tuple[tuple[int, ...], type[SourceError], str]] = [
    ((7, 15), Refused, "the token's user needs rights for it"),
    ((20, 21), Refused, "the token must be issued by one of these"),
    ((23,), Refused, "VK has switched this method off for everybody: no token helps"),
    ((30, 203), Refused, "the community is private: the token's user must be a member, better an administrator"),
    ((200, 201, 204, 210, 211, 212, 260), Refused, "an administrator of the community can open it"),
    ((600,), Refused, "the token's user needs a role in the advertising account"),
    ((1051,), Refused, "put an application's service key into extra.service_token (walls), and for statistics a token"),
    ((18, 19), Refused, "is deleted or blocked: check both on VK, or end the community in the client's file"),
    ((40, 113, 125), BadInput, "VK knows no such community: check the community's number in the client's file"),
    ((100, 103, 104), BadInput, "if it is group_ids, group_id or owner_id, check the community's number"),
    ((150,), BadInput, "VK does not accept the requested days: check the worker's clock"),
    ((3, 8, 33, 34, 35, 9999), BadInput, "Update this program, or report it to its authors"),
    ((602, 603), BadInput, "see the advertising account"),
    ((777,), BadInput, "see https://dev.vk.com/reference/errors"),
]
LISTED = {
    *(1, 3, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24, 25, 27, 28, 29, 30, 36, 37, 40, 43),
    *(100, 113, 125, 150, 203, 212, 260, 600, 601, 603, 1051, 1116, 1130, 3300, 3609),
}


@pytest.mark.parametrize(("codes", "kind", "waits", "told"), TABLE, ids=[str(row[0][0]) for row in TABLE])
def test_an_error_of_the_whole_request_and_of_one_call(
    codes: tuple[int, ...], kind: type[SourceError], waits: list[float], told: str, serve: Serve
) -> None:
    said: list[Answer] = []
    far_end = serve(lambda _: said[-1])
    for code in codes:
        for answer, method, words in ((error(code), "execute", "Said by VK ***"), (inner(code), "wall.get", "of ***")):
            said.append(answer)
            failed = failure(far_end, [WALL])
            assert type(failed) is kind
            assert str(failed).startswith(f"VK answered {method} with error {code}: ")
            assert told in str(failed)
            assert str(failed).endswith(f' (VK says: "{words}")')
            assert "community's number" not in str(failed)
            assert far_end.slept == waits * len(said)
            assert far_end.methods == ["execute"] * (1 + len(waits)) * len(said)
            assert failed.is_transient is (kind is Transient)


@pytest.mark.parametrize(("codes", "kind", "told"), PARTS, ids=[str(row[0][0]) for row in PARTS])
def test_an_error_of_what_was_asked_for_is_an_answer(
    codes: tuple[int, ...], kind: type[SourceError], told: str, serve: Serve
) -> None:
    for code in codes:
        far_end = serve(lambda _, code=code: inner(code))  # type: ignore[misc]
        with far_end.session() as session:
            (said,) = session.pack([WALL])
        assert said == {"error": {"error_code": code, "error_msg": "of ***"}}
        refusal = vk_errors.refusal("wall.get", said["error"])
        assert refusal.startswith(f"VK refuses wall.get with error {code}: ")
        assert told in refusal
        assert refusal.endswith(' (VK says: "of ***")')
        assert type(vk_errors.failure("wall.get", said["error"])) is kind


@pytest.mark.parametrize("code", [3, 8, 18, 19, 30, 40, 100, 113, 125, 150, 603, 777])
def test_an_error_of_the_request_that_packs_all_calls_is_of_no_part(code: int, serve: Serve) -> None:
    failed = failure(serve(lambda _: error(code)), [WALL])
    assert str(failed).startswith(f"VK answered execute with error {code}: ")


def test_the_tables_have_every_code_with_a_meaning() -> None:
    tested = {code for row in TABLE for code in row[0]} | {code for row in PARTS for code in row[0]}
    assert tested - {777} == MEANINGS.keys()
    assert tested >= LISTED


@pytest.mark.parametrize(
    "said",
    [
        {"error_code": 5, "error_subcode": 1130, "error_msg": "User authorization failed"},
        {"error_code": 5, "error_msg": "User authorization failed: access_token was given to another ip address."},
    ],
)
def test_a_token_that_is_bound_to_another_address(said: dict[str, Any], serve: Serve) -> None:
    failed = failure(serve(lambda _: body({"error": said})), [WALL])
    assert type(failed) is Refused
    assert str(failed) == (
        "VK answered execute with error 5: VK accepts the connection's password only from the IP address that it was"
        " issued for: issue it from the workers' outgoing address, the same one for all of them. Tokens of applications"
        " (extra.service_token, for walls) and of communities (extra.community_token, for messages) are not bound"
        f' to an address (VK says: "{said["error_msg"]}")'
    )


NIGHT = datetime(2024, 3, 10, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "wait"),
    [*((code, HOUR) for code in (9, 14, 32, 3300)), *((code, timedelta(hours=1, minutes=30)) for code in (29, 601))],
)
def test_how_long_vk_is_left_alone(code: int, wait: timedelta) -> None:
    failed = vk_errors.failure("wall.get", {"error_code": code}, now=NIGHT)
    assert isinstance(failed, QuotaSpent)
    assert failed.wait == wait


@pytest.mark.parametrize("words", ["user is blocked.", "user is deactivated."])
def test_a_token_whose_user_is_blocked_is_not_to_be_issued_anew(words: str) -> None:
    error = {"error_code": 5, "error_msg": f"User authorization failed: {words}"}
    assert "VK has blocked or deleted the user whose token" in str(vk_errors.failure("stats.get", error))


@pytest.mark.parametrize("code", sorted(NO_ACCESS))
def test_a_missing_right_is_an_answer(code: int, serve: Serve) -> None:
    answers = [error(code), inner(code)]
    far_end = serve(lambda _: answers.pop())
    for _ in range(2):
        with far_end.session() as session:
            (refused,) = session.pack([WALL])
        assert refused["error"]["error_code"] == code
    assert not answers


def test_an_error_of_another_token_names_its_place(serve: Serve) -> None:
    far_end = serve(lambda _: error(5))
    with far_end.session(service_token=SERVICE) as session, pytest.raises(Refused) as raised:
        session.look([WALL])
    assert str(raised.value) == (
        "VK answered wall.get with error 5: the token is dead: re-authorise the application and put the new token"
        ' into extra.service_token (VK says: "Said by VK ***")'
    )


SPOILT = "здравствуйте".encode("cp1251")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Answer(502, "text/html", b"<html>Bad gateway</html>"), "HTTP status 502"),
        (Answer(403, "text/html", USER.encode()), "HTTP status 403"),
        (Answer(302, "text/html", b"", {"Location": "http://127.0.0.1:9/"}), "TooManyRedirects"),
        (Answer(200, "text/html", b"<html>" + USER.encode()), "an answer that is not JSON"),
        (Answer(200, "application/json; charset=utf-8", b'{"response": ["' + SPOILT + b'"]}'), "not UTF-8"),
        (Answer(200, "application/json", b'{"response": [1]}', {"Content-Encoding": "gzip"}), "ContentDecodingError"),
        (Answer(200, "application/json", b'{"response": [1]}', sent=9), "an answer that was cut"),
        (Answer(200, "application/json", b'{"response": [1]}', sent=0), "an answer that was cut"),
        (body({}), "an answer of another form"),
        (body([]), "an answer of another form"),
        (body("response"), "an answer of another form"),
        (body(7), "an answer of another form"),
        (body({"error": "none"}), "an answer of another form"),
        (body({"error": {"error_code": "5"}}), "an error of another form"),
        (body({"response": None, "execute_errors": []}), "no list of answers to 1 calls"),
        (body({"response": []}), "0 answers to 1 calls"),
        (body({"response": [1, 2]}), "2 answers to 1 calls"),
        (body({"response": [False], "execute_errors": ["x"]}), "errors of another form"),
        (body({"response": [1], "execute_errors": [{"method": "wall.get", "error_code": 1}]}), "1 errors of wall.get"),
    ],
)
def test_answers_that_are_none(said: Answer, told: str, serve: Serve) -> None:
    far_end = serve(lambda _: said)
    failed = failure(far_end, [WALL])
    assert type(failed) is Transient
    assert str(failed).startswith("VK did not answer wall.get in 3 tries: ")
    assert str(failed).endswith("; try again in a minute")
    assert told in str(failed)
    assert (len(far_end.asked), far_end.slept) == (3, [2, 10])


def test_nobody_listens(serve: Serve) -> None:
    far_end = serve(lambda _: body({}))
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        far_end.connection.host = f"http://127.0.0.1:{taken.getsockname()[1]}"
    failed = failure(far_end, [WALL])
    assert type(failed) is Transient
    assert "no connection, or one that was cut (ConnectionError)" in str(failed)


def test_an_answer_that_does_not_come_in_time(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smm.sources.vk.api.TIMEOUTS", (5, 0.02))
    monkeypatch.setattr(vk_caller, "BUSY_PAUSES", ())
    far_end = serve(lambda _: body({}))
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:  # takes the connection, and says nothing
        far_end.connection.host = f"http://127.0.0.1:{silent.getsockname()[1]}"
        failed = failure(far_end, [WALL])
    assert type(failed) is Transient
    assert "in 1 tries: nothing came in time (ReadTimeout)" in str(failed)


@pytest.mark.parametrize("code", [1, 6, 10, 36, 43, 502])
def test_what_is_over_in_time_is_no_failure(code: int, serve: Serve) -> None:
    answers: list[Any] = [body({"response": [{"count": 0}]})]
    answers += 2 * [Answer(502, "text/html", b"") if code == 502 else error(code)]
    far_end = serve(lambda _: answers.pop())
    with far_end.session() as session:
        assert session.pack([WALL]) == [{"response": {"count": 0}}]
        assert session.requests == 3


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("1", Transient, "error 1: VK is at fault or busy"),
        ("5", Refused, "error 5: VK accepts the connection's password only from the IP address that it was issued for"),
        ("12", BadInput, "error 12: VK could not run the request"),
        ("14", QuotaSpent, "error 14: VK demands a captcha"),
        ("17", Refused, "error 17: VK wants proof of who the owner"),
        (
            "100",
            BadInput,
            '(VK says: "One of the parameters specified was missing or invalid: value should be positive',
        ),
        ("125", BadInput, "error 125: VK knows no such community"),
        ("execute_errors", Transient, "no list of answers to 1 calls and errors 1, 935, 15"),
    ],
)
def test_recorded_errors(name: str, kind: type[SourceError], told: str, serve: Serve) -> None:
    recorded = Answer(200, "application/json", (RECORDED / f"{name}.json").read_bytes())
    failed = failure(serve(lambda _: recorded), [WALL])
    assert type(failed) is kind
    assert told in str(failed)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize("code", [7, 15, 204, 260])
def test_recorded_refusals(code: int, serve: Serve) -> None:
    recorded = Answer(200, "application/json", (RECORDED / f"{code}.json").read_bytes())
    with serve(lambda _: recorded).session() as session:
        assert [said["error"]["error_code"] for said in session.pack([WALL, WALL])] == [code, code]
