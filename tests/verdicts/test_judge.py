# ruff: noqa: E501, a table's row is one line
"""The rules of a verdict, as tables: tests/verdicts/lines.py says how they are read."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from smm.verdicts import judging as targets
from smm.warehouse import Connection
from tests.verdicts.lines import OCTOBER, expected, put, put_client, put_fact, put_target

RULES = """
target                         | fact  | -> verdict | -> target | -> low | -> high
followers_gained at_least 100  | 101   | met        | 100       | 100    |
followers_gained at_least 100  | 100   | met        | 100       | 100    |
followers_gained at_least 100  | 99    | missed     | 100       | 100    |
followers_gained at_least 0    | 0     | met        | 0         | 0      |
repost_share at_most 0.5       | 0.5   | met        | 0.5       |        | 0.5
repost_share at_most 0.5       | 0.501 | missed     | 0.5       |        | 0.5
posts between 12 20            | 11    | missed     | 12        | 12     | 20
posts between 12 20            | 12    | met        | 12        | 12     | 20
posts between 12 20            | 15    | met        | 12        | 12     | 20
posts between 12 20            | 19    | met        | 20        | 12     | 20
posts between 12 20            | 20    | met        | 20        | 12     | 20
posts between 12 20            | 21    | missed     | 20        | 12     | 20
followers plan 1700            | 1700  | met        | 1700      | 1700   |
followers plan 1700            | 1634  | missed     | 1700      | 1700   |
vk_ads.cost_per_lead plan 300  | 300   | met        | 300       |        | 300
vk_ads.cost_per_lead plan 300  | 301   | missed     | 300       |        | 300
all.romi at_least 0            | -0.1  | missed     | 0         | 0      |
all.followers_net at_least -10 | -9    | met        | -10       | -10    |
"""

TOLERANCE = """
target                                                  | before        | fact  | -> verdict | -> target | -> low | -> high | -> tolerance
followers plan 1700 tolerance 0.02                      |               | 1666  | met        | 1700      | 1700   |         | 0.02
followers plan 1700 tolerance 0.02                      |               | 1665  | missed     | 1700      | 1700   |         | 0.02
repost_share at_most 0.5 tolerance 0.1                  |               | 0.55  | met        | 0.5       |        | 0.5     | 0.1
repost_share at_most 0.5 tolerance 0.1                  |               | 0.551 | missed     | 0.5       |        | 0.5     | 0.1
posts between 10 20 tolerance 0.1                       |               | 9     | met        | 10        | 10     | 20      | 0.1
posts between 10 20 tolerance 0.1                       |               | 8     | missed     | 10        | 10     | 20      | 0.1
posts between 10 20 tolerance 0.1                       |               | 22    | met        | 20        | 10     | 20      | 0.1
posts between 10 20 tolerance 0.1                       |               | 23    | missed     | 20        | 10     | 20      | 0.1
all.followers_net at_least -10 tolerance 0.5            |               | -15   | met        | -10       | -10    |         | 0.5
all.followers_net at_least -10 tolerance 0.5            |               | -16   | missed     | -10       | -10    |         | 0.5
all.romi at_least 0 tolerance 0.5                       |               | -0.01 | missed     | 0         | 0      |         | 0.5
sessions growth 0 over previous_month tolerance 0.05    | 2025-09: 1000 | 950   | met        | 1000      | 1000   |         | 0.05
sessions growth 0 over previous_month tolerance 0.05    | 2025-09: 1000 | 949   | missed     | 1000      | 1000   |         | 0.05
"""

DATA = """
fact                    | -> verdict   | -> value | -> reason
120                     | met          | 120      |
80                      | missed       | 80       |
80 at 30/31             | not_proven   | 80       | incomplete
120 at 30/31            | not_proven   | 120      | incomplete
80 derived              | not_proven   | 80       | derived
80 late                 | not_proven   | 80       | late
80 flagged              | not_proven   | 80       | flagged
80 derived late flagged | not_proven   | 80       | derived
no_access               | not_measured |          | no_access
zero_denominator        | not_measured |          | zero_denominator
source_missing at 0/31  | not_measured |          | source_missing
not_final at 30/31      | not_measured |          | not_final
not_applicable          | not_measured |          | not_applicable
                        | not_measured |          | source_missing
"""

GROWTH = """
target                                     | before                                        | fact | -> verdict   | -> target | -> base | -> reason
sessions growth 0.05 over previous_month   | 2025-09: 1000                                 | 1050 | met          | 1050      | 1000    |
sessions growth 0.05 over previous_month   | 2025-09: 1000                                 | 1049 | missed       | 1050      | 1000    |
sessions growth 0.05 over previous_month   | 2025-09: 1000 at 29/30                        | 900  | not_measured |           |         | no_base
sessions growth 0.05 over previous_month   | 2025-09: 0                                    | 900  | not_measured |           |         | no_base
sessions growth 0.05 over previous_month   | 2025-09: -5                                   | 900  | not_measured |           |         | no_base
sessions growth 0.05 over previous_month   | 2025-09: no_access                            | 900  | not_measured |           |         | no_base
sessions growth 0.05 over previous_month   | 2025-08: 1000                                 | 900  | not_measured |           |         | no_base
sessions growth 0.05 over previous_month   |                                               |      | not_measured |           |         | source_missing
sessions growth 0.05 over previous_month   | 2025-09: 1000 flagged                         | 900  | not_proven   | 1050      | 1000    | base_not_proven
sessions growth 0.05 over previous_month   | 2025-09: 1000 late                            | 2000 | not_proven   | 1050      | 1000    | base_not_proven
sessions growth -0.1 over previous_month   | 2025-09: 1000                                 | 900  | met          | 900       | 1000    |
sessions growth 0.5 over year_ago          | 2024-10: 1000; 2025-09: 9000                  | 1500 | met          | 1500      | 1000    |
sessions growth 0.5 over year_ago          | 2025-09: 9000                                 | 1500 | not_measured |           |         | no_base
sessions growth 0.5 over 800               | 2025-09: 9000                                 | 1200 | met          | 1200      | 800     |
sessions growth 0.5 over 800               |                                               | 1199 | missed       | 1200      | 800     |
sessions growth 0.5 over 0                 |                                               | 1199 | not_measured |           |         | no_base
sessions growth 0.5 over baseline          | 2024-11: 100; 2024-12: 200; 2025-01: 900      | 300  | met          | 300       | 200     |
sessions growth 0.5 over baseline          | 2024-11: 100; 2024-12: 200 at 1/31            | 140  | missed       | 150       | 100     |
sessions growth 0.5 over baseline          | 2025-01: 50 at 9/31; 2025-02: 60; 2025-03: 70 | 90   | met          | 90        | 60      |
sessions growth 0.5 over baseline          |                                               | 90   | not_measured |           |         | no_base
churn_rate growth -0.5 over previous_month | 2025-09: 0.04                                 | 0.02 | met          | 0.02      | 0.04    |
churn_rate growth -0.5 over previous_month | 2025-09: 0.04                                 | 0.03 | missed       | 0.02      | 0.04    |
"""

NOTHING_CAME = """
target                                            | before          | fact                  | -> verdict   | -> target | -> value | -> spent | -> reason
cost_per_lead at_most 300                         |                 | 50000/0               | missed       | 300       |          | 50000    | zero_denominator
cost_per_lead at_most 300 tolerance 0.5           |                 | 50000/0               | missed       | 300       |          | 50000    | zero_denominator
cost_per_lead plan 300                            |                 | 50000/0               | missed       | 300       |          | 50000    | zero_denominator
cost_per_lead between 100 300                     |                 | 50000/0               | missed       | 300       |          | 50000    | zero_denominator
cost_per_lead growth -0.1 over previous_month     | 2025-09: 300    | 50000/0               | missed       | 270       |          | 50000    | zero_denominator
cost_per_lead growth -0.1 over 300                |                 | 50000/0               | missed       | 270       |          | 50000    | zero_denominator
cost_per_lead growth -0.1 over previous_month     | 2025-09: 9000/0 | 50000/0               | not_measured |           |          | 50000    | no_base
cost_per_lead growth -0.1 over previous_month     | 2025-09: 9000/0 | 50000/250             | not_measured |           | 200      |          | no_base
cost_per_lead growth -0.1 over baseline           | 2024-11: 9000/0; 2024-10: 300 | 50000/0 | missed       | 270       |          | 50000    | zero_denominator
cost_per_lead growth -0.1 over previous_month     | 2025-09: 300 flagged | 50000/0          | not_proven   | 270       |          | 50000    | base_not_proven
cost_per_lead at_most 300                         |                 | 0/0                   | not_measured | 300       |          |          | zero_denominator
cost_per_lead at_most 300                         |                 | 0/9                   | met          | 300       | 0        |          |
cost_per_lead at_least 100                        |                 | 50000/0               | not_measured | 100       |          | 50000    | zero_denominator
cost_per_lead at_most 300                         |                 | 50000/0 at 30/31      | not_proven   | 300       |          | 50000    | incomplete
cost_per_lead at_most 300                         |                 | 50000/0 flagged       | not_proven   | 300       |          | 50000    | flagged
cost_per_lead at_most 300                         |                 | 50000/0 derived late  | not_proven   | 300       |          | 50000    | derived
cost_per_lead at_most 300                         |                 | source_missing        | not_measured | 300       |          |          | source_missing
cost_per_lead at_most 300 from 12                 |                 | 50000/0               | not_due      | 300       |          | 50000    | zero_denominator
cost_per_mille at_most 300                        |                 | 50000000/0            | missed       | 300       |          | 50000    | zero_denominator
cost_share at_most 0.3 from 1                     |                 | 50000/0               | missed       | 0.3       |          | 50000    | zero_denominator
smm_budget_share at_most 0.25                     |                 | 50000/0               | missed       | 0.25      |          | 50000    | zero_denominator
romi at_least 0 from 1                            |                 | 50000/0               | not_measured | 0         |          |          | zero_denominator
roas at_least 3 from 1                            |                 | 50000/0               | not_measured | 3         |          |          | zero_denominator
roas at_most 3 from 1                             |                 | 50000/0               | not_measured | 3         |          |          | zero_denominator
budget_use between 0.95 1.05                      |                 | 50000/0               | not_measured | 0.95      |          |          | zero_denominator
average_order at_most 900 from 1                  |                 | 50000/0               | not_measured | 900       |          |          | zero_denominator
conversion_rate at_least 0.02                     |                 | 0/0                   | not_measured | 0.02      |          |          | zero_denominator
ctr between 0.01 0.05                             |                 | 5/0                   | not_measured | 0.01      |          |          | zero_denominator
churn_rate at_most 0.1                            |                 | 5/0                   | not_measured | 0.1       |          |          | zero_denominator
"""

DUE = """
client             | target                                   | fact      | -> verdict | -> due_from | -> value | -> reason
started=2025-10-01 | followers_gained at_least 100            | 50        | missed     | 2025-10-01  | 50       |
started=2025-10-01 | followers_gained at_least 100 from 2     | 50        | not_due    | 2025-11-01  | 50       |
started=2025-09-01 | followers_gained at_least 100 from 2     | 50        | missed     | 2025-10-01  | 50       |
started=2025-05-01 | purchases at_least 100                   | 50        | not_due    | 2025-11-01  | 50       |
started=2025-04-01 | purchases at_least 100                   | 50        | missed     | 2025-10-01  | 50       |
started=2025-10-01 | purchases at_least 100 from 1            | 50        | missed     | 2025-10-01  | 50       |
started=2024-12-01 | purchases at_least 100 from 12           | 50        | not_due    | 2025-11-01  | 50       |
started=2025-10-01 | purchases at_least 100                   | no_access | not_due    | 2026-04-01  |          | no_access
started=2025-10-01 | purchases growth 0.1 over previous_month | 50        | not_due    | 2026-04-01  | 50       |
"""

SERVED = """
client                                                         | fact | -> verdict
started=2025-11-01                                             | 50   |
started=2025-10-01                                             | 50   | missed
started=2025-01-01 ended=2025-09-30                            | 50   |
started=2025-01-01 ended=2025-10-15                            | 50   | missed
started=2025-01-01 paused_from=2025-10-01 paused_to=2025-10-31 | 50   |
started=2025-01-01 paused_from=2025-09-10 paused_to=2025-12-01 | 50   |
started=2025-01-01 paused_from=2025-10-02 paused_to=2025-12-01 | 50   | missed
started=2025-01-01 paused_from=2025-06-01 paused_to=2025-10-30 | 50   | missed
"""

CALENDAR = """
client                        | at (UTC)         | fact | -> verdict | -> is_final
time_zone=Europe/Moscow       | 2025-11-03 20:59 | 80   | at_risk    | no
time_zone=Europe/Moscow       | 2025-11-03 21:00 | 80   | missed     | no
time_zone=Europe/Moscow       | 2025-11-13 20:59 | 80   | missed     | no
time_zone=Europe/Moscow       | 2025-11-13 21:00 | 80   | missed     | yes
time_zone=America/Los_Angeles | 2025-11-04 07:59 | 80   | at_risk    | no
time_zone=America/Los_Angeles | 2025-11-04 08:00 | 80   | missed     | no
time_zone=Europe/Moscow       | 2027-01-01 00:00 | 80   | missed     | yes
time_zone=Europe/Moscow       | 2025-09-30 20:59 | 80   |            |
time_zone=Europe/Moscow       | 2025-09-30 21:00 | 80   | at_risk    | no
"""

TABLES = {
    "rules": RULES,
    "tolerance": TOLERANCE,
    "data": DATA,
    "growth": GROWTH,
    "nothing came": NOTHING_CAME,
    "due": DUE,
    "served": SERVED,
    "calendar": CALENDAR,
}


def test_verdicts(marts: Connection, judged: Any) -> None:
    for name, table in TABLES.items():
        assert judged(table) == expected(table), name
        marts.rollback()


def test_plan_without_the_month_has_no_verdict(marts: Connection, judged: Any) -> None:
    judged("target | fact\nfollowers plan 1700 | 1634")
    put_fact(marts, "c01", "followers", date(2025, 11, 1), "1500")
    targets.judge(marts, ["c01"], date(2025, 11, 1), datetime(2025, 12, 5, tzinfo=UTC))
    assert {row["month"] for row in marts.execute("select month from marts.verdict")} == {OCTOBER}


def test_month_set_apart_is_no_base(marts: Connection, judged: Any) -> None:
    september: dict[str, Any] = {"first_day": date(2025, 9, 1), "last_day": date(2025, 9, 30), "compare": False}
    events = [
        (september | {"network": None}, "not_measured"),
        (september | {"network": "vk"}, "not_measured"),
        (september | {"network": "ok"}, "missed"),
        (september | {"network": "vk", "compare": True}, "missed"),
        (september | {"network": "vk", "first_day": date(2025, 9, 30)}, "not_measured"),
        (september | {"network": "vk", "last_day": date(2025, 9, 1)}, "not_measured"),
        (september | {"network": "vk", "last_day": date(2025, 8, 31), "first_day": date(2025, 8, 1)}, "missed"),
        (september | {"network": "vk", "first_day": date(2025, 10, 1), "last_day": date(2025, 10, 5)}, "missed"),
    ]
    for number, (event, _) in enumerate(events, 1):
        put(marts, "core.annotation", client=f"c{number:02}", text="Contest", **event)
    lines_of_it = ["sessions growth 0.05 over previous_month | 2025-09: 1000 | 900"] * len(events)
    judged("\n".join(["target | before | fact", *lines_of_it]))
    found = marts.execute("select verdict from marts.verdict order by client")
    assert [row["verdict"] for row in found] == [verdict for _, verdict in events]


def test_only_the_clients_asked_for_are_judged(marts: Connection, judged: Any) -> None:
    judged("target | fact\nfollowers_gained at_least 100 | 80\nfollowers_gained at_least 100 | 80")
    marts.execute("delete from marts.verdict")
    targets.judge(marts, ["c02"], OCTOBER, datetime(2025, 11, 5, tzinfo=UTC))
    assert [row["client"] for row in marts.execute("select client from marts.verdict")] == ["c02"]


def test_open_months_are_the_running_one_and_the_last_until_it_is_final(marts: Connection) -> None:
    put_client(marts, "moscow")
    put_client(marts, "alaska", time_zone="America/Anchorage")
    at = datetime(2025, 10, 31, 22, tzinfo=UTC)  # in Moscow it is November
    september, october, november = (date(2025, month, 1) for month in (9, 10, 11))
    found = targets.open_months(marts, None, at)
    assert found == {september: ["alaska"], october: ["alaska", "moscow"], november: ["moscow"]}
    assert targets.open_months(marts, ["moscow"], at) == {october: ["moscow"], november: ["moscow"]}
    put_target(marts, "moscow", "followers_gained at_least 100")
    targets.judge(marts, ["moscow"], october, datetime(2025, 11, 14, tzinfo=UTC))
    assert targets.open_months(marts, ["moscow"], datetime(2025, 11, 14, 1, tzinfo=UTC)) == {november: ["moscow"]}


@pytest.mark.parametrize(
    ("rebuilt", "version", "at", "is_open"),
    [
        ("2025-10-01", 8, "2025-12-20", True),
        ("2025-09-01", 8, "2025-12-20", True),  # which October may be compared with
        ("2025-11-01", 8, "2025-12-20", False),
        ("2025-10-01", 7, "2025-12-20", False),  # as it was when it was judged
        ("2025-10-01", 8, "2026-01-20", True),
        ("2025-10-01", 8, "2026-02-01", False),  # too long ago: nobody is told any more
    ],
)
def test_a_month_that_is_rebuilt_after_it_was_judged_for_good_is_judged_again(
    marts: Connection, rebuilt: str, version: int, at: str, is_open: bool
) -> None:
    october, moment = date(2025, 10, 1), datetime.fromisoformat(at).replace(tzinfo=UTC)
    months = [f"2025-{month:02}-01" for month in (9, 10, 11)]
    put_client(marts, "moscow")
    put_target(marts, "moscow", "followers_gained at_least 100")
    for client in ("moscow", "another"):
        for month in months:
            put(marts, "marts.basis", client=client, month=month, fingerprint="", formulas="", version=7)
    targets.judge(marts, ["moscow"], october, datetime(2025, 11, 14, 6, tzinfo=UTC))
    marts.execute("update marts.basis set version = 9 where client = 'another'")
    marts.execute("update marts.basis set version = %s where client = 'moscow' and month = %s", [version, rebuilt])

    assert (october in targets.open_months(marts, None, moment)) == is_open

    targets.judge(marts, ["moscow"], october, moment)
    assert october not in targets.open_months(marts, None, moment)
