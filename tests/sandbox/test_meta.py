"""The Graph API far end as callers meet it over HTTP, and held against what was recorded of the real one."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pandas as pd
import pytest
import requests

from sandbox import meta
from sandbox.data import FarEnds
from sandbox.loopback import Server
from sandbox.meta.insights import OF_ACCOUNTS, OF_PAGES
from sandbox.meta.publications import OF_MEDIA, OF_POSTS
from tests.conftest import RECORDINGS
from tests.sandbox import meta_sample
from tests.sandbox.meta_sample import ACCOUNT, PAGE, STRANGER, TOKEN, Ask, Json

META = RECORDINGS / "meta"
PEOPLE = "page_total_media_view_unique"
recorded_here = pytest.mark.skipif(not META.is_dir(), reason=f"no recordings in {META}")


@pytest.fixture(scope="module")
def served() -> FarEnds:
    return meta_sample.far_ends()


@pytest.fixture(scope="module")
def server(served: FarEnds) -> Iterator[Server]:
    with meta.serve(served, 0) as server:
        yield server


@pytest.fixture
def ends(served: FarEnds) -> FarEnds:
    """What the server serves, as new."""
    vars(served).update(vars(meta_sample.far_ends()))
    return served


@pytest.fixture
def ask(server: Server, http: requests.Session, ends: FarEnds) -> Ask:
    return meta_sample.asking(server.url, http)


def insights(ask: Ask, path: str, metric: str, **fields: Any) -> Json:
    """What is said of one metric."""
    status, body = ask(f"{path}/insights", metric=metric, **{"period": "day"} | fields)
    assert status == 200
    (entry,) = body["data"]
    return entry


def ends_of(entry: Json) -> list[str]:
    return [one["end_time"] for one in entry["values"]]


def error(said: tuple[int, Any]) -> tuple[int, int, int | None, str]:
    status, body = said
    told = body["error"]
    return status, told["code"], told.get("error_subcode"), told["message"]


# --- days and windows


def test_a_page_reads_dates_as_midnights_in_california_and_excludes_until(ask: Ask) -> None:
    entry = insights(ask, str(PAGE), "page_follows", since="2026-03-07", until="2026-03-10")
    assert ends_of(entry) == ["2026-03-08T08:00:00+0000", "2026-03-09T07:00:00+0000", "2026-03-10T07:00:00+0000"]


def test_an_account_reads_them_as_midnights_in_utc_and_answers_with_what_ends_between(ask: Ask) -> None:
    entry = insights(ask, str(ACCOUNT), "reach", since="2026-03-07", until="2026-03-10")
    assert ends_of(entry) == ["2026-03-07T08:00:00+0000", "2026-03-08T08:00:00+0000", "2026-03-09T07:00:00+0000"]


def test_without_dates_a_page_shows_two_days_and_not_the_last(ask: Ask) -> None:
    assert ends_of(insights(ask, str(PAGE), "page_follows")) == ["2026-07-14T07:00:00+0000", "2026-07-15T07:00:00+0000"]


def test_a_day_that_is_not_over_has_no_value(ask: Ask) -> None:
    entry = insights(ask, str(PAGE), "page_follows", since="2026-07-15", until="2026-07-18")
    assert ends_of(entry) == ["2026-07-16T07:00:00+0000"]


@pytest.mark.parametrize(("n_days", "status"), [(89, 200), (90, 400), (182, 400)])
def test_a_page_answers_no_long_windows(ask: Ask, n_days: int, status: int) -> None:
    since = date(2026, 7, 15) - timedelta(days=n_days)
    said = ask(f"{PAGE}/insights", metric="page_follows", period="day", since=since, until="2026-07-15")
    assert said[0] == status
    if status == 400:
        assert error(said) == (400, 100, 1504016, "Invalid parameter")


@pytest.mark.parametrize("more", [{}, {"metric_type": "total_value"}])
def test_an_account_answers_windows_of_exactly_30_days(ask: Ask, more: Json) -> None:
    asked = {"metric": "reach", "period": "day", "until": "2026-07-01"} | more
    assert ask(f"{ACCOUNT}/insights", since="2026-06-01", **asked)[0] == 200
    said = ask(f"{ACCOUNT}/insights", since="2026-05-31", **asked)
    told = "(#100) There cannot be more than 30 days (2592000 s) between since and until."
    assert error(said) == (400, 100, None, told)


@pytest.mark.parametrize(("zone", "day"), [("America/Los_Angeles", "2026-07-09"), ("UTC", "2026-07-10")])
def test_the_total_of_a_window_is_that_of_a_day_of_the_accounts_zone(
    ask: Ask, ends: FarEnds, zone: str, day: str
) -> None:
    ends.accounts[ACCOUNT].zone = zone
    asked = {"metric_type": "total_value", "since": "2026-07-10", "until": "2026-07-11"}
    total = insights(ask, str(ACCOUNT), "likes", **asked)["total_value"]
    table = ends.accounts[ACCOUNT].by_day.set_index("day")
    assert total == {"value": table.loc[day, "likes"]}
    assert insights(ask, str(ACCOUNT), "reach", **asked)["total_value"] == {"value": table.loc[day, "reach"]}


# --- what is said


def test_links_of_insights_have_no_end(ask: Ask) -> None:
    for path, fields in ((f"{PAGE}", {"since": "2026-07-01", "until": "2026-07-02"}), (f"{PAGE}_1", {})):
        metric = "post_clicks" if "_" in path else "page_follows"
        _, body = ask(f"{path}/insights", metric=metric, period="day", **fields)
        assert body["paging"].keys() == {"previous", "next"}
    assert "paging" not in ask("11/insights", metric="reach")[1], "those of a medium have none"


def test_people_of_weeks_and_28_days_come_for_each_day(ask: Ask) -> None:
    dates = {"since": "2026-07-01", "until": "2026-07-04"}
    found = [insights(ask, str(PAGE), PEOPLE, **dates | {"period": period}) for period in ("day", "week", "days_28")]
    assert [len(one["values"]) for one in found] == [3, 3, 3]
    day, week, month = ([value["value"] for value in one["values"]] for one in found)
    assert all(one < two < three < 28 * one for one, two, three in zip(day, week, month, strict=True))


def test_views_of_ads_double_the_values(ask: Ask) -> None:
    dates = {"since": "2026-07-01", "until": "2026-07-02"}
    values = insights(ask, str(PAGE), "page_media_view", breakdown="is_from_ads", **dates)["values"]
    assert [one["is_from_ads"] for one in values] == ["0", "1"]
    assert (
        sum(one["value"] for one in values)
        == insights(ask, str(PAGE), "page_media_view", **dates)["values"][0]["value"]
    )


def test_reactions_name_only_kinds_that_happened(ask: Ask, ends: FarEnds) -> None:
    table = ends.pages[PAGE].by_day
    table.loc[table["day"] == "2026-07-01", "likes"] = 0
    entry = insights(ask, str(PAGE), "page_actions_post_reactions_total", since="2026-07-01", until="2026-07-03")
    assert entry["values"][0]["value"] == {}
    assert entry["values"][1]["value"].keys() == {"like", "love"}


@pytest.mark.parametrize(("more", "n_followers"), [({}, 500), ({"breakdown": "follow_type"}, 99)])
def test_joins_and_leaves_have_no_total_without_their_parts_or_with_few_followers(
    ask: Ask, ends: FarEnds, more: Json, n_followers: int
) -> None:
    ends.accounts[ACCOUNT].by_day["followers"] = n_followers
    dates = {"metric_type": "total_value", "since": "2026-07-01", "until": "2026-07-02"}
    assert "total_value" not in insights(ask, str(ACCOUNT), "follows_and_unfollows", **dates | more)


def test_followers_are_those_who_came_and_the_others_those_who_left(ask: Ask, ends: FarEnds) -> None:
    dates = {"metric_type": "total_value", "since": "2026-07-02", "until": "2026-07-03", "breakdown": "follow_type"}
    (breakdown,) = insights(ask, str(ACCOUNT), "follows_and_unfollows", **dates)["total_value"]["breakdowns"]
    row = ends.accounts[ACCOUNT].by_day.set_index("day").loc["2026-07-01"]
    assert breakdown["results"] == [
        {"dimension_values": ["FOLLOWER"], "value": row["gained"]},
        {"dimension_values": ["NON_FOLLOWER"], "value": row["lost"]},
    ]
    (came,) = insights(ask, str(ACCOUNT), "follower_count", since="2026-07-02", until="2026-07-03")["values"]
    assert came["value"] == row["gained"], "whatever the metric is called"


def test_without_a_permission_there_is_nothing_and_no_error(ask: Ask, ends: FarEnds) -> None:
    ends.pages[PAGE].shows_insights = ends.accounts[ACCOUNT].shows_insights = False
    dates = {"period": "day", "since": "2026-07-01", "until": "2026-07-02"}
    assert ask(f"{PAGE}/insights", metric="page_follows", **dates) == (200, {"data": []})
    assert ask(f"{ACCOUNT}/insights", metric="reach", **dates) == (200, {"data": []})


# --- lists


def test_a_list_is_read_by_cursors_and_its_last_page_has_one_too(ask: Ask) -> None:
    found, after = [], ""
    while True:
        _, body = ask(f"{PAGE}/published_posts", fields="id", limit=2, after=after)
        found += [one["id"] for one in body["data"]]
        after = body["paging"]["cursors"]["after"]
        if "next" not in body["paging"]:
            break
    assert found == [f"{PAGE}_{number}" for number in range(1, 6)]
    assert ask(f"{PAGE}/published_posts", fields="id", after=after) == (200, {"data": []})


def test_a_list_has_the_fields_that_are_asked_for_and_no_shares_that_are_zero(ask: Ask) -> None:
    fields = "created_time,shares,comments.summary(total_count).limit(0)"
    _, body = ask(f"{PAGE}/published_posts", fields=fields, limit=2)
    first, second = body["data"]
    assert first.keys() == {"id", "created_time", "shares", "comments"}
    assert second.keys() == {"id", "created_time", "comments"}


def test_an_account_counts_fewer_media_than_it_lists(ask: Ask) -> None:
    count = ask(str(ACCOUNT), fields="media_count")[1]["media_count"]
    assert count < len(ask(f"{ACCOUNT}/media", fields="id")[1]["data"])


# --- comments


def test_a_post_lists_its_comments_with_the_answers_among_them(ask: Ask) -> None:
    fields = {"fields": "created_time,from{id},parent{id}", "filter": "stream", "order": "reverse_chronological"}
    _, body = ask(f"{PAGE}_1/comments", **fields)
    assert [one["id"] for one in body["data"]] == [f"1_{number}" for number in range(506, 500, -1)]
    assert [one.get("parent") for one in body["data"]][2:4] == [{"id": "1_502"}] * 2
    assert [one["from"]["id"] == str(PAGE) for one in body["data"]] == [False, True, True, False, False, False]
    assert body["data"][0]["created_time"] == "2026-07-16T11:55:00+0000"
    _, plain = ask(f"{PAGE}_1/comments", fields="id")
    assert {one["id"] for one in plain["data"]} == {"1_501", "1_502", "1_505", "1_506"}, "without a filter no answers"
    _, first = ask(f"{PAGE}_1/comments", **fields | {"limit": 4})
    _, last = ask(f"{PAGE}_1/comments", **fields | {"limit": 4, "after": first["paging"]["cursors"]["after"]})
    assert "next" in first["paging"]
    assert "next" not in last["paging"]
    assert first["data"] + last["data"] == body["data"]


def test_a_medium_lists_answers_within_their_comment(ask: Ask) -> None:
    _, body = ask("11/comments", fields="id,timestamp,from{id},replies.limit(1){id,timestamp,from{id}}")
    assert [one["id"] for one in body["data"]] == ["506", "505", "502", "501"]
    below = body["data"][2]["replies"]
    assert [one["id"] for one in below["data"]] == ["504"]
    assert below["data"][0].keys() == {"id", "timestamp", "from"}
    fields = {"fields": "id", "limit": 1, "after": below["paging"]["cursors"]["after"]}
    assert ask("502/replies", **fields)[1]["data"] == [{"id": "503"}]
    assert "replies" not in body["data"][0]


def test_comments_take_the_token_of_the_page_or_one_that_sees_the_account(ask: Ask) -> None:
    assert error(ask(f"{PAGE}_1/comments", token=TOKEN))[1] == 200
    for path in (f"{PAGE}_1/comments", "11/comments", "502/replies"):
        assert error(ask(path, token=STRANGER))[1:3] == (100, 33)
    assert error(ask(f"{PAGE}_77/comments"))[1:3] == (100, 33)


# --- tokens, errors, the allowance


def test_a_page_wants_its_own_token_which_it_gives_to_who_has_a_role(ask: Ask) -> None:
    asked = {"metric": "page_follows", "period": "day", "since": "2026-07-01", "until": "2026-07-02"}
    wrong = error(ask(f"{PAGE}/insights", token=TOKEN, **asked))
    assert wrong == (400, 190, None, "(#190) This method must be called with a Page Access Token")
    token = ask(str(PAGE), fields="access_token")[1]["access_token"]
    assert ask(f"{PAGE}/insights", token=token, **asked)[0] == 200


@pytest.mark.parametrize("path", [str(PAGE), str(ACCOUNT), "11/insights", "1"])
def test_what_a_token_may_not_see_does_not_exist(ask: Ask, path: str) -> None:
    status, code, subcode, told = error(ask(path, token=STRANGER, fields="id", metric="reach"))
    assert (status, code, subcode) == (400, 100, 33)
    assert told.startswith("Unsupported get request. Object with ID ")


def test_a_dead_token(ask: Ask) -> None:
    assert error(ask(str(PAGE), token="EAAdead", fields="id"))[:3] == (400, 190, 463)


def test_a_removed_metric_refuses_its_neighbours_and_only_instagram_names_it(ask: Ask, ends: FarEnds) -> None:
    ends.dead_metrics = {"page_views_total", "saves", "saved"}
    dates = {"period": "day", "since": "2026-07-01", "until": "2026-07-02"}
    of_page = error(ask(f"{PAGE}/insights", metric="page_follows,page_views_total", **dates))
    assert of_page == (400, 100, None, "(#100) The value must be a valid insights metric")
    asked = {"metric_type": "total_value", **dates}
    told = error(ask(f"{ACCOUNT}/insights", metric="likes,saves", **asked))[3]
    assert told.startswith("(#100) metric[1] must be one of the following values: reach, ")
    assert "saves" not in told
    assert error(ask("11/insights", metric="saved,reach"))[3].startswith("(#100) metric[0] must be one of")


def test_the_allowance_is_told_and_ends(ask: Ask, ends: FarEnds, server: Server, http: requests.Session) -> None:
    ends.meta_calls_left = 482
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for path, pools in ((str(PAGE), ["pages"]), (str(ACCOUNT), ["instagram"] * 2)):
        response = http.get(f"{server.url}/v26.0/{path}", params={"fields": "id"}, headers=headers, timeout=30)
        usage = json.loads(response.headers["x-business-use-case-usage"])
        assert [pool["type"] for (pool,) in usage.values()] == pools
        assert {pool["call_count"] for (pool,) in usage.values()} == {90}
        assert response.headers["facebook-api-version"] == "v26.0"
    ends.meta_calls_left = 0
    assert error(ask(str(PAGE), fields="id")) == (403, 4, None, "(#4) Application request limit reached")


def test_each_part_of_a_batch_has_its_own_answer(ask: Ask, server: Server, http: requests.Session) -> None:
    parts = [{"method": "GET", "relative_url": path} for path in (f"{ACCOUNT}?fields=followers_count", "7?fields=id")]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    said = http.post(f"{server.url}/v26.0/", data={"batch": json.dumps(parts)}, headers=headers, timeout=30).json()
    assert [one["code"] for one in said] == [200, 400]
    assert json.loads(said[0]["body"]) == ask(str(ACCOUNT), fields="followers_count")[1]


# --- beside the recordings


def answers(name: str) -> Iterator[tuple[str, Json, Json]]:
    """Of each answer of a file: the path, the fields, and Meta's body."""
    told = json.loads((META / name).read_text("utf-8"))
    for one in told.get("answers", [told]):
        url = urlsplit(one["request"].split()[1])
        yield url.path.split("/", 2)[2], dict(parse_qsl(url.query)), one["body"]


def form(value: Any) -> Any:
    """Its keys and the kinds of its values: texts and links may be others, and a title may be missing."""
    match value:
        case dict():
            return {key: "text" if key == "title" else form(one) for key, one in value.items()}
        case list():
            return [form(one) for one in value[:1]]
        case str():
            return "text"
    return type(value).__name__


SERIES = [
    "page_insights/2026-07_four_metrics_day.json",
    "page_insights/2026-09_page_follows.json",
    "page_insights/2026-09_page_daily_unfollows_unique.json",
    "page_insights/2026-09_page_post_engagements.json",
    "ig_account/2026-07_follower_count_day.json",
    "ig_account/2026-07_reach_day_week_days28.json",
]


@recorded_here
@pytest.mark.parametrize("name", SERIES)
def test_a_recorded_series_has_the_same_form_and_ends_on_the_same_days(ask: Ask, ends: FarEnds, name: str) -> None:
    for path, fields, recorded in answers(name):
        if "since" not in fields:  # recorded in September
            ends.now = ends.now.replace(month=9, day=6)
            ends.pages[PAGE].by_day = meta_sample.by_day("2026-09-05")
        owner = ACCOUNT if path.startswith("178") else PAGE
        status, said = ask(f"{owner}/insights", **fields)
        assert status == 200
        assert form(said) == form(recorded), path
        for ours, theirs in zip(said["data"], recorded["data"], strict=True):
            assert (ours["name"], ours["period"]) == (theirs["name"], theirs["period"])
            # some were cut by who published them
            assert set(ends_of(theirs)) <= set(ends_of(ours))
            assert (min(ends_of(theirs)), max(ends_of(theirs))) == (min(ends_of(ours)), max(ends_of(ours)))


@recorded_here
def test_a_page_of_the_recorded_numbers_answers_as_recorded(ask: Ask, ends: FarEnds) -> None:
    """Four metrics of six days, to the number."""
    ((_, fields, recorded),) = answers(SERIES[0])
    table = ends.pages[PAGE].by_day
    for entry in recorded["data"]:
        for one in entry["values"]:
            day = pd.Timestamp(one["end_time"][:10]) - pd.Timedelta(days=1)
            table.loc[table["day"] == day, OF_PAGES[entry["name"]]] = one["value"]
    _, said = ask(f"{PAGE}/insights", **fields)
    assert [entry["values"] for entry in said["data"]] == [entry["values"] for entry in recorded["data"]]


@recorded_here
def test_recorded_reactions_and_views_of_ads_have_the_same_form(ask: Ask) -> None:
    _, fields, recorded = next(answers("page_insights/2026-07_reactions_by_type.json"))
    _, said = ask(f"{PAGE}/insights", **fields)
    (ours,), (theirs,) = said["data"], recorded["data"]
    assert ours.keys() == theirs.keys()
    assert {type(value) for one in ours["values"] for value in one["value"].values()} == {int}
    assert ours["values"][0].keys() == theirs["values"][0].keys()
    fragment = json.loads((META / "page_insights/2026-03_breakdown_is_from_ads_fragment.json").read_text("utf-8"))
    dates = {"since": "2026-03-01", "until": "2026-03-02", "breakdown": "is_from_ads"}
    values = insights(ask, str(PAGE), "page_media_view", **dates)["values"]
    recorded_values = fragment["body"]["values_fragment"]
    assert [one | {"value": 0} for one in values] == [one | {"value": 0} for one in recorded_values]


@recorded_here
@pytest.mark.parametrize(
    "name", ["2026-07_total_value_6d", "2026-07_total_value_29d", "2026-07_follows_by_follow_type"]
)
def test_a_recorded_total_has_the_same_form(ask: Ask, name: str) -> None:
    known = 0
    for _, fields, recorded in answers(f"ig_account/{name}.json"):
        if fields["metric"] not in OF_ACCOUNTS:
            continue
        dates = {"since": "2026-06-16", "until": "2026-07-15"} if fields["since"] == "..." else {}
        _, said = ask(f"{ACCOUNT}/insights", **fields | dates)
        if dates:  # its publisher left out what says nothing
            (ours,), (theirs,) = said["data"], recorded["data"]
            assert form({key: ours[key] for key in theirs}) == form(theirs)
        else:
            assert form(said) == form(recorded), fields["metric"]
        known += 1
    assert known in (1, 10)


@recorded_here
def test_recorded_nodes_and_lists_have_the_same_form(ask: Ask) -> None:
    for name in ("ig_account/2026-07_user_node.json", "page_insights/2026-09_page_node.json"):
        ((path, fields, recorded),) = answers(name)
        assert form(ask(str(ACCOUNT if path.startswith("178") else PAGE), **fields)[1]) == form(recorded)
    ((_, fields, first),) = answers("page_posts/2026-09_published_posts_page1.json")
    assert form(ask(f"{PAGE}/published_posts", **fields)[1]) == form(first)
    ((_, _, last),) = answers("page_posts/2026-09_posts_last_page.json")
    _, said = ask(f"{PAGE}/published_posts", fields="created_time", limit=1, after="after-4")
    assert form(said) == form(last | {"data": [{key: last["data"][0][key] for key in ("id", "created_time")}]})
    row = json.loads((META / "ig_media/2023-11_media_list_rows.json").read_text("utf-8"))["rows"][0]
    known = ("id", "timestamp", "like_count", "comments_count", "media_product_type", "media_type")
    (medium,) = ask(f"{ACCOUNT}/media", fields=",".join(known), limit=1)[1]["data"]
    assert form(medium) == form({key: row[key] for key in known})
    assert (medium["media_product_type"], medium["media_type"]) == (row["media_product_type"], row["media_type"])


@recorded_here
def test_recorded_summaries_of_a_post_have_what_is_said_here(ask: Ask) -> None:
    """Recorded with `summary(true)`, which says more; the post has no shares."""
    ((_, _, recorded),) = answers("page_posts/2026-09_post_summaries.json")
    fields = "shares,reactions.summary(total_count).limit(0),comments.summary(total_count).limit(0)"
    _, said = ask(f"{PAGE}/published_posts", fields=fields, limit=2)
    ours = said["data"][1]
    assert ours.keys() == recorded.keys()
    for edge in ("reactions", "comments"):
        assert ours[edge].keys() == recorded[edge].keys()
        assert ours[edge]["data"] == recorded[edge]["data"] == []
        assert ours[edge]["summary"].keys() <= recorded[edge]["summary"].keys()


@recorded_here
def test_recorded_insights_of_posts_and_media_have_the_same_form(ask: Ask) -> None:
    ((_, fields, recorded),) = answers("page_posts/2026-09_post_clicks.json")
    assert form(ask(f"{PAGE}_1/insights", **fields)[1]) == form(recorded)
    found = 0
    for _, fields, recorded in answers("ig_media/2026-07_reel_insights.json"):
        if fields["metric"] in OF_MEDIA:
            assert form(ask("11/insights", **fields)[1]) == form(recorded)
            found += 1
    assert found == len(OF_MEDIA)


ERRORS: dict[str, tuple[str, Json]] = {
    "100_page_metric_removed": (f"{PAGE}/insights", {"metric": "page_impressions_unique", "period": "day"}),
    "100_window_over_90_days": (f"{PAGE}/insights", {"metric": "page_post_engagements"}),
    "1_99_unknown": (f"{PAGE}/insights", {}),
    "190_page_token_required": (f"{PAGE}/insights", {"token": TOKEN}),
    "100_ig_window_over_30_days": (f"{ACCOUNT}/insights", {}),
    "100_ig_needs_total_value": (f"{ACCOUNT}/insights", {}),
    "100_ig_refuses_total_value": (f"{ACCOUNT}/insights", {}),
    "100_ig_follower_count_older_than_30_days": (
        f"{ACCOUNT}/insights",
        {"metric": "follower_count", "period": "day", "since": "2026-05-01", "until": "2026-05-31"},
    ),
    "100_2108006_before_business_account": ("14/insights", {"metric": "reach"}),
}


@recorded_here
@pytest.mark.parametrize(("name", "asked"), ERRORS.items())
def test_a_recorded_error_is_said_here_in_the_same_words(ask: Ask, name: str, asked: tuple[str, Json]) -> None:
    """Some publishers kept only parts of the body."""
    told = json.loads((META / "errors" / f"{name}.json").read_text("utf-8"))
    _, fields, _ = next(answers(f"errors/{name}.json")) if "?" in told["request"] else ("", {}, {})
    path, more = asked
    plain = {key: value for key, value in fields.items() if " " not in value and value != "..."}
    status, said = ask(path, **plain | more)
    ours, theirs = said["error"], told["body"]["error"]
    assert ours.keys() >= theirs.keys()
    assert {key: ours[key] for key in theirs if key != "fbtrace_id"} == {
        key: value for key, value in theirs.items() if key != "fbtrace_id"
    }
    assert status == (told["status"] or 400)


@recorded_here
@pytest.mark.parametrize(
    ("file", "path", "known"),
    [("ig_account", f"{ACCOUNT}/insights", OF_ACCOUNTS), ("ig_media", "11/insights", tuple(OF_MEDIA))],
)
def test_the_recorded_list_of_metrics_holds_those_that_are_known_here(
    ask: Ask, file: str, path: str, known: tuple[str, ...]
) -> None:
    told = json.loads((META / file / "2026-07_valid_metrics.json").read_text("utf-8"))["body"]["error"]["message"]
    begin, _, names = told.partition("values: ")
    said = error(ask(path, metric="nonsense", period="day"))[3]
    assert said.partition("values: ")[0] == begin
    assert set(said.partition("values: ")[2].split(", ")) == set(known) <= set(names.split(", "))


@recorded_here
def test_the_recorded_live_metrics_of_pages_hold_those_that_are_known_here() -> None:
    rows = (META / "page_insights/2026-07_live_metrics.csv").read_text("utf-8").splitlines()[1:]
    assert set(OF_PAGES) <= {row.split(",")[0] for row in rows}
    assert "post_clicks" in OF_POSTS


@recorded_here
def test_recorded_headers_of_the_allowance_have_the_same_form(ask: Ask, server: Server, http: requests.Session) -> None:
    told = json.loads((META / "headers/usage.json").read_text("utf-8"))["headers"]
    recorded = {
        one["call"]: json.loads(one["x-business-use-case-usage"])
        for one in told
        if len(one) == 2 and "GET" in one["call"]
    }
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for path, call in ((PAGE, "GET /{page}"), (ACCOUNT, "GET /{ig}")):
        response = http.get(f"{server.url}/v26.0/{path}", params={"fields": "id"}, headers=headers, timeout=30)
        ours = json.loads(response.headers["x-business-use-case-usage"])
        assert [form(one) for one in ours.values()] == [form(one) for one in recorded[call].values()]
        assert [one[0]["type"] for one in ours.values()] == [one[0]["type"] for one in recorded[call].values()]
    assert ask(str(PAGE), fields="id")[0] == 200


# --- how posts look


def test_a_post_and_a_medium_say_how_they_look(ask: Ask, ends: FarEnds, server: Server) -> None:
    ends.meta_url = server.url
    fields = "message,full_picture,permalink_url"
    told = {"permalink_url": f"https://www.facebook.com/{PAGE}/posts/5", "id": f"{PAGE}_5"}
    assert ask(f"{PAGE}_5", fields=fields) == (200, told), "every seventh has no picture"
    _, medium = ask("12", fields="caption,media_url,thumbnail_url,permalink")
    assert medium["media_url"].endswith(".mp4")
    assert medium["thumbnail_url"] == f"{server.url}/pictures/12.jpg"
    assert medium["permalink"].startswith("https://www.instagram.com/reel/")
    assert ask("99", fields="caption")[0] == 400


@pytest.mark.parametrize(("path", "status"), [("12", 200), ("5", 404), ("99", 404), ("x", 404)])
def test_a_picture_is_anybodys(server: Server, http: requests.Session, path: str, status: int) -> None:
    answer = http.get(f"{server.url}/pictures/{path}.jpg", timeout=30)
    assert answer.status_code == status
    assert (answer.headers["Content-Type"] == "image/jpeg") == (status == 200)
