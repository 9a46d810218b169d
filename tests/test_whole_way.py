"""The whole way of the data: real DAGs, real Postgres, gRPC, HTTP and SMTP, against a world whose truth is known."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from math import isclose
from pathlib import Path

import pandas as pd
import pytest
import time_machine
from psycopg import sql

from local.postgres import Cluster
from sandbox.data import Question
from sandbox.world import World
from smm.loading import ledger
from smm.sources import NAMES
from tests.way import Way, started

SECRETS = ("sandbox-user-", "sandbox-service-")


@pytest.fixture
def way(postgres: Cluster, loaded: tuple[str, Path], world: World, tmp_path: Path) -> Iterator[Way]:
    """The same again for one test, which may change all of it."""
    template, folder = loaded
    shutil.copytree(folder / "archive", tmp_path / "archive")
    world.write(tmp_path)
    with started(postgres, template, world, tmp_path) as way:
        yield way


def test_history_is_the_truth_to_the_row(way: Way, world: World) -> None:
    way.assert_true(world, world.judged_month)
    first = way.rows("select min(period) from marts.measure where grain = 'month'")
    assert first == [(world.judged_month,)], "posts of the weeks before are known, but nobody asked for those months"


def test_every_kpi_of_the_month_is_the_truth(way: Way, world: World) -> None:
    for client in world.clients:
        found = way.rows(
            "select network, kpi, value from marts.kpi where client = %s and grain = 'month' and period = %s",
            client,
            world.judged_month,
        )
        known = {(network, kpi): value for network, kpi, value in found}
        truth = {(network, kpi): value for network, kpi, value in world.truth(client, world.judged_month)}
        # what reaches back before the loaded months cannot be known here
        opened = {"followers_net", "growth_rate"}
        assert known.keys() == truth.keys()
        for key, value in truth.items():
            if key[1] not in opened:
                assert (known[key] is None) == (value is None), key
                assert value is None or isclose(known[key], value, rel_tol=1e-12), key


def test_a_rerun_changes_nothing(way: Way, world: World) -> None:
    before = way.contents()

    for source in NAMES:
        assert way.ingest(source)["run"] == "success"
    way.build()
    way.build(first_month="2000-01", last_month="2100-01")

    assert way.contents() == before


def test_what_the_service_changes_afterwards_is_changed_here(
    way: Way, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GA4 shows the last days late: a day later, the same days have more visits."""
    tomorrow = World(world.today + timedelta(days=1))
    way.far_ends.properties = tomorrow.far_ends().properties

    assert way.ingest("ga4", tomorrow)["run"] == "success"
    way.build()

    late = tomorrow.truth_daily("yarko")
    late = late[(late["network"] == "site") & (late["measure"] == "sessions")]
    days = dict(zip(late["day"], late["value"], strict=True))
    found = way.rows(
        "select period, value from marts.measure where client = 'yarko' and network = 'site' and measure = 'sessions'"
        " and grain = 'day' and period >= %s",
        world.today - timedelta(days=10),
    )
    assert len(found) == 11
    assert dict(found) == {day: days[day] for day, _ in found}
    kept = way.rows("select count(*) from marts.measure_history where client = 'yarko' and measure = 'sessions'")
    assert kept[0][0] > 0


EDGES = {
    "the day after summer time began": date(2026, 3, 30),
    "the day after summer time ended": date(2026, 10, 26),
    "the first day of a month": date(2026, 10, 1),
    "the Monday after a week 53": date(2027, 1, 4),
    "the day after a leap day": date(2028, 3, 1),
}


@pytest.mark.parametrize("today", EDGES.values(), ids=EDGES)
def test_a_daily_run_brings_the_truth_on_the_edges_of_the_calendar(
    postgres: Cluster, migrated: str, airflow_database: None, tmp_path: Path, today: date
) -> None:
    world = World(today)
    world.write(tmp_path)
    # in this order: a server of gRPC that is started in the future waits for it
    with started(postgres, migrated, world, tmp_path) as way, time_machine.travel(world.run_after):
        for source in NAMES:
            assert way.ingest(source)["run"] == "success"
        assert way.build()["run"] == "success"
        way.assert_true(world, today - timedelta(days=3))
        # at six in the morning the account's yesterday is not over in California; what is before it is counted back
        found = way.rows(
            "select value from marts.measure where network = 'instagram' and measure = 'followers'"
            " and client = 'yarko' and grain = 'day' and period = %s",
            today - timedelta(days=3),
        )
        assert found == [(followers(world, today - timedelta(days=3)),)]


def followers(world: World, day: date) -> int:
    """Of the jeweller's account at the end of that day."""
    account = world.chronicles["yarko"].account
    assert account
    return int(account.by_day.set_index("day")["followers"][pd.Timestamp(day)])


def test_one_dead_token_stops_nobody_else_and_is_named(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    way.far_ends.user_tokens.discard("sandbox-user-yarko")
    before = way.rows("select count(*) from core.counts where client = 'yarko' and report = 'stats'")

    done = way.ingest("vk")

    assert done["run"] == "failed"
    assert (done["announce"], done["outcome"]) == ("success", "failed")
    ((reason,),) = way.rows("select reason from core.load where state = 'failed'")
    assert "the token is dead: re-authorise the VK user and put the new token into the connection" in reason
    run = "select client from core.load where run_id like 'ingest_vk/%%' and state = 'published' order by 1"
    assert way.rows(run) == [("nordlys",), ("pekarnya",)]
    assert way.rows("select count(*) from core.counts where client = 'yarko' and report = 'stats'") == before
    assert not any(secret in caplog.text for secret in SECRETS)


def test_a_poisoned_slice_is_stopped_by_the_audit(way: Way, world: World) -> None:
    name = world.chronicles["nordlys"].brand.property
    sound = way.far_ends.properties[name].answer
    way.far_ends.properties[name].answer = poisoned(sound)
    before = way.rows("select day, sessions from core.traffic_totals where client = 'nordlys' order by 1")

    done = way.ingest("ga4")

    assert done["run"] == "failed"
    ((client, reason),) = way.rows("select client, reason from core.load where state = 'rejected'")
    assert client == "nordlys"
    assert "traffic_totals: the same day came twice: 14" in reason
    assert way.rows("select day, sessions from core.traffic_totals where client = 'nordlys' order by 1") == before
    assert {row[0] for row in way.rows("select distinct client from audit.finding where severity = 'critical'")} == {
        "nordlys"
    }


def poisoned(sound: "Callable[[Question], pd.DataFrame]") -> "Callable[[Question], pd.DataFrame]":
    """A property that suddenly gives every day twice."""
    import pandas as pd

    def answer(question: Question) -> pd.DataFrame:
        table = sound(question)
        return pd.concat([table, table]) if "sessions" in table else table

    return answer


def test_spent_quota_waits_for_the_next_run(way: Way, world: World) -> None:
    way.far_ends.properties[world.chronicles["nordlys"].brand.property].tokens_left = 0

    assert way.ingest("ga4")["run"] == "failed"

    ((client, reason),) = way.rows("select client, reason from core.load where state = 'failed'")
    assert client == "nordlys"
    assert "is spent, GA4 gives more within an hour: Exhausted property tokens" in reason


def test_a_property_that_changes_its_zone_is_stopped_with_a_question(way: Way, world: World) -> None:
    prop = way.far_ends.properties[world.chronicles["yarko"].brand.property]
    prop.time_zone = "UTC"
    before = way.rows("select day, load_id from core.traffic_totals where client = 'yarko' order by 1")

    assert way.ingest("ga4")["run"] == "failed"

    ((client, reason),) = way.rows("select client, reason from core.load where state = 'failed'")
    assert (client, reason) == (
        "yarko",
        "ga4 was time_zone Europe/Moscow, now UTC: days before and after would not fit together. If that is right, run"
        " `python -m smm accept yarko ga4` and load these days again; else put back what was changed",
    )
    assert way.rows("select day, load_id from core.traffic_totals where client = 'yarko' order by 1") == before

    way.warehouse.execute("delete from core.identity where client = 'yarko' and network = 'ga4'")  # as accept does
    way.warehouse.commit()
    assert way.ingest("ga4")["run"] == "success"
    assert way.ingest("ga4")["run"] == "success", "and it is asked once only"


def test_another_community_under_an_old_name_is_refused(way: Way, world: World) -> None:
    file = way.folder / "clients" / "yarko.yml"
    own, other = (world.chronicles[client].brand.wall.id for client in ("yarko", "nordlys"))
    file.write_text(file.read_text("utf-8").replace(f"community: {own}", f"community: {other}"), "utf-8")

    assert way.ingest("vk")["run"] == "failed"

    ((reason,),) = way.rows("select reason from core.load where state = 'failed'")
    assert reason == (
        f"vk was community {own}, now {other}: two histories would be mixed under one name. Give the new one a"
        " name of its own, or run `python -m smm forget yarko vk` and backfill it; else put it back"
    )
    assert not ledger.is_questioned(way.warehouse, "yarko", "vk"), "so it cannot be accepted"


def test_a_source_that_was_only_renamed_keeps_its_name(way: Way, world: World) -> None:
    file = way.folder / "clients" / "yarko.yml"
    text = file.read_text("utf-8").replace("\n  vk:\n", "\n  vk_main:\n    source: vk\n")
    text = text.replace("messages: vk\n", "messages: vk_main\n")
    file.write_text(text, "utf-8")

    assert way.ingest("vk")["run"] == "failed"

    ((network, reason),) = way.rows("select network, reason from core.load where state = 'failed'")
    own = world.chronicles["yarko"].brand.wall.id
    assert (network, reason) == (
        "vk_main",
        f"vk_main is community {own}, whose history is stored under vk: keep the name vk, or run"
        " `python -m smm forget yarko vk` first",
    )


def test_a_broken_client_file_is_named_with_its_line_and_the_others_go_on(way: Way) -> None:
    file = way.folder / "clients" / "pekarnya.yml"
    file.write_text(file.read_text("utf-8").replace("currency:", "curency:"), "utf-8")

    done = way.ingest("figures")

    assert done["run"] == "failed"
    states = way.rows("select client, state, reason from core.load where run_id like 'ingest_figures/%%' order by 1")
    assert [state[:2] for state in states] == [("nordlys", "published"), ("pekarnya", "failed"), ("yarko", "published")]
    assert "pekarnya.yml:4: curency: is not a key of this file; did you mean `currency`?" in states[1][2]


def test_the_archive_rebuilds_core_without_any_service(way: Way, world: World) -> None:
    before = way.contents()
    archived = sorted(way.folder.glob("archive/*/*/*/published"))
    for table in [row[0] for row in way.rows("select tablename from pg_tables where schemaname = 'core'")]:
        way.warehouse.execute(sql.SQL("truncate core.{}").format(sql.Identifier(table)))
    way.warehouse.commit()
    way.far_ends.properties.clear()
    way.far_ends.communities.clear()
    for file in (way.folder / "figures").glob("*.csv"):
        file.unlink()

    months = {"first_month": f"{world.judged_month:%Y-%m}", "last_month": f"{world.last_month:%Y-%m}"}
    done = way.run("backfill_client", clients=None, sources=None, from_archive=True, **months)
    assert done["run"] == "success"
    way.build()

    assert way.contents() == before
    assert sorted(way.folder.glob("archive/*/*/*/published")) == archived, "what was read again is there already"


def test_another_event_for_forms_is_no_zero(way: Way, world: World) -> None:
    file = way.folder / "clients" / "yarko.yml"
    file.write_text(file.read_text("utf-8").replace("ga4.generate_lead", "ga4.another_event"), "utf-8")

    way.build()

    month = "select value, reason from marts.measure where client = 'yarko' and network = 'site' and grain = 'month'"
    query = f"{month} and measure = 'forms' and period = %s"
    assert way.rows(query, world.judged_month) == [(None, "source_missing")]


def test_letters_go_to_whom_they_are_for_and_once(way: Way, world: World) -> None:
    assert way.report(send=False)["run"] == "success"
    assert way.letters() == []

    assert way.report()["run"] == "success"
    assert way.report()["run"] == "success"

    missed = way.rows("select distinct client from marts.verdict where verdict = 'missed' order by 1")
    assert ("yarko",) in missed
    assert ("nordlys",) not in missed
    judged = way.rows("select distinct client from marts.verdict where month = %s order by 1", world.judged_month)
    assert way.letters() == [f"owner@{client}.example.eml" for (client,) in judged]
    assert way.rows("select distinct client from marts.letter where kind = 'missed' order by 1") == missed
    assert way.rows("select distinct state from marts.letter") == [("sent",)]
    shown = "select client, jsonb_array_length(content -> 'pictures') > 0 from marts.letter order by 1"
    assert way.rows(shown) == [(client, True) for (client,) in judged], "VK shows how the posts look"
    named = "select distinct split_part(each ->> 'name', '/', 1) from marts.letter,"
    named += " jsonb_array_elements(content -> 'pictures') as each where client = 'yarko' order by 1"
    assert way.rows(named) == [("facebook",), ("instagram",), ("vk",)]


def test_a_rehearsal_goes_to_one_address_and_leaves_no_trace(way: Way) -> None:
    assert way.report(rehearse_to="anna@agency.example", clients=["yarko"])["run"] == "success"

    assert way.letters() == ["anna@agency.example.eml"]
    assert way.rows("select count(*) from marts.letter") == [(0,)]


def test_history_mails_nobody(way: Way, world: World) -> None:
    """Without a month named, only what is due now is written; long after the months that were loaded, nothing is."""
    later = world.run_after.replace(year=world.run_after.year + 1)
    way.world = type("Later", (), {"run_after": later, "judged_month": world.judged_month})()

    assert way.report(month=None)["run"] == "success"

    assert way.rows("select * from marts.letter where month <= %s", world.last_month) == []
