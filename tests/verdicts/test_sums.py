"""Plans for a quarter or a campaign: what they are summed from, and in which month what is said of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from smm import roster
from smm.clients.file import Target
from smm.warehouse import Connection
from tests.daily import put_days
from tests.verdicts.lines import cell, judge, put, put_client

KPI = {"gained": "followers_gained", "rate": "key_events_per_session", "cost": "cost_per_lead"}
MEASURES = {"followers_gained": ["followers_gained"], "cost_per_lead": ["spend", "leads"]}  # of days


class Books:
    """A client with one plan, and the sums of months and days that are known."""

    def __init__(self, warehouse: Connection) -> None:
        self.warehouse = warehouse
        put(
            warehouse, "core.client", client="yarko", name="Yarko", language="en", time_zone="Europe/Moscow",
            currency="RUB", started=date(2025, 1, 1), report="{}",
        )  # fmt: skip

    def plan(self, kpi: str, **rule: Any) -> None:
        self.kpi = KPI[kpi]
        target = Target.model_validate({"network": "vk", "kpi": self.kpi} | rule)
        roster.store_targets(self.warehouse, "yarko", [target])

    def month(self, month: int, words: str) -> None:
        """``120``, ``3/60`` (numerator, denominator), ``no_access``; then ``at 0.5`` or a mark."""
        first, *others = words.split()
        row: dict[str, Any] = {"completeness": others[1] if others[:1] == ["at"] else 1}
        row |= {f"is_{mark}": True for mark in others if mark in ("derived", "late", "flagged")}
        if first[0].isalpha():
            row["reason"] = first
        else:
            row["numerator"], _, denominator = first.partition("/")
            row["denominator"] = denominator or None
            is_zero = denominator == "0"
            row["value"] = None if is_zero else float(row["numerator"]) / float(denominator or 1)
            row["reason"] = "zero_denominator" if is_zero else None
        row |= {"network": "vk", "kpi": self.kpi, "period": date(2025, month, 1)}
        put(self.warehouse, "marts.kpi_months", client="yarko", **row)

    def days(self, first: str, last: str, words: str) -> None:
        """The same number on each of these days; of a ratio both, ``?`` where one is not known."""
        day, end = (date.fromisoformat(f"2025-{text}") for text in (first, last))
        days = [day + timedelta(days=number) for number in range((end - day).days + 1)]
        for measure, number in zip(MEASURES[self.kpi], words.split("/"), strict=True):
            known = None if number == "?" else int(number)
            put_days(self.warehouse, "yarko", f"vk.{measure}", dict.fromkeys(days, known))

    def judged(self, month: int, at: str, *columns: str) -> tuple[str, ...] | None:
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        judge(self.warehouse, ["yarko"], date(2025, month, 1), moment)
        query = "select * from marts.verdict where month = %s"
        row = self.warehouse.execute(query, [date(2025, month, 1)]).fetchone()
        if row is None:
            return None
        if row["forecast"] is not None and row["forecast"] % 1:
            row["forecast"] = round(row["forecast"], 6)
        return tuple(cell(row[name]) for name in columns)


@pytest.fixture
def books(marts: Connection) -> Books:
    return Books(marts)


TOLD = ("verdict", "value", "low", "forecast", "first_day", "last_day", "reason")


def test_a_quarter_is_judged_in_its_last_month_and_shown_in_the_others(books: Books) -> None:
    books.plan("gained", plan={"2025-Q3": 300})
    books.month(7, "92")
    books.month(8, "93")
    books.month(9, "75 at 0.5")
    days = ("2025-07-01", "2025-09-30")

    assert books.judged(6, "2025-09-16", *TOLD) is None
    assert books.judged(10, "2025-11-16", *TOLD) is None
    # 92 in 31 of 92 days: 273 by this pace; 185 in 62 days; 260 in 77 days, one half of September
    assert books.judged(7, "2025-09-16", *TOLD) == ("at_risk", "92", "300", told(92, 31), *days, "")
    assert books.judged(8, "2025-09-16", *TOLD) == ("at_risk", "185", "300", told(185, 62), *days, "")
    assert books.judged(9, "2025-09-16", *TOLD) == ("on_track", "260", "300", told(260, 77), *days, "")

    books.warehouse.execute("delete from marts.kpi_months where period = '2025-09-01'")
    books.month(9, "114")
    assert books.judged(9, "2025-10-02", *TOLD) == ("at_risk", "299", "300", "299", *days, "")
    assert books.judged(9, "2025-10-04", *TOLD) == ("missed", "299", "300", "", *days, "")
    assert books.judged(9, "2025-10-04", "is_final") == ("no",)
    assert books.judged(9, "2025-10-14", "verdict", "is_final") == ("missed", "yes")
    # what was running then is running for ever: only the last month says what came of it
    assert books.judged(8, "2026-01-01", *TOLD) == ("at_risk", "185", "300", told(185, 62), *days, "")


def told(value: int, days: int) -> str:
    """What a quarter of 92 days comes to at the pace of these days."""
    return f"{value / days * 92:.6f}"


def test_a_campaign_is_summed_from_whole_months_and_days(books: Books) -> None:
    books.plan("gained", plan={"2025-06-20..2025-08-10": 500})
    books.days("06-01", "06-19", "1000")
    books.days("06-20", "06-30", "10")
    books.month(6, "19110")
    books.month(7, "310")
    books.days("07-01", "07-31", "77")  # the month is known as a month, as figures may be
    books.days("08-01", "08-10", "8")
    books.days("08-11", "08-31", "1000")
    books.month(8, "22080")
    days = ("2025-06-20", "2025-08-10")
    assert books.judged(6, "2025-06-25", "value", "verdict") == ("110", "on_track")
    assert books.judged(7, "2025-08-25", "value", "verdict") == ("420", "on_track")
    assert books.judged(8, "2025-08-25", *TOLD) == ("on_track", "500", "500", "500", *days, "")
    assert books.judged(8, "2025-09-04", *TOLD) == ("met", "500", "500", "", *days, "")


def test_a_ratio_is_the_sum_by_the_sum(books: Books) -> None:
    books.plan("rate", plan={"2025-Q3": 0.2})
    books.month(7, "30/100")
    books.month(8, "0/0")
    books.month(9, "10/100")
    assert books.judged(7, "2025-10-04", "value", "verdict", "forecast") == ("0.3", "on_track", "0.3")
    assert books.judged(9, "2025-10-04", "value", "verdict") == ("0.2", "met")


PARTS = {
    "a day is missing": (["50", "50 at 0.967", "5"], ("not_proven", "105", "incomplete")),
    "a month is missing": (["50", "", "5"], ("not_proven", "55", "incomplete")),
    "all are missing": (["", "", ""], ("not_measured", "", "source_missing")),
    "a month has no answer": (["500", "source_missing at 0", "50"], ("not_proven", "550", "incomplete")),
    "a month is closed to us": (["500", "no_access", "50"], ("not_measured", "", "no_access")),
    "an earlier month is derived": (["50 derived", "50", "50"], ("not_proven", "150", "derived")),
    "an earlier month is late": (["50", "50 late", "5"], ("not_proven", "105", "late")),
    "an earlier month is flagged": (["50 flagged", "50", "5"], ("not_proven", "105", "flagged")),
    "all is known": (["50", "50", "5"], ("missed", "105", "")),
}


@pytest.mark.parametrize(("months", "said"), PARTS.values(), ids=PARTS)
def test_what_is_doubtful_in_a_part_is_so_in_the_whole(books: Books, months: list[str], said: tuple[str, ...]) -> None:
    books.plan("gained", plan={"2025-Q3": 300})
    for number, words in enumerate(months, 7):
        if words:
            books.month(number, words)
    assert books.judged(9, "2025-10-20", "verdict", "value", "reason") == said


def test_a_ratio_of_nothing_has_no_value(books: Books) -> None:
    books.plan("rate", plan={"2025-Q3": 0.2})
    for month in (7, 8, 9):
        books.month(month, "0/0")
    assert books.judged(9, "2025-10-04", "verdict", "reason") == ("not_measured", "zero_denominator")


def test_days_of_which_one_side_of_a_ratio_is_known_are_no_part_of_it(books: Books) -> None:
    """Costs come in daily, and leads a week later."""
    books.plan("cost", plan={"2025-09-10..2025-09-20": 300})
    books.days("09-10", "09-14", "250/1")
    books.days("09-15", "09-19", "250/?")
    assert books.judged(9, "2025-09-20", "verdict", "value", "forecast") == ("on_track", "250", "250")
    books.days("09-10", "09-14", "250/?")
    assert books.judged(9, "2025-09-20", "verdict", "value", "reason") == ("not_measured", "", "source_missing")


def test_a_quarter_in_which_money_was_spent_and_nothing_came_is_missed(books: Books) -> None:
    books.plan("cost", plan={"2025-Q3": 300})
    columns = ("verdict", "value", "spent", "reason")
    for month in (7, 8):
        books.month(month, "9000/0")
    assert books.judged(8, "2025-08-20", *columns) == ("at_risk", "", "18000", "zero_denominator")
    assert books.judged(9, "2025-10-04", *columns) == ("not_proven", "", "18000", "incomplete")
    books.month(9, "12000/0")
    assert books.judged(9, "2025-10-04", *columns) == ("missed", "", "30000", "zero_denominator")
    books.warehouse.execute(
        "update marts.kpi_months set numerator = 12000, denominator = 100 where period = '2025-09-01'"
    )
    assert books.judged(9, "2025-10-04", *columns) == ("met", "300", "", "")


def test_months_and_spans_of_one_plan_have_their_own_verdicts(books: Books) -> None:
    books.plan("gained", plan={"2025-Q3": 300, "2025-10": 70}, tolerance=0.1)
    for month in (7, 8, 9, 10):
        books.month(month, "90")
    assert books.judged(9, "2025-10-04", "verdict", "value", "low") == ("met", "270", "300")
    assert books.judged(10, "2025-11-04", "verdict", "value", "low", "first_day") == ("met", "90", "70", "")


def test_a_quarter_of_another_clients_is_not_mixed_in(books: Books) -> None:
    books.plan("gained", plan={"2025-Q3": 300})
    books.month(7, "150")
    put_client(books.warehouse, "nordlys")
    books.warehouse.execute(
        "insert into marts.kpi_months (client, network, kpi, period, value, numerator, completeness)"
        " select 'nordlys', network, kpi, period, 7, 7, 1 from marts.kpi_months"
    )
    assert books.judged(7, "2025-08-04", "value") == ("150",)
