"""Which wording of the targets a month is judged by."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from smm.verdicts import judging as targets
from smm.warehouse import Connection
from tests.verdicts.lines import OCTOBER, put, put_client, put_fact, put_target

GAINED = "followers_gained at_least 100"


@pytest.fixture
def one(marts: Connection) -> Connection:
    """October's 80 new followers, and a wording that asks for 100."""
    put_client(marts, "yarko")
    put_target(marts, "yarko", GAINED)
    put_fact(marts, "yarko", GAINED, OCTOBER, "80")
    return marts


def reword(warehouse: Connection) -> None:
    """A second wording asks for 70 new followers, and for some reach."""
    put(warehouse, "core.target_version", client="yarko", target_version=2, digest="")
    warehouse.execute(
        "insert into core.target (client, target_version, network, kpi, rule, low)"
        " values ('yarko', 2, 'vk', 'followers_gained', 'at_least', 70), ('yarko', 2, 'vk', 'reach', 'at_least', 1)"
    )


def judged(warehouse: Connection, at: str, month: date = OCTOBER) -> list[tuple[Any, ...]]:
    targets.judge(warehouse, ["yarko"], month, datetime.fromisoformat(at).replace(tzinfo=UTC))
    query = "select kpi, verdict, target_version from marts.verdict where month = %s order by 1"
    return [tuple(row.values()) for row in warehouse.execute(query, [month])]


MET_BY_SECOND = [("followers_gained", "met", 2), ("reach", "not_measured", 2)]


def test_a_running_month_is_judged_by_the_newest(one: Connection) -> None:
    # the last moment of October in Moscow, and the first of November
    assert judged(one, "2025-10-31 20:59") == [("followers_gained", "at_risk", 1)]
    reword(one)
    assert judged(one, "2025-11-05") == MET_BY_SECOND


@pytest.mark.parametrize("first", ["2025-10-31 21:00", "2025-11-04", "2025-12-24"])
def test_a_month_that_was_judged_after_its_end_keeps_its_wording(one: Connection, first: str) -> None:
    judged(one, first)
    reword(one)
    for _ in range(2):
        assert judged(one, "2025-12-25") == [("followers_gained", "missed", 1)]


def test_restated_facts_change_the_verdict_and_not_its_wording(one: Connection) -> None:
    assert judged(one, "2025-11-20") == [("followers_gained", "missed", 1)]
    reword(one)
    one.execute("update marts.kpi_months set value = 100")
    assert judged(one, "2026-01-20") == [("followers_gained", "met", 1)]


def test_a_month_that_was_never_judged_takes_the_newest(one: Connection) -> None:
    judged(one, "2025-11-20", date(2025, 9, 1))
    reword(one)
    assert judged(one, "2025-11-20") == MET_BY_SECOND


def test_another_clients_judgement_holds_nobody_elses_wording(one: Connection) -> None:
    put_client(one, "nordlys")
    put_target(one, "nordlys", GAINED)
    targets.judge(one, ["nordlys"], OCTOBER, datetime(2025, 11, 20, tzinfo=UTC))
    reword(one)
    query = "select kpi, verdict, target_version from marts.verdict where client = 'yarko' order by 1"
    targets.judge(one, ["yarko", "nordlys"], OCTOBER, datetime(2025, 11, 21, tzinfo=UTC))
    assert [tuple(row.values()) for row in one.execute(query.encode())] == MET_BY_SECOND
