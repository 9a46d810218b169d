"""VK's answers in the archive: what is kept beside them, and loads of earlier versions."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sandbox.data import Message
from sandbox.vk.api import Vk
from smm.sources.vk import SOURCE
from tests.sources.archived import archived, of_earlier_version, reread
from tests.sources.loading import Loaded, job, load
from tests.sources.vk.community import GROUP, NOON, Serve, far_ends, post
from tests.sources.vk.far_end import COMMUNITY, refusing

WORK = job(lead_parts=("messages",))


def loaded(far_end: Serve) -> Loaded:
    """Two pages of posts with their reach and comments, statistics, and messages."""
    ends = far_ends([post(2000 - n, NOON - timedelta(minutes=n)) for n in range(150)])
    ends.communities[GROUP].messages[:] = [Message(1, 9001, NOON, False, "a ring")]
    ends.community_tokens = {COMMUNITY: GROUP}
    return load(SOURCE, WORK, far_end(ends).connection)


def test_what_is_asked_and_what_reading_takes_stand_apart(far_end: Serve) -> None:
    found = loaded(far_end)
    assert {frozenset(answer.request) for answer in found.answers} == {frozenset({"method", "params"})}
    first, second = (answer.context for answer in found.answers if answer.name == "wall")
    assert first == {"own_before": 0, "repeats": []}
    assert second == {"own_before": 100, "repeats": list(range(1901, 1906))}
    days: list[dict[str, Any]] = [
        {"first_day": "2024-03-09", "last_day": "2024-03-11"},
        {"first_day": "2024-03-10", "last_day": "2024-03-11"},
        {"first_day": "2024-02-11", "last_day": "2024-03-10"},
    ]
    assert [answer.context for answer in found.answers if answer.name == "stats"] == days[:1] * 3
    assert [answer.context for answer in found.answers if answer.name == "own_comments"] == [{}]


def test_an_archived_load_of_this_and_of_an_earlier_version_is_read_to_the_same_rows(
    far_end: Serve, tmp_path: Path
) -> None:
    found = loaded(far_end)
    stored = archived(SOURCE, WORK, found, tmp_path)
    old = of_earlier_version(stored)

    wall, again, stats = old.manifest["answers"][1:4]
    params = {"owner_id": -GROUP, "offset": 0, "count": 100}
    assert wall["request"] == {"method": "wall.get", "params": params, "own_before": 0, "repeats": []}
    assert again["request"]["own_before"] == 100
    assert stats["request"].keys() == {"method", "params", "first_day", "last_day"}

    assert len(found.rows["posts"]) == len(found.rows["post_reach"]) == 150
    assert reread(SOURCE, stored) == reread(SOURCE, old) == replace(found, answers=[])


def test_an_archived_load_of_what_vk_refused_is_read_to_the_same(far_end: Serve, tmp_path: Path) -> None:
    """Such answers take nothing besides, or the days that they stand for."""
    served = refusing(Vk(far_ends([post(1)]), None).respond, 15, "wall.get", "stats.get")
    found = load(SOURCE, job(), far_end(served).connection)
    stored = archived(SOURCE, job(), found, tmp_path)
    assert {part.report for part in found.known if part.state == "no_access"} == {"posts", "own_comments", "stats"}
    assert reread(SOURCE, stored) == reread(SOURCE, of_earlier_version(stored)) == replace(found, answers=[])
