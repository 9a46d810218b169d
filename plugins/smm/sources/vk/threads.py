"""Threads of a VK community's messages: when a person started one, and when a human answered.

A thread begins with a person's message after a day of silence on both sides.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from smm.files.periods import ONE_DAY
from smm.sources import Answer, Job, Known, Rows
from smm.sources.threads import DAY, ROBOT, midnight, moment
from smm.sources.vk.errors import Json

SILENCE = DAY  # seconds before a thread


def read_listing(job: Job, said: Json) -> Known:
    """With the list of conversations, the messages of the job's days are known, or known to be out of reach."""
    days = (job.first_day, job.last_day)
    if "refused" in said:
        return Known("messages", *days, "no_access", said["refused"])
    if said.get("nameless"):
        return Known("messages", *days, "flagged", f"VK does not name the people of {said['nameless']} conversations")
    return Known("messages", *days)


def read_histories(job: Job, answer: Answer, said: Json) -> Iterator[Rows | Known]:
    """The threads that began on the job's days."""
    since, until = midnight(job.time_zone, job.first_day), midnight(job.time_zone, job.last_day + ONE_DAY)
    yield Rows(
        "threads",
        (
            [job.network, "messages", peer, moment(began), moment(answered), answer.fetched_at]
            for peer, messages in said["response"].items()
            for began, answered in _threads(_in_order(messages, answer.fetched_at))
            if since <= began < until
        ),
    )
    reasons = [f"VK refuses the messages of {said['refused']} conversations"] if said["refused"] else []
    if "reason" in said:
        reasons = [f"{reasons[0]}: {said['reason']}"]
    if said.get("unclear"):
        reasons.append(
            f"VK does not say when, or by whom, some messages of {said['unclear']} conversations were written"
        )
    if reasons:
        yield Known("messages", job.first_day, job.last_day, "flagged", "; ".join(reasons))


def _in_order(messages: Sequence[Any], now: datetime) -> list[Any]:
    """By their moments: those of VK's numbers may be odd. None is from after ``now``."""
    return sorted((one for one in messages if one[0] <= now.timestamp()), key=lambda one: one[0])


def _threads(messages: Sequence[Any]) -> Iterator[tuple[int, int | None]]:
    """When each thread began and was answered, of one peer's messages in their order."""
    before = None
    for at, (now, out, _) in enumerate(messages):
        if not out and (before is None or now - before >= SILENCE):
            yield now, _answered(messages[at:])
        before = now


def _answered(messages: Sequence[Any]) -> int | None:
    """When a human answered the first of these messages, if within a day.

    VK names who wrote for the community, unless a program did: the robot that greets at once, or the inbox of another
    firm through which people write. So the first answer with a name counts, else the first that was not at once.
    """
    began, _, _ = last_incoming, _, _ = messages[0]
    unnamed = None
    for now, out, is_named in messages[1:]:
        if now - began > DAY:
            break
        if not out:
            last_incoming = now
        elif now - last_incoming > ROBOT:
            if is_named:
                return int(now)
            unnamed = unnamed or now
    return unnamed
