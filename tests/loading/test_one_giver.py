"""Two sources of one number: each has one giver, the other is refused in words, and whoever is left is heard."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from smm import catalogue
from smm.loading.audit import audit
from smm.loading.publish import publish
from smm.roster import catalogued
from smm.warehouse import Connection
from tests.sql.facts import Cell, Core
from tests.staging import COUNTS, begun, count, staged

D1, D2 = date(2026, 6, 1), date(2026, 6, 2)
AT = datetime(2026, 6, 2, 6, tzinfo=UTC)
Row = tuple[Any, ...]
States = dict[str, tuple[str, str | None]]

CALLS = count("figures", "calls", D1, 3)
LISTED = [count("figures", "followers", D1, 480), count("figures", "likes", D1, 5)]
OF_VK = [count("members", "followers", D2, 500, at=AT), count("stats", "likes", D1, 7)]


@pytest.fixture
def core(warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Core:
    """A client with a site and a list of figures."""
    monkeypatch.setenv("SMM_ARCHIVE", f"file://{tmp_path}")
    catalogued.store(warehouse, catalogue.read())
    warehouse.execute(
        """insert into core.client (client, name, language, time_zone, currency, started, report)
        values ('yarko', 'Yarko', 'ru', 'Europe/Moscow', 'RUB', '2026-01-01', '{}')"""
    )
    core = Core(warehouse)
    for source in ("figures", "ga4"):
        core.put("client_source", network=source, source=source)
    warehouse.commit()
    return core


def load(core: Core, run: str, **rows: list[Row]) -> States:
    """A run that stages these rows of each source in this order, is audited, published and built; what came of it."""
    reports = {"figures": ("figures",), "vk": ("members", "stats"), "ga4": ("totals", "users")}
    for source, counts in rows.items():
        begins = begun(core.warehouse, source, D1, D2, run=run)
        staged(core.warehouse, begins, "counts", COUNTS, counts, [(report, D1, D2) for report in reports[source]])
    audit(run)
    assert publish(run) == [], "another try would come to the same"
    core.rebuild("06")
    core.warehouse.commit()
    found = core.warehouse.execute("select source, state, reason from core.load where run_id = %s", [run]).fetchall()
    return {row["source"]: (row["state"], row["reason"]) for row in found}


SOUND = ("published", None)
TWICE = "the audit found counts: numbers that another source of this client gives already; take them out of the file: "


def test_a_list_that_gives_what_a_service_gives_is_refused(core: Core) -> None:
    core.network("vk", "vk")
    assert load(core, "vk", vk=OF_VK) == {"vk": SOUND}

    assert load(core, "list", figures=[CALLS, *LISTED]) == {"figures": ("rejected", f"{TWICE}vk.followers, vk.likes")}

    assert core.cell("followers", "06-02") == Cell(500)
    assert core.cell("likes", "06-01") == Cell(7)
    assert core.cell("calls", "06-01") is None
    assert load(core, "right", figures=[CALLS]) == {"figures": SOUND}
    assert core.cell("calls", "06-01") == Cell(3)


def test_a_list_that_gives_people_whom_a_service_counts_is_refused(core: Core) -> None:
    people = count("users", "users", D1, 30, network="site", grain="month", through=D2)
    assert load(core, "ga4", ga4=[people]) == {"ga4": SOUND}
    listed = count("figures", "users", D1, 99, network="site", grain="month", through=date(2026, 6, 30))

    assert load(core, "list", figures=[CALLS, listed]) == {"figures": ("rejected", f"{TWICE}site.users")}

    assert core.cell("users", "06-01", "month", "site") == Cell(30, None, round(2 / 30, 4))


def test_a_service_that_gives_what_a_list_has_given_is_refused_until_that_is_taken_out(core: Core) -> None:
    assert load(core, "list", figures=[CALLS, *LISTED]) == {"figures": SOUND}
    core.network("vk", "vk")

    told = (
        "vk.followers of 2026-06-01 stands in figures already, vk.likes of 2026-06-01 stands in figures already;"
        " a number has one source: take it out of figures or out of vk"
    )
    states = load(core, "vk", vk=OF_VK)

    assert states["vk"][0] == "rejected"
    assert states["vk"][1] == told
    assert core.cell("calls", "06-01") == Cell(3)
    assert core.cell("followers", "06-01") == Cell(480)
    assert core.cell("likes", "06-01") == Cell(5)

    assert load(core, "taken out", figures=[CALLS]) == {"figures": SOUND}
    assert load(core, "again", vk=OF_VK) == {"vk": SOUND}
    assert core.cell("followers", "06-02") == Cell(500)
    assert core.cell("likes", "06-01") == Cell(7)
    assert core.cell("calls", "06-01") == Cell(3)


@pytest.mark.parametrize("order", [["vk", "figures"], ["figures", "vk"]])
def test_a_number_moves_from_a_list_to_a_service_in_one_run_whatever_the_order(core: Core, order: list[str]) -> None:
    load(core, "list", figures=[CALLS, *LISTED])
    core.network("vk", "vk")
    rows = {"vk": OF_VK, "figures": [CALLS]}

    states = load(core, "run", **{source: rows[source] for source in order})

    assert states == {"vk": SOUND, "figures": SOUND}
    assert core.cell("likes", "06-01") == Cell(7)
    assert core.cell("followers", "06-02") == Cell(500)
    assert core.cell("calls", "06-01") == Cell(3)
    kept = core.warehouse.execute("select measure, given_by from core.counts order by 1").fetchall()
    assert [tuple(row.values()) for row in kept] == [("calls", "figures"), ("followers", "vk"), ("likes", "vk")]


def test_a_service_is_refused_for_what_it_gives_otherwise_than_as_counts(core: Core) -> None:
    """Posts are published, and visits come, from no list of numbers; until then what is listed stands."""
    listed = [CALLS, count("figures", "posts", D1, 4), count("figures", "sessions", D1, 20, network="site")]
    assert load(core, "list", figures=listed) == {"figures": SOUND}
    core.network("vk", "vk")
    core.rebuild("06")
    assert core.cell("posts", "06-01") == Cell(4)

    for source, cell in (("vk", "vk.posts"), ("ga4", "site.sessions")):
        told = (
            f"{cell} of 2026-06-01 stands in figures already; a number has one source: take it out of figures or out of"
        )
        assert load(core, source, **{source: []}) == {source: ("rejected", f"{told} {source}")}
    assert core.cell("posts", "06-01") == Cell(4)
    assert core.cell("sessions", "06-01", network="site") == Cell(20)
    assert core.cell("likes", "06-01") == Cell(None, "source_missing", 0)


def test_a_list_does_not_take_over_what_a_service_gave_that_is_named_no_more(core: Core) -> None:
    core.network("vk", "vk")
    load(core, "vk", vk=OF_VK)
    core.leave("vk")

    states = load(core, "list", figures=[CALLS, *LISTED])

    assert states["figures"] == (
        "rejected",
        "vk.followers of 2026-06-01 stands in vk already, vk.likes of 2026-06-01 stands in vk already; a number has one"
        " source: take it out of figures; or, as the client's file names vk no more, run `python -m smm forget yarko"
        " vk`",
    )
    assert core.cell("likes", "06-01") == Cell(7)


def test_what_a_service_keeps_and_does_not_give_is_a_lists_to_give(core: Core) -> None:
    """The views of VK's own pages; the page views that are meant here are those of a site."""
    core.network("vk", "vk")
    seen = [*OF_VK, count("stats", "page_views", D1, 70)]
    load(core, "vk", vk=seen)

    assert load(core, "list", figures=[CALLS, count("figures", "page_views", D1, 4)]) == {"figures": SOUND}
    assert core.cell("page_views", "06-01") == Cell(4)
    assert load(core, "again", vk=seen) == {"vk": SOUND}
    assert core.cell("page_views", "06-01") == Cell(4)
