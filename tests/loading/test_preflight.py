"""Preflight: what is told of a history before it is loaded, and what is left out of it."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from local.postgres import Cluster
from sandbox.data import Question
from sandbox.world import World
from smm import sources
from smm.loading import backfill
from tests.way import Way, started

TODAY = datetime.now(UTC).date()
FORM = {"clients": ["yarko"], "first_month": None, "last_month": None, "sources": None, "from_archive": False}


@pytest.fixture(scope="module")
def world() -> World:
    return World(TODAY)


@pytest.fixture
def way(postgres: Cluster, migrated: str, airflow_database: None, world: World, tmp_path: Path) -> Iterator[Way]:
    world.write(tmp_path)
    with started(postgres, migrated, world, tmp_path) as way:
        yield way


@pytest.fixture
def check(way: Way, caplog: pytest.LogCaptureFixture) -> Callable[..., list[str]]:
    """Fills in the form, and returns what preflight logs."""

    def check(**given: Any) -> list[str]:
        caplog.clear()
        with caplog.at_level(logging.INFO, "smm.loading.preflight"):
            backfill.check("backfill/run", FORM | given, way.world.run_after)
        return [record.message for record in caplog.records if record.name == "smm.loading.preflight"]

    return check


def planned(way: Way, **given: Any) -> set[tuple[str, str]]:
    batches = backfill.batches("backfill/run", FORM | given, way.world.run_after)
    return {(slot["client"], slot["network"]) for batch in batches for slot in batch["slots"]}


def refused(way: Way) -> list[tuple[Any, ...]]:
    return way.rows("select client, network, reason from core.load where run_id = 'backfill/run' order by 1, 2")


@pytest.mark.parametrize("name", sources.NAMES)
def test_every_source_has_a_survey(name: str) -> None:
    assert callable(sources.named(name)._part("surveying").survey)


def test_what_there_is_and_what_it_costs_is_told_as_a_table(
    check: Callable[..., list[str]], way: Way, world: World
) -> None:
    head, *rows, together = [line for line in check(clients=["nordlys", "yarko"]) if ": " not in line]

    columns = [head.index(word) for word in ("client", "network", "asked for", "history", "the service has")]
    cells = [[row[start:end].split() for start, end in pairwise(columns)] for row in rows]
    first, last = (f"{month:%Y-%m}" for month in (world.first_month, world.last_month))
    asked_for = f"{months_before(TODAY, 24)}..{TODAY - timedelta(days=1)}"
    of_pages = {"vk", "facebook", "instagram"}
    assert all(row[1][1] == "ready" for row in cells)
    of_vk = [row[3] for row in cells if row[1][0] == "vk"]
    of_meta = [row[3] for row in cells if row[1][0] in ("facebook", "instagram")]
    assert of_meta == [[f"{months_before(TODAY, 24):%Y-%m}..{last}"]] * 2
    assert [[who, what[:2], days, history] for who, what, days, history in cells if what[0] not in of_pages] == [
        [[client], [network, "ready"], [asked_for], [f"{first}..{last}"]]
        for client in ("nordlys", "yarko")
        for network in ("figures", "ga4")
    ]
    assert [len(row) for row in of_vk] == [1, 1]
    assert together.startswith("together about ")
    assert refused(way) == []


def months_before(day: date, months: int) -> date:
    return (pd.Period(day, "M") - months).start_time.date()


def test_months_before_the_history_begins_are_counted(check: Callable[..., list[str]], world: World) -> None:
    first = world.first_months["pekarnya"]
    empty = 24 - (pd.Period(TODAY, "M") - pd.Period(first, "M")).n

    lines = check(clients=["pekarnya"], sources=["metrica"])

    assert f"pekarnya metrica: the history begins in {first:%Y-%m}: {empty} of the requested months are empty" in lines


def test_a_dead_token_leaves_its_network_out_until_it_is_mended(check: Callable[..., list[str]], way: Way) -> None:
    way.far_ends.user_tokens.discard("sandbox-user-yarko")

    lines = check()

    ((client, network, reason),) = refused(way)
    assert (client, network) == ("yarko", "vk")
    assert "the token is dead" in reason
    assert f"yarko vk is left out: {reason}" in lines
    others = {("yarko", name) for name in ("ga4", "facebook", "instagram", "figures")}
    assert planned(way) == others

    way.far_ends.user_tokens.add("sandbox-user-yarko")
    check()

    assert refused(way) == []
    assert planned(way) == others | {("yarko", "vk")}


def test_if_nothing_can_work_nothing_is_fetched_and_the_run_names_it(way: Way, world: World) -> None:
    way.far_ends.properties[world.chronicles["yarko"].brand.property].is_open = False

    done = way.run("backfill_client", **FORM | {"sources": ["ga4"]})

    assert (done["preflight"], done["plan"], done["fetch"], done["announce"], done["outcome"], done["run"]) == (
        *("failed", "upstream_failed", "upstream_failed", "skipped", "failed", "failed"),
    )
    ((state, reason),) = way.rows("select state, reason from core.load")
    assert state == "failed"
    assert "may not read GA4 property 310123456: in its Admin, under Property access management, add" in reason


def test_a_spent_quota_leaves_nobody_out(check: Callable[..., list[str]], way: Way, world: World) -> None:
    way.far_ends.properties[world.chronicles["yarko"].brand.property].tokens_left = 0

    lines = check(sources=["ga4"])

    assert any(line.startswith("yarko ga4 is unanswered: the quota of GA4 property 310123456") for line in lines)
    assert planned(way, sources=["ga4"]) == {("yarko", "ga4")}


def test_tokens_that_will_not_do_are_told(check: Callable[..., list[str]], way: Way, world: World) -> None:
    way.far_ends.properties[world.chronicles["yarko"].brand.property].tokens_left = 100

    (told,) = [line for line in check(sources=["ga4"]) if "it waits for more, and goes on by itself" in line]

    assert told.startswith("yarko ga4: some ")
    assert "tokens are needed and 100 are left now" in told


def test_without_statistics_the_wall_is_loaded_and_it_is_told(check: Callable[..., list[str]], way: Way) -> None:
    way.far_ends.communities[174905001].stats = None

    lines = check(sources=["vk"])

    (told,) = [line for line in lines if line.startswith("yarko vk: VK refuses stats.get with error 15")]
    assert told.endswith("its numbers stay unknown (no_access)")
    assert planned(way, sources=["vk"]) == {("yarko", "vk")}


def test_a_community_that_is_not_there_is_left_out(way: Way, check: Callable[..., list[str]]) -> None:
    del way.far_ends.communities[174905001]

    check()

    ((_, network, reason),) = refused(way)
    assert network == "vk"
    assert "check the community's number in the client's file" in reason


def test_money_in_another_currency_and_days_of_another_zone(
    check: Callable[..., list[str]], way: Way, world: World
) -> None:
    counted = ("nordlys", "yarko")
    of = {client: way.far_ends.properties[world.chronicles[client].brand.property] for client in counted}
    of["yarko"].currency = "EUR"
    of["nordlys"].time_zone = "Asia/Tokyo"

    lines = check(clients=["nordlys", "yarko"], sources=["ga4"])

    assert refused(way) == [
        (
            *("yarko", "ga4"),
            "GA4 property 310123456 counts money in EUR, but the client's file says RUB: change one of the two",
        )
    ]
    assert (
        "nordlys ga4: GA4's time zone is Asia/Tokyo, but the client's file says Europe/Stockholm: days are never"
        " shifted, so they differ a little from those of other sources"
    ) in lines


def test_many_key_events_are_named(check: Callable[..., list[str]], way: Way, world: World) -> None:
    prop = way.far_ends.properties[world.chronicles["yarko"].brand.property]
    sound = prop.answer

    def answer(question: Question) -> pd.DataFrame:
        if question.dimensions != ("eventName",):
            return sound(question)
        events = pd.Categorical(["click", "form", "page_view", "purchase", "scroll"])
        return pd.DataFrame({"eventName": events, "keyEvents": [5.0, 40.0, 0.0, 40.0, 12000.0]})

    prop.answer = answer

    (told,) = [line for line in check(sources=["ga4"]) if "key events were in use" in line]

    assert told == (
        "yarko ga4: 4 key events were in use in the last 90 days: scroll (12,000), form (40), purchase (40), click (5)."
        " key_events counts them all together: keep 3 at most that mean the same to the client, or judge one of them as"
        " leads"
    )


def test_every_mistake_of_a_file_of_figures_is_told(check: Callable[..., list[str]], way: Way) -> None:
    (way.folder / "figures" / "yarko.csv").write_text(
        "period,network,measure,value\n2026-01,vk,calls,-1\n2026-13,vk,calls,1\n"
    )

    check()

    ((_, network, reason),) = refused(way)
    assert network == "figures"
    assert "line 2: value: found -1, write 0 or more" in reason
    assert "line 3: period: found '2026-13', write a day such as 2026-01-31 or a month such as 2026-01" in reason


def test_of_the_archive_nobody_is_asked(check: Callable[..., list[str]], way: Way, world: World) -> None:
    with pytest.raises(backfill.NothingToLoad, match="yarko: the archive has no published load of ga4 from 20"):
        check(from_archive=True, sources=["ga4"])
    assert way.ingest("figures", clients=["yarko"])["run"] == "success"
    way.far_ends.properties.clear()
    way.far_ends.communities.clear()

    lines = check(from_archive=True)

    yesterday = f"{TODAY - timedelta(days=1)}"
    assert lines == [
        "client  network  archived loads  days",
        f"yarko   figures               1  {yesterday}..{yesterday}",
    ]
