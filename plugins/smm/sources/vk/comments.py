"""How many of the comments on a community's posts are its own: it answers people, and VK's counter counts that too.

What people write, and who they are, is nobody's business here: of VK's answers nothing is kept but how many comments of
a post were the community's, in the archive too. A post is counted as a whole, replies included, or stays unknown.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from smm.files.periods import ONE_DAY
from smm.sources import BadInput, Health, Job, Known, QuotaSpent, Rows
from smm.sources.vk import values
from smm.sources.vk.errors import Json, refusal
from smm.sources.vk.execute import PACK, Call
from smm.sources.vk.meanings import BUSY
from smm.sources.vk.session import Session
from smm.sources.vk.wall import Post, window

METHOD = "wall.getComments"
PAGE = 100  # comments; the most that VK gives
REPLIES = 10  # to each of them; the most that come with it
OVERLAP = 5  # of a page with the one before: what is deleted meanwhile moves the others up
MOST_REQUESTS = 10  # of one load, so that the newest 250 posts are counted, or fewer with long threads
MOST_COMMENTS = 2_000  # in one request: some 2 MB, and VK refuses to send more than 5
MANY = 1_000  # comments of a post whose turn comes last: to read them would take what all others need

CLOSED = 212  # the comments of this one post
SPARED = BUSY | {27, 28}  # no reason not to load the rest: VK is at fault for one post, or this token may not ask
UNCLEAR: Json = {"error_code": None, "error_msg": None}  # no error of VK's: its answer does not tell whose comments


@dataclass
class _Talk:
    """The comments of one post, as far as they were read."""

    post: Post
    own: set[int] = field(default_factory=set)  # ids of the community's
    waiting: int = 0  # questions about it that are not answered yet
    error: Json | None = None  # why it is not read on


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
        page = values.block(said.get("response"))
        size = values.count(page.get("count"))
        if "error" in said or size is None or not isinstance(page.get("items"), list):
            self.talk.error = said.get("error", UNCLEAR)
            return
        # `count` has the replies in it, which come with what they reply to
        level = values.count(page.get("current_level_count")) or size
        has_replies = self.comment_id is None and level < size
        for comment in values.objects(page["items"]):
            self._count(comment)
            yield from self._replies(comment, has_replies)
        if self.comment_id is None and self.offset == 0:
            _, *others = self._pages(level, min(size * PAGE // max(level, 1), PAGE * (1 + REPLIES)))
            yield from others

    def _replies(self, comment: Json, is_awaited: bool) -> Iterator["_Question"]:
        thread = values.block(comment.get("thread"))
        replies, size = values.objects(thread.get("items")), values.count(thread.get("count"))
        number = values.count(comment.get("id"))
        if (size is None and (thread or is_awaited)) or (size and number is None):
            self.talk.error = UNCLEAR
        elif size and size > len(replies):
            yield from self._pages(size, min(size, PAGE), number)
        else:
            for reply in replies:
                self._count(reply)

    def _pages(self, count: int, size: int, comment_id: int | None = None) -> Iterator["_Question"]:
        readable = min(count, MOST_REQUESTS * MOST_COMMENTS)  # what goes beyond stays unread anyway
        for offset in range(0, max(readable - OVERLAP, 1), PAGE - OVERLAP):
            yield _Question(self.talk, self.owner, offset, size, comment_id)

    def _count(self, comment: Json) -> None:
        if values.flag(comment.get("deleted")):  # its replies stay
            return
        number, author = values.count(comment.get("id")), values.whole(comment.get("from_id"))
        if number is None or author is None:
            self.talk.error = UNCLEAR
        elif author == self.owner:
            self.talk.own.add(number)


def ask(job: Job, vk: Session, posts: Sequence[Post]) -> tuple[Call, Json]:
    """What was called, and what is kept of all answers: of these posts, those with comments, newest first.

    By post: how many comments are the community's own (``counted``); the post's day, VK's error and its words, both
    null where VK's answer does not tell (``refused``); or its day where it was not read to the end (``unread``); and
    why VK was asked no more, if it was not (``stopped``).
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
        if talk.error is not None and talk.error["error_code"] not in BUSY:
            kept["refused"][str(talk.post.id)] = [day, talk.error["error_code"], talk.error["error_msg"]]
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
    yield Rows("own_comments", ([job.network, int(post), own] for post, own in said["counted"].items()))
    if said["unread"]:
        reason = said.get("stopped", f"no more than {MOST_REQUESTS} requests of a load are for them, or VK is at fault")
        yield Health({"comments_unread": {"posts": len(said["unread"]), "reason": reason}})
    refused = [(date.fromisoformat(day), _Refused(*error)) for day, *error in said["refused"].values()]
    of_all = [error for _, error in refused if error.code not in (CLOSED, None)]
    if of_all and not said["counted"] and not said["unread"]:
        reasons = sorted({error.reason for error in of_all})
        yield Known("own_comments", *window(job), "no_access", "; ".join(reasons))
        return
    yield from _days(job, {date.fromisoformat(day) for day in said["unread"].values()})
    for day, error in refused:
        if day.isoformat() not in said["unread"].values():
            yield Known("own_comments", day, day, reason=f"{error.reason} (of one post)")


@dataclass(frozen=True)
class _Refused:
    """Why the comments of a post are unknown; earlier loads kept no words of VK's."""

    code: int | None
    words: str | None = None

    @property
    def reason(self) -> str:
        if self.code is None:
            return f"VK's answer to {METHOD} does not say who wrote the comments"
        return refusal(METHOD, {"error_code": self.code, "error_msg": self.words})


def _days(job: Job, unread: set[date]) -> Iterator[Known]:
    """The job's days that are known, those without any comment among them."""
    begin, last = window(job)
    for day in [*sorted(unread), last + ONE_DAY]:
        if begin < day:
            yield Known("own_comments", begin, day - ONE_DAY)
        begin = day + ONE_DAY
