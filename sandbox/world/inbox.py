"""Who writes to a brand's community, and when somebody answers."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd

from sandbox.data import Message
from sandbox.world.brands import Brand
from sandbox.world.noise import Floats, Noise
from sandbox.world.seasons import EPOCH, days, ordinals

DAY = 86_400  # seconds
_PEOPLE = 300  # write in turn, so that the same one writes again after months
_FIRST_PERSON = 20_000_000
_ADMIN = 77
_ROBOT = 1  # second after which it greets


def threads(brand: Brand, noise: Noise, last: date) -> pd.DataFrame:
    """One row per thread since the epoch, oldest first: day (of the brand's zone), began (naive, UTC), peer, and the
    seconds until a human answers; for some that is days.
    """
    calendar = days(EPOCH, last)
    keys = (ordinals(calendar),)
    counts = noise.count("threads", brand.messages * brand.calendar.level(calendar), *keys)
    on = np.repeat(np.arange(len(calendar)), counts)
    nth = np.arange(len(on)) - np.repeat(np.cumsum(counts) - counts, counts)
    thread_keys = (keys[0][on], nth)

    def chance(name: str) -> Floats:
        return noise.uniform(name, *thread_keys)

    seconds = np.floor(3600 * (9 + 12 * chance("written at"))).astype("timedelta64[s]")
    local = pd.Series(calendar[on].astype("datetime64[s]") + seconds).dt.tz_localize(brand.time_zone)
    patience = 60 - 5400 * np.log1p(-chance("answered after")) + np.where(chance("forgotten") < 0.1, 1.25 * DAY, 0)
    return (
        pd.DataFrame(
            {
                "day": calendar[on],
                "began": local.dt.tz_convert("UTC").dt.tz_localize(None),
                "seconds": np.floor(patience).astype(np.int64),
            }
        )
        .sort_values("began", kind="stable", ignore_index=True)
        .assign(peer=lambda found: _FIRST_PERSON + np.arange(len(found)) % _PEOPLE)
    )


def is_answered(found: pd.DataFrame, now: datetime) -> "pd.Series[bool]":
    """Which threads were answered within a day, by that moment."""
    at = found["began"] + pd.to_timedelta(found["seconds"], unit="s")
    return (found["seconds"] <= DAY) & (at <= pd.Timestamp(now.astimezone(UTC)).tz_localize(None))


def messages(found: pd.DataFrame, now: datetime) -> list[Message]:
    """Every message until that moment, oldest first: a question, a robot's greeting, an answer by the admin."""
    said: list[tuple[datetime, int, bool, int | None]] = []
    for row in found.to_dict("records"):
        began, peer = row["began"].to_pydatetime().replace(tzinfo=UTC), int(row["peer"])
        greeted, answered = (began + pd.Timedelta(seconds=after) for after in (_ROBOT, row["seconds"]))
        said += [(began, peer, False, None), (greeted, peer, True, None), (answered, peer, True, _ADMIN)]
    said = sorted(one for one in said if one[0] <= now)
    return [Message(number, peer, at, is_out, "?", author) for number, (at, peer, is_out, author) in enumerate(said, 1)]
