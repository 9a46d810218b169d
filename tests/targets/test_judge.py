# ruff: noqa: E501, a table's row is one line
"""The rules of a verdict, as tables: what is asked, what is known, when it is judged -> what is said of it.

Every line of a table is a client of its own whose October 2025 is judged; all lines of a table are judged together.
A fact is written ``120``, ``120 derived late`` (how it came about), ``120 at 10/31`` (the share of the days known),
``no_access`` (a reason instead of a value), or not at all: no row.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from smm import catalogue, targets
from smm.warehouse import Connection

OCTOBER = date(2025, 10, 1)
NOTES = ("derived", "late", "flagged")


@dataclass(frozen=True)
class Line:
    """One line of a table: its words, and the client that it is about."""

    client: str
    words: dict[str, str]


def lines(table: str) -> list[Line]:
    head, *rows = [[cell.strip() for cell in row.split("|")] for row in table.strip().splitlines()]
    return [Line(f"c{number:02}", dict(zip(head, row, strict=True))) for number, row in enumerate(rows, 1)]


def put(warehouse: Connection, table: str, **row: Any) -> None:
    warehouse.execute(
        f"insert into {table} ({', '.join(row)}) values ({', '.join(f'%({name})s' for name in row)})".encode(), row
    )


def put_client(warehouse: Connection, client: str, **row: Any) -> None:
    stands = {"name": client, "language": "en", "time_zone": "Europe/Moscow", "currency": "RUB"}
    put(warehouse, "core.client", client=client, **stands | {"started": date(2025, 1, 1), "report": "{}"} | row)
    put(warehouse, "core.target_version", client=client, target_version=1, digest="")


def put_target(warehouse: Connection, client: str, words: str) -> None:
    """``all.leads at_least 5``, ``... between 2 4``, ``... growth 0.05 over year_ago``, ``... from 3`` at the end."""
    name, rule, *numbers = words.split()
    network, _, kpi = name.rpartition(".")
    row: dict[str, Any] = {"client": client, "target_version": 1, "network": network or "vk", "kpi": kpi, "rule": rule}
    if "from" in numbers:
        *numbers, _, row["from_month"] = numbers
    match rule, numbers:
        case "at_least", [low]:
            row["low"] = low
        case "at_most", [high]:
            row["high"] = high
        case "between", [low, high]:
            row |= {"low": low, "high": high}
        case "growth", [growth, "over", ("previous_month" | "year_ago" | "baseline") as over]:
            row |= {"growth": growth, "over": over}
        case "growth", [growth, "over", number]:
            row |= {"growth": growth, "over": "number", "over_number": number}
        case "plan", [plan]:
            key = {name: row[name] for name in ("client", "target_version", "network", "kpi")}
            put(warehouse, "core.plan", **key, month=OCTOBER, plan=plan)
    put(warehouse, "core.target", **row)


def put_fact(warehouse: Connection, client: str, target: str, month: date, words: str) -> None:
    if not words:
        return
    network, _, kpi = target.split()[0].rpartition(".")
    row: dict[str, Any] = {f"is_{note}": note in words.split() for note in NOTES}
    share = re.search(r"at (\d+/\d+)", words)
    row["completeness"] = float(Fraction(share[1])) if share else 1
    first = words.split()[0]
    row["reason" if first[0].isalpha() else "value"] = first
    put(warehouse, "marts.kpi", client=client, network=network or "vk", kpi=kpi, grain="month", period=month, **row)


def told(warehouse: Connection, table: str) -> list[str]:
    """The table's lines as judged: its ``->`` columns filled with what the warehouse says."""
    found = {row["client"]: row for row in warehouse.execute("select * from marts.verdict")}
    result = []
    for line in lines(table):
        row = found.get(line.client, {})
        cells = [line.words[name] if not name.startswith("->") else cell(row.get(name[3:])) for name in line.words]
        result.append(" | ".join(cells))
    return result


def cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def expected(table: str) -> list[str]:
    return [" | ".join(line.words.values()) for line in lines(table)]


@pytest.fixture
def judged(warehouse: Connection) -> Any:
    """Puts a table's lines into the warehouse and judges them; what it returns must equal what the table says."""
    catalogue.store(warehouse, catalogue.read())
    warehouse.commit()

    def run(table: str) -> list[str]:
        for line in lines(table):
            words = {"client": "", "target": "followers_gained at_least 100", "fact": "", "before": ""} | line.words
            put_client(warehouse, line.client, **dict(pair.split("=") for pair in words["client"].split()))
            put_target(warehouse, line.client, words["target"])
            put_fact(warehouse, line.client, words["target"], OCTOBER, words["fact"])
            for earlier in filter(None, words["before"].split(";")):
                month, _, fact = earlier.strip().partition(": ")
                put_fact(warehouse, line.client, words["target"], date.fromisoformat(f"{month}-01"), fact)
        for line in lines(table):
            at = datetime.fromisoformat(line.words.get("at (UTC)", "2025-11-04 06:00")).replace(tzinfo=UTC)
            targets.judge(warehouse, [line.client], OCTOBER, at)
        return told(warehouse, table)

    return run


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

RUNNING = """
at (UTC)         | target                          | fact                   | -> verdict   | -> forecast | -> reason
2025-10-16 12:00 | followers_gained at_least 100   | 60 at 1/2              | on_track     | 120         |
2025-10-16 12:00 | followers_gained at_least 100   | 40 at 1/2              | at_risk      | 80          |
2025-10-16 12:00 | followers_gained at_least 100   | 100 at 1/2             | on_track     | 200         |
2025-10-16 12:00 | followers_gained at_most 100    | 40 at 1/2              | on_track     | 80          |
2025-10-16 12:00 | followers_gained at_most 100    | 60 at 1/2              | at_risk      | 120         |
2025-10-16 12:00 | followers_gained at_most 100    | 101 at 1/2             | certain_miss | 202         |
2025-10-16 12:00 | posts between 12 20             | 8 at 1/2               | on_track     | 16          |
2025-10-16 12:00 | posts between 12 20             | 13 at 1/2              | at_risk      | 26          |
2025-10-16 12:00 | posts between 12 20             | 21 at 1/2              | certain_miss | 42          |
2025-10-16 12:00 | natural_growth at_most 20       | 21 at 1/2              | at_risk      | 42          |
2025-10-16 12:00 | followers_gained at_most 100    | 101 at 1/2 flagged     | not_proven   | 202         | flagged
2025-10-16 12:00 | followers at_least 1000         | 990 at 1/2             | at_risk      | 990         |
2025-10-16 12:00 | followers at_most 1000          | 1010 at 1/2            | at_risk      | 1010        |
2025-10-16 12:00 | followers_net at_least 100      | 60 at 1/2              | on_track     | 120         |
2025-10-16 12:00 | growth_rate at_least 0.1        | 0.06 at 1/2            | on_track     | 0.12        |
2025-10-16 12:00 | engagement_per_post at_least 10 | 9 at 1/2               | at_risk      | 9           |
2025-10-16 12:00 | engagement_per_post at_most 10  | 11 at 1/2              | at_risk      | 11          |
2025-10-16 12:00 | churn_rate at_most 0.03         | 0.02 at 1/2            | at_risk      | 0.04        |
2025-10-16 12:00 | er_account at_least 0.1         | 0.2 at 1/2             | not_proven   |             | incomplete
2025-10-16 12:00 | reach at_least 1000             | 900 at 1/2             | not_proven   |             | incomplete
2025-10-16 12:00 | reach at_least 1000             | 1000 at 1/2            | on_track     |             |
2025-10-16 12:00 | reach at_most 1000              | 1001 at 1/2            | certain_miss |             |
2025-10-01 12:00 | followers_gained at_least 100   | 0 at 0/31              | not_proven   |             | incomplete
2025-10-16 12:00 | followers_gained at_least 100   | source_missing at 0/31 | not_measured |             | source_missing
2025-10-16 12:00 | followers_gained at_least 100   |                        | not_measured |             | source_missing
2025-10-16 12:00 | purchases at_least 100 from 12  | 5 at 1/2               | not_due      | 10          |
2025-11-02 12:00 | reach at_least 1000             | 900                    | at_risk      | 900         |
2025-11-02 12:00 | followers_gained at_least 100   | 100                    | on_track     | 100         |
"""


TABLES = {
    "rules": RULES,
    "data": DATA,
    "growth": GROWTH,
    "due": DUE,
    "served": SERVED,
    "calendar": CALENDAR,
    "running": RUNNING,
}


def test_verdicts(warehouse: Connection, judged: Any) -> None:
    for name, table in TABLES.items():
        assert judged(table) == expected(table), name
        warehouse.rollback()


def test_plan_without_the_month_has_no_verdict(warehouse: Connection, judged: Any) -> None:
    judged("target | fact\nfollowers plan 1700 | 1634")
    put_fact(warehouse, "c01", "followers", date(2025, 11, 1), "1500")
    targets.judge(warehouse, ["c01"], date(2025, 11, 1), datetime(2025, 12, 5, tzinfo=UTC))
    assert {row["month"] for row in warehouse.execute("select month from marts.verdict")} == {OCTOBER}


def test_month_set_apart_is_no_base(warehouse: Connection, judged: Any) -> None:
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
        put(warehouse, "core.annotation", client=f"c{number:02}", text="Contest", **event)
    lines_of_it = ["sessions growth 0.05 over previous_month | 2025-09: 1000 | 900"] * len(events)
    judged("\n".join(["target | before | fact", *lines_of_it]))
    found = warehouse.execute("select verdict from marts.verdict order by client")
    assert [row["verdict"] for row in found] == [verdict for _, verdict in events]


def test_newest_wording_counts_and_a_second_judgement_replaces_the_first(warehouse: Connection, judged: Any) -> None:
    judged("target | fact\nfollowers_gained at_least 100 | 80")
    put(warehouse, "core.target_version", client="c01", target_version=2, digest="")
    warehouse.execute(
        "insert into core.target (client, target_version, network, kpi, rule, low)"
        " values ('c01', 2, 'vk', 'followers_gained', 'at_least', 70), ('c01', 2, 'vk', 'reach', 'at_least', 1)"
    )
    at = datetime(2025, 11, 5, tzinfo=UTC)
    for _ in range(2):
        targets.judge(warehouse, ["c01"], OCTOBER, at)
    found = warehouse.execute("select kpi, verdict, target_version, evaluated_at from marts.verdict order by 1")
    assert [tuple(row.values()) for row in found] == [
        ("followers_gained", "met", 2, at),
        ("reach", "not_measured", 2, at),
    ]


def test_only_the_clients_asked_for_are_judged(warehouse: Connection, judged: Any) -> None:
    judged("target | fact\nfollowers_gained at_least 100 | 80\nfollowers_gained at_least 100 | 80")
    warehouse.execute("delete from marts.verdict")
    targets.judge(warehouse, ["c02"], OCTOBER, datetime(2025, 11, 5, tzinfo=UTC))
    assert [row["client"] for row in warehouse.execute("select client from marts.verdict")] == ["c02"]


def test_open_months_are_the_running_one_and_the_last_until_it_is_final(warehouse: Connection) -> None:
    put_client(warehouse, "moscow")
    put_client(warehouse, "alaska", time_zone="America/Anchorage")
    at = datetime(2025, 10, 31, 22, tzinfo=UTC)  # in Moscow it is November
    september, october, november = (date(2025, month, 1) for month in (9, 10, 11))
    found = targets.open_months(warehouse, None, at)
    assert found == {september: ["alaska"], october: ["alaska", "moscow"], november: ["moscow"]}
    assert targets.open_months(warehouse, ["moscow"], at) == {october: ["moscow"], november: ["moscow"]}
    put_target(warehouse, "moscow", "followers_gained at_least 100")
    catalogue.store(warehouse, catalogue.read())
    targets.judge(warehouse, ["moscow"], october, datetime(2025, 11, 14, tzinfo=UTC))
    assert targets.open_months(warehouse, ["moscow"], datetime(2025, 11, 14, 1, tzinfo=UTC)) == {november: ["moscow"]}
