"""Comments below the posts of a Page or of an account: which of them it answered, and how many it wrote itself.

What people write, and who they are, is nobody's business here: neither texts nor names are asked for, and of Meta's
answers nothing is kept but moments, in the archive too. A comment is counted if it was written within POST_DAYS of its
post, so that whatever days a load is of, it finds the same.

Meta's own number of a post's comments is only a tally: the list may have one more, or one less. So every post is asked.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from smm.sources import Answer, Job, Known, QuotaSpent, Refused, Rows, Transient
from smm.sources.graph import parts
from smm.sources.graph.api import PACK, Call, Graph
from smm.sources.graph.errors import RIGHT, Json, Refusal
from smm.sources.graph.listing import Form, Question
from smm.sources.graph.posts import POST_DAYS, Post, missing, window
from smm.sources.graph.talk import Talk
from smm.sources.threads import moment

MOST_REQUESTS = 10  # of one load, for what the first pages do not hold
OF_PART = (Refused, QuotaSpent, Transient)  # errors that leave the rest to be loaded
MANY = 20  # threads, of which a page that may be seen to answer has answered at least one
UNREAD = f"not all of them were read: no more than {MOST_REQUESTS} requests of a load are for long lists"


def ask(
    job: Job, graph: Graph, form: Form, own: Collection[str], posts: Sequence[Post], unlisted: Refusal | None
) -> tuple[Call, Json]:
    """What was called, and what is kept of all answers: of each post what `Talk.kept` says (``posts``), or why nothing
    can be known (``refused``); and why Meta was asked no more, if it was not (``stopped``).

    ``own``: the ids of the page itself. ``unlisted``: why not all posts were found.
    """
    if unlisted:
        return Call("comments"), {"refused": unlisted.reason, "posts": []}
    talks = [Talk(post) for post in posts]
    waiting = deque(Question(talk, form, f"{talk.post.name}/comments") for talk in talks)
    most = graph.requests + ceil(len(talks) / PACK) + MOST_REQUESTS
    kept: Json = {}
    is_answered = False
    while waiting and graph.requests < most:
        questions = [waiting.popleft() for _ in range(min(PACK, len(waiting)))]
        try:
            answers = graph.get_all([question.call for question in questions])
        except OF_PART as error:  # no reason not to load the rest
            if isinstance(error, Refused) and not is_answered:
                return Call("comments"), {"refused": str(error), "posts": []}
            waiting.extend(questions)
            kept["stopped"] = str(error)
            break
        is_answered = True
        for question, said in zip(questions, answers, strict=True):
            waiting.extend(question.answered(said))
    for question in waiting:
        question.talk.lacks(question.parent)
    refused = _refused(form, talks)
    kept |= {"refused": refused, "posts": []}
    if not refused:
        kept["posts"] = [talk.kept(job.client, own, with_answers=form.counts_answers) for talk in talks]
        kept["strange"] = _strange(talks, own)
    return Call("comments", {"fields": form.fields}), kept


def _strange(talks: Sequence[Talk], own: Collection[str]) -> int | None:
    """Among how many comments there is none of the page's own, where so many people wrote that this is no chance."""
    comments = [comment for talk in talks for comment in talk.comments.values()]
    is_own = any(comment.author in own for comment in comments)
    return None if is_own or sum(comment.parent is None for comment in comments) < MANY else len(comments)


def _refused(form: Form, talks: Sequence[Talk]) -> str | None:
    """Why nothing can be known of any comment. To a token without a right Meta may also say that there are none."""
    needed = f"to read comments, the token needs {form.permission}"
    refusals = [talk.refusal for talk in talks if talk.refusal]
    right = next((refusal for refusal in refusals if refusal.meaning == RIGHT), None)
    if right and len(refusals) == len(talks):
        return f"{needed}: {right.reason}"
    if len(talks) > 1 and all(talk.is_gone for talk in talks):  # rather a right than so many deleted posts
        return f"{needed}: {refusals[0].reason}"
    comments = [comment for talk in talks for comment in talk.comments.values()]
    if comments and not any(comment.author for comment in comments):
        return f"{needed}: Meta does not say who wrote them"
    tally = sum(talk.post.counters.get("comments") or 0 for talk in talks)
    if tally and not comments and not refusals and not any(talk.unread for talk in talks):
        return f"{needed}: Meta counts {tally} of them and lists none"
    return None


def read(job: Job, answer: Answer) -> Iterator[Rows | Known]:
    """The comments of the job's days, the pages' own by post, and of which days they are known."""
    ((_, said, _),) = parts.told(answer)
    begin, last_day = window(job)
    if said["refused"]:
        yield Known("comments", job.first_day, last_day, "no_access", said["refused"])
        yield Known("own_comments", begin, last_day, "no_access", said["refused"])
        return
    zone = ZoneInfo(job.time_zone)
    threads: dict[str, list[Any]] = {}  # Meta may list one comment below two posts
    own = []
    yield Known("comments", job.first_day, last_day)
    yield Known("own_comments", begin, last_day)
    if said.get("strange"):
        reason = (
            f"no comment by the account itself was recognised among {said['strange']}: check whether it answers under"
            " this account"
        )
        yield Known("comments", job.first_day, last_day, "flagged", reason)
    for first, last, why in missing(said.get("unlisted", ())):
        yield Known("own_comments", first, last, "unanswered", why)
        until = min(last + timedelta(days=POST_DAYS), job.last_day)
        if max(first, job.first_day) <= until:
            yield Known("comments", max(first, job.first_day), until, "unanswered", why)
    for one in said["posts"]:
        published_on = _day(one["published_at"], zone)
        counted = published_on, min(published_on + timedelta(days=POST_DAYS), last_day)
        for name, written_at, answered in one["threads"]:
            if max(job.first_day, counted[0]) <= _day(written_at, zone) <= counted[1]:
                moments = moment(written_at), moment(answered)
                threads.setdefault(name, [job.network, "comments", name, *moments, answer.fetched_at])
        if one["own"] is not None:
            own.append([job.network, one["post"], one["own"]])
        if one.get("is_gone"):
            yield Known("own_comments", published_on, published_on, reason=f"post {one['post']}: {one['refused']}")
        for span, state, why in _lacks(one, counted, zone, said.get("stopped", UNREAD)):
            first, last = max(span[0], job.first_day), min(span[1], counted[1])
            reason = f"comments of post {one['post']}: {why}"
            if first <= last:
                yield Known("comments", first, last, state, reason)
            yield Known("own_comments", published_on, published_on, reason=reason)
    yield Rows("threads", iter(threads.values()))
    yield Rows("own_comments", iter(own))


def _lacks(
    one: Json, counted: tuple[date, date], zone: ZoneInfo, unread: str
) -> Iterator[tuple[tuple[date, date], str, str]]:
    """Of which days some comments of a post are missing, what these days are then, and why."""
    if one["refused"] and not one.get("is_gone"):  # one among others: they are counted without it
        yield counted, "flagged", one["refused"]
    for since, until, *why in one["unread"]:
        yield (_day(since, zone), _day(until, zone)), "unanswered", next(filter(None, why), unread)


def _day(unix: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(unix, zone).date()
