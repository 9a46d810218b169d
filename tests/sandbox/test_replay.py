"""The recordings, served: nothing is lost and nothing is made up."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.types import CheckCompatibilityRequest, RunReportRequest
from google.api_core import exceptions as errors

from sandbox.data import FarEnds
from sandbox.replay import Replay

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not beside the project")


@pytest.fixture(scope="module")
def replay() -> Replay:
    return Replay(RECORDINGS)


@pytest.fixture
def blog(replay: Replay, ga4_client: Callable[[FarEnds], BetaAnalyticsDataClient]) -> BetaAnalyticsDataClient:
    return ga4_client(replay.far_ends())


def request(dimensions: list[str], metrics: list[str], **asked: Any) -> RunReportRequest:
    return RunReportRequest(
        {
            "property": "properties/400000001",
            "dimensions": [{"name": name} for name in dimensions],
            "metrics": [{"name": name} for name in metrics],
            "date_ranges": [{"start_date": "2023-12-01", "end_date": "2024-02-29"}],
            **asked,
        }
    )


def totals(blog: BetaAnalyticsDataClient, dimensions: list[str], metrics: list[str], **asked: Any) -> list[float]:
    rows = blog.run_report(request(dimensions, metrics, **asked)).rows
    return [sum(float(row.metric_values[i].value) for row in rows) for i in range(len(metrics))]


def test_rows_and_totals_differ_as_they_really_did(blog: BetaAnalyticsDataClient) -> None:
    metrics = ["sessions", "engagedSessions", "screenPageViews", "userEngagementDuration"]
    assert totals(blog, ["date"], metrics) == [6261, 6261 - 2352, 13354, 334711]
    rows = ["date", "sessionSource", "sessionMedium", "sessionCampaignName"]
    assert totals(blog, rows, metrics) == [6263, 6263 - 2354, 13354, 334711]
    assert blog.run_report(request(rows, metrics)).row_count == 210
    assert totals(blog, ["yearMonth"], ["sessions"]) == [6261]
    assert totals(blog, [], ["sessions"]) == [6261]


def test_users_are_known_by_day_alone(blog: BetaAnalyticsDataClient) -> None:
    assert totals(blog, ["date"], ["totalUsers"]) == [6127]
    for dimensions in (["date", "sessionSource"], ["yearMonth"], []):
        with pytest.raises(errors.InvalidArgument, match="Please remove totalUsers to make the request compatible"):
            blog.run_report(request(dimensions, ["totalUsers"]))
    asked = {"property": "properties/400000001", "dimensions": [{"name": "sessionSource"}]}
    found = blog.check_compatibility(CheckCompatibilityRequest({**asked, "compatibility_filter": "INCOMPATIBLE"}))
    assert [metric.metric_metadata.api_name for metric in found.metric_compatibilities] == ["totalUsers"]


def test_a_blog_sells_nothing_and_what_was_not_recorded_is_no_metric(blog: BetaAnalyticsDataClient) -> None:
    shop = ["keyEvents", "sessionKeyEventRate", "transactions", "purchaseRevenue"]
    assert totals(blog, ["date"], ["sessions", *shop]) == [6261, 0, 0, 0, 0]
    assert blog.run_report(request(["date"], shop)).row_count == 0
    for metric in ("activeUsers", "newUsers", "eventCount", "totalPurchasers"):
        with pytest.raises(errors.InvalidArgument, match=f"Field {metric} is not a valid metric"):
            blog.run_report(request(["date"], [metric]))


def test_rows_can_be_filtered(blog: BetaAnalyticsDataClient) -> None:
    facebook = {"field_name": "sessionSource", "string_filter": {"match_type": "CONTAINS", "value": "facebook"}}
    assert totals(blog, ["yearMonth"], ["screenPageViews"], dimension_filter={"filter": facebook}) == [2 + 59 + 18]


def test_zone_and_currency_are_the_recorded_ones(blog: BetaAnalyticsDataClient) -> None:
    metadata = blog.run_report(request(["date"], ["sessions"])).metadata
    assert (metadata.time_zone, metadata.currency_code) == ("Europe/Amsterdam", "USD")


def test_every_post_of_every_wall_is_there(replay: Replay) -> None:
    communities = replay.far_ends().communities
    assert len(communities) == 20
    assert sum(len(community.posts) for community in communities.values()) == 18_939
    for community in communities.values():
        recorded = pd.read_csv(RECORDINGS / "vk" / "walls" / f"{community.name}.csv").set_index("post_id")
        posts = pd.DataFrame([vars(post) for post in community.posts]).set_index("id")
        assert posts["published_at"].is_monotonic_decreasing
        recorded = recorded.loc[posts.index]
        local = posts["published_at"].dt.tz_convert("Europe/Moscow").dt.tz_localize(None)
        assert (local == pd.to_datetime(recorded["date"])).all()
        assert (posts[["likes", "reposts"]] == recorded[["likes", "reposts"]]).all(axis=None)
        assert posts["views"].sum() == recorded["views"].sum()
        unknown = (recorded["views"] == 0) & (recorded["date"] < "2017")
        assert (posts["views"].isna() == unknown).all()


def test_what_walls_do_not_tell_is_unknown(replay: Replay) -> None:
    for community in replay.far_ends().communities.values():
        assert (community.members, community.stats) == (None, None)
        assert {(post.comments, post.reach) for post in community.posts} == {(None, None)}


def test_a_wall_keeps_its_moment(replay: Replay) -> None:
    wall = replay.far_ends().communities[226126304]
    assert wall.posts[0].published_at == datetime(2025, 4, 15, 13, 44, 57, tzinfo=UTC)
    assert replay.first_months["club226126304"] == date(2024, 6, 1)
    assert replay.first_month == date(2010, 5, 1)


def test_the_client_files_name_what_is_served(replay: Replay, tmp_path: Path) -> None:
    replay.write(tmp_path)
    files = {file.stem: yaml.safe_load(file.read_text()) for file in (tmp_path / "clients").iterdir()}
    assert set(files) == set(replay.clients)
    served, connections = replay.far_ends(), replay.connections({"ga4": 1, "vk": 2})
    for client, content in files.items():
        assert content["started"] == replay.first_months[client]
        for source in content["sources"].values():
            assert source["connection"] in connections
            assert source.get("community") in served.communities or str(source["property"]) in served.properties
    assert connections["vk_walls"]["password"] in served.user_tokens
    # the letter of the demo: what the social networks brought that January is below the blog's target
    facebook = replay._by_source["sessionSource"].str.contains("facebook")
    assert replay._by_source.loc[facebook, "sessions"].sum() < files["blog"]["targets"]["all.sessions"]["at_least"]
