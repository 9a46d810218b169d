"""Days on which much goes wrong, at random but the same every time, and a calm one after them.

Of each faulty run the task `outcome` names exactly those who could not be loaded, with the fault that they met; after
the calm one the warehouse holds the truth: nothing is lost, nothing twice, nothing wrong.
"""

import random
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path

import pytest
from grpc import StatusCode as Status

from local.postgres import Cluster
from sandbox.faults import Fault
from sandbox.faults import ga4 as ga4_faults
from sandbox.faults import vk as vk_faults
from sandbox.world import World
from sandbox.world.clients import service_token, user_token
from smm.sources import NAMES
from tests.way import Way, started

DAY = timedelta(days=1)
TODAY = datetime.now(UTC).date()
WHOLE = 20  # days that the calm run before has loaded


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with all requests of a client to a source, from one on. ``reason``: in these words it is told;
    None = the client is loaded all the same."""

    faults: Callable[[], Iterable[Fault | None]]
    reason: str | None = None


def once(*faults: Fault | None) -> Trouble:
    """Something that passes by itself, or by asking again."""
    return Trouble(lambda: faults)


def lasting(fault: Fault, reason: str | None) -> Trouble:
    return Trouble(lambda: repeat(fault), reason)


def status(code: Status, text: str = "planned") -> Fault:
    return ga4_faults.status(code, text)


UNAVAILABLE = status(Status.UNAVAILABLE, "Socket closed")
GROWING = (ga4_faults.paged(7), ga4_faults.paged(7, growth=1))

GA4 = {
    "cut connections": once(UNAVAILABLE, None, UNAVAILABLE),
    "a deadline": once(status(Status.DEADLINE_EXCEEDED)),
    "faults of the server": once(status(Status.INTERNAL), status(Status.UNKNOWN)),
    "more of them than tries": once(*[UNAVAILABLE] * 4),
    "an answer that is none": once(None, ga4_faults.garbled),
    "a crowd": once(status(Status.RESOURCE_EXHAUSTED, "Exhausted concurrent requests quota.")),
    "reports that are cut": once(ga4_faults.cut(3)),
    "small pages": lasting(ga4_faults.paged(7), None),
    "a report that grows while it is read": Trouble(lambda: chain(GROWING, repeat(ga4_faults.paged(7)))),
    "a sample": once(ga4_faults.sampled(0.5)),
    "withheld rows": lasting(ga4_faults.withheld(1), None),
    "no key": lasting(status(Status.UNAUTHENTICATED), "does not accept the key"),
    "no right": lasting(status(Status.PERMISSION_DENIED), "may not read GA4 property"),
    "no property": lasting(status(Status.NOT_FOUND), "finds no"),
    "no quota": lasting(status(Status.RESOURCE_EXHAUSTED, "Exhausted tokens per hour."), "the quota of GA4 property"),
    "a wrong request": lasting(status(Status.INVALID_ARGUMENT), "GA4 cannot answer"),
    "no service": lasting(UNAVAILABLE, "Google did not answer for GA4 property"),
    "answers that are none": lasting(ga4_faults.garbled, "Google did not answer for GA4 property"),
    "pages that overlap": lasting(ga4_faults.paged(7, repeated=1), "of GA4 property"),
}

VK = {
    "too many at once": once(vk_faults.error(6), vk_faults.error(6)),
    "a busy server": once(vk_faults.error(10), None, vk_faults.error(1)),
    "a gateway": once(vk_faults.page(502), vk_faults.page(200)),
    "a cut answer": once(vk_faults.cut(20), None, vk_faults.cut(0)),
    "a hang-up": once(vk_faults.hung_up, vk_faults.hung_up),
    "more faults than tries": once(*[vk_faults.page(503)] * 4),
    "one call that fails": once(vk_faults.inner_error(43, "stats.get")),
    "a body of another form": once(vk_faults.altered(lambda _: {"responce": 1})),
    "no right to statistics": lasting(vk_faults.inner_error(15, "stats.get"), None),
    "a dead token": lasting(vk_faults.error(5), "error 5"),
    "a token of another kind": lasting(vk_faults.error(27), "error 27"),
    "a flood": lasting(vk_faults.error(9), "error 9"),
    "a captcha": lasting(vk_faults.error(14), "error 14"),
    "a spent limit": lasting(vk_faults.error(29), "error 29"),
    "a spent limit of one call": lasting(vk_faults.inner_error(29, "stats.get"), "stats.get with error 29"),
    "a proof": lasting(vk_faults.error(17), "error 17"),
    "a closed community": lasting(vk_faults.error(18), "error 18"),
    "a wrong request": lasting(vk_faults.error(100), "error 100"),
    "no service": lasting(vk_faults.page(503), "HTTP status 503"),
    "nobody there": lasting(vk_faults.hung_up, "VK did not answer"),
}


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    """Of four days, the last of which is today."""
    return [World(TODAY - n * DAY) for n in (3, 2, 1, 0)]


@pytest.fixture(scope="module")
def weeks(
    postgres: Cluster,
    migrated: str,
    airflow_database: None,
    worlds: list[World],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, Path]:
    """The database and folder after a calm run of the first day, over some weeks."""
    folder = tmp_path_factory.mktemp("loaded")
    worlds[0].write(folder)
    with started(postgres, migrated, worlds[0], folder, into="weeks") as way:
        for source in ("ga4", "metrica", "vk", "facebook", "instagram", "figures"):
            done = way.ingest(source, first_day=f"{worlds[0].today - WHOLE * DAY}")
            assert done["run"] == "success"
        return way.warehouse.info.dbname, folder


@pytest.fixture
def way(postgres: Cluster, weeks: tuple[str, Path], worlds: list[World], tmp_path: Path) -> Iterator[Way]:
    """The same again for one test."""
    template, folder = weeks
    shutil.copytree(folder / "archive", tmp_path / "archive")
    with started(postgres, template, worlds[0], tmp_path) as way:
        yield way


@pytest.mark.parametrize("seed", [1, 3])
def test_after_faulty_days_a_calm_one_brings_the_truth(
    way: Way, worlds: list[World], seed: int, capfd: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(seed)
    for world in worlds[1:-1]:
        begin(way, world)
        for source, troubles in (("ga4", GA4), ("vk", VK)):
            asked = [
                client for client in world.clients if source != "ga4" or not world.chronicles[client].brand.counter
            ]
            names = [None, *chance.sample(sorted(troubles), len(asked) - 1)]
            chance.shuffle(names)
            met = {client: troubles[name] for client, name in zip(asked, names, strict=True) if name}
            for client, trouble in met.items():
                for caller in callers(world, source, client):
                    way.far_ends.faults.plan(caller, trouble.faults())
            done = way.ingest(source, world)
            told = named(capfd.readouterr().out)
            reasons = {client: trouble.reason for client, trouble in met.items() if trouble.reason}
            assert told.keys() == reasons.keys(), names
            for client, reason in reasons.items():
                assert reason in told[client]
            assert (done["outcome"], done["run"]) == (("failed",) * 2 if reasons else ("success",) * 2)
    world = worlds[-1]
    begin(way, world)
    for source in NAMES:
        assert way.ingest(source, world)["run"] == "success"
    assert way.build()["run"] == "success"
    way.assert_true(world, worlds[0].today - WHOLE * DAY)


def named(log: str) -> dict[str, str]:
    """The clients that `outcome` names, and what it says of each."""
    _, _, text = log.rpartition("AirflowFailException: not published:\n")
    lines = re.findall(r"^(\w+): \w+ \S+ \w+: (.*)$", text, re.MULTILINE)
    return dict(lines)


def begin(way: Way, world: World) -> None:
    """A day later nothing is wrong any more, and VK forgets whom it had enough of."""
    world.write(way.folder)
    vars(way.far_ends).update(vars(world.far_ends()) | {"faults": way.far_ends.faults})
    way.far_ends.faults.end()
    way.warehouse.execute("truncate access.stop")
    way.warehouse.commit()


def callers(world: World, source: str, client: str) -> list[str]:
    if source == "ga4":
        return [world.chronicles[client].brand.property]
    return [user_token(client), service_token(client)]
