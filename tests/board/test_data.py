"""Rows in, page out: what the data pages say of sources, loads and days."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from smm import catalogue
from smm.roster import catalogued
from tests.board.ledger_rows import RUN, TODAY, YESTERDAY, Rows, ago
from tests.daily import put_days

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from smm.warehouse import Connection

HOSTILE = "<script>alert('x')</script>"
Visit = Callable[[str | None], "TestClient"]


@pytest.fixture
def rows(warehouse: "Connection") -> Rows:
    return Rows(warehouse)


@pytest.fixture
def page(visitor: Visit, warehouse: "Connection") -> Callable[..., str]:
    """The text of a page, which must be there."""

    def text(path: str, **query: Any) -> str:
        answer = visitor("viewer").get(f"/board{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.text

    return text


def cells(text: str) -> list[list[str]]:
    """The rows of all tables of a page, in words."""
    found = []
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", text, re.DOTALL):
        cut = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        found.append([" ".join(unescape(re.sub(r"<[^>]*>", "", cell)).split()) for cell in cut])
    return found


def source_rows(text: str) -> list[tuple[str, ...]]:
    """Of the page of all sources: the name of a client, or source, newest day, state of the newest load, reason."""
    return [tuple(row[:4]) for row in cells(text)[1:]]


def days(text: str, title: str) -> dict[date, str]:
    """What one heat map says of each of its days."""
    svg = re.search(rf"<h3>{re.escape(title)}</h3>.*?</div></div>", text, re.DOTALL)
    assert svg, f"no {title} in {re.findall('<h3>(.*?)</h3>', text)}"
    told = [unescape(name) for name in re.findall(r"<title>(.*?)</title>", svg[0])]
    return {date.fromisoformat(name[:10]): re.sub(r"; loaded .*? UTC", "", name[12:]) for name in told}


def test_visits_that_look_like_a_networks_are_named(
    rows: Rows, warehouse: "Connection", page: Callable[..., str]
) -> None:
    catalogued.store(warehouse, catalogue.read())
    rows.client("yarko", "ga4")
    rows.known(rows.load("published", ago(14), YESTERDAY), ago(14), YESTERDAY, report="traffic")

    def visits(source: str, medium: str, sessions: int, on: date = YESTERDAY, client: str = "yarko") -> None:
        origin = {"session_source": source, "session_medium": medium, "session_campaign": ""}
        rows.put("core.traffic", client=client, day=on, sessions=sessions, load_id="x", **origin)

    visits("vk-autumn", "cpc", 300)
    visits("vk-autumn", "cpc", 11, ago(3))
    visits(f"tg {HOSTILE}", "post", 7)
    visits("vk.com.example", "referral", 5)
    visits("telegrambot", "post", 4)
    visits("vkpromo2", "cpc", 3)
    visits("installer", "post", 75)
    visits("vk", "cpc", 90)
    visits("okna.example", "referral", 80)
    visits("metallurg", "organic", 70)
    visits("fb-old", "cpc", 60, ago(900))
    visits("ig_bio", "post", 50, client="other")

    text = page("/clients/yarko/data")
    shown = text[text.index('id="origins"') : text.index('id="loads"')]
    assert cells(shown)[1:] == [
        ["vk-autumn / cpc", "311", "ads", "vk", f"{YESTERDAY}"],
        [f"tg {HOSTILE} / post", "7", "other", "telegram", f"{YESTERDAY}"],
        ["vk.com.example / referral", "5", "referral", "vk", f"{YESTERDAY}"],
        ["telegrambot / post", "4", "other", "telegram", f"{YESTERDAY}"],
        ["vkpromo2 / cpc", "3", "ads", "vk", f"{YESTERDAY}"],
    ]
    assert "5 sources of" in shown
    assert "include/networks.yml" in shown
    assert HOSTILE not in text


def test_without_such_visits_nothing_is_said_of_them(rows: Rows, page: Callable[..., str]) -> None:
    rows.client("yarko", "ga4")
    assert "look like a network" not in page("/clients/yarko/data")


def test_no_client_is_told_what_to_do(page: Callable[..., str]) -> None:
    assert "No client yet" in page("/data")


def test_a_source_is_shown_with_its_newest_day_and_why_its_newest_load_failed(
    rows: Rows, page: Callable[..., str]
) -> None:
    rows.client("yarko", "ga4", "vk", "figures")
    rows.load("published", ago(14), YESTERDAY)
    rows.load("published", ago(30), ago(20))  # of old days: the newest day stays
    rows.load("published", ago(4), ago(2), source="vk")
    rows.load("failed", ago(3), YESTERDAY, source="vk", reason="the token is dead: log in again")
    shown = [(name, day, state.partition(" 2")[0], why) for name, day, state, why in source_rows(page("/data"))[1:]]
    assert shown == [
        ("vk", f"{ago(2)}, 2 days ago", "✕ failed", "the token is dead: log in again"),
        ("figures", "? no data yet", "never loaded", ""),
        ("ga4", f"{YESTERDAY}, yesterday", "✓ published", ""),
    ]


def test_what_is_planned_and_not_begun_is_shown(rows: Rows, page: Callable[..., str]) -> None:
    """And leads to the run's mapped tasks, one of which is to load it."""
    rows.client("yarko", "ga4")
    rows.load("failed", ago(3), YESTERDAY, run_id="ingest_ga4/earlier", reason="the token is dead")
    days = {"first_day": ago(3), "last_day": YESTERDAY}
    rows.put("ledger.slot", client="yarko", run_id=RUN, source="ga4", network="ga4", batch=0, **days)

    (_, shown) = source_rows(page("/data"))
    assert shown[2].startswith("… planned, not begun")
    assert cells(page("/data", run=RUN))[1][:4] == ["Yarko", "ga4", f"{ago(3)} – {YESTERDAY}", "… planned, not begun"]
    assert "/tasks/fetch/mapped" in page("/data", run=RUN)
    loads = [row[3] for row in cells(page("/clients/yarko/data")) if "ga4" in row and len(row) == 10]
    assert loads == ["… planned, not begun", "✕ failed"]


def test_what_a_spent_quota_has_ended_waits(rows: Rows, page: Callable[..., str]) -> None:
    rows.client("yarko", "ga4")
    rows.known(rows.load("published", ago(4), ago(3)), ago(4), ago(3))
    rows.load("failed", ago(2), ago(2), reason="80 % is used", code="quota_spent")

    (_, shown) = source_rows(page("/data"))
    assert shown[2].startswith("◔ waiting for more of the service's quota")
    assert "No sources match" in page("/data", show="failing")
    loads = [row[3] for row in cells(page("/clients/yarko/data")) if "ga4" in row and len(row) == 10]
    assert loads == ["◔ waiting for more of the service's quota", "✓ published"]
    assert cells(page("/data", run=RUN))[1][3] == "◔ waiting for more of the service's quota"
    told = days(page("/clients/yarko/data"), "ga4: traffic")
    assert told[ago(2)] == "not loaded yet: the service's quota was spent; 80 % is used"


def test_what_fails_stands_first_and_what_is_stale_next(rows: Rows, page: Callable[..., str]) -> None:
    for client in ("a_fresh", "b_stale", "c_failing", "d_ended"):
        rows.client(client, ended=ago(100) if client == "d_ended" else None)
        last = {"b_stale": ago(3), "d_ended": ago(50)}.get(client, ago(2))
        rows.load("published", ago(300), last, client=client)
    rows.load("rejected", ago(1), ago(1), client="c_failing", reason="the audit found nothing")

    def clients(**query: str) -> list[str]:
        return re.findall(r'<span class="id">(\w+)</span></th>', page("/data", **query))

    assert clients() == ["c_failing", "b_stale", "a_fresh", "d_ended"]
    assert clients(sort="name") == ["a_fresh", "b_stale", "c_failing", "d_ended"]
    assert clients(show="failing") == ["c_failing"]
    assert clients(show="stale") == ["b_stale"]
    assert clients(search="FRESH") == ["a_fresh"]
    assert "No sources match" in page("/data", search="nobody")


def test_clients_come_fifty_to_a_page(rows: Rows, page: Callable[..., str]) -> None:
    for number in range(51):
        rows.client(f"client{number:02d}", "ga4", "vk")
    first, second = page("/data"), page("/data", page=2)
    assert first.count('scope="rowgroup"') == 50
    assert "51 clients, page 1 of 2" in first
    assert "page=2" in first
    assert [row[0] for row in cells(second)[1:]] == ["Client50 client50", "ga4", "vk"]


def test_quota_that_is_nearly_spent_is_told(rows: Rows, page: Callable[..., str]) -> None:
    rows.client()
    rows.load("published", ago(2), YESTERDAY, health={"quota_left": {"tokens_per_hour": 39000, "tokens_per_day": 1234}})
    assert cells(page("/data"))[2][4] == "▲ only 1,234 tokens today"
    told = cells(page("/clients/yarko/data"))
    assert ["ga4", "not seen yet", told[4][2], "▲ only 1,234 tokens today, 39,000 tokens this hour"] in told


def test_a_failed_load_leads_to_the_log_of_the_task_that_failed(rows: Rows, page: Callable[..., str]) -> None:
    rows.client("yarko", "ga4", "vk", "figures", "vk_spb")
    rows.load("failed", ago(2), YESTERDAY)
    rows.load("rejected", ago(2), YESTERDAY, source="vk")
    rows.load("failed", None, None, source="figures", run_id="backfill_client/manual__1")
    rows.load("failed", None, None, source="vk_spb", run_id="by hand")
    run = "/dags/ingest_ga4/runs/scheduled__2026-05-01T05%3A00%3A00%2B00%3A00/tasks"
    assert set(re.findall(r'<a href="([^"]*/tasks/[^"]*)" data-out>', page("/data"))) == {
        f"{run}/fetch/mapped",
        f"{run}/audit",
        "/dags/backfill_client/runs/manual__1/tasks/preflight",
    }


def test_the_loads_of_a_run_are_shown_failures_first_each_with_its_newest_try(
    rows: Rows, page: Callable[..., str]
) -> None:
    rows.client("anna", "ga4")
    rows.client("yarko", "ga4")
    rows.load("failed", ago(2), YESTERDAY, client="anna", reason="interrupted")
    rows.load("published", ago(2), YESTERDAY, client="anna", rows=1234, requests=4)
    rows.load("rejected", ago(2), YESTERDAY, reason="the audit found x")
    rows.load("failed", None, None, client="zoe", reason="zoe.yml:3: no such zone")
    rows.load("published", ago(2), YESTERDAY, run_id="ingest_ga4/another")
    text = page("/data", run=RUN)
    assert [row[:9] for row in cells(text)[1:]] == [
        [
            "Yarko",
            "ga4",
            f"{ago(2)} – {YESTERDAY}",
            "✕ rejected by the audit",
            "the audit found x",
            "0",
            "0",
            "90",
            "0",
        ],
        ["zoe", "ga4", "could not be planned", "✕ failed", "zoe.yml:3: no such zone", "0", "0", "90", "0"],
        ["Anna", "ga4", f"{ago(2)} – {YESTERDAY}", "✓ published", "", "1,234", "4", "90", "0"],
    ]
    assert "3 loads, " in text
    assert "2 not published" in text
    assert "This run has loaded nothing" in page("/data", run="ingest_vk/x")


def test_each_day_of_a_report_has_its_state(rows: Rows, page: Callable[..., str]) -> None:
    """A report that was never refused: known, flagged, provisional, failed, rejected, missing, and silence."""
    rows.client(started=ago(29))
    first = rows.load("published", ago(28), ago(20))
    rows.known(first, *map(ago, (28, 27, 26, 25, 24, 23, 22, 21)))  # of the 20th nothing was said
    rows.known(first, ago(28), report="users")
    rows.warehouse.execute("update core.coverage set state = 'flagged', reason = 'a sample' where day = %s", [ago(27)])
    rows.warehouse.execute("update core.coverage set state = 'no_access', reason = 'no' where day = %s", [ago(26)])
    rows.warehouse.commit()
    rows.load("failed", ago(19), ago(18), reason="503")
    rows.load("rejected", ago(17), ago(17), reason="sums differ")
    last = rows.load("published", ago(15), ago(14))
    rows.known(last, ago(15), ago(14))
    rows.load("fetching", ago(13), ago(12))
    rows.load("failed", ago(25), ago(25), reason="later")
    found = days(page("/clients/yarko/data"), "ga4: traffic")
    assert {(TODAY - day).days: told for day, told in found.items() if day < ago(10)} == {
        29: "missing: never loaded",
        28: "known",
        27: "known, with a doubt of the source; a sample",
        26: "no access; no",
        25: "known; the newest load failed: later",
        24: "known",
        23: "known",
        22: "known",
        21: "known",
        20: "asked, and the source said nothing of it",
        19: "failed to load; 503",
        18: "failed to load; 503",
        17: "rejected by the audit; sums differ",
        16: "missing: never loaded",
        15: "known",
        14: "known, still reloaded every day",
        13: "being loaded",
        12: "being loaded",
        11: "missing: never loaded",
    }


def test_reports_that_are_known_alike_share_a_map(rows: Rows, page: Callable[..., str]) -> None:
    rows.client("yarko", "ga4", "vk", "figures")
    load = rows.load("published", ago(20), ago(20))
    for report in ("traffic", "totals"):
        rows.known(load, ago(20), report=report)
    rows.known(load, ago(20), report="users", state="flagged")
    titles = re.findall(r"<h3>(.*?)</h3>", page("/clients/yarko/data"))
    assert titles == [
        "figures: nothing published yet",
        "ga4: totals, traffic",
        "ga4: users",
        "vk: nothing published yet",
    ]


def test_a_client_that_has_ended_misses_no_later_day(rows: Rows, page: Callable[..., str]) -> None:
    rows.client(started=date(2024, 1, 1), ended=date(2024, 3, 10))
    assert max(days(page("/clients/yarko/data", month="2024-05"), "ga4: nothing published yet")) == date(2024, 4, 14)


def test_thirteen_months_are_shown_up_to_the_one_asked_for(rows: Rows, page: Callable[..., str]) -> None:
    rows.client(started=date(2020, 1, 1))
    found = days(page("/clients/yarko/data", month="2024-02"), "ga4: nothing published yet")
    assert (min(found), max(found), len(found)) == (date(2023, 2, 1), date(2024, 2, 29), 394)
    assert 'href="?month=2023-01"' in page("/clients/yarko/data", month="2024-02")


def test_the_map_stands_in_words_beside_it(rows: Rows, page: Callable[..., str]) -> None:
    rows.client(started=ago(22))
    load = rows.load("published", ago(22), ago(20))
    rows.known(load, ago(22), ago(21), ago(20))
    told = [row[:3] for row in cells(page("/clients/yarko/data"))]
    assert [f"{ago(22)} – {ago(20)}", "known", ""] in told
    assert [f"{ago(19)} – {YESTERDAY}", "missing: never loaded", ""] in told


def test_findings_stand_with_severity_and_detail_newest_first(rows: Rows, page: Callable[..., str]) -> None:
    rows.client()
    load = rows.load("rejected", ago(2), YESTERDAY)
    for number, severity in enumerate(("warning", "critical")):
        rows.put(
            "audit.finding", client="yarko", load_id=load, relation="traffic", rule=f"rule{number}",
            severity=severity, detail=HOSTILE, found_at=TODAY + timedelta(days=number),
        )  # fmt: skip
    text = page("/clients/yarko/data")
    found = [row[3:6] for row in cells(text) if len(row) == 7 and "rule" in row[4]]
    assert found == [
        ["✕ critical: not published", "traffic.rule1", HOSTILE],
        ["▲ warning", "traffic.rule0", HOSTILE],
    ]
    assert 'href="/board/data-docs/ingest_ga4-scheduled__2026-05-01T05-00-00-00-00/index.html"' in text


def test_what_the_service_said_beside_its_numbers_is_told_in_words(rows: Rows, page: Callable[..., str]) -> None:
    rows.client()
    health = {
        "zone_mismatch": "GA4's time zone is UTC, but the client's file says Europe/Riga",
        "doubts.users.site.week": ["GA4 withholds rows about few people"],
        "doubts.users.vk.week": ["GA4 withholds rows about few people"],
        "sampled_share.traffic": 0.5,
        "doubts.traffic": ["GA4 counted a sample of 50% of the events"],
        "without.totals": ["purchases"],
        "unanswered.events": "too many tokens",
        "empty.traffic": "NO_DATA",
        "hidden_metrics": ["revenue"],
        "comments_unread": {"posts": 3, "reason": "VK wants a pause"},
    }
    rows.load("published", ago(2), YESTERDAY, health=health)
    rows.put("core.identity", client="yarko", network="ga4", facts={"property": HOSTILE}, load_id="x")
    text = page("/clients/yarko/data")
    assert [unescape(flag) for flag in re.findall(r"▲</span> (.*?)</li>", text)] == [
        "GA4's time zone is UTC, but the client's file says Europe/Riga",
        "Google Analytics hides revenue from the account",
        "the comments of 3 posts were not read: VK wants a pause (own_comments)",
        "GA4 counted a sample of 50% of the events (traffic)",
        "GA4 withholds rows about few people (users.site.week, users.vk.week)",
        "Google Analytics has nothing to tell: NO_DATA (traffic)",
        "Google Analytics did not answer: too many tokens (events)",
        "Google Analytics does not give purchases (totals)",
    ]
    assert f"property {HOSTILE}" in unescape(text)


def test_how_far_days_move_is_told_by_their_age(rows: Rows, page: Callable[..., str]) -> None:
    rows.client()
    assert "No changes yet" in page("/clients/yarko/data")
    for day, was, came in ((ago(20), 90, 100), (ago(21), 50, 100), (ago(22), 100, 100), (ago(23), None, 100)):
        cell = {"client": "yarko", "network": "vk", "measure": "sessions", "grain": "day", "period": day}
        put_days(rows.warehouse, "yarko", "vk.sessions", {day: came})
        rows.put("marts.measure_history", **cell, value=was, replaced_at=day + timedelta(days=3))
    # replaced twice: from 80 to 90 on the day after, from 90 to 100 two days later
    rows.put("marts.measure_history", **cell | {"period": ago(20)}, value=80, replaced_at=ago(19))
    moves = [row for row in cells(page("/clients/yarko/data")) if row[0] == "sessions, VK"]
    assert moves == [
        ["sessions, VK", "11% up to 11% (1 day)", "10% up to 50% (3 days)", "not seen", "not seen", "not seen"]
    ]


def test_what_came_from_outside_stays_text(rows: Rows, page: Callable[..., str]) -> None:
    rows.client(name=HOSTILE)
    rows.put("core.client_source", client="yarko", network=HOSTILE, source="vk")
    load = rows.load("failed", ago(2), YESTERDAY, network=HOSTILE, source="vk", reason=HOSTILE)
    rows.known(load, ago(3), network=HOSTILE, report=HOSTILE, state="flagged", reason=HOSTILE)
    for path, query in (
        ("/data", {}),
        ("/data", {"run": RUN}),
        ("/clients/yarko/data", {}),
        ("/data", {"run": HOSTILE}),
    ):
        text = page(path, **query)
        assert "<script>alert" not in text, path
        assert "&lt;script&gt;" in text, path


def test_a_client_that_does_not_exist_is_not_found(visitor: Visit, warehouse: "Connection") -> None:
    answer = visitor("viewer").get("/board/clients/nobody/data")
    assert answer.status_code == 404
    assert "There is no client nobody." in answer.text


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that are asked of the warehouse."""
    asked: list[str] = []
    execute = psycopg.ClientCursor.execute

    def noted(self: Any, query: Any, *given: Any, **more: Any) -> Any:
        asked.append(str(query))
        return execute(self, query, *given, **more)

    monkeypatch.setattr(psycopg.ClientCursor, "execute", noted)
    return asked


@pytest.mark.parametrize(("path", "count"), [("/data", 1), (f"/data?run={RUN}", 1), ("/clients/client0/data", 7)])
def test_more_clients_need_no_more_queries(
    rows: Rows, page: Callable[..., str], queries: list[str], path: str, count: int
) -> None:
    for number in range(3):
        rows.client(f"client{number}", "ga4", "vk")
        rows.load("failed", ago(2), YESTERDAY, client=f"client{number}")
        queries.clear()
        page(path)
        assert len(queries) == count
