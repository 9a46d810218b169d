"""The page of a client: what it says of rows in the warehouse, and that text from outside stays text."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from smm import catalogue
from smm.letters import departure
from smm.project import INCLUDE
from smm.warehouse import Connection
from tests.board.rows import FILE, SEPTEMBER, Page, day, insert, verdict, why
from tests.letters.case import Case
from tests.letters.examples import OCTOBER

if TYPE_CHECKING:
    from starlette.testclient import TestClient

Visit = Callable[[str | None], "TestClient"]
Shown = Callable[..., Page]

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def case(warehouse: Connection, tmp_path: Path) -> Case:
    return Case(warehouse, tmp_path)


@pytest.fixture
def shown(case: Case, visitor: Visit) -> Shown:
    """The page as a viewer sees it, or another one, in October unless it is asked otherwise."""

    def show(role: str = "viewer", **asked: str) -> Page:
        case.warehouse.commit()
        answer = visitor(role).get("/board/clients/yarko", params={"month": "2025-10"} | asked)
        assert answer.status_code == 200, answer.text
        return Page(answer.text)

    return show


def test_a_client_that_does_not_exist_is_not_found(case: Case, visitor: Visit) -> None:
    answer = visitor("viewer").get("/board/clients/nobody")
    assert answer.status_code == 404
    assert "There is no client nobody." in answer.text


def test_a_client_that_no_run_has_read_yet_can_be_backfilled(
    case: Case, visitor: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMM_CLIENTS", str(case.folder))
    (case.folder / "fjord.yml").write_text(FILE)
    (case.folder / "_agency.yml").write_text("")
    answer = visitor("user").get("/board/clients/fjord")
    assert answer.status_code == 200
    assert "Its file is there; nothing has been loaded yet." in answer.text
    assert (
        answer.text.count("<form data-dag") == answer.text.count('data-dag="backfill_client" data-client="fjord"') == 1
    )
    answer = visitor("viewer").get("/board/clients/fjord")
    assert "<form data-dag" not in answer.text
    assert "Ask a person who may run backfill_client in Airflow." in answer.text
    for nobody in ("_agency", "nobody", "..%2Ffjord"):
        assert visitor("user").get(f"/board/clients/{nobody}").status_code == 404


BROKEN = FILE.replace("currency", "curency").replace("language: en", "language: <b>x</b>")
LINES = (
    "<li><code>{}.yml:2: language: must be one of en, ru, sv, found &#39;&lt;b&gt;x&lt;/b&gt;&#39;</code></li>",
    "<li><code>{}.yml:4: curency: is not a key of this file; did you mean `currency`?</code></li>",
)


@pytest.mark.parametrize("client", ["fjord", "yarko"])
def test_a_client_whose_file_is_refused_shows_what_check_prints_and_no_backfill(
    case: Case, visitor: Visit, monkeypatch: pytest.MonkeyPatch, client: str
) -> None:
    """Of fjord no run has read a file yet; yarko's was in order once."""
    monkeypatch.setenv("SMM_CLIENTS", str(case.folder))
    case.client()
    case.warehouse.commit()
    file = case.folder / f"{client}.yml"
    file.write_text(BROKEN)
    pages = [f"/board/clients/{client}", *(["/board/clients/yarko/data"] if client == "yarko" else [])]
    for page in pages:
        text = visitor("user").get(page).text
        assert "The client's file has mistakes: until they are fixed, nothing is" in text.replace("&#39;", "'")
        assert [line for line in LINES if line.format(client) not in text] == []
        assert "<b>x" not in text
        assert "<form data-dag" not in text
        assert "#backfill" not in text
    mark = f'href="/board/clients/{client}"><span class="shape" aria-hidden="true">✕</span> '
    assert f"{mark}{client}</a>" in visitor("user").get("/board/").text
    for page in ("/board/", "/board/data") if client == "yarko" else ():
        assert f"{mark}its file has mistakes</a>" in visitor("user").get(page).text

    file.write_text(FILE)
    text = visitor("user").get(f"/board/clients/{client}").text
    assert "has mistakes" not in text
    assert 'data-dag="backfill_client"' in text


def test_targets_and_plans_that_are_not_judged_are_named(
    case: Case, visitor: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client is loaded all the same, and can be backfilled."""
    monkeypatch.setenv("SMM_CLIENTS", str(case.folder))
    (case.folder / "plans.csv").write_text("month,network,kpi,plan\n2026-01,vk,nonsense,1\n")
    (case.folder / "fjord.yml").write_text(f"{FILE}plans: {{path: {case.folder}/plans.csv}}\n")
    text = visitor("user").get("/board/clients/fjord").text
    assert "Mistakes in the client's files: the targets named here are not judged" in text.replace("&#39;", "'")
    assert "plans.csv:2: no KPI is called &#39;nonsense&#39;" in text
    assert 'data-dag="backfill_client"' in text


def test_a_kpi_that_is_added_while_the_server_runs_stands_on_its_clients_page(
    case: Case, shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    include = Path(copytree(INCLUDE, tmp_path / "include", ignore=lambda _, names: {"sql", "clients"} & set(names)))
    read = catalogue.read
    monkeypatch.setattr(catalogue, "read", lambda: read(include))
    case.client(targets={})
    assert "Story views" not in shown().text
    own = "{title: {en: Story views}, meaning: {en: x}, goal: reputation, formula: page_views}"
    (include / "kpis" / "own.yml").write_text(f"story_views: {own}")
    case.client(targets={"vk.story_views": {"at_least": 10}})
    verdict(case.warehouse, "vk.story_views", low=10, value=12, target_version=2)
    assert "Story views, VK" in shown().text
    (include / "kpis" / "own.yml").write_text(f"story_views: {own}".replace("page_views", "page_viewz"))
    assert "Story views, VK" in shown().text, "as it was before it was broken"


def test_a_month_that_is_none_is_refused(case: Case, visitor: Visit) -> None:
    case.client()
    case.warehouse.commit()
    assert visitor("viewer").get("/board/clients/yarko?month=2025-13").status_code == 400


def test_who_the_client_is(case: Case, shown: Shown) -> None:
    case.client(paused=["2025-08-01", "2025-08-31"], ended="2025-12-31")
    page = shown()
    assert "Language: Russian Time zone: Europe/Moscow Currency: RUB Since January 2025" in page.text
    assert "paused 2025-08-01 to 2025-08-31" in page.text
    assert "ended 2025-12-31" in page.text


def test_without_data_the_page_says_what_to_do(case: Case, shown: Shown) -> None:
    case.client()
    page = shown("user")
    assert "No data yet: backfill this client" in page.text
    assert ("a", {"href": "#backfill"}) in page.tags
    assert ("section", {"id": "backfill", "class": "act"}) in page.tags
    assert "Ask a person who may run backfill_client in Airflow." in shown().text
    case.kpi("vk.reach", 11873)
    assert "No data yet" not in shown().text


@pytest.mark.parametrize(
    ("state", "hours", "said"),
    [
        (
            "fetching",
            40,
            "A load has been running since {at} vk is being fetched. KPIs are shown here once they are built.",
        ),
        ("staged", 1, "A load has been running since {at} vk is waiting to be published."),
        ("published", 1, "Loaded; the KPIs are not built yet The newest load, of vk, started on {at}."),
        (
            "failed",
            1,
            "No data yet: backfill this client The newest load, of vk, started on {at} and failed: a dead token.",
        ),
        ("rejected", 1, "of vk, started on {at} and was rejected by the audit: a dead token."),
        ("failed", 40, "No data yet: backfill this client No data of Ярко has been loaded."),
    ],
)
def test_without_kpis_the_page_tells_of_the_newest_load(
    case: Case, shown: Shown, state: str, hours: int, said: str
) -> None:
    case.client()
    at = datetime.now(UTC) - timedelta(hours=hours)
    reason = "a dead token" if state in ("failed", "rejected") else None
    load: dict[str, Any] = {"client": "yarko", "load_id": "1", "source": "vk", "network": "vk", "started_at": at}
    days = {"first_day": date(2025, 10, 1), "last_day": date(2025, 10, 2)}
    insert(case.warehouse, "core.load", **load, **days, run_id="backfill_client/by-hand", state=state, reason=reason)
    page = shown("user")
    assert said.format(at=f"{at:%Y-%m-%d %H:%M} UTC") in page.text
    links = [attributes.get("href") or "" for tag, attributes in page.tags if tag == "a"]
    assert any(link.startswith("/dags/backfill_client/runs/by-hand/tasks/") for link in links)


def test_targets_that_are_not_read_yet_are_not_denied(case: Case, shown: Shown) -> None:
    case.client(targets={})
    assert "The client's file has no targets." in shown().text
    case.warehouse.execute("delete from core.target_version")
    page = shown()
    assert "The client's file has no targets." not in page.text
    assert page.text.count(f"The client's targets will be read at {departure.told(datetime.now(UTC))}") == 2


def test_both_months_targets_with_what_is_to_be_said_of_them(case: Case, shown: Shown) -> None:
    case.client()
    verdict(
        case.warehouse, "vk.reach", verdict="missed", low=14250, value=11873, rule="plan", is_main=True, tolerance=0.03
    )
    verdict(
        case.warehouse,
        "vk.er_post",
        verdict="certain_miss",
        low="0.012",
        value="0.008",
        forecast="0.009",
        forecast_low="0.0085",
        forecast_high="0.0095",
        certain_since=date(2025, 10, 20),
        is_final=False,
    )
    verdict(case.warehouse, "all.leads", verdict="not_proven", low=40, value=41, reason="incomplete")
    verdict(case.warehouse, "all.leads", month=SEPTEMBER, low=40, value=44, is_final=False)
    assert shown().rows["targets"] == [
        ["Target", "Verdict", "Plan", "Result", "Forecast", "In words"],
        ["Reach, VK main", "✕ missed", "14,250 (within 3%)", "11,873", "", "−2,377 (−17%) against the target."],
        [
            "Engagement rate per post, VK",
            "✕ can no longer be met",
            "at least 1.20%",
            "0.80%",
            "0.90% 0.85% to 0.95%",
            "By the end of the month we expect about 0.85% to 0.95%."
            " Since October 20 it has been certain: even our best days could no longer close the gap.",
        ],
        [
            "Leads, all networks",
            "? not certain",
            "at least 40",
            "41",
            "",
            "41, but not certain, because some days are missing.",
        ],
        ["Target", "Verdict", "Plan", "Result", "Forecast", "In words"],
        ["Leads, all networks", "✓ met, provisional", "at least 40", "44", "", ""],
    ]


def test_a_running_target_that_is_reached_is_said_to_be(case: Case, shown: Shown) -> None:
    case.client()
    verdict(case.warehouse, "vk.reach", verdict="on_track", low=14250, value=15000, is_final=False)
    assert shown().rows["targets"][1][-2:] == ["", "The target has already been met."]


def test_months_as_numbers_with_what_is_unknown_and_uncertain(case: Case, shown: Shown) -> None:
    case.client(targets={"vk.reach": {"at_least": 14250}})
    case.kpi("vk.reach", None, date(2025, 8, 1))
    case.kpi("vk.reach", 14820, SEPTEMBER, completeness=0.9)
    case.kpi("vk.reach", 12000)
    verdict(case.warehouse, "vk.reach", verdict="missed", low=14250, value=11873)
    rows = shown().rows["vk.reach"]
    assert rows[:4] == [
        ["Month", "Plan", "Result", "Verdict", "Notes"],
        ["Oct 2025", "≥ 14,250", "11,873", "✕ missed", ""],
        ["Sep 2025", "", "14,820", "no target", "27 of 30 days"],
        ["Aug 2025", "", "? no data has arrived", "no target", ""],
    ]
    assert len(rows) == 1 + 13


def test_numbers_by_network_stand_with_their_marks(case: Case, shown: Shown) -> None:
    case.client(targets={"vk_ads.cost_per_lead": {"at_most": 300}})
    verdict(case.warehouse, "vk_ads.cost_per_lead", verdict="missed", high=300, value=None, spent=50000, completeness=1)
    nothing = {"numerator": 50000, "denominator": 0, "value": None, "reason": "zero_denominator"}
    some = {"numerator": 900, "denominator": 9, "value": 100, "completeness": Decimal(12) / 30}
    for network, month, row in (("vk_ads", OCTOBER, nothing), ("ok_ads", SEPTEMBER, some)):
        place = {"client": "yarko", "kpi": "cost_per_lead", "completeness": 1}
        insert(case.warehouse, "marts.kpi_months", network=network, period=month, **place | row)
    page = shown()
    said = "RUB 50,000 spent, no leads"
    assert page.rows["targets"][1] == ["Cost per lead, VK ads", "✕ missed", "at most RUB 300", said, "", ""]
    rows = page.rows["vk_ads.cost_per_lead"]
    assert rows[1] == ["Oct 2025", "≤ RUB 300", said, "✕ missed", ""]
    assert rows[-2:] == [
        ["Odnoklassniki ads", "RUB 100 (12 of 30 days)", "? no data has arrived"],
        ["VK ads", "? no data has arrived", said],
    ]


def test_ninety_days_as_numbers(case: Case, shown: Shown) -> None:
    case.client(targets={"vk.er_post": {"at_least": 0.012}})
    day(case, "vk.er_post", date(2025, 10, 31), 0.02, is_derived=True)
    day(case, "vk.er_post", date(2025, 10, 30), None)
    rows = shown(span="days").rows["vk.er_post"]
    assert rows[:4] == [
        ["Day", "Result", "Notes"],
        ["October 31", "2%", "calculated from other numbers, not measured"],
        ["October 30", "? there was nothing to calculate it from", ""],
        ["October 29", "? no data has arrived", ""],
    ]
    assert len(rows) == 1 + 90


def test_why_in_parts_that_sum_to_the_gap(case: Case, shown: Shown) -> None:
    case.client(targets={"vk.reach": {"at_least": 14250}})
    verdict(case.warehouse, "vk.reach", verdict="missed", low=14250, value=11873)
    why(case.warehouse, "vk.reach", ("reference", 14820, 11873, 570), ("reach", 14820, 11873, -2947))
    page = shown()
    assert page.rows["vk.reach"][:4] == [
        ["Part", "September 2025", "October 2025", "Effect", "Share of the gap"],
        ["September 2025 against this target", "14,820", "", "+570", "−24%"],
        ["Reach", "14,820", "11,873", "−2,947", "124%"],
        ["The gap", "−2,377", ""],
    ]
    assert "Still 570 above this plan in September, then 2,947 fewer." in page.text
    assert "Only days whose data" not in page.text


def test_why_of_a_month_that_is_not_known_whole_says_which_days_it_compares(case: Case, shown: Shown) -> None:
    case.client(targets={"vk.spend": {"at_most": 900}})
    verdict(case.warehouse, "vk.spend", verdict="missed", high=900, value=950, completeness=0.5, is_final=False)
    why(case.warehouse, "vk.spend", ("reference", 800, 950, -100), ("spend", 400, 950, 150))
    text = "Only days whose data is known in both months are compared."
    assert text in shown().text


def test_any_kpi_that_has_numbers_can_be_asked_for(case: Case, shown: Shown) -> None:
    case.client(targets={"vk.reach": {"at_least": 14250}})
    case.kpi("vk.sessions", 300)
    case.kpi("telegram.sessions", 20)
    case.kpi("telegram.sessions", None, SEPTEMBER)
    page = shown()
    assert "vk.sessions" not in page.rows
    options = [attributes["value"] for tag, attributes in page.tags if tag == "option"]
    assert options[-3:] == ["", "telegram.sessions", "vk.sessions"]
    rows = shown(kpi="vk.sessions").rows["vk.sessions"]
    assert rows[1] == ["Oct 2025", "", "300", "no target", ""]
    assert rows[-3:] == [
        ["Network", "September 2025", "October 2025"],
        ["Telegram", "? no data has arrived", "20"],
        ["VK", "? no data has arrived", "300"],
    ]


def test_what_each_version_asks_and_changed(case: Case, shown: Shown) -> None:
    case.client(targets={"vk.reach": {"plan": {"2025-09": 14000, "2025-10": 14250}}, "leads": {"at_least": 40}})
    case.client(
        targets={
            "vk.reach": {"plan": {"2025-09": 14000, "2025-10": 15000}, "tolerance": 0.03},
            "all.sessions": {"growth": 0.05, "over": "previous_month"},
        }
    )
    verdict(case.warehouse, "vk.reach", low=14000, value=14300, month=SEPTEMBER)
    page = shown()
    assert page.rows["versions"][1:3] == [
        ["Reach, VK", "Sep 2025: 14,000; Oct 2025: 15,000, within 3%"],
        ["Visits to the site, all networks", "+5% on the month before"],
    ]
    assert (
        "Compared with version 1: changed: Reach, VK, Sep 2025: 14,000; Oct 2025: 15,000, within 3%"
        " new: Visits to the site, all networks, +5% on the month before dropped: Leads, all networks, ≥ 40"
    ) in page.text
    assert "· months judged by it: Sep 2025" in page.text
    assert page.text.count("no month is judged by it") == 1


def test_staged_plans_month_by_month(case: Case, shown: Shown) -> None:
    case.client(targets={"vk.followers": {"from_baseline": {"to": 2.0, "by_month": 2}}})
    insert(
        case.warehouse,
        "core.baseline",
        client="yarko",
        network="vk",
        kpi="followers",
        month=date(2024, 12, 1),
        value=500,
        fixed_at="2025-02-14 06:00+00",
    )
    assert shown().rows["versions"] == [
        ["Target", "Plan"],
        ["Followers, VK", "2.00 times the start of our work by month 2"],
        ["Target", "Month", "Month of work", "Plan", "Start of our work"],
        ["Followers, VK", "Jan 2025", "1", "750", "500"],
        ["Followers, VK", "Feb 2025", "2", "1,000", "500"],
    ]


def test_letters_with_their_recipients(case: Case, shown: Shown) -> None:
    letter = case.missed(language="en")
    case.warehouse.execute("update marts.delivery set state = 'refused', error = '550 no such mailbox'")
    page = shown()
    assert page.rows["letters"] == [
        ["Month", "Letter", "Kind", "State", "Written", "Readers"],
        [
            "Oct 2025",
            "Ярко: October — 2 of 3 targets missed",
            "missed",
            "due",
            "2025-11-04 06:00 UTC",
            "owner@yarko.example: refused (550 no such mailbox)",
        ],
    ]
    assert ("a", {"href": f"/board/clients/yarko/letters/{letter}"}) in page.tags


def test_what_the_audit_warned_of(case: Case, shown: Shown) -> None:
    case.client()
    owner: dict[str, Any] = {"client": "yarko", "load_id": "1"}
    days = {"first_day": date(2025, 10, 1), "last_day": date(2025, 10, 2)}
    insert(case.warehouse, "core.load", **owner, **days, run_id="r", source="vk", network="vk", state="published")
    insert(
        case.warehouse,
        "core.coverage",
        **owner,
        network="vk",
        source="vk",
        report="stats",
        day=date(2025, 10, 2),
        state="flagged",
    )
    insert(
        case.warehouse,
        "audit.finding",
        **owner,
        relation="counts",
        rule="no_jump",
        severity="warning",
        detail=f"reach 9x {HOSTILE}",
    )
    assert shown().rows["events"][1] == ["October 2025", "vk", "Oct 2", "counts: no_jump", f"reach 9x {HOSTILE}"]


def test_hostile_text_stays_text(case: Case, shown: Shown) -> None:
    annotation = {"from": "2025-10-13", "to": "2025-10-22", "text": f"Rain {HOSTILE}", "compare": False}
    case.client(name="yarko", annotations=[annotation])
    case.warehouse.execute("update core.client set name = %s", [HOSTILE])
    page = shown(kpi="vk.<i>")
    assert "vk.<i>" in page.rows
    assert [attributes for tag, attributes in page.tags if tag == "script" and "src" not in attributes] == []
    assert "i" not in [tag for tag, _ in page.tags]
    assert f"Oct 13 – 22, 2025, all networks: Rain {HOSTILE} (these days are never used for comparison)" in (
        page.text.replace("\u2009", " ")
    )
    assert HOSTILE in page.text.split("Language")[0]


def test_the_number_of_queries_is_bounded(case: Case, shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    execute = psycopg.ClientCursor.execute

    def counted(cursor: Any, query: Any, parameters: Any = None) -> Any:
        asked.append(query)
        return execute(cursor, query, parameters)

    case.client()
    monkeypatch.setattr(psycopg.ClientCursor, "execute", counted)
    shown()
    few = len(asked)
    for kpi in ("vk.reach", "vk.er_post", "all.leads"):
        case.kpi(kpi, 1)
        verdict(case.warehouse, kpi, low=1, value=1)
    asked.clear()
    shown()
    assert (few, len(asked)) == (24, 24)
