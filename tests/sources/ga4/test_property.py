"""Reports of several pages: whole, from one state, or not at all."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from smm.sources import Known, Transient
from smm.sources.ga4 import SOURCE
from smm.sources.ga4 import questions as ga4_questions
from tests.sources.ga4.scripted import ROW, TRAFFIC, FarEnd, Script, dimensions_of, report
from tests.sources.loading import job, load

FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)
FIVE: list[tuple[str, ...]] = [("20240309", f"source{n}", "referral", "(not set)", *ROW[4:]) for n in range(5)]


def paged(rows_by_call: Callable[[int], list[tuple[str, ...]]], cut: int | None = None) -> Script:
    """A report of traffic whose rows depend on how often it was asked; ``cut`` = GA4 stops short there."""
    asked = 0

    def script(request: Any) -> Any:
        nonlocal asked
        if dimensions_of(request) != TRAFFIC:
            return report(request, [])
        asked += 1
        rows = rows_by_call(asked)
        page = rows[: cut or len(rows)][request.offset : request.offset + request.limit]
        return report(request, page, row_count=len(rows))

    return script


@pytest.fixture
def pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ga4_questions, "PAGE", 2)


def test_pages_are_read_to_the_end(far_end: FarEnd, pages_of_two: None) -> None:
    server = far_end(paged(lambda _: FIVE))
    loaded = load(SOURCE, job(), server.connection)
    assert loaded.rows["traffic"] == FIVE
    assert [answer.request["offset"] for answer in loaded.answers if answer.name == "traffic"] == [0, 2, 4]
    assert loaded.known_of("traffic") == [Known("traffic", FIRST, LAST)]


def test_a_report_that_grows_while_it_is_read_is_read_again(far_end: FarEnd, pages_of_two: None) -> None:
    server = far_end(paged(lambda asked: FIVE[:3] if asked == 1 else FIVE))
    assert load(SOURCE, job(), server.connection).rows["traffic"] == FIVE


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (paged(lambda asked: FIVE[: 3 + asked % 2]), "changed in GA4 while it was read, 3 times"),
        (paged(lambda _: FIVE, cut=4), "has 5 rows, but gave 4"),
    ],
)
def test_a_report_that_cannot_be_had_whole_is_not_taken(
    script: Script, text: str, far_end: FarEnd, pages_of_two: None
) -> None:
    with pytest.raises(Transient, match=text):
        load(SOURCE, job(), far_end(script).connection)


def test_a_page_that_begins_again_with_a_row_of_the_one_before_is_not_taken(
    far_end: FarEnd, pages_of_two: None
) -> None:
    """A row came in at the front and another went while the pages were read: the count is the same, the places not."""
    moved = [("20240309", "a new source", *ROW[2:]), *FIVE[:4]]
    asked = 0

    def script(request: Any) -> Any:
        nonlocal asked
        if dimensions_of(request) != TRAFFIC:
            return report(request, [])
        asked += 1
        rows = FIVE if asked == 1 else moved
        return report(request, rows[request.offset : request.offset + request.limit], row_count=5)

    loaded = load(SOURCE, job(), far_end(script).connection)
    assert loaded.rows["traffic"] == moved
    assert loaded.answers[1].requests == 1 + 3  # of the pages, the one that told and the first again among them
