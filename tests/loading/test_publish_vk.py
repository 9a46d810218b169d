"""What VK's loads leave in core: a post's whole youth, who was reached, and who wrote."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from smm import catalogue, facts
from smm.loading import ledger
from smm.loading.ledger import Load
from smm.loading.publish import publish
from smm.roster import catalogued
from smm.sources import named
from smm.sources.vk.stats import MEASURES
from smm.sources.vk.wall import POST_DAYS
from smm.warehouse import Connection, copy
from tests.staging import begun, count

JUNE = date(2026, 6, 1)
DAY = timedelta(days=1)
RELOAD_DAYS = named("vk").reload_days

Staged = Mapping[str, Sequence[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def ground(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client in Moscow, the catalogue, an archive."""
    monkeypatch.setenv("SMM_ARCHIVE", f"file://{tmp_path}")
    catalogued.store(warehouse, catalogue.read())
    warehouse.execute(
        """insert into core.client (client, name, language, time_zone, currency, started, report)
        values ('yarko', 'Yarko', 'ru', 'Europe/Moscow', 'RUB', '2026-01-01', '{}')"""
    )
    warehouse.commit()


def stage(warehouse: Connection, load: Load, rows: Staged, *reports: str) -> None:
    """Leave these rows, and the days of these reports, as a fetch would."""
    owner = (load["client"], load["load_id"])
    staged = 0
    for relation, values in rows.items():
        columns = ("client", "load_id", *facts.COLUMNS[relation])
        staged += copy(warehouse, f"staging.{relation}", columns, ((*owner, *row) for row in values))
    copy(
        warehouse,
        "staging.coverage",
        ("client", "load_id", "report", "first_day", "last_day", "state", "without"),
        ((*owner, report, load["first_day"], load["last_day"], "known", []) for report in reports),
    )
    ledger.end(warehouse, load, "staged", rows=staged)
    warehouse.commit()


def load_days(warehouse: Connection, first: date, last: date, rows: Staged, *reports: str) -> None:
    run = f"{last}/{len(rows)}/{id(rows)}"
    stage(warehouse, begun(warehouse, "vk", first, last, run=run), rows, *reports)
    assert publish(run) == []


def facts_of(warehouse: Connection, query: str) -> list[tuple[Any, ...]]:
    found = [tuple(row.values()) for row in warehouse.execute(query.encode())]
    warehouse.commit()
    return found


# --- posts


def wall(read_on: date, gone_since: date) -> list[tuple[Any, ...]]:
    """What a daily run reads of a wall with one post a day: each has as many likes as days. Post 3 is taken down."""
    first = read_on - DAY - (RELOAD_DAYS - 1 + POST_DAYS) * DAY
    read_at = datetime.combine(read_on, time(6), UTC)
    return [
        (
            "vk",
            str(number),
            datetime.combine(on, time(9), UTC),
            False,
            False,
            True,
            (read_on - on).days,
            0,
            0,
            9,
            read_at,
        )
        for number in range(1, 40)
        if first <= (on := JUNE + (number - 1) * DAY) < read_on and not (number == 3 and read_on >= gone_since)
    ]


def test_a_post_is_read_at_every_age_and_stays_when_it_is_taken_down(warehouse: Connection) -> None:
    for n in range(1, 31):
        today = JUNE + n * DAY
        rows = {"posts": wall(today, gone_since=JUNE + 10 * DAY)}
        load_days(warehouse, today - RELOAD_DAYS * DAY, today - DAY, rows, "posts")

    ages = "select snapshot.day - post.day as age, likes from core.post_snapshots as snapshot join core.posts as post"
    of_post = f"{ages} using (client, network, post_id) where post_id = '{{}}' order by 1"
    read = facts_of(warehouse, of_post.format(1))
    assert read == [(age, age) for age in range(1, 31)]
    assert {1, 2, 3, 7, 14, 28} <= {age for age, _ in read}
    assert facts_of(warehouse, of_post.format(3)) == [(age, age) for age in range(1, 8)]
    assert facts_of(warehouse, "select count(*), min(last_seen_at)::date from core.posts") == [(30, JUNE + 9 * DAY)]


def test_a_day_read_twice_has_one_snapshot_the_later(warehouse: Connection) -> None:
    """Whichever of the two is published first."""
    on = JUNE + 5 * DAY

    def read_at(hour: int, likes: int) -> Staged:
        at = datetime.combine(on, time(hour), UTC)
        published = datetime.combine(JUNE, time(9), UTC)
        return {"posts": [("vk", "1", published, False, False, True, likes, 0, 0, 9, at)]}

    for hour, likes in ((6, 3), (12, 5), (9, 4)):
        load_days(warehouse, JUNE, JUNE + 4 * DAY, read_at(hour, likes), "posts")

    assert facts_of(warehouse, "select day, likes from core.post_snapshots") == [(on, 5)]


def test_a_reading_without_a_number_of_comments_takes_no_own_ones_away(warehouse: Connection) -> None:
    """The two are of one reading."""
    published = datetime.combine(JUNE, time(9), UTC)
    for hour, comments, own in ((6, 5, 2), (9, None, 4)):
        at = datetime.combine(JUNE + DAY, time(hour), UTC)
        row = ("vk", "1", published, False, False, True, 0, comments, 0, 9, at)
        rows: Staged = {"posts": [row], "own_comments": [("vk", 1, own)]}
        load_days(warehouse, JUNE, JUNE + DAY, rows, "posts", "own_comments")

    assert facts_of(warehouse, "select comments, own_comments from core.post_snapshots") == [(5, 2)]


def test_own_comments_belong_to_the_snapshot_that_they_were_read_with(warehouse: Connection) -> None:
    """A post without comments has none; one that was not asked for, or of which no answer came, stays unknown."""

    def read(on: date, hour: int, own: dict[int, int]) -> None:
        at = datetime.combine(on, time(hour), UTC)
        published = datetime.combine(JUNE, time(9), UTC)
        posts = [
            ("vk", str(n), published, False, False, True, 0, comments, 0, 9, at) for n, comments in ((1, 5), (2, 0))
        ]
        rows: Staged = {"posts": posts, "own_comments": [("vk", *one) for one in own.items()]}
        load_days(warehouse, JUNE, JUNE + 4 * DAY, rows, "posts", "own_comments")

    read(JUNE + 5 * DAY, 6, {1: 2})
    read(JUNE + 6 * DAY, 6, {})
    read(JUNE + 7 * DAY, 6, {1: 3})
    read(JUNE + 7 * DAY, 9, {})

    told = "select extract(day from day)::int, post_id, own_comments from core.post_snapshots order by 1, 2"
    assert facts_of(warehouse, told) == [
        (6, "1", 2),
        (6, "2", 0),
        (7, "1", None),
        (7, "2", 0),
        (8, "1", None),
        (8, "2", 0),
    ]


# --- who was reached


def month(through: date, reach: int, **people: int) -> Staged:
    counts = dict.fromkeys(MEASURES, 0) | {"reach": reach}
    return {
        "counts": [
            count("stats", measure, JUNE, value, grain="month", through=through) for measure, value in counts.items()
        ],
        "audience": [("vk", "month", JUNE, "sex", value, part) for value, part in people.items()],
    }


def test_who_was_reached_goes_with_how_many(warehouse: Connection) -> None:
    told = (
        "select audience.value, audience.reach, counts.value as of_all"
        " from core.audience as audience inner join core.counts as counts"
    )
    told = f"{told} using (client, network, grain, period, load_id) where measure = 'reach' order by 1"
    load_days(warehouse, JUNE, JUNE + 9 * DAY, month(JUNE + 9 * DAY, 10, f=6, m=4), "stats")
    load_days(warehouse, JUNE, JUNE + 19 * DAY, month(JUNE + 19 * DAY, 20, f=19), "stats")
    assert facts_of(warehouse, told) == [("f", 19, 20)]

    load_days(warehouse, JUNE, JUNE + 4 * DAY, month(JUNE + 4 * DAY, 5, f=1, m=4), "stats")
    assert facts_of(warehouse, told) == [("f", 19, 20)], "the answer that reaches further stays"

    load_days(warehouse, JUNE, JUNE + 20 * DAY, month(JUNE + 20 * DAY, 21), "stats")
    assert facts_of(warehouse, "select * from core.audience") == []


@pytest.mark.parametrize("order", [("further", "shorter"), ("shorter", "further")])
def test_a_month_that_reaches_further_stays_whichever_is_published_first(
    warehouse: Connection, order: tuple[str, str]
) -> None:
    for run, days, reach in (("further", 19, 20), ("shorter", 9, 10)):
        through = JUNE + days * DAY
        stage(warehouse, begun(warehouse, "vk", JUNE, through, run=run), month(through, reach), "stats")

    for run in order:
        assert publish(run) == []

    month_of = "select through_day, value from core.counts"
    assert facts_of(warehouse, f"{month_of} where measure = 'reach'") == [(JUNE + 19 * DAY, 20)]
    assert facts_of(warehouse, f"{month_of} where measure <> 'reach'") == [(JUNE + 19 * DAY, 0)] * 8


# --- who wrote


def test_a_thread_of_another_day_by_the_zone_before_is_replaced(warehouse: Connection) -> None:
    began = datetime(2026, 6, 2, 22, tzinfo=UTC)
    rows = {"threads": [("vk", "messages", "a", began, None, began + DAY)]}
    load_days(warehouse, JUNE, JUNE + 2 * DAY, rows, "messages")
    warehouse.execute("update core.client set time_zone = 'Europe/London'")
    warehouse.commit()

    load_days(warehouse, JUNE + DAY, JUNE + DAY, rows, "messages")

    assert facts_of(warehouse, "select day from core.threads") == [(JUNE + DAY,)]


def test_the_threads_of_the_days_are_replaced(warehouse: Connection) -> None:
    read_at = datetime(2026, 6, 4, 6, tzinfo=UTC)

    def thread(day: int, hour: int, answered: int | None, peer: str = "a", kind: str = "messages") -> tuple[Any, ...]:
        began = datetime(2026, 6, day, hour, tzinfo=UTC)
        return ("vk", kind, peer, began, None if answered is None else began + timedelta(hours=answered), read_at)

    rows = {"threads": [thread(1, 9, None), thread(2, 9, None), thread(2, 22, None), thread(3, 9, 1)]}
    load_days(warehouse, JUNE, JUNE + 2 * DAY, rows, "messages")
    days = "select day, count(*) as begun, count(answered_at) as answered from core.threads group by day order by day"
    # 22:00 UTC of the 2nd is the 3rd in Moscow
    assert facts_of(warehouse, days) == [(JUNE, 1, 0), (JUNE + DAY, 1, 0), (JUNE + 2 * DAY, 2, 1)]

    load_days(warehouse, JUNE + DAY, JUNE + DAY, {"threads": [thread(2, 9, 5), thread(2, 9, 5, "b")]}, "messages")
    assert facts_of(warehouse, days) == [(JUNE, 1, 0), (JUNE + DAY, 2, 2), (JUNE + 2 * DAY, 2, 1)]

    load_days(warehouse, JUNE + DAY, JUNE + DAY, {"threads": []}, "messages")
    assert facts_of(warehouse, days) == [(JUNE, 1, 0), (JUNE + 2 * DAY, 2, 1)]

    comments = {"threads": [thread(1, 9, None, "c", "comments"), thread(3, 9, None, "c", "comments")]}
    load_days(warehouse, JUNE, JUNE + DAY, comments, "comments")
    assert facts_of(warehouse, days) == [(JUNE, 2, 0), (JUNE + 2 * DAY, 2, 1)], (
        "those of the claimed days, and no message"
    )


def threads(*moments: datetime) -> Staged:
    return {"threads": [("vk", "messages", f"peer{at}", at, None, at + 2 * DAY) for at in moments]}


def test_threads_of_days_that_a_load_does_not_claim_stay(warehouse: Connection) -> None:
    """It was asked for earlier than what is known, and is published later."""
    began = datetime(2026, 6, 5, 12, tzinfo=UTC)
    for run in ("early", "late"):
        stage(warehouse, begun(warehouse, "vk", JUNE, JUNE + 9 * DAY, run=run), threads(began), "messages")

    for run in ("late", "early"):
        assert publish(run) == []
        assert facts_of(warehouse, "select started_at from core.threads") == [(began,)]


def test_what_is_known_takes_the_place_of_a_later_refusal(warehouse: Connection) -> None:
    began = datetime(2026, 6, 5, 12, tzinfo=UTC)
    stage(warehouse, begun(warehouse, "vk", JUNE, JUNE + 9 * DAY, run="early"), threads(began), "messages")
    refused = begun(warehouse, "vk", JUNE, JUNE + 9 * DAY, run="late")
    stage(warehouse, refused, {}, "messages")
    warehouse.execute("update staging.coverage set state = 'no_access' where load_id = %s", [refused["load_id"]])
    warehouse.commit()

    for run in ("late", "early"):
        assert publish(run) == []

    assert facts_of(warehouse, "select distinct state from core.coverage") == [("known",)]
    assert facts_of(warehouse, "select started_at from core.threads") == [(began,)]


def test_a_counter_that_is_not_told_again_on_the_same_day_stays(warehouse: Connection) -> None:
    published_at = datetime(2026, 6, 5, 12, tzinfo=UTC)
    for hour, views in ((14, 50), (15, None)):
        read_at = published_at.replace(hour=hour)
        post = ("vk", 1, published_at, False, False, True, hour, 0, 0, views, read_at)
        load_days(warehouse, JUNE, JUNE + 9 * DAY, {"posts": [post]}, "posts")

    assert facts_of(warehouse, "select likes, views from core.post_snapshots") == [(15, 50)]
