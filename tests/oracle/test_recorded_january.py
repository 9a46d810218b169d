"""A blog's recorded January 2024: the site is what the report by date says, and no sum of rows.

GA4 counts a visit or a visitor in every row it has a part in, so that rows add up to more than there were.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction

import pytest

from local.postgres import Cluster
from smm.warehouse import Connection, connect
from tests.test_recordings import day, report

COLUMNS = ("sessions", "bounces", "screenPageViews", "userEngagementDuration", "totalUsers")


@pytest.fixture
def recorded(postgres: Cluster, replayed: str) -> Iterator[Connection]:
    with connect(postgres.dsn(replayed)) as warehouse:
        yield warehouse


def summed(name: str) -> dict[str, int]:
    rows = report(name)
    return {column: sum(int(row[column]) for row in rows) for column in COLUMNS}


def january(warehouse: Connection, kpi: str, network: str = "site") -> tuple[Decimal | None, str | None]:
    row = warehouse.execute(
        "select value, reason from marts.kpi where client = 'blog' and network = %s and kpi = %s"
        " and grain = 'month' and period = '2024-01-01'",
        [network, kpi],
    ).fetchone()
    assert row is not None
    return row["value"], row["reason"]


def test_what_the_rows_would_have_added_up_to(replayed: str) -> None:
    by_date, by_source, by_device = (summed(name) for name in ("visitors", "sources", "devices"))

    assert (by_date["sessions"], by_source["sessions"], by_device["sessions"]) == (6261, 6263, 6263)
    assert (by_date["totalUsers"], by_source["totalUsers"], by_device["totalUsers"]) == (6127, 6128, 6128)


def test_the_sites_january_is_the_report_by_dates(recorded: Connection) -> None:
    by_date, by_source = summed("visitors"), summed("sources")
    kpis: dict[str, Callable[[dict[str, int]], Fraction]] = {
        "sessions": lambda report: Fraction(report["sessions"]),
        "engaged_share": lambda report: Fraction(report["sessions"] - report["bounces"], report["sessions"]),
        "pages_per_session": lambda report: Fraction(report["screenPageViews"], report["sessions"]),
        "seconds_per_session": lambda report: Fraction(report["userEngagementDuration"], report["sessions"]),
    }
    for kpi, formula in kpis.items():
        value, reason = january(recorded, kpi)
        assert reason is None
        assert value is not None
        assert abs(Fraction(value) - formula(by_date)) < Fraction(1, 10**12)
        assert abs(Fraction(value) - formula(by_source)) > Fraction(1, 10**6), "it can be told from the sum of rows"


def test_each_day_of_the_site_is_the_report_by_dates(recorded: Connection) -> None:
    found = recorded.execute(
        "select period, value from marts.kpi where client = 'blog' and network = 'site' and kpi = 'sessions'"
        " and grain = 'day' and period between '2024-01-01' and '2024-01-31'"
    )
    assert {row["period"]: row["value"] for row in found} == {
        day(row["date"]): int(row["sessions"]) for row in report("visitors")
    }


def test_nobody_is_counted_by_adding_up_days_or_rows(recorded: Connection) -> None:
    """Visitors of January were not recorded: 6,127 would be the sum of its days, 6,128 that of its rows."""
    assert january(recorded, "users") == (None, "not_applicable")
    assert january(recorded, "returning_share")[0] is None
    query = "select count(*) as n from marts.kpi where client = 'blog' and network = 'all' and kpi = 'users'"
    assert recorded.execute(query).fetchall() == [{"n": 0}]


def test_the_share_of_social_networks_is_of_the_whole_site(recorded: Connection) -> None:
    row = recorded.execute(
        "select numerator, denominator from marts.kpi where client = 'blog' and kpi = 'social_share'"
        " and grain = 'month' and period = '2024-01-01'"
    ).fetchone()
    assert row is not None
    assert row["denominator"] == summed("visitors")["sessions"]
    assert 0 < row["numerator"] < row["denominator"]
