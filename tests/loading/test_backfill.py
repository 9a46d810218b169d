"""Backfills and daily windows: the form, resuming, waiting for quota, a whole week that was missed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local import ports
from local.postgres import Cluster
from sandbox.loopback import Answer, Request, Server
from sandbox.world import World
from smm import catalogue, clients
from smm.loading import fetch, form, ledger, plan
from smm.loading.ledger import Slot
from smm.sources import NAMES, named
from smm.warehouse import Connection
from tests.way import Way, started

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
FORM: dict[str, Any] = {
    "clients": None, "first_month": None, "last_month": None, "sources": None, "from_archive": False,
}  # fmt: skip
CLIENT = """\
name: One
language: en
time_zone: Europe/London
currency: GBP
started: 2025-06-01
sources:
  ga4: {{connection: ga4, property: 1}}
  vk: {{connection: {token}, community: 2}}
  figures: {{path: x.csv}}
report: {{to: [owner@x.example]}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The client files of anna and berta."""
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    for name in ("anna", "berta"):
        (tmp_path / f"{name}.yml").write_text(CLIENT.format(token="vk"))
    return tmp_path


@pytest.mark.usefixtures("folder")
class TestForm:
    def test_left_as_it_is_it_means_two_years_of_everything(self) -> None:
        assert form.read(FORM, NOON) == form.Form(
            clients=None,
            sources=NAMES,
            first_month=date(2024, 3, 1),
            last_month=date(2026, 3, 1),
            from_archive=False,
        )

    def test_months_that_are_named(self) -> None:
        asked_for = form.read(FORM | {"last_month": "2025-06"}, NOON)
        assert (asked_for.first_month, asked_for.last_month) == (date(2023, 6, 1), date(2025, 6, 1))
        asked_for = form.read(FORM | {"first_month": "2025-01", "last_month": "2025-12"}, NOON)
        assert (asked_for.first_month, asked_for.last_month) == (date(2025, 1, 1), date(2025, 12, 1))

    @pytest.mark.parametrize(
        ("given", "text"),
        [
            ({"clients": []}, r"clients is an empty list, which would load nothing: name some, or write null for all"),
            ({"sources": []}, r"sources is an empty list, which would load nothing: name some, or write null for all"),
            ({"clients": ["ana", "anna"]}, "'ana' is none of the clients: write anna"),
            ({"client": ["anna"]}, "'client' is not a parameter: write clients"),
            ({"clients": ["x"]}, "'x' is none of the clients: there are anna, berta"),
            ({"sources": ["ga"]}, "'ga' is none of the sources: write ga4"),
            ({"first_month": "2026-04"}, "first_month 2026-04 is after last_month 2026-03: swap them"),
            (
                {"first_month": "2026-04", "last_month": "2026-05"},
                "first_month 2026-04 has not begun: write 2026-03 or an earlier month",
            ),
        ],
    )
    def test_nonsense_is_refused_with_what_to_write(self, given: dict[str, Any], text: str) -> None:
        with pytest.raises(ValueError, match=text):
            form.read(FORM | given, NOON)


@pytest.mark.parametrize(("number", "most"), [(1, 20), (50, 60)])
def test_a_backfill_has_tens_of_tasks(dagbag: "DagBag", folder: Path, number: int, most: int) -> None:
    for n in range(number):
        (folder / f"c{n}.yml").write_text(CLIENT.format(token=f"vk_{n}"))
    found = clients.read(catalogue.read(), only=[f"c{n}" for n in range(number)]).by_id
    asked_for = form.read(FORM, NOON)
    months = (asked_for.first_month, asked_for.last_month)

    slots = plan.history(found.values(), asked_for.sources, NOON, *months, from_archive=False)
    mapped = len(plan.batches(slots, found))

    assert len(slots) == number * 4  # GA4 in two stretches, VK and figures at once
    assert mapped + len(dagbag.dags["backfill_client"].tasks) - 1 <= most


SLOT = Slot(source="vk", client="one", network="vk", first_day="2026-03-07", last_day="2026-03-09", archived=None)


def test_a_cleared_task_loads_what_is_missing(warehouse: Connection) -> None:
    other = Slot(**{**SLOT, "client": "two"})
    for slot, state in ((SLOT, "published"), (other, "failed")):
        load = ledger.begin(warehouse, "run", slot)
        assert load is not None
        ledger.end(warehouse, load, state)

    assert ledger.unpublished(warehouse, "run", [SLOT, other]) == [other]
    assert ledger.unpublished(warehouse, "another run", [SLOT, other]) == [SLOT, other]


def test_another_try_forgets_what_could_not_be_planned(warehouse: Connection) -> None:
    ledger.refuse(warehouse, "run", "vk", "one", "the token is dead", "vk_spb")
    ledger.refuse(warehouse, "another run", "vk", "one", "the token is dead", "vk_spb")
    assert [(load["network"], load["reason"]) for load in ledger.refused(warehouse, "run")] == [
        ("vk_spb", "the token is dead")
    ]

    ledger.forget_refused(warehouse, "run")

    assert ledger.refused(warehouse, "run") == []
    assert len(ledger.refused(warehouse, "another run")) == 1


@pytest.fixture(scope="module")
def world() -> World:
    return World(datetime.now(UTC).date())


@pytest.fixture
def way(postgres: Cluster, migrated: str, airflow_database: None, world: World, tmp_path: Path) -> Iterator[Way]:
    world.write(tmp_path)
    with started(postgres, migrated, world, tmp_path) as way:
        yield way


def assert_true(way: Way, world: World, first: date, last: date) -> None:
    """VK's flows of yarko in these days are the world's."""
    of_vk = {measure for given in named("vk").gives for measure in given.measures}
    truth: Any = world.truth_daily("yarko")
    truth = truth[(truth["network"] == "vk") & truth["measure"].isin(of_vk - {"followers"})]
    expected = {(row.measure, row.day): row.value for row in truth.itertuples() if first <= row.day <= last}
    found = way.rows(
        "select measure, period, value from marts.measure"
        " where client = 'yarko' and network = 'vk' and grain = 'day' and period between %s and %s",
        *(first, last),
    )
    known = {(measure, day): value for measure, day, value in found}
    assert {key: known.get(key) for key in expected} == expected
    assert len(expected) > 50


def test_after_a_week_without_a_token_the_next_run_loads_everything(way: Way, world: World) -> None:
    """Days in the past: what is read is stamped with the real time, before which it must have happened."""
    day = timedelta(days=1)
    before, meanwhile = World(world.today - 8 * day), World(world.today - 4 * day)
    serve(way, before)
    assert way.ingest("vk", before, clients=["yarko"])["run"] == "success"
    serve(way, meanwhile)
    way.far_ends.user_tokens.discard("sandbox-user-yarko")
    assert way.ingest("vk", meanwhile, clients=["yarko"])["run"] == "failed"

    serve(way, world)
    assert way.ingest("vk", world, clients=["yarko"])["run"] == "success"
    assert way.build(clients=["yarko"])["run"] == "success"

    windows = way.rows("select first_day, last_day from core.load where state = 'published' order by started_at")
    asked = [(before, 3, 1), (world, 3, 1), (world, 8, 4)]
    assert windows == [(seen.today - first * day, seen.today - last * day) for seen, first, last in asked]
    assert_true(way, world, before.today - 3 * day, world.today - day)


def serve(way: Way, world: World) -> None:
    """The communities and tokens of this world."""
    served = world.far_ends()
    way.far_ends.communities, way.far_ends.now = served.communities, served.now
    way.far_ends.user_tokens |= served.user_tokens


def test_a_backfill_waits_for_quota_and_a_daily_run_does_not(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def respond(request: Request) -> Answer:
        asked.append(request.path)
        if len(asked) in (1, 3, 4):
            return Answer(429, "text/plain", b"slow down")
        return Answer(200, "text/csv", b"period,network,measure,value\n2026-01,vk,calls,1\n")

    port = ports.free()
    file = way.folder / "clients" / "yarko.yml"
    text = file.read_text("utf-8")
    path = text[text.index("path: ") :].partition("\n")[0]
    file.write_text(text.replace(path, f"path: http://{ports.HOST}:{port}/x.csv"), "utf-8")
    monkeypatch.setattr(fetch, "UNTOLD_WAIT", timedelta())
    server = Server(port, respond)
    try:
        daily = way.ingest("figures", clients=["yarko"])
        assert (daily["fetch"], daily["run"], len(asked)) == ("failed", "failed", 1)

        done = way.run("backfill_client", **FORM | {"clients": ["yarko"], "sources": ["figures"]})
    finally:
        server.stop()

    assert done["run"] == "success", done
    assert len(asked) == 5, "preflight, two in vain, and the file"
    states = "select state, reason from core.load where run_id like 'backfill_client/%%' order by started_at"
    assert [state for state, _ in way.rows(states)] == ["failed", "failed", "published"]
