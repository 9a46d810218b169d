"""Plans as a table: merged with the file's targets, refused with the line of each mistake."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smm import catalogue, clients
from smm.catalogue.spans import span
from smm.clients import Client, plans
from smm.files.checked import Mistakes
from tests.clients.test_clients import GOOD, written

KNOWN = catalogue.read()
JANUARY, FEBRUARY, MARCH = (span(f"2026-0{month}") for month in (1, 2, 3))


def client_with(folder: Path, table: str, encoding: str = "utf-8") -> Client:
    """The client of GOOD, whose followers are planned for January and February, and leads for February, with this table
    beside its file.
    """
    path = folder / "plans.csv"
    path.write_bytes(table.encode(encoding))
    text = GOOD.replace("targets:", "targets:\n  leads: {plan: {2026-02: 20}}")
    return clients.read_file(written(folder, f"{text}plans: {{path: {path}}}\n"), KNOWN)


def test_a_table_adds_months_and_targets(tmp_path: Path) -> None:
    client = client_with(
        tmp_path,
        "month;network;kpi;plan\n2026-03;all;followers;1 900\n2026-01;vk;reach;1000,5\n",
    )

    found: dict[tuple[str, str], Any] = {(t.network, t.kpi): t.plan for t in plans.targets(KNOWN, client)}

    assert found["all", "followers"] == {JANUARY: 1500, FEBRUARY: 1700, MARCH: 1900}
    assert found["vk", "reach"] == {JANUARY: Decimal("1000.5")}
    assert len(found) == len(client.targets) + 1


def test_a_table_has_quarters_and_campaigns(tmp_path: Path) -> None:
    table = "month,network,kpi,plan\n2026-Q2,vk,leads,300\n2026-07-10..2026-08-15,vk,leads,90\n09.2026,vk,leads,50\n"

    found: dict[tuple[str, str], Any] = {
        (t.network, t.kpi): t.plan for t in plans.targets(KNOWN, client_with(tmp_path, table))
    }

    assert found["vk", "leads"] == {span("2026-Q2"): 300, span("2026-07-10..2026-08-15"): 90, span("2026-09"): 50}


BAD = {
    "another header": (
        "month,kpi,plan\n",
        "plans.csv:1: found no column network; write the header month,network,kpi,plan",
    ),
    "no month": (
        "month,network,kpi,plan\nJune,vk,reach,1\n",
        "plans.csv:2: found 'June', write a month such as 2026-01",
    ),
    "no KPI": ("month,network,kpi,plan\n2026-01,vk,reech,1\n", "plans.csv:2: no KPI is called 'reech'"),
    "no network": (
        "month,network,kpi,plan\n2026-01,,reach,1\n",
        "plans.csv:2: the network is empty, and reach has none of its own: write one, such as vk",
    ),
    "a source": ("month,network,kpi,plan\n2026-01,ga4,sessions,1\n", "write site.sessions"),
    "people of all networks": (
        "month,network,kpi,plan\n2026-01,all,reach,1\n",
        "plans.csv:2: all.reach: reach is not added up over networks, in which one may be twice; write vk.reach",
    ),
    "no number": ("month,network,kpi,plan\n2026-01,vk,reach,many\n", "plans.csv:2: found 'many', write a number"),
    "twice": ("month,network,kpi,plan\n2026-01,vk,reach,1\n2026-01,vk,reach,2\n", "plans.csv:3: vk.reach of 2026-01"),
    "no days": (
        "month,network,kpi,plan\n2026-03-10..15,vk,leads,1\n",
        "plans.csv:2: must be a month such as 2026-01, a quarter such as 2026-Q1 or days such as",
    ),
    "a quarter of what does not add up": (
        "month,network,kpi,plan\n2026-Q1,vk,reach,1\n",
        "plans.csv:2: reach cannot be planned for 2026-Q1: reach is counted for each month separately",
    ),
    "a month in a quarter": (
        "month,network,kpi,plan\n2026-02,vk,leads,1\n2026-Q1,vk,leads,1\n",
        "plans.csv:3: 2026-Q1 and 2026-02 both plan 2026-02, and a month has one verdict",
    ),
    "a month of the file's in a quarter": (
        "month,network,kpi,plan\n2026-02-10..2026-03-10,all,leads,1\n",
        "plans.csv:1: all.leads: 2026-02 and 2026-02-10..2026-03-10 both plan 2026-02, and a month has one verdict",
    ),
    "planned in the file": ("month,network,kpi,plan\n2026-01,all,followers,1\n", "is also planned in yarko.yml"),
    "another rule": ("month,network,kpi,plan\n2026-01,vk,er_post,1\n", "has another rule in yarko.yml; keep one"),
}


@pytest.mark.parametrize(("table", "message"), BAD.values(), ids=BAD)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(Mistakes) as refused:
        plans.targets(KNOWN, client_with(tmp_path, table))

    assert message in str(refused.value).replace(f"{tmp_path}/", "")


def test_a_target_without_a_plan_in_the_file_has_one_in_the_table(tmp_path: Path) -> None:
    path, head = tmp_path / "plans.csv", "month,network,kpi,plan\n"
    text = GOOD.replace("targets:", "targets:\n  posts: {plan: {}, tolerance: 0.1}", 1)
    client = clients.read_file(written(tmp_path, f"{text}plans: {{path: {path}}}\n"), KNOWN)
    path.write_text(f"{head}2026-01,all,posts,20\n")
    posts = next(target for target in plans.targets(KNOWN, client) if target.kpi == "posts")
    assert (posts.plan, posts.tolerance) == ({JANUARY: 20}, Decimal("0.1"))

    path.write_text(head)
    with pytest.raises(Mistakes, match="plans.csv:1: has no plan of all.posts, and neither has yarko.yml: write one"):
        plans.targets(KNOWN, client)


def test_a_table_that_is_not_there_keeps_its_own_client_out(tmp_path: Path) -> None:
    client = client_with(tmp_path, "")
    (tmp_path / "plans.csv").unlink()

    complete, refused = plans.read(KNOWN, clients.Clients({client.id: client}, {}))

    assert complete == {}
    assert "is not a file: check the path in the client's file" in str(refused["yarko"])
