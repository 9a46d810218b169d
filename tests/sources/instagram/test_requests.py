"""What loading an account costs, and what comes of Meta's errors: what is stored, raised and waited for."""

from datetime import date, timedelta
from typing import Any

import pytest

from sandbox.loopback import Answer
from smm.sources import QuotaSpent, Refused, Transient
from smm.sources.instagram import SOURCE
from tests.sources.graph.conftest import Serve
from tests.sources.graph.far_end import HTML, TOKEN, Asked, TurnsNoted, error
from tests.sources.instagram.account import ACCOUNT, FOLLOWS, Account, loaded, of, spread, work
from tests.sources.loading import holds_no_secret

YEAR = {"first_day": date(2025, 1, 1), "last_day": date(2025, 12, 31)}
WEEK = {"first_day": date(2025, 12, 25), "last_day": date(2025, 12, 31)}
MEDIA = spread(400, **YEAR)
UNSUITED = error(100, "(#100) The Media Insights API does not support the views metric for this media product type.")


@pytest.mark.parametrize(("dead", "most"), [(set(), 43), ({"saves"}, 46), ({"saved"}, 46), ({"views"}, 53)])
def test_a_year_with_400_media_takes_few_requests(graph_far_end: Serve, dead: set[str], most: int) -> None:
    """`views` is a metric of the account and of its media. Meta counts the calls in them, too."""
    far_end = graph_far_end(Account(MEDIA, dead=dead))
    found = loaded(far_end, **YEAR)
    assert len(far_end.requests) <= most
    assert len(far_end.asked) < 1650
    assert len(found.rows["posts"]) == 400
    assert len(of(found, "likes")) == 365


def test_reels_that_lack_a_metric_cost_a_year_no_more_than_it_may(graph_far_end: Serve) -> None:
    far_end = graph_far_end(Account(MEDIA, says=lacking_views))
    found = loaded(far_end, **YEAR)
    assert len(far_end.requests) <= 88
    assert {row["views"] is None for row in found.named["posts"]} == {True}
    assert {row["saves"] is None for row in found.named["post_reach"]} == {False}


def lacking_views(asked: Asked) -> Any:
    is_medium = "since" not in asked.fields and "views" in asked.fields.get("metric", "")
    return UNSUITED if is_medium else None


@pytest.mark.parametrize(("dead", "most"), [(set(), 6), ({"saves"}, 8), ({"saved"}, 8)])
def test_a_day_takes_few_requests(graph_far_end: Serve, dead: set[str], most: int) -> None:
    far_end = graph_far_end(Account(MEDIA, dead=dead))
    found = loaded(far_end, **WEEK)
    assert len(far_end.requests) == most
    assert 30 < len(found.rows["posts"]) < 50, "those of the week and of four weeks before it"


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80002])
@pytest.mark.parametrize("edge", ["", "insights", "media"])
def test_a_spent_allowance_ends_the_load_and_stops_the_token(graph_far_end: Serve, code: int, edge: str) -> None:
    spent = error(code, "(#4) Application request limit reached", status=403)
    far_end = graph_far_end(Account(MEDIA, says=lambda asked: spent if asked.path.partition("/")[2] == edge else None))
    turns = TurnsNoted()
    with pytest.raises(QuotaSpent, match=f"error {code}: Meta's allowance is used up") as raised:
        list(SOURCE.ask(work(**WEEK), far_end.access(turns)))
    assert raised.value.wait == timedelta(hours=1)
    assert [(token, wait) for token, _, wait, _ in turns.stopped] == [(TOKEN, timedelta(hours=1))]
    assert far_end.slept == []
    holds_no_secret(raised.value)


FAULTS = {"code 1": error(1, "unknown", status=500), "code 2": error(2, "retry", status=500), "html": HTML}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("edge", ["", "media"])
def test_a_fault_is_waited_out(graph_far_end: Serve, fault: Answer, edge: str) -> None:
    faults = [fault, fault]

    def says(asked: Asked) -> Any:
        return faults.pop() if asked.path.partition("/")[2] == edge and faults else None

    far_end, sound = graph_far_end(Account(MEDIA, says=says)), graph_far_end(Account(MEDIA))
    answers = list(SOURCE.ask(work(**WEEK), far_end.access()))
    expected = list(SOURCE.ask(work(**WEEK), sound.access()))
    assert [one.body for one in answers] == [one.body for one in expected]
    assert (far_end.slept, len(far_end.requests)) == ([2, 10], len(sound.requests) + 2)


def test_html_in_the_middle_of_a_year_loses_nothing(graph_far_end: Serve) -> None:
    """As the second, the tenth and the twenty-fifth request: of the zone, of totals, and of media."""
    far_end, sound = graph_far_end(Account(MEDIA)), graph_far_end(Account(MEDIA))
    far_end.faults = dict.fromkeys((1, 9, 24), HTML)
    found, expected = loaded(far_end, **YEAR), loaded(sound, **YEAR)
    assert [one.body for one in found.answers] == [one.body for one in expected.answers]
    assert len(far_end.requests) == len(sound.requests) + 3


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_that_stays_ends_the_load(graph_far_end: Serve, fault: Answer) -> None:
    far_end = graph_far_end(Account(says=lambda asked: fault if asked.path == f"{ACCOUNT}/media" else None))
    with pytest.raises(Transient, match="Meta did not answer in 3 tries") as raised:
        list(SOURCE.ask(work(), far_end.access()))
    assert far_end.slept == [2, 10]
    holds_no_secret(raised.value)


def test_one_day_that_meta_never_answers_is_unknown_and_the_others_are_stored(graph_far_end: Serve) -> None:
    def says(asked: Asked) -> Any:
        is_meant = asked.fields.get("metric") == FOLLOWS and asked.fields["since"] == "2024-03-11"
        return error(2, "Please retry your request later", status=500) if is_meant else None

    found = loaded(graph_far_end(Account(says=says)))
    assert sorted(of(found, "followers_gained")) == [date(2024, 3, 9), date(2024, 3, 11)]
    (lacking,) = [one for one in found.known_of("insights") if one.without]
    assert (lacking.first_day, lacking.last_day) == (date(2024, 3, 10), date(2024, 3, 10))
    assert lacking.without == ("followers_gained", "followers_lost")
    assert "error 2" in str(lacking.reason)


def test_a_dead_token_is_told(graph_far_end: Serve) -> None:
    dead = error(190, f"Error validating access token {TOKEN}: Session has expired", subcode=463)
    with pytest.raises(Refused, match="the token is dead: issue a new one") as raised:
        loaded(graph_far_end(Account(says=lambda _: dead)))
    holds_no_secret(raised.value)


def test_no_token_is_in_an_address_or_the_archive(graph_far_end: Serve) -> None:
    """Meta's links hold it, those of insights and of lists."""
    far_end = graph_far_end(Account(MEDIA))
    found = loaded(far_end, **YEAR)
    archived = "".join(f"{one.request}{one.context}{one.body.decode()}" for one in found.answers)
    assert "paging" not in archived
    told = (
        archived + repr(found.known) + repr(found.health) + repr([(one.path, one.fields) for one in far_end.requests])
    )
    assert "EAA" not in told
