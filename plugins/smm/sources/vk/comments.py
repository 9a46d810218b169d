"""How many of the comments on a community's posts are its own: it answers people, and VK's counter counts that too.

What people write, and who they are, is nobody's business here: of VK's answers nothing is kept but how many comments of
a post were the community's, in the archive too. A post is counted as a whole, replies included, or stays unknown.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from smm.sources import BadInput, Health, Job, Known, QuotaSpent, Rows
from smm.sources.periods import ONE_DAY
from smm.sources.vk.errors import BUSY, Json
from smm.sources.vk.execute import PACK, Call
from smm.sources.vk.session import Session
from smm.sources.vk.wall import Post, window

COLUMNS = ("network", "post_id", "own_comments")

METHOD = "wall.getComments"
PAGE = 100  # comments; the most that VK gives
REPLIES = 10  # to each of them; the most that come with it
OVERLAP = 5  # of a page with the one before: what is deleted meanwhile moves the others up
MOST_REQUESTS = 10  # of one load, so that the newest 250 posts are counted, or fewer with long threads
MOST_COMMENTS = 2_000  # in one request: some 2 MB, and VK refuses to send more than 5
MANY = 1_000  # comments of a post whose turn comes last: to read them would take what all others need

CLOSED = 212  # the comments of this one post
# what VK may say of one post while it tells of others: it is gone, this token may not ask, VK is at fault
SPARED = frozenset({18, 19, 27, 28, 30, 100} | BUSY)


@dataclass
class _Talk:
    """The comments of one post, as far as they were read."""

    post: Post
    own: set[int] = field(default_factory=set)  # ids of the community's
    waiting: int = 0  # questions about it that are not answered yet
    error: int | None = None


@dataclass(frozen=True)
class _Question:
    """A page of a post's comments, or of the replies to one of them. ``size``: how many may come."""

    talk: _Talk
    owner: int
    offset: int
    size: int
    comment_id: int | None = None

    @property
    def call(self) -> Call:
        params = {"owner_id": self.owner, "post_id": self.talk.post.id, "offset": self.offset, "count": PAGE}
        if self.comment_id is None:
            return Call(METHOD, params | {"sort": "asc", "thread_items_count": REPLIES})
        return Call(METHOD, params | {"sort": "asc", "comment_id": self.comment_id})

    def answered(self, said: Json) -> Iterator["_Question"]:
        """Count what was said; what has still to be asked."""
        if "error" in said:
            self.talk.error = said["error"]["error_code"]
            return
        page = said["response"]
        for comment in page["items"]:
            self._count(comment)
            thread = comment.get("thread", {"count": 0})
            replies = thread.get("items", [])
            if thread["count"] > len(replies):
                yield from self._pages(thread["count"], min(thread["count"], PAGE), comment["id"])
            else:
                for reply in replies:
                    self._count(reply)
        if self.comment_id is None and self.offset == 0:
            # `count` has the replies in it, which come with what they reply to
            level = page.get("current_level_count") or page["count"]
            _, *others = self._pages(level, min(page["count"] * PAGE // max(level, 1), PAGE * (1 + REPLIES)))
            yield from others

    def _pages(self, count: int, size: int, comment_id: int | None = None) -> Iterator["_Question"]:
        for offset in range(0, max(count - OVERLAP, 1), PAGE - OVERLAP):
            yield _Question(self.talk, self.owner, offset, size, comment_id)

    def _count(self, comment: Json) -> None:
        if comment["from_id"] == self.owner:
            self.talk.own.add(comment["id"])


def ask(job: Job, vk: Session, posts: Sequence[Post]) -> tuple[Call, Json]:
    """What was called, and what is kept of all answers: of these posts, those with comments, newest first.

    By post: how many comments are the community's own (``counted``), the post's day and the error (``refused``), or its
    day where it was not read to the end (``unread``); and why VK was asked no more, if it was not (``stopped``).
    """
    owner = -job.options["community"]
    talks = [_Talk(post) for post in sorted(posts, key=lambda post: post.comments > MANY)]
    waiting = deque(_Question(talk, owner, 0, min(talk.post.comments, PAGE * (1 + REPLIES))) for talk in talks)
    for talk in talks:
        talk.waiting = 1
    kept: Json = {"counted": {}, "refused": {}, "unread": {}}
    for _ in range(MOST_REQUESTS):
        questions = _next(waiting)
        if not questions:
            break
        try:
            answers = vk.pack([question.call for question in questions], SPARED)
        except (QuotaSpent, BadInput) as error:  # no reason not to load the rest
            kept["stopped"] = str(error)
            break
        more = []
        for question, said in zip(questions, answers, strict=True):
            further = list(question.answered(said))
            question.talk.waiting += len(further) - 1
            more += further
        waiting.extendleft(reversed(more))  # what has been begun is read to its end
    for talk in talks:
        day = talk.post.day.isoformat()
        if talk.error is not None and talk.error not in BUSY:
            kept["refused"][str(talk.post.id)] = [day, talk.error]
        elif talk.error is not None or talk.waiting:
            kept["unread"][str(talk.post.id)] = day
        else:
            kept["counted"][str(talk.post.id)] = len(talk.own)
    return Call(METHOD, {"owner_id": owner, "count": PAGE, "thread_items_count": REPLIES}), kept


def _next(waiting: deque[_Question]) -> list[_Question]:
    """The questions of one request, taken from those that wait; none of a post that was refused."""
    taken: list[_Question] = []
    size = 0
    while waiting and len(taken) < PACK and (not taken or size + waiting[0].size <= MOST_COMMENTS):
        question = waiting.popleft()
        if question.talk.error is None:
            taken.append(question)
            size += question.size
    return taken


def read(job: Job, said: Json) -> Iterator[Rows | Known | Health]:
    """The community's own comments by post, and of which days they are known."""
    yield Rows("vk_own_comments", ([job.network, int(post), own] for post, own in said["counted"].items()))
    if said["unread"]:
        reason = said.get("stopped", f"no more than {MOST_REQUESTS} requests of a load are for them, or VK is at fault")
        yield Health({"comments_unread": {"posts": len(said["unread"]), "reason": reason}})
    codes = {code for _, code in said["refused"].values()}
    if codes - {CLOSED} and not said["counted"] and not said["unread"]:
        yield Known(
            "own_comments", *window(job), "no_access", f"{_refused(codes)}: the token's user needs rights for it"
        )
        return
    yield from _days(job, {date.fromisoformat(day) for day in said["unread"].values()})
    for day, code in said["refused"].values():
        if day not in said["unread"].values():
            on = date.fromisoformat(day)
            yield Known("own_comments", on, on, reason=f"{_refused({code})} of a post")


def _refused(codes: set[int]) -> str:
    return f"VK refuses {METHOD} with error {', '.join(map(str, sorted(codes)))}"


def _days(job: Job, unread: set[date]) -> Iterator[Known]:
    """The job's days that are known, those without any comment among them."""
    begin, last = window(job)
    for day in [*sorted(unread), last + ONE_DAY]:
        if begin < day:
            yield Known("own_comments", begin, day - ONE_DAY)
        begin = day + ONE_DAY
