"""What people write below the posts of a brand's Page or account, and what the brand answers."""

from datetime import UTC, datetime, timedelta

import numpy as np

from sandbox.data import Remark
from sandbox.world.noise import Floats, Ints, Noise
from sandbox.world.wall import age_of

DAY = 86_400  # seconds
_MOST = 1_000  # remarks below one post; their numbers begin with the post's


def talks(
    noise: Noise, kind: str, posts: Ints, days: Ints, published_at: np.ndarray, comments: Ints, now: datetime
) -> list[tuple[Remark, ...]]:
    """Of each post, all that was written by then, oldest first: so many comments of people, the answers to most of
    them, and below some posts a first comment of the brand itself. A comment of the last 24 hours appears only once it
    is answered: whether one without an answer is settled would depend on the minute in which it is read.

    `posts`: their numbers; `days`: their keys of chance; `published_at`: naive, UTC.
    """
    on = np.repeat(np.arange(len(posts)), comments)
    nth = np.arange(len(on)) - np.repeat(np.cumsum(comments) - comments, comments)

    def chance(name: str) -> Floats:
        return noise.uniform(f"{kind} talk {name}", days[on], nth)

    written = published_at[on] + _whole(age_of((nth + 1) / np.repeat(comments, comments)) * DAY)
    patience = 60 - 5400 * np.log1p(-chance("answered after")) + np.where(chance("forgotten") < 0.1, 1.25 * DAY, 0)
    answered = written + _whole(patience)
    is_answered, is_talked_of = chance("answered") < 0.7, chance("talked of") < 0.25
    begins = noise.uniform(f"{kind} talk first", days) < 0.2
    read_at = np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "s")
    is_open = (read_at - written < np.timedelta64(DAY, "s")) & ~(is_answered & (answered <= read_at))
    found: list[list[Remark]] = [[] for _ in posts]
    hidden: set[int | None] = set()

    def say(at: int, moment: np.datetime64, *, is_own: bool, parent: int | None = None) -> int:
        number = int(posts[at]) * _MOST + len(found[at])
        found[at].append(Remark(number, moment.astype(datetime).replace(tzinfo=UTC), is_own, parent))
        return number

    def is_there(one: Remark) -> bool:
        return one.written_at <= now and not hidden & {one.id, one.parent}

    for at in np.flatnonzero(begins).tolist():
        say(at, published_at[at] + np.timedelta64(60, "s"), is_own=True)
    for i, at in enumerate(on.tolist()):
        comment = say(at, written[i], is_own=False)
        if is_open[i]:
            hidden.add(comment)
        if is_talked_of[i]:
            say(at, written[i] + np.timedelta64(30, "m"), is_own=False, parent=comment)
        if is_answered[i]:
            say(at, answered[i], is_own=True, parent=comment)
    return [tuple(sorted((one for one in talk if is_there(one)), key=lambda one: one.written_at)) for talk in found]


def first_answer(talk: tuple[Remark, ...], to: Remark) -> timedelta | None:
    """After what time the brand answered, if within a day."""
    waits = [one.written_at - to.written_at for one in talk if one.is_own and one.parent == to.id]
    return min((wait for wait in waits if wait <= timedelta(seconds=DAY)), default=None)


def _whole(seconds: Floats) -> np.ndarray:
    found: np.ndarray = np.ceil(seconds).astype("timedelta64[s]")
    return found
