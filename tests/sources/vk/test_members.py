"""VK's members over real HTTP: those of the moment, those that are hidden, and communities that are gone."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from smm.sources import BadInput, Refused, SourceError
from smm.sources.vk import SOURCE
from tests.sources.loading import Loaded, job, load
from tests.sources.vk.community import FIRST, GROUP, LAST, NOON, Serve, answer, far_ends, followers, known, read


def test_members_are_those_of_the_moment(far_end: Serve) -> None:
    before = datetime.now(UTC)
    loaded = load(SOURCE, job(), far_end(far_ends()).connection)
    ((network, members, fetched_at),) = followers(loaded)
    assert (network, members) == ("vk", 1500)
    assert before <= fetched_at <= datetime.now(UTC)
    assert {first == last for first, last, _ in known(loaded, "members")} == {True}


def test_hidden_members_are_unknown_not_zero(far_end: Serve) -> None:
    loaded = load(SOURCE, job(), far_end(far_ends(members=None)).connection)
    assert [row[:2] for row in followers(loaded)] == [("vk", None)]
    assert known(loaded, "members") == [(FIRST, LAST, "no_access")]


def test_communities_in_the_old_shape() -> None:
    loaded = read(answer("community", {"response": [{"id": GROUP, "members_count": 12}]}))
    assert followers(loaded) == [("vk", 12, NOON)]
    assert known(loaded, "members") == [(date(2024, 3, 10), date(2024, 3, 10), "known")]


@pytest.mark.parametrize(
    ("zone", "fetched_at", "day"),
    [
        ("Europe/Moscow", datetime(2024, 3, 10, 22, 30, tzinfo=UTC), date(2024, 3, 10)),  # the 11th in Moscow
        ("America/New_York", datetime(2024, 3, 10, 2, tzinfo=UTC), date(2024, 3, 9)),
        ("Europe/Moscow", NOON, date(2024, 3, 10)),
    ],
)
def test_where_the_clients_day_and_vks_disagree_members_are_of_the_earlier(
    zone: str, fetched_at: datetime, day: date
) -> None:
    said = {"response": {"groups": [{"id": GROUP, "members_count": 12}]}}
    loaded = Loaded()
    loaded.take(SOURCE.read(job(time_zone=zone), [answer("community", said, fetched_at=fetched_at)]))
    assert loaded.counted("members") == {("vk", "day", day, day): {"followers": 12}}
    assert known(loaded, "members") == [(day, day, "known")]


@pytest.mark.parametrize("members", ["1500", 1500.0])
def test_members_are_read_as_a_number(members: Any) -> None:
    loaded = read(answer("community", {"response": {"groups": [{"id": GROUP, "members_count": members}]}}))
    assert followers(loaded) == [("vk", 1500, NOON)]


@pytest.mark.parametrize(("members", "quoted"), [(-1, "-1"), ("many", "'many'"), ([], "[]"), (1.5, "1.5")])
def test_members_that_cannot_be_are_unknown(members: Any, quoted: str) -> None:
    loaded = read(answer("community", {"response": {"groups": [{"id": GROUP, "members_count": members}]}}))
    assert followers(loaded) == [("vk", None, NOON)]
    assert known(loaded, "members") == [(FIRST, LAST, "no_access")]
    assert loaded.known_of("members")[0].reason == f"VK gave {quoted} as members_count"


@pytest.mark.parametrize("response", [{}, {"groups": None}, {"groups": {}}, 7, None])
def test_an_answer_without_communities_leaves_the_members_unknown(response: Any) -> None:
    loaded = read(answer("community", {"response": response}))
    assert "counts" not in loaded.rows
    assert known(loaded, "members") == [(FIRST, LAST, "no_access")]


@pytest.mark.parametrize(
    ("groups", "kind", "told"),
    [
        ([], BadInput, "VK has no community 101"),
        ([{"id": GROUP, "deactivated": "banned"}], Refused, "community 101 is banned"),
    ],
)
def test_communities_that_are_gone(groups: list[Any], kind: type[SourceError], told: str) -> None:
    with pytest.raises(kind, match=told):
        read(answer("community", {"response": {"groups": groups}}))
