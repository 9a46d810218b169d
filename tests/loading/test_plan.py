"""Planning: which days, in whose zone, in how many batches."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from smm import catalogue, clients
from smm.clients import Client
from smm.loading import archive, plan
from smm.sources import Job

FILE = """\
name: {name}
language: en
time_zone: {zone}
currency: EUR
started: 2025-06-01
sources:
  ga4: {{connection: ga4_{name}, property: 1}}
  vk: {{connection: {token}, community: 2}}
  figures: {{path: x.csv}}
report: {{to: [owner@x.example]}}
"""


@pytest.fixture
def found(tmp_path: Path) -> dict[str, Client]:
    """anna and berta share a VK token; carl, in Honolulu, has his own."""
    for name, zone, token in (
        ("anna", "Europe/Moscow", "agency"),
        ("berta", "Europe/London", "agency"),
        ("carl", "Pacific/Honolulu", "own"),
    ):
        (tmp_path / f"{name}.yml").write_text(FILE.format(name=name, zone=zone, token=token))
    return clients.read(catalogue.read(), tmp_path).by_id


def test_a_daily_window_ends_yesterday_in_the_clients_zone(found: dict[str, Client]) -> None:
    run_after = datetime(2026, 3, 10, 5, tzinfo=UTC)  # still the 9th in Honolulu

    slots = plan.daily(found.values(), "vk", run_after, None, None)

    assert {slot["client"]: (slot["first_day"], slot["last_day"]) for slot in slots} == {
        "anna": ("2026-03-07", "2026-03-09"),
        "berta": ("2026-03-07", "2026-03-09"),
        "carl": ("2026-03-06", "2026-03-08"),
    }


def test_named_days_are_taken_as_they_are(found: dict[str, Client]) -> None:
    slots = plan.daily(found.values(), "ga4", datetime(2026, 3, 10, tzinfo=UTC), date(2026, 1, 1), date(2026, 1, 31))

    assert {(slot["first_day"], slot["last_day"]) for slot in slots} == {("2026-01-01", "2026-01-31")}


def test_what_shares_a_token_shares_a_batch(found: dict[str, Client]) -> None:
    run_after = datetime(2026, 3, 10, 5, tzinfo=UTC)

    by_token = plan.batches(plan.daily(found.values(), "vk", run_after, None, None), found)
    by_client = plan.batches(plan.daily(found.values(), "ga4", run_after, None, None), found)

    assert [batch["label"] for batch in by_token] == ["vk: anna, berta", "vk: carl"]
    assert [batch["label"] for batch in by_client] == ["ga4: anna", "ga4: berta", "ga4: carl"]


def test_a_thousand_clients_make_tens_of_batches(found: dict[str, Client]) -> None:
    many = {f"c{i}": Client(f"c{i}", found["anna"].file, found["anna"].sources, ()) for i in range(1000)}
    slots = plan.daily(many.values(), "ga4", datetime(2026, 3, 10, 5, tzinfo=UTC), None, None)

    batches = plan.batches(slots, many)

    assert len(batches) == 24
    assert sum(len(batch["slots"]) for batch in batches) == 1000
    assert batches[0]["label"] == "ga4: c0, c1, c10 and 39 more"


def test_days_that_are_not_over_are_not_asked_for(found: dict[str, Client]) -> None:
    run_after = datetime(2026, 3, 10, 5, tzinfo=UTC)
    anna = [found["anna"]]

    (slot,) = plan.daily(anna, "ga4", run_after, date(2026, 3, 1), date(2027, 1, 1))
    assert (slot["first_day"], slot["last_day"]) == ("2026-03-01", "2026-03-09")
    assert plan.daily(anna, "ga4", run_after, date(2026, 3, 10), None) == []
    assert plan.history(anna, None, run_after, date(2026, 4, 1), date(2026, 4, 1), from_archive=False) == []


def test_from_the_archive_come_all_later_loads_over_the_same_days(
    found: dict[str, Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the days beside the asked ones would fall back to what an earlier load said of them."""
    monkeypatch.setenv("SMM_ARCHIVE", f"file://{tmp_path}/archive")
    loads = {  # load -> source, days
        "1": ("ga4", date(2026, 1, 20), date(2026, 2, 5)),
        "2": ("ga4", date(2026, 2, 1), date(2026, 2, 14)),
        "3": ("ga4", date(2026, 3, 1), date(2026, 3, 2)),
        "4": ("figures", date(2026, 1, 1), date(2026, 2, 1)),
        "5": ("figures", date(2026, 3, 1), date(2026, 3, 1)),
    }
    for load_id, (source, first, last) in loads.items():
        job = Job("anna", source, {}, "Europe/Moscow", "EUR", first, last)
        archive.Folder(source, job, load_id, "run").close(datetime(2026, 4, int(load_id), tzinfo=UTC))
        archive.mark_published(source, "anna", load_id)

    slots = plan.history(
        [found["anna"]], None, datetime(2026, 5, 1, tzinfo=UTC), date(2026, 1, 1), date(2026, 1, 1), from_archive=True
    )

    assert [(slot["source"], slot["archived"]) for slot in slots] == [("ga4", "1"), ("ga4", "2"), ("figures", "5")]
    # the newest file is the whole of them, and is known on the days of all
    assert [(slot["first_day"], slot["last_day"]) for slot in slots] == [
        ("2026-01-20", "2026-02-05"),
        ("2026-02-01", "2026-02-14"),
        ("2026-01-01", "2026-03-01"),
    ]


def test_ga4s_history_is_cut_newest_first_and_all_end_yesterday(found: dict[str, Client]) -> None:
    slots = plan.history(
        [found["anna"]], None, datetime(2026, 3, 10, 5, tzinfo=UTC),
        date(2024, 5, 1), date(2026, 3, 1), from_archive=False,
    )  # fmt: skip

    assert [(slot["network"], slot["first_day"], slot["last_day"]) for slot in slots] == [
        ("ga4", "2025-03-01", "2026-03-09"),
        ("ga4", "2024-05-01", "2025-02-28"),
        ("vk", "2024-05-01", "2026-03-09"),
        ("figures", "2024-05-01", "2026-03-09"),
    ]


def test_a_client_that_has_ended_is_loaded_until_its_last_month_is_final(found: dict[str, Client]) -> None:
    file = found["anna"].file.model_copy(update={"ended": date(2026, 2, 20)})
    anna = [Client("anna", file, found["anna"].sources, ())]

    def daily(source: str, day: int) -> list[tuple[str, str]]:
        run_after = datetime(2026, 3, day, 12, tzinfo=UTC)
        return [(slot["first_day"], slot["last_day"]) for slot in plan.daily(anna, source, run_after, None, None)]

    assert daily("figures", 15) == [("2026-03-14", "2026-03-14")]
    assert daily("figures", 16) == []
    assert daily("vk", 17) == [("2026-03-14", "2026-03-16")]
    assert daily("vk", 18) == []
    run_after = datetime(2026, 9, 1, tzinfo=UTC)
    (slot,) = plan.history(anna, ["vk"], run_after, date(2026, 1, 1), date(2026, 8, 1), from_archive=False)
    assert (slot["first_day"], slot["last_day"]) == ("2026-01-01", "2026-03-14")


def test_days_of_a_pause_and_before_the_start_are_loaded(found: dict[str, Client]) -> None:
    """They are what growth is counted from, and what the months after are compared with."""
    run_after = datetime(2026, 3, 10, 12, tzinfo=UTC)
    paused = [date(2026, 3, 1), date(2026, 3, 31)]
    file = found["anna"].file.model_copy(update={"paused": paused, "started": date(2026, 2, 1)})
    anna = [Client("anna", file, found["anna"].sources, ())]

    (daily,) = plan.daily(anna, "vk", run_after, None, None)
    (history,) = plan.history(anna, ["vk"], run_after, date(2025, 1, 1), date(2026, 3, 1), from_archive=False)

    assert (daily["first_day"], daily["last_day"]) == ("2026-03-07", "2026-03-09")
    assert (history["first_day"], history["last_day"]) == ("2025-01-01", "2026-03-09")
