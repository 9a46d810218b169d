"""Why a target is missed: the parts of the gap, worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from smm.verdicts import judging as targets
from tests.verdicts.lines import OCTOBER
from tests.verdicts.splits import SEPTEMBER, Splits, cells, table

COST_PER_LEAD = """
    vk_ads.spend | 2000 | 3000
    vk_ads.leads | 10   | 8
"""


def test_cost_of_a_lead(splits: Splits) -> None:
    """200 a lead, then 375. Spend: 1000 x (1/10 + 1/8) / 2; leads: (1/8 - 1/10) x (2000 + 3000) / 2."""
    splits.fill(cells(COST_PER_LEAD))
    splits.verdict("vk_ads.cost_per_lead", "300")
    splits.explain()
    assert splits.told() == table("""
        part      | was  | now  | effect
        reference | 200  | 375  | -100
        spend     | 2000 | 3000 | 112.5
        leads     | 10   | 8    | 62.5
    """)
    assert [(row["position"], row["reference_month"]) for row in splits.rows()] == [(n, SEPTEMBER) for n in (1, 2, 3)]
    assert [round(row["share"], 4) for row in splits.rows()] == [Decimal(n) for n in ("-1.3333", "1.5", "0.8333")]


def test_leads_are_the_parts_that_the_client_counts(splits: Splits) -> None:
    splits.put("core.lead_part", part="calls", source="figures")
    splits.put("core.lead_part", part="forms", source="ga4", event="lead")
    splits.put("core.lead_part", part="messages", source="vk")  # has cells at vk only
    splits.fill(cells(COST_PER_LEAD + "vk_ads.calls | 6 | 3\nvk_ads.forms | 4 | 5"))
    splits.verdict("vk_ads.cost_per_lead", "300")
    splits.explain()
    assert splits.told() == table("""
        part      | was  | now  | effect
        reference | 200  | 375  | -100
        spend     | 2000 | 3000 | 112.5
        calls     | 6    | 3    | 93.75
        forms     | 4    | 5    | -31.25
    """)


def test_engagement_rate(splits: Splits) -> None:
    """0.03, then 0.025. Reactions count with (1/10000 + 1/8000) / 2, followers with (1/8000 - 1/10000) x 500 / 2."""
    splits.fill(
        cells("""
            vk.post_likes     | 200   | 140
            vk.post_comments  | 60    | 40
            vk.post_reposts   | 40    | 20
            vk.post_followers | 10000 | 8000
        """)
    )
    splits.verdict("vk.er_post", "0.028")
    splits.explain()
    assert splits.told() == table("""
        part           | was   | now   | effect
        reference      | 0.03  | 0.025 | 0.002
        post_likes     | 200   | 140   | -0.00675
        post_followers | 10000 | 8000  | 0.00625
        post_comments  | 60    | 40    | -0.00225
        post_reposts   | 40    | 20    | -0.00225
    """)
    assert splits.rows(view="factors") == []


def test_visits_from_all_networks(splits: Splits) -> None:
    """A network without a cell in one of the months has brought nothing to `all` then."""
    splits.fill(
        cells("""
            vk.sessions       | 100 | 80
            telegram.sessions | 50  | 70
            ok.sessions       | 30  |
            vk_ads.sessions   |     | 10
            search.sessions   | 500 | 100
        """)
    )
    splits.verdict("all.sessions", "250")
    splits.explain()
    assert splits.told() == table("""
        part              | was | now | effect
        reference         | 180 | 160 | -70
        ok.sessions       | 30  |     | -30
        telegram.sessions | 50  | 70  | 20
        vk.sessions       | 100 | 80  | -20
        vk_ads.sessions   |     | 10  | 10
    """)


def test_what_is_of_all_networks_but_of_no_single_one(splits: Splits) -> None:
    """Spend is told of `all` alone, calls of `all` and of one network."""
    splits.put("core.lead_part", part="calls", source="figures")
    splits.fill(
        cells("""
            all.spend | 2000 | 2000
            all.leads | 10   | 8
            all.calls | 10   | 8
            vk.calls  | 7    | 3
        """)
    )
    splits.verdict("all.cost_per_lead", "200")
    splits.explain()
    assert splits.told() == table("""
        part      | was  | now  | effect
        reference | 200  | 250  | 0
        vk.calls  | 7    | 3    | 100
        calls     | 3    | 5    | -50
        spend     | 2000 | 2000 | 0
    """)


def test_followers(splits: Splits) -> None:
    splits.fill(cells("vk.followers | 1500 | 1634"))
    splits.verdict("vk.followers", "1700")
    splits.explain()
    assert splits.told() == table("""
        part      | was  | now  | effect
        reference | 1500 | 1634 | -200
        followers | 1500 | 1634 | 134
    """)


def test_a_measure_above_and_below_the_line_is_one_part(splits: Splits) -> None:
    """(1200 - 1000) / 1000, then (1250 - 1250) / 1250 = 0; followers: 50 x (1/1000 + 1/1250) / 2.

    The opening: -250 x 0.0009 above, (1/1250 - 1/1000) x (200 + 0) / 2 below.
    """
    splits.fill(cells("vk.followers | 1200 | 1250\nvk.followers_opening | 1000 | 1250"))
    splits.verdict("vk.growth_rate", "0.1")
    splits.explain()
    assert splits.told() == table("""
        part              | was  | now  | effect
        reference         | 0.2  | 0    | 0.1
        followers_opening | 1000 | 1250 | -0.245
        followers         | 1200 | 1250 | 0.045
    """)


def test_pinned_networks(splits: Splits) -> None:
    """0.2, then 0.1. Visits: -100 x (1/1000 + 1/1000) / 2."""
    splits.fill(cells("vk.sessions | 150 | 30\nok.sessions | 50 | 70\nsite.sessions | 1000 | 1000"))
    splits.verdict("all.social_share", "0.2")
    splits.explain()
    assert splits.told() == table("""
        part          | was  | now  | effect
        reference     | 0.2  | 0.1  | 0
        vk.sessions   | 150  | 30   | -0.12
        ok.sessions   | 50   | 70   | 0.02
        site.sessions | 1000 | 1000 | 0
    """)


REACTIONS = """
    vk.post_likes    | 80   | 100
    vk.post_comments | 15   | 30
    vk.post_reposts  | 5    | 20
    vk.posts         | 10   | 20
"""


def test_reactions_per_post(splits: Splits) -> None:
    """10, then 7.5: 200 reached x 0.05, then 125 x 0.06. Reach: -75 x 0.055; rate: 0.01 x 162.5."""
    splits.fill(cells(REACTIONS + "vk.post_reach | 2000 | 2500"))
    splits.verdict("vk.engagement_per_post", "9")
    splits.explain()
    assert splits.told() == table("""
        part          | was | now | effect
        reference     | 10  | 7.5 | 1
        posts         | 10  | 20  | -6.25
        post_likes    | 80  | 100 | 1.5
        post_comments | 15  | 30  | 1.125
        post_reposts  | 5   | 20  | 1.125
    """)
    assert splits.told("factors") == table("""
        part           | was  | now  | effect
        reference      | 10   | 7.5  | 1
        reach_per_post | 200  | 125  | -4.125
        er_reach       | 0.05 | 0.06 | 1.625
    """)


def test_reactions_of_all_posts(splits: Splits) -> None:
    """A KPI that an agency may add. 100 = 10 x 200 x 0.05, then 150 = 20 x 125 x 0.06.

    Posts: 10 x ((200 x 0.05 + 125 x 0.06) / 3 + (200 x 0.06 + 125 x 0.05) / 6), and so on.
    """
    splits.connection.execute(
        "insert into catalogue.kpi values ('engagement', 'count', 'up', 'account', false, null, '')"
    )
    for measure in ("post_likes", "post_comments", "post_reposts"):
        splits.connection.execute(
            "insert into catalogue.term values ('engagement', 'numerator', null, %s, 1)", [measure]
        )
    splits.fill(cells(REACTIONS + "vk.post_reach | 2000 | 2500"))
    splits.verdict("vk.engagement", "160")
    splits.explain()
    assert splits.told("factors") == table("""
        part           | was  | now  | effect
        reference      | 100  | 150  | -60
        posts          | 10   | 20   | 88.75
        reach_per_post | 200  | 125  | -62.5
        er_reach       | 0.05 | 0.06 | 23.75
    """)


@pytest.mark.parametrize("reach", ["", "vk.post_reach | 0 | 2500", "vk.post_reach | 2000 |"])
def test_without_the_reach_of_posts_there_are_no_factors(splits: Splits, reach: str) -> None:
    splits.fill(cells(REACTIONS + reach))
    splits.verdict("vk.engagement_per_post", "9")
    splits.explain()
    assert splits.rows(view="factors") == []
    assert len(splits.rows()) == 5


# --- what is explained


def test_only_what_is_missed_or_will_be(splits: Splits) -> None:
    splits.fill(cells("vk.followers | 1500 | 1600\nvk.posts | 9 | 9\nvk.reach | 90 | 90\nvk.likes | 5 | 5"))
    for kpi, verdict in (("followers", "met"), ("posts", "not_proven"), ("reach", "not_due")):
        splits.verdict(f"vk.{kpi}", "1", verdict=verdict)
    splits.explain()
    assert splits.rows() == []


def test_a_second_explanation_replaces_the_first_and_no_other_clients(splits: Splits) -> None:
    splits.serve("other")
    for client in ("yarko", "other"):
        splits.fill(cells("vk.followers | 1500 | 1600"), client=client)
        splits.verdict("vk.followers", "1700", client=client)
    splits.explain("yarko", "other")
    before = splits.rows(client="other")
    assert [row["effect"] for row in before] == [-200, 100]
    splits.connection.execute("update marts.verdict set target = 2000")
    splits.explain()
    assert [row["effect"] for row in splits.rows()] == [-500, 100]
    assert splits.rows(client="other") == before


def test_a_stored_value_that_its_measures_do_not_give_is_said(splits: Splits) -> None:
    splits.fill(cells(COST_PER_LEAD))
    splits.connection.execute(
        "update marts.kpi_months set value = 385 where kpi = 'cost_per_lead' and period = '2025-10-01'"
    )
    splits.verdict("vk_ads.cost_per_lead", "300")
    splits.explain()
    assert splits.told() == table("""
        part        | was  | now  | effect
        reference   | 200  | 385  | -100
        spend       | 2000 | 3000 | 112.5
        leads       | 10   | 8    | 62.5
        unexplained |      |      | 10
    """)


def test_judging_explains(splits: Splits) -> None:
    splits.fill(cells(COST_PER_LEAD))
    splits.put("core.target_version", target_version=1, digest="")
    splits.put("core.target", target_version=1, network="vk_ads", kpi="cost_per_lead", rule="at_most", high=300)
    for _ in range(2):
        targets.judge(splits.connection, ["yarko"], OCTOBER, datetime(2025, 11, 20, tzinfo=UTC))
        assert [row["effect"] for row in splits.rows()] == [-100, Decimal("112.5"), Decimal("62.5")]


# --- the audit's warnings


def test_warnings_of_the_loads_that_are_known(splits: Splits) -> None:
    """One line per source and rule, in the words of the newest; what was overtaken or refused warns of nothing."""
    first = datetime(2025, 10, 3, tzinfo=UTC)
    for number, (load, day, severity) in enumerate(
        [("a", 29, "warning"), ("b", 30, "warning"), ("c", 31, "critical"), ("gone", None, "warning")]
    ):
        row = {"run_id": "run", "source": "vk", "network": "vk_spb", "state": "published"}
        splits.put("core.load", load_id=load, as_of=first + timedelta(number), **row)
        if day:
            place = {"network": "vk_spb", "source": "vk", "report": "members", "state": "known"}
            splits.put("core.coverage", load_id=load, day=date(2025, 10, day), **place)
        rule = {"relation": "counts", "rule": "no_jump", "severity": severity, "detail": f"as {load} has it"}
        splits.put("audit.finding", load_id=load, **rule)
    splits.put("core.coverage", load_id="b", day=date(2025, 11, 1), **place)
    found = splits.connection.execute("select * from marts.why_warning order by month").fetchall()
    stands = {
        "client": "yarko",
        "network": "vk_spb",
        "source": "vk",
        "relation": "counts",
        "rule": "no_jump",
        "detail": "as b has it",
    }
    assert found == [
        stands | {"month": OCTOBER, "loads": 2, "first_day": date(2025, 10, 29), "last_day": date(2025, 10, 30)},
        stands
        | {"month": date(2025, 11, 1), "loads": 1, "first_day": date(2025, 11, 1), "last_day": date(2025, 11, 1)},
    ]
