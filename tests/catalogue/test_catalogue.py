"""The catalogue: the first edition is whole; a broken KPI darkens itself and the targets that name it, nothing else."""

from decimal import Decimal
from pathlib import Path
from shutil import copytree

import pytest

from smm import catalogue, clients
from smm.catalogue import formula
from smm.catalogue.formula import Term
from smm.clients import plans
from smm.files.checked import CheckedFile, Mistakes
from smm.project import INCLUDE
from tests.clients.test_clients import GOOD

E_POST = "(post_likes + post_comments + post_reposts)"
# id, formula; v = less is better, B = a business KPI
FIRST_EDITION = f"""
    followers                followers
    followers_gained         followers_gained
    followers_net            followers - followers_opening
    growth_rate              (followers - followers_opening) / followers_opening
    natural_growth           followers_gained - joins_paid
    churn_rate v             followers_lost / followers_average
    reach                    reach
    visitors                 visitors
    posts                    posts
    posts_done               posts / posts_planned
    engagement_per_post      {E_POST} / posts
    likes_per_post           post_likes / posts
    comments_per_post        post_comments / posts
    reposts_per_post         post_reposts / posts
    er_post                  {E_POST} / post_followers
    love_rate                post_likes / post_followers
    talk_rate                post_comments / post_followers
    amplification_rate       post_reposts / post_followers
    er_views                 {E_POST} / post_views
    er_reach                 {E_POST} / post_reach
    reach_per_post           post_reach / posts
    reach_rate               post_reach_followers / post_followers
    er_day                   (likes + comments + reposts) / follower_days
    er_account               (likes + comments + reposts) / reach
    repost_share v           posts_reposted / posts
    post_clicks              post_clicks
    joins_from_posts         joins_from_posts
    sessions                 sessions
    social_share             all.sessions / site.sessions
    users                    users
    new_users                new_users
    returning_share          returning_users / (new_visitors + returning_users)
    engaged_share            engaged_sessions / sessions
    seconds_per_session      engagement_seconds / sessions
    pages_per_session        page_views / sessions
    key_events               key_events
    key_events_per_session   key_events / sessions
    conversion_rate          key_event_sessions / sessions
    purchases B              purchases
    revenue B                revenue
    average_order B          revenue / purchases
    returning_buyers_share B (buyers - first_buyers) / buyers
    leads                    leads
    calls                    calls
    messages                 messages
    forms                    forms
    emails                   emails
    impressions              impressions
    clicks                   clicks
    ctr                      clicks / impressions
    spend                    spend
    budget_use               (spend + fee) / budget
    cost_per_mille v         spend * 1000 / impressions
    cost_per_click v         spend / clicks
    cost_per_join v          spend / joins_paid
    cost_per_follower v      spend / followers_gained
    cost_per_lead v          spend / leads
    cost_per_sale v B        spend / purchases
    sales_per_lead B         purchases / leads
    roas B                   revenue / spend
    cost_share v B           spend / revenue
    romi B                   (margin - spend - fee) / (spend + fee)
    smm_budget_share v       (spend + fee) / ad_spend_selling
    invitation_rate          invitations_accepted / invitations
"""
PEOPLE = {
    "reach",
    "visitors",
    "er_account",
    "audience_share",
    "response_minutes",
}  # of one network, which is to be named


def test_the_first_edition_is_whole() -> None:
    """Ids are contracts, and so is what they mean."""
    known = catalogue.read()
    expected = {}
    for line in FIRST_EDITION.strip().splitlines():
        name, *words = line.split()
        is_less, is_business = "v" in words[:2], "B" in words[:2]
        text = " ".join(words[is_less + is_business :])
        expected[name] = (frozenset(formula.terms(text, known.measures)), is_less, is_business)

    assert known.broken == {}
    assert {
        name: (frozenset(known.terms[name]), kpi.direction == "down", kpi.business)
        for name, kpi in known.kpis.items()
        if name in expected
    } == expected
    assert len(expected) == 64
    assert {name for name in known.kpis.keys() & (expected.keys() | PEOPLE) if not known.kpis[name].default} == PEOPLE
    assert known.terms["cost_per_mille"] == (
        Term("numerator", None, "spend", Decimal(1000)),
        Term("denominator", None, "impressions", Decimal(1)),
    )


def test_a_bare_target_of_the_visits_of_all_people_is_of_the_site() -> None:
    kpis = catalogue.read().kpis
    of_site = {"users", "returning_share", "returning_buyers_share"}
    assert {name for name, kpi in kpis.items() if kpi.default == "site"} == of_site
    assert {kpi.default for name, kpi in kpis.items() if name not in of_site} == {"all", None}


ENTRY = """\
wish:
  title: {en: Wish, ru: Желание, sv: Önskan}
  meaning: {en: wishes / visits, ru: желания / визиты, sv: önskningar / besök}
  goal: promotion
  unit: share
  direction: up
  formula: key_events / sessions
  default: all
"""
MISTAKES = {
    "an unknown key": (
        "direction:",
        "direktion:",
        6,
        "wish.direktion: is not a key of this file; did you mean `direction`?",
    ),
    "a goal of no kind": (
        "promotion",
        "fame",
        4,
        "wish.goal: must be one of reputation, account, promotion, found 'fame'",
    ),
    "no English": (
        "en: Wish, ",
        "",
        2,
        "wish.title: has no en, which is used for every language without a text of its own",
    ),
    "empty English": ("en: wishes / visits", "en: ' '", 3, "wish.meaning: has no en"),
    "no formula": ("  formula: key_events / sessions\n", "", 1, "wish.formula: is missing"),
    "an unknown pin": (
        "/ sessions",
        "/ web.sessions",
        7,
        "wish.formula: pins 'web', which is not a network; there are ads",
    ),
    "an unknown default": (
        "default: all",
        "default: web",
        8,
        "wish.default: names 'web', which is not a network; there are",
    ),
    "a unit that it cannot have": (
        "unit: share",
        "unit: money",
        5,
        "wish.unit: is money, but key_events / sessions gives share; write unit: share or ratio",
    ),
    "a unit that nobody wrote": (
        "  unit: share\n",
        "",
        1,
        "wish.unit: is count, but key_events / sessions gives share; write unit: share or ratio",
    ),
    "people of all networks": (
        "/ sessions",
        "/ users",
        8,
        "wish.default: is all, which has no users: people are not added up over networks; write one network, or"
        " leave default out",
    ),
    "pinned, and nowhere at home": (
        "key_events / sessions\n  default: all",
        "vk.key_events / site.sessions",
        1,
        "wish.default: is missing: all measures are pinned, so name the network of the KPI, such as",
    ),
    "an id that no target can name": (
        "wish:",
        "vk.wish:",
        1,
        "vk.wish: is not an id; write it with a-z, 0-9 and _, such as",
    ),
    "an id that there is": (
        "wish:",
        "reach:",
        1,
        "reach: is an id that audience.yml has; another KPI, or another meaning of it, needs another id",
    ),
    "a key twice": (
        "  goal: promotion",
        "  goal: promotion\n  goal: account",
        5,
        "wish.goal: is written twice, also in line 4",
    ),
    "no mapping": (ENTRY, "wish: key_events\n", 1, "wish: must be `key: value` pairs, found 'key_events'"),
    "a bracket left open": ("sv: Önskan}", "sv: Önskan", 2, "opens a { that is not closed: write } at its end"),
}


@pytest.fixture
def include(tmp_path: Path) -> Path:
    """The catalogue with two files of KPIs, ads.yml and audience.yml."""
    kept = {"include", "kpis", "networks.yml", "measures.yml", "ads.yml", "audience.yml"}
    return Path(copytree(INCLUDE, tmp_path / "include", ignore=lambda _, names: {*names} - kept))


def kpis_of(name: str) -> set[str]:
    return set(CheckedFile(INCLUDE / "kpis" / f"{name}.yml").content)


@pytest.mark.parametrize(("before", "after", "line", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_of_an_entry_is_told_with_its_line(
    include: Path, before: str, after: str, line: int, message: str
) -> None:
    assert before in ENTRY
    neighbour = ENTRY.replace("wish:", "neighbour:")
    text = "".join((ENTRY.replace(before, after, 1), neighbour))
    (include / "kpis" / "zz.yml").write_text(text, "utf-8")

    known = catalogue.read(include)

    ((mistake,),) = (mistakes.mistakes for mistakes in known.broken.values())
    assert str(mistake).startswith(f"zz.yml:{line}: {message}")
    assert known.kpis.keys() == {*kpis_of("ads"), *kpis_of("audience"), "neighbour"}


def test_all_mistakes_of_an_entry_are_told_at_once(include: Path) -> None:
    text = (
        ENTRY.replace("en: Wish, ", "").replace("key_events /", "key_event /").replace("default: all", "default: web")
    )
    (include / "kpis" / "agency.yml").write_text(text, "utf-8")

    assert [mistake.line for mistake in catalogue.read(include).broken["wish"].mistakes] == [2, 7, 8]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (b"- wish\n- reach\n", "agency.yml:1: must be `key: value` lines, found a list: take the dashes out"),
        (ENTRY.encode("cp1251", "replace"), "agency.yml:2: is not UTF-8 text"),
    ],
    ids=["a list", "another encoding"],
)
def test_a_file_of_which_nothing_can_be_read_darkens_no_other(include: Path, written: bytes, message: str) -> None:
    (include / "kpis" / "agency.yml").write_bytes(written)

    known = catalogue.read(include)

    assert known.kpis.keys() == kpis_of("ads") | kpis_of("audience")
    ((mistakes),) = known.broken.values()
    assert str(mistakes).startswith(message)


def test_a_file_that_cannot_be_opened_is_no_file_without_kpis(include: Path) -> None:
    (include / "kpis" / "agency.yml").symlink_to(include / "nowhere")
    with pytest.raises(Mistakes, match="agency.yml:1: cannot be read: No such file"):
        catalogue.read(include)


def test_what_is_no_file_of_kpis_by_its_name_is_told(include: Path) -> None:
    (include / "kpis" / "agency.yml").mkdir()
    (include / "kpis" / "own.yaml").write_text(ENTRY, "utf-8")

    known = catalogue.read(include)

    assert known.kpis.keys() == kpis_of("ads") | kpis_of("audience")
    assert [str(mistakes) for mistakes in known.broken.values()] == [
        "agency.yml:1: is a folder: write KPIs in files, such as own.yml",
        "own.yaml:1: is not read: name it own.yml",
    ]


MEASURE_MISTAKES = {
    "an unknown kind": (
        "\ncalls: {kind: flow}",
        "\ncalls: {kind: flaw}",
        "calls.kind: must be one of flow, stock, unique, found 'flaw'; did you mean `flow`?",
    ),
    "no kind": ("\ncalls: {kind: flow}", "\ncalls: {}", "calls.kind: is missing"),
    "twice": ("\ncalls: {kind: flow}", "\nreach: {kind: flow}", "reach: is written twice"),
    "a part that there is not": (
        "[posts, followers]",
        "[post, followers]",
        "post_followers: names 'post', which is no",
    ),
    "no mapping": (
        "\ncalls: {kind: flow}",
        "\ncalls: many",
        "calls: must have its kind, such as calls: {kind: flow}, found 'many'",
    ),
}


@pytest.mark.parametrize(("before", "after", "message"), MEASURE_MISTAKES.values(), ids=MEASURE_MISTAKES)
def test_a_mistake_of_the_measures_stops_everything(include: Path, before: str, after: str, message: str) -> None:
    path = include / "measures.yml"
    text = path.read_text("utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), "utf-8")

    with pytest.raises(Mistakes) as refused:
        catalogue.read(include)

    assert any(message in str(mistake) for mistake in refused.value.mistakes), str(refused.value)


def broken(include: Path, before: str, after: str) -> catalogue.Catalogue:
    ads = include / "kpis" / "ads.yml"
    text = ads.read_text("utf-8")
    assert text.count(before) == 1
    ads.write_text(text.replace(before, after), "utf-8")
    return catalogue.read(include)


LEAD = "formula: spend / leads"
YARKO = "".join(
    line
    for line in GOOD.splitlines(keepends=True)
    if not any(name in line for name in ("er_post", "sessions", "repost_share"))
)
KLICKS = "formula: spend / klicks"


def test_a_broken_kpi_darkens_itself_only(include: Path) -> None:
    known = broken(include, LEAD, KLICKS)

    assert known.kpis.keys() == kpis_of("ads") - {"cost_per_lead"} | kpis_of("audience")
    assert known.broken.keys() == {"cost_per_lead"}
    assert str(known.broken["cost_per_lead"]).startswith("ads.yml:")
    assert "names 'klicks'" in str(known.broken["cost_per_lead"])


@pytest.mark.parametrize("after", [KLICKS, "formula: {spend"], ids=["a bad formula", "no YAML"])
def test_a_target_of_a_broken_kpi_is_dark_and_its_client_goes_on(include: Path, tmp_path: Path, after: str) -> None:
    known = broken(include, LEAD, after)
    (tmp_path / "yarko.yml").write_text(YARKO, "utf-8")

    found = clients.read(known, tmp_path)

    client = found.by_id["yarko"]
    assert found.refused == {}
    assert "cost_per_lead" not in {target.kpi for target in client.targets}
    assert {"followers", "romi"} <= {target.kpi for target in client.targets}
    (told,) = client.dark
    line = 1 + next(n for n, text in enumerate(YARKO.splitlines()) if "cost_per_lead" in text)
    assert str(told) == (
        f"yarko.yml:{line}: targets.vk_ads.cost_per_lead: is not judged until its KPI is fixed:"
        f" {known.broken['cost_per_lead'].mistakes[0]}"
    )


def test_a_plan_of_a_broken_kpi_keeps_no_other_from_being_judged(include: Path, tmp_path: Path) -> None:
    known = broken(include, LEAD, KLICKS)
    table = tmp_path / "plans.csv"
    table.write_text("month,network,kpi,plan\n2026-03,all,cost_per_lead,300\n2026-03,all,clicks,40\n", "utf-8")
    (tmp_path / "yarko.yml").write_text(f"{YARKO}plans: {{path: {table}}}\n", "utf-8")

    complete, refused = plans.read(known, clients.read(known, tmp_path))

    assert refused == {}
    assert {"clicks", "followers"} < {target.kpi for target in complete["yarko"]}
    assert "cost_per_lead" not in {target.kpi for target in complete["yarko"]}
