"""Everything in VK's answers is absent once: the load goes through, that is unknown, and the rest is as before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vk_api

from sandbox.data import FarEnds, Message
from sandbox.loopback import Answer, Request
from sandbox.vk.api import Vk
from sandbox.vk.methods import METHODS
from sandbox.vk.params import Params
from smm.sources.vk import SOURCE, wall
from tests.sources.loading import Loaded, job, load
from tests.sources.vk.community import FIRST, GROUP, LAST, NOON, POSTS_FROM, far_ends, followers, post, statistics
from tests.sources.vk.far_end import COMMUNITY, SERVICE, VkFarEnd, altered

WHO = 9001
DAY = timedelta(days=1)
TENTH = date(2024, 3, 10)
HOUR = timedelta(hours=1)
WORK = job(lead_parts=("messages",))
Path = tuple[str | int, ...]

ASKED: dict[str, dict[str, Any]] = {
    "groups.getById": {"group_ids": GROUP, "fields": "members_count"},
    "wall.get": {"owner_id": -GROUP},
    "stats.get": {"group_id": GROUP, "timestamp_from": 1_710_028_800, "timestamp_to": 1_710_028_800, "extended": 0},
    "stats.getPostReach": {"owner_id": -GROUP, "post_ids": 2},
    "wall.getComments": {"owner_id": -GROUP, "post_id": 2, "thread_items_count": 10},
    "messages.getConversations": {"group_id": GROUP},
    "messages.getHistory": {"group_id": GROUP, "peer_id": WHO},
}
OWN: tuple[Any, ...] = ("vk", 2, NOON, False, False, True, 10, 2, 1, 100)
VISITORS: tuple[Any, ...] = ("vk", 1, NOON - DAY, False, False, False, 10, 2, 1, 100)
OLDER_DAYS = [("vk", "day", date(2024, 3, on), date(2024, 3, on)) for on in (11, 10, 9)]
COUNTS = {"reach": 955, "reach_subscribers": 477, "visitors": 7, "views": 9}
COUNTS |= {"likes": 5, "comments": 0, "copies": 1, "subscribed": 3, "unsubscribed": 0}
PEER = "69716c04f91db1f5562f47aa2dfb53d2"
WHOLE = {  # what is known without any absence
    ("posts", POSTS_FROM, LAST, "known", ()),
    ("stats", FIRST, LAST, "known", ()),
    ("post_reach", POSTS_FROM, LAST, "known", ()),
    ("own_comments", POSTS_FROM, LAST, "known", ()),
    ("messages", FIRST, LAST, "known", ()),
}


def community() -> FarEnds:
    """A post of its own with a comment and an answer, one of a visitor, a message and an answer."""
    ends = far_ends([post(2), post(1, NOON - DAY, from_id=WHO)])
    ends.communities[GROUP].messages[:] = [
        Message(1, WHO, NOON, False, "a ring"),
        Message(2, WHO, NOON + HOUR, True, "yes", 77),
    ]
    ends.community_tokens = {COMMUNITY: GROUP}
    return ends


class Absent:
    """A VK in whose answers to one method one member is missing; at first none is."""

    def __init__(self) -> None:
        self.method, self.path = "", ()  # type: tuple[str, Path]
        self._served = Vk(community(), None).respond
        self.far_end = VkFarEnd(self._respond)
        self.far_end.connection.extra_dejson = {"service_token": SERVICE, "community_token": COMMUNITY}

    def _respond(self, request: Request) -> Answer:
        return altered(self._served, self.method, lambda said: cut(said, self.path))(request)

    def load(self, method: str, path: Path) -> Loaded:
        self.method, self.path = method, path
        return load(SOURCE, WORK, self.far_end.connection)


def cut(said: Any, path: Path) -> Any:
    """Without this member, if it is there; of statistics, those of the 10th of March alone."""
    owner: Any = said
    if path and isinstance(path[0], int) and len(path) > 1 and isinstance(said, list) and "period_from" in said[0]:
        owner = next((one for one in said if is_tenth(one)), {})
        path = path[1:]
    for key in path[:-1]:
        owner = owner[key] if isinstance(owner, list) or key in owner else {}  # type: ignore[index]
    if path and isinstance(owner, dict):
        owner.pop(path[-1], None)
    return said


def is_tenth(period: dict[str, Any]) -> bool:
    begin = datetime(2024, 3, 10, tzinfo=UTC).timestamp()
    return bool(period["period_from"] == begin and period["period_to"] - begin < 86_400)


def members(said: Any, path: Path = ()) -> Iterator[Path]:
    """Every member of the objects in an answer, by the first of each list."""
    if isinstance(said, dict):
        for key, value in said.items():
            yield (*path, key)
            yield from members(value, (*path, key))
    elif isinstance(said, list) and said:
        yield from members(said[0], (*path, 0))


@pytest.fixture(scope="module")
def absent() -> Iterator[Absent]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(vk_api.VkApi, "RPS_DELAY", 0)
        served = Absent()
        yield served
        served.far_end.stop()


# --- what should be left


def own_post(**counters: int | None) -> tuple[Any, ...]:
    plain = {"likes": 10, "comments": 2, "reposts": 1, "views": 100}
    return (*OWN[:6], *(plain | counters).values())


def days(**counts: int | None) -> list[tuple[Any, ...]]:
    """The rows by day, where the 10th has other counts."""
    rows = [(*begin, *(COUNTS | {"reach": reach, "reach_subscribers": reach // 2}).values())
            for begin, reach in zip(OLDER_DAYS, (956, 955, 954), strict=True)]  # fmt: skip
    rows[1] = (*OLDER_DAYS[1], *(COUNTS | counts).values())
    return rows


@dataclass(frozen=True)
class Left:
    """Rows where they are others, by relation or by what of `counts` they are, and days where other ones are known."""

    rows: dict[str, list[tuple[Any, ...]]]
    known: Sequence[tuple[Any, ...]] = ()
    not_known: Sequence[str] = ()  # reports without their usual days


ALL = {
    "followers": [("vk", 1500)],
    "posts": [OWN, VISITORS],
    "statistics": days(),
    "post_reach": [("vk", 2, 80, 60, 4, 3)],
    "own_comments": [("vk", 2, 1)],
    "threads": [("vk", "messages", PEER, NOON, NOON + HOUR)],
}
GONE = Left({"posts": [VISITORS], "post_reach": [], "own_comments": []})
NOT_OURS = Left(
    GONE.rows,
    [(report, TENTH, TENTH, "known", measures) for report, measures in wall.MEASURES.items()],
)
UNCOUNTED = Left({"own_comments": []}, [("own_comments", TENTH, TENTH, "known", ())])
NAMELESS = Left({"threads": []}, [("messages", FIRST, LAST, "flagged", ())], ["messages"])
UNANSWERED = Left({"threads": [("vk", "messages", PEER, NOON, None)]}, [("messages", FIRST, LAST, "flagged", ())])


def of_day(**counts: int | None) -> Left:
    return Left({"statistics": days(**counts)})


EXPECTED: dict[str, dict[str, Left]] = {
    "groups.getById": {
        "groups": Left({"followers": []}, [("members", FIRST, LAST, "no_access", ())]),
        "groups.0.members_count": Left({"followers": [("vk", None)]}, [("members", FIRST, LAST, "no_access", ())]),
    },
    "wall.get": {
        "items": Left(
            {"posts": [], "post_reach": [], "own_comments": []},
            [(report, POSTS_FROM, LAST, "no_access", ()) for report in ("posts", "own_comments")],
            ["posts", "own_comments", "post_reach"],
        ),
        "items.0.id": GONE,
        "items.0.date": GONE,
        "items.0.from_id": NOT_OURS,
        **dict.fromkeys(("items.0.likes", "items.0.likes.count"), Left({"posts": [own_post(likes=None), VISITORS]})),
        **dict.fromkeys(
            ("items.0.comments", "items.0.comments.count"),
            Left({"posts": [own_post(comments=None), VISITORS], "own_comments": []}),
        ),
        **dict.fromkeys(
            ("items.0.reposts", "items.0.reposts.count"), Left({"posts": [own_post(reposts=None), VISITORS]})
        ),
        **dict.fromkeys(("items.0.views", "items.0.views.count"), Left({"posts": [own_post(views=None), VISITORS]})),
    },
    "stats.get": {
        "0.period_from": Left(
            {"statistics": [row for row in days() if row[2] != TENTH]},
            [("stats", FIRST, FIRST, "known", ()), ("stats", LAST, LAST, "known", ())],
            ["stats"],
        ),
        "0.reach": of_day(reach=None, reach_subscribers=None),
        "0.reach.reach": of_day(reach=None),
        "0.reach.reach_subscribers": of_day(reach_subscribers=None),
        "0.visitors": of_day(visitors=None, views=None),
        "0.visitors.visitors": of_day(visitors=None),
        "0.visitors.views": of_day(views=None),
        # VK leaves out the reactions that nobody gave, and the block if there were none: recorded so
        "0.activity": of_day(likes=0, copies=0, subscribed=0),
        "0.activity.likes": of_day(likes=0),
        "0.activity.copies": of_day(copies=0),
        "0.activity.subscribed": of_day(subscribed=0),
    },
    "stats.getPostReach": {
        "0.post_id": Left({"post_reach": []}),
        "0.reach_total": Left({"post_reach": [("vk", 2, None, 60, 4, 3)]}),
        "0.reach_subscribers": Left({"post_reach": [("vk", 2, 80, None, 4, 3)]}),
        "0.links": Left({"post_reach": [("vk", 2, 80, 60, None, 3)]}),
        "0.join_group": Left({"post_reach": [("vk", 2, 80, 60, 4, None)]}),
    },
    "wall.getComments": dict.fromkeys(
        (
            *("count", "items", "items.0.id", "items.0.from_id", "items.0.thread", "items.0.thread.count"),
            *("items.0.thread.items.0.id", "items.0.thread.items.0.from_id"),
        ),
        UNCOUNTED,
    ),
    "messages.getConversations": {
        "items": Left({"threads": []}, [("messages", FIRST, LAST, "no_access", ())], ["messages"]),
        **dict.fromkeys(
            ("items.0.conversation", "items.0.conversation.peer", "items.0.conversation.peer.id"), NAMELESS
        ),
    },
    "messages.getHistory": {
        "items": Left({"threads": []}, [("messages", FIRST, LAST, "flagged", ())]),
        "items.0.id": UNANSWERED,
        "items.0.date": UNANSWERED,
    },
}


SERVED = [
    (method, path)
    for method, params in ASKED.items()
    for path in members(METHODS[method].answer(community(), Params(params)))
]


@pytest.mark.parametrize(("method", "path"), SERVED, ids=[f"{m}-{'.'.join(map(str, path))}" for m, path in SERVED])
def test_what_is_absent_is_unknown_and_the_rest_is_loaded(method: str, path: Path, absent: Absent) -> None:
    loaded = absent.load(method, path)
    left = EXPECTED[method].get(".".join(map(str, path)), Left({}))
    found = loaded.rows | {"followers": followers(loaded), "statistics": statistics(loaded)}
    rows = {name: [told(name, row) for row in found.get(name, [])] for name in ALL}
    rows["statistics"] = [row for row in rows["statistics"] if row[1] == "day"]
    assert rows == ALL | left.rows
    of_moment = () if "followers" in left.rows else ("members",)  # whose day is today's
    known = {
        (part.report, part.first_day, part.last_day, part.state, part.without)
        for part in loaded.known
        if part.report not in of_moment
    }
    assert known == {part for part in WHOLE if part[0] not in left.not_known} | set(left.known)


def told(name: str, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Without the moment at which it was fetched."""
    return row[:-1] if name in ("followers", "posts", "threads") else row


def test_every_case_is_of_a_member_that_is_served() -> None:
    served = {(method, ".".join(map(str, path))) for method, path in SERVED}
    assert {(method, path) for method, cases in EXPECTED.items() for path in cases} <= served
