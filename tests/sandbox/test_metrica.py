"""Metrica's far end, asked over HTTP as its documentation says: what counts wrongly for who guesses, and refusals."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import requests
import yaml

import sandbox.world
from sandbox import faults, metrica
from sandbox.data import FarEnds
from sandbox.faults import metrica as metrica_faults
from sandbox.loopback import Server
from sandbox.metrica.table import BOUNCE_SECONDS
from sandbox.world import World
from sandbox.world.brands import PEKARNYA
from sandbox.world.clients import metrica_token
from sandbox.world.counter import CALL, FORM, GOALS, counter_of, origin
from sandbox.world.traffic import network_of
from smm import facts
from smm.sources import metrica as metrica_source
from smm.sources.metrica.origin import of
from tests.sandbox.conftest import TODAY
from tests.sources.loading import Connection, load
from tests.sources.metrica.far_end import COUNTER, work

TOKEN = metrica_token("pekarnya")
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
DAYS = {"date1": f"{FIRST}", "date2": f"{LAST}"}
ORIGINS = "ym:s:lastsignTrafficSource,ym:s:lastsignSourceEngine"


@pytest.fixture(scope="module")
def bakery() -> World:
    """The world in which Metrica measures the bakery's site."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sandbox.world, "BRANDS", (replace(PEKARNYA, counter=COUNTER),))
        return World(TODAY)


@pytest.fixture
def far_ends(bakery: World) -> FarEnds:
    return bakery.far_ends()


@pytest.fixture
def server(far_ends: FarEnds) -> Iterator[Server]:
    with metrica.serve(far_ends, 0) as server:
        yield server


def get(server: Server, path: str = "/stat/v1/data", token: str = TOKEN, **params: Any) -> requests.Response:
    plain: dict[str, Any] = {"ids": COUNTER, "metrics": "ym:s:visits", "accuracy": "full"} | DAYS
    headers = {"Authorization": f"OAuth {token}"} if token else {}
    return requests.get(server.url + path, params=plain | params, headers=headers, timeout=60)


def told(server: Server, path: str = "/stat/v1/data", **params: Any) -> dict[str, Any]:
    answer = get(server, path, **params)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def refused(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["error_type"]


def visits(world: World) -> pd.DataFrame:
    sessions = world.chronicles["pekarnya"].sessions
    return sessions[sessions["day"].between(pd.Timestamp(FIRST), pd.Timestamp(LAST))]


def test_totals_are_the_worlds(server: Server, bakery: World) -> None:
    mine = visits(bakery)
    metrics = ["visits", "users", "pageviews", "newUsers", f"goal{FORM}visits", f"goal{CALL}reaches"]
    said = told(server, metrics=",".join(f"ym:s:{name}" for name in metrics))
    assert (
        said["totals"]
        == said["data"][0]["metrics"]
        == [
            *(len(mine), mine["visitor"].nunique(), mine["pages"].sum(), mine["is_first_visit"].sum()),
            *((mine["forms"] > 0).sum(), mine["call_clicks"].sum()),
        ]
    )


def test_an_undefined_first_dimension_is_left_out_of_rows_and_totals(far_ends: FarEnds, server: Server) -> None:
    counter = far_ends.counters[COUNTER]
    lost = counter.visits["day"].between("2026-10-05", "2026-10-06")
    changed = counter.visits.assign(
        traffic_source=counter.visits["traffic_source"].mask(lost),
        source_engine=counter.visits["source_engine"].mask(lost),
    )
    far_ends.counters[COUNTER] = replace(counter, visits=changed)
    whole = told(server)["totals"][0]
    without = told(server, dimensions=ORIGINS)
    with_undefined = told(server, dimensions=ORIGINS, include_undefined="true")
    assert without["totals"][0] == sum(row["metrics"][0] for row in without["data"]) == whole - lost.sum()
    assert with_undefined["totals"][0] == sum(row["metrics"][0] for row in with_undefined["data"]) == whole
    by_day = told(server, dimensions=f"ym:s:date,{ORIGINS}", limit=1000)  # of the later ones they are always there
    assert by_day["totals"][0] == whole
    assert {"name": None, "id": None} in [row["dimensions"][1] for row in by_day["data"]]


def test_a_page_has_100_rows_and_begins_with_the_largest_unless_it_is_asked_otherwise(server: Server) -> None:
    dimensions = f"ym:s:date,{ORIGINS}"
    usual = told(server, dimensions=dimensions, date1="2026-08-01")
    assert len(usual["data"]) == 100 < usual["total_rows"]
    numbers = [row["metrics"][0] for row in usual["data"]]
    assert numbers == sorted(numbers, reverse=True)
    sort: dict[str, Any] = {"dimensions": dimensions, "sort": dimensions, "limit": 7, "date1": "2026-08-01"}
    pages = [told(server, **sort, offset=offset)["data"] for offset in range(1, usual["total_rows"] + 1, 7)]
    rows = [str(row["dimensions"]) for page in pages for row in page]
    assert len(rows) == len(set(rows)) == usual["total_rows"]
    assert refused(get(server, offset=0)) == (400, "invalid_parameter")


def test_names_follow_the_language_and_ids_do_not(server: Server) -> None:
    rows = [told(server, dimensions=ORIGINS, lang=language)["data"] for language in ("en", "ru")]
    english, russian = ({row["dimensions"][0]["id"]: row["dimensions"][0]["name"] for row in each} for each in rows)
    assert english["organic"] == "Search engine traffic"
    assert russian["organic"] == "Переходы из поисковых систем"
    assert english.keys() == russian.keys()


def test_medium_accuracy_is_a_sample_and_so_is_full_of_too_many_days(far_ends: FarEnds, server: Server) -> None:
    assert told(server)["sampled"] is False
    for said in (told(server, accuracy="medium"), told(server, accuracy="")):
        assert (said["sampled"], said["sample_share"]) == (True, 0.1)
    far_ends.counters[COUNTER].whole_days = 5
    assert told(server)["sampled"] is True
    said = told(server, date2="2026-10-05")
    assert said["sampled"] is False


def test_people_of_intervals(server: Server, bakery: World) -> None:
    mine = visits(bakery)
    by_day, by_month = (
        told(server, "/stat/v1/data/bytime", metrics="ym:s:users", group=group) for group in ("day", "month")
    )
    days = mine.groupby("day")["visitor"].nunique()
    assert sum(by_day["data"][0]["metrics"][0]) == days.sum()
    assert by_month["data"][0]["metrics"] == [[mine["visitor"].nunique()]]
    assert days.sum() > mine["visitor"].nunique()
    weeks = told(server, "/stat/v1/data/bytime", metrics="ym:s:users", group="week")["time_intervals"]
    assert weeks[:2] == [["2026-10-01", "2026-10-04"], ["2026-10-05", "2026-10-11"]]
    assert weeks[-1] == ["2026-10-26", "2026-10-31"]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"token": ""}, (401, "unauthorized")),
        ({"token": "another"}, (403, "invalid_token")),
        ({"ids": 5}, (404, "not_found")),
        ({"path": "/management/v1/counter/5"}, (404, "not_found")),
        ({"path": "/stat/v2/data"}, (404, "not_found")),
        ({"metrics": "ym:s:sessions"}, (400, "invalid_parameter")),
        ({"metrics": "ym:s:goal999visits"}, (400, "invalid_parameter")),
        ({"metrics": ""}, (400, "invalid_parameter")),
        ({"metrics": ",".join(["ym:s:visits"] * 21)}, (400, "invalid_parameter")),
        ({"metrics": "ym:s:ecommerceSEKConvertedRevenue"}, (400, "invalid_parameter")),
        ({"dimensions": "ym:s:weather"}, (400, "invalid_parameter")),
        ({"date1": "yesterday"}, (400, "invalid_parameter")),
    ],
)
def test_what_is_refused(params: dict[str, Any], expected: tuple[int, str], server: Server) -> None:
    assert refused(get(server, **params)) == expected


def test_a_deleted_goal_is_named(far_ends: FarEnds, server: Server) -> None:
    del far_ends.counters[COUNTER].goals[FORM]
    answer = get(server, metrics=f"ym:s:visits,ym:s:goal{FORM}visits")
    assert f"ym:s:goal{FORM}visits" in answer.json()["message"]
    listed = told(server, f"/management/v1/counter/{COUNTER}/goals")["goals"]
    assert [goal["id"] for goal in listed] == [goal for goal in GOALS if goal != FORM]


def test_quotas_on_demand(far_ends: FarEnds, server: Server) -> None:
    counter = far_ends.counters[COUNTER]
    counter.is_open = False
    assert refused(get(server)) == (403, "access_denied")
    counter.is_open, counter.requests_left = True, 1
    assert [get(server).status_code for _ in range(2)] == [200, 429]
    assert refused(get(server)) == (429, "quota_requests_by_counter_id")
    far_ends.metrica_tokens[TOKEN] = 0
    assert refused(get(server)) == (429, "quota_requests_by_uid")


def test_a_fourth_request_at_the_same_time_is_refused(far_ends: FarEnds, server: Server) -> None:
    end, begun, found = threading.Event(), threading.Semaphore(0), []

    def wait() -> None:
        begun.release()
        end.wait(30)

    far_ends.faults.plan(TOKEN, [faults.waiting(wait)] * 3)
    threads = [threading.Thread(target=lambda: found.append(get(server).status_code)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in threads:
        begun.acquire(timeout=30)
    assert refused(get(server)) == (429, "quota_parallel_requests")
    end.set()
    for thread in threads:
        thread.join()
    assert found == [200] * 3
    assert get(server).status_code == 200


def test_faults_are_planned_by_token(far_ends: FarEnds, server: Server) -> None:
    far_ends.faults.plan(TOKEN, [metrica_faults.refused(503, "backend_error"), None])
    assert [get(server).status_code for _ in range(3)] == [503, 200, 200]


@pytest.mark.parametrize("client", ["yarko", "nordlys", "pekarnya"])
def test_metrica_and_ga4_mean_the_same_network_by_a_visit(client: str, world: World) -> None:
    for channel in world.chronicles[client].brand.channels:
        kind, engine, *tags = origin(channel.source, channel.medium, channel.campaign)
        dimensions = [{"name": "?", "id": kind}, {"name": "?", "id": engine}, *({"name": tag} for tag in tags)]
        if kind is None:
            dimensions[:2] = [{"name": None, "id": None}] * 2
        found = of(dimensions)
        assert network_of(*found[:2]) == network_of(channel.source, channel.medium), found


@pytest.mark.parametrize("traps", [{}, {"whole_days": 3}, {"bearable_days": 4}], ids=str)
@pytest.mark.parametrize("client", ["yarko", "pekarnya"])
def test_the_source_reads_the_worlds_visits(client: str, traps: dict[str, Any], world: World) -> None:
    """Where Metrica samples many days, or finds them too heavy, fewer are asked for: the numbers are the same."""
    past = world.chronicles[client]
    counter = replace(counter_of(COUNTER, "Europe/Moscow", "RUB", past.sessions), **traps)
    served = FarEnds(world.run_after, counters={COUNTER: counter}, metrica_tokens={TOKEN: 500})
    with metrica.serve(served, 0) as server:
        job = work(first_day=FIRST, last_day=LAST, events=(str(FORM),))
        loaded = load(metrica_source.SOURCE, job, Connection(host=server.url, password=TOKEN))
    mine = past.sessions[past.sessions["day"].between(pd.Timestamp(FIRST), pd.Timestamp(LAST))]
    traffic, totals = (
        pd.DataFrame(loaded.rows[relation], columns=list(facts.COLUMNS[relation]))
        for relation in ("traffic", "traffic_totals")
    )
    places = zip(traffic["session_source"], traffic["session_medium"], strict=True)
    traffic["network"] = [network_of(*place) for place in places]
    found = traffic.groupby("network")[["sessions", "page_views", "engagement_seconds", "new_users"]].sum()
    counted = mine.groupby("network", observed=True).agg(
        visits=("day", "size"), pages=("pages", "sum"), seconds=("seconds", "sum"), new=("is_first_visit", "sum")
    )
    assert list(found.index) == sorted(counted.index)
    assert found.to_numpy().tolist() == counted.sort_index().to_numpy().tolist()
    assert totals["sessions"].sum() == traffic["sessions"].sum() == len(mine)
    assert totals["engaged_sessions"].sum() == ((mine["pages"] > 1) | (mine["seconds"] >= BOUNCE_SECONDS)).sum()
    assert int(sum(totals["revenue"]) * 100) == mine["revenue_cents"].sum()
    assert sum(row[5] for row in loaded.rows["traffic_events"] if row[2]) == (mine["forms"] > 0).sum()
    people = {row[3:5]: row[5] for row in loaded.rows["counts"]}
    if not traps:
        assert people["month", FIRST] == mine["visitor"].nunique()
    by_day = {known.state for known in loaded.known if known.report != "users"}
    assert by_day == {"known"}


def test_the_bakery_with_a_counter(bakery: World, tmp_path: Path) -> None:
    bakery.write(tmp_path)
    content = yaml.safe_load((tmp_path / "clients" / "pekarnya.yml").read_text("utf-8"))
    assert content["sources"]["metrica"] == {"connection": "metrica_pekarnya", "counter": COUNTER}
    assert "ga4" not in content["sources"]
    assert content["leads"]["forms"] == f"metrica.{FORM}"
    assert bakery.connections({"vk": 1, "metrica": 2})["metrica_pekarnya"]["password"] == TOKEN
    assert bakery.far_ends().properties == {}
    facts = {(network, kpi): value for network, kpi, value in bakery.truth("pekarnya", FIRST)}
    mine = visits(bakery)
    assert facts["site", "users"] == mine["visitor"].nunique()
    assert facts["site", "sessions"] == len(mine)
    assert ("site", "key_events") not in facts
    daily = bakery.truth_daily("pekarnya")
    october = daily[(daily["network"] == "site") & daily["day"].between(FIRST, LAST)]
    assert october[october["measure"] == "forms"]["value"].sum() == mine["forms"].sum()
