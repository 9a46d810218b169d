# ruff: noqa: E501, a table's row is one line
"""Baselines: from which month they are measured, when they are fixed, and the steps of a staged plan."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from smm.verdicts import judging as targets
from smm.warehouse import Connection
from tests.verdicts.lines import OCTOBER, expected, put, put_client, put_fact, put_target

# October is the tenth month of work of who started in January
STAGED = """
client             | target                                      | before                                             | fact | -> verdict   | -> target | -> base | -> base_month | -> reason
started=2025-01-01 | followers from_baseline 2 by 12             | 2024-12: 1200                                      | 2200 | met          | 2200      | 1200    | 2024-12-01    |
started=2025-01-01 | followers from_baseline 2 by 12             | 2024-12: 1200                                      | 2199 | missed       | 2200      | 1200    | 2024-12-01    |
started=2025-01-01 | followers from_baseline 2 by 10             | 2024-12: 1200                                      | 2400 | met          | 2400      | 1200    | 2024-12-01    |
started=2025-01-01 | followers from_baseline 2 by 5              | 2024-12: 1200                                      | 2399 | missed       | 2400      | 1200    | 2024-12-01    |
started=2025-10-01 | followers from_baseline 2 by 12             | 2025-09: 1200                                      | 1300 | met          | 1300      | 1200    | 2025-09-01    |
started=2024-10-01 | followers from_baseline 2 by 26             | 2024-09: 1200                                      | 1799 | missed       | 1800      | 1200    | 2024-09-01    |
started=2025-01-01 | followers from_baseline 2 by 12             | 2024-11: 1200; 2024-12: 900 at 1/31; 2025-01: 60   | 2200 | met          | 2200      | 1200    | 2024-11-01    |
started=2025-01-01 | followers from_baseline 2 by 12             | 2025-01: 900 at 9/31; 2025-02: 1200; 2025-03: 60   | 2200 | met          | 2200      | 1200    | 2025-02-01    |
started=2025-01-01 | followers from_baseline 2 by 12             | 2024-11: 1200; 2024-12: 900 derived                | 2200 | met          | 2200      | 1200    | 2024-11-01    |
started=2025-01-01 | er_post from_baseline 2 by 12               | 2024-11: 900 late; 2024-12: 900 late; 2025-01: 1200 | 2200 | met         | 2200      | 1200    | 2025-01-01    |
started=2025-01-01 | er_post from_baseline 2 by 12               | 2024-11: 900 late; 2024-12: 1200 late              | 2200 | not_proven   | 2200      | 1200    | 2024-12-01    | base_not_proven
started=2025-01-01 | er_post from_baseline 2 by 12               | 2025-01: 1200 late; 2025-02: 900 late              | 100  | not_proven   | 2200      | 1200    | 2025-01-01    | base_not_proven
started=2025-10-01 | er_post from_baseline 2 by 12               |                                                    | 100  | not_measured |           |         |               | no_base
started=2025-01-01 | followers from_baseline 2 by 12             | 2024-12: 0                                         | 2200 | not_measured |           |         |               | no_base
started=2025-01-01 | vk_ads.cost_per_lead from_baseline 0.5 by 20 | 2024-12: 400                                      | 300  | met          | 300       | 400     | 2024-12-01    |
started=2025-01-01 | vk_ads.cost_per_lead from_baseline 0.5 by 20 | 2024-12: 400                                      | 301  | missed       | 300       | 400     | 2024-12-01    |
started=2025-01-01 | sessions growth 0.5 over baseline           | 2024-11: 100; 2024-12: 200 flagged                 | 150  | met          | 150       | 100     | 2024-11-01    |
started=2025-01-01 | sessions growth 0.5 over previous_month     | 2024-12: 200; 2025-09: 100                         | 150  | met          | 150       | 100     | 2025-09-01    |
started=2025-01-01 | sessions growth 0.5 over 100                | 2024-12: 200                                       | 150  | met          | 150       | 100     |               |
"""


def test_what_a_baseline_asks_for(judged: Any) -> None:
    assert judged(STAGED) == expected(STAGED)


TARGET = "followers from_baseline 2 by 12"
STARTED, DECEMBER, NOVEMBER = date(2025, 1, 1), date(2024, 12, 1), date(2024, 11, 1)


@pytest.fixture
def work(marts: Connection) -> "Work":
    put_client(marts, "yarko", started=STARTED)
    put_target(marts, "yarko", TARGET)
    put_fact(marts, "yarko", TARGET, OCTOBER, "5000")
    return Work(marts)


class Work:
    """A client whose followers are to be doubled within twelve months of work."""

    def __init__(self, warehouse: Connection) -> None:
        self.warehouse = warehouse

    def knows(self, month: date, fact: str) -> None:
        self.warehouse.execute("delete from marts.kpi_months where period = %s", [month])
        put_fact(self.warehouse, "yarko", TARGET, month, fact)

    def judge(self, at: str, month: date = OCTOBER) -> tuple[Any, ...]:
        targets.judge(self.warehouse, ["yarko"], month, datetime.fromisoformat(at).replace(tzinfo=UTC))
        query = "select verdict, base, base_month, reason from marts.verdict where month = %s"
        (row,) = self.warehouse.execute(query, [month]).fetchall()
        return tuple(row.values())

    def fixed(self) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self.warehouse.execute("select month, value from core.baseline")]


def test_it_is_fixed_by_the_first_verdict_that_stands_on_it_for_good(work: Work) -> None:
    work.knows(NOVEMBER, "1000")
    assert work.judge("2025-11-13") == ("met", 1000, NOVEMBER, None)
    assert work.fixed() == []
    work.knows(DECEMBER, "1200")  # backfilled meanwhile
    assert work.judge("2025-11-14") == ("met", 1200, DECEMBER, None)
    assert work.fixed() == [(DECEMBER, 1200)]


def test_what_is_fixed_is_not_moved_by_restatement(work: Work) -> None:
    work.knows(DECEMBER, "1200")
    work.judge("2025-11-20")
    for restated in ("9000", "9000 flagged", "no_access", ""):
        work.knows(DECEMBER, restated)
        assert work.judge("2025-12-20") == ("met", 1200, DECEMBER, None)
    assert work.fixed() == [(DECEMBER, 1200)]


@pytest.mark.parametrize(
    ("baseline", "fact"), [("1200 late", "5000"), ("1200", "5000 at 30/31"), ("1200", "no_access"), ("", "5000")]
)
def test_it_is_not_fixed_by_what_proves_nothing(work: Work, baseline: str, fact: str) -> None:
    work.knows(DECEMBER, baseline)
    work.knows(OCTOBER, fact)
    work.judge("2025-12-20")
    assert work.fixed() == []


def test_other_rules_fix_nothing(work: Work) -> None:
    work.warehouse.execute("update core.target set rule = 'growth', growth = 0, over = 'previous_month'")
    work.knows(date(2025, 9, 1), "1200")
    assert work.judge("2025-12-20")[0] == "met"
    assert work.fixed() == []


def test_a_month_that_is_itself_the_baseline_is_not_counted_from_it(work: Work) -> None:
    work.knows(STARTED, "1200")
    work.judge("2025-12-20")
    assert work.fixed() == [(STARTED, 1200)]
    assert work.judge("2025-12-20", STARTED) == ("not_measured", None, None, "no_base")


def test_the_steps_are_shown_from_the_first_verdict_on(work: Work) -> None:
    def steps() -> list[tuple[Any, ...]]:
        query = "select month, month_of_work, round(share, 4), target, is_fixed from marts.step order by month"
        return [tuple(row.values()) for row in work.warehouse.execute(query.encode())]

    assert [(step[1], step[3]) for step in steps()] == [(number, None) for number in range(1, 13)]

    work.knows(DECEMBER, "1200")
    work.judge("2025-10-16")

    assert [step[3] for step in steps()] == [1300 + 100 * number for number in range(12)]
    assert steps()[0] == (STARTED, 1, Decimal("1.0833"), 1300, False)
    assert steps()[-1] == (DECEMBER.replace(year=2025), 12, 2, 2400, False)

    work.judge("2025-12-20")
    work.knows(DECEMBER, "9000")
    assert {step[4] for step in steps()} == {True}
    assert steps()[-1][3] == 2400


def test_the_steps_are_those_of_the_newest_wording(work: Work) -> None:
    put(work.warehouse, "core.target_version", client="yarko", target_version=2, digest="")
    row = {"network": "vk", "kpi": "followers", "rule": "from_baseline", "baseline_to": 3, "by_month": 2}
    put(work.warehouse, "core.target", client="yarko", target_version=2, **row)
    found = work.warehouse.execute("select share from marts.step order by month")
    assert [row["share"] for row in found] == [2, 3]
