"""How far restatement may still move a provisional number: learned from how far it moved it before."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from smm.warehouse import Connection
from tests.verdicts.lines import OCTOBER, judge, put, put_client, put_target

MONTHS = tuple(date(2025, month, 1) for month in range(1, 10))  # before October


class Memory:
    """A client whose measures are known for the months before, and what they were before they were restated."""

    def __init__(self, warehouse: Connection) -> None:
        self.warehouse = warehouse
        put_client(warehouse, "yarko")

    def asked(self, target: str, **measures: int) -> None:
        """The target, and what its measures came to in every month."""
        put_target(self.warehouse, "yarko", target)
        for month in (date(2024, 9, 1), *MONTHS):
            for measure, value in measures.items():
                row = {"network": "vk", "measure": measure, "grain": "month", "period": month, "value": value}
                put(self.warehouse, "marts.measure_periods", client="yarko", completeness=1, **row)

    def seen(self, *months: date, day: int = 3) -> None:
        """These months were loaded whole by this day of the next one."""
        for month in months:
            after = (month + timedelta(days=31)).replace(day=1)
            at = datetime(after.year, after.month, day, tzinfo=UTC)
            put(
                self.warehouse, "core.load", client="yarko", load_id=str(month), run_id="run", source="vk",
                network="vk", first_day=month, last_day=after - timedelta(days=1), state="published", finished_at=at,
            )  # fmt: skip

    def was(self, measure: str, month: date, value: int, until: int, grain: str = "month", network: str = "vk") -> None:
        """What it was until this day of the next month."""
        after = (month + timedelta(days=31)).replace(day=1)
        at = datetime(after.year, after.month, 1, 6, tzinfo=UTC) + timedelta(days=until - 1)
        row = {"network": network, "measure": measure, "grain": grain, "period": month, "value": value}
        put(self.warehouse, "marts.measure_history", client="yarko", replaced_at=at, **row)

    def judged(self, at: str, **fact: Any) -> tuple[Any, ...]:
        kpi = self.warehouse.execute("select kpi from core.target").fetchone()
        assert kpi
        self.warehouse.execute("delete from marts.kpi_months")
        row = {"network": "vk", "kpi": kpi["kpi"], "period": OCTOBER, "completeness": 1}
        put(self.warehouse, "marts.kpi_months", client="yarko", **row | fact)
        judge(self.warehouse, ["yarko"], OCTOBER, datetime.fromisoformat(at).replace(tzinfo=UTC))
        query = "select verdict, reason, tolerance_learned, restated_months from marts.verdict"
        (found,) = self.warehouse.execute(query.encode()).fetchall()
        return tuple(found.values())


@pytest.fixture
def memory(marts: Connection) -> Memory:
    found = Memory(marts)
    found.asked("followers_gained at_least 100", followers_gained=200)
    found.seen(*MONTHS)
    return found


def test_a_provisional_miss_within_what_was_seen_to_move_is_not_proven(memory: Memory) -> None:
    memory.was("followers_gained", MONTHS[3], 190, until=6)  # 10 of 200 came after the 4th
    memory.was("followers_gained", MONTHS[5], 196, until=9)
    learned = (Decimal("0.05"), 9)
    assert memory.judged("2025-11-04", value=95) == ("not_proven", "within_restatement", *learned)
    assert memory.judged("2025-11-04", value=94) == ("missed", None, *learned)
    assert memory.judged("2025-11-04", value=100) == ("met", None, *learned)
    # by the 7th the one has moved, the other has not
    assert memory.judged("2025-11-07", value=98) == ("not_proven", "within_restatement", Decimal("0.02"), 9)
    assert memory.judged("2025-11-07", value=97) == ("missed", None, Decimal("0.02"), 9)
    assert memory.judged("2025-11-10", value=99) == ("missed", None, 0, 9)
    # for good: what moved before does not excuse it any more
    assert memory.judged("2025-11-14", value=99) == ("missed", None, None, None)


def test_the_contracts_own_tolerance_comes_first(memory: Memory) -> None:
    memory.was("followers_gained", MONTHS[3], 190, until=6)
    memory.warehouse.execute("update core.target set tolerance = 0.02")
    assert memory.judged("2025-11-04", value=98)[:2] == ("met", None)
    assert memory.judged("2025-11-04", value=97)[:2] == ("not_proven", "within_restatement")
    assert memory.judged("2025-11-04", value=94)[:2] == ("missed", None)
    memory.warehouse.execute("update core.target set tolerance = 0.06")
    assert memory.judged("2025-11-04", value=94)[:2] == ("met", None)
    assert memory.judged("2025-11-04", value=93)[:2] == ("missed", None)


def test_a_ceiling_may_be_restated_too(memory: Memory) -> None:
    memory.was("followers_gained", MONTHS[3], 190, until=6)
    memory.warehouse.execute("update core.target set rule = 'at_most', low = null, high = 100")
    assert memory.judged("2025-11-04", value=105)[:2] == ("not_proven", "within_restatement")
    assert memory.judged("2025-11-04", value=106)[:2] == ("missed", None)


@pytest.mark.parametrize(
    ("earlier", "learned"),
    [
        ({"value": 100, "until": 3}, 0),  # before the 4th
        ({"value": 100, "until": 14}, 0),  # after the month was judged for good: no restatement, but a change
        ({"value": 100, "until": 4}, Decimal("0.5")),
        ({"value": 300, "until": 4}, Decimal("0.5")),
        ({"value": 100, "until": 9, "grain": "day"}, 0),
        ({"value": 100, "until": 9, "network": "vk_spb"}, 0),
        ({"value": 100, "until": 9, "month": date(2024, 9, 1)}, 0),  # more than 12 months ago
    ],
)
def test_what_counts_as_restatement(memory: Memory, earlier: dict[str, Any], learned: Decimal) -> None:
    memory.seen(date(2024, 9, 1))
    memory.was("followers_gained", **{"month": MONTHS[0]} | earlier)
    assert memory.judged("2025-11-04", value=1)[2:] == (learned, 9)


def test_a_later_change_is_not_taken_for_restatement(memory: Memory) -> None:
    """200 until the 6th, 210 until a year later, when it was counted otherwise: it moved by 10."""
    memory.was("followers_gained", MONTHS[0], 200, until=6)
    memory.was("followers_gained", MONTHS[0], 250, until=200)
    assert memory.judged("2025-11-04", value=1)[2:] == (Decimal("0.2"), 9)


def test_two_months_are_not_enough_to_learn_from(marts: Connection) -> None:
    memory = Memory(marts)
    memory.asked("followers_gained at_least 100", followers_gained=200)
    memory.was("followers_gained", MONTHS[3], 100, until=6)
    memory.seen(*MONTHS[2:4])
    memory.seen(*MONTHS[5:], day=4)  # too late to have been seen at the beginning of the 4th
    assert memory.judged("2025-11-04", value=99) == ("missed", None, None, 2)
    assert memory.judged("2025-11-05", value=99) == ("not_proven", "within_restatement", Decimal("0.5"), 6)


def test_a_ratio_moves_as_its_sides_do(marts: Connection) -> None:
    """1 of 4 key events was 3 of 4 until the 6th, when 4 sessions became 5: 0.75 became 1 of 5."""
    memory = Memory(marts)
    memory.asked("key_events_per_session at_least 1", key_events=1, sessions=5)
    memory.seen(*MONTHS)
    memory.was("key_events", MONTHS[3], 3, until=6)
    memory.was("sessions", MONTHS[3], 4, until=8)
    assert memory.judged("2025-11-04", value=1)[2] == Decimal("2.75")  # (0.75 - 0.2) / 0.2
    assert memory.judged("2025-11-07", value=1)[2] == Decimal("0.25")  # (0.25 - 0.2) / 0.2
    assert memory.judged("2025-11-09", value=1)[2] == 0
