"""Messages over real HTTP: which conversations are read, what of them is kept, and what makes a thread."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vk_api

from sandbox.data import Community, FarEnds, Message
from sandbox.loopback import Answer as HttpAnswer
from sandbox.loopback import Request, Server
from sandbox.vk.api import Vk
from smm.sources import Answer, Job
from smm.sources.vk import SOURCE
from tests.sources.loading import Connection, Loaded, job, load
from tests.sources.vk.community import followers
from tests.sources.vk.far_end import refusing

USER, TOKEN = "SECRET-user-7f3a", "SECRET-community-5b8d"
GROUP = 101
MORNING = datetime(2024, 3, 10, 9, tzinfo=UTC)
ANNA, BORIS = 987_650_001, 987_650_002  # people who write
ADMIN = 987_650_077
LATER = datetime(2024, 4, 1, tzinfo=UTC)

Said = tuple[float, int] | tuple[float, int, int | None]


@pytest.fixture(autouse=True)
def in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """This far end counts no requests per second, so none has to be waited for."""
    monkeypatch.setattr(vk_api.VkApi, "RPS_DELAY", 0)


class Inbox:
    """A VK on this machine with these messages: hours after MORNING, who (negative: to whom), author."""

    def __init__(self, *said: Said) -> None:
        self.said = list(said)
        self.requests: list[Request] = []
        self.far_ends = FarEnds(
            now=LATER,
            communities={GROUP: Community(GROUP, "Ярко", 1500, [], None, self.messages())},
            user_tokens={USER},
            community_tokens={TOKEN: GROUP},
        )
        self.respond = Vk(self.far_ends, None).respond
        self.server = Server(0, self._answer)
        self.connection = Connection(host=self.server.url, password=USER, extra_dejson={"community_token": TOKEN})

    def messages(self) -> list[Message]:
        ordered = sorted(self.said, key=lambda one: one[0])
        return [
            Message(number, abs(who), MORNING + timedelta(hours=hours), who < 0, "a ring for Olga", *author)
            for number, (hours, who, *author) in enumerate(ordered, 1)
        ]

    def _answer(self, request: Request) -> HttpAnswer:
        self.requests.append(request)
        return self.respond(request)

    def calls(self, method: str) -> int:
        """Calls of this method, in whatever request."""
        return sum(request.fields.get("code", "").count(f"API.{method}(") for request in self.requests)


@pytest.fixture
def inbox() -> Iterator[Any]:
    opened: list[Inbox] = []

    def open_with(*said: Said) -> Inbox:
        opened.append(Inbox(*said))
        opened[-1].server.__enter__()
        return opened[-1]

    yield open_with
    for one in opened:
        one.server.__exit__(None, None, None)


def work(**values: Any) -> Job:
    return job(lead_parts=("messages",), **values)


def threads(loaded: Loaded) -> list[tuple[float, float | None]]:
    """When each began, in hours after MORNING, and after how many seconds it was answered."""
    return sorted(
        ((began - MORNING) / timedelta(hours=1), None if answered is None else (answered - began).total_seconds())
        for _, _, _, began, answered, _ in loaded.rows.get("threads", [])
    )


SECOND = 1 / 3600


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([(0, ANNA), (1, -ANNA)], [(0, 3600)]),
        ([(0, ANNA)], [(0, None)]),
        ([(0, ANNA), (1, ANNA), (2, -ANNA)], [(0, 7200)]),
        ([(0, ANNA), (24, -ANNA)], [(0, 86400)]),
        ([(0, ANNA), (24 + SECOND, -ANNA)], [(0, None)]),
        ([(0, ANNA), (23, ANNA), (30, -ANNA)], [(0, None)]),  # one thread: there was no day of silence
        ([(0, ANNA), (24, ANNA), (25, -ANNA)], [(0, None), (24, 3600)]),
        ([(-1, -ANNA), (0, ANNA)], []),  # an answer to the community is no thread
        ([(-24, -ANNA), (0, ANNA)], [(0, None)]),
        ([(-23, ANNA), (0, ANNA)], [(-23, None)]),
        ([(0, ANNA), (3 * SECOND, -ANNA)], [(0, None)]),  # a robot
        ([(0, ANNA), (4 * SECOND, -ANNA)], [(0, 4)]),
        ([(0, ANNA), (1, ANNA), (1 + 2 * SECOND, -ANNA), (2, -ANNA)], [(0, 7200)]),
        ([(0, ANNA), (10 * SECOND, -ANNA), (2, -ANNA, ADMIN)], [(0, 7200)]),  # a slow robot, then somebody with a name
        ([(0, ANNA), (0.5, BORIS), (1, -BORIS)], [(0, None), (0.5, 1800)]),
    ],
)
def test_threads_and_their_answers(inbox: Any, said: list[Said], expected: list[tuple[float, float | None]]) -> None:
    assert threads(load(SOURCE, work(), inbox(*said).connection)) == expected


def test_threads_belong_to_days_of_the_clients_zone(inbox: Any) -> None:
    """In Moscow the first day begins at 21:00 UTC of the day before: 36 hours before MORNING."""
    people = {-36 - SECOND: 1, -36: 2, 36 - SECOND: 3, 36: 4}
    loaded = load(SOURCE, work(), inbox(*people.items()).connection)
    assert [began for began, _ in threads(loaded)] == [-36, 36 - SECOND]
    assert [(known.first_day, known.last_day, known.state) for known in loaded.known_of("messages")] == [
        (date(2024, 3, 9), date(2024, 3, 11), "known")
    ]


def test_whatever_days_are_asked_for_the_threads_are_the_same(inbox: Any) -> None:
    said = [(hours, ANNA if hours % 3 else -ANNA) for hours in range(-60, 60, 13)]
    said += [(hours, BORIS) for hours in range(-70, 70, 25)]
    server = inbox(*said)
    whole = load(SOURCE, work(first_day=date(2024, 3, 5), last_day=date(2024, 3, 15)), server.connection)
    by_day = [
        load(SOURCE, work(first_day=on, last_day=on), server.connection)
        for on in (date(2024, 3, 5) + timedelta(days=n) for n in range(11))
    ]
    assert threads(whole)
    assert threads(whole) == sorted(thread for loaded in by_day for thread in threads(loaded))


def test_only_conversations_of_the_days_are_read(inbox: Any) -> None:
    server = inbox((-100, ANNA), (0, BORIS), (200, 503))
    loaded = load(SOURCE, work(), server.connection)
    assert threads(loaded) == [(0, None)]
    assert server.calls("messages.getConversations") == 1
    assert server.calls("messages.getHistory") == 2


def test_many_conversations_and_long_ones_are_read_to_their_ends(inbox: Any) -> None:
    said: list[Said] = [(0.001 * n, 1000 + n) for n in range(450)]
    said += [(1 + 0.001 * n, ANNA) for n in range(500)]
    server = inbox(*said)
    loaded = load(SOURCE, work(), server.connection)
    assert len(threads(loaded)) == 451
    assert (1, None) in threads(loaded)
    assert server.calls("messages.getConversations") == 3
    assert server.calls("messages.getHistory") == 451 + 2


def test_a_message_that_comes_meanwhile_loses_nothing(inbox: Any) -> None:
    said: list[Said] = [(0.001 * n, ANNA) for n in range(250)]
    server = inbox((-30, ANNA), *said)
    served = server.respond

    def respond(request: Request) -> HttpAnswer:
        answer = served(request)
        if "getHistory" in request.fields.get("code", ""):
            newest = Message(10_000 + len(server.requests), ANNA, LATER, False, "one more")
            server.far_ends.communities[GROUP].messages.append(newest)
        return answer

    server.respond = respond
    assert threads(load(SOURCE, work(), server.connection)) == [(-30, None), (0, None)]


@pytest.mark.parametrize("method", ["getHistory", "getConversations"])
def test_what_is_deleted_meanwhile_hides_nothing(inbox: Any, method: str) -> None:
    """Two of Boris's last messages, or two of the newest conversations."""
    said: list[Said] = [(-30, BORIS), *((0.001 * n, BORIS) for n in range(199)), (30, BORIS), (30.1, BORIS)]
    said += [(1 + 0.001 * n, 1000 + n) for n in range(220)]
    server = inbox(*said)
    messages = server.far_ends.communities[GROUP].messages
    gone = [one for one in messages if one.peer in ((BORIS,) if method == "getHistory" else (1218, 1219))][-2:]
    served = server.respond

    def respond(request: Request) -> HttpAnswer:
        answer = served(request)
        if f"messages.{method}" in request.fields.get("code", ""):
            messages[:] = [one for one in messages if one not in gone]
        return answer

    server.respond = respond
    loaded = load(SOURCE, work(), server.connection)
    begun = [began for began, _ in threads(loaded)]
    assert begun[:2] == [-30, 0]
    assert len([began for began in begun if 1 <= began < 2]) == (220 if method == "getHistory" else 218)


def test_nothing_that_people_wrote_or_are_is_kept(inbox: Any) -> None:
    loaded = load(SOURCE, work(), inbox((0, ANNA), (1, -ANNA, ADMIN)).connection)
    kept = repr(loaded.answers) + repr(loaded.rows)
    for secret in ("Olga", str(ANNA), str(ADMIN), "SECRET", "from_id"):
        assert secret not in kept, secret
    (answer,) = (answer for answer in loaded.answers if answer.name == "messages")
    ((peer, messages),) = json.loads(answer.body)["response"].items()
    began = int(MORNING.timestamp())
    assert messages == [[began, 0, 0], [began + 3600, 1, 1]]
    other = load(SOURCE, work(client="nordlys"), inbox((0, ANNA)).connection)
    assert other.rows["threads"][0][2] != peer == loaded.rows["threads"][0][2]


def test_who_counts_no_messages_asks_for_none(inbox: Any) -> None:
    server = inbox((0, ANNA))
    loaded = load(SOURCE, job(lead_parts=("forms",)), server.connection)
    assert loaded.known_of("messages") == []
    assert server.calls("messages.getConversations") == 0


def test_without_the_communitys_token_the_rest_is_loaded(inbox: Any) -> None:
    server = inbox((0, ANNA))
    server.connection.extra_dejson = {}
    loaded = load(SOURCE, work(), server.connection)
    assert followers(loaded)
    ((known),) = loaded.known_of("messages")
    assert (known.first_day, known.last_day, known.state) == (date(2024, 3, 9), date(2024, 3, 11), "no_access")
    assert "put a token of the community, with the right to messages, into" in str(known.reason)
    assert "extra.community_token" in str(known.reason)


@pytest.mark.parametrize(
    ("token", "told"),
    [("SECRET-dead", "extra.community_token"), (USER, "error 15: extra.community_token needs the right to messages")],
)
def test_a_token_that_is_refused_leaves_the_rest(inbox: Any, token: str, told: str) -> None:
    server = inbox((0, ANNA))
    server.connection.extra_dejson = {"community_token": token}
    loaded = load(SOURCE, work(), server.connection)
    assert followers(loaded)
    ((known),) = loaded.known_of("messages")
    assert known.state == "no_access"
    assert told in str(known.reason)
    assert "SECRET" not in repr(loaded.answers) + repr(loaded.known)


def test_a_conversation_that_is_refused_flags_the_days(inbox: Any) -> None:
    def refused(request: Request) -> HttpAnswer:
        if "getHistory" not in request.fields.get("code", ""):
            return served(request)
        said = {"method": "messages.getHistory", "error_code": 15, "error_msg": "Access denied"}
        return HttpAnswer(200, "application/json", json.dumps({"response": [False], "execute_errors": [said]}).encode())

    server = inbox((0, ANNA))
    served, server.respond = server.respond, refused
    loaded = load(SOURCE, work(), server.connection)
    assert [(known.state, known.reason) for known in loaded.known_of("messages")] == [
        ("known", None),
        ("flagged", "VK refuses the messages of 1 conversations"),
    ]


def inbox_that_refuses(inbox: Any, code: int, method: str) -> Any:
    server = inbox((0, ANNA))
    server.respond = refusing(server.respond, code, method)
    return server


@pytest.mark.parametrize("code", [9, 15, 29, 100, 912, 1051])
def test_conversations_that_vk_refuses_leave_the_rest(code: int, inbox: Any) -> None:
    loaded = load(SOURCE, work(), inbox_that_refuses(inbox, code, "messages.getConversations").connection)
    assert followers(loaded)
    (told,) = loaded.known_of("messages")
    assert (told.first_day, told.last_day, told.state) == (date(2024, 3, 9), date(2024, 3, 11), "no_access")
    assert f"messages.getConversations with error {code}: " in str(told.reason)
    assert str(told.reason).endswith('(VK says: "no")')


def test_a_quota_that_ends_among_the_messages_flags_the_days(inbox: Any) -> None:
    loaded = load(SOURCE, work(), inbox_that_refuses(inbox, 29, "messages.getHistory").connection)
    known, flagged = loaded.known_of("messages")
    assert (known.state, flagged.state) == ("known", "flagged")
    assert str(flagged.reason).startswith(
        "VK refuses the messages of 1 conversations: VK answered messages.getHistory with error 29: VK gives no more"
    )


def test_each_answer_tells_its_requests(inbox: Any) -> None:
    server = inbox(*((0, 1000 + n) for n in range(25)))
    loaded = load(SOURCE, work(), server.connection)
    assert [(answer.name, answer.requests) for answer in loaded.answers] == [
        ("community", 1),
        ("wall", 0),  # in the same execute
        *[("stats", 1), ("stats", 0), ("stats", 0)],
        ("own_comments", 0),  # there are no posts
        ("conversations", 1),
        *[("messages", 1)] * 3,
    ]
    assert sum(answer.requests for answer in loaded.answers) == len(server.requests)


def test_answers_of_an_archive_are_read_alike() -> None:
    loaded = Loaded()
    body = json.dumps({"response": {"peer": [[int(MORNING.timestamp()), 0, 0]]}, "refused": 0}).encode()
    loaded.take(SOURCE.read(work(), [Answer("messages", {}, body, LATER)]))
    assert loaded.rows["threads"] == [("vk", "messages", "peer", MORNING, None, LATER)]


def test_messages_out_of_order_or_ahead_of_time_make_no_thread_that_cannot_be() -> None:
    """By their numbers: a question, one more from before it, an answer, and a question from the future."""
    began, fetched_at = int(MORNING.timestamp()), MORNING + timedelta(hours=9)
    said = [[began, 0, 0], [began - 50, 0, 0], [began - 40, 1, 0], [began + 36_000, 0, 0]]
    loaded = Loaded()
    body = json.dumps({"response": {"peer": said}, "refused": 0}).encode()
    loaded.take(SOURCE.read(work(), [Answer("messages", {}, body, fetched_at)]))
    at = MORNING - timedelta(seconds=50)
    assert loaded.rows["threads"] == [("vk", "messages", "peer", at, at + timedelta(seconds=10), fetched_at)]
