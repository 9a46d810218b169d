"""Meta's real answers about an account, replayed over HTTP, give the recorded numbers on the right days.

Skipped where the recordings are not there.
"""

from datetime import date
from typing import Any

import pytest

from smm.sources.instagram import media, questions
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import Asked
from tests.sources.graph.recorded import META, Replayed, answers, body, day
from tests.sources.instagram.account import FOLLOWS, MEASURES, Account, loaded, of

pytestmark = pytest.mark.skipif(not META.is_dir(), reason=f"no recordings in {META}")

PEOPLE = "ig_account/2026-07_reach_day_week_days28.json"
SUNDAY = date(2026, 7, 12)


@pytest.mark.parametrize(
    ("since", "until", "measure", "grain", "expected"),
    [
        # two dates -> days that begin before the first one
        ("07-09", "07-15", "reach", "day", {"07-08": 1253, "07-09": 1033, "07-12": 1567, "07-13": 1312}),
        ("06-16", "07-15", "reach", "day", {"06-15": 1646, "06-16": 2006, "07-12": 1567, "07-13": 1312}),
        ("07-09", "07-15", "reach_28", "day", {"07-08": 14897, "07-09": 14781, "07-12": 14544, "07-13": 14555}),
        ("06-16", "07-15", "reach_28", "day", {"06-15": 20139, "06-16": 20031, "07-12": 14544, "07-13": 14555}),
        ("07-09", "07-15", "reach", "week", {"07-06": 6053}),
        ("07-09", "07-15", "reach_28", "week", {"07-06": 14544}),
        ("07-09", "07-15", "reach", "month", {}),
    ],
)
def test_recorded_people(
    graph_far_end: Serve, since: str, until: str, measure: str, grain: str, expected: dict[str, int]
) -> None:
    """The Monday that begins an ISO week stands for it; its people end with the 12th, a Sunday."""
    assert SUNDAY.isoweekday() == 7
    replayed = Replayed(PEOPLE)

    def says(asked: Asked) -> Any:
        return replayed(asked) if asked.fields.get("metric") == "reach" and "metric_type" not in asked.fields else None

    first, last = (date.fromordinal(day(text).toordinal() - ago) for text, ago in ((since, 1), (until, 2)))
    found = loaded(graph_far_end(Account(says=says)), first_day=first, last_day=last)
    assert {(key[3], key[4]) for key in replayed.answered} == {(f"2026-{since}", f"2026-{until}")}
    assert of(found, measure, grain) == {day(key): value for key, value in expected.items()}


def test_recorded_new_followers_begin_a_day_before_the_dates_as_people_do() -> None:
    """This series is not asked for: it reaches back 30 days only, and says nothing of those who left."""
    ((_, fields, said),) = answers("ig_account/2026-07_follower_count_day.json")
    ends = [one["end_time"] for one in said["data"][0]["values"]]
    assert (fields["since"], fields["until"]) == ("2026-07-09", "2026-07-15")
    assert (ends[0], ends[-1], len(ends)) == ("2026-07-09T07:00:00+0000", "2026-07-14T07:00:00+0000", 6)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (
            "ig_account/2026-07_total_value_6d.json",
            {
                "likes": 304,
                "comments": 7,
                "reposts": 21,
                "saves": 54,
                "views": 17651,
                "engagements": 408,
                "page_visits": 96,
                "button_clicks": 0,
                "website_clicks": 5,
            },
        ),
        (
            "ig_account/2026-07_total_value_29d.json",
            {
                "likes": 3068,
                "comments": 112,
                "reposts": 196,
                "saves": 521,
                "views": 120156,
                "engagements": 4123,
                "page_visits": 552,
                "button_clicks": 1,
                "website_clicks": 68,
            },
        ),
    ],
)
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC"])
def test_recorded_totals_are_those_of_the_day_that_was_asked_for(
    graph_far_end: Serve, file: str, expected: dict[str, int], zone: str
) -> None:
    """They were recorded of longer windows; a total has no date, so here they are the answer for one day.

    Interactions are no sum, and follows without their parts have no number at all.
    """
    entries = {told["data"][0]["name"]: told["data"][0] for _, _, told in answers(file)}

    def says(asked: Asked) -> Any:
        metrics = asked.fields.get("metric", "").split(",")
        is_meant = "metric_type" in asked.fields and metrics != ["reach"]
        return {"data": [entries[metric] for metric in metrics]} if is_meant else None

    found = loaded(graph_far_end(Account(zone=zone, says=says)), first_day=SUNDAY, last_day=SUNDAY)
    assert {measure: of(found, measure) for measure in expected} == {
        measure: {SUNDAY: value} for measure, value in expected.items()
    }
    parts = [expected[name] for name in ("likes", "comments", "reposts", "saves")]
    assert expected["engagements"] > sum(parts)
    assert of(found, "followers_gained") == {}
    assert [one.without for one in found.known_of("insights")] == [("followers_gained", "followers_lost")]


def test_recorded_follow_types(graph_far_end: Serve) -> None:
    """Who followed in the window, by the other metric that counts it, are 17: FOLLOWER is who came."""
    ((_, fields, said),) = answers("ig_account/2026-07_follows_by_follow_type.json")
    far_end = graph_far_end(Account(says=lambda asked: said if asked.fields.get("metric") == FOLLOWS else None))
    found = loaded(far_end, first_day=SUNDAY, last_day=SUNDAY)
    assert (of(found, "followers_gained"), of(found, "followers_lost")) == ({SUNDAY: 17}, {SUNDAY: 20})
    asked = next(one.fields for one in far_end.asked if one.fields.get("metric") == FOLLOWS)
    assert {key: asked[key] for key in ("period", "metric_type", "breakdown")} == {
        key: fields[key] for key in ("period", "metric_type", "breakdown")
    }


def test_the_recorded_node_has_the_followers(graph_far_end: Serve) -> None:
    ((_, _, said),) = answers("ig_account/2026-07_user_node.json")
    found = loaded(graph_far_end(Account(says=lambda asked: said if asked.path == said["id"] else None)))
    assert [row["value"] for row in found.named["counts"] if row["measure"] == "followers"] == [16184]


def test_every_metric_that_is_asked_for_was_recorded_as_alive() -> None:
    of_accounts, of_media = (
        set(
            body(f"{folder}/2026-07_valid_metrics.json")["body"]["error"]["message"]
            .partition("values: ")[2]
            .split(", ")
        )
        for folder in ("ig_account", "ig_media")
    )
    assert {*questions.TOTALS, questions.FOLLOWS, questions.REACH} <= of_accounts
    assert questions.TOTALS == MEASURES
    assert set(media.COLUMNS) <= of_media


def test_recorded_media_are_read(graph_far_end: Serve) -> None:
    """As a connector wrote them, with a colon in the zone, which Meta leaves out."""
    listed = body("ig_media/2023-11_media_list_rows.json")["rows"]
    insights = {
        told["data"][0]["name"]: told["data"][0] for _, _, told in answers("ig_media/2026-07_reel_insights.json")
    }

    def says(asked: Asked) -> Any:
        if asked.path.endswith("/media"):
            return {"data": listed}
        is_medium = "since" not in asked.fields and "metric" in asked.fields
        return {"data": [insights[name] for name in asked.fields["metric"].split(",")]} if is_medium else None

    found = loaded(graph_far_end(Account(says=says)), first_day=date(2023, 5, 20), last_day=date(2023, 6, 30))
    told = [(row["post_id"] % 10, row["likes"], row["comments"]) for row in found.named["posts"]]
    assert told == [(0, 9, 2), (1, 7, 0), (2, 13, 0)]
    assert {(row["reposts"], row["views"]) for row in found.named["posts"]} == {(3, 6476)}
    assert {(row["reach"], row["saves"]) for row in found.named["post_reach"]} == {(4569, 6)}


def test_the_recorded_reel_is_more_than_its_parts() -> None:
    values = {
        told["data"][0]["name"]: told["data"][0]["values"][0]["value"]
        for _, _, told in answers("ig_media/2026-07_reel_insights.json")
    }
    assert values["total_interactions"] == 1 + sum(values[name] for name in ("likes", "comments", "shares", "saved"))
