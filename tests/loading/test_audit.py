"""The audit: each rule finds what it is for, a poisoned load is rejected, and its neighbours are not."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from smm import catalogue, sources
from smm.loading import data_docs, expectations, ledger
from smm.loading.audit import audit, frame, judge
from smm.loading.expectations import Suite
from smm.loading.ledger import Load
from smm.loading.publish import publish
from smm.roster import catalogued
from smm.warehouse import Connection
from tests.staging import COUNTS, begun, count, staged

DAY = date(2026, 3, 1)
COLUMNS = ("day", "session_source", "session_medium", "session_campaign", "sessions", "engaged_sessions")
SUITES = expectations.read()
RULES = {(suite.relation, rule) for suite in SUITES for rule in suite.rules}


@pytest.fixture(autouse=True)
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMM_ARCHIVE", f"file://{tmp_path}")


def traffic(warehouse: Connection, client: str, *counts: tuple[int, int]) -> None:
    """One load of GA4 with these rows of sessions and engaged sessions."""
    load = begun(warehouse, "ga4", DAY, DAY, client=client)
    rows = [(DAY, f"source {number}", "referral", "", *pair) for number, pair in enumerate(counts)]
    staged(warehouse, load, "traffic", COLUMNS, rows, [("traffic", DAY, DAY)])


def test_a_poisoned_load_is_rejected_and_the_others_are_published(warehouse: Connection) -> None:
    traffic(warehouse, "clean", (10, 5), (3, 3))
    traffic(warehouse, "odd", (10, 11))
    traffic(warehouse, "poisoned", (10, 5), (-4, 0))

    found = audit("run")
    publish("run")

    assert {(f.client, f.relation, f.rule, f.severity, f.detail) for f in found} == {
        ("odd", "traffic", "engaged_up_to_sessions", "warning", "rows with more engaged sessions than sessions: 1"),
        ("poisoned", "traffic", "nothing_negative", "critical", "rows with a negative count: 1"),
        ("poisoned", "traffic", "engaged_up_to_sessions", "warning",
         "rows with more engaged sessions than sessions: 1"),
    }  # fmt: skip
    states = warehouse.execute("select client, state, reason from core.load order by client").fetchall()
    assert [tuple(row.values()) for row in states] == [
        ("clean", "published", None),
        ("odd", "published", None),
        ("poisoned", "rejected", "the audit found traffic: rows with a negative count: 1"),
    ]
    assert {row["client"] for row in warehouse.execute("select client from core.traffic")} == {"clean", "odd"}
    kept = warehouse.execute("select count(*) as n from audit.finding").fetchone()
    assert kept == {"n": 3}
    pages = data_docs.pages("run")
    assert pages is not None
    judged = {name.split("/")[1] for name in pages.namelist() if name.startswith("validations/")}
    assert judged == {"traffic", "traffic_totals", "traffic_events", "counts"}
    assert sum(page.compress_size for page in pages.infolist()) < 100_000


def test_days_of_which_vk_says_nothing_are_counted(warehouse: Connection) -> None:
    """Of five days it tells three, the second of them twice, in a report of many measures."""
    load = begun(warehouse, "vk", DAY, DAY + timedelta(days=4))
    told = [DAY + timedelta(days=n) for n in range(3)]
    rows = [count("stats", measure, day, 5) for measure in ("likes", "reach") for day in told]
    staged(warehouse, load, "counts", COUNTS, rows, [("stats", told[0], told[1]), ("stats", told[1], told[2])])

    found = audit("run")

    says = "days of which VK gave no statistics, and no reason (older than the community, or a gap)"
    assert [(f.rule, f.severity, f.detail) for f in found] == [("every_day_told", "warning", f"{says}: 2")]


TOTALS, EVENTS = ("day", "sessions"), ("day", "event", "is_total", "session_source", "session_medium", "events")


RELATIONS = {"traffic": "traffic", "totals": "traffic_totals"}  # by their reports


def compared(warehouse: Connection, by_source: dict[date, int], by_date: dict[date, int | None]) -> Load:
    """A staged load of GA4 of 122 days that counts these sessions."""
    load = begun(warehouse, "ga4", DAY, DAY + timedelta(days=121))
    known = [(report, load["first_day"], load["last_day"]) for report in ("traffic", "totals")]
    rows = [(day, "vk.com", "referral", "", sessions, 0) for day, sessions in by_source.items()]
    staged(warehouse, load, "traffic", COLUMNS, rows)
    staged(warehouse, load, "traffic_totals", TOTALS, by_date.items(), known)
    ledger.end(warehouse, load, "staged", rows=len(by_source) + len(by_date))
    warehouse.commit()
    return load


@pytest.mark.parametrize(
    ("by_source", "by_date", "report"),
    [
        (1000, 1010, None),
        (1000, 1011, "traffic"),
        (1000, 989, "totals"),
        (2, 100, "traffic"),
        (97, 100, None),  # a few sessions
        (17, 20, None),
        (96, 100, "traffic"),
        (0, 100, "traffic"),
        (100, 0, "totals"),
        (1000, None, None),  # GA4 gave the totals without sessions
    ],
)
def test_sessions_by_source_are_held_against_the_report_by_date_day_by_day(
    warehouse: Connection, by_source: int, by_date: int | None, report: str | None
) -> None:
    """However long the load is: of 122 days with 100 sessions each, one day is no more than 0.8 %."""
    odd = DAY + timedelta(days=9)
    sound: dict[date, int] = {DAY + timedelta(days=n): 100 for n in range(122)}
    traffic = {day: number for day, number in (sound | {odd: by_source}).items() if number}
    totals = {day: number for day, number in (sound | {odd: by_date}).items() if number != 0}
    compared(warehouse, traffic, totals)

    found = audit("run")
    assert publish("run") == []

    said = f"{by_source} sessions by source, {by_date} by date alone"
    assert [(f.relation, f.severity) for f in found] == ([(RELATIONS[report], "warning")] if report else [])
    assert all(f.detail.endswith(f"(these days are flagged): {odd}: {said}") for f in found)
    flagged = warehouse.execute("select report, day, reason from core.coverage where state = 'flagged'").fetchall()
    assert [tuple(row.values()) for row in flagged] == (
        [(report, odd, f"its reports contradict each other: {said}")] if report else []
    )


def test_of_many_contradictions_the_first_are_told(warehouse: Connection) -> None:
    days = [DAY + timedelta(days=n) for n in range(12)]
    compared(warehouse, dict.fromkeys(days, 5), dict.fromkeys(days, 50))

    (found,) = audit("run")

    assert found.detail.count("5 sessions by source, 50 by date alone") == 10
    assert found.detail.endswith("; and 2 more")


def test_events_by_source_are_held_against_those_by_date(warehouse: Connection) -> None:
    load = begun(warehouse, "ga4", DAY, DAY + timedelta(days=1))
    rows = [
        *((day, "lead", False, source, "referral", 4) for day in (DAY, load["last_day"]) for source in ("a", "b")),
        (DAY, "lead", True, "", "", 8),
        (load["last_day"], "lead", True, "", "", 20),
    ]
    staged(warehouse, load, "traffic_events", EVENTS, rows, [("events", load["first_day"], load["last_day"])])

    (found,) = audit("run")
    publish("run")

    assert (found.relation, found.rule, found.severity) == ("traffic_events", "agrees_with_totals", "warning")
    assert found.detail.endswith(f": {load['last_day']}: 8 lead by source, 20 by date alone")
    flagged = warehouse.execute("select report, day from core.coverage where state = 'flagged'").fetchall()
    assert [tuple(row.values()) for row in flagged] == [("events", load["last_day"])]


def test_a_day_that_was_not_answered_is_told_and_compared_with_nothing(warehouse: Connection) -> None:
    load = begun(warehouse, "ga4", DAY, DAY)
    known = [("totals", DAY, DAY), ("traffic", DAY, DAY, "unanswered")]
    staged(warehouse, load, "traffic_totals", TOTALS, [(DAY, 100)], known)

    (found,) = audit("run")
    publish("run")

    assert (found.rule, found.severity) == ("every_day_answered", "warning")
    assert found.detail.endswith(f": traffic {DAY}")
    covered = warehouse.execute("select report, state from core.coverage order by report").fetchall()
    assert [tuple(row.values()) for row in covered] == [("totals", "known"), ("traffic", "unanswered")]


def test_an_audit_of_nothing_finds_nothing(warehouse: Connection) -> None:
    assert audit("run") == []


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_the_sql_gives_what_the_rules_ask_for(warehouse: Connection, suite: Suite) -> None:
    """And one row for a load that staged nothing: an absent client must not look like a sound one."""
    catalogued.store(warehouse, catalogue.read())
    assert suite.sources
    for source in suite.sources:
        load = begun(warehouse, source, DAY, DAY, run=source)
        staged(warehouse, load, "traffic_totals", ("day",), [])

        (row,) = frame(warehouse, suite, source).to_dict("records")

        assert (row["client"], row["load_id"], row["n_rows"]) == ("yarko", load["load_id"], 0)
        assert {rule.arguments["column"] for rule in suite.rules.values()} <= set(row)


def test_a_suite_of_one_source_judges_no_others_rows(warehouse: Connection) -> None:
    catalogued.store(warehouse, catalogue.read())
    for suite in SUITES:
        if suite.source is not None:
            (other, *_) = {source.name for source in sources.every()} - {suite.source}
            staged(warehouse, begun(warehouse, other, DAY, DAY, run=suite.name), "traffic_totals", ("day",), [])
            assert frame(warehouse, suite, suite.name).empty


def test_every_rule_finds_what_it_is_for() -> None:
    """Frames with one sound load and one that breaks every rule of the relation."""
    frames = []
    for suite in SUITES:
        is_text = {rule.arguments["column"]: "Null" in rule.expectation for rule in suite.rules.values()}
        sound = {column: None if is_text[column] else 0 for column in is_text}
        broken = {column: "vk.reach" if is_text[column] else 2 for column in is_text}
        rows = [{"client": "a", "load_id": "1", **sound}, {"client": "b", "load_id": "2", **broken}]
        frames.append((suite, pd.DataFrame(rows)))

    found = list(judge(frames, "run"))

    assert {(f.relation, f.rule) for f in found} == RULES
    assert {(f.client, f.load_id) for f in found} == {("b", "2")}


def test_a_rule_that_cannot_be_judged_lets_nothing_pass() -> None:
    suite = next(suite for suite in SUITES if suite.name == "counts")
    lacking = pd.DataFrame([{"client": client, "load_id": "1", "n_doubled": 0} for client in ("a", "b")])

    found = list(judge([(suite, lacking)], "run"))

    assert {f.client for f in found if f.severity == "critical"} == {"a", "b"}
    assert "the rule nothing_negative could not be judged; see the log of the audit task" in {f.detail for f in found}
