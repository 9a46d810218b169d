"""Recorded answers of the real services, all the way to the measures: equal to the files they came from.

Skipped where the recordings are not there; they are not part of the project.
"""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from local.postgres import Cluster
from sandbox.replay import Replay
from sandbox.world.traffic import network_of
from tests.conftest import BUILT, RECORDINGS
from tests.way import Way, started

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings in {RECORDINGS}")

JANUARY = "period between '2024-01-01' and '2024-01-31'"


def wall(name: str) -> list[dict[str, Any]]:
    """The posts of one recorded wall; views that VK did not count yet are None."""
    with (RECORDINGS / "vk" / "walls" / f"{name}.csv").open(encoding="utf-8-sig") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    for row in rows:
        row["day"] = datetime.fromisoformat(row["date"]).date()
        row |= {name: int(row[name]) for name in ("likes", "reposts", "views")}
        if row["day"].year < 2017 and row["views"] == 0:
            row["views"] = None
    return rows


def walls() -> list[str]:
    return sorted(path.stem for path in (RECORDINGS / "vk" / "walls").glob("*.csv"))


def report(name: str) -> list[dict[str, str]]:
    """The rows of a recorded GA4 report, by the names of their columns."""
    answer = json.loads((RECORDINGS / "ga4" / "reports" / f"{name}.json").read_text("utf-8"))["reports"][0]
    names = [header["name"] for header in answer["dimensionHeaders"] + answer["metricHeaders"]]
    return [
        dict(zip(names, [value["value"] for value in row["dimensionValues"] + row["metricValues"]], strict=True))
        for row in answer["rows"]
    ]


@pytest.fixture(scope="module")
def way(postgres: Cluster, replay: Replay, replayed: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    """All recordings loaded, and the measures of some clients built; the tests only read."""
    with started(postgres, replayed, replay, tmp_path_factory.mktemp("way")) as way:
        yield way


def day(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  (a day has no zone)


def test_every_post_is_there_as_it_was_recorded(way: Way) -> None:
    recorded = {
        (name, row["post_id"]): (row["day"], row["likes"], None, row["reposts"], row["views"])
        for name in walls()
        for row in wall(name)
    }
    found = way.rows(
        "select client, post_id, post.day, likes, comments, reposts, views"
        " from core.posts as post inner join core.post_snapshots as snapshot using (client, network, post_id)"
    )

    assert len(recorded) == 18_939
    assert {row[:2]: row[2:] for row in found} == recorded
    assert len(found) == 18_939


def test_posts_and_reactions_of_each_month_are_the_files(way: Way) -> None:
    for client in BUILT[1:]:
        months: dict[date, list[dict[str, Any]]] = {}
        for row in wall(client):
            months.setdefault(row["day"].replace(day=1), []).append(row)
        for measure, column in (("posts", None), ("post_likes", "likes"), ("post_reposts", "reposts")):
            found = way.rows(
                "select period, value from marts.measure"
                " where client = %s and network = 'vk' and measure = %s and grain = 'month' and completeness = 1",
                client,
                measure,
            )
            known = dict(found)
            expected = {
                month: len(posts) if column is None else sum(post[column] for post in posts)
                for month, posts in months.items()
            }
            assert {month: value for month, value in known.items() if month in expected} == expected
            assert all(value == 0 for month, value in known.items() if month not in expected)


def test_views_before_2017_are_unknown_and_not_zero(way: Way) -> None:
    (client,) = ["club67297564"]
    views: dict[date, list[int | None]] = {}
    for row in wall(client):
        views.setdefault(row["day"].replace(day=1), []).append(row["views"])
    found = way.rows(
        "select period, value, reason from marts.measure"
        " where client = %s and network = 'vk' and measure = 'post_views' and grain = 'month'",
        client,
    )
    unknown = {month for month, seen in views.items() if None in seen}

    assert unknown
    assert {(value, reason) for month, value, reason in found if month in unknown} == {(None, "not_applicable")}
    assert {month: value for month, value, _ in found if month in views.keys() - unknown} == {
        month: sum(filter(None, seen)) for month, seen in views.items() if month not in unknown
    }


def test_what_needs_comments_says_that_nobody_recorded_them(way: Way) -> None:
    found = way.rows(
        "select distinct kpi, value, reason from marts.kpi where client = 'vienakostamus' and grain = 'month'"
        " and period = '2024-03-01' and kpi in ('comments_per_post', 'engagement_per_post', 'likes_per_post')"
        " and network = 'vk' order by kpi"
    )

    assert [row[0] for row in found] == ["comments_per_post", "engagement_per_post", "likes_per_post"]
    assert [row[1:] for row in found[:2]] == [(None, "not_applicable")] * 2
    assert found[2][1] is not None


def test_sessions_of_each_network_and_day_are_the_recorded_rows(way: Way) -> None:
    recorded: dict[tuple[str, date], int] = {}
    for row in report("sources"):
        key = (network_of(row["sessionSource"], row["sessionMedium"]), day(row["date"]))
        recorded[key] = recorded.get(key, 0) + int(row["sessions"])
    found = way.rows(
        "select network, period, value from marts.measure where client = 'blog' and measure = 'sessions'"
        f" and grain = 'day' and {JANUARY} and network not in ('site', 'all')"
    )

    known = {(network, period): value for network, period, value in found}
    assert {key: value for key, value in known.items() if value} == {k: v for k, v in recorded.items() if v}
    assert known.keys() >= recorded.keys()


def test_the_sites_totals_are_those_of_the_report_by_date_alone(way: Way) -> None:
    """And not the sum of the rows, which differs, as it really did."""
    by_date = {day(row["date"]): int(row["sessions"]) for row in report("visitors")}
    found = way.rows(
        "select period, value from marts.measure where client = 'blog' and network = 'site' and measure = 'sessions'"
        f" and grain = 'day' and {JANUARY}"
    )
    assert dict(found) == by_date

    summed = {name: sum(int(row[name]) for row in report("sources")) for name in ("sessions", "totalUsers")}
    total = {name: sum(int(row[name]) for row in report("visitors")) for name in ("sessions", "totalUsers")}
    assert summed["sessions"] != total["sessions"]
    assert summed["totalUsers"] != total["totalUsers"]


def test_a_metric_that_the_property_does_not_have_is_unknown(way: Way) -> None:
    found = way.rows(
        "select distinct value, reason from marts.measure where client = 'blog' and network = 'site'"
        f" and measure in ('users', 'new_users') and grain in ('day', 'month') and {JANUARY}"
    )
    assert found == [(None, "not_applicable")]
