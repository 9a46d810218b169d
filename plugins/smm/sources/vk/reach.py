"""The reach of a community's own posts, thirty to a call. VK has it for the last 300 posts or so.

One post that VK does not take makes it refuse all thirty: they are then asked for one by one, and it alone stays
unknown.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from smm.sources import Answer, Job, Known, Rows
from smm.sources.vk import values
from smm.sources.vk.errors import Json, no_access, refusal
from smm.sources.vk.execute import Call
from smm.sources.vk.session import Session
from smm.sources.vk.wall import Post, window

METHOD = "stats.getPostReach"
MOST = 30  # posts; the most that VK takes
COLUMNS = ("network", "post_id", "reach", "reach_followers", "link_clicks", "joins")  # VK counts no saves
OF_ONE_POST = frozenset({18, 19, 30, 100, 104, 210})  # what VK may say because of one of the posts


def ask(job: Job, vk: Session, posts: Sequence[Post]) -> Iterator[tuple[Call, Json, Json]]:
    """Each call for the reach of own posts, newest first, what is kept of its answer, and the days it stands for.

    The calls together stand for all the job's days. Posts that VK refuses are kept beside the others' answers:
    ``refused``, by post its day and the error.
    """
    owner = -job.options["community"]
    chunks = [posts[start : start + MOST] for start in range(0, len(posts), MOST)]
    calls = [_call(owner, chunk) for chunk in chunks]
    first_day, until = window(job)
    for call, chunk, said in zip(calls, chunks, vk.pack(calls), strict=True):
        since = chunk[-1].day if chunk is not chunks[-1] else first_day
        kept = _one_by_one(owner, vk, chunk, said)
        yield call, kept, {"first_day": since.isoformat(), "last_day": until.isoformat()}
        until = since


def _call(owner: int, posts: Sequence[Post]) -> Call:
    return Call(METHOD, {"owner_id": owner, "post_ids": ",".join(str(post.id) for post in posts)})


def _one_by_one(owner: int, vk: Session, posts: Sequence[Post], said: Json) -> Json:
    """The answer to these posts; where it is an error of one of them, those of each of them in one."""
    if len(posts) == 1 or said.get("error", {}).get("error_code") not in OF_ONE_POST:
        return said
    kept: Json = {"response": [], "refused": {}}
    for post, alone in zip(posts, vk.pack([_call(owner, [post]) for post in posts]), strict=True):
        if "error" in alone:
            kept["refused"][str(post.id)] = [post.day.isoformat(), alone["error"]]
        else:
            kept["response"] += values.objects(alone["response"])
    return said if len(kept["refused"]) == len(posts) else kept


def read(job: Job, answer: Answer, said: Json) -> Iterator[Rows | Known]:
    """The reach of posts. That of posts which VK does not name stays unknown."""
    first_day, last_day = (date.fromisoformat(answer.context[key]) for key in ("first_day", "last_day"))
    if not isinstance(said.get("response"), list):
        yield no_access("post_reach", first_day, last_day, METHOD, said)
        return
    posts = {values.count(post.get("post_id")): post for post in values.objects(said["response"])}
    yield Rows("post_reach", (_row(job, number, post) for number, post in posts.items() if number), COLUMNS)
    yield Known("post_reach", first_day, last_day)
    for day, error in said.get("refused", {}).values():
        on = date.fromisoformat(day)
        yield Known("post_reach", on, on, reason=f"{refusal(METHOD, error)} (of one post)")


def _row(job: Job, number: int, post: Json) -> list[Any]:
    keys = ("reach_total", "reach_subscribers", "links", "join_group")
    return [job.network, number, *(values.count(post.get(key)) for key in keys)]
