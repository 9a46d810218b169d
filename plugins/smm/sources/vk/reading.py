"""Reading VK's answers. What is odd in one, a number of -1 or ``[]`` for an object, makes that one measure unknown."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from smm.facts import OF_PERIODS
from smm.sources import Answer, BadInput, Health, Identity, Job, Known, Refused, Rows
from smm.sources.vk import comments, reach, stats, threads, values, wall
from smm.sources.vk.errors import Json, no_access


def read(job: Job, answers: Iterable[Answer]) -> Iterator[Rows | Known | Health | Identity]:
    """Rows and what they make known. Raises Refused for a community that is gone, BadInput for an unknown form."""
    for answer in answers:
        said = json.loads(answer.body)
        match answer.name:
            case "community":
                yield Identity({"community": str(job.options["community"])})
                yield from _members(job, said, answer.fetched_at)
            case "wall":
                yield from wall.read_posts(job, answer, said)
            case "stats":
                yield from stats.read(job, answer, said)
            case "post_reach":
                yield from reach.read(job, answer, said)
            case "own_comments":
                yield from comments.read(job, said)
            case "conversations":
                yield threads.read_listing(job, said)
            case "messages":
                yield from threads.read_histories(job, answer, said)
            case name:
                raise BadInput(f"the archive has an answer {name!r}, which does not belong to any question to VK")


def _members(job: Job, said: Json, fetched_at: datetime) -> Iterator[Rows | Known]:
    response = said.get("response")
    groups = response if isinstance(response, list) else values.block(response).get("groups")  # a list before 5.199
    if not isinstance(groups, list):
        yield no_access("members", job.first_day, job.last_day, "groups.getById", said)
        return
    if not groups:
        raise BadInput(f"VK has no community {job.options['community']}: check the number in the client's file")
    group = values.block(groups[0])
    if group.get("deactivated"):
        raise Refused(f"VK community {job.options['community']} is {group['deactivated']}")
    told = group.get("members_count")
    members = values.count(told)
    # where the client's zone and VK's UTC disagree: see include/sql/facts/counts/publish_moments.sql
    day = min(fetched_at.astimezone(zone).date() for zone in (ZoneInfo(job.time_zone), UTC))
    row = (job.network, "members", "followers", "day", day, members, day, fetched_at)
    yield Rows("counts", iter([row]), (*OF_PERIODS, "counted_at"))
    if members is None:
        hidden = "the community hides its number of members"
        reason = hidden if told is None else f"VK gave {values.odd('members_count', told)}"
        yield Known("members", job.first_day, job.last_day, "no_access", reason)
    else:
        yield Known("members", day, day)
