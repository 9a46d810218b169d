"""What changes beside a rebuild or a judgement is not missed: it is rebuilt, and the month judged again."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from local.postgres import Cluster
from smm import catalogue
from smm.rebuild import REBUILD
from smm.roster import catalogued
from smm.verdicts import judging as targets
from smm.warehouse import Connection, connect, run
from tests.conftest import PASSWORD
from tests.sql.facts import Core, day
from tests.verdicts.lines import put_client, put_target

MAY = day("05-01")
FINAL = datetime(2026, 6, 14, 6, tzinfo=UTC)
LATER = datetime(2026, 6, 14, 7, tzinfo=UTC)
ALL = {"clients": ["yarko"], "first_month": None, "last_month": None}


@pytest.fixture
def core(warehouse: Connection) -> Core:
    """May of a client that had asked for 100 calls and got 80."""
    catalogued.store(warehouse, catalogue.read())
    put_client(warehouse, "yarko")
    put_target(warehouse, "yarko", "all.calls at_least 100")
    core = Core(warehouse)
    core.cover(("figures",), "05-01", "05-31")
    core.figure("all", "calls", "05-01", 80, "month")
    core.rebuild("05")
    return core


@pytest.fixture
def other(core: Core, postgres: Cluster) -> Iterator[Connection]:
    """Another connection to the same warehouse, as another worker has it."""
    with connect(postgres.dsn(core.warehouse.info.dbname, "warehouse", PASSWORD)) as opened:
        yield opened


def restate(core: Core, calls: int) -> None:
    core.warehouse.execute("update core.counts set value = %s", [calls])
    core.change("05")
    core.warehouse.commit()


def judge(warehouse: Connection, at: datetime) -> None:
    targets.judge(warehouse, ["yarko"], MAY, at)
    warehouse.commit()


def verdicts(warehouse: Connection) -> list[tuple[str, int]]:
    found = [(row["verdict"], int(row["value"])) for row in warehouse.execute("select * from marts.verdict")]
    warehouse.commit()
    return found


@pytest.mark.parametrize("begun", [1, len(REBUILD)], ids=["at its beginning", "before its commit"])
def test_a_rebuild_that_commits_after_the_judgement_is_judged(core: Core, other: Connection, begun: int) -> None:
    restate(core, 120)
    for path in REBUILD[:begun]:
        run(core.warehouse, path, ALL)
    judge(other, datetime.now(UTC))  # by its clock, the rebuild began before it was judged
    assert verdicts(other) == [("missed", 80)]
    for path in REBUILD[begun:]:
        run(core.warehouse, path, ALL)
    core.warehouse.commit()
    other.execute("update marts.verdict set is_final = true")

    assert MAY in targets.open_months(other, None, LATER)
    judge(other, LATER)
    assert verdicts(other) == [("met", 120)]
    assert MAY not in targets.open_months(other, None, LATER)


@pytest.mark.parametrize("step", range(len(targets.JUDGEMENT)))
def test_a_rebuild_that_commits_during_the_judgement_is_judged(core: Core, other: Connection, step: int) -> None:
    """Whatever of it that had read by then."""
    restate(core, 120)
    asked = {"clients": ["yarko"], "month": MAY, "as_of": FINAL}
    for number, path in enumerate(targets.JUDGEMENT):
        if number == step:
            core.rebuild(clients=["yarko"])
        run(other, path, asked)
    other.commit()
    if step:
        assert MAY in targets.open_months(other, None, LATER)
    judge(other, LATER)
    assert verdicts(other) == [("met", 120)]
    assert MAY not in targets.open_months(other, None, LATER)


def test_of_two_rebuilds_the_one_that_ends_last_counts_whenever_it_began(
    core: Core, other: Connection, postgres: Cluster
) -> None:
    restate(core, 120)
    core.warehouse.execute("select now()")  # its transaction begins
    for path in REBUILD:
        run(other, path, ALL)
    other.commit()
    with connect(postgres.dsn(other.info.dbname, "warehouse", PASSWORD)) as judging:
        judge(judging, FINAL)
        judging.execute("update core.counts set value = 90")
        judging.execute("insert into core.change values ('yarko', %s, 'next')", [MAY])
        judging.commit()
    core.rebuild(clients=["yarko"])

    assert MAY in targets.open_months(other, None, LATER)
    judge(other, LATER)
    assert verdicts(other) == [("missed", 90)]
    assert MAY not in targets.open_months(other, None, LATER)


def test_a_file_that_changes_beside_a_rebuild_is_marked_for_the_next(core: Core, other: Connection) -> None:
    core.change("05")
    core.warehouse.commit()
    run(other, "roster/mark_client.sql", {"client": "yarko"})
    core.rebuild(clients=["yarko"])  # which does not see yet what the other has changed
    other.commit()

    assert [row["month"] for row in other.execute("select month from core.change")] == [MAY]
