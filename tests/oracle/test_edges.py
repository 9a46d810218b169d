"""Where months begin: in the client's zone, whatever its clocks do."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from smm import catalogue
from smm.warehouse import Connection
from tests.oracle import oracle
from tests.oracle.comparison import differences
from tests.oracle.story import Load, Story
from tests.oracle.telling import Telling, emptied


@pytest.mark.parametrize(
    ("zone", "begin"),
    [
        ("Europe/Stockholm", date(2026, 3, 9)),  # its clocks change on the 29th
        ("America/New_York", date(2026, 10, 12)),  # and on 1 November, the day on which a month begins
        ("Pacific/Auckland", date(2026, 9, 14)),  # a day ahead of UTC for half of each day
        ("Australia/Lord_Howe", date(2026, 3, 16)),  # by half an hour only
        ("Asia/Kolkata", date(2026, 12, 14)),  # never; the year ends with a 53rd week
    ],
)
def test_a_post_belongs_to_the_month_that_its_community_has(stage: Connection, zone: str, begin: date) -> None:
    """Posts a second before, at and after each local midnight."""
    load = Load("vk", 0, 40, "known", None, is_hidden=False, numbers=(3,), shifts=(-1, 0, 1), step=1, is_built=False)
    story = Story(begin, zone, frozenset(), frozenset({"messages"}), None, (load, replace(load, source="vk_spb")))
    core = emptied(stage)
    telling = Telling(core, story)
    for answered in story.loads:
        telling.go_on(answered)
    core.rebuild()

    assert differences(stage, core.client, oracle.expected(stage, catalogue.read(), core.client)) == []
    published = stage.execute("select published_at from core.posts where network = 'vk' and is_own").fetchall()
    days = [row["published_at"].astimezone(ZoneInfo(zone)).date() for row in published]
    found = stage.execute(
        "select period, value from marts.kpi where network = 'vk' and kpi = 'posts' and grain = 'month'"
    )
    assert {row["period"]: row["value"] for row in found} == {
        month: sum(day.replace(day=1) == month for day in days) for month in {day.replace(day=1) for day in days}
    }
    assert len({day.replace(day=1) for day in days}) > 1
