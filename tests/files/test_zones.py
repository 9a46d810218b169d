"""Time zones: those that Python and Postgres mean the same by, and whose days are the same."""

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from smm import catalogue, roster
from smm.clients import Clients, read_file
from smm.files import zones
from smm.files.checked import Mistakes
from smm.loading import fetch
from smm.sources import Refused, named
from smm.warehouse import Connection
from tests.clients.test_clients import GOOD, written

# Winter and summer of both halves of the world. The tables of zones that Python and Postgres have may be of different
# years, so that these are moments of which all of them know.
MOMENTS = [datetime(year, month, 15, 12, tzinfo=UTC) for year in (2016, 2020, 2023) for month in (1, 4, 7, 10)]


def test_postgres_and_python_mean_the_same_by_every_zone_that_is_taken(warehouse: Connection) -> None:
    query = """
        select name, at, at at time zone name as local
        from unnest(%s::text[]) as zone (name) cross join unnest(%s::timestamptz[]) as moment (at)
    """
    differing = {
        (row["name"], f"{row['at']:%Y-%m}")
        for row in warehouse.execute(query, [sorted(zones.names()), MOMENTS])
        if row["local"] != row["at"].astimezone(ZoneInfo(row["name"])).replace(tzinfo=None)
    }
    assert not differing
    assert len(zones.names()) > 400


@pytest.mark.parametrize("name", ["Europe/Moscow", "Asia/Calcutta", "America/Argentina/Buenos_Aires", "UTC"])
def test_zones_that_are_taken(name: str) -> None:
    assert zones.proper(name) == name


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CET", "Europe/Stockholm"),
        ("EST", "America/New_York"),
        ("EST5EDT", "America/New_York"),
        ("Japan", "Asia/Tokyo"),
        ("W-SU", "Europe/Moscow"),
        ("europe/stockholm", "Europe/Stockholm"),
        ("Stockholm", "Europe/Stockholm"),
        ("new york", "America/New_York"),
        ("right/Europe/Berlin", "Europe/Berlin"),
        ("posix/Europe/Berlin", "Europe/Berlin"),
        ("Europe/Stokholm", "Europe/Stockholm"),
        ("utc", "UTC"),
        ("localtime", "Europe/Moscow"),
        ("posixrules", "Europe/Moscow"),
        ("Factory", "Europe/Moscow"),
        ("GMT", "UTC"),
        ("GMT0", "UTC"),
        ("Zulu", "UTC"),
        ("", "Europe/Moscow"),
        ("../Europe/Moscow", "Europe/Moscow"),
    ],
)
def test_zones_that_are_refused_with_what_to_write(name: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"^must be a name such as {meant}, found '{name}'$"):
        zones.proper(name)


@pytest.mark.parametrize("name", ["GMT+3", "GMT-3", "UTC+3", "UTC+03:00", "+03:00"])
def test_a_difference_from_utc_is_no_zone_and_the_other_way_round_is_not_advised(name: str) -> None:
    with pytest.raises(ValueError, match=r"^must be a name such as Europe/Moscow, found"):
        zones.proper(name)


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("Asia/Calcutta", "Asia/Kolkata", True),
        ("Europe/Kiev", "Europe/Kyiv", True),
        ("Europe/Berlin", "Europe/Stockholm", True),
        ("UTC", "Etc/UTC", True),
        ("Europe/Moscow", "Europe/Minsk", False),  # since 2011 only
        ("Europe/London", "UTC", False),
        ("CET", "CET", True),
        ("CET", "Europe/Brussels", False),  # what was stored under it are Postgres's days
    ],
)
def test_zones_are_alike_whose_days_are(one: str, other: str, are: bool) -> None:
    assert zones.alike(one, other) is are
    assert zones.alike(other, one) is are


def test_a_zone_that_postgres_does_not_know_is_its_own_clients_trouble(
    warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that takes its system's time zones may lack the old names."""
    known = catalogue.read()
    monkeypatch.setattr(zones, "names", lambda: {"Europe/Moscow", "Asia/Nowhere"})
    text = GOOD.replace("Europe/Moscow", "Asia/Nowhere")
    found = {name: read_file(written(tmp_path, body, name), known) for name, body in (("yarko", GOOD), ("far", text))}

    served = roster.servable(warehouse, Clients(found, {"odd": Mistakes([])}))

    assert list(served.by_id) == ["yarko"]
    assert sorted(served.refused) == ["far", "odd"]
    told = "far.yml:1: time_zone: Asia/Nowhere is unknown to the warehouse's Postgres: write its newer name"
    assert str(served.refused["far"]).startswith(told)


@pytest.mark.parametrize(
    ("now", "is_refused"), [("Asia/Kolkata", False), ("Asia/Calcutta", False), ("Asia/Tokyo", True)]
)
def test_a_property_whose_zone_has_another_name_is_the_same(now: str, is_refused: bool, warehouse: Connection) -> None:
    facts = '{"property": "1", "time_zone": "Asia/Calcutta"}'
    warehouse.execute(
        "insert into core.identity (client, network, facts, load_id) values ('y', 'ga4', %s, '1')", [facts]
    )
    found = {"property": "1", "time_zone": now}
    expected: Any = (
        pytest.raises(Refused, match="ga4 was time_zone Asia/Calcutta, now") if is_refused else nullcontext()
    )
    with expected:
        fetch._recognise(warehouse, named("ga4"), {"client": "y", "network": "ga4"}, found)
