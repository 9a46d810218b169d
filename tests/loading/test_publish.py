"""Publishing: a load replaces the days it has claimed, and nothing else; the order of loads does not matter."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smm import catalogue, facts
from smm.loading import ledger
from smm.loading.ledger import Load
from smm.loading.publish import publish, steps
from smm.roster import catalogued
from smm.sources import named
from smm.warehouse import Connection, copy
from smm.warehouse import run as run_sql
from tests.staging import COUNTS, begun, count, staged

D1, D2, D3 = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)
TOTALS = ("day", "sessions", "key_event_rate")

Columns = tuple[str, ...]


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


def totals(warehouse: Connection, load: Load, *rows: tuple[date, int]) -> None:
    """Stage a site's totals: day and sessions; the load knows all its days."""
    values = [(day, sessions, Decimal("0.1")) for day, sessions in rows]
    staged(warehouse, load, "traffic_totals", TOTALS, values, [("totals", load["first_day"], load["last_day"])])


def sessions(warehouse: Connection) -> dict[date, int]:
    return {row["day"]: row["sessions"] for row in warehouse.execute("select day, sessions from core.traffic_totals")}


def state(warehouse: Connection, load: Load) -> str:
    row = warehouse.execute("select state from core.load where load_id = %s", [load["load_id"]]).fetchone()
    assert row is not None
    return str(row["state"])


def test_a_slice_is_replaced_and_its_neighbours_stay(warehouse: Connection) -> None:
    totals(warehouse, begun(warehouse, "ga4", D1, D3), (D1, 10), (D2, 20), (D3, 30))
    publish("run")
    totals(warehouse, begun(warehouse, "ga4", D2, D3, run="later"), (D2, 25))
    publish("later")

    assert sessions(warehouse) == {D1: 10, D2: 25}, "the 3rd has no visits any more; the 1st was not asked for"
    assert warehouse.execute("select count(*) as n from staging.traffic_totals").fetchone() == {"n": 0}


def test_publishing_twice_is_publishing_once(warehouse: Connection) -> None:
    load = begun(warehouse, "ga4", D1, D2)
    totals(warehouse, load, (D1, 10), (D2, 20))

    assert publish("run") == []
    assert publish("run") == []

    assert sessions(warehouse) == {D1: 10, D2: 20}
    assert state(warehouse, load) == "published"


def test_per_day_the_load_that_started_later_stays(warehouse: Connection) -> None:
    earlier = begun(warehouse, "ga4", D1, D2, run="earlier")
    later = begun(warehouse, "ga4", D2, D3, run="later")
    totals(warehouse, earlier, (D1, 10), (D2, 20))
    totals(warehouse, later, (D2, 25), (D3, 30))

    publish("later")
    publish("earlier")

    assert sessions(warehouse) == {D1: 10, D2: 25, D3: 30}
    assert {state(warehouse, load) for load in (earlier, later)} == {"published"}


def test_key_event_sessions_are_a_count_again(warehouse: Connection) -> None:
    totals(warehouse, begun(warehouse, "ga4", D1, D1), (D1, 33))
    publish("run")

    row = warehouse.execute("select key_event_sessions from core.traffic_totals").fetchone()
    assert row == {"key_event_sessions": 3}


def test_lost_access_does_not_unlearn_a_day(warehouse: Connection) -> None:
    first = begun(warehouse, "vk", D1, D1, run="first")
    staged(warehouse, first, "counts", COUNTS, [count("stats", "reach", D1, 7)], [("stats", D1, D1)])
    publish("first")
    second = begun(warehouse, "vk", D1, D2, run="second")
    staged(warehouse, second, "counts", COUNTS, [], [("stats", D1, D2, "no_access")])
    publish("second")

    covered = warehouse.execute("select day, state from core.coverage where report = 'stats' order by day").fetchall()
    assert [(row["day"], row["state"]) for row in covered] == [(D1, "known"), (D2, "no_access")]
    assert warehouse.execute("select value from core.counts").fetchall() == [{"value": 7}]


def test_a_day_that_was_known_stays_known_when_the_source_fails_to_answer(warehouse: Connection) -> None:
    columns = ("day", "session_source", "session_medium", "session_campaign", "sessions")
    first = begun(warehouse, "ga4", D1, D1, run="first")
    staged(warehouse, first, "traffic", columns, [(D1, "vk.com", "referral", "", 7)], [("traffic", D1, D1)])
    publish("first")
    second = begun(warehouse, "ga4", D1, D2, run="second")
    staged(warehouse, second, "traffic", columns, [], [("traffic", D1, D2, "unanswered")])
    publish("second")

    covered = warehouse.execute("select day, state from core.coverage order by day").fetchall()
    assert [(row["day"], row["state"]) for row in covered] == [(D1, "known"), (D2, "unanswered")]
    assert warehouse.execute("select sessions from core.traffic").fetchall() == [{"sessions": 7}]

    third = begun(warehouse, "ga4", D2, D2, run="third")
    staged(warehouse, third, "traffic", columns, [(D2, "vk.com", "referral", "", 9)], [("traffic", D2, D2)])
    publish("third")
    covered = warehouse.execute("select day, state from core.coverage order by day").fetchall()
    assert [(row["day"], row["state"]) for row in covered] == [(D1, "known"), (D2, "known")]


def test_answers_to_one_report_add_up_their_doubts_and_gaps(warehouse: Connection) -> None:
    load = begun(warehouse, "ga4", D1, D2)
    staged(warehouse, load, "counts", COUNTS, [])
    stretches = [
        ("users", D1, D2, "known", None, ["buyers"]),
        ("users", D1, D1, "flagged", "a sample", ["users", "buyers"]),
        ("users", D1, D1, "flagged", "few people", []),
    ]
    columns = ("client", "load_id", "report", "first_day", "last_day", "state", "reason", "without")
    copy(warehouse, "staging.coverage", columns, [(load["client"], load["load_id"], *row) for row in stretches])
    warehouse.commit()
    publish("run")

    found = warehouse.execute("select day, state, reason, without from core.coverage order by day").fetchall()
    assert [tuple(row.values()) for row in found] == [
        (D1, "flagged", "a sample; few people", ["buyers", "users"]),
        (D2, "known", None, ["buyers"]),
    ]


def learned(
    warehouse: Connection, load: Load, rows: dict[str, tuple[Columns, list[Any]]], *known: tuple[str, date, date, str]
) -> None:
    """Publish rows by relation; ``known``: a report, its days, and the measure that the answer lacks."""
    owner = (load["client"], load["load_id"])
    count = 0
    for relation, (columns, values) in rows.items():
        whole = ("client", "load_id", *columns)
        count += copy(warehouse, f"staging.{relation}", whole, ((*owner, *row) for row in values))
    columns = ("client", "load_id", "report", "first_day", "last_day", "state", "reason", "without")
    stretches = (
        (*owner, report, first, last, "known", f"{lack} was removed" if lack else None, [lack] if lack else [])
        for report, first, last, lack in known
    )
    copy(warehouse, "staging.coverage", columns, stretches)
    ledger.end(warehouse, load, "staged", rows=count)
    warehouse.commit()
    assert publish(load["run_id"]) == []


def test_a_measure_that_a_service_has_removed_stays_known_where_it_was(warehouse: Connection) -> None:
    for run, last, numbers, lack in (
        ("before", D2, {"reach": 7, "views": 70}, ""),
        ("after", D3, {"reach": 8}, "views"),
        ("again", D3, {"reach": 9}, "views"),
    ):
        load = begun(warehouse, "facebook", D1, last, run=run)
        days = [D1, D2, D3][: (last - D1).days + 1]
        rows = [count("insights", name, day, n, network="facebook") for day in days for name, n in numbers.items()]
        learned(warehouse, load, {"counts": (COUNTS, rows)}, ("insights", D1, last, lack))

    told = warehouse.execute("select day, state, reason, without from core.coverage order by day").fetchall()
    assert [tuple(row.values()) for row in told] == [
        (D1, "known", None, []),
        (D2, "known", None, []),
        (D3, "known", "views was removed", ["views"]),
    ]
    stored = warehouse.execute("select measure, period, value from core.counts order by 1, 2").fetchall()
    assert [tuple(row.values()) for row in stored] == [
        *(("reach", day, 9) for day in (D1, D2, D3)),
        *(("views", day, 70) for day in (D1, D2)),
    ]


def test_a_counter_of_posts_that_a_service_has_removed_stays_known_where_it_was(warehouse: Connection) -> None:
    for run, last, lack in (("before", D1, ""), ("after", D2, "post_views")):
        load = begun(warehouse, "facebook", D1, last, run=run)
        learned(warehouse, load, {}, ("posts", D1, last, lack))

    told = warehouse.execute("select day, without from core.coverage order by day").fetchall()
    assert [tuple(row.values()) for row in told] == [(D1, []), (D2, ["post_views"])]


def test_a_measure_that_comes_back_is_the_new_one(warehouse: Connection) -> None:
    for run, views, lack in (("before", 70, ""), ("without", None, "views"), ("back", 75, "")):
        load = begun(warehouse, "facebook", D1, D1, run=run)
        rows = [count("insights", "views", D1, views, network="facebook")] if views else []
        learned(warehouse, load, {"counts": (COUNTS, rows)}, ("insights", D1, D1, lack))

    assert warehouse.execute("select value from core.counts").fetchall() == [{"value": 75}]


def test_what_another_source_of_the_same_name_knew_does_not_stay(warehouse: Connection) -> None:
    for source, numbers, lack in (("facebook", {"reach": 7, "views": 70}, ""), ("instagram", {"reach": 8}, "views")):
        load = begun(warehouse, source, D1, D1, run=source, network="page")
        rows = [count("insights", name, D1, n, network="page") for name, n in numbers.items()]
        learned(warehouse, load, {"counts": (COUNTS, rows)}, ("insights", D1, D1, lack))

    assert warehouse.execute("select without from core.coverage").fetchall() == [{"without": ["views"]}]


def test_visits_of_a_day_are_replaced_whole(warehouse: Connection) -> None:
    """Money that is hidden from now on is unknown, and the day says so: of other origins it would be another sum."""
    for run, row, lack in (("before", (D1, 10, 320), ""), ("after", (D1, 11, None), "revenue")):
        load = begun(warehouse, "ga4", D1, D1, run=run)
        rows: dict[str, tuple[Columns, list[Any]]] = {"traffic_totals": (("day", "sessions", "revenue"), [row])}
        learned(warehouse, load, rows, ("totals", D1, D1, lack))

    assert warehouse.execute("select sessions, revenue from core.traffic_totals").fetchall() == [
        {"sessions": 11, "revenue": None}
    ]
    assert warehouse.execute("select without, reason from core.coverage").fetchall() == [
        {"without": ["revenue"], "reason": "revenue was removed"}
    ]


def test_of_a_period_the_answer_that_reaches_further_stays(warehouse: Connection) -> None:
    month = date(2026, 3, 1)
    for run, through, users in (("whole", D3, 30), ("shorter", D2, 20)):
        load = begun(warehouse, "ga4", D1, through, run=run)
        row = count("users", "users", month, users, network="site", grain="month", through=through)
        staged(warehouse, load, "counts", COUNTS, [row], [("users", D1, through)])
        publish(run)

    assert warehouse.execute("select value from core.counts").fetchall() == [{"value": 30}]


def test_people_that_were_not_asked_for_stay_and_those_that_were_withheld_do_not(warehouse: Connection) -> None:
    month = date(2026, 3, 1)
    asked: dict[str, list[tuple[str, str, int | None]]] = {
        "first": [("site", "users", 30), ("site", "new_visitors", 20), ("vk", "users", 9)],
        "later": [("site", "users", 31), ("site", "new_visitors", None)],
    }
    for run, people in asked.items():
        load = begun(warehouse, "ga4", D1, D2, run=run)
        rows = [
            count("users", measure, month, value, network=network, grain="month", through=D2)
            for network, measure, value in people
        ]
        staged(warehouse, load, "counts", COUNTS, rows, [])
        publish(run)

    found = warehouse.execute("select network, measure, value from core.counts order by 1, 2").fetchall()
    told = [("site", "new_visitors", None), ("site", "users", 31), ("vk", "users", 9)]
    assert [tuple(row.values()) for row in found] == told


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        pytest.param("Europe/Moscow", 22, id="half past one of the 3rd, in Moscow"),
        pytest.param("America/New_York", 23, id="the 2nd for both"),
    ],
)
def test_members_stand_under_the_day_before_which_all_are_over_for_the_client_and_for_vk(
    warehouse: Connection, zone: str, hour: int
) -> None:
    warehouse.execute("update core.client set time_zone = %s", [zone])
    load = begun(warehouse, "vk", D1, D1)
    counted_at = datetime(2026, 3, 2, hour, 30, tzinfo=UTC)
    staged(warehouse, load, "counts", COUNTS, [count("members", "followers", D2, 500, at=counted_at)], [])
    publish("run")

    found = warehouse.execute("select period, through_day, value from core.counts").fetchall()
    assert found == [{"period": D2, "through_day": D2, "value": 500}]


def test_posts_stay_and_each_day_keeps_its_last_reading(warehouse: Connection) -> None:
    columns = (
        "network", "post_id", "published_at", "is_repost", "is_ad", "is_own", "likes", "views", "fetched_at",
    )  # fmt: skip
    born = datetime(2026, 3, 1, 9, tzinfo=UTC)
    readings = [("first", 2, 6, 5), ("second", 2, 18, 9), ("third", 3, 6, 11)]
    for run, day, hour, likes in readings:
        load = begun(warehouse, "vk", D1, D3, run=run)
        row = ("vk", "1", born, False, False, True, likes, None, datetime(2026, 3, day, hour, tzinfo=UTC))
        staged(warehouse, load, "posts", columns, [row], [("posts", D1, D3)])
        publish(run)
    gone = begun(warehouse, "vk", D1, D3, run="deleted by its author")
    staged(warehouse, gone, "posts", columns, [], [("posts", D1, D3)])
    publish("deleted by its author")

    assert warehouse.execute("select post_id, day from core.posts").fetchall() == [{"post_id": "1", "day": D1}]
    read = warehouse.execute("select day, likes, views from core.post_snapshots order by day").fetchall()
    assert [tuple(row.values()) for row in read] == [(D2, 9, None), (D3, 11, None)]


def test_a_loss_in_staging_is_noticed_and_nothing_is_published(warehouse: Connection) -> None:
    load = begun(warehouse, "ga4", D1, D2)
    totals(warehouse, load, (D1, 10), (D2, 20))
    warehouse.execute("delete from staging.traffic_totals where day = %s", [D2])
    warehouse.commit()

    (unpublished,) = publish("run")

    assert unpublished["reason"] == "2 rows were staged and 1 are there: run the fetch task again"
    assert sessions(warehouse) == {}
    assert state(warehouse, load) == "failed"
    assert warehouse.execute("select count(*) as n from staging.coverage").fetchone() == {"n": 0}


def test_one_load_that_cannot_be_published_stops_no_other(warehouse: Connection) -> None:
    bad, good = begun(warehouse, "ga4", D1, D1), begun(warehouse, "ga4", D2, D2)
    staged(warehouse, bad, "traffic_totals", TOTALS, [(D1, 10, 0), (D1, 20, 0)], [("totals", D1, D1)])
    totals(warehouse, good, (D2, 20))

    (unpublished,) = publish("run")

    assert unpublished["load_id"] == bad["load_id"]
    assert "duplicate key" in unpublished["reason"]
    assert sessions(warehouse) == {D2: 20}


def changes(warehouse: Connection) -> list[str]:
    rows = warehouse.execute("delete from core.change returning month").fetchall()
    warehouse.commit()
    return sorted(f"{row['month']:%Y-%m}" for row in rows)


def test_a_load_marks_the_months_of_its_days(warehouse: Connection) -> None:
    totals(warehouse, begun(warehouse, "ga4", date(2026, 2, 27), D2), (D1, 10))
    publish("run")

    assert changes(warehouse) == ["2026-02", "2026-03"]


def test_the_same_figures_again_change_no_other_month(warehouse: Connection) -> None:
    for run, day, value, expected in (
        ("new", D1, 100, ["2026-03"]),
        ("same", date(2026, 4, 1), 100, ["2026-04"]),
        ("other", date(2026, 4, 1), 120, ["2026-03", "2026-04"]),
    ):
        load = begun(warehouse, "figures", day, day, run=run)
        row = count("figures", "spend", date(2026, 2, 1), value, network="vk_ads", grain="month")
        staged(warehouse, load, "counts", COUNTS, [row], [("figures", day, day)])
        publish(run)
        assert changes(warehouse) == expected, run


def test_figures_that_were_overtaken_change_nothing(warehouse: Connection) -> None:
    old = begun(warehouse, "figures", D1, D3, run="old")
    new = begun(warehouse, "figures", D3, D3, run="new")
    for load, value in ((old, 100), (new, 200)):
        row = count("figures", "spend", D1, value, network="vk_ads", grain="month")
        staged(warehouse, load, "counts", COUNTS, [row], [("figures", load["first_day"], load["last_day"])])
    publish("new")
    publish("old")

    assert warehouse.execute("select value from core.counts").fetchall() == [{"value": 200}]
    assert {state(warehouse, load) for load in (old, new)} == {"published"}


def test_the_first_count_of_members_changes_the_months_before_it(warehouse: Connection) -> None:
    old = begun(warehouse, "vk", date(2026, 1, 5), date(2026, 1, 6), run="history")
    staged(warehouse, old, "counts", COUNTS, [], [("stats", date(2026, 1, 5), date(2026, 1, 6))])
    publish("history")
    changes(warehouse)
    load = begun(warehouse, "vk", D1, D1, run="count")
    at = datetime(2026, 3, 2, 6, tzinfo=UTC)
    row = count("members", "followers", D1, 500, at=at)
    staged(warehouse, load, "counts", COUNTS, [row], [("stats", D1, D1)])
    publish("count")

    assert changes(warehouse) == ["2026-01", "2026-03"]


def test_every_kind_of_facts_has_steps_of_its_own() -> None:
    for kind in facts.KINDS:
        assert any(step.startswith(f"facts/{kind}/") for step in steps([kind])), f"nothing publishes {kind}"


def test_the_identity_is_that_of_the_load_that_started_last(warehouse: Connection) -> None:
    earlier = begun(warehouse, "ga4", D1, D2, run="earlier")
    later = begun(warehouse, "ga4", D2, D3, run="later")
    for load, zone in ((earlier, "UTC"), (later, "Europe/Moscow")):
        totals(warehouse, load, (D2, 20))
        identity = {"identity": {"property": "1", "time_zone": zone}}
        ledger.end(warehouse, load, "staged", rows=1, health=identity)
    warehouse.commit()

    publish("later")
    publish("earlier")

    found = warehouse.execute("select network, facts, load_id from core.identity").fetchall()
    newest = {"property": "1", "time_zone": "Europe/Moscow"}
    assert found == [{"network": "ga4", "facts": newest, "load_id": later["load_id"]}]


@pytest.mark.parametrize("order", [("further", "shorter"), ("shorter", "further")])
def test_the_answer_that_reaches_further_stays_whichever_is_published_first(
    warehouse: Connection, order: tuple[str, str]
) -> None:
    month = date(2026, 3, 1)
    for run, through, users in (("further", D3, 30), ("shorter", D2, 20)):
        load = begun(warehouse, "ga4", D1, through, run=run)
        row = count("users", "users", month, users, network="site", grain="month", through=through)
        staged(warehouse, load, "counts", COUNTS, [row])

    for run in order:
        assert publish(run) == []

    assert warehouse.execute("select value from core.counts").fetchall() == [{"value": 30}]


def test_the_days_of_a_load_without_rows_outlive_a_crash_of_postgres(warehouse: Connection) -> None:
    load = begun(warehouse, "ga4", D1, D2)
    totals(warehouse, load)
    unlogged = "select oid::regclass::text as name from pg_class where relpersistence = 'u' and relkind = 'r'"
    for row in warehouse.execute(unlogged).fetchall():
        warehouse.execute(f"truncate {row['name']}".encode())  # what a crash leaves of them
    warehouse.commit()

    assert publish("run") == []

    days = warehouse.execute("select day, load_id from core.coverage order by day").fetchall()
    assert days == [{"day": day, "load_id": load["load_id"]} for day in (D1, D2)]


@pytest.mark.parametrize("order", [("morning", "evening"), ("evening", "morning")])
def test_of_two_counts_of_a_day_the_later_stays_whichever_is_published_first(
    warehouse: Connection, order: tuple[str, str]
) -> None:
    for run, hour, followers in (("morning", 6, 500), ("evening", 18, 510)):
        load = begun(warehouse, "vk", D1, D1, run=run)
        row = count("members", "followers", D2, followers, at=datetime(2026, 3, 2, hour, tzinfo=UTC))
        staged(warehouse, load, "counts", COUNTS, [row], [("members", D1, D1)])

    for run in order:
        assert publish(run) == []

    assert warehouse.execute("select period, value from core.counts").fetchall() == [{"period": D2, "value": 510}]


def test_another_counter_of_visits_takes_over_the_days_that_it_has_claimed(warehouse: Connection) -> None:
    """Of a site's visits a day has one giver; what the first has counted before stays."""
    for name, first, last, users in (("ga4", D1, D2, 30), ("web", D2, D3, 40)):
        warehouse.execute("delete from core.client_source")
        warehouse.execute("insert into core.client_source values ('yarko', %s, 'ga4')", [name])
        load = begun(warehouse, "ga4", first, last, run=name, network=name)
        known = [(report, first, last) for report in ("totals", "traffic")]
        staged(warehouse, load, "traffic_totals", TOTALS, [(day, users + 5, Decimal(0)) for day in (first, last)])
        rows = [count("totals", "users", day, users, network="site") for day in (first, last)]
        staged(warehouse, load, "counts", COUNTS, rows, known)
        ledger.end(warehouse, load, "staged", rows=4)
        warehouse.commit()
        assert publish(name) == []

    assert sessions(warehouse) == {D1: 35, D2: 45, D3: 45}
    kept = warehouse.execute("select period, given_by, value from core.counts order by 1").fetchall()
    assert [tuple(row.values()) for row in kept] == [(D1, "ga4", 30), (D2, "web", 40), (D3, "web", 40)]
    known_by = warehouse.execute("select distinct day, network from core.coverage order by 1").fetchall()
    assert [tuple(row.values()) for row in known_by] == [(D1, "ga4"), (D2, "web"), (D3, "web")]


def test_the_days_of_other_clients_are_not_read(warehouse: Connection) -> None:
    """However many there are: Postgres counts the rows that a transaction reads of whole tables."""
    warehouse.execute(
        """insert into core.coverage (client, network, source, report, day, load_id, state)
        select 'other' || n % 50, 'ga4', 'ga4', 'totals', date '2025-01-01' + n / 50, 'load', 'known'
        from generate_series(1, 20000) as n"""
    )
    load = begun(warehouse, "ga4", D1, D2)
    totals(warehouse, load, (D1, 10), (D2, 20))
    warehouse.execute("analyze core.coverage")
    warehouse.commit()
    for step in ("publish/begin.sql", "publish/refuse.sql", *steps(named("ga4").kinds)):
        run_sql(warehouse, step, load)
    read = "select seq_tup_read from pg_stat_xact_user_tables where relid = 'core.coverage'::regclass"
    (row,) = warehouse.execute(read).fetchall()
    assert row["seq_tup_read"] < 10
    known = warehouse.execute("select day from core.coverage where client = 'yarko' order by 1").fetchall()
    assert [row["day"] for row in known] == [D1, D2]
