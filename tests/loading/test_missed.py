"""Which days a daily run loads besides its own: those that no load has published."""

from datetime import UTC, date, datetime, timedelta

import pytest

from smm.loading import ledger, missed
from smm.loading.ledger import Slot
from smm.warehouse import Connection

SLOT = Slot(source="vk", client="one", network="vk", first_day="2026-03-07", last_day="2026-03-09", archived=None)


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
