"""What Metrica samples, or finds too heavy: asked in halves, and what stays so is flagged or unknown with a reason."""

from datetime import date
from typing import Any

import pytest

from sandbox.loopback import Request
from smm.sources import Transient, metrica
from tests.sources.loading import load
from tests.sources.metrica.far_end import (
    FIRST,
    LAST,
    Script,
    Serve,
    by_name,
    days,
    name_of,
    nothing,
    people,
    refusal,
    report,
    scripted,
    source,
    work,
)

HEAVY = "Query is too complicated. Please reduce the date interval or sampling."


def length(request: Request) -> int:
    first, last = (date.fromisoformat(day) for day in days(request))
    return (last - first).days + 1


def counting(request: Request) -> Any:
    """One visit on each day that is asked for."""
    first = date.fromisoformat(days(request)[0])
    named = [f"{date.fromordinal(first.toordinal() + n)}" for n in range(length(request))]
    origin = source("direct") if name_of(request) == "traffic" else []
    people = [] if name_of(request) == "traffic" else [1]
    return report([([day, *origin], [1, 1, 0, 20, 1, 0, 0, *people]) for day in named])


def sampled(at_least: int, script: Script = counting) -> Script:
    """A Metrica that samples reports of so many days or more."""

    def answer(request: Request) -> Any:
        said = script(request) if name_of(request) in ("totals", "traffic") else nothing(request)
        is_sampled = name_of(request) in ("totals", "traffic") and length(request) >= at_least
        return said | ({"sampled": True, "sample_share": 0.1} if is_sampled else {})

    return answer


def test_days_that_are_sampled_together_are_asked_in_halves(metrica_far_end: Serve) -> None:
    """`accuracy=full` is no promise."""
    far_end = metrica_far_end(scripted(sampled(2)))
    loaded = load(metrica.SOURCE, work(), far_end.connection)
    asked = [days(request) for request in far_end.reports if name_of(request) == "traffic"]
    assert asked == [
        ("2024-03-09", "2024-03-11"),
        ("2024-03-09", "2024-03-10"),
        ("2024-03-09", "2024-03-09"),
        ("2024-03-10", "2024-03-10"),
        ("2024-03-11", "2024-03-11"),
    ]
    assert [row[0] for row in loaded.rows["traffic"]] == ["2024-03-09", "2024-03-10", "2024-03-11"]
    assert {known.state for known in loaded.known} == {"known"}


def test_a_day_that_stays_sampled_is_flagged(metrica_far_end: Serve) -> None:
    def script(request: Request) -> Any:
        return sampled(1 if days(request)[0] == days(request)[1] == "2024-03-10" else 2)(request)

    loaded = load(metrica.SOURCE, work(), metrica_far_end(scripted(script)).connection)
    states = {known.first_day: (known.state, known.reason) for known in loaded.known_of("traffic")}
    assert states == {
        date(2024, 3, 9): ("known", None),
        date(2024, 3, 10): ("flagged", "Metrica counted a sample of 10% of the visits"),
        date(2024, 3, 11): ("known", None),
    }
    assert len(loaded.rows["traffic"]) == 3, "and shown all the same"
    assert loaded.health["sampled_share.traffic.2024-03-10..2024-03-10"] == 0.1


def test_sampled_people_of_a_month_are_flagged_and_not_divided(metrica_far_end: Serve) -> None:
    def months(request: Request) -> Any:
        return people(request, [230.0]) | {"sampled": True, "sample_share": 0.1}

    loaded = load(metrica.SOURCE, work(), metrica_far_end(scripted(by_name(months=months))).connection)
    assert ("flagged", "Metrica counted a sample of 10% of the visits") in [
        (known.state, known.reason) for known in loaded.known_of("users")
    ]


def test_withheld_rows_are_flagged(metrica_far_end: Serve) -> None:
    far_end = metrica_far_end(scripted(by_name(traffic=report(contains_sensitive_data=True))))
    loaded = load(metrica.SOURCE, work(), far_end.connection)
    (known,) = loaded.known_of("traffic")
    assert (known.state, known.reason) == ("flagged", "Metrica withholds rows about fewer than 10 visitors")


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [(400, "query_error", HEAVY), (400, "too_much_rows", "too much"), (504, "timeout", "slow"), (400, "x", HEAVY)],
)
def test_what_is_too_heavy_is_asked_in_halves(status: int, kind: str, said: str, metrica_far_end: Serve) -> None:
    def script(request: Request) -> Any:
        if name_of(request) in ("totals", "traffic") and length(request) > 1:
            return refusal(status, kind, said)
        return counting(request) if name_of(request) in ("totals", "traffic") else nothing(request)

    far_end = metrica_far_end(scripted(script))
    loaded = load(metrica.SOURCE, work(), far_end.connection)
    assert [row[0] for row in loaded.rows["traffic_totals"]] == ["2024-03-09", "2024-03-10", "2024-03-11"]
    assert {known.state for known in loaded.known} == {"known"}
    asked = [days(request) for request in far_end.reports if name_of(request) == "totals"]
    assert len(asked) == len(set(asked)) == 5, "the same once more would be as heavy"


def test_a_day_that_is_too_heavy_stays_unanswered_and_the_others_are_had(metrica_far_end: Serve) -> None:
    def script(request: Request) -> Any:
        first, last = days(request)
        if name_of(request) == "traffic" and first <= "2024-03-10" <= last:
            return refusal(400, "query_error", HEAVY)
        return counting(request) if name_of(request) in ("totals", "traffic") else nothing(request)

    loaded = load(metrica.SOURCE, work(), metrica_far_end(scripted(script)).connection)
    assert [row[0] for row in loaded.rows["traffic"]] == ["2024-03-09", "2024-03-11"]
    states = {known.first_day: known.state for known in loaded.known_of("traffic")}
    assert states == {date(2024, 3, 9): "known", date(2024, 3, 10): "unanswered", date(2024, 3, 11): "known"}
    (reason,) = [known.reason for known in loaded.known if known.state == "unanswered"]
    assert reason == f'a request for Metrica\'s counter 44147844 is too heavy for Metrica (Metrica says: "{HEAVY}")'
    assert [(known.first_day, known.last_day, known.state) for known in loaded.known_of("totals")] == [
        (FIRST, LAST, "known")
    ]


def test_people_that_are_too_heavy_take_nothing_back(metrica_far_end: Serve) -> None:
    far_end = metrica_far_end(scripted(by_name(months=refusal(400, "query_error", HEAVY))))
    loaded = load(metrica.SOURCE, work(), far_end.connection)
    assert len(loaded.known_of("users")) == 1  # of the weeks
    assert HEAVY in loaded.health["unanswered.users.month"]


def test_where_every_day_is_too_heavy_the_load_fails_and_may_be_tried_again(metrica_far_end: Serve) -> None:
    def script(request: Request) -> Any:
        return refusal(400, "query_error", HEAVY) if name_of(request) == "traffic" else nothing(request)

    with pytest.raises(Transient, match="too heavy for Metrica"):
        load(metrica.SOURCE, work(), metrica_far_end(scripted(script)).connection)
