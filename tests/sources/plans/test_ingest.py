"""A table of plans on the web, as its source loads it: once while it stays as it is, and whole when it has changed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.loopback import Answer, Request, Server
from smm import catalogue, clients
from smm.letters import trouble
from smm.loading import plan
from smm.loading.fetch import fetch
from smm.loading.late import late
from smm.loading.publish import publish
from smm.roster import promised
from smm.upkeep import forget
from smm.warehouse import Connection

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

FILE = """\
name: Ярко
language: ru
time_zone: Europe/Moscow
currency: RUB
started: 2025-01-01
sources:
  vk: {{connection: vk_yarko, community: 1}}
targets:
  vk.posts: {{plan: {{2025-10: 20}}}}
  vk.er_post: {{at_least: 0.012}}
plans: {{path: "{url}/plans.csv?key=SECRET"}}
report: {{to: [owner@yarko.example], letters: [missed]}}
"""
HEAD = "month,network,kpi,plan\n"
NOVEMBER = f"{HEAD}2025-11,vk,posts,25\n2025-Q4,vk,followers_gained,300\n"
AT = datetime(2025, 11, 10, 9, 45, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Agency:
    """A client's file, the table that it names, and what has been made of them."""

    warehouse: Connection
    folder: Path
    table: str | int = NOVEMBER  # or the status with which the web refuses it
    asked: list[str] = field(default_factory=list)

    def respond(self, request: Request) -> Answer:
        self.asked.append(request.path)
        if isinstance(self.table, int):
            return Answer(self.table, "text/plain", b"")
        return Answer(200, "text/csv", self.table.encode())

    def write(self, **replaced: str) -> None:
        text = self.text
        for old, new in replaced.items():
            text = text.replace(old, new)
        (self.folder / "yarko.yml").write_text(text, "utf-8")

    text: str = ""

    def ingest(self, run_id: str, at: datetime = AT) -> list[str]:
        """What a run of the source does, the audit aside; the reasons of what failed."""
        found = plan.prepare(self.warehouse, run_id, ["plans"], None)
        slots = plan.daily(found.values(), "plans", at, None, None)
        failed = fetch(run_id, slots)
        assert publish(run_id) == []
        return [load["reason"] for load in failed]

    def promise(self) -> list[str]:
        """What the hourly run makes of the files and the tables; the mistakes."""
        known = catalogue.read()
        found = clients.read(known).by_id.values()
        promised.bring(self.warehouse, known, found)
        self.warehouse.commit()
        return [str(mistakes) for mistakes in promised.of(self.warehouse, known, found).refused.values()]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        found = [tuple(row.values()) for row in self.warehouse.execute(query.encode())]
        self.warehouse.commit()
        return found

    def planned(self) -> list[tuple[Any, ...]]:
        return self.rows("select kpi, first_day::text, last_day::text, plan::int from core.planned order by 1, 2")

    def in_force(self) -> list[tuple[Any, ...]]:
        """The plans of the newest version of the targets."""
        return self.rows(
            "select distinct on (kpi, month) kpi, month::text, plan::int, target_version from core.plan"
            " where target_version = (select max(target_version) from core.target_version) order by 1, 2"
        )

    def archived(self) -> list[Path]:
        return sorted((self.folder / "archive" / "plans" / "yarko").glob("*"))


@pytest.fixture
def agency(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agency]:
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    monkeypatch.setenv("SMM_ARCHIVE", (tmp_path / "archive").as_uri())
    agency = Agency(warehouse, tmp_path)
    with Server(0, lambda request: agency.respond(request)) as server:
        agency.text = FILE.format(url=server.url)
        agency.write()
        yield agency


FIRST = [("followers_gained", "2025-10-01", "2025-12-31", 300), ("posts", "2025-11-01", "2025-11-30", 25)]


def test_a_table_that_stays_as_it_is_is_loaded_once(agency: Agency) -> None:
    assert agency.ingest("one") == []
    assert agency.planned() == FIRST
    loads = "select load_id, state, rows::int, first_day::text, last_day::text from core.load order by started_at"
    ((load_id, *stands),) = agency.rows(loads)
    assert stands == ["published", 2, "2025-11-09", "2025-11-09"]
    assert [folder.name for folder in agency.archived()] == [load_id]
    assert "SECRET" not in "".join(file.read_text("latin-1") for file in agency.archived()[0].glob("*"))
    written = "select xmin::text, ctid::text from core.planned order by 2"
    before = agency.rows(written)

    assert agency.ingest("two", AT + HOUR) == []
    assert agency.ingest("three", AT + 24 * HOUR) == []

    assert len(agency.asked) == 3
    assert agency.rows(loads) == [(load_id, "published", 2, "2025-11-09", "2025-11-10")], "it is known to the next day"
    assert agency.rows(written) == before
    assert [folder.name for folder in agency.archived()] == [load_id]
    assert agency.rows("select * from ledger.slot") == []
    assert agency.rows("select * from core.coverage union all select * from core.coverage") == [], "it has no days"


def test_a_table_that_has_changed_is_taken_whole(agency: Agency) -> None:
    agency.ingest("one")
    agency.table = f"{HEAD}2025-11,vk,posts,26\n2025-12,vk,posts,30\n"
    assert agency.ingest("two") == []
    assert agency.planned() == [("posts", "2025-11-01", "2025-11-30", 26), ("posts", "2025-12-01", "2025-12-31", 30)]
    assert len(agency.archived()) == 2

    agency.table = HEAD
    assert agency.ingest("three") == []
    assert agency.planned() == [], "it plans nothing any more"


def test_the_same_table_is_read_again_when_the_clients_file_has_changed(agency: Agency) -> None:
    """What a table may say depends on the file beside it."""
    agency.ingest("one")
    agency.write(**{"2025-10: 20": "2025-10: 20, 2025-11: 24"})

    (reason,) = agency.ingest("two")

    assert reason.endswith("/plans.csv:1: vk.posts for 2025-11 is also planned in yarko.yml")
    assert "SECRET" not in reason
    assert agency.planned() == FIRST
    agency.write()
    assert agency.ingest("three") == []
    assert len(agency.archived()) == 2, "the load that failed has no whole copy"


def test_two_loads_at_once_leave_what_was_asked_for_later(agency: Agency) -> None:
    """Of the run that is under way nobody knows what it was answered, so the other one is no repetition."""
    agency.ingest("one")
    agency.rows(
        "insert into core.load (client, load_id, run_id, source, network, first_day, last_day, state)"
        " values ('yarko', 'x', 'slow', 'plans', 'plans', '2025-11-09', '2025-11-09', 'fetching') returning 1"
    )
    agency.ingest("two")
    assert agency.rows("select run_id, state from core.load order by started_at") == [
        ("one", "published"),
        ("slow", "fetching"),
        ("two", "published"),
    ]


def test_it_is_read_again_from_the_archive(agency: Agency) -> None:
    agency.ingest("one")
    agency.rows("delete from core.planned returning 1")
    agency.rows(
        "update core.load set as_of = as_of - interval '1 hour' returning 1"
    )  # two loads of a second are as old
    found = plan.prepare(agency.warehouse, "again", ["plans"], None)
    november = date(2025, 11, 1)
    slots = plan.history(found.values(), None, AT, november, november, from_archive=True)
    assert [slot["network"] for slot in slots] == ["plans"]
    assert fetch("again", slots) == []
    assert publish("again") == []
    assert agency.planned() == FIRST
    assert len(agency.asked) == 1


def test_a_broken_table_leaves_the_plans_as_they_were(agency: Agency) -> None:
    agency.ingest("one")
    assert agency.promise() == []
    asked = [("followers_gained", "2025-12-01", 300, 1), ("posts", "2025-10-01", 20, 1), ("posts", "2025-11-01", 25, 1)]
    assert agency.in_force() == asked

    agency.table = f"{HEAD}2025-11,vk,posts,many\n2025-12,vk,reech,1\n"
    (reason,) = agency.ingest("two")
    *_, first, second = reason.splitlines()
    assert "/plans.csv:2: found 'many', write a number" in first
    assert "/plans.csv:3: no KPI is called 'reech'" in second
    known = catalogue.read()
    told = list(trouble.of_warehouse(agency.warehouse, clients.read(known), AT))
    assert [(each.client, each.kind, each.what) for each in told] == [("yarko", "source", "plans")]

    agency.write(**{"at_least: 0.012": "at_least: 0.013"})
    assert agency.promise() == []
    assert agency.in_force() == [(kpi, month, number, 2) for kpi, month, number, _ in asked], "the file's change counts"


@pytest.mark.parametrize("table", [404, f"{HEAD}2025-11,vk,posts,many\n"])
def test_a_client_whose_table_was_never_read_is_not_judged_by_half_of_its_targets(
    agency: Agency, table: str | int
) -> None:
    agency.table = table
    assert len(agency.ingest("one")) == 1
    (told,) = agency.promise()
    assert told == (
        "yarko.yml:1: plans: was not loaded yet, so the targets stay as they were, or are not judged: see the last run"
        " of ingest_plans; if there is none, switch ingest_plans on"
    )
    assert agency.rows("select * from core.target_version") == []
    agency.table = NOVEMBER
    agency.ingest("two")
    assert agency.promise() == []
    assert len(agency.in_force()) == 3


def test_what_is_planned_in_the_file_and_in_the_loaded_table_leaves_the_targets_in_force(agency: Agency) -> None:
    agency.ingest("one")
    agency.promise()
    before = agency.in_force()
    agency.write(**{"2025-10: 20": "2025-10: 20, 2025-11: 24"})
    (told,) = agency.promise()
    assert told.endswith("plans.csv:1: vk.posts for 2025-11 is also planned in yarko.yml")
    assert agency.in_force() == before


def test_a_table_that_the_file_names_no_more_asks_nothing(agency: Agency) -> None:
    agency.ingest("one")
    agency.promise()
    (agency.folder / "yarko.yml").write_text(agency.text.replace("plans: {", "#"), "utf-8")
    assert agency.promise() == []
    assert agency.in_force() == [("posts", "2025-10-01", 20, 2)]
    forgotten = forget.trace(agency.warehouse, "yarko", "plans")
    assert forgotten.rows["core.planned"] == 2
    assert len(forgotten.loads) == 1


def test_the_name_of_the_table_is_no_other_sources(agency: Agency) -> None:
    agency.write(**{"sources:\n": "sources:\n  plans: {source: figures, path: x.csv}\n"})
    found = clients.read(catalogue.read())
    assert str(found.refused["yarko"]) == (
        "yarko.yml:7: sources.plans: is the name of what the key `plans` gives: give this source another name"
    )
    agency.write(**{"sources:\n": "sources:\n  sheet: {source: plans, path: x.csv}\n"})
    found = clients.read(catalogue.read())
    assert str(found.refused["yarko"]) == (
        "yarko.yml:7: sources.sheet: the client's plans do not belong in `sources`: write it beside `sources`, as"
        " `plans: {path: ...}`"
    )


def test_who_was_loaded_an_hour_ago_is_not_late(agency: Agency) -> None:
    agency.write(**{"  vk: {connection: vk_yarko, community: 1}\n": "  figures: {path: x.csv}\n"})
    found = clients.read(catalogue.read())

    def of_plans(at: datetime) -> list[str]:
        return [line for line in late(agency.warehouse, found, at) if "plans" in line]

    noon = datetime(2025, 11, 12, 12, tzinfo=UTC)
    assert of_plans(noon) == ["yarko: plans was never loaded: run backfill_client for it"]
    agency.ingest("one", noon - 48 * HOUR)
    agency.rows("update core.load set started_at = '2025-11-10 12:00Z' returning 1")
    (line,) = of_plans(noon)
    assert line.startswith("yarko: plans is known up to 2025-11-09 only")
    agency.ingest("two", noon - HOUR)
    assert of_plans(noon) == [], "it was looked at, and has not changed"


def test_the_dags(agency: Agency, dagbag: "DagBag", monkeypatch: pytest.MonkeyPatch) -> None:
    mail = {"conn_type": "smtp", "host": "127.0.0.1", "port": 9, "extra": {"from_email": "smm@agency.example"}}
    monkeypatch.setenv("AIRFLOW_CONN_MAIL", json.dumps(mail))  # nothing is sent

    def run(dag_id: str, at: datetime, **conf: object) -> dict[str, str]:
        done = dagbag.dags[dag_id].test(run_after=at, logical_date=None, run_conf=conf)
        return {task.task_id: str(task.state) for task in done.get_task_instances()}

    steps = dict.fromkeys(("plan", "fetch", "audit", "publish", "announce", "outcome"), "success")
    assert run("ingest_plans", AT) == steps
    assert agency.planned() == FIRST
    assert run("ingest_plans", AT + HOUR) == {**steps, "announce": "skipped"}
    agency.asked.clear()
    states = run("report_targets", AT + HOUR, send=False)
    assert (states["read_files"], states["judge"], states["outcome"]) == ("success", "success", "success")
    assert agency.asked == [], "nothing is fetched where targets are judged"
    judged = "select kpi, verdict, target::int from marts.verdict where month = '2025-11-01' order by 1"
    assert ("posts", "not_measured", 25) in [(kpi, verdict, target) for kpi, verdict, target in agency.rows(judged)]

    agency.table = 404
    states = run("ingest_plans", AT + 2 * HOUR)
    assert (states["fetch"], states["outcome"]) == ("failed", "failed")
    assert run("report_targets", AT + 2 * HOUR, send=False)["outcome"] == "success"
    assert agency.rows("select sum(plan)::int from core.planned") == [(Decimal(325),)]
