"""Why a running month will miss its target: its days so far, and the pace of the others."""

from decimal import Decimal

from tests.verdicts.lines import OCTOBER
from tests.verdicts.splits import SEPTEMBER, Cell, Splits, cells, days, every_day, table


def test_known_days_are_held_against_the_same_days(splits: Splits) -> None:
    """Ten days are known, of vk_ads and telegram; the rest of the gap is what the forecast expects of the others."""
    ten = range(1, 11)
    splits.fill(
        [*days("vk.sessions", SEPTEMBER, every_day(SEPTEMBER, 10)), *days("ok.sessions", SEPTEMBER, {5: 7, 20: 9})]
    )
    splits.fill(
        [*days("vk.sessions", OCTOBER, dict.fromkeys(ten, 6)), *days("telegram.sessions", OCTOBER, {1: 3, 2: 4})],
        completeness=Decimal(10) / 31,
    )
    splits.verdict("all.sessions", "350", verdict="at_risk", forecast="210")
    splits.explain()
    assert splits.told() == table("""
        part              | was | now | effect
        reference         | 316 | 210 | -34
        vk.sessions       | 100 | 60  | -40
        ok.sessions       | 7   |     | -7
        telegram.sessions |     | 7   | 7
        pace              |     |     | -66
    """)


def test_days_count_that_are_known_in_both_months_of_every_measure(splits: Splits) -> None:
    """Days 2 and 3: 20 / 4 = 5, then 30 / 2 = 15. September's spend has no fourth, October's leads have no first."""
    spend = {on: value for on, value in every_day(SEPTEMBER, 10).items() if on != 4}
    splits.fill([*days("vk_ads.spend", SEPTEMBER, spend), *days("vk_ads.leads", SEPTEMBER, every_day(SEPTEMBER, 2))])
    splits.fill(
        [
            *days("vk_ads.spend", OCTOBER, {1: 90, 2: 15, 3: 15, 4: 8}),
            *days("vk_ads.leads", OCTOBER, {2: 1, 3: 1, 4: 9}),
        ],
        completeness=Decimal(3) / 31,
    )
    splits.verdict("vk_ads.cost_per_lead", "6", verdict="at_risk", forecast="20")
    splits.explain()
    assert [row["part"] for row in splits.rows()] == ["reference", "leads", "spend", "pace"]
    assert [(row["was"], row["now"], row["effect"]) for row in splits.rows()[1:3]] == [
        (4, 2, Decimal("6.25")),
        (20, 30, Decimal("3.75")),
    ]
    assert splits.sums() == {("vk_ads", "cost_per_lead", "terms"): True}


def test_stocks_of_the_last_common_day(splits: Splits) -> None:
    grown = {on: 1000 + 10 * on for on in range(1, 31)}
    splits.fill(days("vk.followers", SEPTEMBER, grown))
    splits.fill(days("vk.followers", OCTOBER, {1: 1301, 2: 1302, 3: 1303}), completeness=Decimal(3) / 31)
    splits.verdict("vk.followers", "1600", verdict="certain_miss", forecast="1331")
    splits.explain()
    assert splits.told() == table("""
        part      | was  | now  | effect
        reference | 1300 | 1331 | -300
        followers | 1030 | 1303 | 273
        pace      |      |      | -242
    """)


def test_openings_of_the_first_common_day(splits: Splits) -> None:
    """Of days 2 and 3: 1030 - 1010, and 1303 - 1301."""
    splits.fill(
        [
            *days("vk.followers", SEPTEMBER, {on: 1000 + 10 * on for on in range(1, 31)}),
            *(
                Cell("vk", "followers_opening", "day", SEPTEMBER.replace(day=on), Decimal(990 + 10 * on))
                for on in range(1, 31)
            ),
            Cell("vk", "followers_opening", "month", SEPTEMBER, Decimal(1000)),
        ]
    )
    splits.fill(
        [
            *days("vk.followers", OCTOBER, {2: 1302, 3: 1303}),
            *(Cell("vk", "followers_opening", "day", OCTOBER.replace(day=on), Decimal(1299 + on)) for on in (1, 2, 3)),
            Cell("vk", "followers_opening", "month", OCTOBER, Decimal(1300)),
        ],
        completeness=Decimal(3) / 31,
    )
    splits.verdict("vk.followers_net", "400", verdict="at_risk", forecast="31")
    splits.explain()
    assert splits.told() == table("""
        part              | was  | now  | effect
        reference         | 300  | 31   | -100
        followers_opening | 1010 | 1301 | -291
        followers         | 1030 | 1303 | 273
        pace              |      |      | -251
    """)


def test_people_are_not_added_up_over_days(splits: Splits) -> None:
    splits.fill([*days("vk.reach", SEPTEMBER, {1: 5, 2: 6}), *days("vk.reach", OCTOBER, {1: 5, 2: 6})])
    splits.connection.execute("update marts.kpi_months set completeness = 0.1 where period = '2025-10-01'")
    splits.verdict("vk.reach", "9", verdict="certain_miss")  # at most 9, and 11 already
    splits.explain()
    assert splits.told() == table("part | was | now | effect\nreference | 11 | 11 | 2")
    splits.connection.execute("update marts.verdict set forecast = 15, verdict = 'at_risk'")
    splits.explain()
    assert splits.told() == table("part | was | now | effect\nreference | 11 | 15 | 2\npace | | | 4")


def test_a_whole_month_that_is_not_closed_is_split_as_one(splits: Splits) -> None:
    """On the first three days of the next month: everything is known, but not yet judged."""
    splits.fill(cells("vk.reach | 500 | 400"))
    splits.verdict("vk.reach", "600", verdict="at_risk", forecast="400")
    splits.explain()
    assert splits.told() == table("part | was | now | effect\nreference | 500 | 400 | -100\nreach | 500 | 400 | -100")
