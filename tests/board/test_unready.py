"""When something that the board needs is not in order, it says so and what to do, and shows nothing of a program."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local import ports
from smm import catalogue
from smm.project import INCLUDE

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from smm.warehouse import Connection

Visit = Callable[[str | None], "TestClient"]

MIGRATE = "run `python -m smm migrate`, and try again"


@pytest.mark.usefixtures("warehouse")
def test_a_warehouse_that_is_down(visitor: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    down = f"postgresql://warehouse:hidden@127.0.0.1:{ports.free()}/warehouse"
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", down)
    answer = visitor("viewer").get("/board/")
    assert answer.status_code == 503
    assert "Look at the connection `warehouse` in Airflow, and try again." in answer.text
    assert "hidden" not in answer.text


def test_a_warehouse_without_a_connection(visitor: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_WAREHOUSE", raising=False)
    answer = visitor("viewer").get("/board/letters")
    assert answer.status_code == 503
    assert "Airflow has no connection `warehouse`: add it, and try again." in answer.text


def test_a_warehouse_with_a_connection_that_cannot_be_obeyed(visitor: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    place = "postgresql://warehouse:hidden@127.0.0.1/warehouse"
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", f"{place}?sslpasword=another-secret")
    answer = visitor("viewer").get("/board/")
    assert answer.status_code == 503
    assert "&#39;sslpasword&#39; is not a setting of libpq: write sslpassword." in answer.text
    assert "hidden" not in answer.text
    assert "another-secret" not in answer.text


@pytest.mark.parametrize(
    "undone",
    [
        "drop schema marts cascade",
        "alter table core.client rename column name to title",
    ],
)
def test_a_warehouse_of_another_version(visitor: Visit, warehouse: "Connection", undone: str) -> None:
    warehouse.execute(undone.encode())
    warehouse.commit()
    answer = visitor("viewer").get("/board/")
    assert answer.status_code == 503
    assert MIGRATE in answer.text


def test_a_warehouse_that_takes_too_long(
    visitor: Visit, warehouse: "Connection", monkeypatch: pytest.MonkeyPatch
) -> None:
    from smm.board import page

    monkeypatch.setattr(page, "PATIENCE", "50ms")
    warehouse.execute("lock table core.client in access exclusive mode")
    answer = visitor("viewer").get("/board/")
    assert answer.status_code == 503
    assert "took too long to answer" in answer.text


def test_a_catalogue_with_a_mistake_in_what_every_kpi_needs(
    visitor: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(INCLUDE / "kpis", tmp_path / "kpis")
    shutil.copy(INCLUDE / "measures.yml", tmp_path)
    (tmp_path / "networks.yml").write_text("social: <b>no</b>\n")
    read = catalogue.read
    monkeypatch.setattr(catalogue, "read", lambda: read(tmp_path))
    answer = visitor("viewer").get("/board/catalogue")
    assert answer.status_code == 503
    assert "networks.yml:1: social" in answer.text
    assert "<b>no" not in answer.text


def test_no_archive(visitor: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMM_ARCHIVE", raising=False)
    answer = visitor("viewer").get("/board/data-docs/x/index.html")
    assert answer.status_code == 503
    assert "SMM_ARCHIVE is not set: give a place that all workers share" in answer.text


@pytest.mark.parametrize(
    "path",
    ["clients/%00", "clients/a%00b/data", "clients/x/letters/%00/mail", "?search=%00", "data?run=a%00b", "tables/%00"],
)
@pytest.mark.usefixtures("warehouse")
def test_an_address_with_a_nul(visitor: Visit, path: str) -> None:
    answer = visitor("viewer").get(f"/board/{path}")
    assert answer.status_code == 400
    assert "it holds a NUL" in answer.text


@pytest.mark.parametrize("month", ["0000-01", "0001-01", "9999-12"])
@pytest.mark.parametrize("path", ["", "clients/yarko", "clients/yarko/data", "clients/yarko/charts/vk.reach.svg"])
@pytest.mark.usefixtures("warehouse")
def test_a_month_at_the_end_of_time(visitor: Visit, path: str, month: str) -> None:
    answer = visitor("viewer").get(f"/board/{path}?month={month}")
    assert answer.status_code == 400
    assert "month:" in answer.text
