"""Plans as a table: merged with the file's targets, refused with the line of each mistake."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from smm import catalogue, clients, plans
from smm.checked import Mistakes
from smm.clients import Client
from tests.test_clients import GOOD, written

KNOWN = catalogue.read()
JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)


def client_with(folder: Path, table: str, encoding: str = "utf-8") -> Client:
    """The client of GOOD, whose followers are planned for January and February, with this table beside its file."""
    path = folder / "plans.csv"
    path.write_bytes(table.encode(encoding))
    return clients.read_file(written(folder, f"{GOOD}plans: {{path: {path}}}\n"), KNOWN)


def test_a_table_adds_months_and_targets(tmp_path: Path) -> None:
    client = client_with(
        tmp_path,
        "month;network;kpi;plan\n2026-03;all;followers;1 900\n2026-01;vk;reach;1000,5\n",
    )

    found = {(target.network, target.kpi): target.plan for target in plans.targets(KNOWN, client)}

    assert found["all", "followers"] == {JANUARY: 1500, date(2026, 2, 1): 1700, MARCH: 1900}
    assert found["vk", "reach"] == {JANUARY: Decimal("1000.5")}
    assert len(found) == len(client.targets) + 1


BAD = {
    "another header": ("month,kpi,plan\n", "plans.csv:1: found 'month,kpi,plan', write the header month,network,kpi"),
    "no month": (
        "month,network,kpi,plan\nJune,vk,reach,1\n",
        "plans.csv:2: found 'June', write a month such as 2026-01",
    ),
    "no KPI": ("month,network,kpi,plan\n2026-01,vk,reech,1\n", "plans.csv:2: no KPI is called 'reech'"),
    "no network": ("month,network,kpi,plan\n2026-01,,reach,1\n", "plans.csv:2: '' is no network"),
    "no number": ("month,network,kpi,plan\n2026-01,vk,reach,many\n", "plans.csv:2: found 'many', write a number"),
    "twice": ("month,network,kpi,plan\n2026-01,vk,reach,1\n2026-01,vk,reach,2\n", "plans.csv:3: vk.reach of 2026-01"),
    "planned in the file": ("month,network,kpi,plan\n2026-01,all,followers,1\n", "is planned in yarko.yml too"),
    "another rule": ("month,network,kpi,plan\n2026-01,vk,er_post,1\n", "has another rule in yarko.yml; keep one"),
}


@pytest.mark.parametrize(("table", "message"), BAD.values(), ids=BAD)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(Mistakes) as refused:
        plans.targets(KNOWN, client_with(tmp_path, table))

    assert message in str(refused.value).replace(f"{tmp_path}/", "")


def test_a_table_that_is_not_there_keeps_its_own_client_out(tmp_path: Path) -> None:
    client = client_with(tmp_path, "")
    (tmp_path / "plans.csv").unlink()

    complete, refused = plans.read(KNOWN, clients.Clients({client.id: client}, {}))

    assert complete == {}
    assert "is no file: check the path in the client's file" in str(refused["yarko"])
