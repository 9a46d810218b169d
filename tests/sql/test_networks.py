"""Whose traffic a session is, by include/networks.yml as of now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd
import psycopg
import pytest
from pydantic import ValidationError

from local.postgres import Cluster
from sandbox.filters import condition
from sandbox.world.traffic import network_of
from smm import catalogue
from smm.catalogue.networks import Networks
from smm.roster import catalogued, networks
from smm.sources.ga4.questions import Traffic
from smm.warehouse import connect, run
from tests.sql.facts import GA4, Cell, Core, day

KNOWN = catalogue.read().networks
ORIGINS = {
    ("m.vk.com", "referral"): "vk",
    ("ads.vk.com", "referral"): "vk",
    ("https://vk.com/", "referral"): "vk",
    ("com.vk.vkclient", "referral"): "vk",
    ("android-app://com.vkontakte.android/", "referral"): "vk",
    ("VK", "cpc"): "vk_ads",
    ("vk", "cpc_retarget"): "vk_ads",
    ("vk", "Paid-Media"): "vk_ads",
    ("vk", "cpl"): "vk_ads",
    ("vk", "target"): "vk_ads",
    ("vk", "targeted-ads"): "vk_ads",
    ("vk", "Banners"): "vk_ads",
    ("vk", "interstitial"): "vk_ads",
    ("vk", "target_group"): "vk",
    ("VK Реклама", "cpc"): "vk_ads",
    ("vk_video", "cpc"): "vk_ads",
    ("ig_stories", "social"): "instagram",
    ("vk", "social"): "vk",
    ("vk", "unpaid"): "vk",
    ("vkads", "cpc"): "vk_ads",
    ("vk_ads", "cpc"): "vk_ads",
    ("VK-Ads", "ppc"): "vk_ads",
    ("target.my.com", "referral"): "vk",
    ("lm.facebook.com", "referral"): "facebook",
    ("fb_ads", "paid_social"): "facebook_ads",
    ("meta", "retargeting"): "facebook_ads",
    ("ig_ads", "cpm"): "instagram_ads",
    ("com.instagram.android", "referral"): "instagram",
    ("org.telegram.messenger", "referral"): "telegram",
    ("web.telegram.org", "referral"): "telegram",
    ("music.youtube.com", "referral"): "youtube",
    ("notvk.com", "referral"): "referral",
    ("vk.com.example", "referral"): "referral",
    ("linktr.ee", "referral"): "referral",
    ("google", "organic"): "search",
    ("google", "cpc"): "ads",
    ("yandex.direct", "cpc"): "ads",
    ("yandex.direct", "(not set)"): "other",
    ("(direct)", "(none)"): "direct",
    ("blog.example", "referral"): "referral",
    ("(not set)", "(not set)"): "other",
}


@pytest.mark.parametrize(("source", "medium", "network"), [(*origin, name) for origin, name in ORIGINS.items()])
def test_an_origin_has_its_network(source: str, medium: str, network: str, core: Core) -> None:
    row = core.warehouse.execute("select catalogue.network_of(%s, %s) as network", [source, medium]).fetchone()
    assert row == {"network": network}
    assert network_of(source, medium) == network, "as the sandbox counts"


@pytest.mark.parametrize("network", [name for name, is_social in KNOWN.names().items() if is_social])
def test_people_are_counted_of_the_same_origins(network: str) -> None:
    """By the filter with which GA4 is asked for them."""
    keeps = condition(type(Traffic(KNOWN).of(network)).pb(Traffic(KNOWN).of(network)))
    kept = {origin for origin in ORIGINS if keeps(_column(*origin))[0]}
    assert kept == {origin for origin, name in ORIGINS.items() if name == network}


def _column(source: str, medium: str) -> "Callable[[str], pd.Categorical[str]]":
    values = {"sessionSource": source, "sessionMedium": medium}
    return lambda name: pd.Categorical([values[name]])


def renamed(**social: list[str]) -> Networks:
    """The file with other sources of these networks."""
    return KNOWN.model_copy(update={"social": KNOWN.social | social})


def store(core: Core, known: Networks) -> None:
    """As any run does when the file has changed."""
    networks.store(core.warehouse, known)
    core.warehouse.commit()


def marked(core: Core) -> list[tuple[str, date]]:
    rows = core.warehouse.execute("select client, month from core.change order by 1, 2")
    return [(row["client"], row["month"]) for row in rows]


@pytest.fixture
def two(core: Core) -> tuple[Core, Core]:
    """Two clients with visits of May and June, rebuilt.

    From `club`, nobody's source, only the first had some, in June.
    """
    other = Core(core.warehouse, "other")
    for one in (core, other):
        one.network("vk", "vk")
        one.cover(GA4, "05-01", "06-30")
        one.put("lead_part", part="forms", source="ga4", event="lead")
        for on in ("05-02", "06-02"):
            one.sessions(on, "vk", 5)
    club = {"session_source": "club", "session_medium": "referral"}
    core.sessions("06-02", "referral", 4, **club)
    core.put("traffic_events", day="2026-06-02", event="lead", is_total=False, events=3, **club)
    core.rebuild("05", "06")
    return core, other


def test_a_changed_alias_reaches_history_and_only_the_months_that_it_changes(two: tuple[Core, Core]) -> None:
    core, other = two
    assert core.cell("sessions", "06-02") == Cell(5)
    untouched = other.cells()

    store(core, renamed(vk=[*KNOWN.social["vk"], "club"]))
    assert marked(core) == [("yarko", day("06-01"))]
    core.rebuild()

    assert core.cell("sessions", "06-02") == Cell(9)
    assert core.cell("forms", "06-02") == Cell(3)
    assert core.cell("sessions", "06-01", "month", "referral") is None, "nobody came from there"
    assert core.cell("sessions", "05-02") == Cell(5)
    assert {row for row in core.cells() if row[0] == "other"} == {row for row in untouched if row[0] == "other"}

    store(core, KNOWN)
    core.rebuild()
    assert core.cell("sessions", "06-02") == Cell(5)
    assert core.cell("sessions", "06-01", "month", "referral") == Cell(4)


def test_a_medium_that_becomes_paid_reaches_history(two: tuple[Core, Core]) -> None:
    core, _ = two
    store(core, KNOWN.model_copy(update={"paid": [*KNOWN.paid, "refer.*"]}))
    assert marked(core) == [
        ("other", day("05-01")),
        ("other", day("06-01")),
        *[("yarko", day(f"0{n}-01")) for n in (5, 6)],
    ]
    core.rebuild()
    assert core.cell("sessions", "06-02", network="vk_ads") == Cell(5)
    assert core.cell("sessions", "06-02") == Cell(0), "the file names the network"


def test_an_alias_that_nobody_came_from_changes_nothing(two: tuple[Core, Core]) -> None:
    core, _ = two
    store(core, renamed(vk=[*KNOWN.social["vk"], "unheard of"]))
    store(core, renamed(vk=[*KNOWN.social["vk"], "unheard of"]))
    assert marked(core) == []


def test_what_is_published_while_the_map_changes_is_mapped_by_the_new_one(two: tuple[Core, Core]) -> None:
    """Publishing does not look at the map: its own mark is enough."""
    core, _ = two
    core.warehouse.execute("delete from core.change")
    core.sessions("05-03", "referral", 7, session_source="club")
    core.change("05")
    store(core, renamed(vk=[*KNOWN.social["vk"], "club"]))
    core.rebuild()
    assert core.cell("sessions", "05-03") == Cell(7)


def test_the_map_changes_before_a_rebuild_or_after_it(two: tuple[Core, Core], postgres: Cluster) -> None:
    """Else a rebuild could take the marks and map by the old file."""
    core, _ = two
    known = replace(catalogue.read(), networks=renamed(vk=[*KNOWN.social["vk"], "club"]))
    run(core.warehouse, "rebuild/begin.sql", {"clients": None})
    with connect(postgres.dsn(core.warehouse.info.dbname)) as other:
        other.execute("set lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            catalogued.store(other, known)
    core.warehouse.rollback()

    catalogued.store(core.warehouse, known)
    with connect(postgres.dsn(core.warehouse.info.dbname)) as other:
        other.execute("set lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            run(other, "rebuild/begin.sql", {"clients": None})
    core.warehouse.rollback()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"social": {"vk": ["VK"]}}, "must be in small letters"),
        ({"social": {"vk": ["fb"], "facebook": ["fb"]}}, "'fb' is under vk and facebook: keep one of the two"),
        ({"paid": ["*cp"]}, r"must have a character before each \* \+ and \?, found '\*cp'"),
        ({"paid": ["^cp"]}, "must be without"),
    ],
)
def test_a_map_that_makes_no_sense_is_refused(content: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Networks.model_validate({"social": {}, "paid": [], "mediums": {}} | content)
