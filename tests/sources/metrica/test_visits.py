"""Visits: which network sent them, what Metrica's ratios come to, and what odd cells leave unknown."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sandbox.loopback import Answer as HttpAnswer
from sandbox.world.traffic import network_of
from smm import facts
from smm.sources import metrica
from smm.sources.metrica import cells, origin
from tests.sources.loading import load
from tests.sources.metrica.far_end import FIRST, LAST, Serve, by_name, nothing, read, report, scripted, source, work

# visits, page views, bounce rate, seconds per visit, new users, purchases, revenue
VISITS = [39.0, 41.0, 38.46153846, 13.87179487, 12.0, 2.0, 71226.019999]
COUNTED = (39, 24, 41, 12, 541, None, None, 2, Decimal("71226.019999"), None)


def test_rows_in_the_order_of_the_relations(metrica_far_end: Serve) -> None:
    day = "2024-03-10"
    far_end = metrica_far_end(
        scripted(
            by_name(
                totals=report([([day], [*VISITS, 33.0])]),
                traffic=report([([day, *source("social", "social.vkontakte")], VISITS)]),
            )
        )
    )
    loaded = load(metrica.SOURCE, work(), far_end.connection)
    assert loaded.rows["traffic"] == [(day, "vk", "social", "(not set)", *COUNTED)]
    assert loaded.rows["traffic_totals"] == [(day, *COUNTED)]
    assert loaded.rows["counts"] == [
        ("site", "totals", "users", "day", day, 33, day),
        ("site", "users", "users", "month", date(2024, 3, 1), 0, LAST),
        ("site", "users", "users", "week", date(2024, 3, 4), 0, date(2024, 3, 10)),
        ("site", "users", "users", "week", date(2024, 3, 11), 0, LAST),
    ]
    for relation, rows in loaded.rows.items():
        assert {len(row) for row in rows} <= {len(facts.COLUMNS[relation]), len(facts.OF_PERIODS)}


def test_a_healthy_answer_knows_its_days_without_a_row(metrica_far_end: Serve) -> None:
    loaded = load(metrica.SOURCE, work(events=("301",)), metrica_far_end(scripted(nothing)).connection)
    never = ("key_events", "key_event_sessions")  # Metrica has no such thing
    assert {(known.report, known.first_day, known.last_day, known.state, known.without) for known in loaded.known} == {
        ("totals", FIRST, LAST, "known", never),
        ("traffic", FIRST, LAST, "known", never),
        ("events", FIRST, LAST, "known", ()),
        ("users", FIRST, LAST, "known", ()),
    }
    assert loaded.rows["traffic"] == []
    assert loaded.health["data_lag.traffic"] == 97
    assert loaded.health["attribution"] == "LastSign"


@pytest.mark.parametrize(
    ("dimensions", "found", "network"),
    [
        (source("social", "social.vkontakte"), ("vk", "social", "(not set)"), "vk"),
        (source("social", "social.vk"), ("vk", "social", "(not set)"), "vk"),
        (source("social", "social.odnoklassniki"), ("ok", "social", "(not set)"), "ok"),
        (source("social", "social.instagram"), ("instagram", "social", "(not set)"), "instagram"),
        (source("social", "social.facebook"), ("facebook", "social", "(not set)"), "facebook"),
        (source("social", "social.youtube"), ("youtube", "social", "(not set)"), "youtube"),
        (source("social", "social.pinterest"), ("pinterest", "social", "(not set)"), "other"),
        (source("social"), ("(not set)", "social", "(not set)"), "other"),
        (source("messenger", "messenger.telegram"), ("telegram", "messenger", "(not set)"), "telegram"),
        (source("messenger", "messenger.vk"), ("vk", "messenger", "(not set)"), "vk"),
        (source("messenger", "messenger.whatsapp"), ("whatsapp", "messenger", "(not set)"), "other"),
        (source("organic", "organic.yandex"), ("yandex", "organic", "(not set)"), "search"),
        (source("organic", "organic.google"), ("google", "organic", "(not set)"), "search"),
        (source("organic"), ("(not set)", "organic", "(not set)"), "search"),
        (source("direct"), ("(direct)", "(none)", "(not set)"), "direct"),
        (source("referral", "referral.brides.example"), ("brides.example", "referral", "(not set)"), "referral"),
        (source("referral", "referral.away.vk.com"), ("away.vk.com", "referral", "(not set)"), "vk"),
        (source("ad", "ad.Яндекс: Директ"), ("yandex", "cpc", "(not set)"), "ads"),
        (source("ad", "ad.Google Ads"), ("google", "cpc", "(not set)"), "ads"),
        (source("ad", "ad.VK Реклама"), ("VK Реклама", "cpc", "(not set)"), "vk_ads"),
        (source("ad", "ad.vk_ads"), ("vk_ads", "cpc", "(not set)"), "vk_ads"),
        (source("ad", "ad.ВКонтакте"), ("ВКонтакте", "cpc", "(not set)"), "vk_ads"),
        (source("ad", "ad.target_mail_ru"), ("mytarget", "cpc", "(not set)"), "vk_ads"),
        (source("ad", "ad.instagram"), ("instagram", "cpc", "(not set)"), "instagram_ads"),
        (source("ad"), ("(not set)", "cpc", "(not set)"), "ads"),
        (source("email"), ("(not set)", "email", "(not set)"), "email"),
        (source("recommend", "recommend.zen_yandex"), ("zen_yandex", "recommend", "(not set)"), "other"),
        (source("internal", "internal.yarko.example"), ("yarko.example", "internal", "(not set)"), "other"),
        (source("saved"), ("(not set)", "saved", "(not set)"), "other"),
        (source(None), ("(not set)", "(not set)", "(not set)"), "other"),
        # tags say so by themselves
        (source("ad", None, "vk", "cpc", "golden_rings"), ("vk", "cpc", "golden_rings"), "vk_ads"),
        (source("ad", "ad.VK Реклама", "vk", "target", "spring"), ("vk", "target", "spring"), "vk_ads"),
        (source("social", "social.vkontakte", "vk", "social", "posts"), ("vk", "social", "posts"), "vk"),
        (source("email", None, "newsletter", "email", None), ("newsletter", "email", "(not set)"), "email"),
        (source("organic", "organic.yandex", "tg", "post", None), ("tg", "post", "(not set)"), "telegram"),
        # a tag without a medium: the kind of source tells whether it was paid
        (source("ad", None, "vk"), ("vk", "cpc", "(not set)"), "vk_ads"),
        (source("social", "social.vkontakte", "vk"), ("vk", "social", "(not set)"), "vk"),
    ],
)
def test_the_network_that_a_visit_came_from(dimensions: list[Any], found: tuple[str, str, str], network: str) -> None:
    assert origin.of(dimensions) == found
    assert network_of(*found[:2]) == network


def test_the_language_of_names_changes_nothing() -> None:
    english = [{"name": "Search engine traffic", "id": "organic"}, {"name": "Yandex", "id": "organic.yandex"}]
    russian = [{"name": "Переходы из поисковых систем", "id": "organic"}, {"name": "Яндекс", "id": "organic.yandex"}]
    assert origin.of(english) == origin.of(russian) == ("yandex", "organic", "(not set)")


def test_visits_of_one_origin_that_metrica_tells_apart_are_added() -> None:
    """On two pages, too."""
    rows: list[tuple[list[Any], list[Any]]] = [
        (["2024-03-10", *source("social", "social.vkontakte", "vk", "social", "posts")], [10, 20, 40, 30, 4, 1, 100.5]),
        (["2024-03-10", *source("referral", "referral.vk.com", "vk", "social", "posts")], [5, 5, 100, 0, 5, 0, 0]),
    ]
    loaded = read(work(), "traffic", report(rows[:1]), report(rows[1:]))
    assert loaded.rows["traffic"] == [
        ("2024-03-10", "vk", "social", "posts", 15, 6, 25, 9, 300, None, None, 1, Decimal("100.5"), None)
    ]


@pytest.mark.parametrize(
    ("visits", "percent", "engaged"),
    [
        (39, "38.46153846", 24),
        (3, "33.33333333", 2),
        (185832, "12.34556481", None),  # of so many visits that is no whole number of bounces
        (7, "0", 7),
        (7, "100", 0),
        (7, "101", None),
        (7, "-1", None),
        (10, "33.3", None),
    ],
)
def test_visits_that_are_no_bounces(visits: int, percent: str, engaged: int | None) -> None:
    row = {"ym:s:visits": visits, cells.BOUNCES: Decimal(percent)}
    assert cells.numbers(row)[cells.BOUNCES] == engaged


@pytest.mark.parametrize("visits", [1, 7, 39, 997, 99_991, 1_000_003])
def test_bounces_and_seconds_are_had_back_from_ratios_of_8_digits(visits: int) -> None:
    for bounces in {0, 1, visits // 3, visits}:
        seconds = 61 * visits + bounces
        row = {
            "ym:s:visits": visits,
            cells.BOUNCES: Decimal(f"{100 * bounces / visits:.8f}"),
            cells.DURATION: Decimal(f"{seconds / visits:.8f}"),
        }
        assert cells.numbers(row) == {
            "ym:s:visits": visits,
            cells.BOUNCES: visits - bounces,
            cells.DURATION: seconds,
        }


MEASURES = ("sessions", "page_views", "engaged_sessions", "engagement_seconds", "new_users", "purchases", "revenue")


ODD: tuple[Any, ...] = ("12", "(other)", -1, 1.5, True, None, [], 10**18, float("nan"), float("inf"))
MAY_BE = {(2, "1.5"), (3, "1.5"), (6, "1.5"), (6, "-1")}  # ratios, and money: refunds may be more than sales


@pytest.mark.parametrize(
    ("place", "value"),
    [(place, value) for place in range(7) for value in ODD if (place, str(value)) not in MAY_BE],
)
def test_an_odd_cell_makes_its_own_measure_of_that_day_unknown(place: int, value: Any) -> None:
    odd = [*VISITS]
    odd[place] = value
    rows = [
        (["2024-03-09", *source("direct")], VISITS),
        (["2024-03-10", *source("direct")], odd),
        (["2024-03-10", *source("organic", "organic.yandex")], VISITS),
    ]
    loaded = read(work(), "traffic", report(rows))
    (known,) = [known for known in loaded.known_of("traffic") if known.first_day == known.last_day]
    assert known.first_day == date(2024, 3, 10)
    unknown = {MEASURES[place], *(("engaged_sessions", "engagement_seconds") if place == 0 else ())}
    assert set(known.without) == unknown
    assert known.reason
    assert known.reason.startswith("Metrica gave ")
    first, second, third = loaded.rows["traffic"]
    assert first[4:] == third[4:] == COUNTED
    assert [cell for cell in second[4:] if cell is not None] == [
        value
        for measure, value in zip(
            ("sessions", "engaged_sessions", "page_views", "new_users", "engagement_seconds", "purchases", "revenue"),
            (39, 24, 41, 12, 541, 2, Decimal("71226.019999")),
            strict=True,
        )
        if measure not in unknown
    ]
    assert any("2024-03-10" in text for text in loaded.health["odd.traffic.2024-03-09"])


@pytest.mark.parametrize("day", ["(other)", "2024-03-12", None, 20240310, "", ["2024-03-10"], "\ud83d"])
def test_a_row_of_no_day_that_was_asked_for_is_left_out_and_flagged(day: Any) -> None:
    rows = [([day], [*VISITS, 30.0]), (["2024-03-10"], [*VISITS, 30.0])]
    loaded = read(work(), "totals", report(rows))
    assert [row[0] for row in loaded.rows["traffic_totals"]] == ["2024-03-10"]
    (known,) = loaded.known_of("totals")
    assert known.state == "flagged"
    assert "outside the requested days" in str(known.reason)


def test_a_row_of_another_form_is_no_end_of_the_others() -> None:
    good = {"dimensions": [{"name": "2024-03-10"}], "metrics": [*VISITS, 30.0]}
    short = {"dimensions": [{"name": "2024-03-11"}], "metrics": VISITS[:2]}
    said = report() | {"data": [None, {}, {"dimensions": None, "metrics": None}, short, good], "total_rows": 5}
    loaded = read(work(), "totals", said)
    assert [row[:4] for row in loaded.rows["traffic_totals"]] == [
        ("2024-03-11", 39, None, 41),
        ("2024-03-10", 39, 24, 41),
    ]
    states = {known.state for known in loaded.known_of("totals")}
    assert states == {"flagged", "known"}


def test_tags_that_postgres_would_not_take_are_shown_without_what_it_minds() -> None:
    """Anybody may write anything into an address."""
    dimensions = [{"name": None, "id": None}, {"name": None, "id": None}]
    tags = [{"name": "vk\x00"}, {"name": "\ud83d cpc\n"}, {"name": "x" * 9000}]
    assert origin.of([*dimensions, *tags]) == ("vk", "cpc", "x" * 250)


def test_the_white_space_around_an_answer_is_none_of_it(metrica_far_end: Serve) -> None:
    said = report([(["2024-03-10"], [*VISITS, 33.0])])
    far_end = metrica_far_end(
        scripted(by_name(totals=HttpAnswer(200, "application/json", f"\n {json.dumps(said, indent=1)}\n".encode())))
    )
    loaded = load(metrica.SOURCE, work(), far_end.connection)
    assert loaded.rows["traffic_totals"] == [("2024-03-10", *COUNTED)]
