"""The DAG report_targets: the manager's approval and the operators' digest, as an operator's Airflow runs them."""

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.letters.case import Case
from tests.letters.examples import DAY_4
from tests.letters.mail_server import MailServer
from tests.letters.test_post import connection

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

OWNER, MANAGER, OPERATOR = "owner@yarko.example", "anna@agency.example", "ops@agency.example"
NEXT_DAY = DAY_4 + timedelta(hours=24)
GONE_WELL = {
    **dict.fromkeys(("read_files", "judge", "write", "deliver", "tell"), "success"),
    **dict.fromkeys(("rehearse", "rehearse_targets"), "skipped"),
}


def test_the_manager_has_a_day_and_the_operators_hear_of_a_broken_file(
    case: Case, mail_server: MailServer, dagbag: "DagBag", monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(at: datetime, **conf: object) -> dict[str, str]:
        done = dagbag.dags["report_targets"].test(run_after=at, logical_date=None, run_conf=conf)
        return {task.task_id: str(task.state) for task in done.get_task_instances()}

    def arrived() -> list[tuple[str, str]]:
        found = [(to, mail["Subject"]) for _, to, mail in mail_server.kept]
        mail_server.kept.clear()
        return found

    case.client()
    case.kpi("vk.reach", 11873)
    case.kpi("vk.er_post", 0.0108)
    case.kpi("all.leads", 41)
    case.warehouse.commit()
    (case.folder / "_agency.yml").write_text(f"name: Agency\noperators: [{OPERATOR}]\ndraft_hours: 24\n")
    file = (case.folder / "yarko.yml").read_text("utf-8")
    (case.folder / "broken.yml").write_text(file.replace("language: ru", "language: fr"), "utf-8")
    monkeypatch.setenv("SMM_CLIENTS", str(case.folder))
    connection(monkeypatch, mail_server.port, from_email="reports@agency.example")

    assert run(DAY_4) == {**GONE_WELL, "outcome": "failed"}  # the broken file
    letter = "Ярко: октябрь — 2 из 3 целей не выполнены"
    digest = "Letters and data need attention (new: 1)"
    assert arrived() == [(MANAGER, f"[Черновик] {letter}"), (OPERATOR, digest)]
    (case.folder / "broken.yml").unlink()
    assert run(DAY_4 + timedelta(hours=1)) == {**GONE_WELL, "outcome": "success"}
    assert arrived() == []
    assert run(NEXT_DAY) == {**GONE_WELL, "outcome": "success"}
    assert arrived() == [(OWNER, letter)]
    assert case.rows("select recipient, is_draft, state, attempts from marts.delivery order by 1") == [
        (MANAGER, True, "sent", 1),
        (OPERATOR, False, "sent", 1),
        (OWNER, False, "sent", 1),
    ]


@pytest.mark.parametrize(("asked", "reads_first"), [({}, OWNER), ({"drafts": True}, MANAGER)])
def test_a_month_named_by_hand_waits_for_the_manager_only_if_it_is_asked_to(
    case: Case,
    mail_server: MailServer,
    dagbag: "DagBag",
    monkeypatch: pytest.MonkeyPatch,
    asked: dict[str, object],
    reads_first: str,
) -> None:
    case.client()
    case.kpi("vk.reach", 11873)
    case.warehouse.commit()
    (case.folder / "_agency.yml").write_text("name: Agency\ndraft_hours: 24\n")
    monkeypatch.setenv("SMM_CLIENTS", str(case.folder))
    connection(monkeypatch, mail_server.port, from_email="reports@agency.example")
    done = dagbag.dags["report_targets"].test(
        run_after=NEXT_DAY + timedelta(days=60), logical_date=None, run_conf={"month": "2025-10", **asked}
    )
    states = {task.task_id: str(task.state) for task in done.get_task_instances()}
    assert states == {**GONE_WELL, "tell": "skipped", "outcome": "success"}  # it names no operators
    assert [to for _, to, _ in mail_server.kept] == [reads_first]


def test_two_tasks_write_and_deliver_the_letters_of_many_clients(
    case: Case, mail_server: MailServer, dagbag: "DagBag", monkeypatch: pytest.MonkeyPatch
) -> None:
    dag = dagbag.dags["report_targets"]
    monkeypatch.setitem(dag.get_task("read_files").python_callable.__globals__, "FEW", 2)
    owners = {name: f"owner@{name}.example" for name in ("yarko", "bakery", "nordlys")}
    for name, owner in owners.items():
        report = {"to": [owner], "letters": ["missed"]}
        case.client(name, name=name, report=report)
        case.kpi("vk.reach", 11873, client=name)
    case.warehouse.commit()
    monkeypatch.setenv("SMM_CLIENTS", str(case.folder))
    connection(monkeypatch, mail_server.port, from_email="reports@agency.example")
    done = dag.test(run_after=DAY_4, logical_date=None)
    ran = Counter(task.task_id for task in done.get_task_instances() if task.state == "success")
    assert (ran["write"], ran["deliver"], ran["judge"], ran["outcome"]) == (2, 2, 1, 1)
    assert sorted(to for _, to, _ in mail_server.kept) == sorted(owners.values())
    assert all(to.removeprefix("owner@").split(".")[0] in mail["Subject"] for _, to, mail in mail_server.kept)
