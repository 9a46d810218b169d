"""A counter before its history is loaded."""

from datetime import date
from typing import Any

import pytest

from sandbox.loopback import Answer, Request
from smm.sources import Refused
from smm.sources.metrica.surveying import survey
from smm.sources.survey import Survey
from tests.sources.metrica.far_end import (
    SETTINGS,
    Respond,
    Serve,
    answer,
    listed,
    refusal,
    report,
    work,
)

GOALS = [{"id": 301, "name": "Форма отправлена", "goal_source": "user"}, {"id": 302, "name": "Звонок"}]


def counter(months: dict[str, float], rows: int = 0, heavy: bool = False, **settings: Any) -> Respond:
    """A counter that had visits in these months, and so many rows in the sample."""

    def respond(request: Request) -> Answer:
        if request.path.endswith("/goals"):
            return answer({"goals": GOALS})
        if request.path.startswith("/management/"):
            return answer({"counter": SETTINGS | settings})
        if request.path.endswith("bytime"):
            if heavy and request.fields["accuracy"] == "full":
                return refusal(400, "query_error", "Query is too complicated.")
            intervals = [[f"{month}-01", f"{month}-28"] for month in months]
            row = {"dimensions": [], "metrics": [list(months.values())]}
            return answer(report(time_intervals=intervals) | {"data": [row]})
        assert len(listed(request, "dimensions")) == 6
        assert request.fields["limit"] == "1"
        return answer(report() | {"total_rows": rows})

    return respond


def surveyed(serve: Serve, far_end: Respond, **job: Any) -> Survey:
    return survey([work(**job)], serve(far_end).access)


def test_first_and_last_month_with_data_and_the_cost(metrica_far_end: Serve) -> None:
    months = {"2023-11": 0.0, "2023-12": 5.0, "2024-01": 0.0, "2024-02": 7.0, "2024-03": 0.0}
    far_end = metrica_far_end(counter(months, rows=280))
    jobs = [
        work(first_day=date(2023, 11, 1), last_day=date(2023, 12, 31)),
        work(first_day=date(2024, 1, 1), last_day=date(2024, 3, 11)),
    ]
    found = survey(jobs, far_end.access)
    assert (found.first_month, found.last_month) == (date(2023, 12, 1), date(2024, 2, 1))
    assert found.found == "1,020 rows of traffic", "10 a day, of 31 and 71 days"
    assert found.requests == 2 * 5  # the counter, totals, traffic, months and weeks
    assert found.seconds > 0
    assert found.advice == ()
    assert len(far_end.asked) == 3


def test_a_counter_without_data(metrica_far_end: Serve) -> None:
    found = surveyed(metrica_far_end, counter({"2024-03": 0.0}))
    assert (found.first_month, found.last_month, found.found) == (None, None, "0 rows of traffic")


def test_a_counter_too_large_to_count_is_looked_at_by_a_sample(metrica_far_end: Serve) -> None:
    found = surveyed(metrica_far_end, counter({"2024-02": 7e9}, heavy=True))
    assert found.first_month == date(2024, 2, 1)


def test_a_goal_that_the_counter_does_not_have_is_advised_about(metrica_far_end: Serve) -> None:
    found = surveyed(metrica_far_end, counter({"2024-02": 7.0}), events=("301", "77"))
    assert found.advice == (
        "leads count the goal '77', and Metrica's counter 44147844 has no such goal, so that they would stay unknown;"
        " it has 301 'Форма отправлена', 302 'Звонок'",
    )


def test_another_zone_is_advised_about(metrica_far_end: Serve) -> None:
    found = surveyed(metrica_far_end, counter({"2024-02": 7.0}, time_zone_name="Asia/Omsk"))
    assert found.advice == (
        "Metrica's time zone is Asia/Omsk, but the client's file says Europe/Moscow: days are never shifted, so they"
        " differ a little from those of other sources",
    )


def test_a_counter_that_may_not_be_read(metrica_far_end: Serve) -> None:
    with pytest.raises(Refused, match="may not read Metrica's counter 44147844"):
        surveyed(metrica_far_end, lambda _: refusal(403, "access_denied"))
