"""The section `targets` of a client file: what a rule may be, and each mistake in one line."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smm import catalogue, clients, roster
from smm.catalogue.spans import Span, span
from smm.clients.file import Target
from smm.files.checked import Mistakes
from smm.warehouse import Connection
from tests.clients.test_clients import GOOD, written

GOOD_TARGETS = """\
targets:
  followers: {from_baseline: {to: 2.0, by_month: 12}, tolerance: 0.02, main: true}
  leads: {plan: {2026-Q1: 300, 2026-04: 90, 2026-05-10..2026-06-15: 120}}
  vk.reach: {plan: {2026-03-01..2026-03-31: 5000}}
  vk_ads.cost_per_lead: {plan: {2026-Q2: 300}}
report:
"""
FILE = GOOD[: GOOD.index("targets:")] + GOOD_TARGETS + GOOD[GOOD.index("report:") + len("report:\n") :]


def targets(folder: Path, text: str = FILE) -> dict[str, Target]:
    client = clients.read_file(written(folder, text), catalogue.read())
    return {f"{target.network}.{target.kpi}": target for target in client.targets}


def test_rules_in_order(tmp_path: Path) -> None:
    found = targets(tmp_path)

    stages = found["all.followers"].from_baseline
    assert stages is not None
    assert (stages.to, stages.by_month, found["all.followers"].tolerance) == (2, 12, Decimal("0.02"))
    leads: Any = found["all.leads"].plan
    assert leads == {
        Span(date(2026, 1, 1), date(2026, 3, 31)): 300,
        Span(date(2026, 4, 1), date(2026, 4, 30)): 90,
        Span(date(2026, 5, 10), date(2026, 6, 15)): 120,
    }
    assert set(found["vk.reach"].plan or ()) == {span("2026-03")}, "days that are a month are that month"
    assert found["all.leads"].tolerance == 0


LEADS = "{2026-Q1: 300, 2026-04: 90, 2026-05-10..2026-06-15: 120}"
STAGES = "{to: 2.0, by_month: 12}"
MISTAKES = {
    "no quarter": ("2026-Q1", "2026-Q5", 14, "a quarter such as 2026-Q1 or days such as 2026-03-10..2026-04-15, found"),
    "one day": ("2026-04:", "2026-04-01:", 14, "such as 2026-03-10..2026-04-15, found '2026-04-01'"),
    "a day that is none": (
        "2026-06-15",
        "2026-06-31",
        14,
        "must be a day, found '2026-06-31': 2026-06 has the days 01 to 30",
    ),
    "days the wrong way round": (
        "2026-05-10..2026-06-15",
        "2026-06-15..2026-05-10",
        14,
        "2026-06-15..2026-05-10 ends before it begins; write 2026-05-10..2026-06-15",
    ),
    "no plan at all": (LEADS, "300", 14, "targets.leads.plan: must be `key: value` pairs, found 300"),
    "the same days twice": (
        "2026-04: 90",
        "2026-01-01..2026-03-31: 90",
        14,
        "targets.leads.plan: 2026-Q1 and 2026-01-01..2026-03-31 are the same days; keep one of the two",
    ),
    "a month of a quarter": (
        "2026-04: 90",
        "2026-03: 90",
        14,
        "2026-Q1 and 2026-03 both plan 2026-03, and a month has one verdict: keep one of the two, or plan the other",
    ),
    "two campaigns in a month": (
        "2026-04: 90",
        "2026-06-20..2026-06-30: 90",
        14,
        "2026-05-10..2026-06-15 and 2026-06-20..2026-06-30 both plan 2026-06",
    ),
    "a quarter of people": (
        "2026-03-01..2026-03-31",
        "2026-Q1",
        15,
        "targets.vk.reach.plan.2026-Q1: reach cannot be planned for 2026-Q1: reach is counted for each month"
        " separately (a person who comes in two months would count twice); plan the months, such as {2026-03: ...}",
    ),
    "a quarter of a level": (
        "vk.reach: {plan: {2026-03-01..2026-03-31",
        "vk.followers: {plan: {2026-03-10..2026-04-15",
        15,
        "followers is a level at one moment, not a sum of days; plan the month at whose end it should be"
        " reached: {2026-04: ...}",
    ),
    "a quarter of a ratio of levels": (
        "vk.reach: {plan: {2026-03-01..2026-03-31",
        "vk.churn_rate: {plan: {2026-Q1",
        15,
        "churn_rate cannot be planned for 2026-Q1: followers_average is a level at one moment",
    ),
    "two rules": (STAGES, f"{STAGES}, at_least: 3", 13, "needs exactly one of plan, at_least, at_most, between"),
    "stages without an end": (STAGES, "{to: 2.0}", 13, "targets.followers.from_baseline.by_month: is missing"),
    "stages to a word": ("to: 2.0", "to: twice", 13, "from_baseline.to: must be a number, found 'twice'"),
    "stages to nothing": (
        "to: 2.0",
        "to: 0",
        13,
        "to must be above 0: 2.0 is twice the baseline, 0.8 is a fifth less; found 0",
    ),
    "stages by a date": ("by_month: 12", "by_month: 2026-12", 13, "by_month: must be a whole number, found '2026-12'"),
    "stages by no month": (
        "by_month: 12",
        "by_month: 0",
        13,
        "by_month must be a month of work, counted from 1, the month of `started`, to 600; found 0",
    ),
    "stages for ever": ("by_month: 12", "by_month: 99999999999", 13, "to 600; found 99999999999"),
    "a month for ever": ("tolerance: 0.02", "from_month: 999999999999", 13, "must be a whole number from 1 to 600"),
    "the last month of all": ("2026-04: 90", "9999-12: 90", 14, "must be in the years 2000 to 2099, found 9999-12-01"),
    "the last quarter of all": ("2026-Q1: 300", "9999-Q4: 300", 14, "in the years 2000 to 2099, found 9999-10-01"),
    "a year before all": ("2026-Q1: 300", "0000-Q1: 300", 14, "must be in the years 2000 to 2099, found 0000-01-01"),
    "a date": ("2026-04: 90", "2026-04-15: 90", 14, "targets.leads.plan.2026-04-15: must be a month such as"),
    "a number without end": (
        "2026-04: 90",
        f"2026-04: {'9' * 50}",
        14,
        "must be below 1,000,000,000,000,000, found 99",
    ),
    "minutes for a number": ("2026-04: 90", "2026-04: 12:30", 14, "must be a number, found '12:30'"),
    "a number with noughts before it": ("2026-04: 90", "2026-04: 010", 14, "must be a number, found '010'"),
    "growth to less than nothing": (
        f"from_baseline: {STAGES}, tolerance: 0.02",
        "growth: -2, over: 100",
        13,
        "growth must be above -1: 0.05 is 5 % more, -0.1 a tenth less; found -2",
    ),
    "growth over nothing": (
        f"from_baseline: {STAGES}, tolerance: 0.02",
        "growth: 0.05, over: 0",
        13,
        "over must be above 0: nothing grows from 0",
    ),
    "people of all networks": (
        "vk.reach",
        "all.reach",
        15,
        "targets.all.reach: reach is not added up over networks, in which one may be twice; write vk.reach",
    ),
    "followers of a site": ("vk.reach", "site.followers", 15, "a site has no followers; write vk.followers or another"),
    "a network of what has none": ("vk.reach", "vk.social_share", 15, "is one number, whatever the network; write soc"),
    "a tolerance in percent": (
        "tolerance: 0.02",
        "tolerance: 2",
        13,
        "tolerance: must be a share of the target from 0 to 0.5, such as 0.02 for 2 %, found 2: write 0.02 or 2%",
    ),
    "a tolerance that is none": ("tolerance: 0.02", "tolerance: -0.02", 13, "from 0 to 0.5, such as 0.02 for 2 %"),
    "a tolerance in words": ("tolerance: 0.02", "tolerance: two", 13, "tolerance: must be a number, found 'two'"),
    "a tolerance of everything": ("tolerance: 0.02", "tolerance: 80%", 13, "from 0 to 0.5, such as 0.02 for 2 %"),
}


@pytest.mark.parametrize(("before", "after", "line", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, before: str, after: str, line: int, message: str) -> None:
    assert before in FILE

    with pytest.raises(Mistakes) as refused:
        targets(tmp_path, FILE.replace(before, after, 1))

    (told,) = [str(mistake) for mistake in refused.value.mistakes]
    assert told.startswith(f"yarko.yml:{line}:")
    assert message in told


@pytest.mark.parametrize("text", ["2026-01", "2026-12", "2026-Q1", "2026-Q4", "2024-02-29..2024-03-01"])
def test_a_span_is_called_what_the_file_calls_it(text: str) -> None:
    assert str(span(text)) == text


def test_targets_become_rows(warehouse: Connection, tmp_path: Path) -> None:
    found = targets(tmp_path)
    roster.store_targets(warehouse, "yarko", found.values())

    def rows(query: str) -> list[tuple[object, ...]]:
        return [tuple(row.values()) for row in warehouse.execute(query.encode())]

    assert rows("select rule, baseline_to, by_month, tolerance from core.target where kpi = 'followers'") == [
        ("from_baseline", 2, 12, Decimal("0.02"))
    ]
    assert rows("select month, first_day, last_day, plan from core.plan where kpi = 'leads' order by month") == [
        (date(2026, 3, 1), date(2026, 1, 1), date(2026, 3, 31), 300),
        (date(2026, 4, 1), None, None, 90),
        (date(2026, 6, 1), date(2026, 5, 10), date(2026, 6, 15), 120),
    ]


CHANGES = {
    "the order": (LEADS, "{2026-04: 90, 2026-Q1: 300, 2026-05-10..2026-06-15: 120}", 1),
    "another name of the same days": ("2026-Q1", "2026-01-01..2026-03-31", 1),
    "a plan": ("2026-Q1: 300", "2026-Q1: 301", 2),
    "a tolerance": ("tolerance: 0.02, ", "", 2),
    "a stage": ("by_month: 12", "by_month: 11", 2),
}


@pytest.mark.parametrize(("before", "after", "versions"), CHANGES.values(), ids=CHANGES)
def test_another_wording_is_another_version(
    warehouse: Connection, tmp_path: Path, before: str, after: str, versions: int
) -> None:
    for text in (FILE, FILE.replace(before, after, 1)):
        roster.store_targets(warehouse, "yarko", targets(tmp_path, text).values())

    assert len(warehouse.execute("select from core.target_version").fetchall()) == versions
