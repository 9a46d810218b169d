"""A rehearsal beside the hourly run: each waits for the other only where both judge the same month."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from smm import catalogue, roster
from smm.letters import outbox
from smm.letters.compose import compose
from smm.letters.content import Content, Kind
from smm.rehearsal import months as rehearse
from smm.rehearsal import table as rehearsal_table
from smm.roster import catalogued
from smm.verdicts import judging as targets
from smm.warehouse import Connection, connect
from smm.warehouse import run as sql
from tests.database import another
from tests.rehearsal.case import AT, NOW, TOLD, Case

if TYPE_CHECKING:
    pass


@contextmanager
def beside(case: Case) -> Iterator[Connection]:
    """Another connection to the warehouse, that gives up what it waits for too long."""
    with connect(another(case.warehouse)) as connection:
        connection.execute("set lock_timeout = '20s'")
        connection.commit()
        yield connection


def wait_until_waiting(case: Case, waiting: Connection) -> None:
    """Until this connection waits for a lock."""
    query = "select from pg_stat_activity where pid = %s and wait_event_type = 'Lock'"
    end = monotonic() + 60
    while not case.warehouse.execute(query, [waiting.info.backend_pid]).fetchall():
        case.warehouse.rollback()
        assert monotonic() < end
    case.warehouse.rollback()


def rehearsed(connection: Connection) -> list[str]:
    known = catalogue.read()
    client, wanted = rehearse.asked(known, "yarko")
    return list(rehearsal_table.lines(rehearse.rehearse(connection, known, client, wanted, AT), known))


def store_again(connection: Connection) -> None:
    """What the hourly run does first."""
    known = catalogue.read()
    client, wanted = rehearse.asked(known, "yarko")
    catalogued.store(connection, known)
    roster.store(connection, known, [client])
    roster.store_targets(connection, "yarko", wanted)


def test_a_rehearsal_waits_for_the_judge_and_nobody_waits_for_it(case: Case) -> None:
    case.write(NOW)
    case.warehouse.commit()
    with beside(case) as judge, beside(case) as files, beside(case) as other, ThreadPoolExecutor(1) as pool:
        targets.judge(judge, ["yarko"], date(2025, 10, 1), datetime(2025, 12, 1, tzinfo=UTC))
        told = pool.submit(rehearsed, other)
        wait_until_waiting(case, other)
        files.execute("set lock_timeout = '10ms'")
        store_again(files)  # the file that is being rehearsed, and what all clients share
        outbox.take_back(files, "yarko", "2025-10-missed-1")
        files.rollback()
        judge.rollback()
        assert told.result() == TOLD.splitlines()


def test_a_rehearsal_with_other_networks_waits_for_no_rebuild(case: Case) -> None:
    case.write(NOW)
    case.warehouse.commit()
    known = catalogue.read()
    social = known.networks.social | {"vk": [*known.networks.social["vk"], "another.example"]}
    changed = replace(known, networks=known.networks.model_copy(update={"social": social}))
    client, wanted = rehearse.asked(known, "yarko")
    with beside(case) as rebuild, beside(case) as other:
        sql(rebuild, "rebuild/begin.sql", {"clients": ["yarko"]})
        other.execute("set lock_timeout = '10ms'")
        told = rehearsal_table.lines(rehearse.rehearse(other, changed, client, wanted, AT), changed)
        assert list(told) == TOLD.splitlines()


def test_the_judge_waits_for_one_month_of_a_rehearsal_only(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.write(NOW)
    case.warehouse.commit()
    before = case.rows()
    case.warehouse.commit()
    is_in, may_go = Event(), Event()

    def compose_slowly(warehouse: Connection, client: str, month: date, kind: Kind, at: datetime) -> Content | None:
        if month == date(2025, 10, 1):
            is_in.set()
            may_go.wait(60)
        return compose(warehouse, client, month, kind, at)

    monkeypatch.setattr(rehearse, "compose", compose_slowly)
    at = datetime(2025, 12, 10, tzinfo=UTC)
    with beside(case) as judge, beside(case) as free, beside(case) as other, ThreadPoolExecutor(2) as pool:
        told = pool.submit(rehearsed, other)
        assert is_in.wait(60)
        free.execute("set lock_timeout = '10ms'")
        targets.judge(free, ["yarko"], date(2025, 11, 1), at)  # another month
        roster.store(free, catalogue.read(), [])  # what all clients share
        outbox.take_back(free, "yarko", "2025-10-missed-1")
        free.rollback()
        judged = pool.submit(targets.judge, judge, ["yarko"], date(2025, 10, 1), at)
        wait_until_waiting(case, judge)
        may_go.set()
        judged.result()
        judge.rollback()
        assert told.result() == TOLD.splitlines()
    assert case.rows() == before


def test_a_client_is_rehearsed_twice_at_once_while_the_hourly_run_judges_it(case: Case) -> None:
    """With a baseline that the judge fixes for good, which a rehearsal of another month would wait for."""
    case.write(NOW + "  vk.reach: {growth: 0.05, over: baseline}\n")
    case.warehouse.commit()
    alone = case.told()
    case.warehouse.commit()
    at = datetime(2025, 12, 15, tzinfo=UTC)
    months = [date(2025, number, 1) for number in (8, 9, 10, 11, 12)]

    def run_hourly(connection: Connection) -> None:
        store_again(connection)
        connection.commit()
        for month in months:  # one transaction, as the DAG's
            targets.judge(connection, ["yarko"], month, at)
        connection.rollback()

    with beside(case) as hourly, beside(case) as one, beside(case) as two, ThreadPoolExecutor(3) as pool:
        first, second = pool.submit(rehearsed, one), pool.submit(rehearsed, two)
        for _ in range(3):
            pool.submit(run_hourly, hourly).result()
        assert first.result() == second.result() == alone
