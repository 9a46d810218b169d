"""Runs that meet in the same slice: what stays is what one after the other would leave, in the order of their start."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.postgres import Cluster
from sandbox.faults import meanwhile
from sandbox.world import World
from sandbox.world.clients import user_token
from tests import workers
from tests.way import Contents, Way, started
from tests.workers import FORKS, Moment, Run

TODAY = datetime.now(UTC).date()
CLIENT = "nordlys"
SOURCES = ("ga4", "vk")


def run(name: str, days: int) -> Run:
    """The last days up to yesterday, as a daily run or a backfill loads them."""
    return Run(name, workers.slots(SOURCES, CLIENT, TODAY - timedelta(days=days), TODAY - timedelta(days=1)))


DAILY, OTHER_DAILY, BACKFILL = run("a daily run", 5), run("another daily run", 5), run("a backfill", 40)
MEETINGS = {
    "two daily runs": (DAILY, OTHER_DAILY),
    "a backfill begun during a daily run": (DAILY, BACKFILL),
    "a daily run begun during a backfill": (BACKFILL, DAILY),
}


@pytest.fixture(scope="module")
def world() -> World:
    return World(TODAY)


@pytest.fixture(scope="module")
def yesterday() -> World:
    """The world before GA4 restated its last days."""
    return World(TODAY - timedelta(days=1))


@pytest.fixture
def way(postgres: Cluster, migrated: str, world: World, tmp_path: Path) -> Iterator[Way]:
    world.write(tmp_path)
    with started(postgres, migrated, world, tmp_path) as way:
        yield way


@pytest.fixture(scope="module", params=[*MEETINGS.values()], ids=[*MEETINGS])
def meeting(
    request: pytest.FixtureRequest,
    postgres: Cluster,
    migrated: str,
    world: World,
    yesterday: World,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Run, Run, Contents]:
    """Two runs, the second begun later, and what they leave one after the other."""
    earlier, later = request.param
    folder = tmp_path_factory.mktemp("serial")
    world.write(folder)
    with started(postgres, migrated, world, folder) as way:
        sound = way.far_ends.properties
        way.far_ends.properties = yesterday.far_ends().properties
        workers.finish(earlier, "plan", "fetch", "audit", "publish")
        before = way.contents()
        way.far_ends.properties = sound
        workers.finish(later, "plan", "fetch", "audit", "publish")
        contents = way.contents()
    assert before["core.traffic"] != contents["core.traffic"], "the later run brings something new"
    return earlier, later, contents


class Gate:
    """Holds back the answer that a caller gets first, until it is opened."""

    def __init__(self) -> None:
        self._asked, self._open = threading.Event(), threading.Event()

    def hold(self) -> None:
        self._asked.set()
        self._open.wait(workers.PATIENCE)

    def open(self) -> None:
        self._open.set()

    def wait_for_caller(self) -> None:
        assert self._asked.wait(workers.PATIENCE)


@pytest.mark.parametrize("is_earlier_last", [False, True], ids=["at once", "the earlier ends last"])
def test_what_was_started_later_stays(
    way: Way, yesterday: World, meeting: tuple[Run, Run, Contents], is_earlier_last: bool
) -> None:
    """Both have asked, and been counted, before either gets its answer; the earlier one's is out of date by then."""
    earlier, later, serial = meeting
    number = yesterday.chronicles[CLIENT].brand.property
    workers.finish(earlier, "plan")
    first, second = Gate(), Gate()
    sound = way.far_ends.properties
    # a load's first question is a report by day, to which these answers belong
    way.far_ends.properties = yesterday.far_ends().properties
    way.far_ends.faults.plan(number, [meanwhile(first.hold), meanwhile(second.hold)])
    one = workers.start(earlier, "fetch", "audit", "publish")
    first.wait_for_caller()
    way.far_ends.properties = sound
    two = workers.start(later, "fetch", "audit", "publish")
    second.wait_for_caller()
    if is_earlier_last:
        second.open()
        assert workers.end_of(two) == [0]
        first.open()
    else:
        first.open()
        second.open()
    assert workers.end_of(one, two) == [0, 0]

    assert way.contents() == serial
    assert states(way) == {"published"}


def meet_at(moment: Moment, *stages: tuple[Run, str]) -> None:
    """Run these at the same time: each comes to the moment before any goes on."""
    together = FORKS.Barrier(len(stages))
    both = [workers.start(run, stage, at=moment, happen=together.wait) for run, stage in stages]
    assert workers.end_of(*both) == [0] * len(stages)


def states(way: Way) -> set[str]:
    return {state for (state,) in way.rows("select state from core.load")}


def test_two_whole_runs_and_their_rebuilds_at_once(way: Way, world: World) -> None:
    for stage, place in (
        ("plan", "smm.roster.catalogued.store"),
        ("fetch", "smm.loading.fetch._stage"),
        ("audit", "smm.loading.audit._store"),
        ("publish", "smm.warehouse.lock"),
        ("build", "smm.warehouse.run"),
    ):
        meet_at(Moment(place), *[(each, stage) for each in (DAILY, OTHER_DAILY)])
    workers.finish(DAILY, "build")
    met = way.contents()

    workers.finish(run("an undisturbed run", 5), *workers.STAGES)
    assert way.contents() == met
    assert all(met[table] for table in ("core.traffic", "core.post_snapshots", "marts.kpi"))


def test_one_run_is_published_by_two_workers_at_once(way: Way) -> None:
    """As when a worker is given up for dead, and is not."""
    workers.finish(DAILY, "plan", "fetch", "audit")
    meet_at(Moment("smm.warehouse.lock"), (DAILY, "publish"), (DAILY, "publish"))

    assert states(way) == {"published"}
    loads = way.rows("select distinct load_id from core.coverage order by 1")
    assert loads == way.rows("select load_id from core.load order by 1")


def test_a_worker_given_up_for_dead_stages_nothing_when_it_goes_on(way: Way, world: World) -> None:
    gate = Gate()
    way.far_ends.faults.plan(user_token(CLIENT), [meanwhile(gate.hold)])
    slow = workers.start(DAILY, "plan", "fetch")
    gate.wait_for_caller()
    workers.finish(DAILY, "fetch")
    gate.open()
    assert workers.end_of(slow) == [1]

    told = "select source, state, reason from core.load order by source, started_at"
    assert way.rows(told) == [
        ("ga4", "staged", None),
        ("vk", "failed", "another try of this run has started to load these days again"),
        ("vk", "staged", None),
    ]
    workers.finish(DAILY, "audit", "publish")
    assert way.rows("select distinct source, state from core.load where state <> 'failed' order by 1") == [
        ("ga4", "published"),
        ("vk", "published"),
    ]


def test_a_rebuild_beside_a_publish_loses_no_change(way: Way) -> None:
    workers.finish(DAILY, *workers.STAGES)
    workers.finish(BACKFILL, "plan", "fetch", "audit")
    meet_at(Moment("smm.warehouse.run"), (BACKFILL, "publish"), (BACKFILL, "build"))
    workers.finish(BACKFILL, "build")
    met = way.contents()
    assert way.rows("select * from core.change") == []

    mark = "insert into core.change (client, month) select distinct client, date_trunc('month', day) from core.coverage"
    way.warehouse.execute(mark)
    way.warehouse.commit()
    workers.finish(BACKFILL, "build")
    assert way.contents() == met
