"""The clients' files as rows: what a change of them marks."""

from pathlib import Path

import pytest

from smm import catalogue, clients, roster
from smm.roster import catalogued
from smm.warehouse import Connection
from tests.clients.test_clients import GOOD, written


@pytest.fixture
def stored(warehouse: Connection, tmp_path: Path) -> "Store":
    return Store(warehouse, tmp_path)


class Store:
    """Puts a file's text into the warehouse, as every run does."""

    def __init__(self, warehouse: Connection, folder: Path) -> None:
        self.warehouse = warehouse
        self._folder = folder
        catalogued.store(warehouse, catalogue.read())
        warehouse.execute(
            "insert into core.coverage (client, network, source, report, day, load_id, state)"
            " values ('yarko', 'ga4', 'ga4', 'events', '2026-06-05', 'load', 'known')"
        )

    def file(self, text: str) -> None:
        known = catalogue.read()
        roster.store(self.warehouse, known, [clients.read_file(written(self._folder, text), known)])

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return [tuple(row.values()) for row in self.warehouse.execute(query.encode())]


def test_another_audience_marks_all_months(stored: Store) -> None:
    stored.file(GOOD)
    stored.rows("delete from core.change returning client")
    stored.file(GOOD)
    assert stored.rows("select month from core.change") == [], "the same file again"

    stored.file(GOOD.replace("174905001}", "174905001, audience: {sex: female, ages: [24-27, 27-30]}}"))

    assert stored.rows("select network, block, value from core.wanted_audience order by value") == [
        ("vk", "sex_age", "f;24-27"),
        ("vk", "sex_age", "f;27-30"),
    ]
    assert stored.rows("select month::text from core.change") == [("2026-06-01",)]
    assert len(stored.rows("select day from core.coverage")) == 1, "the events of forms are the same"

    stored.file(GOOD)
    assert stored.rows("select network from core.wanted_audience") == []


def test_another_zone_moves_what_vk_told_of_moments_to_its_days(stored: Store) -> None:
    """From Moscow, UTC+3, to Auckland, UTC+12 in June: what was at 12:00 UTC and later is of the next day there."""
    stored.file(GOOD)
    stored.warehouse.execute(
        """
        insert into core.posts (
            client, network, post_id, published_at, day, is_repost, is_ad, is_own, last_seen_at, load_id
        )
        select 'yarko', 'vk', hour::text, moment, '2026-06-05', false, false, true, moment, 'load'
        from (values (9, timestamptz '2026-06-05 09:00Z'), (13, '2026-06-05 13:00Z')) as posts (hour, moment);

        insert into core.threads (client, network, kind, peer, started_at, day, fetched_at, load_id)
        values ('yarko', 'vk', 'messages', 'a', '2026-06-05 13:00Z', '2026-06-05', '2026-06-06 00:00Z', 'load');

        -- the evening of the 5th and the morning of the 6th come to one day; those after move on, day by day
        insert into core.post_snapshots (client, network, post_id, day, fetched_at, likes, load_id)
        select 'yarko', 'vk', '9', (moment at time zone 'Europe/Moscow')::date, moment, likes, 'load'
        from (
            values
            (5, timestamptz '2026-06-05 20:00Z'), (6, '2026-06-06 06:00Z'), (7, '2026-06-07 18:00Z'),
            (8, '2026-06-08 18:00Z')
        ) as counted (likes, moment);

        -- by the earlier of the two days, the zone's and UTC's: 22:00 UTC of the 5th was of the 5th, as it is now
        insert into core.counts (
            client, network, measure, grain, period, through_day, value, counted_at, source, given_by, report, load_id
        )
        select client, 'vk', 'followers', 'day', day, day, value, moment, 'vk', 'vk', 'members', 'load'
        from (
            values
            ('yarko', date '2026-06-05', 5, timestamptz '2026-06-05 22:00Z'),
            ('yarko', '2026-06-06', 6, '2026-06-06 06:00Z'),
            ('nordlys', '2026-06-05', 5, '2026-06-05 22:00Z')
        ) as counted (client, day, value, moment);

        -- what is of a whole day has no moment, and stays
        insert into core.counts (
            client, network, measure, grain, period, through_day, value, source, given_by, report, load_id
        )
        values ('yarko', 'vk', 'likes', 'day', '2026-06-05', '2026-06-05', 3, 'vk', 'vk', 'stats', 'load');

        delete from core.change
        """
    )

    stored.file(GOOD.replace("Europe/Moscow", "Pacific/Auckland"))

    assert stored.rows("select post_id, day::text from core.posts order by day, post_id desc") == [
        ("9", "2026-06-05"),
        ("13", "2026-06-06"),
    ]
    assert stored.rows("select day::text from core.threads") == [("2026-06-06",)]
    snapshots = "select day::text, likes from core.post_snapshots order by day"
    assert stored.rows(snapshots) == [("2026-06-06", 6), ("2026-06-08", 7), ("2026-06-09", 8)]
    members = (
        "select client, period::text, value from core.counts"
        " where measure = 'followers' and through_day = period order by 1, 2"
    )
    kept = ("nordlys", "2026-06-05", 5)
    assert stored.rows(members) == [kept, ("yarko", "2026-06-05", 5), ("yarko", "2026-06-06", 6)]
    assert stored.rows("select month::text from core.change") == [("2026-06-01",)]

    stored.file(GOOD.replace("Europe/Moscow", "America/Los_Angeles"))

    assert stored.rows("select period::text from core.counts where measure = 'likes'") == [("2026-06-05",)]
    # 06:00 UTC of the 6th is the evening of the 5th there
    assert stored.rows(members) == [kept, ("yarko", "2026-06-05", 6)]
    assert stored.rows("select post_id, day::text from core.posts order by day, post_id desc") == [
        ("9", "2026-06-05"),
        ("13", "2026-06-05"),
    ]


def test_another_name_of_a_zone_moves_nothing(stored: Store) -> None:
    calcutta = GOOD.replace("Europe/Moscow", "Asia/Calcutta")
    stored.file(calcutta)
    stored.rows("delete from core.change returning client")

    stored.file(calcutta.replace("Asia/Calcutta", "Asia/Kolkata"))
    assert stored.rows("select time_zone from core.client") == [("Asia/Kolkata",)]
    assert stored.rows("select month from core.change") == []

    # what earlier versions took: Postgres counted the days of its own CET, which has no summer time
    stored.rows("update core.client set time_zone = 'CET' returning client")
    stored.file(GOOD.replace("Europe/Moscow", "Europe/Brussels"))
    assert stored.rows("select month::text from core.change") == [("2026-06-01",)]


def test_every_source_of_the_file_is_known_before_it_is_loaded(stored: Store) -> None:
    stored.file(GOOD)
    named = [("figures", "figures"), ("ga4", "ga4"), ("vk", "vk"), ("vk_spb", "vk")]
    assert stored.rows("select network, source from core.client_source order by network") == named
    stored.file(GOOD.replace("  vk_spb: {", "  vk_msk: {"))
    assert ("vk_spb",) not in stored.rows("select network from core.client_source")
