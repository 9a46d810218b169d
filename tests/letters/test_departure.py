"""When a letter that waits is sent: what the board and the command line say of it."""

from datetime import UTC, datetime, timedelta

import pytest

from smm.letters import departure

NOW = datetime(2026, 10, 4, 10, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (NOW, "11:00 UTC"),
        (NOW.replace(minute=0), "11:00 UTC"),
        (NOW.replace(hour=23), "00:00 UTC on 2026-10-05"),
    ],
)
def test_the_next_run_is_at_the_next_full_hour(at: datetime, told: str) -> None:
    assert departure.told(at) == told


@pytest.mark.parametrize(
    ("readers", "told"),
    [
        ([], "11:00 UTC"),
        ([("due", None)], "11:00 UTC"),
        ([("due", timedelta(minutes=-5))], "11:00 UTC"),
        ([("due", timedelta(hours=4))], "15:00 UTC on 2026-10-04"),
        ([("due", timedelta(hours=4)), ("due", None)], "11:00 UTC"),
        ([("due", timedelta(hours=4)), ("sent", None)], "15:00 UTC on 2026-10-04"),
    ],
)
def test_a_letter_that_a_server_has_put_off_is_sent_later(
    readers: list[tuple[str, timedelta | None]], told: str
) -> None:
    rows = [{"state": state, "next_try_at": None if wait is None else NOW + wait} for state, wait in readers]
    assert departure.sending(rows, NOW) == told
