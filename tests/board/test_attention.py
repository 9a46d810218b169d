"""What a client's page names first: what is missing, late or wrong, each with the one thing to do about it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from smm.board import attention
from smm.board.series import Shown
from smm.warehouse import Connection
from tests.board.rows import FILE, SEPTEMBER, Page, insert, verdict
from tests.letters.case import Case
from tests.letters.examples import OCTOBER

if TYPE_CHECKING:
    from starlette.testclient import TestClient

Visit = Callable[[str | None], "TestClient"]

TODAY = date(2025, 11, 12)
ABOUT = Shown({"client": "yarko", "started": date(2025, 1, 1), "ended": None}, date(2025, 11, 1), TODAY)
SOURCE = {
    "network": "vk",
    "source": "vk",
    "state": "published",
    "reason": None,
    "run_id": "ingest_vk/a",
    "first_day": TODAY,
}


@pytest.fixture
def case(warehouse: Connection, tmp_path: Path) -> Case:
    return Case(warehouse, tmp_path)


@pytest.fixture
def page(case: Case, visitor: Visit) -> Callable[..., str]:
    """The client's page of October."""

    def show(role: str = "user") -> str:
        case.warehouse.commit()
        return visitor(role).get("/board/clients/yarko?month=2025-10").text

    return show


def told(about: Shown = ABOUT, **found: Any) -> list[tuple[str, str, str, str]]:
    given: dict[str, Any] = {
        "sources": [],
        "judged": {},
        "targets": [],
        "letters": [],
        "mistakes": 0,
        "instead": None,
    } | found
    troubles = attention.troubles(about, **given)
    return [(one.kind, one.words, one.remedy, one.place) for one in troubles]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"last_day": date(2025, 11, 10)}, []),
        ({"last_day": None, "state": "fetching"}, []),
        (
            {"last_day": None, "state": None, "run_id": None},
            [("missing", "vk: no data yet", "Backfill it", "#backfill")],
        ),
        (
            {"last_day": date(2025, 11, 9)},
            [("late", "vk: the newest day is November 9", "See why ingest_vk does not load", "/dags/ingest_vk")],
        ),
        (
            {"last_day": date(2025, 11, 10), "state": "failed", "reason": "a dead token"},
            [
                (
                    *("wrong", "vk: the newest load failed: a dead token", "Open its log"),
                    "/dags/ingest_vk/runs/a/tasks/fetch/mapped",
                )
            ],
        ),
        (
            {"last_day": date(2025, 11, 1), "state": "waiting", "reason": "80 % is used"},
            [
                (
                    *("waiting", "vk: the service's quota is spent: 80 % is used"),
                    *("Nothing: the next run loads the same days", "/clients/yarko/data"),
                )
            ],
        ),
        (
            {"last_day": date(2025, 11, 1), "state": "rejected"},
            [("wrong", "vk: the newest load was rejected", "Open its log", "/dags/ingest_vk/runs/a/tasks/audit")],
        ),
        ({"network": "plans", "source": "plans", "last_day": date(2025, 1, 1)}, []),  # a table has no days
    ],
)
def test_a_source_that_is_not_in_order(source: dict[str, Any], expected: list[Any]) -> None:
    assert told(sources=[SOURCE | source]) == expected


def test_a_client_that_has_ended_waits_for_nothing_more() -> None:
    ended = Shown({**ABOUT.client, "ended": date(2025, 6, 30)}, ABOUT.month, TODAY)
    plans = {"rule": "plan", "title": "Reach", "network": "vk", "months": [], "first_days": [], "last_days": []}
    assert told(ended, sources=[SOURCE | {"last_day": date(2025, 7, 14)}], targets=[plans]) == []
    ((kind, *_),) = told(ended, sources=[SOURCE | {"last_day": date(2025, 7, 13)}])
    assert kind == "late"


@pytest.mark.parametrize(
    ("months", "days", "is_planned"),
    [
        ([date(2025, 10, 1)], (None, None), False),
        ([date(2025, 11, 1)], (None, None), True),
        ([date(2025, 12, 1)], (date(2025, 10, 1), date(2025, 12, 31)), True),
    ],
)
def test_a_plan_for_the_running_month_is_missed(months: list[date], days: tuple[Any, Any], *, is_planned: bool) -> None:
    plan = {"rule": "plan", "title": "Reach", "network": "vk", "months": months}
    (first, last), missing = days, "No plan for November 2025: Reach, VK"
    found = told(targets=[plan | {"first_days": [first], "last_days": [last]}, plan | {"rule": "at_least"}])
    assert [words for _, words, *_ in found] == ([] if is_planned else [missing])


def test_what_is_wrong_comes_first() -> None:
    letter = {"letter_id": "2025-10-missed-1", "subject": "October", "reason": None}
    letters = [letter | {"state": state} for state in ("draft", "sent", "held")]
    found = told(sources=[SOURCE | {"last_day": date(2025, 11, 1)}], letters=letters, mistakes=2)
    assert [(kind, words, place) for kind, words, _, place in found] == [
        ("wrong", "2 mistakes in the client's files", "#mistakes"),
        ("wrong", "The letter “October” is held", "/clients/yarko/letters/2025-10-missed-1"),
        ("late", "vk: the newest day is November 1", "/dags/ingest_vk"),
        ("waiting", "The letter “October” waits for you", "/clients/yarko/letters/2025-10-missed-1"),
    ]


def test_who_may_not_backfill_is_told_what_to_do_instead() -> None:
    sources = [SOURCE | {"last_day": None, "state": None, "run_id": None}]
    assert told(sources=sources, instead=("Ask a person who may", "")) == [
        ("missing", "vk: no data yet", "Ask a person who may", "")
    ]


def test_numbers_that_are_not_known_are_named_by_reason_with_what_to_do(case: Case, page: Callable[..., str]) -> None:
    case.client()
    for kpi in ("vk.reach", "vk.er_post"):
        verdict(case.warehouse, kpi, verdict="not_measured", low=1, value=None, reason="source_missing")
    verdict(case.warehouse, "all.leads", verdict="not_proven", low=40, value=41, reason="incomplete", month=SEPTEMBER)
    verdict(case.warehouse, "vk.posts", verdict="not_proven", low=4, value=4, reason="within_restatement")
    text = page()
    said = Page(text).text
    assert "? missing Engagement rate per post, VK; Reach, VK in October 2025: no data has arrived. Backfill" in said
    assert "Leads, all networks in September 2025: some days are missing. See which days are missing" in said
    assert 'href="/board/clients/yarko/data#days"' in text
    assert "Posts" not in said.partition("To do")[2].partition("Language")[0], "it is only to be waited for"


def test_what_no_service_has_is_to_be_entered() -> None:
    def unknown(kpi: str) -> SimpleNamespace:
        target = SimpleNamespace(verdict="not_measured", reason="source_missing", network="all", kpi=kpi)
        return SimpleNamespace(target=target, title=kpi)

    found = told(judged={OCTOBER: [unknown("romi"), unknown("followers_gained")]})
    assert [(words.partition(",")[0], remedy, place) for _, words, remedy, place in found] == [
        ("romi", "Enter the numbers in the client's figures", "/clients/yarko/data#sources"),
        ("followers_gained", "Backfill the missing days", "#backfill"),
    ]


def test_after_the_first_backfill_kpis_are_shown_and_can_be_judged(
    case: Case, page: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case.client(targets={})
    case.warehouse.execute("delete from core.target_version")
    case.kpi("vk.reach", 11873)
    case.kpi("vk.followers", 500)
    text = page()
    assert '<section class="kpi" id="vk.reach">' in text
    assert '<section class="kpi" id="vk.followers">' in text
    form = '<form class="judge" data-dag="report_targets" data-form="judge" data-client="yarko">'
    assert text.count(form) == 1
    assert '<input type="hidden" name="month" value="2025-10">' in text.partition(form)[2].partition("</form>")[0]
    assert form not in page("viewer")

    monkeypatch.setenv("SMM_CLIENTS", str(case.folder))
    (case.folder / "yarko.yml").write_text(FILE + "targets: {vk.reach: {at_least: 9}}\n")
    text = page()
    assert '<section class="kpi" id="vk.reach">' in text
    assert '<section class="kpi" id="vk.followers">' not in text, "the file's targets are known before they are judged"

    case.client(targets={"vk.reach": {"at_least": 9}})
    verdict(case.warehouse, "vk.reach", low=9, value=14300)
    assert form not in page()


def test_a_client_in_order_is_said_to_be(case: Case, page: Callable[..., str]) -> None:
    case.client(targets={"vk.reach": {"at_least": 1}})
    case.kpi("vk.reach", 11873)
    now = datetime.now(UTC)
    for source in ("vk", "figures"):
        load = {"client": "yarko", "load_id": source, "run_id": "run", "source": source, "network": source}
        day = now.date() - timedelta(1)
        insert(case.warehouse, "core.load", **load, state="published", first_day=day, last_day=day, started_at=now)
    assert "✓ Nothing is missing, late or wrong in the data" in Page(page()).text


def test_costs_by_month(case: Case, page: Callable[..., str]) -> None:
    case.client()
    cell = {"client": "yarko", "network": "vk_ads", "grain": "month", "completeness": 1}
    for month, measure, value in ((OCTOBER, "spend", 30000), (OCTOBER, "budget", 60000), (SEPTEMBER, "spend", 20000)):
        insert(case.warehouse, "marts.measure_periods", **cell, period=month, measure=measure, value=value)
    lead = {"client": "yarko", "network": "all", "kpi": "cost_per_lead", "completeness": 1}
    insert(case.warehouse, "marts.kpi_months", **lead, period=OCTOBER, value=300, numerator=30000, denominator=100)
    assert Page(page()).rows["money"] == [
        ["Month", "Ads", "Fee", "Together", "Budget", "Budget used", "Ads per lead"],
        ["October 2025", "RUB 30,000", "", "RUB 30,000", "RUB 60,000", "50%", "RUB 300"],
        ["September 2025", "RUB 20,000", "", "RUB 20,000", "", "", ""],
    ]
