"""What loading a Page costs, and what comes of Meta's errors: what is stored, raised and waited for."""

from datetime import date, timedelta
from typing import Any

import pytest

from sandbox.loopback import Answer
from smm.sources import QuotaSpent, Refused, Transient
from smm.sources.facebook import SOURCE
from tests.sources.facebook.page import PAGE, Page, loaded, of_days, spread, work
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import HTML, PAGE_TOKEN, TOKEN, Asked, TurnsNoted, error
from tests.sources.loading import holds_no_secret

YEAR = {"first_day": date(2025, 1, 1), "last_day": date(2025, 12, 31)}
WEEK = {"first_day": date(2025, 12, 25), "last_day": date(2025, 12, 31)}
POSTS = spread(400, **YEAR)


@pytest.mark.parametrize(
    "dead",
    [
        set(),
        {"page_views_total"},
        {"post_total_media_view_unique"},
        {"page_views_total", "post_total_media_view_unique"},
    ],
)
def test_a_year_with_400_posts_takes_few_requests(graph_far_end: Serve, dead: set[str]) -> None:
    far_end = graph_far_end(Page(POSTS, dead=dead))
    found = loaded(far_end, **YEAR)
    assert len(far_end.requests) <= 30
    assert len(found.rows["posts"]) == 400
    assert len(of_days(found, "views")) == 365


@pytest.mark.parametrize(
    ("dead", "most"), [(set(), 6), ({"page_views_total"}, 7), ({"post_total_media_view_unique"}, 8)]
)
def test_a_day_takes_few_requests(graph_far_end: Serve, dead: set[str], most: int) -> None:
    far_end = graph_far_end(Page(POSTS, dead=dead))
    found = loaded(far_end, **WEEK)
    assert len(far_end.requests) == most
    assert 30 < len(found.rows["posts"]) < 50, "those of the week and of four weeks before it"


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80001])
@pytest.mark.parametrize("edge", ["", "insights", "published_posts"])
def test_a_spent_allowance_ends_the_load_and_stops_the_token(graph_far_end: Serve, code: int, edge: str) -> None:
    """Meta counts over an hour, and says how long it takes only in one of its headers."""
    spent = error(code, "(#4) Application request limit reached", status=403)
    far_end = graph_far_end(Page(POSTS, says=lambda asked: spent if asked.path.partition("/")[2] == edge else None))
    turns = TurnsNoted()
    with pytest.raises(QuotaSpent, match=f"error {code}: Meta's allowance is used up") as raised:
        list(SOURCE.ask(work(**WEEK), far_end.access(turns)))
    assert raised.value.wait == timedelta(hours=1)
    assert [(token, wait) for token, _, wait, _ in turns.stopped] == [(TOKEN, timedelta(hours=1))]
    assert far_end.slept == []
    holds_no_secret(raised.value)


def test_the_wait_is_that_of_the_header_where_there_is_one(graph_far_end: Serve) -> None:
    pools = '{"1": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 19}]}'
    body = b'{"error": {"code": 80001, "message": "too many calls"}}'
    spent = Answer(400, "application/json", body, {"X-Business-Use-Case-Usage": pools})
    far_end = graph_far_end(Page(says=lambda asked: spent if asked.path == str(PAGE) else None))
    with pytest.raises(QuotaSpent) as raised:
        list(SOURCE.ask(work(), far_end.access(TurnsNoted())))
    assert raised.value.wait == timedelta(minutes=19)


FAULTS = {"code 1": error(1, "unknown", status=500), "code 2": error(2, "retry", status=500), "html": HTML}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("edge", ["", "published_posts"])
def test_a_fault_is_waited_out(graph_far_end: Serve, fault: Answer, edge: str) -> None:
    """Twelve seconds at the most, and not a number is lost."""
    faults = [fault, fault]

    def says(asked: Asked) -> Any:
        is_meant = asked.path.partition("/")[2] == edge and asked.fields.get("fields") != "access_token"
        return faults.pop() if is_meant and faults else None

    page = Page(POSTS, says=says)
    far_end, sound = graph_far_end(page), graph_far_end(Page(POSTS))
    answers = list(SOURCE.ask(work(**WEEK), far_end.access()))
    assert far_end.slept == [2, 10]
    assert len(far_end.requests) == 2 + 6
    expected = list(SOURCE.ask(work(**WEEK), sound.access()))
    assert [one.body for one in answers] == [one.body for one in expected]


def test_html_in_the_middle_of_a_year_loses_nothing(graph_far_end: Serve) -> None:
    """As the third, the sixth and the ninth request: of insights, and of what posts have reached."""
    far_end, sound = graph_far_end(Page(POSTS)), graph_far_end(Page(POSTS))
    far_end.faults = dict.fromkeys((2, 5, 8), HTML)
    found, expected = loaded(far_end, **YEAR), loaded(sound, **YEAR)
    assert [one.body for one in found.answers] == [one.body for one in expected.answers]
    assert len(far_end.requests) == len(sound.requests) + 3


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_that_stays_ends_the_load(graph_far_end: Serve, fault: Answer) -> None:
    far_end = graph_far_end(Page(says=lambda asked: fault if asked.path == f"{PAGE}/published_posts" else None))
    with pytest.raises(Transient, match="Meta did not answer in 3 tries") as raised:
        list(SOURCE.ask(work(), far_end.access()))
    assert far_end.slept == [2, 10]
    holds_no_secret(raised.value)


def test_a_question_that_meta_never_answers_is_unknown_and_the_others_are_stored(graph_far_end: Serve) -> None:
    """Codes 1 and 2 say "retry later" of some questions for ever."""
    later = error(2, "Please retry your request later", status=500)
    far_end = graph_far_end(
        Page(says=lambda asked: later if "page_total_actions" in asked.fields.get("metric", "") else None)
    )
    found = loaded(far_end)
    assert of_days(found, "button_clicks") == {}
    assert len(of_days(found, "views")) == 3
    (known,) = found.known_of("insights")
    assert known.without == ("button_clicks",)
    assert "error 2" in str(known.reason)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (error(190, f"Error validating access token {TOKEN}: Session has expired", subcode=463), "the token is dead"),
        (error(190, "(#190) This method must be called with a Page Access Token"), "the token works, .* wrong kind"),
    ],
)
def test_a_dead_token_and_one_of_the_wrong_kind_are_told_apart(graph_far_end: Serve, said: Answer, told: str) -> None:
    far_end = graph_far_end(Page(says=lambda asked: said if "since" in asked.fields else None))
    with pytest.raises(Refused, match=told) as raised:
        loaded(far_end)
    holds_no_secret(raised.value)


def test_no_token_is_in_an_error_an_address_or_the_archive(graph_far_end: Serve) -> None:
    """Meta repeats what it was sent, and its links hold the token."""
    page = Page(POSTS)
    said = error(100, f"(#100) metric: no such thing for {PAGE_TOKEN} or {TOKEN} or EAAsomebodyelse")
    page.says = lambda asked: said if "page_views_total" in asked.fields.get("metric", "") else None
    far_end = graph_far_end(page)
    found = loaded(far_end, **YEAR)
    archived = "".join(f"{one.request}{one.context}{one.body.decode()}" for one in found.answers)
    assert "***" in archived
    told = (
        archived + repr(found.known) + repr(found.health) + repr([(one.path, one.fields) for one in far_end.requests])
    )
    assert "EAA" not in told
