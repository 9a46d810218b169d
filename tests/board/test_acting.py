"""The forms that run DAGs: who sees them, and that Airflow takes what they send."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.board.letters import Visit, drafted
from tests.letters.case import Case

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

__all__ = ["drafted"]

# what act.js sends of a form that was filled in, and of one that was left as it is
SENT: dict[str, list[dict[str, Any]]] = {
    "backfill_client": [
        {"first_month": "2025-09", "last_month": "2025-10", "sources": ["vk"], "from_archive": True},
        {"first_month": None, "last_month": None, "sources": None, "from_archive": False},
    ],
    "report_targets": [{"month": "2025-10", "rehearse_to": "anna@agency.example", "send": False}],
}


@pytest.mark.parametrize(("role", "count"), [("viewer", 0), ("user", 2), ("op", 2), ("admin", 2)])
def test_forms_are_for_who_may_run_the_dags(drafted: Case, visitor: Visit, role: str, count: int) -> None:
    page = visitor(role).get("/board/clients/yarko")
    assert page.status_code == 200
    assert page.text.count("<form data-dag") == count


def test_there_is_nothing_to_do_for_nobody(drafted: Case, visitor: Visit) -> None:
    assert visitor("admin").get("/board/clients/nobody").status_code == 404


def test_a_clients_name_stays_text(drafted: Case, visitor: Visit) -> None:
    drafted.client(name='<script>alert(1)</script>"')
    drafted.warehouse.commit()
    page = visitor("admin").get("/board/clients/yarko").text
    assert "<script>alert" not in page
    assert "Backfill &lt;script&gt;" in page


@pytest.mark.parametrize(("dag_id", "given"), [(dag_id, given) for dag_id in SENT for given in SENT[dag_id]])
def test_the_dag_takes_what_the_form_sends(dagbag: "DagBag", dag_id: str, given: dict[str, Any]) -> None:
    params = dagbag.dags[dag_id].params
    conf: dict[str, Any] = {"clients": ["yarko"], **given}
    assert conf.keys() <= params.keys()
    params.update(conf)
    params.validate()
