"""Client files: every mistake is one line that says where, what was found and what to write instead."""

from decimal import Decimal
from pathlib import Path

import pytest

from smm import catalogue, clients
from smm.files.checked import Mistakes

GOOD = """\
name: Yarko
language: ru
time_zone: Europe/Moscow
currency: RUB
started: 2025-06-01
sources:
  ga4: {connection: ga4_yarko, property: 310123456}
  vk: {connection: vk_yarko, community: 174905001}
  vk_spb: {source: vk, connection: vk_yarko, community: 174905002}
  figures: {path: include/figures/yarko.csv}
leads: {calls: figures, forms: ga4.generate_lead, messages: vk}
targets:
  followers: {plan: {2026-01: 1500, 2026-02: 1700}, main: true}
  vk.er_post: {at_least: 0.012}
  all.sessions: {growth: 0.05, over: previous_month}
  vk_ads.cost_per_lead: {at_most: 300}
  romi: {at_least: 0, from_month: 7}
  repost_share: {at_most: 0.5}
report:
  to: [owner@yarko.example, {ceo@yarko.example: en}]
  manager: anna@agency.example
  letters: [missed, monthly]
  hour: 9
annotations:
  - {from: 2026-06-01, to: 2026-06-20, network: vk, text: Golden June contest, compare: false}
"""


def written(folder: Path, text: str, name: str = "yarko") -> Path:
    path = folder / f"{name}.yml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_in_order(tmp_path: Path) -> None:
    client = clients.read_file(written(tmp_path, GOOD), catalogue.read())

    assert client.id == "yarko"
    assert client.sources["vk_spb"].source == "vk"
    assert client.file.report.recipients("ru") == {"owner@yarko.example": "ru", "ceo@yarko.example": "en"}
    targets = {(target.network, target.kpi): target for target in client.targets}
    assert [key for key, target in targets.items() if target.main] == [("all", "followers")]
    assert targets["vk", "er_post"].at_least == Decimal("0.012")
    assert targets["all", "romi"].from_month == 7
    assert ("all", "repost_share") in targets, "a bare target stands on its KPI's default network"


MISTAKES = {
    "a misspelt key": ("currency: RUB", "curency: RUB", 4, "curency: is not a key of this file"),
    "a key that is missing": ("currency: RUB\n", "", 1, "currency: is missing"),
    "an unknown zone": ("Europe/Moscow", "Mars/Base", 3, "time_zone: must be a name such as Europe/Moscow"),
    "an unknown currency": ("RUB", "RUR1", 4, "currency: must be an ISO code such as EUR, found 'RUR1'"),
    "a start within a month": ("2025-06-01", "2025-06-02", 5, "must be the first day of a month, such as 2025-06-01"),
    "a measurement id": ("310123456", "G-12", 7, "the property's numeric id (not a measurement id such as G-...)"),
    "a source of no kind": ("{source: vk, ", "{", 9, "has no source: add `source: vk`"),
    "a source of no kind whose keys are nobody's": (
        "{source: vk, ",
        "{page: 5, ",
        9,
        "has no source: add `source:` with one of ga4, metrica, vk, facebook, instagram, figures",
    ),
    "a source without its key": (", community: 174905001", "", 8, "community is missing: a vk source needs"),
    "a source whose name begins with a vowel": (
        "{connection: vk_yarko, community: 174905001}",
        "{source: instagram, connection: vk_yarko}",
        8,
        "account is missing: an instagram source needs",
    ),
    "a key twice": ("  vk.er_post:", "  followers:", 14, "followers: is written twice"),
    "no month": (
        "2026-01: 1500",
        "2026-13: 1500",
        13,
        "must be a month such as 2026-01, a quarter such as 2026-Q1 or days such as 2026-03-10..2026-04-15,"
        " found '2026-13'",
    ),
    "two rules": ("{at_least: 0.012}", "{at_least: 0.012, at_most: 1}", 14, "needs exactly one of plan, at_least"),
    "no number": ("{at_least: 0.012}", "{at_least: many}", 14, "must be a number, found 'many'"),
    "growth over nothing": (", over: previous_month", "", 15, "growth and over go together"),
    "growth over a word": ("previous_month", "last_month", 15, "over: must be previous_month, baseline, year_ago"),
    "an unknown KPI": ("vk.er_post", "vk.er_posts", 14, "no KPI is called 'er_posts'; write er_post"),
    "a KPI that needs a network": ("vk.er_post", "reach", 14, "has no network of its own; write vk.reach"),
    "an unknown network": ("vk.er_post", "vkk.er_post", 14, "'vkk' is not a network"),
    "the same target twice": ("vk.er_post", "all.followers", 14, "all.followers has a target already"),
    "two main targets": ("{at_most: 300}", "{at_most: 300, main: true}", 12, "only one target may be the main one"),
    "leads from nowhere": ("calls: figures", "calls: crm", 11, "'crm' is not a source of this client"),
    "an audience of neither kind": (
        "174905001}",
        "174905001, audience: {}}",
        8,
        "audience: must name sex, ages or both, or else cities",
    ),
    "an audience of both kinds": (
        "174905001}",
        "174905001, audience: {sex: female, cities: [Москва]}}",
        8,
        "VK counts cities apart from sex and age",
    ),
    "an age that VK does not tell": (
        "174905001}",
        "174905001, audience: {ages: [25-30]}}",
        8,
        "must be one of 12-18, 18-21, 21-24, 24-27, 27-30, 30-35, 35-45, 45-100, found '25-30'",
    ),
    "a sex that VK does not tell": (
        "174905001}",
        "174905001, audience: {sex: women}}",
        8,
        "must be one of female, male, found 'women'",
    ),
    "an audience of a site": ("310123456}", "310123456, audience: {sex: male}}", 7, "audience is not a key of a ga4"),
    "a giver of what VK counts": (
        "174905001}",
        "174905001, given_by: client}",
        8,
        "given_by is not a key of a vk source",
    ),
    "figures of nobody": ("yarko.csv}", "yarko.csv, given_by: me}", 10, "must be one of agency, client, found 'me'"),
    "messages at the source": (
        "174905001}",
        "174905001, has_messages: true}",
        8,
        "has_messages is not a key of a vk source",
    ),
    "forms without an event": (
        "ga4.generate_lead",
        "ga4",
        11,
        "names no event; write the event's name, such as `forms: ga4.generate_lead`",
    ),
    "what GA4 does not count": (
        "calls: figures",
        "calls: ga4.call",
        11,
        "leads.calls: Google Analytics counts only forms",
    ),
    "what VK does not count": ("calls: figures", "calls: vk", 11, "leads.calls: VK counts only messages"),
    "messages by an event": (
        "messages: vk",
        "messages: vk.new",
        11,
        "VK counts messages without an event: write `messages: vk`",
    ),
    "a goal without its source": (
        "ga4.generate_lead",
        "301",
        11,
        "must be source.event, such as metrica.301, or a source, such as figures; found 301",
    ),
    "a target of a source": (
        "all.sessions",
        "ga4.sessions",
        15,
        "'ga4' is a source; its visits stand at site and at the networks that they came from: write site.sessions",
    ),
    "a target of a source that a site has not": ("all.sessions", "ga4.reach", 15, "came from: write vk.reach"),
    "a target of figures": (
        "all.sessions",
        "figures.leads",
        15,
        "'figures' is a source; write the network whose number it is, such as vk.leads",
    ),
    "no address": ("[owner@yarko.example", "[owner", 20, "must be a mail address such as owner@yarko.example"),
    "a name of nobody": (
        "  hour: 9\n",
        "  hour: 9\n  names: {Owner@yarko.example: Maria}\n",
        24,
        "report.names.Owner@yarko.example: is not a reader's address: write it as in `to` (owner@yarko.example,"
        " ceo@yarko.example)",
    ),
    "a name that nobody sees": (
        "  hour: 9\n",
        '  hour: 9\n  names: {owner@yarko.example: "Maria\\u202e"}\n',
        24,
        "must be visible characters in one line",
    ),
    "an address that breaks a header": (
        "owner@yarko.example",
        '"owner@yarko.example\\nBcc: x@y.example"',
        20,
        "must be a mail address",
    ),
    "an address to which no mail can be sent": (
        "owner@yarko.example",
        "owner..a@yarko.example",
        20,
        "must be a mail address such as owner@yarko.example, found 'owner..a@yarko.example'",
    ),
    "a language without letters": ("{ceo@yarko.example: en}", "{ceo@yarko.example: fr}", 20, "en, ru, sv, found 'fr'"),
    "an unknown letter": ("[missed, monthly]", "[mised]", 22, "found 'mised'"),
    "days the wrong way round": (
        "to: 2026-06-20",
        "to: 2026-05-20",
        25,
        "from must not be after to, found 2026-06-01 and 2026-05-20",
    ),
    "no YAML": ("name: Yarko", "name: [Yarko", 1, "opens a [ that is not closed"),
    "an end before the start": (
        "started: 2025-06-01",
        "started: 2025-06-01\nended: 2025-05-31",
        6,
        "ended: is 2025-05-31, before `started`, 2025-06-01: write the last day of the work",
    ),
    "a pause before the start": (
        "started: 2025-06-01",
        "started: 2025-06-01\npaused: [2025-04-01, 2025-05-31]",
        6,
        "paused: is 2025-04-01 to 2025-05-31, outside the work, from 2025-06-01: remove it",
    ),
    "a pause after the end": (
        "started: 2025-06-01",
        "started: 2025-06-01\nended: 2025-12-31\npaused: [2026-01-01, 2026-01-31]",
        7,
        "outside the work, from 2025-06-01 to 2025-12-31: remove it",
    ),
    "a decimal comma within braces": (
        "{at_least: 0.012}",
        "{at_least: 1,2 %}",
        14,
        "is what follows the comma of a number: write 1.5, or put quotes around '1,5%'",
    ),
    "a plan of no month": (
        "{at_least: 0.012}",
        "{plan: {}}",
        14,
        "has no month: write one, such as plan: {2026-01: 1500}",
    ),
    "a floor that falls": (
        "{at_least: 0.012}",
        "{from_baseline: {to: 0.5, by_month: 12}}",
        14,
        "is 0.5, a floor that falls, but er_post should rise: write above 1 (1.2 is a fifth more)",
    ),
}


@pytest.mark.parametrize(("before", "after", "line", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, before: str, after: str, line: int, message: str) -> None:
    assert before in GOOD
    path = written(tmp_path, GOOD.replace(before, after, 1))

    with pytest.raises(Mistakes) as refused:
        clients.read_file(path, catalogue.read())

    told = [str(mistake) for mistake in refused.value.mistakes]
    assert any(text.startswith(f"yarko.yml:{line}:") and message in text for text in told), told


def test_a_pause_within_the_work_and_a_cost_that_falls_are_fine(tmp_path: Path) -> None:
    text = GOOD.replace(
        "started: 2025-06-01", "started: 2025-06-01\npaused: [2025-12-31, 2026-01-31]\nended: 2025-12-31"
    ).replace("cost_per_lead: {at_most: 300}", "cost_per_lead: {from_baseline: {to: 0.5, by_month: 12}}")
    assert "to: 0.5" in text
    clients.read_file(written(tmp_path, text), catalogue.read())


@pytest.mark.parametrize(
    ("to", "manager", "noted"),
    [
        (
            "[owner@yarko.example, Owner@Yarko.example]",
            "anna@agency.example",
            "yarko.yml:20: report.to.1: Owner@Yarko.example is owner@yarko.example in another spelling, and gets each"
            " letter twice; remove one of the two",
        ),
        (
            "[owner@ярко.рф, {owner@xn--j1aie3d.xn--p1ai: en}]",
            "anna@agency.example",
            "yarko.yml:20: report.to.1: owner@xn--j1aie3d.xn--p1ai is owner@ярко.рф in another spelling, and gets each"
            " letter twice; remove one of the two",
        ),
        (
            "[owner@yarko.example, anna@agency.example]",
            "Anna@agency.example",
            "yarko.yml:21: report.manager: Anna@agency.example is anna@agency.example of `to` in another spelling;"
            " write both in the same way",
        ),
        ("[owner@yarko.example, anna@agency.example]", "anna@agency.example", ""),
        ("[owner@yarko.example, owner+smm@yarko.example]", "anna@agency.example", ""),
    ],
)
def test_one_reader_in_two_spellings_is_noted(tmp_path: Path, to: str, manager: str, noted: str) -> None:
    text = GOOD.replace("manager: anna@agency.example", f"manager: {manager}")
    text = text.replace("[owner@yarko.example, {ceo@yarko.example: en}]", to)
    client = clients.read_file(written(tmp_path, text), catalogue.read())
    assert "\n".join(map(str, client.notes)) == noted


@pytest.mark.parametrize(
    ("target", "noted"),
    [
        (
            "er_day",
            "er_day: facebook does not count comments, reposts: unless the client's figures do, it is never known;"
            " write vk.er_day",
        ),
        (
            "all.saves_per_post",
            "all.saves_per_post: facebook does not count post_saves: unless the client's figures do, it is never known",
        ),
        ("facebook.talk_rate", None),
        (
            "facebook.reach",
            "facebook.reach: facebook does not count reach of a month: unless the client's figures do, it is never"
            " known; write vk.reach",
        ),
        (
            "vk.views",
            "vk.views: vk does not count views: unless the client's figures do, it is never known;"
            " write facebook.views",
        ),
        ("views", "views: is of facebook only, because it is not counted by vk or vk_spb"),
        ("all.followers_gained", None),
        ("cost_per_follower", None),
        ("facebook.cost_per_follower", None),
        ("sales_per_lead", None),
    ],
)
def test_a_target_of_what_a_network_does_not_count_is_noted(tmp_path: Path, target: str, noted: str | None) -> None:
    text = GOOD.replace("sources:\n", "sources:\n  facebook: {connection: meta_yarko, page: 7}\n")
    text = text.replace("vk_ads.cost_per_lead: {at_most: 300}", f"{target}: {{growth: 0.1, over: previous_month}}")
    assert target in text
    client = clients.read_file(written(tmp_path, text), catalogue.read())
    assert [str(note).partition("targets.")[2] for note in client.notes] == ([noted] if noted else [])


ALONE = """\
name: Yarko
language: ru
time_zone: Europe/Moscow
currency: RUB
started: 2025-06-01
sources:
  instagram: {connection: meta_yarko, account: 17841404905001001}
leads: {}
targets:
  TARGET: {growth: 0.1, over: previous_month}
report:
  to: [owner@yarko.example]
"""


@pytest.mark.parametrize(
    ("target", "noted"),
    [
        ("followers", None),
        ("instagram.reach_28", None),
        (
            "instagram.reach",
            "instagram.reach: instagram counts reach of at most 30 days: months of 31 days are not judged;"
            " write instagram.reach_28 to have one of each month",
        ),
        (
            "vk.followers",
            "vk.followers: no source of this client counts followers of vk, so it is never known: add vk",
        ),
        (
            "telegram.followers",
            "telegram.followers: no source of this client counts followers of telegram, so it is never known:"
            " add figures",
        ),
        ("sessions", "sessions: no source of this client counts sessions, so it is never known: add ga4 or metrica"),
        (
            "vk_ads.cost_per_click",
            "vk_ads.cost_per_click: no source of this client counts spend of vk_ads, so it is never known: add figures",
        ),
        ("leads", "leads: needs leads, and no part of the leads is named: write them under `leads:`"),
    ],
)
def test_a_target_that_no_source_can_tell_is_noted(tmp_path: Path, target: str, noted: str | None) -> None:
    client = clients.read_file(written(tmp_path, ALONE.replace("TARGET", target)), catalogue.read())
    assert [str(note).partition("targets.")[2] for note in client.notes] == ([noted] if noted else [])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nordlys.yaml", "nordlys.yaml:1: is not read: name it nordlys.yml"),
        ("nordlys.YML", "nordlys.YML:1: is not read: name it nordlys.yml"),
        ("_agency.yaml", "_agency.yaml:1: is not read: name it _agency.yml"),
        ("_template.yaml", None),
        (".nordlys.yaml", None),
        ("nordlys.yml~", None),
    ],
)
def test_a_file_with_another_ending_is_told(tmp_path: Path, name: str, message: str | None) -> None:
    path = written(tmp_path, GOOD)
    (tmp_path / name).write_text(GOOD)

    found = clients.read(catalogue.read(), tmp_path)

    assert list(found.by_id) == ["yarko"]
    assert [str(refused) for refused in found.refused.values()] == ([message] if message else [])
    assert clients.read(catalogue.read(), tmp_path, only=[path.stem]).refused == {}


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD
    wrong = {
        "language: ru": "language: fr",
        "Europe/Moscow": "Mars/Base",
        "RUB": "roubles",
        "310123456": "G-12",
        "{source: vk, ": "{",
        "calls: figures": "calls: crm",
        "followers: {plan": "folowers: {plan",
        "2026-01: 1500": "2026-13: 1500",
        "vk.er_post: {at_least: 0.012}": "reach: {at_least: 1, at_most: 2}",
        "[owner@yarko.example": "[owner",
    }
    for before, after in wrong.items():
        assert before in text
        text = text.replace(before, after, 1)

    with pytest.raises(Mistakes) as refused:
        clients.read_file(written(tmp_path, text), catalogue.read())

    assert [mistake.line for mistake in refused.value.mistakes] == [2, 3, 4, 7, 9, 11, 13, 13, 14, 14, 20]


BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
FILES = {
    "braces where text should be": ("name: {{ name }}\n", "a key must be a word; put quotes around text"),
    "a circle": ("annotations: &a [*a]\n", "strange.yml:1: has brackets in brackets, or an anchor in itself"),
    "many brackets": (f"annotations: {'[' * 5000}{']' * 5000}\n", "strange.yml:1: has brackets in brackets"),
    "anchors that multiply": (BOMB, "has more than 100,000 values: write out what its anchors stand for"),
    "a word of YAML for a key": ("null: 1\n", "strange.yml:1: null: is not a key of this file"),
    "a NUL": ('name: "a\\0b"\n', "name: must be one line of text"),
    "nothing": ("", "is empty: it needs name, language, time_zone"),
    "a list": ("- a\n", "must be `key: value` lines, found a list"),
}


@pytest.mark.parametrize(("text", "message"), FILES.values(), ids=FILES)
def test_a_strange_file_is_its_own_clients_trouble(tmp_path: Path, text: str, message: str) -> None:
    written(tmp_path, GOOD)
    written(tmp_path, text, "strange")

    found = clients.read(catalogue.read(), tmp_path)

    assert list(found.by_id) == ["yarko"]
    assert message in str(found.refused["strange"])


def test_a_file_that_cannot_be_read_is_its_own_clients_trouble(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    (tmp_path / "gone.yml").symlink_to(tmp_path / "nowhere")

    assert "cannot be read" in str(clients.read(catalogue.read(), tmp_path).refused["gone"])


def test_a_clients_site_has_one_counter_of_visits(tmp_path: Path) -> None:
    two = GOOD.replace("  vk:", "  ga4_shop: {source: ga4, connection: ga4_yarko, property: 2}\n  vk:", 1)

    with pytest.raises(
        Mistakes, match="the visits of a site have one source, and ga4 gives them already; remove one of the two"
    ):
        clients.read_file(written(tmp_path, two), catalogue.read())


GOALS = {
    "forms: metrica": "names no goal; write the goal's number, such as `forms: metrica.301`",
    "forms: metrica.order": "'order' is not a goal's number; write the goal's number, such as `forms: metrica.301`",
    "calls: metrica.301": "Yandex Metrica counts only forms",
    "forms: metrica.301": None,
}


@pytest.mark.parametrize(("leads", "message"), GOALS.items())
def test_metrica_counts_forms_by_the_number_of_a_goal(tmp_path: Path, leads: str, message: str | None) -> None:
    text = GOOD.replace(
        "ga4: {connection: ga4_yarko, property: 310123456}", "metrica: {connection: m, counter: 44147844}"
    )
    path = written(tmp_path, text.replace("calls: figures, forms: ga4.generate_lead, messages: vk", leads))
    if message is None:
        assert clients.read_file(path, catalogue.read()).events("metrica") == {"forms": "301"}
        return
    with pytest.raises(Mistakes) as refused:
        clients.read_file(path, catalogue.read())
    assert str(refused.value) == f"yarko.yml:11: leads.{leads.split(':')[0]}: {message}"


def test_a_community_stands_in_one_source(tmp_path: Path) -> None:
    twice = GOOD.replace("community: 174905002", "community: 174905001", 1)

    told = r"yarko.yml:9: sources\.vk_spb: community 174905001 is vk already, and would count twice; remove one"
    with pytest.raises(Mistakes, match=told):
        clients.read_file(written(tmp_path, twice), catalogue.read())


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "yarko.yml"
    path.write_bytes(GOOD.replace("Yarko", "Ярко").encode("cp1251"))

    with pytest.raises(Mistakes, match=r"yarko\.yml:1: is not UTF-8 text .*: save it as UTF-8"):
        clients.read_file(path, catalogue.read())


def test_a_bad_file_stops_nobody_else(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    written(tmp_path, "name: 1", "broken")
    written(tmp_path, "not read at all", "_template")

    found = clients.read(catalogue.read(), tmp_path)

    assert list(found.by_id) == ["yarko"]
    assert list(found.refused) == ["broken"]


def test_a_client_without_a_file_is_refused(tmp_path: Path) -> None:
    written(tmp_path, GOOD)

    with pytest.raises(clients.UnknownClient, match="no file yarka.yml in .*; the clients there are: yarko"):
        clients.read(catalogue.read(), tmp_path, only=["yarka"])


@pytest.mark.parametrize(
    ("audience", "groups"),
    [
        ("{sex: female}", ("sex", ["f"])),
        ("{ages: [45-100, 12-18, 12-18]}", ("age", ["12-18", "45-100"])),
        ("{sex: male, ages: [24-27, 27-30]}", ("sex_age", ["m;24-27", "m;27-30"])),
        ("{cities: [Москва, Казань]}", ("city", ["Казань", "Москва"])),
    ],
)
def test_an_audience_is_groups_of_one_block_of_vks(
    tmp_path: Path, audience: str, groups: tuple[str, list[str]]
) -> None:
    text = GOOD.replace("174905002}", f"174905002, audience: {audience}}}")
    client = clients.read_file(written(tmp_path, text), catalogue.read())

    assert client.sources["vk_spb"].options.wanted_groups == groups


def test_the_source_whose_messages_are_leads_knows_it(tmp_path: Path) -> None:
    client = clients.read_file(written(tmp_path, GOOD), catalogue.read())

    assert [name for name in client.sources if "messages" in client.events(name)] == ["vk"]

    client = clients.read_file(written(tmp_path, GOOD.replace("messages: vk", "messages: figures")), catalogue.read())

    assert [name for name in client.sources if "messages" in client.events(name)] == ["figures"]
