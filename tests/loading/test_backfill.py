"""Backfills and daily windows: the form, resuming, waiting for quota, missed days."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local import ports
from local.postgres import Cluster
from sandbox.loopback import Answer, Request, Server
from sandbox.world import World
from smm import catalogue, clients
from smm.loading import fetch, form, ledger, missed, plan
from smm.loading.ledger import Slot
from smm.sources import NAMES, named
from smm.warehouse import Connection
from tests.way import Way, started

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
FORM: dict[str, Any] = {
    "clients": None, "first_month": None, "last_month": None, "sources": None, "from_archive": False,
}  # fmt: skip
CLIENT = """\
name: One
language: en
time_zone: Europe/London
currency: GBP
started: 2025-06-01
sources:
  ga4: {{connection: ga4, property: 1}}
  vk: {{connection: {token}, community: 2}}
  figures: {{path: x.csv}}
report: {{to: [owner@x.example]}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The client files of anna and berta."""
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    for name in ("anna", "berta"):
        (tmp_path / f"{name}.yml").write_text(CLIENT.format(token="vk"))
    return tmp_path


@pytest.mark.usefixtures("folder")
class TestForm:
    def test_left_as_it_is_it_means_two_years_of_everything(self) -> None:
        assert form.read(FORM, NOON) == form.Form(
            clients=None,
            sources=NAMES,
            first_month=date(2024, 3, 1),
            last_month=date(2026, 3, 1),
            from_archive=False,
        )

    def test_months_that_are_named(self) -> None:
        asked_for = form.read(FORM | {"last_month": "2025-06"}, NOON)
        assert (asked_for.first_month, asked_for.last_month) == (date(2023, 6, 1), date(2025, 6, 1))
        asked_for = form.read(FORM | {"first_month": "2025-01", "last_month": "2025-12"}, NOON)
        assert (asked_for.first_month, asked_for.last_month) == (date(2025, 1, 1), date(2025, 12, 1))

    @pytest.mark.parametrize(
        ("given", "text"),
        [
            ({"clients": []}, r"clients is an empty list, which would load nothing: name some, or write null for all"),
            ({"sources": []}, r"sources is an empty list, which would load nothing: name some, or write null for all"),
            ({"clients": ["ana", "anna"]}, "'ana' is none of the clients: write anna"),
            ({"client": ["anna"]}, "'client' is no parameter: write clients"),
            ({"clients": ["x"]}, "'x' is none of the clients: there are anna, berta"),
            ({"sources": ["ga"]}, "'ga' is none of the sources: write ga4"),
            ({"first_month": "2026-04"}, "first_month 2026-04 is after last_month 2026-03: exchange them"),
            (
                {"first_month": "2026-04", "last_month": "2026-05"},
                "first_month 2026-04 has not begun: write 2026-03 or an earlier month",
            ),
        ],
    )
    def test_nonsense_is_refused_with_what_to_write(self, given: dict[str, Any], text: str) -> None:
        with pytest.raises(ValueError, match=text):
            form.read(FORM | given, NOON)


@pytest.mark.parametrize(("number", "most"), [(1, 20), (50, 60)])
def test_a_backfill_has_tens_of_tasks(dagbag: "DagBag", folder: Path, number: int, most: int) -> None:
    for n in range(number):
        (folder / f"c{n}.yml").write_text(CLIENT.format(token=f"vk_{n}"))
    found = clients.read(catalogue.read(), only=[f"c{n}" for n in range(number)]).by_id
    asked_for = form.read(FORM, NOON)
    months = (asked_for.first_month, asked_for.last_month)

    slots = plan.history(found.values(), asked_for.sources, NOON, *months, from_archive=False)
    mapped = len(plan.batches(slots, found))

    assert len(slots) == number * 4  # GA4 in two stretches, VK and figures at once
    assert mapped + len(dagbag.dags["backfill_client"].tasks) - 1 <= most


SLOT = Slot(source="vk", client="one", network="vk", first_day="2026-03-07", last_day="2026-03-09", archived=None)


def test_a_cleared_task_loads_what_is_missing(warehouse: Connection) -> None:
    other = Slot(**{**SLOT, "client": "two"})
    for slot, state in ((SLOT, "published"), (other, "failed")):
        load = ledger.begin(warehouse, "run", slot)
        assert load is not None
        ledger.end(warehouse, load, state)

    assert ledger.unpublished(warehouse, "run", [SLOT, other]) == [other]
    assert ledger.unpublished(warehouse, "another run", [SLOT, other]) == [SLOT, other]


def test_another_try_forgets_what_could_not_be_planned(warehouse: Connection) -> None:
    ledger.refuse(warehouse, "run", "vk", "one", "the token is dead", "vk_spb")
    ledger.refuse(warehouse, "another run", "vk", "one", "the token is dead", "vk_spb")
    assert [(load["network"], load["reason"]) for load in ledger.refused(warehouse, "run")] == [
        ("vk_spb", "the token is dead")
    ]

    ledger.forget_refused(warehouse, "run")

    assert ledger.refused(warehouse, "run") == []
    assert len(ledger.refused(warehouse, "another run")) == 1


def loaded(warehouse: Connection, first: str, last: str, state: str = "published", run: str = "", **other: str) -> None:
    """A load of these days in this state, of which the reports stats and posts know every day if it is published."""
    slot = Slot(**{**SLOT, "first_day": first, "last_day": last, **other})  # type: ignore[typeddict-item]
    load = ledger.begin(warehouse, f"run {first} {state} {run}", slot)
    assert load is not None
    ledger.end(warehouse, load, state)
    if state == "published":
        days = [date.fromisoformat(first) + timedelta(days=n) for n in range(31)]
        known = [day for day in days if day <= date.fromisoformat(last)]
        reports = [("stats", day) for day in known] + [
            ("posts", day - timedelta(days=28)) for day in known
        ]  # a wall is read further back
        rows = sorted({(slot["client"], slot["network"], slot["source"], report, day) for report, day in reports})
        for row in rows:
            warehouse.execute(
                "insert into core.coverage (client, network, source, report, day, load_id, state)"
                " values (%s, %s, %s, %s, %s, %s, 'known')"
                " on conflict (client, network, report, day) do update set load_id = excluded.load_id, state = 'known'",
                (*row, load["load_id"]),
            )


def missed_days(warehouse: Connection, source: str = "vk", slot: Slot = SLOT) -> list[tuple[str, str]]:
    return [(found["first_day"], found["last_day"]) for found in missed.slots(warehouse, source, [slot])]


class TestMissedDays:
    def test_without_any_load_nothing_was_missed(self, warehouse: Connection) -> None:
        assert missed_days(warehouse) == []

    def test_days_before_the_first_load_were_not_missed(self, warehouse: Connection) -> None:
        loaded(warehouse, "2026-03-06", "2026-03-08")

        assert missed_days(warehouse) == []

    def test_days_that_no_load_has_published_were_missed(
        self, warehouse: Connection, caplog: pytest.LogCaptureFixture
    ) -> None:
        loaded(warehouse, "2026-02-20", "2026-02-22")
        loaded(warehouse, "2026-02-23", "2026-02-24")
        loaded(warehouse, "2026-02-25", "2026-02-27", "failed")
        loaded(warehouse, "2026-02-27", "2026-03-01")
        loaded(warehouse, "2026-03-02", "2026-03-04", "rejected")

        with caplog.at_level("INFO", "smm.loading.missed"):
            assert missed_days(warehouse) == [
                ("2026-02-25", "2026-02-26"),
                ("2026-03-02", "2026-03-03"),  # what was rejected, in halves and by itself
                ("2026-03-04", "2026-03-04"),
                ("2026-03-05", "2026-03-06"),
            ]
        assert caplog.messages == ["one: vk missed 7 day(s) from 2026-02-25 to 2026-03-06: this run loads them too"]

    def test_days_of_which_the_service_said_nothing_were_not_missed(self, warehouse: Connection) -> None:
        loaded(warehouse, "2026-02-20", "2026-03-06")
        warehouse.execute("delete from core.coverage where day = '2026-03-01'")

        assert missed_days(warehouse) == []

    def test_days_that_every_report_knows_were_not_missed(self, warehouse: Connection) -> None:
        """Whatever has become of the loads that brought them."""
        loaded(warehouse, "2026-02-20", "2026-02-22")
        loaded(warehouse, "2026-02-23", "2026-03-06")
        warehouse.execute("delete from core.load where first_day = '2026-02-23'")
        known = (
            "insert into core.coverage (client, network, source, report, day, load_id, state)"
            " select 'one', 'vk', 'vk', 'posts', day, 'x', 'known' from core.coverage"
        )
        warehouse.execute(f"{known} where report = 'stats' and day >= '2026-02-23' on conflict do nothing")

        assert missed_days(warehouse) == []
        warehouse.execute("delete from core.coverage where report = 'stats' and day = '2026-03-02'")
        assert missed_days(warehouse) == [("2026-03-02", "2026-03-02")]

    def test_days_that_the_source_failed_to_answer_for_are_asked_for_again(self, warehouse: Connection) -> None:
        loaded(warehouse, "2026-02-20", "2026-03-06")
        fail = "update core.coverage set state = 'unanswered' where report = 'stats' and day = %s"
        warehouse.execute(fail, ["2026-03-02"])
        assert missed_days(warehouse) == [("2026-03-02", "2026-03-02")]

        loaded(warehouse, "2026-03-02", "2026-03-02", run="asked again")
        assert missed_days(warehouse) == []

    def test_a_day_that_the_source_never_answers_for_is_tried_less_and_less(self, warehouse: Connection) -> None:
        loaded(warehouse, "2026-02-20", "2026-03-06")
        for n, days_ago in enumerate((7, 6, 4)):  # in vain three times: the next try is four days after the last
            loaded(warehouse, "2026-03-02", "2026-03-02", run=f"try {n}")
            warehouse.execute(
                "update core.load set started_at = %s where run_id like %s",
                [datetime(2026, 3, 7, 5, tzinfo=UTC) - timedelta(days=days_ago), f"%try {n}"],
            )
        warehouse.execute(
            "update core.coverage set state = 'unanswered', reason = 'UNKNOWN'"
            " where report = 'stats' and day = '2026-03-02'"
        )
        assert missed_days(warehouse) == [("2026-03-02", "2026-03-02")]
        warehouse.execute("update core.load set started_at = '2026-03-08 05:00Z' where run_id like '%try 2'")
        assert missed_days(warehouse) == []

    def test_days_that_were_refused_are_asked_for_again_once_the_right_is_back(self, warehouse: Connection) -> None:
        refused = "update core.coverage set state = 'no_access' where report = 'stats' and day between %s and %s"
        loaded(warehouse, "2026-02-20", "2026-03-06")
        warehouse.execute(refused, ["2026-02-27", "2026-03-06"])
        assert missed_days(warehouse) == [], "nobody may see the report yet"

        loaded(warehouse, "2026-03-05", "2026-03-06", run="the right is back")
        assert missed_days(warehouse) == [("2026-02-27", "2026-03-04")]

        loaded(warehouse, "2026-02-27", "2026-03-04", run="asked again")
        warehouse.execute(refused, ["2026-02-27", "2026-03-04"])
        loaded(warehouse, "2026-03-06", "2026-03-06", run="the next day")
        assert missed_days(warehouse) == [], "the service still refuses those days, and has said so"

    def test_days_on_which_one_measure_was_hidden_are_asked_for_again_once_it_is_seen(
        self, warehouse: Connection
    ) -> None:
        loaded(warehouse, "2026-02-20", "2026-03-06")
        hide = "update core.coverage set without = '{joins_paid}' where report = 'stats' and day between %s and %s"
        tell = (
            "insert into core.coverage (client, network, source, report, day, load_id, state)"
            " select client, network, source, 'stats.joins_paid', day, load_id, 'no_access'"
            " from core.coverage where report = 'stats' and 'joins_paid' = any(without)"
        )
        warehouse.execute(hide, ["2026-02-27", "2026-03-06"])
        warehouse.execute(tell)
        assert missed_days(warehouse) == [], "it is hidden still"

        loaded(warehouse, "2026-03-05", "2026-03-06", run="it is seen")
        warehouse.execute("update core.coverage set without = '{}' where day >= '2026-03-05'")
        assert missed_days(warehouse) == [("2026-02-27", "2026-03-04")]

        loaded(warehouse, "2026-02-27", "2026-03-04", run="asked again")
        assert missed_days(warehouse) == [], "those days have been asked for since"

    def test_stretches_that_lie_close_together_are_one_load(self, warehouse: Connection) -> None:
        """The days between them are known, and cost less than another load."""
        loaded(warehouse, "2025-12-01", "2025-12-03")
        loaded(warehouse, "2025-12-06", "2025-12-12")
        loaded(warehouse, "2025-12-15", "2026-01-10")
        loaded(warehouse, "2026-01-12", "2026-03-06")

        assert missed_days(warehouse) == [("2025-12-04", "2025-12-14"), ("2026-01-11", "2026-01-11")]

    def test_many_stretches_are_few_loads(self, warehouse: Connection) -> None:
        for first in range(0, 270, 15):
            day = date(2025, 6, 1) + timedelta(days=first)
            loaded(warehouse, f"{day}", f"{day + timedelta(days=10)}")

        assert missed_days(warehouse) == [("2025-06-12", "2026-03-06")]

    def test_one_bad_day_drags_no_other_along(self, warehouse: Connection) -> None:
        """Whatever holds 2026-02-27 is rejected: of eight days, the seven others are known after four runs."""
        loaded(warehouse, "2026-02-01", "2026-02-20")
        loaded(warehouse, "2026-03-01", "2026-03-06")
        asked: list[list[tuple[str, str]]] = []
        while len(asked) < 5:
            days = missed_days(warehouse)
            asked.append(days)
            for first, last in days:
                state = "rejected" if first <= "2026-02-27" <= last else "published"
                loaded(warehouse, first, last, state, run=f"{len(asked)}")
            at = datetime(2026, 3, 4 + len(asked), 5, tzinfo=UTC)
            warehouse.execute(
                "update core.load set started_at = %s where right(run_id, 2) = %s", [at, f" {len(asked)}"]
            )

        assert [[f"{first[8:]}..{last[8:]}" for first, last in days] for days in asked] == [
            ["21..28"],
            ["21..24", "25..28"],
            ["25..26", "27..28"],
            ["27..27", "28..28"],
            ["27..27"],
        ]

    @pytest.mark.parametrize(
        ("tries", "waits"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 32)]
    )  # fmt: skip
    def test_a_day_that_is_always_rejected_is_tried_less_and_less(
        self, warehouse: Connection, tries: int, waits: int
    ) -> None:
        loaded(warehouse, "2026-01-01", "2026-01-20")
        loaded(warehouse, "2026-01-22", "2026-03-06")
        for n in range(tries):
            loaded(warehouse, "2026-01-21", "2026-01-21", "rejected", run=f"{n}")

        def tried(days_ago: int) -> None:
            warehouse.execute(
                "update core.load set started_at = %s where state = 'rejected'",
                [datetime(2026, 3, 10, 5, tzinfo=UTC) - timedelta(days=days_ago)],
            )

        tried(waits - 1)
        assert missed_days(warehouse) == []
        ((_, day),) = missed.waiting(warehouse, "vk", [SLOT])
        assert (day.day, day.alone, day.due) == (date(2026, 1, 21), tries, date(2026, 3, 11))
        tried(waits)
        assert missed_days(warehouse) == [("2026-01-21", "2026-01-21")]
        assert missed.waiting(warehouse, "vk", [SLOT]) == []

    def test_it_is_tried_again_after_days_of_the_client(self, warehouse: Connection) -> None:
        """The run of 05:00 UTC is one of the evening before in California."""
        warehouse.execute(
            "insert into core.client (client, name, language, time_zone, currency, started, report)"
            " values ('one', 'One', 'en', 'America/Los_Angeles', 'USD', '2025-01-01', '{}')"
        )
        loaded(warehouse, "2026-01-01", "2026-01-20")
        loaded(warehouse, "2026-01-22", "2026-03-06")
        loaded(warehouse, "2026-01-21", "2026-01-21", "rejected")
        warehouse.execute("update core.load set started_at = '2026-03-10 05:00Z' where state = 'rejected'")
        assert missed_days(warehouse) == [("2026-01-21", "2026-01-21")], "the run of 11 March, whose today is the 10th"

    def test_a_dead_token_is_no_fault_of_the_days(self, warehouse: Connection) -> None:
        """Of a load that failed beside one that went well, the days are at fault."""
        loaded(warehouse, "2026-02-01", "2026-02-20")
        loaded(warehouse, "2026-02-21", "2026-03-06", "failed", run="dead token")
        assert missed_days(warehouse) == [("2026-02-21", "2026-03-06")]

        loaded(warehouse, "2026-03-07", "2026-03-09", run="beside")
        warehouse.execute("update core.load set run_id = 'one' where first_day > '2026-02-20'")
        assert missed_days(warehouse) == [("2026-02-21", "2026-02-27"), ("2026-02-28", "2026-03-06")]

    def test_a_window_is_cut_as_well(self, warehouse: Connection) -> None:
        def windows() -> list[str]:
            return [f"{slot['first_day'][8:]}..{slot['last_day'][8:]}" for slot in missed.apart(warehouse, [SLOT])]

        assert windows() == ["07..09"]
        loaded(warehouse, "2026-03-06", "2026-03-08", "rejected")
        assert windows() == ["07..08", "09..09"], "the last day was not in it"
        loaded(warehouse, "2026-03-07", "2026-03-08", "rejected")
        loaded(warehouse, "2026-03-09", "2026-03-09")
        assert windows() == ["07..07", "08..08", "09..09"]
        loaded(warehouse, "2026-03-07", "2026-03-07", "rejected")
        loaded(warehouse, "2026-03-08", "2026-03-08")
        assert windows() == ["07..07", "08..09"]
        loaded(warehouse, "2026-03-07", "2026-03-07", run="fixed")
        assert windows() == ["07..09"]

    def test_each_network_has_its_own(self, warehouse: Connection) -> None:
        loaded(warehouse, "2026-02-20", "2026-02-22")
        loaded(warehouse, "2026-02-20", "2026-03-06", network="vk_spb")
        loaded(warehouse, "2026-02-20", "2026-03-06", client="two")
        slots = [SLOT, Slot(**{**SLOT, "network": "vk_spb"}), Slot(**{**SLOT, "client": "two"})]

        (found,) = missed.slots(warehouse, "vk", slots)

        assert found == {**SLOT, "first_day": "2026-02-23", "last_day": "2026-03-06"}

    def test_nobody_looks_back_further_than_a_year(self, warehouse: Connection) -> None:
        loaded(warehouse, "2024-01-01", "2024-01-31")

        assert missed_days(warehouse) == [("2025-03-09", "2026-03-06")]

    def test_figures_are_read_whole_every_time(self, warehouse: Connection) -> None:
        loaded(warehouse, "2026-01-01", "2026-01-01", source="figures", network="figures")

        assert missed_days(warehouse, "figures", Slot(**{**SLOT, "source": "figures", "network": "figures"})) == []


@pytest.fixture(scope="module")
def world() -> World:
    return World(datetime.now(UTC).date())


@pytest.fixture
def way(postgres: Cluster, migrated: str, airflow_database: None, world: World, tmp_path: Path) -> Iterator[Way]:
    world.write(tmp_path)
    with started(postgres, migrated, world, tmp_path) as way:
        yield way


def assert_true(way: Way, world: World, first: date, last: date) -> None:
    """VK's flows of yarko in these days are the world's."""
    of_vk = {measure for given in named("vk").gives for measure in given.measures}
    truth: Any = world.truth_daily("yarko")
    truth = truth[(truth["network"] == "vk") & truth["measure"].isin(of_vk - {"followers"})]
    expected = {(row.measure, row.day): row.value for row in truth.itertuples() if first <= row.day <= last}
    found = way.rows(
        "select measure, period, value from marts.measure"
        " where client = 'yarko' and network = 'vk' and grain = 'day' and period between %s and %s",
        *(first, last),
    )
    known = {(measure, day): value for measure, day, value in found}
    assert {key: known.get(key) for key in expected} == expected
    assert len(expected) > 50


def test_after_a_week_without_a_token_the_next_run_loads_everything(way: Way, world: World) -> None:
    """Days in the past: what is read is stamped with the real time, before which it must have happened."""
    day = timedelta(days=1)
    before, meanwhile = World(world.today - 8 * day), World(world.today - 4 * day)
    serve(way, before)
    assert way.ingest("vk", before, clients=["yarko"])["run"] == "success"
    serve(way, meanwhile)
    way.far_ends.user_tokens.discard("sandbox-user-yarko")
    assert way.ingest("vk", meanwhile, clients=["yarko"])["run"] == "failed"

    serve(way, world)
    assert way.ingest("vk", world, clients=["yarko"])["run"] == "success"
    assert way.build(clients=["yarko"])["run"] == "success"

    windows = way.rows("select first_day, last_day from core.load where state = 'published' order by started_at")
    asked = [(before, 3, 1), (world, 3, 1), (world, 8, 4)]
    assert windows == [(seen.today - first * day, seen.today - last * day) for seen, first, last in asked]
    assert_true(way, world, before.today - 3 * day, world.today - day)


def serve(way: Way, world: World) -> None:
    """The communities and tokens of this world."""
    served = world.far_ends()
    way.far_ends.communities, way.far_ends.now = served.communities, served.now
    way.far_ends.user_tokens |= served.user_tokens


def test_a_backfill_waits_for_quota_and_a_daily_run_does_not(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def respond(request: Request) -> Answer:
        asked.append(request.path)
        if len(asked) in (1, 3, 4):
            return Answer(429, "text/plain", b"slow down")
        return Answer(200, "text/csv", b"period,network,measure,value\n2026-01,vk,calls,1\n")

    port = ports.free()
    file = way.folder / "clients" / "yarko.yml"
    text = file.read_text("utf-8")
    path = text[text.index("path: ") :].partition("\n")[0]
    file.write_text(text.replace(path, f"path: http://{ports.HOST}:{port}/x.csv"), "utf-8")
    monkeypatch.setattr(fetch, "UNTOLD_WAIT", timedelta())
    server = Server(port, respond)
    try:
        daily = way.ingest("figures", clients=["yarko"])
        assert (daily["fetch"], daily["run"], len(asked)) == ("failed", "failed", 1)

        done = way.run("backfill_client", **FORM | {"clients": ["yarko"], "sources": ["figures"]})
    finally:
        server.stop()

    assert done["run"] == "success", done
    assert len(asked) == 5, "preflight, two in vain, and the file"
    states = "select state, reason from core.load where run_id like 'backfill_client/%%' order by started_at"
    assert [state for state, _ in way.rows(states)] == ["failed", "failed", "published"]
