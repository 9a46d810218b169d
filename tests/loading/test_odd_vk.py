"""From VK's odd answers to the KPIs: nothing rejects the load, and what cannot be is unknown with its reason."""

import json
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from smm import catalogue, facts
from smm.loading.audit import audit
from smm.loading.ledger import end
from smm.loading.publish import publish
from smm.roster import catalogued
from smm.sources import Answer, Health, Known, Rows, named
from smm.warehouse import Connection, copy
from tests.sources.loading import job
from tests.sql.facts import Cell, Core, day
from tests.staging import begun

GROUP = 101
FIRST, LAST = day("06-01"), day("06-03")
NIGHT = datetime(2026, 6, 5, 3, tzinfo=UTC)
DELETED = {"inner_type": "wall_wallpost", "owner_id": -GROUP, "is_deleted": True, "deleted_reason": "x"}


@pytest.fixture
def core(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Core:
    monkeypatch.setenv("SMM_ARCHIVE", f"file://{tmp_path}")
    catalogued.store(warehouse, catalogue.read())
    warehouse.execute(
        """insert into core.client (client, name, language, time_zone, currency, started, report)
        values ('yarko', 'Yarko', 'ru', 'Europe/Moscow', 'RUB', '2026-01-01', '{}')"""
    )
    core = Core(warehouse)
    core.network("vk", "vk")
    warehouse.commit()
    return core


def seconds(on: date, hour: int = 0) -> int:
    return int(datetime(on.year, on.month, on.day, hour, tzinfo=UTC).timestamp())


def period(on: date, **blocks: Any) -> dict[str, Any]:
    plain = {"reach": {"reach": 40, "reach_subscribers": 30}, "visitors": {"visitors": 7, "views": 9}}
    begin = seconds(on)
    return {"period_from": begin, "period_to": begin + 86_399, **plain, "activity": {"likes": 5}, **blocks}


def post(number: int, on: date, **members: Any) -> dict[str, Any]:
    plain = {"id": number, "owner_id": -GROUP, "from_id": -GROUP, "date": seconds(on, 9)}
    counters = {name: {"count": count} for name, count in (("likes", 10), ("comments", 0), ("reposts", 1))}
    return {**plain, **counters, "views": {"count": 100}, **members}


def load(
    core: Core,
    run: str,
    days: list[Any],
    posts: list[Any],
    reach: list[Any],
    at: datetime = NIGHT,
    is_audited: bool = False,
) -> None:
    """Stage and publish what is read of these answers."""
    window = {"first_day": FIRST.isoformat(), "last_day": LAST.isoformat()}
    page = {"params": {"offset": 0, "count": 100}, "own_before": 0, "repeats": []}
    said: list[tuple[str, Any, dict[str, Any]]] = [
        ("community", {"groups": [{"id": GROUP, "members_count": 1000}]}, {}),
        ("stats", days, window | {"params": {"interval": "day"}}),
        ("wall", {"count": len(posts), "items": posts}, page),
        ("post_reach", reach, window),
    ]
    answers = [
        Answer(name, request, json.dumps({"response": told}).encode(), at, context=request)
        for name, told, request in said
    ]
    staged = begun(core.warehouse, "vk", FIRST, LAST, run=run)
    owner = (staged["client"], staged["load_id"])
    parts = list(named("vk").read(job(first_day=FIRST, last_day=LAST), answers))
    rows = 0
    for part in parts:
        if isinstance(part, Rows):
            columns = ("client", "load_id", *(part.columns or facts.COLUMNS[part.relation]))
            rows += copy(core.warehouse, f"staging.{part.relation}", columns, part.rows, owner)
    copy(
        core.warehouse,
        "staging.coverage",
        ("client", "load_id", "report", "first_day", "last_day", "state", "reason", "without"),
        ((*known[:-1], list(known[-1])) for part in parts if isinstance(part, Known) for known in [astuple(part)]),
        owner,
    )
    health = {name: fact for part in parts if isinstance(part, Health) for name, fact in part.facts.items()}
    end(core.warehouse, staged, "staged", rows=rows, health=health)
    core.warehouse.commit()
    if is_audited:
        assert [finding for finding in audit(run) if finding.severity == "critical"] == []
    assert publish(run) == []
    core.rebuild("06")


def reasons(core: Core, report: str) -> dict[int, str | None]:
    query = "select day, reason from core.coverage where report = %s and day between %s and %s"
    rows = core.warehouse.execute(query, [report, FIRST, LAST])
    return {row["day"].day: row["reason"] for row in rows}


def test_one_odd_number_costs_its_measure_of_that_day_and_nothing_else(core: Core) -> None:
    days = [period(FIRST), period(day("06-02"), activity={"likes": -5, "comments": 2}, reach=[]), period(LAST)]
    posts = [post(3, LAST), post(2, day("06-02"), likes={"count": -1}), post(1, FIRST), DELETED | {"id": 9}]
    reach: list[Any] = [{"post_id": n, "reach_total": 50, "reach_subscribers": 40, "links": 1} for n in (3, 2)]
    reach += [{"post_id": 1, "reach_total": -1, "reach_subscribers": 40, "links": "2"}]
    load(core, "run", days, posts, reach, is_audited=True)

    assert [core.cell("likes", on) for on in ("06-01", "06-02", "06-03")] == [Cell(5), UNKNOWN, Cell(5)]
    assert [core.cell("reach", on) for on in ("06-01", "06-02", "06-03")] == [Cell(40), UNKNOWN, Cell(40)]
    assert core.cell("comments", "06-02") == Cell(2)
    assert core.cell("visitors", "06-02") == Cell(7)
    assert core.kpi("er_account", "06-02") == UNKNOWN
    assert core.cell("likes", "06-01", "month") == Cell(None, "not_applicable", round(2 / 30, 4))
    assert reasons(core, "stats") == {1: None, 2: "VK gave -5 as activity.likes", 3: None}

    assert [core.cell("posts", on) for on in ("06-01", "06-02", "06-03")] == [Cell(1)] * 3
    assert [core.cell("post_likes", on) for on in ("06-01", "06-02", "06-03")] == [Cell(10), UNKNOWN, Cell(10)]
    assert core.cell("post_views", "06-02") == Cell(100)
    assert core.kpi("likes_per_post", "06-02") == UNKNOWN
    assert reasons(core, "posts") == {1: None, 2: "VK gave -1 as likes of post 2", 3: None}

    assert [core.cell("post_reach", on) for on in ("06-01", "06-02")] == [UNKNOWN, Cell(50)]
    assert core.cell("post_clicks", "06-01") == Cell(2)


UNKNOWN = Cell(None, "not_applicable", 0)


def test_a_post_that_was_read_and_is_deleted_keeps_its_history(core: Core) -> None:
    days = [period(FIRST), period(day("06-02")), period(LAST)]
    load(core, "before", days, [post(2, day("06-02"), likes={"count": 7}), post(1, FIRST)], [])
    gone = [DELETED | {"id": 2}, DELETED | {"id": 1, "from_id": -GROUP, "date": seconds(FIRST, 9)}]
    load(core, "after", days, gone, [], NIGHT + timedelta(days=1))

    assert [core.cell("posts", on) for on in ("06-01", "06-02", "06-03")] == [Cell(1), Cell(1), Cell(0)]
    assert [core.cell("post_likes", on) for on in ("06-01", "06-02")] == [Cell(10), Cell(7)]


def test_a_post_whose_author_vk_does_not_say_leaves_its_day_unknown_and_nothing_that_was_known_changed(
    core: Core,
) -> None:
    days = [period(FIRST), period(day("06-02")), period(LAST)]
    load(core, "before", days, [post(2, day("06-02")), post(1, FIRST)], [])
    load(core, "after", days, [post(2, day("06-02"), from_id=None), post(1, FIRST)], [], NIGHT + timedelta(days=1))

    assert [core.cell("posts", on) for on in ("06-01", "06-02", "06-03")] == [Cell(1), UNKNOWN, Cell(0)]
    assert reasons(core, "posts")[2] == "VK does not say who wrote post 2"
    load(core, "healed", days, [post(2, day("06-02")), post(1, FIRST)], [], NIGHT + timedelta(days=2))
    assert core.cell("posts", "06-02") == Cell(1)


def test_a_post_that_is_not_published_yet_does_not_count_and_costs_nothing(core: Core) -> None:
    days = [period(FIRST), period(day("06-02"))]
    before = datetime(2026, 6, 3, 8, tzinfo=UTC)
    load(core, "run", days, [post(3, LAST), post(1, FIRST)], [], before, is_audited=True)

    assert [core.cell("posts", on) for on in ("06-01", "06-03")] == [Cell(1), Cell(0)]
    rules = core.warehouse.execute("select relation, rule, severity from audit.finding").fetchall()
    assert {tuple(row.values()) for row in rules} >= {("posts", "published_before_read", "warning")}
