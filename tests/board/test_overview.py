"""The overview: whose targets stand how, what is found and in which order, and how fresh the data is."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smm import catalogue
from smm.board import today
from smm.board.page import this_month
from smm.loading import dags
from smm.loading.dags import Dag
from smm.roster import catalogued
from smm.warehouse import Connection
from tests.board.ledger_rows import YESTERDAY, Rows, ago
from tests.board.rows import FILE, Page, insert, verdict
from tests.letters.case import Case

if TYPE_CHECKING:
    from starlette.testclient import TestClient

Visit = Callable[[str | None], "TestClient"]
NOVEMBER = date(2025, 11, 1)


@pytest.fixture
def case(warehouse: Connection, tmp_path: Path) -> Case:
    """Ярко missed a target in October; Nordlys met its own, and is on track in November."""
    case = Case(warehouse, tmp_path)
    case.client()
    case.client("nordlys", name="Nordlys", currency="SEK")
    verdict(warehouse, "vk.reach", verdict="missed", low=14250, value=11873, is_main=True)
    verdict(warehouse, "vk.er_post", verdict="not_measured", low="0.012", value=None, reason="source_missing")
    verdict(warehouse, "vk.spend", client="nordlys", high=900, value=812)
    running = {"month": NOVEMBER, "verdict": "at_risk", "is_final": False}
    verdict(warehouse, "vk.spend", client="nordlys", high=900, value=500, forecast=950, **running)
    return case


@pytest.fixture
def shown(case: Case, visitor: Visit) -> Callable[..., str]:
    """The page of November as text."""

    def show(**asked: str) -> str:
        case.warehouse.commit()
        answer = visitor("viewer").get("/board/", params={"month": "2025-11"} | asked)
        assert answer.status_code == 200, answer.text
        return Page(answer.text).text

    return show


@pytest.fixture
def rows(case: Case) -> Rows:
    return Rows(case.warehouse)


def clients(page: str) -> list[str]:
    return re.findall(r"\b(yarko|nordlys)\b", page)


def put_letter(case: Case, state: str, number: int) -> None:
    row = {"client": "yarko", "letter_id": f"2025-10-missed-{number}", "month": date(2025, 10, 1), "kind": "missed"}
    parts = {"subject": "x", "message_id": f"<{number}@x>", "content": "{}", "revision": number, "state": state}
    moments = {"created_at": "2025-11-04 06:00+00", "due_at": "2025-11-05 06:00+00"}
    insert(case.warehouse, "marts.letter", **row, **parts, **moments)


def test_the_first_line_says_what_waits_for_a_person(case: Case) -> None:
    verdict(case.warehouse, "vk.reach", month=NOVEMBER, verdict="certain_miss", low=1, value=0, is_final=False)
    verdict(case.warehouse, "vk.posts", month=date(2025, 9, 1), verdict="missed", low=2, value=1)  # long ago
    for number, state in enumerate(("draft", "draft", "draft", "held", "sent"), 1):
        put_letter(case, state, number)
    load = {"client": "yarko", "run_id": "run", "source": "vk", "network": "vk", "started_at": "2025-11-10 06:00+00"}
    insert(case.warehouse, "core.load", **load, load_id="1", state="failed", reason="a dead token")
    found = today.needs(case.warehouse, NOVEMBER, {"yarko"}, ["berg", "fjord"], 1)
    assert [(need.words, need.place) for need in found] == [
        ("1 target can no longer be met", "/?show=danger"),
        ("1 target at risk", "/?show=danger"),
        ("1 target missed in October 2025", "/?show=missed"),
        ("3 letters wait for you", "/letters?state=draft"),
        ("1 letter held", "/letters?state=held"),
        ("1 client's file is wrong", "/clients/yarko"),
        ("1 mistake in shared files", "/#mistakes"),
        ("2 clients not loaded yet", "/#new"),
        ("1 source failed to load", "/data?show=failing"),
        ("1 result not known or not certain", "/?show=unknown"),
    ]


def test_a_day_without_anything_to_do_is_said_to_be_one(warehouse: Connection, tmp_path: Path, visitor: Visit) -> None:
    Case(warehouse, tmp_path).client()
    warehouse.commit()
    page = Page(visitor("viewer").get("/board/").text)
    assert page.text.index("✓ Nothing needs you today") < page.text.index("1 client")


def test_the_first_line_leads_to_what_it_counts(case: Case, visitor: Visit) -> None:
    verdict(case.warehouse, "vk.posts", month=this_month(), verdict="at_risk", low=9, value=1, is_final=False)
    put_letter(case, "draft", 1)
    case.warehouse.commit()
    page = visitor("viewer").get("/board/")
    links = [attributes["href"] for tag, attributes in Page(page.text).tags if tag == "a"]
    places = [link for link in links if link in ("/board/?show=danger", "/board/letters?state=draft")]
    assert places == ["/board/?show=danger", "/board/letters?state=draft"]
    assert "yarko" in clients(Page(visitor("viewer").get(places[0]).text).text)
    assert "waits for the manager" in Page(visitor("viewer").get(places[1]).text).text


def test_what_needs_somebody_stands_first_and_leads_to_why(
    case: Case, shown: Callable[..., str], visitor: Visit
) -> None:
    for kpi, name in (("vk.posts", "on_track"), ("vk.leads", "at_risk")):
        verdict(case.warehouse, kpi, month=NOVEMBER, verdict=name, low=9, value=5, is_final=False)
    page = shown(month="2025-11")
    assert page.index("Leads, VK") < page.index("Reach, VK") < page.index("Posts")
    text = visitor("viewer").get("/board/?month=2025-11").text
    assert 'href="/board/clients/yarko?month=2025-11#vk.leads">why<span class="aside">: Leads, VK</span></a>' in text
    assert 'href="/board/clients/yarko?month=2025-11#vk.reach">why' in text  # missed in October
    assert "#vk.posts" not in text


def test_money_of_a_client_and_of_all_by_currency(case: Case, shown: Callable[..., str]) -> None:
    for client, network, measure, value, known in (
        ("yarko", "vk_ads", "spend", 30000, 1),
        ("yarko", "all", "fee", 15000, 1),
        ("yarko", "all", "budget", 60000, 1),
        ("yarko", "all", "spend", 99999, 1),  # the networks' own numbers count
        ("yarko", "site", "spend", 88888, 1),  # which may be the same money
        ("nordlys", "vk_ads", "spend", 500, Decimal("0.5")),
        ("nordlys", "vk_ads", "fee", None, 0),
    ):
        put_cost(case, client, f"{network}.{measure}", value, known)
    page = shown()
    assert "RUB 45,000 of RUB 60,000 spent" in page
    assert "SEK 500 spent so far" in page
    assert "November 2025, RUB RUB 30,000 RUB 15,000 RUB 45,000 RUB 60,000 75% 1" in page
    assert "November 2025, SEK known so far SEK 500 ? SEK 500 1" in page


def put_cost(case: Case, client: str, cell: str, value: int | None, completeness: Decimal | int) -> None:
    network, _, measure = cell.partition(".")
    row = {"client": client, "network": network, "measure": measure, "grain": "month", "period": NOVEMBER}
    reason = "source_missing" if value is None else None
    insert(case.warehouse, "marts.measure_periods", **row, value=value, reason=reason, completeness=completeness)


def test_every_target_of_both_months_is_told(shown: Callable[..., str]) -> None:
    page = shown()
    assert "Reach, VK main no target ✕ missed why : Reach, VK 11,873 ≥ 14,250" in page
    assert "Engagement rate per post, VK no target ? not known no data has arrived ? ≥ 1.20%" in page
    assert "Spent on ads, VK ▲ at risk why : Spent on ads, VK SEK 500 ≤ SEK 900 ✓ met SEK 812 ≤ SEK 900" in page


def test_numbers_stand_with_their_marks(case: Case, shown: Callable[..., str]) -> None:
    days = {"completeness": Decimal(12) / 30, "evaluated_at": "2025-11-17 06:00+00"}
    parts = {"month": NOVEMBER, "verdict": "not_due", "is_final": False}
    verdict(case.warehouse, "vk.posts", low=12, value=9, is_flagged=True, **parts, **days)
    verdict(case.warehouse, "vk_ads.cost_per_lead", verdict="missed", high=300, value=None, spent=50000)
    page = shown()
    assert "· not judged yet 9 (12 of 16 days, approximate in the source) ≥ 12" in page
    assert "✕ missed why : Cost per lead, VK ads RUB 50,000 spent, no leads ≤ RUB 300" in page


def test_only_a_running_month_has_forecasts_and_only_of_what_can_be_told(case: Case, shown: Callable[..., str]) -> None:
    running = {"month": this_month(), "low": 900, "value": 500, "is_final": False}
    verdict(case.warehouse, "vk.reach", verdict="at_risk", forecast=850, **running)
    verdict(case.warehouse, "vk.leads", verdict="not_proven", forecast=870, reason="incomplete", **running)
    page = shown(month=f"{this_month():%Y-%m}")
    assert "Verdict So far Plan Forecast Verdict Result Plan" in page
    assert "▲ at risk why : Reach, VK 500 ≥ 900 850 no target" in page
    assert "? not certain some days are missing 500 ≥ 900 no target" in page
    page = shown()
    assert "Verdict Result Plan Verdict Result Plan" in page
    assert "So far" not in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["yarko", "nordlys"]),
        ({"sort": "name"}, ["nordlys", "yarko"]),
        ({"show": "missed"}, ["yarko"]),
        ({"show": "danger"}, ["nordlys"]),
        ({"show": "unknown"}, ["yarko"]),
        ({"search": "ЯРК"}, ["yarko"]),
        ({"search": "nord"}, ["nordlys"]),
        ({"search": "%"}, []),
    ],
)
def test_clients_are_sorted_and_found(shown: Callable[..., str], asked: dict[str, str], found: list[str]) -> None:
    assert clients(shown(**asked)) == found


def test_another_month_is_another_page(shown: Callable[..., str]) -> None:
    assert "No target is judged in these months." in shown(month="2025-08")


def test_a_source_says_how_fresh_it_is(case: Case, shown: Callable[..., str]) -> None:
    assert "? figures: no data yet" in shown()
    now = datetime.now().astimezone()
    loads = {"client": "yarko", "run_id": "run", "source": "vk", "network": "vk"}
    day = now.date() - timedelta(days=5)
    insert(
        case.warehouse,
        "core.load",
        **loads,
        load_id="1",
        state="published",
        last_day=day,
        started_at=now - timedelta(2),
    )
    assert "✓ vk: 5 days ago" in shown()
    insert(case.warehouse, "core.load", **loads, load_id="2", state="failed", reason="a dead token", started_at=now)
    assert "✕ vk: 5 days ago, last load failed" in shown()


def test_a_source_is_ticked_only_if_its_newest_day_is_known(rows: Rows, shown: Callable[..., str]) -> None:
    """A report that is never told is not waited for."""
    catalogued.store(rows.warehouse, catalogue.read())
    rows.put("core.client_source", client="yarko", network="facebook", source="facebook")
    load = rows.load("published", ago(7), YESTERDAY, source="facebook")
    rows.known(load, ago(3), ago(2), report="posts", network="facebook")
    rows.known(load, ago(3), ago(2), report="insights", network="facebook")
    rows.known(load, ago(2), YESTERDAY, report="comments", state="unanswered", network="facebook")
    rows.known(load, YESTERDAY, report="posts", network="facebook")
    assert "◔ facebook: yesterday, in part" in shown(), "nothing is said of the insights"
    rows.known(load, YESTERDAY, report="insights", state="unanswered", network="facebook")
    assert "◔ facebook: yesterday, in part" in shown()
    rows.warehouse.execute("update core.coverage set state = 'known' where report = 'insights'")
    assert "✓ facebook: yesterday" in shown()
    refused = "update core.coverage set state = 'no_access' where report = 'insights' and day = %s"
    rows.warehouse.execute(refused, [YESTERDAY])
    assert "✓ facebook: yesterday" in shown(), "nothing is late there"


def test_a_spent_quota_is_no_failure(rows: Rows, shown: Callable[..., str]) -> None:
    rows.load("published", ago(7), YESTERDAY, source="vk")
    rows.load("failed", ago(7), YESTERDAY, source="vk", reason="80 % is used", code="quota_spent")
    page = shown()
    assert "◔ vk: yesterday, waiting for more of its quota" in page
    assert "failed to load" not in page
    rows.load("failed", ago(7), YESTERDAY, source="vk", reason="a dead token")
    assert "1 source failed to load" in shown()


def test_who_is_being_loaded_is_not_to_be_backfilled(case: Case, shown: Callable[..., str]) -> None:
    assert "No data yet: backfill this client" in shown(month="2025-08")
    for client in ("yarko", "nordlys"):
        load = {"client": client, "run_id": "run", "load_id": "1", "source": "vk", "network": "vk"}
        insert(case.warehouse, "core.load", **load, state="fetching")
    page = shown(month="2025-08")
    assert page.count("A load is running") == 2
    assert "No data yet: backfill this client" not in page


def test_many_clients_stand_on_pages(case: Case, shown: Callable[..., str]) -> None:
    case.warehouse.execute(
        "insert into core.client (client, name, language, time_zone, currency, started, report)"
        " select 'c' || number, 'C', 'en', 'UTC', 'EUR', '2025-01-01', '{}' from generate_series(1, 60) as number"
    )
    assert "62 clients, page 1 of 2" in shown()
    assert "next →" in shown()
    assert "← previous" in shown(page="2")


def test_clients_that_no_run_has_read_yet_are_named(
    case: Case, shown: Callable[..., str], visitor: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Not loaded yet" not in shown()
    monkeypatch.setenv("SMM_CLIENTS", str(case.folder))
    for client in ("fjord", "berg"):
        (case.folder / f"{client}.yml").write_text("")
    assert "Not loaded yet: berg , fjord 2 clients" in shown()
    assert "Not loaded yet: berg No loaded clients match" in shown(search="BER")
    assert 'href="/board/clients/berg"' in visitor("viewer").get("/board/").text


@pytest.mark.parametrize("path", ["/board/", "/board/letters"])
@pytest.mark.usefixtures("warehouse")
def test_mistakes_in_files_that_belong_to_no_client_are_shown(
    visitor: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """A mistake in the agency's file stops every letter."""
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    assert "Mistakes in the files" not in visitor("viewer").get(path).text
    (tmp_path / "_agency.yml").write_text("name: We\ncolour: <i>red</i>\n")
    (tmp_path / "fjord.yaml").write_text("")
    text = visitor("viewer").get(path).text
    assert "Mistakes in the files" in text
    assert "<code>_agency.yml:2: colour: must be six hexadecimal digits in quotes" in text
    assert "<i>red" not in text
    assert "<code>fjord.yaml:1: is not read: name it fjord.yml</code>" in text


def test_the_first_clients_are_named_too(
    warehouse: Connection, visitor: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    assert "Put a client's file into the clients folder" in visitor("viewer").get("/board/").text
    (tmp_path / "fjord.yml").write_text("")
    page = visitor("viewer").get("/board/").text
    assert 'Not loaded yet: <a href="/board/clients/fjord">fjord</a>' in page
    assert "Open one of the clients above and backfill its history." in page


def test_paused_dags_and_those_that_never_ran_are_named(
    shown: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [Dag(name, is_paused=name == "build_kpis", has_run=name != "report_targets") for name in dags.needed(())]
    monkeypatch.setattr(dags, "known", lambda: known)
    page = shown()
    assert "paused in Airflow , so they do not run, and triggered runs wait: build_kpis . Switch" in page
    assert "never run yet : report_targets ." in page
    monkeypatch.setattr(dags, "known", list)
    page = shown()
    assert "paused in Airflow" not in page
    assert "never run yet" not in page


def test_what_nobody_has_loaded_yet_waits_for_dags_that_are_switched_on(
    case: Case, visitor: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "new.yml").write_text(FILE, "utf-8")
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    monkeypatch.setattr(dags, "known", lambda: [Dag("backfill_client", is_paused=True, has_run=False)])
    case.warehouse.commit()
    assert "triggered runs wait: backfill_client" in Page(visitor("viewer").get("/board/clients/new").text).text
