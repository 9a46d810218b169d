"""The audit: each rule finds what it is for, a poisoned load is rejected, and its neighbours are not."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from smm import data_docs, expectations, warehouse
from smm.audit import audit, judge
from smm.publish import publish
from smm.warehouse import Connection, copy
from tests.staging import begun, staged

DAY = date(2026, 3, 1)
COLUMNS = ("day", "session_source", "session_medium", "session_campaign", "sessions", "engaged_sessions")
RULES = [(name, rule) for name, relation in expectations.read().items() for rule in relation.rules]


@pytest.fixture(autouse=True)
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMM_ARCHIVE", f"file://{tmp_path}")


def traffic(warehouse: Connection, client: str, *counts: tuple[int, int]) -> None:
    """One load of GA4 with these rows of sessions and engaged sessions."""
    load = begun(warehouse, "ga4", DAY, DAY, client=client)
    rows = [(DAY, f"source {number}", "referral", "", *pair) for number, pair in enumerate(counts)]
    staged(warehouse, load, "ga4_traffic", COLUMNS, rows, [("traffic", DAY, DAY)])


def test_a_poisoned_load_is_rejected_and_the_others_are_published(warehouse: Connection) -> None:
    traffic(warehouse, "clean", (10, 5), (3, 3))
    traffic(warehouse, "odd", (10, 11))
    traffic(warehouse, "poisoned", (10, 5), (-4, 0))

    found = audit("run")
    publish("run")

    assert {(f.client, f.relation, f.rule, f.severity, f.detail) for f in found} == {
        ("odd", "ga4_traffic", "engaged_up_to_sessions", "warning", "rows with more engaged sessions than sessions: 1"),
        ("poisoned", "ga4_traffic", "nothing_negative", "critical", "rows with a negative count: 1"),
        ("poisoned", "ga4_traffic", "engaged_up_to_sessions", "warning",
         "rows with more engaged sessions than sessions: 1"),
    }  # fmt: skip
    states = warehouse.execute("select client, state, reason from core.load order by client").fetchall()
    assert [tuple(row.values()) for row in states] == [
        ("clean", "published", None),
        ("odd", "published", None),
        ("poisoned", "rejected", "the audit found ga4_traffic: rows with a negative count: 1"),
    ]
    assert {row["client"] for row in warehouse.execute("select client from core.ga4_traffic")} == {"clean", "odd"}
    kept = warehouse.execute("select count(*) as n from audit.finding").fetchone()
    assert kept == {"n": 3}
    pages = data_docs.pages("run")
    assert pages is not None
    assert "index.html" in pages.namelist()


@pytest.mark.parametrize(
    ("by_date", "detail"),
    [
        (1010, None),
        (1011, "1000 by source, 1011 by date alone"),
        (989, "1000 by source, 989 by date alone"),
        (None, None),  # GA4 gave the totals without sessions
    ],
)
def test_sessions_by_source_are_held_against_the_report_by_date(
    warehouse: Connection, by_date: int | None, detail: str | None
) -> None:
    load = begun(warehouse, "ga4", DAY, DAY)
    rows = [(DAY, "vk.com", "referral", "", 600, 0), (DAY, "(not set)", "(not set)", "", 400, 0)]
    staged(warehouse, load, "ga4_traffic", COLUMNS, rows)
    copy(
        warehouse,
        "staging.ga4_totals",
        ("client", "load_id", "day", "sessions"),
        [(load["client"], load["load_id"], DAY, by_date)],
    )
    warehouse.commit()

    (row,) = run_sql(warehouse, "ga4_traffic")

    assert row["off_control"] == detail


def test_an_audit_of_nothing_finds_nothing(warehouse: Connection) -> None:
    assert audit("run") == []


@pytest.mark.parametrize("relation", expectations.read())
def test_the_sql_gives_what_the_rules_ask_for(warehouse: Connection, relation: str) -> None:
    """And one row for a load that staged nothing: an absent client must not look like a sound one."""
    found = expectations.read()[relation]
    load = begun(warehouse, found.source, DAY, DAY)
    staged(warehouse, load, "ga4_totals", ("day",), [])

    (row,) = run_sql(warehouse, relation)

    assert (row["client"], row["n_rows"]) == ("yarko", 0)
    assert {rule.arguments["column"] for rule in found.rules.values()} <= set(row)


def run_sql(connection: Connection, relation: str) -> list[dict[str, object]]:
    return warehouse.run(connection, f"audit/{relation}.sql", {"run_id": "run"})


def test_every_rule_finds_what_it_is_for() -> None:
    """Frames with one sound load and one that breaks every rule of the relation."""
    frames = {}
    for name, relation in expectations.read().items():
        is_text = {rule.arguments["column"]: "Null" in rule.expectation for rule in relation.rules.values()}
        sound = {column: None if is_text[column] else 0 for column in is_text}
        broken = {column: "vk.reach" if is_text[column] else 2 for column in is_text}
        rows = [{"client": "a", "load_id": "1", **sound}, {"client": "b", "load_id": "2", **broken}]
        frames[name] = pd.DataFrame(rows)

    found = list(judge(frames, "run"))

    assert {(f.relation, f.rule) for f in found} == set(RULES)
    assert {(f.client, f.load_id) for f in found} == {("b", "2")}


def test_a_rule_that_cannot_be_judged_lets_nothing_pass() -> None:
    frame = pd.DataFrame([{"client": client, "load_id": "1", "n_doubled": 0} for client in ("a", "b")])

    found = list(judge({"vk_members": frame}, "run"))

    assert {f.client for f in found if f.severity == "critical"} == {"a", "b"}
    assert "the rule nothing_negative could not be judged; see the log of the audit task" in {f.detail for f in found}
